package dev.nestor.kernel.signal;

/** What a signal that ends a process calls: kernel.exit, a room above. */
@FunctionalInterface
public interface ExitHook {
    /**
     * do_group_exit(): the task ends, and its whole process with it.
     *
     * @param status the wait(2) status of the signal; a status that the process already has goes before it
     */
    void doGroupExit(int task, int status);
}
