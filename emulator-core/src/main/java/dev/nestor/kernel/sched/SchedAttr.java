package dev.nestor.kernel.sched;

/** struct sched_attr, as it goes from a call to {@link SchedPolicy}: one that is filled again and again. */
public final class SchedAttr {
    public int policy; // SCHED_*
    public long flags; // SCHED_FLAG_*
    public int nice;
    public int priority; // 0..99
    public long runtimeNs; // of a deadline task; else the slice that was asked for, 0 for the usual one
    public long deadlineNs;
    public long periodNs;

    public void clear() {
        policy = 0;
        flags = 0;
        nice = 0;
        priority = 0;
        runtimeNs = 0;
        deadlineNs = 0;
        periodNs = 0;
    }
}
