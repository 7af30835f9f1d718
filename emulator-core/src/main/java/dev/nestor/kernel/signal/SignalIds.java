package dev.nestor.kernel.signal;

import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.task.TaskTable;

/** si_pid and si_uid: numbers of one task in the namespaces of another. */
public final class SignalIds {
    private final TaskTable tasks;
    private final Pids pids;
    private final CredTable creds;
    private final UserNamespaces userNamespaces;

    public SignalIds(TaskTable tasks, Pids pids, CredTable creds, UserNamespaces userNamespaces) {
        this.tasks = tasks;
        this.pids = pids;
        this.creds = creds;
        this.userNamespaces = userNamespaces;
    }

    /** The thread's number as another task sees it, 0 when it does not. */
    int pidFor(int viewer, int task) {
        return pids.taskNr(task, pids.activeNs(viewer));
    }

    /** The process's number as another task sees it, 0 when it does not. */
    public int tgidFor(int viewer, int task) {
        return pids.taskTgidNr(task, pids.activeNs(viewer));
    }

    /** task_pid_vnr(). */
    public int ownPid(int task) {
        return pidFor(task, task);
    }

    /** The real user id of a task as another one's user namespace calls it. */
    public int uidFor(int viewer, int task) {
        return userNamespaces.fromKuidMunged(userNs(viewer), creds.uid(tasks.cred(task)));
    }

    /** Takes si_uid from the sender's user namespace to the receiver's. */
    void translateUid(int sender, int receiver, SigInfo info) {
        int from = userNs(sender);
        int to = userNs(receiver);
        if (from != to) {
            info.setUid(userNamespaces.fromKuidMunged(to, userNamespaces.makeKuid(from, info.uid())));
        }
    }

    int userNs(int task) {
        return creds.userNs(tasks.cred(task));
    }
}
