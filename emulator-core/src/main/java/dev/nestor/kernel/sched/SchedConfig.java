package dev.nestor.kernel.sched;

/**
 * What the scheduler can be told.
 *
 * @param hz ticks a second: CONFIG_HZ
 * @param baseSliceNs sysctl_sched_base_slice of one CPU: 0.70 ms, made longer by the logarithm of the CPUs
 * @param migrationCostNs sysctl_sched_migration_cost: a task that ran so lately is hot in its cache
 * @param preemption Preemption.*
 * @param isCfs whether the fair class is that of kernels before 6.6
 * @param hrtick whether a timer ends slices and runtimes, and not the tick
 */
public record SchedConfig(
        int hz, long baseSliceNs, long migrationCostNs, int preemption, boolean isCfs, boolean hrtick) {
    private static final int MOST_CPUS_THAT_COUNT = 8;

    /** With preemption as the reference kernel has it. */
    public SchedConfig(int hz, long baseSliceNs, long migrationCostNs) {
        this(hz, baseSliceNs, migrationCostNs, Preemption.NONE, false, false);
    }

    /** As the reference kernel is configured. */
    public static SchedConfig standard() {
        return new SchedConfig(250, 700_000, 500_000);
    }

    /** TICK_NSEC. */
    public long tickNs() {
        return 1_000_000_000L / hz;
    }

    /** The slice grows with 1 + log2 of the CPUs, up to 8 of them. */
    public long sliceNs(int cpus) {
        return baseSliceNs * factor(cpus);
    }

    /** get_update_sysctl_factor(). */
    static int factor(int cpus) {
        int counted = Math.min(cpus, MOST_CPUS_THAT_COUNT);
        return Integer.SIZE - Integer.numberOfLeadingZeros(counted);
    }
}
