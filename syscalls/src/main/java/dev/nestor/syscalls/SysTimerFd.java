package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.Files;
import dev.nestor.fs.timerfd.TimerFds;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.nsproxy.NsProxyTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.TimeNamespaces;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Time;

/** timerfd_create(2), timerfd_settime(2), timerfd_gettime(2): fs/timerfd.c. */
public final class SysTimerFd {
    private static final int ITIMERSPEC_SIZE = 32; // bytes

    private final TaskTable tasks;
    private final TimerFds timerFds;
    private final Files files;
    private final Capabilities capabilities;
    private final TimeNamespaces timeNamespaces;
    private final NsProxyTable nsproxies;
    private final UserMemory memory;
    private final byte[] bytes = new byte[ITIMERSPEC_SIZE];

    public SysTimerFd(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.timerFds = kernel.fileSystems().timerFds();
        this.files = kernel.files();
        this.capabilities = kernel.capabilities();
        this.timeNamespaces = kernel.timeNamespaces();
        this.nsproxies = kernel.nsProxyTable();
        this.memory = kernel.userMemory();
    }

    public void register(SyscallTable.Builder table) {
        table.full(Nr.NR_timerfd_create, "timerfd_create", this::timerfdCreate)
                .full(Nr.NR_timerfd_settime, "timerfd_settime", this::timerfdSettime)
                .full(Nr.NR_timerfd_gettime, "timerfd_gettime", this::timerfdGettime);
    }

    private long timerfdCreate(int task, SyscallArgs args) {
        int clock = args.intAt(0);
        int flags = args.intAt(1);
        boolean isAlarm = isAlarm(clock);
        boolean hasClock = isAlarm
                || clock == Time.CLOCK_REALTIME
                || clock == Time.CLOCK_MONOTONIC
                || clock == Time.CLOCK_BOOTTIME;
        if ((flags & ~(Fcntl.O_CLOEXEC | Fcntl.O_NONBLOCK)) != 0 || !hasClock) {
            return -Errno.EINVAL;
        }
        if (isAlarm && !mayWake(task)) {
            return -Errno.EPERM;
        }
        return timerFds.create(task, clock, flags);
    }

    private static boolean isAlarm(int clock) {
        return clock == Time.CLOCK_REALTIME_ALARM || clock == Time.CLOCK_BOOTTIME_ALARM;
    }

    private boolean mayWake(int task) {
        return capabilities.capable(task, Capability.CAP_WAKE_ALARM);
    }

    private long timerfdSettime(int task, SyscallArgs args) {
        int mm = tasks.mm(task);
        if (memory.copyFromUser(mm, args.get(2), bytes, 0, ITIMERSPEC_SIZE) != 0) {
            return -Errno.EFAULT;
        }
        int flags = args.intAt(1);
        long intervalNs = Timespecs.of(bytes, 0);
        long valueNs = Timespecs.of(bytes, 16);
        int known = TimerFds.TFD_TIMER_ABSTIME | TimerFds.TFD_TIMER_CANCEL_ON_SET;
        if ((flags & ~known) != 0 || intervalNs < 0 || valueNs < 0) {
            return -Errno.EINVAL;
        }
        int file = files.usableFileOf(task, args.intAt(0));
        if (file == NULL || !timerFds.isTimerFd(file)) {
            return file == NULL ? -Errno.EBADF : -Errno.EINVAL;
        }
        int clock = timerFds.clock(file);
        if (isAlarm(clock) && !mayWake(task)) {
            return -Errno.EPERM;
        }
        timerFds.stop(file, flags);
        long oldValueNs = timerFds.remainingNs(file);
        long oldIntervalNs = timerFds.intervalNs(file);
        boolean absolute = (flags & TimerFds.TFD_TIMER_ABSTIME) != 0;
        int timeNs = nsproxies.timeNs(tasks.nsproxy(task));
        long expiresNs = absolute ? timeNamespaces.toHost(timeNs, clock, valueNs) : valueNs;
        int error = timerFds.setup(file, flags, valueNs != 0, expiresNs, intervalNs);
        return error != 0 || args.get(3) == 0 ? error : put(mm, args.get(3), oldValueNs, oldIntervalNs);
    }

    private int put(int mm, long to, long valueNs, long intervalNs) {
        Timespecs.put(bytes, 0, intervalNs);
        Timespecs.put(bytes, 16, valueNs);
        return memory.copyToUser(mm, to, bytes, 0, ITIMERSPEC_SIZE);
    }

    private long timerfdGettime(int task, SyscallArgs args) {
        int file = files.usableFileOf(task, args.intAt(0));
        if (file == NULL || !timerFds.isTimerFd(file)) {
            return file == NULL ? -Errno.EBADF : -Errno.EINVAL;
        }
        timerFds.goOn(file);
        return put(tasks.mm(task), args.get(1), timerFds.remainingNs(file), timerFds.intervalNs(file));
    }
}
