package dev.nestor.kernel.signal;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.HrTimers;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.machine.Work;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Signal;

/** ITIMER_REAL, which alarm(2) sets too: kernel/time/itimer.c. */
public final class Itimers {
    private static final long NSEC_PER_USEC = 1000;

    private final TaskTable tasks;
    private final SignalStructTable signals;
    private final Signals sender;
    private final HrTimers timers;
    private final Timekeeping timekeeping;
    private final Work work;

    public Itimers(
            TaskTable tasks,
            SignalStructTable signals,
            Signals sender,
            HrTimers timers,
            Timekeeping timekeeping,
            Work work) {
        this.tasks = tasks;
        this.signals = signals;
        this.sender = sender;
        this.timers = timers;
        this.timekeeping = timekeeping;
        this.work = work;
        timers.register(HrTimers.REAL, (timer, signal) -> expired(signal));
    }

    /** it_real_fn(): SIGALRM for the process. The timer goes on only when the signal is taken: {@link #rearm}. */
    private void expired(int signal) {
        int leader = signals.leader(signal);
        sender.doSendSigInfo(NULL, Signal.SIGALRM, sender.priv(), leader, PidType.PIDTYPE_TGID);
    }

    /** posixtimer_rearm_itimer(). */
    void rearm(int task) {
        int signal = tasks.signal(task);
        int timer = signals.realTimer(signal);
        long interval = signals.realIntervalNs(signal);
        if (timer != NULL && interval != 0 && !timers.isActive(timer)) {
            work.add(Work.TIMER_ARM);
            timers.start(timer, timers.next(timer, timekeeping.nsToCycles(interval)));
        }
    }

    /** itimer_get_remtime(): ns until SIGALRM, at least a microsecond while the timer runs; 0 when it does not. */
    public long remainingNs(int task) {
        int timer = signals.realTimer(tasks.signal(task));
        if (timer == NULL || !timers.isActive(timer)) {
            return 0;
        }
        long left = timekeeping.cyclesToNs(Math.max(timers.expires(timer) - timekeeping.now(), 0));
        return Math.max(left, NSEC_PER_USEC);
    }

    public long intervalNs(int task) {
        return signals.realIntervalNs(tasks.signal(task));
    }

    /** do_setitimer(ITIMER_REAL): 0 ns stops it. EAGAIN at the limit of timers. */
    public int set(int task, long valueNs, long intervalNs) {
        int signal = tasks.signal(task);
        int timer = signals.realTimer(signal);
        if (valueNs == 0) {
            if (timer != NULL) {
                timers.cancel(timer);
            }
            signals.setRealIntervalNs(signal, 0);
            return 0;
        }
        if (timer == NULL) {
            timer = timers.alloc(HrTimers.REAL, signal);
            if (timer == NULL) {
                return -Errno.EAGAIN;
            }
            signals.setRealTimer(signal, timer);
        }
        work.add(Work.TIMER_ARM);
        signals.setRealIntervalNs(signal, intervalNs);
        timers.start(timer, timekeeping.now() + timekeeping.nsToCycles(valueNs));
        return 0;
    }

    /** exit_itimers(), and what hrtimer_cancel() does for the last thread: the process has no timer any more. */
    public void exit(int task) {
        int signal = tasks.signal(task);
        int timer = signals.realTimer(signal);
        if (timer != NULL) {
            timers.free(timer);
            signals.setRealTimer(signal, NULL);
            signals.setRealIntervalNs(signal, 0);
        }
    }
}
