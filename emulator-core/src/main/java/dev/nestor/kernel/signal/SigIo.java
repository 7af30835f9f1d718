package dev.nestor.kernel.signal;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.pid.PidTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.Chain;
import dev.nestor.uapi.Signal;

/** SIGIO and SIGURG for the owner of a descriptor: send_sigio(), send_sigurg() of fs/fcntl.c. */
public final class SigIo {
    /** band_table: the events of poll(2) for POLL_IN to POLL_HUP. */
    private static final int[] BAND = {0x41, 0x304, 0x441, 0x8, 0x82, 0x18};

    private final TaskTable tasks;
    private final CredTable creds;
    private final PidTable pids;
    private final Signals signals;
    private final SigInfo info = new SigInfo();

    public SigIo(TaskTable tasks, CredTable creds, PidTable pids, Signals signals) {
        this.tasks = tasks;
        this.creds = creds;
        this.pids = pids;
        this.signals = signals;
    }

    /**
     * send_sigio(): tells the owner what happened to its descriptor.
     *
     * @param reason POLL_IN and its kind
     */
    public void sendSigio(FileOwner owner, int fd, int reason) {
        send(owner, fd, reason);
    }

    /** send_sigurg(): false when nobody is to be told. */
    public boolean sendSigurg(FileOwner owner) {
        send(owner, -1, 0);
        return owner.pid() != NULL;
    }

    private void send(FileOwner owner, int fd, int reason) {
        if (owner.pid() == NULL) {
            return;
        }
        if (owner.type() <= PidType.PIDTYPE_TGID) {
            int task = pids.thread(owner.pid());
            if (task != NULL) {
                sendToTask(task, owner, fd, reason);
            }
            return;
        }
        Chain members = pids.groupMembers();
        for (int at = members.first(owner.pid()); at != NULL; at = members.next(at)) {
            sendToTask(at, owner, fd, reason);
        }
    }

    /** send_sigio_to_task(): the wished signal with si_band and si_fd, plain SIGIO when it finds no room. */
    private void sendToTask(int task, FileOwner owner, int fd, int reason) {
        if (!isPermitted(task, owner)) {
            return;
        }
        if (reason == 0) {
            signals.doSendSigInfo(NULL, Signal.SIGURG, signals.priv(), task, owner.type());
            return;
        }
        int signum = owner.signum();
        if (signum != 0) {
            boolean ambiguous = signum != Signal.SIGIO && SigInfo.hasSicodes(signum);
            info.set(signum, ambiguous ? Signal.SI_SIGIO : reason);
            info.setPoll(BAND[reason - Signal.POLL_IN], fd);
            if (signals.doSendSigInfo(NULL, signum, info, task, owner.type()) == 0) {
                return;
            }
        }
        signals.doSendSigInfo(NULL, Signal.SIGIO, signals.priv(), task, owner.type());
    }

    /** sigio_perm(). */
    private boolean isPermitted(int task, FileOwner owner) {
        int cred = tasks.cred(task);
        int uid = creds.uid(cred);
        int suid = creds.suid(cred);
        return owner.euid() == 0
                || owner.euid() == suid
                || owner.euid() == uid
                || owner.uid() == suid
                || owner.uid() == uid;
    }
}
