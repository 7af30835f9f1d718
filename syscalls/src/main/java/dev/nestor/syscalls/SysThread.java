package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.init.Kernel;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;

/** What a C library registers for a thread: arch_prctl(2), set_robust_list(2), rseq(2). */
public final class SysThread {
    private static final int ARCH_SET_GS = 0x1001;
    private static final int ARCH_SET_FS = 0x1002;
    private static final int ARCH_GET_FS = 0x1003;
    private static final int ARCH_GET_GS = 0x1004;
    private static final int ARCH_GET_CPUID = 0x1011;
    private static final int ARCH_SET_CPUID = 0x1012;
    private static final int ARCH_GET_XCOMP_SUPP = 0x1021;
    private static final int ARCH_GET_XCOMP_PERM = 0x1022;
    private static final int ARCH_REQ_XCOMP_PERM = 0x1023;
    private static final int ARCH_GET_XCOMP_GUEST_PERM = 0x1024;
    private static final int ARCH_REQ_XCOMP_GUEST_PERM = 0x1025;
    private static final int ARCH_MAP_VDSO_64 = 0x2003;

    /** A processor with AVX-512 and AMX: what it may always use, and what must be asked for. */
    private static final long XFEATURES = 0x200e7;

    private static final int XFEATURE_XTILE_DATA = 18;
    private static final int XFEATURE_MAX = 20;
    private static final int ROBUST_LIST_HEAD_SIZE = 24;
    private static final int RSEQ_SIZE = 32; // ORIG_RSEQ_SIZE
    private static final int RSEQ_FLAG_UNREGISTER = 1;

    private final TaskTable tasks;
    private final Pids pids;
    private final UserMemory memory;

    public SysThread(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.pids = kernel.pids();
        this.memory = kernel.userMemory();
    }

    public void register(SyscallTable.Builder calls) {
        calls.partial(Nr.NR_arch_prctl, "arch_prctl", this::archPrctl, "no fault for CPUID, no second vDSO")
                .full(Nr.NR_set_robust_list, "set_robust_list", this::setRobustList)
                .full(Nr.NR_get_robust_list, "get_robust_list", this::getRobustList)
                .partial(Nr.NR_rseq, "rseq", this::rseq, "the area is not updated on a switch");
    }

    private long archPrctl(int task, SyscallArgs args) {
        long address = args.get(1);
        int mm = tasks.mm(task);
        return switch (args.intAt(0)) {
            case ARCH_SET_FS, ARCH_SET_GS -> setBase(task, args.intAt(0) == ARCH_SET_FS, address);
            case ARCH_GET_FS -> putLong(mm, address, tasks.fsBase(task));
            case ARCH_GET_GS -> putLong(mm, address, tasks.gsBase(task));
            case ARCH_GET_CPUID -> tasks.hasThreadFlag(task, TaskTable.TIF_NOCPUID) ? 0 : 1;
            case ARCH_SET_CPUID -> {
                tasks.setThreadFlag(task, TaskTable.TIF_NOCPUID, address == 0);
                yield 0;
            }
            case ARCH_GET_XCOMP_SUPP -> putLong(mm, address, XFEATURES | 1L << XFEATURE_XTILE_DATA);
            case ARCH_GET_XCOMP_PERM -> getXcompPerm(task, address, TaskTable.XTILE_PERM);
            case ARCH_GET_XCOMP_GUEST_PERM -> getXcompPerm(task, address, TaskTable.XTILE_GUEST_PERM);
            case ARCH_REQ_XCOMP_PERM -> requestXcompPerm(task, address, TaskTable.XTILE_PERM);
            case ARCH_REQ_XCOMP_GUEST_PERM -> requestXcompPerm(task, address, TaskTable.XTILE_GUEST_PERM);
            case ARCH_MAP_VDSO_64 -> -Errno.EEXIST;
            default -> -Errno.EINVAL;
        };
    }

    private long putLong(int mm, long address, long value) {
        return memory.putLong(mm, address, value) < 0 ? -Errno.EFAULT : 0;
    }

    private long getXcompPerm(int task, long address, int permission) {
        boolean has = tasks.hasThreadFlag(tasks.groupLeader(task), permission);
        return putLong(tasks.mm(task), address, XFEATURES | (has ? 1L << XFEATURE_XTILE_DATA : 0));
    }

    /** xstate_request_perm(): only what is dynamic has to be asked for. */
    private long requestXcompPerm(int task, long feature, int permission) {
        if (Long.compareUnsigned(feature, XFEATURE_MAX) >= 0) {
            return -Errno.EINVAL;
        }
        if (feature != XFEATURE_XTILE_DATA) {
            return -Errno.EOPNOTSUPP;
        }
        tasks.setThreadFlag(tasks.groupLeader(task), permission, true);
        return 0;
    }

    private long setBase(int task, boolean fs, long address) {
        if (!UserMemory.accessOk(address, 0)) {
            return -Errno.EPERM;
        }
        if (fs) {
            tasks.setFsBase(task, address);
        } else {
            tasks.setGsBase(task, address);
        }
        return 0;
    }

    private long setRobustList(int task, SyscallArgs args) {
        if (args.get(1) != ROBUST_LIST_HEAD_SIZE) {
            return -Errno.EINVAL;
        }
        tasks.setRobustList(task, args.get(0));
        return 0;
    }

    private long getRobustList(int task, SyscallArgs args) {
        int nr = args.intAt(0);
        int target = nr == 0 ? task : pids.findTaskByVpid(pids.activeNs(task), nr);
        if (target == NULL) {
            return -Errno.ESRCH;
        }
        int mm = tasks.mm(task);
        if (memory.putLong(mm, args.get(2), ROBUST_LIST_HEAD_SIZE) < 0
                || memory.putLong(mm, args.get(1), tasks.robustList(target)) < 0) {
            return -Errno.EFAULT;
        }
        return 0;
    }

    private long rseq(int task, SyscallArgs args) {
        long address = args.get(0);
        int length = args.intAt(1);
        int flags = args.intAt(2);
        int signature = args.intAt(3);
        long registered = tasks.rseq(task);
        if ((flags & RSEQ_FLAG_UNREGISTER) != 0) {
            return unregister(task, args);
        }
        if (flags != 0) {
            return -Errno.EINVAL;
        }
        if (registered != 0) {
            if (registered != address || tasks.rseqLength(task) != length) {
                return -Errno.EINVAL;
            }
            return tasks.rseqSignature(task) != signature ? -Errno.EPERM : -Errno.EBUSY;
        }
        if (length < RSEQ_SIZE || (address & RSEQ_SIZE - 1) != 0) {
            return -Errno.EINVAL;
        }
        if (!memory.writable(tasks.mm(task), address, length)) {
            return -Errno.EFAULT;
        }
        tasks.setRseq(task, address);
        tasks.setRseqLength(task, length);
        tasks.setRseqSignature(task, signature);
        return 0;
    }

    private long unregister(int task, SyscallArgs args) {
        if ((args.intAt(2) & ~RSEQ_FLAG_UNREGISTER) != 0
                || tasks.rseq(task) != args.get(0)
                || tasks.rseq(task) == 0
                || args.intAt(1) != tasks.rseqLength(task)) {
            return -Errno.EINVAL;
        }
        if (args.intAt(3) != tasks.rseqSignature(task)) {
            return -Errno.EPERM;
        }
        tasks.setRseq(task, 0);
        tasks.setRseqLength(task, 0);
        tasks.setRseqSignature(task, 0);
        return 0;
    }
}
