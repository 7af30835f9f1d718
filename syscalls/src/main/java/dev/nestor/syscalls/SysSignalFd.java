package dev.nestor.syscalls;

import dev.nestor.fs.signalfd.SignalFds;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;

/** signalfd(2), signalfd4(2): fs/signalfd.c. */
public final class SysSignalFd {
    private final TaskTable tasks;
    private final UserMemory memory;
    private final SignalFds signalFds;

    public SysSignalFd(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.memory = kernel.userMemory();
        this.signalFds = kernel.fileSystems().signalFds();
    }

    public void register(SyscallTable.Builder table) {
        table.full(Nr.NR_signalfd, "signalfd", (task, args) -> signalfd(task, args, 0))
                .full(Nr.NR_signalfd4, "signalfd4", (task, args) -> signalfd(task, args, args.intAt(3)));
    }

    private long signalfd(int task, SyscallArgs args, int flags) {
        if (args.get(2) != Long.BYTES) {
            return -Errno.EINVAL;
        }
        memory.faulted();
        long set = memory.getLong(tasks.mm(task), args.get(1));
        return memory.faulted() ? -Errno.EFAULT : signalFds.create(task, args.intAt(0), set, flags);
    }
}
