package dev.nestor.cli.run;

import dev.nestor.cli.ExitCode;
import dev.nestor.cli.JsonFile;
import dev.nestor.cli.LimitOptions;
import dev.nestor.cli.Main;
import dev.nestor.cli.Progress;
import dev.nestor.cli.image.ImageOption;
import dev.nestor.cli.plugin.CallbackGuard;
import dev.nestor.cli.plugin.PlugInException;
import dev.nestor.cli.plugin.SchedulerChoice;
import dev.nestor.cli.plugin.SchedulerOptions;
import dev.nestor.cli.program.Noise;
import dev.nestor.cli.replay.ReplayOptions;
import dev.nestor.cli.rtapp.CgroupSetting;
import dev.nestor.cli.rtapp.RtAppFile;
import dev.nestor.cli.rtapp.WorkloadJson;
import dev.nestor.cli.rtapp.WorkloadReport;
import dev.nestor.cli.rtapp.WorkloadRun;
import dev.nestor.cli.rtapp.WorkloadText;
import dev.nestor.cli.strace.LogException;
import dev.nestor.cli.strace.LogLimits;
import dev.nestor.cli.strace.LogSource;
import dev.nestor.cli.strace.TraceSpool;
import dev.nestor.cli.trace.TraceFile;
import dev.nestor.init.KernelConfig;
import dev.nestor.trace.Tracepoints;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nestor run FILE}. */
@Command(
        name = "run",
        description = {
            "Runs the tasks of a log of strace, or a workload of rt-app's JSON (FILE.json), on an emulated machine, and"
                    + " reports what became of them.",
            "",
            "In scheduled order each task computes for as long as the log shows between its calls, and makes the calls;"
                    + " blocking and the emulated scheduler decide who runs when.",
            ""
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the run has come to its end",
            "2:wrong usage",
            "3:the log can't be read",
            "4:the file is no log of strace",
            "5:the log breaks off",
            "6:a line can't be parsed",
            "7:a call of an unknown name or number",
            "8:the log exceeds a limit",
            "9:the scheduler of --sched can't be loaded",
            "10:the scheduler of --sched was stopped; the fair class went on",
            "70:a bug of Nestor",
            "73:the JSON file could not be written"
        })
public final class RunCommand implements Callable<Integer> {
    enum Order {
        SCHEDULED,
        RECORDED
    }

    @Parameters(paramLabel = "FILE", description = "Output of strace -f, plain or gzip; or rt-app's JSON.")
    private Path log = Path.of("");

    @Option(
            names = "--order",
            paramLabel = "ORDER",
            defaultValue = "scheduled",
            description =
                    "scheduled, or recorded: calls in the order of the log, without CPUs (default: ${DEFAULT-VALUE}).")
    private Order order = Order.SCHEDULED;

    @Mixin
    private final MachineOptions machine = new MachineOptions();

    @Mixin
    private final SchedulerOptions sched = new SchedulerOptions();

    @Option(names = "--json", paramLabel = "FILE", description = "Write all results to this file.")
    private @Nullable Path json;

    @Option(
            names = "--trace",
            paramLabel = "FILE",
            description =
                    "Write what the scheduler does to this file: for Perfetto (.perfetto-trace, .pftrace), for Chrome (.json),"
                            + " else as ftrace does (.gz: compressed).")
    private @Nullable Path trace;

    @Option(
            names = "--noise",
            paramLabel = "N,US",
            split = ",",
            description =
                    "Disturb each CPU N times a second for US microseconds, in the mean, drawn by --seed (workloads only).")
    private List<Double> noise = List.of();

    @Option(
            names = "--cgroup",
            paramLabel = "/GROUP:FILE=VALUE",
            description =
                    "What a task group of a workload has in cpu.weight, cpu.weight.nice, cpu.max, cpu.max.burst or cpu.idle.")
    private List<String> cgroups = List.of();

    @Option(names = "--all", description = "Print long tables in full.")
    private boolean all;

    @Option(names = "--keep-going", description = "Skip lines that can't be read, and count them.")
    private boolean keepGoing;

    @Mixin
    private final LimitOptions limits = new LimitOptions();

    @Mixin
    private final ImageOption image = new ImageOption();

    @Option(
            names = "--max-time",
            paramLabel = "SECONDS",
            defaultValue = "86400",
            description = "Most simulated seconds (default: ${DEFAULT-VALUE}).")
    private long maxTime;

    @Option(
            names = "--max-events",
            paramLabel = "N",
            defaultValue = "500000000",
            description = "Most events of a run (default: ${DEFAULT-VALUE}).")
    private long maxEvents;

    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    @Override
    public Integer call() {
        CommandLine line = commandLine();
        String complaint = complaint();
        if (!complaint.isEmpty()) {
            throw new CommandLine.ParameterException(line, complaint);
        }
        PrintWriter err = line.getErr();
        try (CallbackGuard guard = CallbackGuard.of(err)) {
            String stopped = run(line, sched.choice(guard), guard);
            if (stopped.isEmpty()) {
                return ExitCode.OK;
            }
            err.println("nestor: " + log + ": " + stopped + "; the fair class went on");
            return ExitCode.SCHEDULER_STOPPED;
        } catch (PlugInException e) {
            err.println("nestor: " + e.getMessage());
            return ExitCode.NO_SCHEDULER;
        } catch (LogException e) {
            err.println("nestor: " + e.getMessage());
            return ExitCode.of(e.kind());
        } catch (IOException e) {
            err.println("nestor: " + (json == null ? trace : json) + " can't be written: " + e.getMessage());
            return ExitCode.CANNOT_WRITE;
        } catch (OutOfMemoryError e) {
            err.println("nestor: " + log + ": needs more memory than there is: raise NESTOR_JAVA_OPTS=-Xmx");
            return ExitCode.LIMIT;
        } catch (RuntimeException | AssertionError | StackOverflowError e) {
            return Main.internalError(err, e);
        }
    }

    /** Why the user's scheduler was stopped, or nothing. The file is opened first, so that a run is not in vain. */
    private String run(CommandLine line, SchedulerChoice scheduler, CallbackGuard guard)
            throws LogException, IOException {
        String stopped;
        Path target = json;
        Path traceTarget = trace;
        try (JsonFile file = target == null ? null : JsonFile.open(target);
                TraceFile tracer = traceTarget == null ? null : TraceFiles.open(traceTarget)) {
            if (log.toString().endsWith(".json")) {
                stopped = workload(line, file, tracer, config(scheduler), guard);
            } else {
                long start = System.nanoTime();
                RunReport report = play(scheduler, guard, tracer);
                stopped = report.stopped();
                long wallNs = System.nanoTime() - start;
                new RunText(line.getOut(), report, all).print(wallNs);
                if (file != null) {
                    RunJson.write(file, report, wallNs);
                }
            }
            if (tracer != null) {
                tracer.commit();
            }
            return stopped;
        }
    }

    private KernelConfig config(SchedulerChoice scheduler) {
        return scheduler.configure(new KernelConfig()
                .maxTasks(limits.maxTasks())
                .topology(machine.topology())
                .hz(machine.hz())
                .tscHz(machine.tscHz())
                .programCgroups("0::/")
                .seed(machine.seed())
                .preemption(machine.preemption())
                .hrtick(machine.hrtick()));
    }

    private String workload(
            CommandLine line,
            @Nullable JsonFile file,
            @Nullable TraceFile tracer,
            KernelConfig config,
            CallbackGuard guard)
            throws LogException, IOException {
        long start = System.nanoTime();
        AtomicLong done = new AtomicLong();
        WorkloadReport report;
        try (Progress progress = Progress.start(() -> log + ": " + done.get() + " ms simulated")) {
            WorkloadRun run = new WorkloadRun(
                    new WorkloadRun.Played(log.toString(), RtAppFile.read(log), noise(), cgroups()),
                    config,
                    tracer == null ? Tracepoints.NONE : tracer,
                    kernel -> {
                        guard.started(kernel);
                        if (tracer != null) {
                            tracer.setKernel(kernel);
                        }
                    },
                    new WorkloadRun.Limits(maxTime, maxEvents));
            report = run.run(done::set);
            progress.erase();
        }
        long wallNs = System.nanoTime() - start;
        WorkloadText.print(line.getOut(), report, all, wallNs);
        if (file != null) {
            WorkloadJson.write(file, report, wallNs);
        }
        return report.stopped();
    }

    private RunReport play(SchedulerChoice scheduler, CallbackGuard guard, @Nullable TraceFile tracer)
            throws LogException {
        AtomicLong done = new AtomicLong();
        AtomicLong total = new AtomicLong();
        LogLimits logLimits = limits.logLimits(keepGoing);
        try (Progress progress = Progress.start(() -> progress(done, total));
                LogSource source = LogSource.open(log, logLimits);
                TraceSpool spool = TraceSpool.read(source, logLimits, done::set)) {
            done.set(0);
            total.set(spool.events());
            RunOptions options = options(scheduler, guard);
            RunReport report = order == Order.SCHEDULED
                    ? new ScheduledRun(spool, logLimits, options, tracer).run(done::set)
                    : new RecordedRun(spool, options).run(logLimits, done::set);
            progress.erase();
            return report;
        }
    }

    private RunOptions options(SchedulerChoice scheduler, CallbackGuard guard) throws LogException {
        ReplayOptions replay = new ReplayOptions(keepGoing, limits.maxMemory(), limits.maxTasks(), image.open());
        return new RunOptions(
                machine.topology(),
                machine.hz(),
                machine.tscHz(),
                machine.seed(),
                machine.preemption(),
                machine.hrtick(),
                scheduler,
                guard::started,
                replay,
                maxTime,
                maxEvents);
    }

    private List<CgroupSetting> cgroups() {
        return cgroups.stream()
                .map(CgroupSetting::parse)
                .filter(Objects::nonNull)
                .toList();
    }

    private Noise noise() {
        return noise.isEmpty() ? Noise.NONE : new Noise(noise.get(0), noise.get(1), machine.seed());
    }

    private String progress(AtomicLong done, AtomicLong total) {
        return total.get() == 0
                ? log + ": " + done.get() + " lines read"
                : log + ": " + done.get() + " of " + total.get() + " lines run";
    }

    private String complaint() {
        if (trace != null && order == Order.RECORDED) {
            return "--trace shows CPUs, and in recorded order there are none";
        }
        if (!noise.isEmpty() && (noise.size() != 2 || noise.get(0) <= 0 || noise.get(1) <= 0)) {
            return "--noise takes two numbers above 0: times a second, microseconds";
        }
        if (order == Order.RECORDED && sched.isPlugIn()) {
            return "--sched is for scheduled order: in recorded order there are no CPUs";
        }
        if (!sched.complaint().isEmpty()) {
            return sched.complaint();
        }
        for (String setting : cgroups) {
            if (CgroupSetting.parse(setting) == null) {
                return "--cgroup: '" + setting + "' is not of the form /GROUP:cpu.FILE=VALUE";
            }
        }
        if (maxTime < 1 || maxEvents < 1) {
            return "a limit must be positive";
        }
        String ofMachine = machine.complaint();
        return ofMachine.isEmpty() ? limits.complaint() : ofMachine;
    }

    private CommandLine commandLine() {
        return Objects.requireNonNull(spec, "picocli sets it").commandLine();
    }
}
