package dev.nestor.kernel.signal;

import static dev.nestor.table.Table.NULL;

import dev.nestor.event.Clock;
import dev.nestor.kernel.pid.PidTable;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.sched.Wakeups;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.HrTimers;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.machine.Work;
import dev.nestor.table.Chain;
import dev.nestor.table.StateHash;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Signal;
import dev.nestor.uapi.Time;

/** Timers of timer_create(2): kernel/time/posix-timers.c. */
public final class PosixTimers {
    /*
     * A timer owns the sigqueue that its signal waits in, so that one signal waits at most. It is void, and dropped when its
     * turn comes, if the timer has been set or deleted since it was queued. A timer with an interval starts again only when
     * its signal is taken; that it was ignored is remembered, should the program stop to ignore it.
     *
     *                 settime           expires, interval         signal taken
     *   DISARMED ----------------> ARMED ----------------> REQUEUE_PENDING ----+
     *      ^                        |  ^                                       |
     *      +------ expires once ----+  +---------------------------------------+
     */
    static final int DISARMED = 0;
    static final int ARMED = 1;
    static final int REQUEUE_PENDING = 2;

    private final TaskTable tasks;
    private final SignalStructTable signalStructs;
    private final PosixTimerTable table;
    private final PidTable pidTable;
    private final Pids pids;
    private final Signals signals;
    private final PendingSignals pending;
    private final HrTimers hrTimers;
    private final Timekeeping timekeeping;
    private final CpuTimers cpuTimers;
    private final Work work;
    private final SigInfo info = new SigInfo();
    private long oldValueNs;
    private long oldIntervalNs;

    /** What timers stand on. */
    record Below(
            TaskTable tasks,
            SignalStructTable signals,
            PidTable pidTable,
            Pids pids,
            HrTimers hrTimers,
            Timekeeping timekeeping,
            Wakeups wakeups,
            Work work) {}

    PosixTimers(Below below, Signals signals, PendingSignals pending, int limit) {
        this.tasks = below.tasks();
        this.signalStructs = below.signals();
        this.pidTable = below.pidTable();
        this.pids = below.pids();
        this.hrTimers = below.hrTimers();
        this.timekeeping = below.timekeeping();
        this.work = below.work();
        this.signals = signals;
        this.pending = pending;
        this.table = new PosixTimerTable(limit, signalStructs);
        this.cpuTimers = new CpuTimers(below, table, this, signals);
        hrTimers.register(HrTimers.POSIX, (hrTimer, timer) -> queueSignal(timer));
        pending.setTimerHook(this::flushed);
    }

    public PosixTimerTable table() {
        return table;
    }

    public CpuTimers cpuTimers() {
        return cpuTimers;
    }

    /** The timers of a process, the one made last first. */
    public Chain ofProcess() {
        return table.ofProcess();
    }

    /**
     * posix_timer_add(): a timer with a number of its process's, that sends nothing yet; EAGAIN at a limit, EBUSY when the
     * wished number is taken.
     *
     * @param wished number, or -1
     */
    public int create(int task, int clock, int wished) {
        int timer = table.alloc();
        if (timer == NULL) {
            return -Errno.EAGAIN;
        }
        int queued = pending.preallocate(task, info.set(Signal.SIGALRM, Signal.SI_TIMER), timer);
        if (queued == NULL) {
            table.free(timer);
            return -Errno.EAGAIN;
        }
        table.setSigqueue(timer, queued);
        int signal = tasks.signal(task);
        int id = wished;
        if (wished < 0) {
            id = nextId(signal);
        } else if (find(task, wished) != NULL) {
            discard(timer);
            return -Errno.EBUSY;
        }
        signalStructs.setNextPosixTimerId(signal, id + 1);
        table.setId(timer, id);
        table.setClock(timer, clock);
        table.setOverrun(timer, -1);
        table.ofProcess().addFirst(signal, timer);
        work.add(Work.OBJECT_ALLOC);
        return timer;
    }

    private int nextId(int signal) {
        int id = signalStructs.nextPosixTimerId(signal) & Integer.MAX_VALUE;
        while (findIn(signal, id) != NULL) {
            id = id + 1 & Integer.MAX_VALUE;
        }
        return id;
    }

    /**
     * What the timer does when it expires: of a struct sigevent that {@link #goodSigevent} has passed.
     *
     * @param pid that the signal goes to
     */
    public void setEvent(int timer, int notify, int signo, long value, int pid) {
        table.setNotify(timer, notify);
        table.setSigno(timer, signo);
        table.setSigevValue(timer, value);
        table.setPid(timer, pids.getPid(pid));
        info.set(signo, Signal.SI_TIMER).setTimer(table.id(timer), 0, value);
        pending.storePreallocated(table.sigqueue(timer), info);
    }

    /** good_sigevent(): the pid that the signal is for, or NULL. */
    public int goodSigevent(int task, int notify, int signo, int tid) {
        int pid = pids.tgid(task);
        if (notify == (Time.SIGEV_SIGNAL | Time.SIGEV_THREAD_ID)) {
            pid = pids.findVpid(pids.activeNs(task), tid);
            int thread = pid == NULL ? NULL : pidTable.thread(pid);
            if (thread == NULL || tasks.signal(thread) != tasks.signal(task)) {
                return NULL;
            }
        } else if (notify != Time.SIGEV_SIGNAL && notify != Time.SIGEV_THREAD) {
            return notify == Time.SIGEV_NONE ? pid : NULL;
        }
        return signo > 0 && SigSets.isValid(signo) ? pid : NULL;
    }

    /** The clock specific part of timer_create(2): 0 or -EINVAL. Clocks of CPU time are named by numbers below 0. */
    public int start(int task, int timer, int clock) {
        if (clock < 0) {
            table.setClock(timer, clock);
            return cpuTimers.create(task, timer, clock);
        }
        int hrTimer = hrTimers.alloc(HrTimers.POSIX, timer);
        if (hrTimer == NULL) {
            return -Errno.EAGAIN;
        }
        table.setHrtimer(timer, hrTimer);
        return 0;
    }

    /** posix_timer_by_id(): a timer of the task's process, or NULL. */
    public int find(int task, int id) {
        return id < 0 ? NULL : findIn(tasks.signal(task), id);
    }

    private int findIn(int signal, int id) {
        Chain chain = table.ofProcess();
        int at = chain.first(signal);
        while (at != NULL && table.id(at) != id) {
            at = chain.next(at);
        }
        return at;
    }

    boolean isSigevNone(int timer) {
        return (table.notify(timer) & ~Time.SIGEV_THREAD_ID) == Time.SIGEV_NONE;
    }

    /**
     * do_timer_settime(): what was left before is told by {@link #oldValueNs} and {@link #oldIntervalNs}.
     *
     * @param expiresNs of the host's clock if absolute, else from now; Long.MAX_VALUE for never; read if valueNs is not 0
     * @return 0, or -ESRCH when nobody has the CPU time any more
     */
    public int settime(int timer, boolean absolute, long valueNs, long expiresNs, long intervalNs) {
        long before = table.intervalNs(timer);
        table.setSignalSeq(timer, table.signalSeq(timer) + 1);
        if (table.clock(timer) < 0) {
            int error = cpuTimers.set(timer, absolute, valueNs);
            if (error != 0) {
                return error;
            }
            setCommon(timer, valueNs, intervalNs);
            cpuTimers.fireIfOver(timer);
        } else {
            gettime(timer);
            int hrTimer = table.hrtimer(timer);
            hrTimers.cancel(hrTimer);
            table.setStatus(timer, DISARMED);
            setCommon(timer, valueNs, intervalNs);
            hrTimers.setExpires(hrTimer, 0);
            if (valueNs != 0) {
                arm(timer, hrTimer, absolute, expiresNs);
            }
        }
        oldIntervalNs = before;
        return 0;
    }

    private void setCommon(int timer, long valueNs, long intervalNs) {
        table.setIntervalNs(timer, valueNs != 0 ? intervalNs : 0);
        table.setOverrun(timer, -1);
        table.setOverrunLast(timer, 0);
    }

    /** common_hrtimer_arm(): a relative time of CLOCK_REALTIME does not move when that is set. */
    private void arm(int timer, int hrTimer, boolean absolute, long expiresNs) {
        work.add(Work.TIMER_ARM);
        boolean isMonotonic = table.clock(timer) == Time.CLOCK_MONOTONIC || table.clock(timer) == Time.CLOCK_BOOTTIME;
        hrTimers.setBase(hrTimer, !absolute ? HrTimers.WAIT : isMonotonic ? HrTimers.MONOTONIC : HrTimers.REALTIME);
        long cycles;
        if (absolute) {
            cycles = hostCycles(table.clock(timer), expiresNs);
        } else {
            long wait = expiresNs == Long.MAX_VALUE ? Clock.NEVER : timekeeping.nsToCycles(expiresNs);
            cycles = wait >= Clock.NEVER - timekeeping.now() ? Clock.NEVER : timekeeping.now() + wait;
        }
        if (isSigevNone(timer) || cycles == Clock.NEVER) {
            hrTimers.setExpires(hrTimer, cycles);
        } else {
            hrTimers.start(hrTimer, cycles);
        }
        if (!isSigevNone(timer)) {
            table.setStatus(timer, ARMED);
        }
    }

    private long hostCycles(int clock, long ns) {
        if (ns == Long.MAX_VALUE) {
            return Clock.NEVER;
        }
        return timekeeping.cyclesAt(
                switch (clock) {
                    case Time.CLOCK_MONOTONIC, Time.CLOCK_BOOTTIME -> ns;
                    case Time.CLOCK_TAI -> ns - (timekeeping.taiNs() - timekeeping.monotonicNs());
                    default -> ns - timekeeping.realtimeOffsetNs();
                });
    }

    /** common_timer_get(): told by {@link #oldValueNs} and {@link #oldIntervalNs}. */
    public void gettime(int timer) {
        oldIntervalNs = table.intervalNs(timer);
        oldValueNs = 0;
        if (table.clock(timer) < 0) {
            oldValueNs = cpuTimers.remainingNs(timer);
            return;
        }
        boolean sigNone = isSigevNone(timer);
        if (oldIntervalNs == 0 && table.status(timer) == DISARMED && !sigNone) {
            return;
        }
        int hrTimer = table.hrtimer(timer);
        if (oldIntervalNs != 0 && table.status(timer) != ARMED) {
            long forwarded = hrTimers.forwardNow(hrTimer, timekeeping.nsToCycles(oldIntervalNs));
            table.setOverrun(timer, table.overrun(timer) + forwarded);
        }
        long cycles = hrTimers.remaining(hrTimer);
        long left = cycles == Clock.NEVER
                ? Long.MAX_VALUE - timekeeping.monotonicNs()
                : timekeeping.cyclesToNs(Math.max(cycles, 0));
        oldValueNs = left > 0 ? left : sigNone ? 0 : 1;
    }

    /** What was left when the timer was looked at last, in ns. */
    public long oldValueNs() {
        return oldValueNs;
    }

    void setOldValueNs(long value) {
        oldValueNs = value;
    }

    public long oldIntervalNs() {
        return oldIntervalNs;
    }

    /** timer_overrun_to_int(). */
    public int getoverrun(int timer) {
        return (int) Math.min(table.overrunLast(timer), Integer.MAX_VALUE);
    }

    /** posix_timer_queue_signal(). */
    void queueSignal(int timer) {
        table.setStatus(timer, table.intervalNs(timer) != 0 ? REQUEUE_PENDING : DISARMED);
        int task = target(timer);
        if (task == NULL || tasks.sighand(task) == NULL) {
            return;
        }
        table.setSigqueueSeq(timer, table.signalSeq(timer));
        table.setSigPeriodic(timer, table.status(timer) == REQUEUE_PENDING);
        int queued = table.sigqueue(timer);
        int sig = table.signo(timer);
        if (!signals.prepareSignal(sig, task, false)) {
            wasIgnored(timer, task, queued);
            return;
        }
        if (pending.isQueued(queued)) {
            return;
        }
        if (table.ignored().owner(timer) != NULL) {
            table.ignored().remove(timer);
        }
        enqueue(timer, task);
    }

    private void enqueue(int timer, int task) {
        boolean ofThread = (table.notify(timer) & Time.SIGEV_THREAD_ID) != 0;
        int sig = table.signo(timer);
        pending.enqueuePreallocated(task, !ofThread, table.sigqueue(timer));
        signals.sighands().signalfdNotify(task);
        signals.completeSignal(sig, task, ofThread ? PidType.PIDTYPE_PID : PidType.PIDTYPE_TGID);
    }

    private void wasIgnored(int timer, int task, int queued) {
        int signal = tasks.signal(task);
        boolean exits = (signalStructs.flags(signal) & SignalStructTable.SIGNAL_GROUP_EXIT) != 0;
        if (pending.isQueued(queued) || exits) {
            return;
        }
        boolean isListed = table.ignored().owner(timer) != NULL;
        if (table.sigPeriodic(timer) && !isListed) {
            table.ignored().addFirst(signal, timer);
        } else if (!table.sigPeriodic(timer) && isListed) {
            table.ignored().remove(timer);
        }
    }

    /** posixtimer_get_target(). */
    private int target(int timer) {
        int pid = table.pid(timer);
        if (pid == NULL) {
            return NULL;
        }
        return (table.notify(timer) & Time.SIGEV_THREAD_ID) != 0 ? pidTable.thread(pid) : pidTable.process(pid);
    }

    /** posixtimer_sig_ignore(): the signal has left its queue because it is ignored now, or its task gone. */
    private void flushed(int task, int queued) {
        int timer = pending.timerOf(queued);
        boolean exits = tasks.hasFlag(task, TaskTable.PF_EXITING);
        if (!exits && table.sigPeriodic(timer) && table.ignored().owner(timer) == NULL) {
            table.ignored().addFirst(tasks.signal(task), timer);
        }
    }

    /** posixtimer_sig_unignore(): the process no longer ignores a signal. */
    void unignore(int task, int sig) {
        Chain ignored = table.ignored();
        int at = ignored.first(tasks.signal(task));
        while (at != NULL) {
            int next = ignored.next(at);
            if (table.signo(at) == sig) {
                ignored.remove(at);
                int target = target(at);
                if (target != NULL) {
                    enqueue(at, target);
                }
            }
            at = next;
        }
    }

    /** posixtimer_deliver_signal(): false when the signal is void; a timer with an interval goes on. */
    boolean deliver(int queued, SigInfo taken) {
        int timer = pending.timerOf(queued);
        if (timer == NULL) {
            pending.freePreallocated(queued);
            return false;
        }
        if (table.signalSeq(timer) != table.sigqueueSeq(timer)) {
            return false;
        }
        if (table.intervalNs(timer) == 0 || table.status(timer) != REQUEUE_PENDING) {
            return true;
        }
        if (table.clock(timer) < 0) {
            cpuTimers.rearm(timer);
        } else {
            int hrTimer = table.hrtimer(timer);
            long forwarded = hrTimers.forwardNow(hrTimer, timekeeping.nsToCycles(table.intervalNs(timer)));
            table.setOverrun(timer, table.overrun(timer) + forwarded);
            hrTimers.restart(hrTimer);
        }
        work.add(Work.TIMER_ARM);
        table.setStatus(timer, ARMED);
        table.setOverrunLast(timer, table.overrun(timer));
        table.setOverrun(timer, -1);
        table.setSignalSeq(timer, table.signalSeq(timer) + 1);
        taken.setOverrun(getoverrun(timer));
        return true;
    }

    /** timer_delete(2): a signal of it that waits is dropped when its turn comes. */
    public void delete(int timer) {
        discard(timer);
        work.add(Work.OBJECT_FREE);
    }

    private void discard(int timer) {
        if (table.hrtimer(timer) != NULL) {
            hrTimers.free(table.hrtimer(timer));
        }
        cpuTimers.release(timer);
        if (table.ignored().owner(timer) != NULL) {
            table.ignored().remove(timer);
        }
        if (table.ofProcess().owner(timer) != NULL) {
            table.ofProcess().remove(timer);
        }
        if (table.sigqueue(timer) != NULL) {
            pending.forgetTimer(table.sigqueue(timer));
        }
        int pid = table.pid(timer);
        table.free(timer);
        if (pid != NULL) {
            pids.putPid(pid);
        }
    }

    /** exit_itimers(): at exec, and at the end of the last thread. Numbers go on where they were. */
    public void exitItimers(int task) {
        Chain chain = table.ofProcess();
        int signal = tasks.signal(task);
        while (!chain.isEmpty(signal)) {
            delete(chain.first(signal));
        }
    }

    void digest(StateHash hash) {
        table.digest(hash);
    }
}
