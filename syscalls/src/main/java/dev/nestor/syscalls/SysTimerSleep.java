package dev.nestor.syscalls;

import dev.nestor.event.Clock;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.nsproxy.NsProxyTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.HrTimers;
import dev.nestor.kernel.time.TimeNamespaceTable;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Sched;
import dev.nestor.uapi.Time;

/** Sleeping: nanosleep(2), clock_nanosleep(2); kernel/time/hrtimer.c, posix-timers.c. */
public final class SysTimerSleep {
    /** tasks.restart(): cycles at which the sleep is over; 0 at first entry. */
    private static final int EXPIRES = 0;

    private final TaskTable tasks;
    private final UserMemory memory;
    private final HrTimers timers;
    private final Timekeeping timekeeping;
    private final NsProxyTable nsproxies;
    private final TimeNamespaceTable timeNamespaces;
    private final byte[] bytes = new byte[Timespecs.SIZE];

    public SysTimerSleep(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.memory = kernel.userMemory();
        this.timers = kernel.hrTimers();
        this.timekeeping = kernel.timekeeping();
        this.nsproxies = kernel.nsProxyTable();
        this.timeNamespaces = kernel.timeNamespaceTable();
    }

    public void register(SyscallTable.Builder table) {
        table.full(Nr.NR_nanosleep, "nanosleep", this::nanosleep)
                .partial(
                        Nr.NR_clock_nanosleep,
                        "clock_nanosleep",
                        this::clockNanosleep,
                        "a sleep on CPU time ends by a signal only; setting CLOCK_REALTIME moves no sleeper")
                .full(Nr.NR_restart_syscall, "restart_syscall", (task, args) -> -Errno.EINTR);
    }

    private long nanosleep(int task, SyscallArgs args) {
        if (tasks.restart(task, EXPIRES) == 0) {
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
        if (tasks.restart(task, EXPIRES) == 0) {
            long error = beginOn(task, args.intAt(0), absolute, args.get(2));
            if (error != 0) {
                return error;
            }
        }
        return sleep(task, args.get(3), absolute);
    }

    /** The checks in the kernel's order, then the start; 0 or a negative errno. */
    private long beginOn(int task, int clock, boolean absolute, long from) {
        boolean cpuClock = clock < 0 || clock == Time.CLOCK_PROCESS_CPUTIME_ID;
        if (clock > Time.CLOCK_TAI || clock == Time.CLOCK_TAI - 1) {
            return -Errno.EINVAL;
        }
        if (clock >= Time.CLOCK_THREAD_CPUTIME_ID && clock <= Time.CLOCK_MONOTONIC_COARSE) {
            return -Errno.EOPNOTSUPP;
        }
        long ns = Timespecs.get(memory, tasks.mm(task), from, bytes);
        if (ns < 0) {
            return ns;
        }
        if (clock == Time.CLOCK_REALTIME_ALARM || clock == Time.CLOCK_BOOTTIME_ALARM) {
            return -Errno.EOPNOTSUPP;
        }
        if (clock < 0) {
            return -Errno.EINVAL;
        }
        if (cpuClock) {
            tasks.setRestart(task, EXPIRES, ns == 0 || absolute ? timekeeping.now() : Clock.NEVER);
        } else {
            begin(task, absolute && ns != Long.MAX_VALUE ? ns - nowNs(task, clock) : ns);
        }
        return 0;
    }

    /** What the clock shows the task, in its time namespace. */
    private long nowNs(int task, int clock) {
        int ns = nsproxies.timeNs(tasks.nsproxy(task));
        return switch (clock) {
            case Time.CLOCK_MONOTONIC -> timekeeping.monotonicNs() + timeNamespaces.monotonicNs(ns);
            case Time.CLOCK_BOOTTIME -> timekeeping.boottimeNs() + timeNamespaces.boottimeNs(ns);
            default -> timekeeping.realtimeNs();
        };
    }

    /** Sets the time, which is gone by already when an absolute one was: then ns is negative. */
    private void begin(int task, long ns) {
        int policy = tasks.policy(task);
        boolean realtime = policy == Sched.SCHED_FIFO || policy == Sched.SCHED_RR || policy == Sched.SCHED_DEADLINE;
        long slackNs = realtime ? 0 : tasks.timerSlackNs(task);
        tasks.setRestart(task, EXPIRES, Math.max(Timespecs.expiry(timekeeping, ns, slackNs), 1));
    }

    /** do_nanosleep(): until the time, or until a signal: then what is left is told, unless the time was absolute. */
    private long sleep(int task, long remaining, boolean absolute) {
        long expires = tasks.restart(task, EXPIRES);
        long left = expires - timekeeping.now();
        if (left <= 0) {
            timers.cancelSleep(task);
            return 0;
        }
        if (!tasks.sigpending(task)) {
            if (expires != Clock.NEVER && !timers.isSleeping(task) && !timers.sleepUntil(task, expires)) {
                return -Errno.EAGAIN;
            }
            tasks.setState(task, TaskTable.TASK_INTERRUPTIBLE);
            return Syscalls.BLOCKED;
        }
        timers.cancelSleep(task);
        if (absolute) {
            return -Errno.ERESTARTNOHAND;
        }
        boolean told = remaining == 0
                || Timespecs.put(memory, tasks.mm(task), remaining, timekeeping.cyclesToNs(left), bytes) == 0;
        return told ? -Errno.ERESTART_RESTARTBLOCK : -Errno.EFAULT;
    }
}
