package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.init.Kernel;
import dev.nestor.kernel.nsproxy.NsProxyTable;
import dev.nestor.kernel.signal.CpuTimers;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.TimeNamespaceTable;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Time;

/** Reading clocks: clock_gettime(2), clock_getres(2), gettimeofday(2), time(2). */
public final class SysTimerClock {
    private static final long TICK_NS = 4_000_000; // HZ is 250
    private static final int NO_CLOCK = -1;

    private final TaskTable tasks;
    private final CpuTimers cpuTimers;
    private final NsProxyTable nsproxies;
    private final TimeNamespaceTable timeNamespaces;
    private final Timekeeping timekeeping;
    private final UserMemory memory;
    private final byte[] bytes = new byte[Timespecs.SIZE];

    public SysTimerClock(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.cpuTimers = kernel.signals().posixTimers().cpuTimers();
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
        boolean exists = clock < 0 ? cpuTimers.pidForClock(task, clock, false) != NULL : read(task, clock) != NO_CLOCK;
        if (!exists) {
            return -Errno.EINVAL;
        }
        boolean coarse = clock == Time.CLOCK_REALTIME_COARSE || clock == Time.CLOCK_MONOTONIC_COARSE;
        boolean byTicks = coarse || (clock < 0 && (clock & Time.CPUCLOCK_MAX) != Time.CPUCLOCK_SCHED);
        long ns = byTicks ? TICK_NS : 1;
        return args.get(1) == 0 ? 0 : Timespecs.put(memory, tasks.mm(task), args.get(1), ns, bytes);
    }

    /** The clock as the task's time namespace shows it, in ns; NO_CLOCK. There is no RTC, so there are no alarm clocks. */
    private long read(int task, int clock) {
        if (clock < 0) {
            return readCpuClock(task, clock);
        }
        int ns = nsproxies.timeNs(tasks.nsproxy(task));
        return switch (clock) {
            case Time.CLOCK_REALTIME -> timekeeping.realtimeNs();
            case Time.CLOCK_TAI -> timekeeping.taiNs();
            case Time.CLOCK_MONOTONIC, Time.CLOCK_MONOTONIC_RAW ->
                timekeeping.monotonicNs() + timeNamespaces.monotonicNs(ns);
            case Time.CLOCK_BOOTTIME -> timekeeping.boottimeNs() + timeNamespaces.boottimeNs(ns);
            case Time.CLOCK_REALTIME_COARSE -> tickStart() + timekeeping.realtimeOffsetNs();
            case Time.CLOCK_MONOTONIC_COARSE -> tickStart() + timeNamespaces.monotonicNs(ns);
            case Time.CLOCK_PROCESS_CPUTIME_ID -> cpuTimers.processNs(tasks.signal(task), true);
            case Time.CLOCK_THREAD_CPUTIME_ID -> cpuTimers.threadNs(task, true);
            default -> NO_CLOCK;
        };
    }

    private long tickStart() {
        long now = timekeeping.monotonicNs();
        return now - now % TICK_NS;
    }

    private long readCpuClock(int task, int clock) {
        int pid = cpuTimers.pidForClock(task, clock, true);
        return pid == NULL ? NO_CLOCK : cpuTimers.sampleNs(pid, clock);
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
