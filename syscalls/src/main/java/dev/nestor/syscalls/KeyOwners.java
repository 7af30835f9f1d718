package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.init.Kernel;
import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.Creds;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.security.keys.Keys;
import dev.nestor.security.keys.ProcessKeyrings;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;

/** What keyctl(2) asks about the credentials of a task, and changes in them. */
final class KeyOwners {
    private static final int REQKEY_DEFL_REQUESTOR = 7;
    private static final int REQKEY_DEFL_GROUP = 6;
    private static final int REQKEY_DEFL_PROCESS = 2;
    private static final int REQKEY_DEFL_THREAD = 1;

    private final TaskTable tasks;
    private final SignalStructTable signals;
    private final CredTable creds;
    private final Creds verbs;
    private final UserNamespaces namespaces;
    private final Capabilities capabilities;
    private final Keys keys;
    private final int initTask;

    KeyOwners(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.signals = kernel.signalStructs();
        this.creds = kernel.credTable();
        this.verbs = kernel.creds();
        this.namespaces = kernel.userNamespaces();
        this.capabilities = kernel.capabilities();
        this.keys = kernel.keys();
        this.initTask = kernel.initTask();
    }

    int userNs(int task) {
        return creds.userNs(tasks.cred(task));
    }

    int kuid(int task, int uid) {
        return namespaces.makeKuid(userNs(task), uid);
    }

    int kgid(int task, int gid) {
        return namespaces.makeKgid(userNs(task), gid);
    }

    int shownUid(int task, int kuid) {
        return namespaces.fromKuidMunged(userNs(task), kuid);
    }

    int shownGid(int task, int kgid) {
        return namespaces.fromKgidMunged(userNs(task), kgid);
    }

    boolean isOwner(int task, int kuid) {
        return creds.fsuid(tasks.cred(task)) == kuid;
    }

    boolean isInGroup(int task, int kgid) {
        return verbs.isInGroup(tasks.cred(task), kgid);
    }

    boolean isAdmin(int task) {
        return capabilities.capable(task, Capability.CAP_SYS_ADMIN);
    }

    /** Whose persistent keyring a task may have: the kuid, EINVAL or EPERM. */
    int persistentUid(int task, int uid) {
        int cred = tasks.cred(task);
        if (uid == -1) {
            return creds.uid(cred);
        }
        int kuid = kuid(task, uid);
        if (kuid == UserNamespaces.INVALID_ID) {
            return -Errno.EINVAL;
        }
        boolean own = kuid == creds.uid(cred) || kuid == creds.euid(cred);
        boolean may = own || capabilities.nsCapable(task, creds.userNs(cred), Capability.CAP_SETUID);
        return may ? kuid : -Errno.EPERM;
    }

    /** keyctl_set_reqkey_keyring(): the old default, or a negative errno. */
    long setReqkeyKeyring(int task, int which, ProcessKeyrings process) {
        int old = creds.jitKeyring(tasks.cred(task));
        if (which == -1) {
            return old;
        }
        if (which < 0 || which > REQKEY_DEFL_REQUESTOR || which == REQKEY_DEFL_GROUP) {
            return -Errno.EINVAL;
        }
        int failed = which == REQKEY_DEFL_THREAD
                ? process.installThread(task)
                : which == REQKEY_DEFL_PROCESS ? process.installProcess(task) : 0;
        int cred = failed < 0 ? NULL : verbs.prepare(task);
        if (cred == NULL) {
            return failed < 0 ? failed : -Errno.ENOMEM;
        }
        creds.setJitKeyring(cred, which);
        verbs.commit(task, cred);
        return old;
    }

    /** keyctl_session_to_parent(): the parent has the task's session keyring from now on; or EPERM. */
    long sessionToParent(int task, ProcessKeyrings process) {
        int parent = tasks.realParent(task);
        if (parent == NULL || parent == initTask || tasks.mm(parent) == NULL) {
            return -Errno.EPERM;
        }
        int own = tasks.cred(task);
        int other = tasks.cred(parent);
        int signal = tasks.signal(parent);
        boolean alone = signals.threads().first(signal) == signals.threads().last(signal);
        boolean same = creds.uid(other) == creds.euid(own)
                && creds.euid(other) == creds.euid(own)
                && creds.suid(other) == creds.euid(own)
                && creds.gid(other) == creds.egid(own)
                && creds.egid(other) == creds.egid(own)
                && creds.sgid(other) == creds.egid(own);
        int session = creds.sessionKeyring(own);
        if (session == creds.sessionKeyring(other)) {
            return 0;
        }
        if (!alone || !same || session == NULL) {
            return -Errno.EPERM;
        }
        return process.installSession(parent, keys.get(session));
    }
}
