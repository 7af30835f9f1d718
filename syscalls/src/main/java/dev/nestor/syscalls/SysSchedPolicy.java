package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.init.Kernel;
import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.futex.PiFutexes;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.sched.SchedAttr;
import dev.nestor.kernel.sched.SchedPolicy;
import dev.nestor.kernel.sched.SchedTasks;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Resource;
import dev.nestor.uapi.Sched;

/** Scheduling policies and their parameters: sched_setscheduler(2), sched_setattr(2) and their kin; kernel/sched/syscalls.c. */
public final class SysSchedPolicy {
    private static final int SETPARAM_POLICY = -1;
    private static final int MAX_RT_PRIO = 100;
    private static final int SIZE_VER0 = 48; // bytes of struct sched_attr
    private static final int SIZE_VER1 = 56;
    private static final int PAGE_SIZE = 4096;
    private static final long NSEC_PER_SEC = 1_000_000_000;

    private final TaskTable tasks;
    private final SignalStructTable signals;
    private final CredTable creds;
    private final Capabilities capabilities;
    private final Pids pids;
    private final SchedTasks sched;
    private final SchedPolicy policies;
    private final PiFutexes futexes;
    private final UserMemory memory;
    private final SchedAttr attr = new SchedAttr(); // what a call asks for, or is told

    public SysSchedPolicy(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.futexes = kernel.futexes().pi();
        this.signals = kernel.signalStructs();
        this.creds = kernel.credTable();
        this.capabilities = kernel.capabilities();
        this.pids = kernel.pids();
        this.sched = kernel.scheduler().tasks();
        this.policies = kernel.scheduler().policy();
        this.memory = kernel.userMemory();
    }

    public void register(SyscallTable.Builder calls) {
        calls.full(Nr.NR_sched_setscheduler, "sched_setscheduler", this::setscheduler)
                .full(Nr.NR_sched_setparam, "sched_setparam", this::setparam)
                .full(Nr.NR_sched_setattr, "sched_setattr", this::setattr)
                .full(Nr.NR_sched_getattr, "sched_getattr", this::getattr)
                .full(Nr.NR_sched_rr_get_interval, "sched_rr_get_interval", this::rrGetInterval);
    }

    private int find(int task, int nr) {
        return nr == 0 ? task : pids.findTaskByVpid(pids.activeNs(task), nr);
    }

    private long setscheduler(int task, SyscallArgs args) {
        return args.intAt(1) < 0 ? -Errno.EINVAL : setParam(task, args.intAt(0), args.intAt(1), args.get(2));
    }

    private long setparam(int task, SyscallArgs args) {
        return setParam(task, args.intAt(0), SETPARAM_POLICY, args.get(1));
    }

    /** do_sched_setscheduler() and _sched_setscheduler(). */
    private long setParam(int task, int nr, int policy, long param) {
        if (param == 0 || nr < 0) {
            return -Errno.EINVAL;
        }
        int priority = memory.getInt(tasks.mm(task), param);
        if (memory.faulted()) {
            return -Errno.EFAULT;
        }
        int target = find(task, nr);
        if (target == NULL) {
            return -Errno.ESRCH;
        }
        attr.clear();
        attr.policy = policy;
        attr.priority = priority;
        attr.nice = sched.nice(target);
        attr.runtimeNs = policies.customSlice(target);
        if (policy != SETPARAM_POLICY && (policy & Sched.SCHED_RESET_ON_FORK) != 0) {
            attr.flags = Sched.SCHED_FLAG_RESET_ON_FORK;
            attr.policy = policy & ~Sched.SCHED_RESET_ON_FORK;
        }
        return set(task, target);
    }

    private long setattr(int task, SyscallArgs args) {
        int nr = args.intAt(0);
        if (args.get(1) == 0 || nr < 0 || args.intAt(2) != 0) {
            return -Errno.EINVAL;
        }
        long error = copyAttr(tasks.mm(task), args.get(1));
        if (error != 0) {
            return error;
        }
        if (attr.policy < 0) {
            return -Errno.EINVAL;
        }
        if ((attr.flags & Sched.SCHED_FLAG_KEEP_POLICY) != 0) {
            attr.policy = SETPARAM_POLICY;
        }
        int target = find(task, nr);
        if (target == NULL) {
            return -Errno.ESRCH;
        }
        if ((attr.flags & Sched.SCHED_FLAG_KEEP_PARAMS) != 0) {
            policies.get(target, attr);
        }
        return set(task, target);
    }

    /** sched_copy_attr(): a caller that knows of more than the kernel must not use it, and is told what the kernel knows. */
    private long copyAttr(int mm, long address) {
        int size = memory.getInt(mm, address);
        if (memory.faulted()) {
            return -Errno.EFAULT;
        }
        size = size == 0 ? SIZE_VER0 : size;
        boolean isOdd = size < SIZE_VER0 || size > PAGE_SIZE;
        for (int at = SIZE_VER1; at < size && !isOdd; at++) {
            isOdd = memory.getByte(mm, address + at) != 0;
            if (memory.faulted()) {
                return -Errno.EFAULT;
            }
        }
        if (isOdd) {
            return memory.putInt(mm, address, SIZE_VER1) < 0 ? -Errno.EFAULT : -Errno.E2BIG;
        }
        attr.policy = memory.getInt(mm, address + 4);
        attr.flags = memory.getLong(mm, address + 8);
        attr.nice = Math.clamp(memory.getInt(mm, address + 16), SchedTasks.MIN_NICE, SchedTasks.MAX_NICE);
        attr.priority = memory.getInt(mm, address + 20);
        attr.runtimeNs = memory.getLong(mm, address + 24);
        attr.deadlineNs = memory.getLong(mm, address + 32);
        attr.periodNs = memory.getLong(mm, address + 40);
        if (memory.faulted()) {
            return -Errno.EFAULT;
        }
        return (attr.flags & Sched.SCHED_FLAG_UTIL_CLAMP) != 0 && size < SIZE_VER1 ? -Errno.EINVAL : 0;
    }

    /** __sched_setscheduler(). */
    private long set(int task, int target) {
        boolean resetOnFork = (attr.flags & Sched.SCHED_FLAG_RESET_ON_FORK) != 0;
        if (attr.policy < 0) {
            attr.policy = tasks.policy(target);
            resetOnFork = policies.resetOnFork(target);
        }
        int policy = attr.policy;
        boolean isDeadline = policy == Sched.SCHED_DEADLINE;
        boolean isValid = SchedPolicy.isFair(policy) || SchedPolicy.isRt(policy) || isDeadline;
        boolean isUsed = (attr.flags & ~(long) Sched.SCHED_FLAG_ALL) == 0;
        if (!isValid || !isUsed || attr.priority < 0 || attr.priority >= MAX_RT_PRIO) {
            return -Errno.EINVAL;
        }
        if (isDeadline && !SchedPolicy.isDeadlineValid(attr)) {
            return -Errno.EINVAL;
        }
        if (SchedPolicy.isRt(policy) != (attr.priority != 0)) {
            return -Errno.EINVAL;
        }
        if (needsPrivilege(task, target, resetOnFork) && !capabilities.capable(task, Capability.CAP_SYS_NICE)) {
            return -Errno.EPERM;
        }
        if ((attr.flags & Sched.SCHED_FLAG_UTIL_CLAMP) != 0) {
            return -Errno.EOPNOTSUPP;
        }
        int error = policies.set(target, attr, resetOnFork, (attr.flags & Sched.SCHED_FLAG_KEEP_PARAMS) != 0);
        futexes.adjustPi(target);
        return error;
    }

    /** user_check_sched_setscheduler(): whether this takes CAP_SYS_NICE, in the initial user namespace. */
    private boolean needsPrivilege(int task, int target, boolean resetOnFork) {
        int policy = attr.policy;
        int was = tasks.policy(target);
        if (SchedPolicy.isFair(policy) && attr.nice < sched.nice(target) && !isNiceReduction(target, attr.nice)) {
            return true;
        }
        if (SchedPolicy.isRt(policy)) {
            long limit = signals.rlimCur(tasks.signal(target), Resource.RLIMIT_RTPRIO);
            boolean isAbove =
                    attr.priority > tasks.rtPriority(target) && Long.compareUnsigned(attr.priority, limit) > 0;
            if ((policy != was && limit == 0) || isAbove) {
                return true;
            }
        }
        if (policy == Sched.SCHED_DEADLINE) {
            return true;
        }
        if (was == Sched.SCHED_IDLE && policy != Sched.SCHED_IDLE && !isNiceReduction(target, sched.nice(target))) {
            return true;
        }
        int own = creds.euid(tasks.cred(task));
        int other = tasks.cred(target);
        return (own != creds.euid(other) && own != creds.uid(other)) || (policies.resetOnFork(target) && !resetOnFork);
    }

    /** is_nice_reduction(): RLIMIT_NICE allows values down to 20 less it. */
    private boolean isNiceReduction(int target, int nice) {
        long limit = signals.rlimCur(tasks.signal(target), Resource.RLIMIT_NICE);
        return Long.compareUnsigned(SchedTasks.MAX_NICE + 1L - nice, limit) <= 0;
    }

    private long getattr(int task, SyscallArgs args) {
        int nr = args.intAt(0);
        int size = args.intAt(2);
        if (args.get(1) == 0 || nr < 0 || size < SIZE_VER0 || size > PAGE_SIZE || args.intAt(3) != 0) {
            return -Errno.EINVAL;
        }
        int target = find(task, nr);
        if (target == NULL) {
            return -Errno.ESRCH;
        }
        attr.clear();
        attr.policy = tasks.policy(target);
        attr.flags = policies.resetOnFork(target) ? Sched.SCHED_FLAG_RESET_ON_FORK : 0;
        policies.get(target, attr);
        int mm = tasks.mm(task);
        long at = args.get(1);
        memory.putInt(mm, at, Math.min(size, SIZE_VER1));
        memory.putInt(mm, at + 4, attr.policy);
        memory.putLong(mm, at + 8, attr.flags);
        memory.putInt(mm, at + 16, attr.nice);
        memory.putInt(mm, at + 20, attr.priority);
        memory.putLong(mm, at + 24, attr.runtimeNs);
        memory.putLong(mm, at + 32, attr.deadlineNs);
        int error = memory.putLong(mm, at + 40, attr.periodNs);
        for (int i = SIZE_VER0; i < size && error >= 0; i++) {
            error = memory.putByte(mm, at + i, (byte) 0);
        }
        return error < 0 ? -Errno.EFAULT : 0;
    }

    private long rrGetInterval(int task, SyscallArgs args) {
        if (args.intAt(0) < 0) {
            return -Errno.EINVAL;
        }
        int target = find(task, args.intAt(0));
        if (target == NULL) {
            return -Errno.ESRCH;
        }
        long ns = policies.rrInterval(target);
        int mm = tasks.mm(task);
        boolean isTold = memory.putLong(mm, args.get(1), ns / NSEC_PER_SEC) >= 0
                && memory.putLong(mm, args.get(1) + 8, ns % NSEC_PER_SEC) >= 0;
        return isTold ? 0 : -Errno.EFAULT;
    }
}
