package dev.nestor.syscalls;

/** What a descriptor that stands for a process says: fs knows, pidfd_to_pid(). */
public interface PidFdLookup {
    /** The pid that a pidfd of the task's holds, or -EBADF when it is none. */
    int pidOf(int task, int fd);

    /** The same; a descriptor of a /proc/PID directory will do too. */
    default int pidOfProcess(int task, int fd) {
        return pidOf(task, fd);
    }

    /** Whether the pidfd was opened for a thread, PIDFD_THREAD. */
    default boolean isOfThread(int task, int fd) {
        return false;
    }
}
