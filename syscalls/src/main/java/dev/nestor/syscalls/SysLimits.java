package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.init.Kernel;
import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.mm.MmTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Resource;

/** Limits and accounts of a process: prlimit(2), getrlimit(2), setrlimit(2), getrusage(2), times(2); kernel/sys.c. */
public final class SysLimits {
    private static final int RUSAGE_SIZE = 144; // bytes of struct rusage
    private static final int RUSAGE_SELF = 0;
    private static final int RUSAGE_CHILDREN = -1;
    private static final int RUSAGE_THREAD = 1;
    private static final long NS_PER_TICK = 10_000_000; // USER_HZ is 100

    private final TaskTable tasks;
    private final SignalStructTable signals;
    private final CredTable creds;
    private final Capabilities capabilities;
    private final Pids pids;
    private final UserMemory memory;
    private final MmTable mms;
    private final Timekeeping time;
    private final int nrOpen; // fs.nr_open

    public SysLimits(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.signals = kernel.signalStructs();
        this.creds = kernel.credTable();
        this.capabilities = kernel.capabilities();
        this.pids = kernel.pids();
        this.memory = kernel.userMemory();
        this.mms = kernel.addressSpaces().mms();
        this.time = kernel.timekeeping();
        this.nrOpen = kernel.config().nrOpen();
    }

    public void register(SyscallTable.Builder calls) {
        calls.full(Nr.NR_prlimit64, "prlimit64", this::prlimit)
                .full(Nr.NR_getrlimit, "getrlimit", this::getrlimit)
                .full(Nr.NR_setrlimit, "setrlimit", this::setrlimit)
                .partial(Nr.NR_getrusage, "getrusage", this::getrusage, "only the CPU times are counted")
                .full(Nr.NR_times, "times", this::times);
    }

    private long prlimit(int task, SyscallArgs args) {
        int nr = args.intAt(0);
        int resource = args.intAt(1);
        long newLimit = args.get(2);
        long oldLimit = args.get(3);
        int mm = tasks.mm(task);
        long soft = 0;
        long hard = 0;
        if (newLimit != 0) {
            soft = memory.getLong(mm, newLimit);
            hard = memory.getLong(mm, newLimit + 8);
            if (memory.faulted()) {
                return -Errno.EFAULT;
            }
        }
        int target = nr == 0 ? task : pids.findTaskByVpid(pids.activeNs(task), nr);
        if (target == NULL) {
            return -Errno.ESRCH;
        }
        if (!mayPrlimit(task, target)) {
            return -Errno.EPERM;
        }
        if (Integer.compareUnsigned(resource, Resource.RLIM_NLIMITS) >= 0) {
            return -Errno.EINVAL;
        }
        int signal = tasks.signal(target);
        long oldSoft = signals.rlimCur(signal, resource);
        long oldHard = signals.rlimMax(signal, resource);
        if (newLimit != 0) {
            long failed = set(task, signal, resource, soft, hard);
            if (failed < 0) {
                return failed;
            }
        }
        return oldLimit != 0 ? put(mm, oldLimit, oldSoft, oldHard) : 0;
    }

    /** check_prlimit_permission(). */
    private boolean mayPrlimit(int task, int target) {
        if (task == target) {
            return true;
        }
        int own = tasks.cred(task);
        int other = tasks.cred(target);
        boolean same = creds.uid(own) == creds.euid(other)
                && creds.uid(own) == creds.suid(other)
                && creds.uid(own) == creds.uid(other)
                && creds.gid(own) == creds.egid(other)
                && creds.gid(own) == creds.sgid(other)
                && creds.gid(own) == creds.gid(other);
        return same || capabilities.nsCapable(task, creds.userNs(other), Capability.CAP_SYS_RESOURCE);
    }

    /** do_prlimit(): RLIM_INFINITY is the largest, for limits are unsigned. */
    private long set(int task, int signal, int resource, long soft, long hard) {
        if (Long.compareUnsigned(soft, hard) > 0) {
            return -Errno.EINVAL;
        }
        if (resource == Resource.RLIMIT_NOFILE && Long.compareUnsigned(hard, nrOpen) > 0) {
            return -Errno.EPERM;
        }
        if (Long.compareUnsigned(hard, signals.rlimMax(signal, resource)) > 0
                && !capabilities.capable(task, Capability.CAP_SYS_RESOURCE)) {
            return -Errno.EPERM;
        }
        signals.setRlimCur(signal, resource, soft);
        signals.setRlimMax(signal, resource, hard);
        int mm = tasks.mm(signals.leader(signal));
        if (resource == Resource.RLIMIT_STACK && mm != NULL) {
            mms.setStackLimit(mm, soft);
        }
        return 0;
    }

    private long put(int mm, long address, long soft, long hard) {
        if (memory.putLong(mm, address, soft) < 0 || memory.putLong(mm, address + 8, hard) < 0) {
            return -Errno.EFAULT;
        }
        return 0;
    }

    private long getrlimit(int task, SyscallArgs args) {
        int resource = args.intAt(0);
        if (Integer.compareUnsigned(resource, Resource.RLIM_NLIMITS) >= 0) {
            return -Errno.EINVAL;
        }
        int signal = tasks.signal(task);
        return put(tasks.mm(task), args.get(1), signals.rlimCur(signal, resource), signals.rlimMax(signal, resource));
    }

    private long setrlimit(int task, SyscallArgs args) {
        int mm = tasks.mm(task);
        long soft = memory.getLong(mm, args.get(1));
        long hard = memory.getLong(mm, args.get(1) + 8);
        if (memory.faulted()) {
            return -Errno.EFAULT;
        }
        int resource = args.intAt(0);
        if (Integer.compareUnsigned(resource, Resource.RLIM_NLIMITS) >= 0) {
            return -Errno.EINVAL;
        }
        return set(task, tasks.signal(task), resource, soft, hard);
    }

    private long userCycles(int task) {
        int signal = tasks.signal(task);
        long cycles = signals.utime(signal);
        for (int thread = signals.threads().first(signal);
                thread != NULL;
                thread = signals.threads().next(thread)) {
            cycles += tasks.utime(thread);
        }
        return cycles;
    }

    private long systemCycles(int task) {
        int signal = tasks.signal(task);
        long cycles = signals.stime(signal);
        for (int thread = signals.threads().first(signal);
                thread != NULL;
                thread = signals.threads().next(thread)) {
            cycles += tasks.stime(thread);
        }
        return cycles;
    }

    private long getrusage(int task, SyscallArgs args) {
        int who = args.intAt(0);
        int signal = tasks.signal(task);
        long user;
        long system;
        switch (who) {
            case RUSAGE_SELF -> {
                user = userCycles(task);
                system = systemCycles(task);
            }
            case RUSAGE_CHILDREN -> {
                user = signals.cutime(signal);
                system = signals.cstime(signal);
            }
            case RUSAGE_THREAD -> {
                user = tasks.utime(task);
                system = tasks.stime(task);
            }
            default -> {
                return -Errno.EINVAL;
            }
        }
        int mm = tasks.mm(task);
        if (memory.clearUser(mm, args.get(1), RUSAGE_SIZE) < 0) {
            return -Errno.EFAULT;
        }
        putTimeval(mm, args.get(1), time.cyclesToNs(user));
        putTimeval(mm, args.get(1) + 16, time.cyclesToNs(system));
        return 0;
    }

    private void putTimeval(int mm, long address, long ns) {
        memory.putLong(mm, address, ns / 1_000_000_000);
        memory.putLong(mm, address + 8, ns % 1_000_000_000 / 1000);
    }

    private long ticks(long cycles) {
        return time.cyclesToNs(cycles) / NS_PER_TICK;
    }

    private long times(int task, SyscallArgs args) {
        long address = args.get(0);
        if (address != 0) {
            int mm = tasks.mm(task);
            int signal = tasks.signal(task);
            if (memory.putLong(mm, address, ticks(userCycles(task))) < 0
                    || memory.putLong(mm, address + 8, ticks(systemCycles(task))) < 0
                    || memory.putLong(mm, address + 16, ticks(signals.cutime(signal))) < 0
                    || memory.putLong(mm, address + 24, ticks(signals.cstime(signal))) < 0) {
                return -Errno.EFAULT;
            }
        }
        return time.boottimeNs() / NS_PER_TICK;
    }
}
