package dev.nestor.kernel.signal;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.cgroup.CgroupFreezer;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.uapi.Resource;
import dev.nestor.uapi.Signal;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Taking signals: dequeue_signal(), get_signal(). */
public final class SignalDelivery {
    /** Nothing to be done: the task goes on to user mode. */
    public static final int NONE = 0;

    /** The task is TASK_STOPPED or frozen: it leaves the CPU, and getSignal is called again once it has been woken. */
    public static final int STOPPED = -1;

    /** The task has ended. */
    public static final int EXITED = -2;

    private static final int LOOK_AGAIN = -3;
    private static final int CORE_FLAG = 0x80;

    private final TaskTable tasks;
    private final SignalStructTable signals;
    private final Parts parts;
    private final DequeueHook dequeued;
    private @Nullable ExitHook exit;

    /** Told when a signal that a timer has sent is taken. */
    public interface DequeueHook {
        /** posixtimer_rearm_itimer(): SIGALRM, from a process's queue. */
        void sigalrmDequeued(int task);

        /** posixtimer_deliver_signal(): a POSIX timer's, out of its queue; false when it is void. */
        boolean timerDequeued(int queued, SigInfo info);
    }

    /** The rest of the room, as far as delivery needs it. */
    public record Parts(
            Sighands sighands,
            PendingSignals pending,
            SignalWakeups wakeups,
            GroupStop groupStop,
            PgrpOrphans orphans,
            SigFrames frames,
            CgroupFreezer freezer) {}

    public SignalDelivery(TaskTable tasks, SignalStructTable signals, Parts parts, DequeueHook dequeued) {
        this.tasks = tasks;
        this.signals = signals;
        this.parts = parts;
        this.dequeued = dequeued;
    }

    /** Once, before the first task runs. */
    public void setExitHook(ExitHook hook) {
        assert exit == null : "there is an exit hook already";
        exit = hook;
    }

    /**
     * get_signal(): called on the way to user mode while TIF_SIGPENDING is set, and after a stop. Does default actions, and takes a signal
     * for a handler: then the handler's frame is there, its mask is set, SA_RESETHAND is done, and the caller tells the
     * frame what rt_sigreturn is to give back. With NONE the mask of sigsuspend and its kind is restored.
     *
     * @return the signal that a handler takes, or NONE, STOPPED, EXITED
     */
    public int getSignal(int task, KSignal out) {
        int signal = tasks.signal(task);
        if (!tasks.sigpending(task) && !parts.groupStop.hasNews(signal) && !tasks.frozen(task)) {
            return NONE;
        }
        for (; ; ) {
            if (parts.groupStop.notifyContinued(task)) {
                continue;
            }
            if (isDying(task)) {
                parts.pending.remove(task, false, Signal.SIGKILL);
                leaveFrozen(task);
                parts.wakeups.recalcSigpending(task);
                return terminate(task, Signal.SIGKILL);
            }
            boolean stop = (tasks.jobctl(task) & TaskTable.JOBCTL_STOP_PENDING) != 0;
            if (stop && parts.groupStop.doSignalStop(task, 0)) {
                return STOPPED;
            }
            if ((tasks.jobctl(task) & TaskTable.JOBCTL_TRAP_FREEZE) != 0) {
                freezerTrap(task);
                return STOPPED;
            }
            if (tasks.frozen(task)) {
                parts.freezer.leaveFrozen(task, false);
                continue;
            }
            int sig = dequeueForDelivery(task, out.info());
            if (sig == 0) {
                parts.wakeups.restoreSavedSigmask(task);
                return NONE;
            }
            int done = act(task, sig, out);
            if (done != LOOK_AGAIN) {
                return done;
            }
        }
    }

    /** do_freezer_trap(): the task sleeps until its cgroup is thawed, or it is killed. */
    private void freezerTrap(int task) {
        tasks.setState(task, TaskTable.TASK_INTERRUPTIBLE);
        tasks.setSigpending(task, false);
        parts.freezer.enterFrozen(task);
    }

    private void leaveFrozen(int task) {
        if (tasks.frozen(task)) {
            parts.freezer.leaveFrozen(task, true);
        }
    }

    /**
     * For a driver that knows which signal a task takes when, as one that replays a log: acts on this one, which is pending,
     * and leaves all others pending. What it asks for is done as by {@link #getSignal}.
     *
     * @return the signal when a handler takes it, NONE when nothing came of it, STOPPED or EXITED
     */
    public int take(int task, int sig, KSignal out) {
        dequeueSignal(task, ~SigSets.mask(sig), out.info());
        int done = act(task, sig, out);
        return done == LOOK_AGAIN ? NONE : done;
    }

    /** For such a driver: the task goes on in user mode; the mask of sigsuspend and its kind is restored if it was left. */
    public void backToUser(int task) {
        if (peek(task) == 0) {
            parts.wakeups.restoreSavedSigmask(task);
        }
    }

    /** For such a driver: a task that has been woken from a stop tells its parent, if it is the one to do so. */
    public void tellNews(int task) {
        parts.groupStop.notifyContinued(task);
    }

    /** Whether a signal waits for the task, blocked or not. */
    public boolean isPending(int task, int sig) {
        return SigSets.has(tasks.pendingSet(task) | signals.sharedPendingSet(tasks.signal(task)), sig);
    }

    /** Whether the task has been killed, alone or with its process, and has not yet seen it. */
    public boolean isDying(int task) {
        int signal = tasks.signal(task);
        int exec = signals.groupExecTask(signal);
        return (signals.flags(signal) & SignalStructTable.SIGNAL_GROUP_EXIT) != 0 || (exec != NULL && exec != task);
    }

    private int dequeueForDelivery(int task, SigInfo into) {
        int sig = parts.pending.dequeueSynchronous(task, into);
        if (sig != 0) {
            parts.wakeups.recalcSigpending(task);
            return sig;
        }
        return dequeueSignal(task, tasks.blocked(task), into);
    }

    /** dequeue_signal(): the next that the mask lets through, the task's own first, or 0. */
    public int dequeueSignal(int task, long mask, SigInfo into) {
        int sig;
        do {
            sig = dequeueOnce(task, mask, into);
        } while (sig != 0
                && parts.pending.takenTimerSignal() != NULL
                && !dequeued.timerDequeued(parts.pending.takenTimerSignal(), into));
        parts.wakeups.recalcSigpending(task);
        return sig;
    }

    private int dequeueOnce(int task, long mask, SigInfo into) {
        int sig = parts.pending.dequeue(task, false, mask, into);
        if (sig == 0) {
            sig = parts.pending.dequeue(task, true, mask, into);
            if (sig == Signal.SIGALRM) {
                dequeued.sigalrmDequeued(task);
            }
        }
        return sig;
    }

    /** The signal that {@link #getSignal} would look at first, ignored or not; 0 when none. Changes nothing. */
    public int peek(int task) {
        if (isDying(task)) {
            return Signal.SIGKILL;
        }
        if (!tasks.sigpending(task)) {
            return 0;
        }
        int own = SigSets.next(tasks.pendingSet(task), tasks.blocked(task));
        return own != 0 ? own : SigSets.next(signals.sharedPendingSet(tasks.signal(task)), tasks.blocked(task));
    }

    /** What the action of a dequeued signal asks for. */
    private int act(int task, int sig, KSignal out) {
        SigAction action = out.action();
        parts.sighands.load(task, sig, action);
        if (action.handler() == Signal.SIG_IGN) {
            return LOOK_AGAIN;
        }
        if (action.handler() != Signal.SIG_DFL) {
            if (action.hasFlag(Signal.SA_RESETHAND)) {
                parts.sighands.setHandler(task, sig, Signal.SIG_DFL);
            }
            parts.frames.push(task, sig, action);
            return sig;
        }
        if (SigSets.has(SigSets.KERNEL_IGNORE, sig)) {
            return LOOK_AGAIN;
        }
        if (signals.unkillable(tasks.signal(task)) && !SigSets.has(SigSets.KERNEL_ONLY, sig)) {
            return LOOK_AGAIN;
        }
        if (SigSets.has(SigSets.KERNEL_STOP, sig)) {
            boolean orphaned = sig != Signal.SIGSTOP && parts.orphans.isOrphaned(task);
            return !orphaned && parts.groupStop.doSignalStop(task, sig) ? STOPPED : LOOK_AGAIN;
        }
        return terminate(task, sig);
    }

    private int terminate(int task, int sig) {
        leaveFrozen(task);
        tasks.addFlag(task, TaskTable.PF_SIGNALED);
        boolean core = SigSets.has(SigSets.KERNEL_COREDUMP, sig)
                && signals.rlimCur(tasks.signal(task), Resource.RLIMIT_CORE) != 0;
        Objects.requireNonNull(exit, "no exit hook").doGroupExit(task, core ? sig | CORE_FLAG : sig);
        return EXITED;
    }
}
