package dev.nestor.cli.plugin;

import picocli.CommandLine.Option;

/** The scheduler of ordinary tasks, as options. */
public final class SchedulerOptions {
    private static final String PLUG_IN = "ext:";

    @Option(
            names = "--sched",
            paramLabel = "NAME",
            defaultValue = "eevdf",
            description = {
                "Scheduler of ordinary tasks (default: ${DEFAULT-VALUE}): eevdf, the fair class of Linux 6.18; cfs, that of kernels before 6.6;"
                        + " or ext:CLASS, a class of your own that implements dev.nestor.kernel.sched.ext.SchedExtOps."
            })
    private String sched = "eevdf";

    @Option(
            names = "--class-path",
            paramLabel = "PATH",
            defaultValue = "",
            description = "Directories and jars where the class of --sched ext:CLASS is.")
    private String classPath = "";

    /** What is wrong with the values given; empty when nothing is. */
    public String complaint() {
        boolean isNamed = isPlugIn() && sched.length() > PLUG_IN.length();
        boolean isKernels = sched.equals(SchedulerChoice.EEVDF.name()) || sched.equals(SchedulerChoice.CFS.name());
        if (!isNamed && !isKernels) {
            return "--sched: eevdf, cfs or ext:CLASS, not '" + sched + "'";
        }
        return isNamed || classPath.isEmpty() ? "" : "--class-path is for --sched ext:CLASS";
    }

    /** Whether it is the user's own. */
    public boolean isPlugIn() {
        return sched.startsWith(PLUG_IN);
    }

    /** Loads it, if it is to be loaded. */
    public SchedulerChoice choice(CallbackGuard guard) throws PlugInException {
        if (!isPlugIn()) {
            return sched.equals(SchedulerChoice.CFS.name()) ? SchedulerChoice.CFS : SchedulerChoice.EEVDF;
        }
        String className = sched.substring(PLUG_IN.length());
        guard.loading(className, "its constructor");
        SchedulerLoader loader = SchedulerLoader.load(className, classPath);
        guard.loading(className, "");
        return new SchedulerChoice(sched, () -> {
            guard.loading(className, "init()");
            return loader.make();
        });
    }
}
