package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.init.Kernel;
import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.pid.PidTable;
import dev.nestor.kernel.pid.Pids;
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

/** What a task says of its own scheduling: sched_yield(2), sched_getaffinity(2), getpriority(2); kernel/sched/syscalls.c. */
public final class SysSched {
    private static final int PRIO_PROCESS = 0;
    private static final int PRIO_PGRP = 1;
    private static final int PRIO_USER = 2;
    private static final int SCHED_EXT = 7;
    private static final int MAX_RT_PRIO = 99;
    private static final int CPUMASK_SIZE = 32; // bytes: NR_CPUS is 256 on the reference machine

    private final TaskTable tasks;
    private final SignalStructTable signals;
    private final CredTable creds;
    private final Capabilities capabilities;
    private final UserNamespaces userNamespaces;
    private final PidTable pidTable;
    private final Pids pids;
    private final SchedTasks sched;
    private final SchedPolicy policies;
    private final UserMemory memory;
    private final int cpus;
    private final long[] mask;

    public SysSched(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.signals = kernel.signalStructs();
        this.creds = kernel.credTable();
        this.capabilities = kernel.capabilities();
        this.userNamespaces = kernel.userNamespaces();
        this.pidTable = kernel.pidTable();
        this.pids = kernel.pids();
        this.sched = kernel.scheduler().tasks();
        this.policies = kernel.scheduler().policy();
        this.memory = kernel.userMemory();
        this.cpus = kernel.config().topology().cpus();
        this.mask = new long[sched.maskWords()];
    }

    public void register(SyscallTable.Builder calls) {
        calls.full(Nr.NR_sched_yield, "sched_yield", this::schedYield)
                .full(Nr.NR_sched_getaffinity, "sched_getaffinity", this::getaffinity)
                .full(Nr.NR_sched_setaffinity, "sched_setaffinity", this::setaffinity)
                .full(Nr.NR_sched_getscheduler, "sched_getscheduler", this::getscheduler)
                .full(Nr.NR_sched_getparam, "sched_getparam", this::getparam)
                .full(
                        Nr.NR_sched_get_priority_max,
                        "sched_get_priority_max",
                        (task, args) -> priority(args, MAX_RT_PRIO))
                .full(Nr.NR_sched_get_priority_min, "sched_get_priority_min", (task, args) -> priority(args, 1))
                .full(Nr.NR_getpriority, "getpriority", this::getpriority)
                .full(Nr.NR_setpriority, "setpriority", this::setpriority)
                .full(Nr.NR_getcpu, "getcpu", this::getcpu);
    }

    private long schedYield(int task, SyscallArgs args) {
        sched.schedYield(task);
        return 0;
    }

    private int find(int task, int nr) {
        return nr == 0 ? task : pids.findTaskByVpid(pids.activeNs(task), nr);
    }

    /** As many bytes of the mask as were asked for and there are; the length has to be whole words for all CPUs. */
    private long getaffinity(int task, SyscallArgs args) {
        int length = args.intAt(1);
        if (Integer.toUnsignedLong(length) * Byte.SIZE < cpus || (length & 7) != 0) {
            return -Errno.EINVAL;
        }
        int target = find(task, args.intAt(0));
        if (target == NULL) {
            return -Errno.ESRCH;
        }
        int copied = Integer.compareUnsigned(length, maskBytes()) < 0 ? length : maskBytes();
        for (int word = 0; word < copied / 8; word++) {
            long bits = word < sched.maskWords() ? sched.cpusAllowed(target, word) : 0;
            if (memory.putLong(tasks.mm(task), args.get(2) + 8L * word, bits) < 0) {
                return -Errno.EFAULT;
            }
        }
        return copied;
    }

    private int maskBytes() {
        return Math.max(CPUMASK_SIZE, 8 * sched.maskWords());
    }

    private long setaffinity(int task, SyscallArgs args) {
        int length = args.intAt(1);
        for (int word = 0; word < mask.length; word++) {
            mask[word] = 0;
        }
        for (int i = 0; i < Math.min(Integer.toUnsignedLong(length), 8L * mask.length); i++) {
            long bits = memory.getByte(tasks.mm(task), args.get(2) + i) & 0xffL;
            if (memory.faulted()) {
                return -Errno.EFAULT;
            }
            mask[i >> 3] |= bits << (8 * (i & 7));
        }
        int target = find(task, args.intAt(0));
        if (target == NULL) {
            return -Errno.ESRCH;
        }
        if (!isOwnOrNice(task, target)) {
            return -Errno.EPERM;
        }
        if (!sched.mayHaveCpus(target, mask)) {
            return -Errno.EBUSY;
        }
        return sched.setCpusAllowed(target, mask) ? 0 : -Errno.EINVAL;
    }

    /** check_same_owner(), or CAP_SYS_NICE over the target. */
    private boolean isOwnOrNice(int task, int target) {
        int own = creds.euid(tasks.cred(task));
        int other = tasks.cred(target);
        return own == creds.euid(other)
                || own == creds.uid(other)
                || capabilities.nsCapable(task, creds.userNs(other), Capability.CAP_SYS_NICE);
    }

    private long getscheduler(int task, SyscallArgs args) {
        if (args.intAt(0) < 0) {
            return -Errno.EINVAL;
        }
        int target = find(task, args.intAt(0));
        if (target == NULL) {
            return -Errno.ESRCH;
        }
        return tasks.policy(target) | (policies.resetOnFork(target) ? Sched.SCHED_RESET_ON_FORK : 0);
    }

    private long getparam(int task, SyscallArgs args) {
        if (args.get(1) == 0 || args.intAt(0) < 0) {
            return -Errno.EINVAL;
        }
        int target = find(task, args.intAt(0));
        if (target == NULL) {
            return -Errno.ESRCH;
        }
        return memory.putInt(tasks.mm(task), args.get(1), tasks.rtPriority(target)) < 0 ? -Errno.EFAULT : 0;
    }

    private static long priority(SyscallArgs args, int ofRt) {
        return switch (args.intAt(0)) {
            case Sched.SCHED_FIFO, Sched.SCHED_RR -> ofRt;
            case Sched.SCHED_NORMAL, Sched.SCHED_BATCH, Sched.SCHED_IDLE, Sched.SCHED_DEADLINE, SCHED_EXT -> 0;
            default -> -Errno.EINVAL;
        };
    }

    /** 40 less the position on the scale from -20: the most favoured of those asked for. */
    private long getpriority(int task, SyscallArgs args) {
        int which = args.intAt(0);
        int who = args.intAt(1);
        if (which < PRIO_PROCESS || which > PRIO_USER) {
            return -Errno.EINVAL;
        }
        long best = -Errno.ESRCH;
        for (int at = firstOf(task, which, who); at != NULL; at = nextOf(task, which, who, at)) {
            best = Math.max(best, SchedTasks.MAX_NICE + 1 - sched.nice(at));
        }
        return best;
    }

    private long setpriority(int task, SyscallArgs args) {
        int which = args.intAt(0);
        int who = args.intAt(1);
        if (which < PRIO_PROCESS || which > PRIO_USER) {
            return -Errno.EINVAL;
        }
        int nice = Math.clamp(args.intAt(2), SchedTasks.MIN_NICE, SchedTasks.MAX_NICE);
        long result = -Errno.ESRCH;
        for (int at = firstOf(task, which, who); at != NULL; at = nextOf(task, which, who, at)) {
            result = setOnePriority(task, at, nice, result);
        }
        return result;
    }

    /** set_one_prio(). */
    private long setOnePriority(int task, int target, int nice, long soFar) {
        int own = creds.euid(tasks.cred(task));
        int other = tasks.cred(target);
        boolean nicer = capabilities.nsCapable(task, creds.userNs(other), Capability.CAP_SYS_NICE);
        if (own != creds.uid(other) && own != creds.euid(other) && !nicer) {
            return -Errno.EPERM;
        }
        boolean mayBeNicer = mayBeNicer(target, nice) || capabilities.capable(task, Capability.CAP_SYS_NICE);
        if (nice < sched.nice(target) && !mayBeNicer) {
            return -Errno.EACCES;
        }
        sched.setNice(target, nice);
        return soFar == -Errno.ESRCH ? 0 : soFar;
    }

    /** can_nice(): RLIMIT_NICE allows values down to 20 less it. */
    private boolean mayBeNicer(int target, int nice) {
        return 20 - nice <= signals.rlimCur(tasks.signal(target), Resource.RLIMIT_NICE);
    }

    private int firstOf(int task, int which, int who) {
        return switch (which) {
            case PRIO_PROCESS -> find(task, who);
            case PRIO_PGRP -> {
                int pgrp = who == 0 ? pids.pgrp(task) : pids.findVpid(pids.activeNs(task), who);
                yield pgrp == NULL ? NULL : pidTable.groupMembers().first(pgrp);
            }
            default -> nextOfUser(task, who, 1);
        };
    }

    private int nextOf(int task, int which, int who, int at) {
        return switch (which) {
            case PRIO_PROCESS -> NULL;
            case PRIO_PGRP -> pidTable.groupMembers().next(at);
            default -> nextOfUser(task, who, tasks.rowOf(at) + 1);
        };
    }

    /** The next task of a user, from a row on, that the caller's PID namespace can see. */
    private int nextOfUser(int task, int who, int fromRow) {
        int kuid =
                who == 0 ? creds.uid(tasks.cred(task)) : userNamespaces.makeKuid(creds.userNs(tasks.cred(task)), who);
        for (int row = fromRow; row < tasks.rows(); row++) {
            int at = tasks.handleInRow(row);
            if (at != NULL
                    && tasks.exitState(at) == 0
                    && creds.uid(tasks.cred(at)) == kuid
                    && pids.taskNr(at, pids.activeNs(task)) != 0) {
                return at;
            }
        }
        return NULL;
    }

    private long getcpu(int task, SyscallArgs args) {
        int mm = tasks.mm(task);
        if (args.get(0) != 0 && memory.putInt(mm, args.get(0), tasks.cpu(task)) < 0) {
            return -Errno.EFAULT;
        }
        return args.get(1) != 0 && memory.putInt(mm, args.get(1), 0) < 0 ? -Errno.EFAULT : 0;
    }
}
