package dev.nestor.kernel.sched;

/** What the birth and the end of tasks tell the scheduler. */
public interface SchedLife {
    /** sched_fork(): the child gets what the scheduler keeps of a task. */
    void fork(int parent, int child);

    /** The row of a dead task is about to be freed. */
    void release(int task);
}
