package dev.nestor.fs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.pid.PidTable;
import dev.nestor.kernel.signal.PidType;
import dev.nestor.kernel.signal.SigInfo;
import dev.nestor.kernel.signal.Signals;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.Chain;
import dev.nestor.uapi.Signal;

/** Signals to who asked to be told of a file: send_sigio(), kill_fasync() of fs/fcntl.c. */
public final class SigIo {
    /** F_OWNER_* of F_SETOWN_EX. */
    public static final int F_OWNER_TID = 0;

    public static final int F_OWNER_PID = 1;
    public static final int F_OWNER_PGRP = 2;

    private final FileTable files;
    private final TaskTable tasks;
    private final PidTable pids;
    private final CredTable creds;
    private final Signals signals;
    private final SigInfo info = new SigInfo();

    SigIo(Vfs vfs) {
        this.files = vfs.tables.files;
        this.tasks = vfs.below.tasks();
        this.pids = vfs.below.pidTable();
        this.creds = vfs.below.credTable();
        this.signals = vfs.below.sender();
    }

    /** fasync_helper(): puts a file on a list, or takes it off. */
    public void fasyncHelper(Chain list, int head, int file, boolean on) {
        boolean isOn = list.owner(file) != NULL;
        if (on && !isOn) {
            list.addFirst(head, file);
        } else if (!on && isOn) {
            list.remove(file);
        }
    }

    /** kill_fasync(): tells the owners of all files on a list. */
    public void killFasync(Chain list, int head, int reason) {
        for (int file = list.first(head); file != NULL; file = list.next(file)) {
            send(file, reason);
        }
    }

    /** send_sigio(). */
    private void send(int file, int reason) {
        int pid = files.ownerPid(file);
        if (pid == NULL) {
            return;
        }
        int type = files.ownerType(file);
        if (type == F_OWNER_PGRP) {
            Chain members = pids.groupMembers();
            for (int leader = members.first(pid); leader != NULL; leader = members.next(leader)) {
                sendTo(leader, file, reason, PidType.PIDTYPE_PGID);
            }
            return;
        }
        int task = pids.thread(pid);
        if (task != NULL) {
            sendTo(task, file, reason, type == F_OWNER_TID ? PidType.PIDTYPE_PID : PidType.PIDTYPE_TGID);
        }
    }

    /** send_sigio_to_task(). */
    private void sendTo(int task, int file, int reason, int type) {
        if (!mayBeTold(task, file)) {
            return;
        }
        int sig = files.signum(file);
        if (sig != 0) {
            info.set(sig, reason);
            info.setPoll(band(reason), files.fasyncFd(file));
            if (signals.doSendSigInfo(NULL, sig, info, task, type) == 0) {
                return;
            }
        }
        signals.doSendSigInfo(NULL, Signal.SIGIO, signals.priv(), task, type);
    }

    /** sigio_perm(). */
    private boolean mayBeTold(int task, int file) {
        int cred = tasks.cred(task);
        int euid = files.ownerEuid(file);
        int uid = files.ownerUid(file);
        return euid == 0
                || euid == creds.suid(cred)
                || euid == creds.uid(cred)
                || uid == creds.suid(cred)
                || uid == creds.uid(cred);
    }

    /** band_table. */
    private static long band(int reason) {
        return reason == Signal.POLL_IN
                ? FileOps.POLLIN | FileOps.POLLRDNORM
                : FileOps.POLLOUT | FileOps.POLLWRNORM | 0x200;
    }
}
