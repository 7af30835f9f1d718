package dev.nestor.event;

/** What fires first of the events of one instant: lower before higher. */
public final class Priority {
    /** Something outside the machine: an arrival that a workload prescribes. */
    public static final int ARRIVAL = 8;

    /** A timer runs before the tick of the same instant, as hrtimer_interrupt() orders them: a task that it wakes is there
     * for the tick to see. */
    public static final int TIMER = 16;

    public static final int TICK = 24;

    /** A wake-up that has crossed to another CPU. */
    public static final int IPI = 32;

    /** The end of what a CPU was doing comes last: whatever interrupts it at the same instant is seen by it. */
    public static final int CPU = 40;

    private Priority() {}
}
