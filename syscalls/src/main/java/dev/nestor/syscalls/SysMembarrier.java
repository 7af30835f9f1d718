package dev.nestor.syscalls;

import dev.nestor.init.Kernel;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.MmTable;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;

/** membarrier(2): kernel/sched/membarrier.c. Memory is in order here; what has been registered is kept. */
public final class SysMembarrier {
    private static final int QUERY = 0;
    private static final int GLOBAL = 1;
    private static final int GLOBAL_EXPEDITED = 2;
    private static final int REGISTER_GLOBAL_EXPEDITED = 4;
    private static final int PRIVATE_EXPEDITED = 8;
    private static final int REGISTER_PRIVATE_EXPEDITED = 0x10;
    private static final int SYNC_CORE = 0x20;
    private static final int REGISTER_SYNC_CORE = 0x40;
    private static final int RSEQ = 0x80;
    private static final int REGISTER_RSEQ = 0x100;
    private static final int GET_REGISTRATIONS = 0x200;
    private static final int ALL = 2 * GET_REGISTRATIONS - 1;
    private static final int FLAG_CPU = 1;

    private final TaskTable tasks;
    private final MmTable mms;

    public SysMembarrier(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.mms = kernel.addressSpaces().mms();
    }

    public void register(SyscallTable.Builder table) {
        table.full(Nr.NR_membarrier, "membarrier", this::membarrier);
    }

    private long membarrier(int task, SyscallArgs args) {
        int command = args.intAt(0);
        if ((args.intAt(1) & ~(command == RSEQ ? FLAG_CPU : 0)) != 0) {
            return -Errno.EINVAL;
        }
        int mm = tasks.mm(task);
        int registered = mms.membarrierState(mm);
        return switch (command) {
            case QUERY -> ALL;
            case GLOBAL, GLOBAL_EXPEDITED -> 0;
            case REGISTER_GLOBAL_EXPEDITED, REGISTER_PRIVATE_EXPEDITED, REGISTER_SYNC_CORE, REGISTER_RSEQ -> {
                mms.setMembarrierState(mm, registered | command);
                yield 0;
            }
            case PRIVATE_EXPEDITED, SYNC_CORE, RSEQ -> (registered & command << 1) != 0 ? 0 : -Errno.EPERM;
            case GET_REGISTRATIONS -> registered;
            default -> -Errno.EINVAL;
        };
    }
}
