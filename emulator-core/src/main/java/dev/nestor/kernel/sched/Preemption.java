package dev.nestor.kernel.sched;

/** PREEMPT_DYNAMIC: where a task that is in the kernel gives way. */
public final class Preemption {
    /** preempt=none: on its way back to user mode. */
    public static final int NONE = 0;

    /** preempt=voluntary: there, and where it might sleep. */
    public static final int VOLUNTARY = 1;

    /** preempt=full: at once. */
    public static final int FULL = 2;

    /** preempt=lazy: at once for real-time and deadline tasks; for fair ones on the way back, or at the next tick. */
    public static final int LAZY = 3;

    private Preemption() {}
}
