package dev.nestor.kernel.nsproxy;

import static dev.nestor.table.Table.NULL;

import dev.nestor.ipc.TaskIpc;
import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.Creds;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Sched;

/** Leaving what is shared: ksys_unshare() of kernel/fork.c, whose namespace part is unshare_nsproxy_namespaces(). */
public final class Unshare {
    private static final int KNOWN_FLAGS = NsProxies.NSPROXY_FLAGS
            | Sched.CLONE_THREAD
            | Sched.CLONE_FS
            | Sched.CLONE_SIGHAND
            | Sched.CLONE_VM
            | Sched.CLONE_FILES
            | Sched.CLONE_SYSVSEM
            | Sched.CLONE_NEWUSER;

    private final TaskTable tasks;
    private final CredTable creds;
    private final NsProxyTable table;
    private final NsProxies proxies;
    private final Creds credentials;
    private final Capabilities capabilities;
    private final TaskSharing shared;
    private final TaskIpc ipc;

    public Unshare(
            NsProxies.Tables tables,
            NsProxies proxies,
            Creds credentials,
            Capabilities capabilities,
            TaskSharing shared,
            TaskIpc ipc) {
        this.tasks = tables.tasks();
        this.creds = tables.creds();
        this.table = tables.proxies();
        this.proxies = proxies;
        this.credentials = credentials;
        this.capabilities = capabilities;
        this.shared = shared;
        this.ipc = ipc;
    }

    /** The flags that come along with others. */
    private static long implied(long asked) {
        long flags = asked;
        if ((flags & Sched.CLONE_NEWUSER) != 0) {
            flags |= Sched.CLONE_THREAD | Sched.CLONE_FS;
        }
        if ((flags & Sched.CLONE_VM) != 0) {
            flags |= Sched.CLONE_SIGHAND;
        }
        if ((flags & Sched.CLONE_SIGHAND) != 0) {
            flags |= Sched.CLONE_THREAD;
        }
        if ((flags & Sched.CLONE_NEWNS) != 0) {
            flags |= Sched.CLONE_FS;
        }
        return flags;
    }

    /** ksys_unshare(): 0 or a negative errno, with nothing changed. */
    public int unshare(int task, long asked) {
        long flags = implied(asked);
        int invalid = checkFlags(task, flags);
        if (invalid < 0) {
            return invalid;
        }
        int fs = (flags & Sched.CLONE_FS) != 0 ? shared.copyFsIfShared(task) : tasks.fs(task);
        int files = (flags & Sched.CLONE_FILES) != 0 ? shared.copyFilesIfShared(task) : tasks.files(task);
        int result = fs == NULL || files == NULL ? -Errno.ENOMEM : unshareNamespaces(task, flags, fs);
        if (result < 0) {
            shared.dropFs(task, fs);
            shared.dropFiles(task, files);
            return result;
        }
        shared.replaceFs(task, fs);
        shared.replaceFiles(task, files);
        return 0;
    }

    private int unshareNamespaces(int task, long flags, int fs) {
        int cred = (flags & Sched.CLONE_NEWUSER) != 0 ? newUserNs(task) : NULL;
        if (cred < 0) {
            return cred;
        }
        int result = unshareNsproxy(task, flags, cred, fs);
        if (cred != NULL && result < 0) {
            credentials.put(cred);
        } else if (cred != NULL) {
            credentials.commit(task, cred);
        }
        return result;
    }

    /** check_unshare_flags(). */
    private int checkFlags(int task, long flags) {
        if ((flags & ~(long) KNOWN_FLAGS) != 0) {
            return -Errno.EINVAL;
        }
        boolean alone = (flags & (Sched.CLONE_THREAD | Sched.CLONE_SIGHAND | Sched.CLONE_VM)) == 0
                || shared.isThreadGroupEmpty(task);
        boolean ownHandlers = (flags & (Sched.CLONE_SIGHAND | Sched.CLONE_VM)) == 0 || !shared.sharesSighand(task);
        boolean ownMemory = (flags & Sched.CLONE_VM) == 0 || shared.isSingleThreaded(task);
        return alone && ownHandlers && ownMemory ? 0 : -Errno.EINVAL;
    }

    /** unshare_userns(): a cred in a new user namespace, or a negative errno. */
    private int newUserNs(int task) {
        boolean chrooted = shared.isChrooted(task, table.mntNs(tasks.nsproxy(task)));
        int cred = credentials.prepare(task);
        if (cred == NULL) {
            return -Errno.ENOMEM;
        }
        int failed = credentials.createUserNs(task, cred, chrooted);
        if (failed < 0) {
            credentials.put(cred);
            return failed;
        }
        return cred;
    }

    /** With CLONE_SYSVSEM as at exit; what is left behind in another IPC namespace cannot be reached any more. */
    private void leaveIpc(int task, long flags) {
        if ((flags & (Sched.CLONE_NEWIPC | Sched.CLONE_SYSVSEM)) != 0) {
            ipc.exitSem(task);
        }
        if ((flags & Sched.CLONE_NEWIPC) != 0) {
            ipc.exitShm(task);
        }
    }

    private int unshareNsproxy(int task, long flags, int newCred, int fs) {
        if ((flags & NsProxies.NSPROXY_FLAGS) == 0) {
            leaveIpc(task, flags);
            return 0;
        }
        int cred = newCred == NULL ? tasks.cred(task) : newCred;
        int userNs = creds.userNs(cred);
        if (!capabilities.capCapable(cred, userNs, Capability.CAP_SYS_ADMIN)) {
            return -Errno.EPERM;
        }
        int made = proxies.createNewNamespaces(flags, task, userNs, fs);
        if (made < 0) {
            return made;
        }
        leaveIpc(task, flags);
        proxies.switchTaskNamespaces(task, made);
        return 0;
    }
}
