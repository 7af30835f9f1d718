package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.init.Kernel;
import dev.nestor.kernel.nsproxy.NsProxyTable;
import dev.nestor.kernel.pid.PidTable;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.TimeNamespaceTable;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.mm.UserMemory;
import dev.nestor.table.Chain;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Time;

/** Reading clocks: clock_gettime(2), clock_getres(2), gettimeofday(2), time(2). */
public final class SysTimerClock {
    private static final long TICK_NS = 4_000_000; // HZ is 250
    private static final int NO_CLOCK = -1;

    private final TaskTable tasks;
    private final SignalStructTable signals;
    private final PidTable pidTable;
    private final Pids pids;
    private final NsProxyTable nsproxies;
    private final TimeNamespaceTable timeNamespaces;
    private final Timekeeping timekeeping;
    private final UserMemory memory;
    private final byte[] bytes = new byte[Timespecs.SIZE];

    public SysTimerClock(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.signals = kernel.signalStructs();
        this.pidTable = kernel.pidTable();
        this.pids = kernel.pids();
        this.nsproxies = kernel.nsProxyTable();
        this.timeNamespaces = kernel.timeNamespaceTable();
        this.timekeeping = kernel.timekeeping();
        this.memory = kernel.userMemory();
    }

    public void register(SyscallTable.Builder table) {
        table.full(Nr.NR_clock_gettime, "clock_gettime", this::clockGettime)
                .full(Nr.NR_clock_getres, "clock_getres", this::clockGetres)
                .full(Nr.NR_gettimeofday, "gettimeofday", this::gettimeofday)
                .full(Nr.NR_time, "time", this::time);
    }

    private long clockGettime(int task, SyscallArgs args) {
        long ns = read(task, args.intAt(0));
        if (ns == NO_CLOCK) {
            return -Errno.EINVAL;
        }
        return Timespecs.put(memory, tasks.mm(task), args.get(1), ns, bytes);
    }

    private long clockGetres(int task, SyscallArgs args) {
        int clock = args.intAt(0);
        boolean exists = clock < 0 ? cpuClockPid(task, clock, false) != NULL : read(task, clock) != NO_CLOCK;
        if (!exists) {
            return -Errno.EINVAL;
        }
        boolean coarse = clock == Time.CLOCK_REALTIME_COARSE || clock == Time.CLOCK_MONOTONIC_COARSE;
        long ns = coarse ? TICK_NS : 1;
        return args.get(1) == 0 ? 0 : Timespecs.put(memory, tasks.mm(task), args.get(1), ns, bytes);
    }

    /** The clock as the task's time namespace shows it, in ns; NO_CLOCK. There is no RTC, so there are no alarm clocks. */
    private long read(int task, int clock) {
        if (clock < 0) {
            return readCpuClock(task, clock);
        }
        int ns = nsproxies.timeNs(tasks.nsproxy(task));
        return switch (clock) {
            case Time.CLOCK_REALTIME, Time.CLOCK_TAI -> timekeeping.realtimeNs();
            case Time.CLOCK_MONOTONIC, Time.CLOCK_MONOTONIC_RAW ->
                timekeeping.monotonicNs() + timeNamespaces.monotonicNs(ns);
            case Time.CLOCK_BOOTTIME -> timekeeping.boottimeNs() + timeNamespaces.boottimeNs(ns);
            case Time.CLOCK_REALTIME_COARSE -> tickStart() + timekeeping.realtimeOffsetNs();
            case Time.CLOCK_MONOTONIC_COARSE -> tickStart() + timeNamespaces.monotonicNs(ns);
            case Time.CLOCK_PROCESS_CPUTIME_ID -> processNs(tasks.signal(task), true);
            case Time.CLOCK_THREAD_CPUTIME_ID -> threadNs(task, true);
            default -> NO_CLOCK;
        };
    }

    private long tickStart() {
        long now = timekeeping.monotonicNs();
        return now - now % TICK_NS;
    }

    private long readCpuClock(int task, int clock) {
        int pid = cpuClockPid(task, clock, true);
        if (pid == NULL) {
            return NO_CLOCK;
        }
        boolean virtual = (clock & Time.CPUCLOCK_MAX) == 1;
        boolean perThread = (clock & Time.CPUCLOCK_PERTHREAD_MASK) != 0;
        int target = perThread ? pidTable.thread(pid) : pidTable.process(pid);
        return perThread ? threadNs(target, !virtual) : processNs(tasks.signal(target), !virtual);
    }

    /** pid_for_clock(): whose CPU time a negative clock number stands for, or NULL. */
    private int cpuClockPid(int task, int clock, boolean gettime) {
        if ((clock & Time.CPUCLOCK_MAX) == Time.CPUCLOCK_MAX) {
            return NULL;
        }
        boolean perThread = (clock & Time.CPUCLOCK_PERTHREAD_MASK) != 0;
        int nr = ~(clock >> 3);
        if (nr == 0) {
            return perThread ? tasks.threadPid(task) : pids.tgid(task);
        }
        int pid = pids.findVpid(pids.activeNs(task), nr);
        if (pid == NULL) {
            return NULL;
        }
        if (perThread) {
            int thread = pidTable.thread(pid);
            return thread != NULL && tasks.signal(thread) == tasks.signal(task) ? pid : NULL;
        }
        if (gettime && pid == tasks.threadPid(task)) {
            return pids.tgid(task);
        }
        return pidTable.process(pid) == NULL ? NULL : pid;
    }

    private long threadNs(int task, boolean system) {
        return timekeeping.cyclesToNs(tasks.utime(task) + (system ? tasks.stime(task) : 0));
    }

    private long processNs(int signal, boolean system) {
        long cycles = signals.utime(signal) + (system ? signals.stime(signal) : 0);
        Chain threads = signals.threads();
        for (int at = threads.first(signal); at != NULL; at = threads.next(at)) {
            cycles += tasks.utime(at) + (system ? tasks.stime(at) : 0);
        }
        return timekeeping.cyclesToNs(cycles);
    }

    /** The time zone is UTC. */
    private long gettimeofday(int task, SyscallArgs args) {
        int mm = tasks.mm(task);
        if (args.get(0) != 0) {
            long us = timekeeping.realtimeNs() / 1000;
            Bytes.putLong(bytes, 0, us / 1_000_000);
            Bytes.putLong(bytes, 8, us % 1_000_000);
            if (memory.copyToUser(mm, args.get(0), bytes, 0, Timespecs.SIZE) != 0) {
                return -Errno.EFAULT;
            }
        }
        return args.get(1) == 0 ? 0 : memory.putLong(mm, args.get(1), 0);
    }

    private long time(int task, SyscallArgs args) {
        long sec = timekeeping.realtimeNs() / Timespecs.NSEC_PER_SEC;
        boolean faults = args.get(0) != 0 && memory.putLong(tasks.mm(task), args.get(0), sec) != 0;
        return faults ? -Errno.EFAULT : sec;
    }
}
