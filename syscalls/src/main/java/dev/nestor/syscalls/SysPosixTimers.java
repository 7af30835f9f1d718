package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.init.Kernel;
import dev.nestor.kernel.nsproxy.NsProxyTable;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.signal.CpuTimers;
import dev.nestor.kernel.signal.PosixTimers;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.TimeNamespaces;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Signal;
import dev.nestor.uapi.Time;

/** timer_create(2) and what is done with its timers: kernel/time/posix-timers.c. */
public final class SysPosixTimers {
    private static final int SIGEVENT_SIZE = 64; // bytes
    private static final int ITIMERSPEC_SIZE = 32; // bytes

    private final TaskTable tasks;
    private final SignalStructTable signals;
    private final Pids pids;
    private final PosixTimers timers;
    private final TimeNamespaces timeNamespaces;
    private final NsProxyTable nsproxies;
    private final UserMemory memory;
    private final byte[] bytes = new byte[SIGEVENT_SIZE];

    public SysPosixTimers(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.signals = kernel.signalStructs();
        this.pids = kernel.pids();
        this.timers = kernel.signals().posixTimers();
        this.timeNamespaces = kernel.timeNamespaces();
        this.nsproxies = kernel.nsProxyTable();
        this.memory = kernel.userMemory();
    }

    public void register(SyscallTable.Builder table) {
        table.full(Nr.NR_timer_create, "timer_create", this::timerCreate)
                .full(Nr.NR_timer_settime, "timer_settime", this::timerSettime)
                .full(Nr.NR_timer_gettime, "timer_gettime", this::timerGettime)
                .full(Nr.NR_timer_getoverrun, "timer_getoverrun", this::timerGetoverrun)
                .full(Nr.NR_timer_delete, "timer_delete", this::timerDelete);
    }

    private long timerCreate(int task, SyscallArgs args) {
        long event = args.get(1);
        if (event != 0 && memory.copyFromUser(tasks.mm(task), event, bytes, 0, SIGEVENT_SIZE) != 0) {
            return -Errno.EFAULT;
        }
        int clock = args.intAt(0);
        int kind = clockKind(clock);
        if (kind < 0) {
            return kind;
        }
        long wished = -1;
        if (signals.timerCreateRestoreIds(tasks.signal(task))) {
            wished = memory.getInt(tasks.mm(task), args.get(2));
            if (memory.faulted()) {
                return -Errno.EFAULT;
            }
            if (wished < 0) {
                return -Errno.EINVAL;
            }
        }
        int timer = timers.create(task, clock, (int) wished);
        if (timer < 0) {
            return timer;
        }
        int error = fill(task, timer, event != 0, args.get(2));
        if (error == 0) {
            error = isAlarm(clock) ? -Errno.EOPNOTSUPP : startOn(task, timer, clock);
        }
        if (error != 0) {
            timers.delete(timer);
        }
        return error;
    }

    /** clockid_to_kclock() and whether it has timers: 0, EINVAL or EOPNOTSUPP. */
    private static int clockKind(int clock) {
        if (clock < 0) {
            return (clock & Time.CPUCLOCK_CLOCKFD_MASK) == Time.CPUCLOCK_MAX ? -Errno.EOPNOTSUPP : 0;
        }
        if (clock > Time.CLOCK_TAI || clock == Time.CLOCK_TAI - 1) {
            return -Errno.EINVAL;
        }
        boolean readOnly = clock >= Time.CLOCK_MONOTONIC_RAW && clock <= Time.CLOCK_MONOTONIC_COARSE;
        return readOnly ? -Errno.EOPNOTSUPP : 0;
    }

    private static boolean isAlarm(int clock) {
        return clock == Time.CLOCK_REALTIME_ALARM || clock == Time.CLOCK_BOOTTIME_ALARM;
    }

    private int startOn(int task, int timer, int clock) {
        int of =
                switch (clock) {
                    case Time.CLOCK_PROCESS_CPUTIME_ID -> CpuTimers.ownClock(false);
                    case Time.CLOCK_THREAD_CPUTIME_ID -> CpuTimers.ownClock(true);
                    default -> clock;
                };
        return timers.start(task, timer, of);
    }

    /** What the timer is to send, and its number to the program; EINVAL or EFAULT. */
    private int fill(int task, int timer, boolean hasEvent, long idAddress) {
        int id = timers.table().id(timer);
        if (hasEvent) {
            int signo = Bytes.getInt(bytes, 8);
            int notify = Bytes.getInt(bytes, 12);
            int pid = timers.goodSigevent(task, notify, signo, Bytes.getInt(bytes, 16));
            if (pid == NULL) {
                return -Errno.EINVAL;
            }
            timers.setEvent(timer, notify, signo, Bytes.getLong(bytes, 0), pid);
        } else {
            timers.setEvent(timer, Time.SIGEV_SIGNAL, Signal.SIGALRM, id, pids.tgid(task));
        }
        return memory.putInt(tasks.mm(task), idAddress, id) != 0 ? -Errno.EFAULT : 0;
    }

    private long timerSettime(int task, SyscallArgs args) {
        if (args.get(2) == 0) {
            return -Errno.EINVAL;
        }
        int mm = tasks.mm(task);
        if (memory.copyFromUser(mm, args.get(2), bytes, 0, ITIMERSPEC_SIZE) != 0) {
            return -Errno.EFAULT;
        }
        long intervalNs = Timespecs.of(bytes, 0);
        long valueNs = Timespecs.of(bytes, 16);
        int timer = intervalNs < 0 || valueNs < 0 ? NULL : timers.find(task, args.intAt(0));
        if (timer == NULL) {
            return -Errno.EINVAL;
        }
        boolean absolute = (args.intAt(1) & Time.TIMER_ABSTIME) != 0;
        int timeNs = nsproxies.timeNs(tasks.nsproxy(task));
        long expiresNs = absolute ? timeNamespaces.toHost(timeNs, timers.table().clock(timer), valueNs) : valueNs;
        int error = timers.settime(timer, absolute, valueNs, expiresNs, intervalNs);
        return error != 0 || args.get(3) == 0 ? error : putOld(mm, args.get(3));
    }

    private int putOld(int mm, long to) {
        Timespecs.put(bytes, 0, timers.oldIntervalNs());
        Timespecs.put(bytes, 16, timers.oldValueNs());
        return memory.copyToUser(mm, to, bytes, 0, ITIMERSPEC_SIZE);
    }

    private long timerGettime(int task, SyscallArgs args) {
        int timer = timers.find(task, args.intAt(0));
        if (timer == NULL) {
            return -Errno.EINVAL;
        }
        timers.gettime(timer);
        return putOld(tasks.mm(task), args.get(1));
    }

    private long timerGetoverrun(int task, SyscallArgs args) {
        int timer = timers.find(task, args.intAt(0));
        return timer == NULL ? -Errno.EINVAL : timers.getoverrun(timer);
    }

    private long timerDelete(int task, SyscallArgs args) {
        int timer = timers.find(task, args.intAt(0));
        if (timer == NULL) {
            return -Errno.EINVAL;
        }
        timers.delete(timer);
        return 0;
    }
}
