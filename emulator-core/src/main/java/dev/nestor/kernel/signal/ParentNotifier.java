package dev.nestor.kernel.signal;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.uapi.Signal;

/** SIGCHLD: do_notify_parent() and do_notify_parent_cldstop(). */
public final class ParentNotifier {
    private static final int CORE_FLAG = 0x80;

    private final TaskTable tasks;
    private final SignalStructTable signals;
    private final Sighands sighands;
    private final Signals sender;
    private final SignalIds ids;
    private final Surroundings around;
    private final SigInfo info = new SigInfo();

    /** What of other rooms a notice needs. */
    public interface Surroundings {
        /** nsec_to_clock_t() of so many cycles. */
        long clockTicks(long cycles);

        /** do_notify_pidfd(): wakes pollers of the task's pidfds. */
        void notifyPidfd(int task);

        /** __wake_up_parent(): wakes those of the parent's threads that wait for this child. */
        void wakeUpParent(int child, int parent);
    }

    public ParentNotifier(
            TaskTable tasks,
            SignalStructTable signals,
            Sighands sighands,
            Signals sender,
            SignalIds ids,
            Surroundings around) {
        this.tasks = tasks;
        this.signals = signals;
        this.sighands = sighands;
        this.sender = sender;
        this.ids = ids;
        this.around = around;
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
        around.notifyPidfd(task);
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
                around.clockTicks(tasks.utime(task) + signals.utime(signal)),
                around.clockTicks(tasks.stime(task) + signals.stime(signal)));
        boolean ignored = sighands.handler(parent, Signal.SIGCHLD) == Signal.SIG_IGN;
        boolean autoreap = sig == Signal.SIGCHLD
                && (ignored || (sighands.saFlags(parent, Signal.SIGCHLD) & Signal.SA_NOCLDWAIT) != 0);
        if (sig > 0 && SigSets.isValid(sig) && !(autoreap && ignored)) {
            sender.sendSignalAs(task, sig, info, parent, PidType.PIDTYPE_TGID, false);
        }
        around.wakeUpParent(task, parent);
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
        int status = why == Signal.CLD_CONTINUED
                ? Signal.SIGCONT
                : signals.groupExitCode(tasks.signal(leader)) & 0x7f;
        info.setChild(
                status, around.clockTicks(tasks.utime(leader)), around.clockTicks(tasks.stime(leader)));
        boolean wanted = sighands.handler(parent, Signal.SIGCHLD) != Signal.SIG_IGN
                && (sighands.saFlags(parent, Signal.SIGCHLD) & Signal.SA_NOCLDSTOP) == 0;
        if (wanted) {
            sender.sendSignal(current, Signal.SIGCHLD, info, parent, PidType.PIDTYPE_TGID);
        }
        around.wakeUpParent(leader, parent);
    }

    private void fillIn(int sig, int code, int task, int parent) {
        info.set(sig, code).setPidUid(ids.pidFor(parent, task), ids.uidFor(parent, task));
    }
}
