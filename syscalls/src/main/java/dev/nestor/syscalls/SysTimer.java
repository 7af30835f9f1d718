package dev.nestor.syscalls;

import dev.nestor.init.Kernel;
import dev.nestor.kernel.signal.Itimers;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Time;

/** Interval timers: alarm(2), getitimer(2), setitimer(2). */
public final class SysTimer {
    private static final int ITIMERVAL_SIZE = 32; // bytes: it_interval, it_value
    private static final long USEC_PER_SEC = 1_000_000;
    private static final long NSEC_PER_USEC = 1000;
    private static final long KTIME_SEC_MAX = Long.MAX_VALUE / Timespecs.NSEC_PER_SEC;

    private final TaskTable tasks;
    private final Itimers itimers;
    private final UserMemory memory;
    private final byte[] bytes = new byte[ITIMERVAL_SIZE];

    public SysTimer(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.itimers = kernel.signals().itimers();
        this.memory = kernel.userMemory();
    }

    public void register(SyscallTable.Builder table) {
        String lacks = "ITIMER_VIRTUAL and ITIMER_PROF never expire";
        table.full(Nr.NR_alarm, "alarm", this::alarm)
                .partial(Nr.NR_getitimer, "getitimer", this::getitimer, lacks)
                .partial(Nr.NR_setitimer, "setitimer", this::setitimer, lacks);
    }

    /** alarm_setitimer(): the seconds that were left, rounded, but never to nothing. */
    private long alarm(int task, SyscallArgs args) {
        long left = itimers.remainingNs(task) / NSEC_PER_USEC;
        int error = itimers.set(task, (args.get(0) & 0xffffffffL) * Timespecs.NSEC_PER_SEC, 0);
        if (error != 0) {
            return error;
        }
        long sec = left / USEC_PER_SEC;
        long usec = left % USEC_PER_SEC;
        boolean up = (sec == 0 && usec != 0) || usec >= USEC_PER_SEC / 2;
        return up ? sec + 1 : sec;
    }

    private long getitimer(int task, SyscallArgs args) {
        int which = args.intAt(0);
        return isTimer(which) ? putItimerval(task, args.get(1), which) : -Errno.EINVAL;
    }

    private long setitimer(int task, SyscallArgs args) {
        int which = args.intAt(0);
        long valueNs = 0;
        long intervalNs = 0;
        if (args.get(1) != 0) {
            if (memory.copyFromUser(tasks.mm(task), args.get(1), bytes, 0, ITIMERVAL_SIZE) != 0) {
                return -Errno.EFAULT;
            }
            intervalNs = timevalNs(0);
            valueNs = timevalNs(16);
            if (valueNs < 0 || intervalNs < 0) {
                return -Errno.EINVAL;
            }
        }
        if (!isTimer(which)) {
            return -Errno.EINVAL;
        }
        long to = args.get(2);
        long oldValueNs = which == Time.ITIMER_REAL ? itimers.remainingNs(task) : 0;
        long oldIntervalNs = which == Time.ITIMER_REAL ? itimers.intervalNs(task) : 0;
        int error = which == Time.ITIMER_REAL ? itimers.set(task, valueNs, intervalNs) : 0;
        return error != 0 || to == 0 ? error : put(task, to, oldValueNs, oldIntervalNs);
    }

    private static boolean isTimer(int which) {
        return which >= Time.ITIMER_REAL && which <= Time.ITIMER_PROF;
    }

    private int putItimerval(int task, long to, int which) {
        boolean real = which == Time.ITIMER_REAL;
        return put(task, to, real ? itimers.remainingNs(task) : 0, real ? itimers.intervalNs(task) : 0);
    }

    private int put(int task, long to, long valueNs, long intervalNs) {
        putTimeval(0, intervalNs);
        putTimeval(16, valueNs);
        return memory.copyToUser(tasks.mm(task), to, bytes, 0, ITIMERVAL_SIZE);
    }

    private void putTimeval(int at, long ns) {
        Bytes.putLong(bytes, at, ns / Timespecs.NSEC_PER_SEC);
        Bytes.putLong(bytes, at + 8, ns % Timespecs.NSEC_PER_SEC / NSEC_PER_USEC);
    }

    /** Nanoseconds, or -1 for what timeval_valid() refuses. */
    private long timevalNs(int at) {
        long sec = Bytes.getLong(bytes, at);
        long usec = Bytes.getLong(bytes, at + 8);
        if (sec < 0 || usec < 0 || usec >= USEC_PER_SEC) {
            return -1;
        }
        return sec >= KTIME_SEC_MAX ? Long.MAX_VALUE : sec * Timespecs.NSEC_PER_SEC + usec * NSEC_PER_USEC;
    }
}
