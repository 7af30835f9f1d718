package dev.nestor.syscalls;

import dev.nestor.init.Kernel;
import dev.nestor.kernel.signal.CpuTimers;
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
    private final CpuTimers cpuTimers;
    private final UserMemory memory;
    private final byte[] bytes = new byte[ITIMERVAL_SIZE];

    public SysTimer(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.itimers = kernel.signals().itimers();
        this.cpuTimers = kernel.signals().posixTimers().cpuTimers();
        this.memory = kernel.userMemory();
    }

    public void register(SyscallTable.Builder table) {
        table.full(Nr.NR_alarm, "alarm", this::alarm)
                .full(Nr.NR_getitimer, "getitimer", this::getitimer)
                .full(Nr.NR_setitimer, "setitimer", this::setitimer);
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
        long oldValueNs = leftNs(task, which);
        long oldIntervalNs = intervalNs(task, which);
        int error = 0;
        if (which == Time.ITIMER_REAL) {
            error = itimers.set(task, valueNs, intervalNs);
        } else {
            cpuTimers.setItimer(task, which, valueNs, intervalNs);
        }
        return error != 0 || to == 0 ? error : put(task, to, oldValueNs, oldIntervalNs);
    }

    private static boolean isTimer(int which) {
        return which >= Time.ITIMER_REAL && which <= Time.ITIMER_PROF;
    }

    private int putItimerval(int task, long to, int which) {
        return put(task, to, leftNs(task, which), intervalNs(task, which));
    }

    private long leftNs(int task, int which) {
        return which == Time.ITIMER_REAL ? itimers.remainingNs(task) : cpuTimers.itimerLeftNs(task, which);
    }

    private long intervalNs(int task, int which) {
        return which == Time.ITIMER_REAL ? itimers.intervalNs(task) : cpuTimers.itimerIntervalNs(task, which);
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
