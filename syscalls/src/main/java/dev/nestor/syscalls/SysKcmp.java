package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileTables;
import dev.nestor.fs.eventpoll.EventPolls;
import dev.nestor.fs.proc.PtraceAccess;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;

/** kcmp(2): kernel/kcmp.c. The order of two objects is that of their handles. */
public final class SysKcmp {
    private static final int KCMP_FILE = 0;
    private static final int KCMP_VM = 1;
    private static final int KCMP_FILES = 2;
    private static final int KCMP_FS = 3;
    private static final int KCMP_SIGHAND = 4;
    private static final int KCMP_IO = 5;
    private static final int KCMP_SYSVSEM = 6;
    private static final int KCMP_EPOLL_TFD = 7;

    private final TaskTable tasks;
    private final UserMemory memory;
    private final Pids pids;
    private final FileTables descriptors;
    private final EventPolls eventPolls;
    private final PtraceAccess access;

    public SysKcmp(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.memory = kernel.userMemory();
        this.pids = kernel.pids();
        this.descriptors = kernel.fileTables();
        this.eventPolls = kernel.fileSystems().eventPolls();
        this.access = new PtraceAccess(
                tasks,
                kernel.credTable(),
                kernel.capabilities(),
                kernel.addressSpaces().mms());
    }

    public void register(SyscallTable.Builder table) {
        table.full(Nr.NR_kcmp, "kcmp", this::kcmp);
    }

    private long kcmp(int task, SyscallArgs args) {
        int ns = pids.activeNs(task);
        int first = pids.findTaskByVpid(ns, args.intAt(0));
        int second = pids.findTaskByVpid(ns, args.intAt(1));
        if (first == NULL || second == NULL) {
            return -Errno.ESRCH;
        }
        if (!access.mayReadReal(task, first) || !access.mayReadReal(task, second)) {
            return -Errno.EPERM;
        }
        return switch (args.intAt(2)) {
            case KCMP_FILE -> files(file(first, args.intAt(3)), file(second, args.intAt(4)));
            case KCMP_VM -> order(tasks.mm(first), tasks.mm(second));
            case KCMP_FILES -> order(tasks.files(first), tasks.files(second));
            case KCMP_FS -> order(tasks.fs(first), tasks.fs(second));
            case KCMP_SIGHAND -> order(tasks.sighand(first), tasks.sighand(second));
            case KCMP_IO -> 0;
            case KCMP_SYSVSEM -> order(tasks.undoList(first), tasks.undoList(second));
            case KCMP_EPOLL_TFD -> epoll(task, file(first, args.intAt(3)), second, args.get(4));
            default -> -Errno.EINVAL;
        };
    }

    private int file(int task, int fd) {
        int struct = tasks.files(task);
        return struct == NULL ? NULL : descriptors.file(struct, fd);
    }

    private static long files(int first, int second) {
        return first == NULL || second == NULL ? -Errno.EBADF : order(first, second);
    }

    /** kcmp_ptr(). */
    private static long order(int first, int second) {
        return first == second ? 0 : first < second ? 1 : 2;
    }

    /** kcmp_epoll_target(): the file that an epoll of the second process has for a descriptor, so many behind the first. */
    private long epoll(int task, int file, int second, long address) {
        int mm = tasks.mm(task);
        memory.faulted();
        int epollFd = memory.getInt(mm, address);
        int targetFd = memory.getInt(mm, address + 4);
        int skip = memory.getInt(mm, address + 8);
        if (memory.faulted()) {
            return -Errno.EFAULT;
        }
        int epoll = file == NULL ? NULL : file(second, epollFd);
        if (epoll == NULL) {
            return -Errno.EBADF;
        }
        if (!eventPolls.isEventPoll(epoll)) {
            return -Errno.EINVAL;
        }
        for (int item = eventPolls.nextItem(epoll, NULL); item != NULL; item = eventPolls.nextItem(epoll, item)) {
            if (eventPolls.itemFd(item) == targetFd && skip-- == 0) {
                return order(file, eventPolls.itemFile(item));
            }
        }
        return -Errno.ENOENT;
    }
}
