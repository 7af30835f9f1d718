package dev.nestor.syscalls;

import dev.nestor.kernel.task.TaskTable;
import dev.nestor.uapi.Errno;

/**
 * Entry and re-entry of system calls: the only door into the emulated kernel. The number and the arguments of the call
 * that a task is in stand in its task_struct row, so that a blocked call can be entered again.
 */
public final class Syscalls {
    /** A call waits; its task is on a wait queue and is not runnable. */
    public static final long BLOCKED = Long.MIN_VALUE;

    private final SyscallTable table;
    private final TaskTable tasks;
    private final SyscallArgs args = new SyscallArgs();

    public Syscalls(SyscallTable table, TaskTable tasks) {
        this.table = table;
        this.tasks = tasks;
    }

    public SyscallTable table() {
        return table;
    }

    /** Sets one argument register of the call that a task is about to make. */
    public void setArg(int task, int index, long value) {
        tasks.setArgs(task, index, value);
    }

    /** Enters a call whose arguments have been set. */
    public long enter(int task, int nr) {
        tasks.setSyscallNr(task, nr);
        for (int i = 0; i < 4; i++) {
            tasks.setRestart(task, i, 0);
        }
        return invoke(task);
    }

    /** Enters the call again that a task was blocked in, after it has been woken and taken off its wait queues. */
    public long resume(int task) {
        return invoke(task);
    }

    private long invoke(int task) {
        SyscallHandler handler = table.handler(tasks.syscallNr(task));
        if (handler == null) {
            return -Errno.ENOSYS;
        }
        tasks.setCurrent(task);
        for (int i = 0; i < 6; i++) {
            args.set(i, tasks.args(task, i));
        }
        return handler.call(task, args);
    }
}
