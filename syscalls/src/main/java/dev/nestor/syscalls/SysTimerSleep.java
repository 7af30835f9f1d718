package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.event.Clock;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.nsproxy.NsProxyTable;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.signal.CpuTimers;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.HrTimers;
import dev.nestor.kernel.time.TimeNamespaces;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Sched;
import dev.nestor.uapi.Time;

/** Sleeping: nanosleep(2), clock_nanosleep(2); kernel/time/hrtimer.c, posix-timers.c. */
public final class SysTimerSleep {
    /*
     * What a sleep keeps in its restart words: how it ends (0 before the first entry), and when. A time of a clock is kept as
     * such, for the clock may be set meanwhile.
     */
    private static final int HOW = 0;
    private static final int END = 1;
    private static final int TIMER = 2;

    /** END is a time in cycles. */
    private static final int AT_CYCLES = 1;

    /** END is a time of the host's CLOCK_MONOTONIC, in ns. */
    private static final int AT_MONOTONIC = 2;

    /** END is a time of CLOCK_REALTIME, in ns. */
    private static final int AT_REALTIME = 3;

    /** The end is an expiration of TIMER, a k_itimer that runs by CPU time. */
    private static final int AT_CPU_TIME = 4;

    private final TaskTable tasks;
    private final UserMemory memory;
    private final HrTimers timers;
    private final Timekeeping timekeeping;
    private final NsProxyTable nsproxies;
    private final TimeNamespaces timeNamespaces;
    private final CpuTimers cpuTimers;
    private final Pids pids;
    private final byte[] bytes = new byte[Timespecs.SIZE];

    public SysTimerSleep(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.memory = kernel.userMemory();
        this.timers = kernel.hrTimers();
        this.timekeeping = kernel.timekeeping();
        this.nsproxies = kernel.nsProxyTable();
        this.timeNamespaces = kernel.timeNamespaces();
        this.cpuTimers = kernel.signals().posixTimers().cpuTimers();
        this.pids = kernel.pids();
    }

    public void register(SyscallTable.Builder table) {
        table.full(Nr.NR_nanosleep, "nanosleep", this::nanosleep)
                .full(Nr.NR_clock_nanosleep, "clock_nanosleep", this::clockNanosleep)
                .full(Nr.NR_restart_syscall, "restart_syscall", (task, args) -> -Errno.EINTR);
    }

    private long nanosleep(int task, SyscallArgs args) {
        if (tasks.restart(task, HOW) == 0) {
            long ns = Timespecs.get(memory, tasks.mm(task), args.get(0), bytes);
            if (ns < 0) {
                return ns;
            }
            begin(task, ns);
        }
        return sleep(task, args.get(1), false);
    }

    private long clockNanosleep(int task, SyscallArgs args) {
        boolean absolute = (args.get(1) & Time.TIMER_ABSTIME) != 0;
        if (tasks.restart(task, HOW) == 0) {
            long error = beginOn(task, args.intAt(0), absolute, args.get(2));
            if (error != 0) {
                return error;
            }
        }
        return tasks.restart(task, HOW) == AT_CPU_TIME
                ? sleepOnCpuTime(task, args.get(3), absolute)
                : sleep(task, args.get(3), absolute);
    }

    /** The checks in the kernel's order, then the start; 0 or a negative errno. */
    private long beginOn(int task, int clock, boolean absolute, long from) {
        boolean isFd = clock < 0 && (clock & Time.CPUCLOCK_CLOCKFD_MASK) == Time.CPUCLOCK_MAX;
        if (clock > Time.CLOCK_TAI || clock == Time.CLOCK_TAI - 1) {
            return -Errno.EINVAL;
        }
        if (isFd || (clock >= Time.CLOCK_THREAD_CPUTIME_ID && clock <= Time.CLOCK_MONOTONIC_COARSE)) {
            return -Errno.EOPNOTSUPP;
        }
        long ns = Timespecs.get(memory, tasks.mm(task), from, bytes);
        if (ns < 0) {
            return ns;
        }
        if (clock == Time.CLOCK_REALTIME_ALARM || clock == Time.CLOCK_BOOTTIME_ALARM) {
            return -Errno.EOPNOTSUPP;
        }
        if (clock < 0 || clock == Time.CLOCK_PROCESS_CPUTIME_ID) {
            return beginOnCpuTime(task, clock < 0 ? clock : CpuTimers.ownClock(false), absolute, ns);
        }
        if (absolute) {
            beginUntil(task, clock, ns);
        } else {
            begin(task, ns);
        }
        return 0;
    }

    private void beginUntil(int task, int clock, long ns) {
        boolean isMonotonic = clock == Time.CLOCK_MONOTONIC || clock == Time.CLOCK_BOOTTIME;
        int timeNs = nsproxies.timeNs(tasks.nsproxy(task));
        long tai = clock == Time.CLOCK_TAI && ns != Long.MAX_VALUE ? timekeeping.taiNs() - timekeeping.realtimeNs() : 0;
        long host = timeNamespaces.toHost(timeNs, clock, ns) - tai;
        long slackNs = slackNs(task);
        tasks.setRestart(task, HOW, isMonotonic ? AT_MONOTONIC : AT_REALTIME);
        tasks.setRestart(task, END, host >= Long.MAX_VALUE - slackNs ? Long.MAX_VALUE : host + slackNs);
    }

    private long slackNs(int task) {
        int policy = tasks.policy(task);
        boolean realtime = policy == Sched.SCHED_FIFO || policy == Sched.SCHED_RR || policy == Sched.SCHED_DEADLINE;
        return realtime ? 0 : tasks.timerSlackNs(task);
    }

    private void begin(int task, long ns) {
        tasks.setRestart(task, HOW, AT_CYCLES);
        tasks.setRestart(task, END, Timespecs.expiry(timekeeping, ns, slackNs(task)));
    }

    /** When the sleep is over as clocks stand now, in cycles. */
    private long end(int task) {
        long end = tasks.restart(task, END);
        if (end == Long.MAX_VALUE) {
            return Clock.NEVER;
        }
        return switch ((int) tasks.restart(task, HOW)) {
            case AT_CYCLES -> end;
            case AT_MONOTONIC -> timekeeping.cyclesAt(end);
            default -> timekeeping.cyclesAt(end - timekeeping.realtimeOffsetNs());
        };
    }

    private int base(int task) {
        return switch ((int) tasks.restart(task, HOW)) {
            case AT_CYCLES -> HrTimers.WAIT;
            case AT_MONOTONIC -> HrTimers.MONOTONIC;
            default -> HrTimers.REALTIME;
        };
    }

    /** do_nanosleep(): until the time, or until a signal: then what is left is told, unless the time was absolute. */
    private long sleep(int task, long remaining, boolean absolute) {
        long expires = end(task);
        long left = expires - timekeeping.now();
        if (left <= 0) {
            timers.cancelSleep(task);
            return 0;
        }
        if (!tasks.sigpending(task)) {
            if (expires != Clock.NEVER && !timers.isSleeping(task) && !timers.sleepUntil(task, expires, base(task))) {
                return -Errno.EAGAIN;
            }
            tasks.setState(task, TaskTable.TASK_INTERRUPTIBLE);
            return Syscalls.BLOCKED;
        }
        timers.cancelSleep(task);
        return interrupted(task, remaining, absolute, timekeeping.cyclesToNs(left));
    }

    private long interrupted(int task, long remaining, boolean absolute, long leftNs) {
        if (absolute) {
            return -Errno.ERESTARTNOHAND;
        }
        boolean told = remaining == 0 || Timespecs.put(memory, tasks.mm(task), remaining, leftNs, bytes) == 0;
        return told ? -Errno.ERESTART_RESTARTBLOCK : -Errno.EFAULT;
    }

    /** posix_cpu_nsleep(): a thread can't wait for CPU time of its own. */
    private long beginOnCpuTime(int task, int clock, boolean absolute, long ns) {
        boolean perThread = (clock & Time.CPUCLOCK_PERTHREAD_MASK) != 0;
        int nr = ~(clock >> 3);
        if (perThread && (nr == 0 || nr == pids.taskNr(task, pids.activeNs(task)))) {
            return -Errno.EINVAL;
        }
        int timer = cpuTimers.createSleep(task, clock);
        if (timer < 0) {
            return timer;
        }
        tasks.setRestart(task, HOW, AT_CPU_TIME);
        tasks.setRestart(task, TIMER, timer);
        cpuTimers.startSleep(timer, absolute, ns);
        return 0;
    }

    /** do_cpu_nanosleep(). */
    private long sleepOnCpuTime(int task, long remaining, boolean absolute) {
        int timer = (int) tasks.restart(task, TIMER);
        if (timer == NULL) {
            timer = cpuTimers.createSleep(task, (int) tasks.restart(task, END + 2));
            tasks.setRestart(task, TIMER, timer);
            cpuTimers.startSleep(timer, true, tasks.restart(task, END));
        }
        if (cpuTimers.isSleepOver(timer)) {
            endOnCpuTime(task, timer);
            return 0;
        }
        if (!tasks.sigpending(task)) {
            tasks.setState(task, TaskTable.TASK_INTERRUPTIBLE);
            return Syscalls.BLOCKED;
        }
        long leftNs = cpuTimers.remainingNs(timer);
        tasks.setRestart(task, END, cpuTimers.sleepExpires(timer));
        tasks.setRestart(task, END + 2, cpuTimers.clock(timer));
        endOnCpuTime(task, timer);
        return interrupted(task, remaining, absolute, leftNs);
    }

    private void endOnCpuTime(int task, int timer) {
        tasks.setRestart(task, TIMER, NULL);
        cpuTimers.endSleep(timer);
    }
}
