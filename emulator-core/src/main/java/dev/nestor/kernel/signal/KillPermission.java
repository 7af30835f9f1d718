package dev.nestor.kernel.signal;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.machine.Work;
import dev.nestor.table.HotPath;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Signal;

/** Who may send what to whom: check_kill_permission(). */
public final class KillPermission {
    private final TaskTable tasks;
    private final CredTable creds;
    private final Capabilities capabilities;
    private final Pids pids;
    private final Work work;

    public KillPermission(TaskTable tasks, CredTable creds, Capabilities capabilities, Pids pids, Work work) {
        this.tasks = tasks;
        this.creds = creds;
        this.capabilities = capabilities;
        this.pids = pids;
        this.work = work;
    }

    /** check_kill_permission(): 0, EINVAL for no signal, EPERM. */
    @HotPath
    int check(int current, int sig, SigInfo info, int task) {
        if (!SigSets.isValid(sig)) {
            return -Errno.EINVAL;
        }
        if (info.isFromUser()) {
            work.add(Work.PERMISSION);
        }
        if (!info.isFromUser() || killOkByCred(current, task)) {
            return 0;
        }
        if (sig == Signal.SIGCONT) {
            int session = pids.session(task);
            return session == NULL || session == pids.session(current) ? 0 : -Errno.EPERM;
        }
        return -Errno.EPERM;
    }

    /** kill_ok_by_cred(): one of the sender's user ids is one of the target's, or CAP_KILL over its user namespace. */
    private boolean killOkByCred(int current, int task) {
        int cred = tasks.cred(current);
        int target = tasks.cred(task);
        int uid = creds.uid(cred);
        int euid = creds.euid(cred);
        int targetUid = creds.uid(target);
        int targetSuid = creds.suid(target);
        return euid == targetSuid
                || euid == targetUid
                || uid == targetSuid
                || uid == targetUid
                || capabilities.nsCapable(current, creds.userNs(target), Capability.CAP_KILL);
    }
}
