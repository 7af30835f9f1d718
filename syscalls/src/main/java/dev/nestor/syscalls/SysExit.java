package dev.nestor.syscalls;

import dev.nestor.init.Kernel;
import dev.nestor.kernel.exit.Exit;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.uapi.Nr;

/** exit(2) and exit_group(2). They do not return: the task is TASK_DEAD, or waits for its namespace to empty. */
public final class SysExit {
    private final Exit exit;
    private final TaskTable tasks;

    public SysExit(Kernel kernel) {
        this.exit = kernel.exit();
        this.tasks = kernel.tasks();
    }

    public void register(SyscallTable.Builder table) {
        table.full(Nr.NR_exit, "exit", this::exit).full(Nr.NR_exit_group, "exit_group", this::exitGroup);
    }

    private long exit(int task, SyscallArgs args) {
        if (tasks.hasFlag(task, TaskTable.PF_EXITING)) {
            return exit.continueExit(task) ? 0 : Syscalls.BLOCKED;
        }
        return exit.doExit(task, (args.intAt(0) & 0xff) << 8) ? 0 : Syscalls.BLOCKED;
    }

    private long exitGroup(int task, SyscallArgs args) {
        if (tasks.hasFlag(task, TaskTable.PF_EXITING)) {
            return exit.continueExit(task) ? 0 : Syscalls.BLOCKED;
        }
        return exit.doGroupExit(task, (args.intAt(0) & 0xff) << 8) ? 0 : Syscalls.BLOCKED;
    }
}
