package dev.nestor.kernel.signal;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.cgroup.CgroupFreezer;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.Chain;
import dev.nestor.uapi.Signal;

/**
 * Job control: do_signal_stop() and what is told about it. A thread that takes a stop signal asks all others to stop as
 * well; each stops on its way to user mode, and the last one tells the parent.
 */
public final class GroupStop {
    private static final int STOP_MASK = SignalStructTable.SIGNAL_STOP_STOPPED
            | SignalStructTable.SIGNAL_STOP_CONTINUED
            | SignalStructTable.SIGNAL_CLD_STOPPED
            | SignalStructTable.SIGNAL_CLD_CONTINUED;
    private static final int CLD_MASK = SignalStructTable.SIGNAL_CLD_STOPPED | SignalStructTable.SIGNAL_CLD_CONTINUED;

    private final TaskTable tasks;
    private final SignalStructTable signals;
    private final SignalWakeups wakeups;
    private final ParentNotifier parents;
    private final CgroupFreezer freezer;

    public GroupStop(
            TaskTable tasks,
            SignalStructTable signals,
            SignalWakeups wakeups,
            ParentNotifier parents,
            CgroupFreezer freezer) {
        this.tasks = tasks;
        this.signals = signals;
        this.wakeups = wakeups;
        this.parents = parents;
        this.freezer = freezer;
    }

    /** signal_set_stop_flags(). */
    static void setStopFlags(SignalStructTable signals, int signal, int flags) {
        signals.setFlags(signal, (signals.flags(signal) & ~STOP_MASK) | flags);
    }

    /**
     * do_signal_stop(): stops the thread, and starts the stop of its process when sig is not 0 and none is under way.
     * False when it does not stop after all.
     */
    boolean doSignalStop(int task, int sig) {
        int signal = tasks.signal(task);
        if ((tasks.jobctl(task) & TaskTable.JOBCTL_STOP_PENDING) == 0) {
            boolean dying = (signals.flags(signal) & SignalStructTable.SIGNAL_GROUP_EXIT) != 0
                    || signals.groupExecTask(signal) != NULL;
            if (sig == 0 || dying) {
                return false;
            }
            initiate(task, signal, sig);
        }
        boolean completed = participate(task);
        tasks.setState(task, TaskTable.TASK_STOPPED);
        if (completed) {
            parents.doNotifyParentCldstop(task, task, Signal.CLD_STOPPED);
        }
        freezer.enterFrozen(task);
        return true;
    }

    private void initiate(int task, int signal, int sig) {
        if ((signals.flags(signal) & SignalStructTable.SIGNAL_STOP_STOPPED) == 0) {
            signals.setGroupExitCode(signal, sig);
            signals.setGroupStopSignal(signal, sig);
        }
        signals.setGroupStopCount(signal, 0);
        if (setStopPending(task, sig)) {
            signals.setGroupStopCount(signal, 1);
        }
        Chain threads = signals.threads();
        for (int at = threads.first(signal); at != NULL; at = threads.next(at)) {
            if (at != task && tasks.state(at) != TaskTable.TASK_STOPPED && setStopPending(at, sig)) {
                signals.setGroupStopCount(signal, signals.groupStopCount(signal) + 1);
                wakeups.signalWakeUp(at, false);
            }
        }
    }

    private boolean setStopPending(int task, int sig) {
        if (wakeups.fatalSignalPending(task) || tasks.hasFlag(task, TaskTable.PF_EXITING)) {
            return false;
        }
        int stop = sig | TaskTable.JOBCTL_STOP_PENDING | TaskTable.JOBCTL_STOP_CONSUME;
        tasks.setJobctl(task, (tasks.jobctl(task) & ~TaskTable.JOBCTL_STOP_SIGMASK) | stop);
        return true;
    }

    /** task_participate_group_stop(): counts the thread in; true when that completes the stop of the process. */
    boolean participate(int task) {
        int signal = tasks.signal(task);
        boolean consume = (tasks.jobctl(task) & TaskTable.JOBCTL_STOP_CONSUME) != 0;
        int stop = TaskTable.JOBCTL_STOP_PENDING | TaskTable.JOBCTL_STOP_CONSUME;
        tasks.setJobctl(task, tasks.jobctl(task) & ~stop);
        if (!consume) {
            return false;
        }
        int left = Math.max(signals.groupStopCount(signal) - 1, 0);
        signals.setGroupStopCount(signal, left);
        if (left > 0 || (signals.flags(signal) & SignalStructTable.SIGNAL_STOP_STOPPED) != 0) {
            return false;
        }
        setStopFlags(signals, signal, SignalStructTable.SIGNAL_STOP_STOPPED);
        return true;
    }

    /** A thread exits that the group stop still waited for: without it the stop may be complete. */
    void exitDuringStop(int task) {
        if (participate(task)) {
            parents.doNotifyParentCldstop(task, task, Signal.CLD_STOPPED);
        }
    }

    /** Whether the parent is to be told something by the first thread that goes on. */
    boolean hasNews(int signal) {
        return (signals.flags(signal) & CLD_MASK) != 0;
    }

    /** The first thread that goes on after SIGCONT tells the parent so; false when there is nothing to tell. */
    boolean notifyContinued(int task) {
        int signal = tasks.signal(task);
        int flags = signals.flags(signal);
        if ((flags & CLD_MASK) == 0) {
            return false;
        }
        boolean continued = (flags & SignalStructTable.SIGNAL_CLD_CONTINUED) != 0;
        signals.setFlags(signal, flags & ~CLD_MASK);
        parents.doNotifyParentCldstop(task, task, continued ? Signal.CLD_CONTINUED : Signal.CLD_STOPPED);
        return true;
    }
}
