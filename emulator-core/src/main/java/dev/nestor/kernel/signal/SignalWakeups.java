package dev.nestor.kernel.signal;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.sched.Wakeups;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.Chain;
import dev.nestor.uapi.Signal;
import java.util.function.IntPredicate;

/** TIF_SIGPENDING and the masks that decide about it: recalc_sigpending() and its kind. */
public final class SignalWakeups {
    private final TaskTable tasks;
    private final SignalStructTable signals;
    private final PendingSignals pending;
    private final Wakeups scheduler;
    private final IntPredicate isOnCpu;

    /** @param isOnCpu task_curr(): whether a CPU runs the task now */
    public SignalWakeups(
            TaskTable tasks,
            SignalStructTable signals,
            PendingSignals pending,
            Wakeups scheduler,
            IntPredicate isOnCpu) {
        this.tasks = tasks;
        this.signals = signals;
        this.pending = pending;
        this.scheduler = scheduler;
        this.isOnCpu = isOnCpu;
    }

    /** signal_wake_up(): the thread is to look at its signals; a fatal one wakes it from every killable sleep. */
    public void signalWakeUp(int task, boolean fatal) {
        int states = TaskTable.TASK_INTERRUPTIBLE;
        if (fatal) {
            states |= TaskTable.TASK_WAKEKILL | TaskTable.TASK_STOPPED;
        }
        tasks.setSigpending(task, true);
        scheduler.signalWakeUp(task, states);
    }

    /** recalc_sigpending(). */
    public void recalcSigpending(int task) {
        boolean stop = (tasks.jobctl(task) & (TaskTable.JOBCTL_STOP_PENDING | TaskTable.JOBCTL_TRAP_FREEZE)) != 0;
        tasks.setSigpending(task, stop || tasks.frozen(task) || pending.hasUnblocked(task));
    }

    /** fatal_signal_pending(). */
    public boolean fatalSignalPending(int task) {
        return tasks.sigpending(task) && SigSets.has(tasks.pendingSet(task), Signal.SIGKILL);
    }

    /** set_current_blocked(): SIGKILL and SIGSTOP stay unblocked. */
    public void setCurrentBlocked(int task, long mask) {
        setTaskBlocked(task, mask & ~SigSets.KERNEL_ONLY);
    }

    /** __set_current_blocked(). */
    void setTaskBlocked(int task, long mask) {
        long before = tasks.blocked(task);
        if (before == mask) {
            return;
        }
        if (tasks.sigpending(task) && signals.nrThreads(tasks.signal(task)) > 1) {
            retargetSharedPending(task, mask & ~before);
        }
        tasks.setBlocked(task, mask);
        recalcSigpending(task);
    }

    /** As sigtimedwait(2) does for the time it sleeps: a mask that is no user's wish. */
    public void setBlockedForWait(int task, long mask) {
        setTaskBlocked(task, mask);
    }

    /** set_restore_sigmask() after set_user_sigmask(): the mask for the length of a call. */
    public void setUserSigmask(int task, long mask) {
        tasks.setSavedSigmask(task, tasks.blocked(task));
        setCurrentBlocked(task, mask);
        tasks.setRestoreSigmask(task, true);
    }

    /** restore_saved_sigmask(). */
    public void restoreSavedSigmask(int task) {
        if (tasks.restoreSigmask(task)) {
            tasks.setRestoreSigmask(task, false);
            setTaskBlocked(task, tasks.savedSigmask(task));
        }
    }

    /** sigmask_to_save(): what a handler's frame keeps. */
    long sigmaskToSave(int task) {
        return tasks.restoreSigmask(task) ? tasks.savedSigmask(task) : tasks.blocked(task);
    }

    /** retarget_shared_pending(): the process's signals that this thread will not take go to threads that can. */
    void retargetSharedPending(int task, long which) {
        int signal = tasks.signal(task);
        long retarget = signals.sharedPendingSet(signal) & which;
        Chain threads = signals.threads();
        for (int at = threads.first(signal); at != NULL && retarget != 0; at = threads.next(at)) {
            if (at == task || tasks.hasFlag(at, TaskTable.PF_EXITING) || (retarget & ~tasks.blocked(at)) == 0) {
                continue;
            }
            retarget &= tasks.blocked(at);
            if (!tasks.sigpending(at)) {
                signalWakeUp(at, false);
            }
        }
    }

    /** wants_signal(): the thread would take it at once. */
    boolean wantsSignal(int task, int sig) {
        if (SigSets.has(tasks.blocked(task), sig) || tasks.hasFlag(task, TaskTable.PF_EXITING)) {
            return false;
        }
        if (sig == Signal.SIGKILL) {
            return true;
        }
        if (tasks.state(task) == TaskTable.TASK_STOPPED) {
            return false;
        }
        return isOnCpu.test(task) || !tasks.sigpending(task);
    }

    void wakeUpStopped(int task) {
        scheduler.tryToWakeUp(task, TaskTable.TASK_STOPPED);
    }
}
