package dev.nestor.syscalls;

import dev.nestor.fs.memfd.Memfds;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;

/** memfd_create(2): mm/memfd.c. */
public final class SysMemfd {
    private final TaskTable tasks;
    private final UserMemory memory;
    private final Memfds memfds;
    private final byte[] name = new byte[Memfds.NAME_MAX + 1];

    public SysMemfd(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.memory = kernel.userMemory();
        this.memfds = kernel.fileSystems().memfds();
    }

    public void register(SyscallTable.Builder table) {
        table.partial(Nr.NR_memfd_create, "memfd_create", this::create, "MFD_HUGETLB is EINVAL");
    }

    private long create(int task, SyscallArgs args) {
        int flags = memfds.checkFlags(task, args.intAt(1));
        if (flags < 0) {
            return flags;
        }
        int length = memory.strncpyFromUser(tasks.mm(task), args.get(0), name, name.length);
        if (length == -Errno.EFAULT) {
            return length;
        }
        return length < 0 || length > Memfds.NAME_MAX ? -Errno.EINVAL : memfds.create(task, name, length, flags);
    }
}
