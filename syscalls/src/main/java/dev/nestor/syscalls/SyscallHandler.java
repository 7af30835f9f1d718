package dev.nestor.syscalls;

/** What answers one system call. */
@FunctionalInterface
public interface SyscallHandler {
    /**
     * Does the call for a task.
     *
     * @return a value, a negative errno (or one of the kernel's own restart codes), or {@link Syscalls#BLOCKED} after
     *     the task has been put on a wait queue: then the handler is called again, with the same arguments, once the
     *     task has been woken
     */
    long call(int task, SyscallArgs args);
}
