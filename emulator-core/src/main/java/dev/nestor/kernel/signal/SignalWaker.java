package dev.nestor.kernel.signal;

/** What sending a signal needs of the scheduler. */
public interface SignalWaker {
    /** wake_up_state(): wakes a task that sleeps in one of the states; false when it does not. */
    boolean wakeUpState(int task, int stateMask);

    /** kick_process(): a task that runs on a CPU comes into the kernel, to see what is pending. */
    void kick(int task);

    /** task_curr(): whether a CPU runs the task now. */
    boolean isCurrent(int task);

    /** wake_up_interruptible() of a wait queue. */
    void wakeUpInterruptible(int queue);
}
