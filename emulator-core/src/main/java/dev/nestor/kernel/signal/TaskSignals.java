package dev.nestor.kernel.signal;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.uapi.Sched;

/** The signal side of a task's birth, exec and end: parts of copy_process(), exec, exit_signals(), __exit_signal(). */
public final class TaskSignals {
    private final TaskTable tasks;
    private final SignalStructTable signals;
    private final PendingSignals pending;
    private final SignalWakeups wakeups;
    private final SigFrames frames;
    private final GroupStop groupStop;
    private final PosixTimers timers;

    public TaskSignals(TaskTable tasks, SignalStructTable signals, SignalDelivery.Parts parts, PosixTimers timers) {
        this.tasks = tasks;
        this.signals = signals;
        this.pending = parts.pending();
        this.wakeups = parts.wakeups();
        this.frames = parts.frames();
        this.groupStop = parts.groupStop();
        this.timers = timers;
    }

    /**
     * copy_process(): a new task has nothing pending, its parent's mask, and the alternate stack unless it shares memory
     * without CLONE_VFORK. Its sighand is {@link Sighands#copySighand}'s to give.
     */
    public void copy(int from, int to, long cloneFlags) {
        tasks.setPendingSet(to, 0);
        tasks.setSigpending(to, false);
        tasks.setJobctl(to, 0);
        tasks.setBlocked(to, tasks.blocked(from));
        tasks.setRealBlocked(to, 0);
        tasks.setRestoreSigmask(to, false);
        boolean thread = (cloneFlags & (Sched.CLONE_VM | Sched.CLONE_VFORK)) == Sched.CLONE_VM;
        if (thread) {
            frames.setStack(to, 0, 0, 0);
        } else {
            frames.setStack(to, tasks.sasSsSp(from), tasks.sasSsSize(from), tasks.sasSsFlags(from));
            frames.copy(from, to);
        }
    }

    /** The fork is to be made again (ERESTARTNOINTR): a signal came that the child must not miss. */
    public boolean forkIsInterrupted(int task) {
        wakeups.recalcSigpending(task);
        return tasks.sigpending(task);
    }

    /** begin_new_exec(): the old program's stacks are gone. Actions are {@link Sighands#flushSignalHandlers}'s. */
    public void exec(int task) {
        timers.exitItimers(task);
        frames.clear(task);
        frames.setStack(task, 0, 0, 0);
    }

    /**
     * exit_signals(): the thread begins to exit: it takes no more signals, and gives on what its process has waiting. A
     * group stop that only waited for it is complete.
     */
    public void exitSignals(int task) {
        int signal = tasks.signal(task);
        boolean alone =
                signals.nrThreads(signal) <= 1 || (signals.flags(signal) & SignalStructTable.SIGNAL_GROUP_EXIT) != 0;
        tasks.addFlag(task, TaskTable.PF_EXITING);
        if (alone || !tasks.sigpending(task)) {
            return;
        }
        wakeups.retargetSharedPending(task, ~tasks.blocked(task));
        boolean stopping = (tasks.jobctl(task) & TaskTable.JOBCTL_STOP_PENDING) != 0;
        if (stopping) {
            groupStop.exitDuringStop(task);
        }
    }

    /**
     * __exit_signal(): a thread is released, while it is still in its process's list: its queue is emptied, with the last
     * thread the process's too.
     */
    public void release(int task, boolean groupDead) {
        int signal = tasks.signal(task);
        if (signals.currTarget(signal) == task) {
            signals.setCurrTarget(signal, NULL);
        }
        frames.clear(task);
        timers.cpuTimers().exit(task, groupDead);
        pending.flush(task, false, -1L);
        tasks.setSigpending(task, false);
        if (groupDead) {
            pending.flush(task, true, -1L);
        }
    }

    /** flush_signals(): nothing is pending any more. */
    public void flushSignals(int task) {
        tasks.setSigpending(task, false);
        pending.flush(task, false, -1L);
        pending.flush(task, true, -1L);
    }
}
