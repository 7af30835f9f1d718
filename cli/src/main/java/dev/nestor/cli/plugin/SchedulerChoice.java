package dev.nestor.cli.plugin;

import dev.nestor.init.Kernel;
import dev.nestor.init.KernelConfig;
import dev.nestor.kernel.sched.ext.SchedExtOps;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which scheduler a machine's ordinary tasks have.
 *
 * @param name as {@code --sched} has it
 * @param ops makes one, if it is the user's; null for the kernel's own
 */
public record SchedulerChoice(String name, @Nullable Supplier<SchedExtOps> ops) {
    /** The kernel's own. */
    public static final SchedulerChoice EEVDF = new SchedulerChoice("eevdf", null);

    /** That of kernels before 6.6. */
    public static final SchedulerChoice CFS = new SchedulerChoice("cfs", null);

    /** Of a machine that is about to be made. */
    public KernelConfig configure(KernelConfig config) {
        return config.schedExt(ops).cfs(equals(CFS));
    }

    /** Why the scheduler of a machine was stopped; empty if it was not. */
    public static String stopped(Kernel kernel) {
        var exit = kernel.scheduler().extExit();
        return exit == null ? "" : exit.message();
    }
}
