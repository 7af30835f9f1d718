package dev.nestor.kernel.signal;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.pid.PidTable;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.sched.Wakeups;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.table.Chain;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Resource;
import dev.nestor.uapi.Signal;
import dev.nestor.uapi.Time;

/**
 * Clocks of CPU time and what runs by them: kernel/time/posix-cpu-timers.c. They are looked at when the tick interrupts a
 * task of the process, so they expire up to a tick late.
 */
public final class CpuTimers {
    private static final long NSEC_PER_SEC = 1_000_000_000L;
    private static final long TICK_NSEC = 4_000_000; // HZ is 250
    private static final int CPUCLOCK_PROF = 0;
    private static final int CPUCLOCK_VIRT = 1;

    private final TaskTable tasks;
    private final SignalStructTable signalStructs;
    private final PidTable pidTable;
    private final Pids pids;
    private final Timekeeping timekeeping;
    private final PosixTimerTable table;
    private final PosixTimers timers;
    private final Signals signals;
    private final Wakeups wakeups;

    CpuTimers(PosixTimers.Below below, PosixTimerTable table, PosixTimers timers, Signals signals) {
        this.tasks = below.tasks();
        this.signalStructs = below.signals();
        this.pidTable = below.pidTable();
        this.pids = below.pids();
        this.timekeeping = below.timekeeping();
        this.table = table;
        this.timers = timers;
        this.signals = signals;
        this.wakeups = below.wakeups();
    }

    /**
     * pid_for_clock(): whose CPU time a clock number below 0 stands for, or NULL.
     *
     * @param gettime clock_gettime(2) finds a process by the number of its calling thread, too
     */
    public int pidForClock(int task, int clock, boolean gettime) {
        if ((clock & Time.CPUCLOCK_MAX) == Time.CPUCLOCK_MAX) {
            return NULL;
        }
        boolean perThread = isPerThread(clock);
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

    static boolean isPerThread(int clock) {
        return (clock & Time.CPUCLOCK_PERTHREAD_MASK) != 0;
    }

    /** posix_cpu_clock_get(): what the clock of a pid shows, in ns; 0 once the task is gone. */
    public long sampleNs(int pid, int clock) {
        int target = isPerThread(clock) ? pidTable.thread(pid) : pidTable.process(pid);
        if (target == NULL) {
            return 0;
        }
        boolean system = (clock & Time.CPUCLOCK_MAX) != CPUCLOCK_VIRT;
        return isPerThread(clock) ? threadNs(target, system) : processNs(tasks.signal(target), system);
    }

    /** CPU time of a thread in ns, of user mode alone or with that of its calls. */
    public long threadNs(int task, boolean system) {
        return timekeeping.cyclesToNs(tasks.utime(task) + (system ? tasks.stime(task) : 0));
    }

    /** The same of a process, with its threads of before. */
    public long processNs(int signal, boolean system) {
        long cycles = signalStructs.utime(signal) + (system ? signalStructs.stime(signal) : 0);
        Chain threads = signalStructs.threads();
        for (int at = threads.first(signal); at != NULL; at = threads.next(at)) {
            cycles += tasks.utime(at) + (system ? tasks.stime(at) : 0);
        }
        return timekeeping.cyclesToNs(cycles);
    }

    /** posix_cpu_timer_create(): 0 or -EINVAL. */
    int create(int task, int timer, int clock) {
        int pid = pidForClock(task, clock, false);
        if (pid == NULL) {
            return -Errno.EINVAL;
        }
        table.setCpuPid(timer, pids.getPid(pid));
        return 0;
    }

    void release(int timer) {
        disarm(timer);
        if (table.cpuPid(timer) != NULL) {
            pids.putPid(table.cpuPid(timer));
            table.setCpuPid(timer, NULL);
        }
    }

    private void disarm(int timer) {
        if (table.armed().owner(timer) != NULL) {
            table.armed().remove(timer);
        }
    }

    /** The task whose signal_struct has the timer on its list; NULL when it is gone. */
    private int targetOf(int timer) {
        int pid = table.cpuPid(timer);
        return isPerThread(table.clock(timer)) ? pidTable.thread(pid) : pidTable.process(pid);
    }

    private long now(int timer) {
        return sampleNs(table.cpuPid(timer), table.clock(timer));
    }

    /** posix_cpu_timer_set(), without the interval: 0 or -ESRCH. */
    int set(int timer, boolean absolute, long valueNs) {
        int target = targetOf(timer);
        if (target == NULL || tasks.sighand(target) == NULL) {
            return -Errno.ESRCH;
        }
        timers.setOldValueNs(remainingNs(timer));
        disarm(timer);
        table.setStatus(timer, PosixTimers.DISARMED);
        long now = now(timer);
        long expires =
                valueNs == 0 || absolute ? valueNs : valueNs >= Long.MAX_VALUE - now ? Long.MAX_VALUE : now + valueNs;
        table.setCpuExpires(timer, expires);
        if (!timers.isSigevNone(timer) && expires > now) {
            arm(timer, target);
        }
        return 0;
    }

    private void arm(int timer, int target) {
        table.armed().addLast(tasks.signal(target), timer);
        table.setStatus(timer, PosixTimers.ARMED);
    }

    /** The end of posix_cpu_timer_set(): a time gone by is over at once. */
    void fireIfOver(int timer) {
        long expires = table.cpuExpires(timer);
        if (!timers.isSigevNone(timer) && expires != 0 && now(timer) >= expires) {
            fire(timer);
        }
    }

    /** cpu_timer_fire(). */
    private void fire(int timer) {
        if (table.sleeper(timer) != NULL) {
            wakeups.wakeUpProcess(table.sleeper(timer));
            return;
        }
        if (table.intervalNs(timer) == 0) {
            table.setCpuExpires(timer, 0);
        }
        timers.queueSignal(timer);
    }

    /** bump_cpu_timer(): the next time that is a whole number of intervals later. */
    private void bump(int timer, long now) {
        long expires = table.cpuExpires(timer);
        long interval = table.intervalNs(timer);
        if (interval == 0 || now < expires) {
            return;
        }
        long count = (now - expires) / interval + 1;
        table.setCpuExpires(timer, expires + count * interval);
        table.setOverrun(timer, table.overrun(timer) + count);
    }

    /** posix_cpu_timer_rearm(). */
    void rearm(int timer) {
        int target = targetOf(timer);
        if (target == NULL || tasks.sighand(target) == NULL) {
            return;
        }
        bump(timer, now(timer));
        if (table.armed().owner(timer) == NULL) {
            arm(timer, target);
        }
    }

    /** posix_cpu_timer_get(): ns until it expires, 1 when it has and its signal has not been taken, 0 when it is off. */
    public long remainingNs(int timer) {
        if (targetOf(timer) == NULL || table.cpuExpires(timer) == 0) {
            return 0;
        }
        long now = now(timer);
        if (table.intervalNs(timer) != 0 && table.status(timer) != PosixTimers.ARMED) {
            bump(timer, now);
        }
        long left = table.cpuExpires(timer) - now;
        return left > 0 ? left : timers.isSigevNone(timer) ? 0 : 1;
    }

    /** A timer that wakes a task, which sleeps on CPU time: EINVAL, EAGAIN. To be given back by {@link #endSleep}. */
    public int createSleep(int task, int clock) {
        int timer = table.alloc();
        if (timer == NULL) {
            return -Errno.EAGAIN;
        }
        table.setClock(timer, clock);
        table.setSleeper(timer, task);
        int error = create(task, timer, clock);
        if (error != 0) {
            table.free(timer);
            return error;
        }
        return timer;
    }

    public void startSleep(int timer, boolean absolute, long valueNs) {
        set(timer, absolute, valueNs);
    }

    /** Whether the CPU time has been reached, or will never be: nobody has it any more. */
    public boolean isSleepOver(int timer) {
        return targetOf(timer) == NULL || now(timer) >= table.cpuExpires(timer);
    }

    public long sleepExpires(int timer) {
        return table.cpuExpires(timer);
    }

    public int clock(int timer) {
        return table.clock(timer);
    }

    public void endSleep(int timer) {
        release(timer);
        table.free(timer);
    }

    /** fastpath_timer_check(): whether a tick has something to look at. */
    public boolean isWatched(int task) {
        int signal = tasks.signal(task);
        return !table.armed().isEmpty(signal)
                || signalStructs.virtExpires(signal) != 0
                || signalStructs.profExpires(signal) != 0
                || signalStructs.rlimCur(signal, Resource.RLIMIT_CPU) != -1;
    }

    /** run_posix_cpu_timers(): the tick has interrupted a task, whose CPU time is up to date. */
    public void tick(int task) {
        int signal = tasks.signal(task);
        Chain armed = table.armed();
        int at = armed.first(signal);
        while (at != NULL) {
            int next = armed.next(at);
            if (now(at) >= table.cpuExpires(at)) {
                armed.remove(at);
                fire(at);
            }
            at = next;
        }
        checkItimers(signal);
        checkLimit(signal);
    }

    /** check_cpu_itimer() of both. */
    private void checkItimers(int signal) {
        long prof = signalStructs.profExpires(signal);
        if (prof != 0 && processNs(signal, true) >= prof) {
            long incr = signalStructs.profIncr(signal);
            signalStructs.setProfExpires(signal, incr == 0 ? 0 : prof + incr);
            send(signal, Signal.SIGPROF);
        }
        long virt = signalStructs.virtExpires(signal);
        if (virt != 0 && processNs(signal, false) >= virt) {
            long incr = signalStructs.virtIncr(signal);
            signalStructs.setVirtExpires(signal, incr == 0 ? 0 : virt + incr);
            send(signal, Signal.SIGVTALRM);
        }
    }

    /** RLIMIT_CPU: SIGXCPU each second from the soft limit on, SIGKILL at the hard one. */
    private void checkLimit(int signal) {
        long soft = signalStructs.rlimCur(signal, Resource.RLIMIT_CPU);
        if (soft == -1) {
            return;
        }
        long hard = signalStructs.rlimMax(signal, Resource.RLIMIT_CPU);
        long seconds = processNs(signal, true) / NSEC_PER_SEC;
        if (hard != -1 && Long.compareUnsigned(seconds, hard) >= 0) {
            send(signal, Signal.SIGKILL);
        } else if (Long.compareUnsigned(seconds, soft) >= 0) {
            send(signal, Signal.SIGXCPU);
            signalStructs.setRlimCur(signal, Resource.RLIMIT_CPU, soft + 1);
        }
    }

    private void send(int signal, int sig) {
        signals.doSendSigInfo(NULL, sig, signals.priv(), signalStructs.leader(signal), PidType.PIDTYPE_TGID);
    }

    /** posix_cpu_timers_exit(), and of the last thread posix_cpu_timers_exit_group(): nobody looks at them any more. */
    void exit(int task, boolean groupDead) {
        Chain armed = table.armed();
        int at = armed.first(tasks.signal(task));
        while (at != NULL) {
            int next = armed.next(at);
            if (groupDead || (isPerThread(table.clock(at)) && targetOf(at) == task)) {
                armed.remove(at);
            }
            at = next;
        }
    }

    /** get_cpu_itimer(): ns until ITIMER_VIRTUAL or ITIMER_PROF expires, at least a tick; 0 while it is off. */
    public long itimerLeftNs(int task, int which) {
        int signal = tasks.signal(task);
        boolean prof = which == Time.ITIMER_PROF;
        long expires = prof ? signalStructs.profExpires(signal) : signalStructs.virtExpires(signal);
        if (expires == 0) {
            return 0;
        }
        long now = processNs(signal, prof);
        return expires <= now ? TICK_NSEC : expires - now;
    }

    public long itimerIntervalNs(int task, int which) {
        int signal = tasks.signal(task);
        return which == Time.ITIMER_PROF ? signalStructs.profIncr(signal) : signalStructs.virtIncr(signal);
    }

    /** set_cpu_itimer(): a tick is added, for the one under way has begun already. */
    public void setItimer(int task, int which, long valueNs, long intervalNs) {
        int signal = tasks.signal(task);
        boolean prof = which == Time.ITIMER_PROF;
        long now = processNs(signal, prof);
        long expires = valueNs == 0
                ? 0
                : valueNs >= Long.MAX_VALUE - TICK_NSEC - now ? Long.MAX_VALUE : now + valueNs + TICK_NSEC;
        if (prof) {
            signalStructs.setProfExpires(signal, expires);
            signalStructs.setProfIncr(signal, intervalNs);
        } else {
            signalStructs.setVirtExpires(signal, expires);
            signalStructs.setVirtIncr(signal, intervalNs);
        }
    }

    /** CPUCLOCK_SCHED of a process or of a thread: the numbers of CLOCK_PROCESS_CPUTIME_ID and CLOCK_THREAD_CPUTIME_ID. */
    public static int ownClock(boolean perThread) {
        return ~0 << 3 | Time.CPUCLOCK_SCHED | (perThread ? Time.CPUCLOCK_PERTHREAD_MASK : CPUCLOCK_PROF);
    }
}
