package dev.nestor.kernel.sched;

/**
 * Where runnable tasks go: to the emulated CPUs, or to a driver that replays a log in recorded order and has none. None of
 * these runs a task before it returns.
 */
public interface Dispatcher {
    /** A task that slept is TASK_RUNNING again. It may not have left its CPU yet. */
    void activate(int task);

    /** wake_up_new_task(): a forked task is to run for the first time; it is TASK_RUNNING. */
    void activateNew(int task);

    /** kick_process(): a task that may be running in user mode is to enter the kernel soon, to look at its signals. */
    void kick(int task);
}
