package dev.nestor.kernel.sched;

/**
 * What tasks do when they have a CPU: the other side of the system-call boundary. Calls that enter the kernel report
 * what they do in the machine's {@code Work}, which is clear when they begin and priced when they return; the task then
 * spends that long in the kernel, and what its state is by the end of that decides how it goes on.
 *
 * <p>None of these may run a task on or put it to sleep but by its state, its wait queues and its timers.
 */
public interface UserMode {
    /** A span that never ends: a task that computes for ever. */
    long ENDLESS = 1L << 62;

    /** The task is in user mode and has nothing left to compute: cycles to compute before its next {@link #enter}. */
    long nextSpan(int task);

    /**
     * The task has computed its span and enters its next call. If it must wait it leaves its state other than
     * TASK_RUNNING, and {@link #resume} follows once it has been woken. If it has died its state is TASK_DEAD, and {@link
     * #dead} follows.
     */
    void enter(int task);

    /**
     * The task has been woken: the call that it waits in is entered again, after {@link WaitQueues#finishWait}, which is the
     * implementer's to call. As {@link #enter}.
     */
    void resume(int task);

    /**
     * exit_to_user_mode_loop(): the task is about to go back to user mode, from a call, from its birth, or with a signal
     * pending from an interrupt, and {@link #nextSpan} follows. May change the state as {@link #enter} may; once a sleep
     * here is over this is called again.
     *
     * @param remaining cycles that are left of a span that was interrupted, for nextSpan to give back in time; 0 after
     *     a call
     */
    void leave(int task, long remaining);

    /** finish_task_switch(): the dead task has left its CPU for ever. Nothing of the scheduler's refers to it any more. */
    void dead(int task);
}
