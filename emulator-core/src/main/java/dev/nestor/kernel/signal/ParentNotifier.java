package dev.nestor.kernel.signal;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.pid.PidTable;
import dev.nestor.kernel.sched.WaitQueues;
import dev.nestor.kernel.sched.Wakeups;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.uapi.Signal;

/** SIGCHLD: do_notify_parent() and do_notify_parent_cldstop(). */
public final class ParentNotifier {
    private static final int CORE_FLAG = 0x80;
    private static final long NSEC_PER_TICK = 10_000_000; // USER_HZ is 100

    private final TaskTable tasks;
    private final SignalStructTable signals;
    private final Signals sender;
    private final PidTable pids;
    private final WaitQueues waitQueues;
    private final Timekeeping timekeeping;
    private final SigInfo info = new SigInfo();

    public ParentNotifier(
            TaskTable tasks,
            SignalStructTable signals,
            Signals sender,
            PidTable pids,
            WaitQueues waitQueues,
            Timekeeping timekeeping) {
        this.tasks = tasks;
        this.signals = signals;
        this.sender = sender;
        this.pids = pids;
        this.waitQueues = waitQueues;
        this.timekeeping = timekeeping;
    }

    /**
     * do_notify_parent(): tells the parent of a thread group leader, all of whose other threads are gone, that it has
     * ended. True when nobody will wait for it: the parent ignores SIGCHLD or has SA_NOCLDWAIT; it is to be released at
     * once. A driver that replays a traced log calls this when the tracer has let go.
     *
     * @param sig the task's exit signal, or SIGCHLD where the kernel insists on that one; 0 for none
     */
    public boolean doNotifyParent(int task, int sig) {
        int parent = tasks.parent(task);
        notifyPidfd(task);
        int status = tasks.exitCode(task);
        int code = Signal.CLD_EXITED;
        if ((status & CORE_FLAG) != 0) {
            code = Signal.CLD_DUMPED;
        } else if ((status & 0x7f) != 0) {
            code = Signal.CLD_KILLED;
        }
        fillIn(sig, code, task, parent);
        int signal = tasks.signal(task);
        info.setChild(
                code == Signal.CLD_EXITED ? status >> 8 : status & 0x7f,
                clockTicks(tasks.utime(task) + signals.utime(signal)),
                clockTicks(tasks.stime(task) + signals.stime(signal)));
        boolean ignored = sender.sighands().handler(parent, Signal.SIGCHLD) == Signal.SIG_IGN;
        boolean autoreap = sig == Signal.SIGCHLD
                && (ignored || (sender.sighands().saFlags(parent, Signal.SIGCHLD) & Signal.SA_NOCLDWAIT) != 0);
        if (sig > 0 && SigSets.isValid(sig) && !(autoreap && ignored)) {
            sender.sendSignalAs(task, sig, info, parent, PidType.PIDTYPE_TGID, false);
        }
        wakeUpParent(parent);
        return autoreap;
    }

    /**
     * do_notify_parent_cldstop(): CLD_STOPPED or CLD_CONTINUED of the thread's process. si_uid goes through the sender's
     * user namespace a second time, as in the kernel: a parent in another one is shown the overflow id, or a stranger's.
     */
    void doNotifyParentCldstop(int current, int task, int why) {
        int leader = tasks.groupLeader(task);
        int parent = tasks.realParent(leader);
        if (parent == NULL) {
            return;
        }
        fillIn(Signal.SIGCHLD, why, leader, parent);
        int status = why == Signal.CLD_CONTINUED ? Signal.SIGCONT : signals.groupExitCode(tasks.signal(leader)) & 0x7f;
        info.setChild(status, clockTicks(tasks.utime(leader)), clockTicks(tasks.stime(leader)));
        boolean wanted = sender.sighands().handler(parent, Signal.SIGCHLD) != Signal.SIG_IGN
                && (sender.sighands().saFlags(parent, Signal.SIGCHLD) & Signal.SA_NOCLDSTOP) == 0;
        if (wanted) {
            sender.sendSignal(current, Signal.SIGCHLD, info, parent, PidType.PIDTYPE_TGID);
        }
        wakeUpParent(parent);
    }

    private void fillIn(int sig, int code, int task, int parent) {
        info.set(sig, code)
                .setPidUid(sender.ids().pidFor(parent, task), sender.ids().uidFor(parent, task));
    }

    /** nsec_to_clock_t(). */
    private long clockTicks(long cycles) {
        return timekeeping.cyclesToNs(cycles) / NSEC_PER_TICK;
    }

    /** do_notify_pidfd(): whoever polls a pidfd of the task's. */
    public void notifyPidfd(int task) {
        wake(pids.waitPidfd(tasks.threadPid(task)), Wakeups.TASK_NORMAL);
    }

    /** __wake_up_parent(): whoever waits in wait(2), also for another child: it looks, and waits on. */
    private void wakeUpParent(int parent) {
        wake(signals.waitChldexit(tasks.signal(parent)), TaskTable.TASK_INTERRUPTIBLE);
    }

    private void wake(int queue, int states) {
        if (queue != NULL) {
            waitQueues.wakeUpAll(queue, states);
        }
    }
}
