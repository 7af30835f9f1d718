package dev.nestor.ipc;

import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.Creds;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.machine.Work;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;

/** Who may do what with an object: ipcperms(), ipcctl_obtain_check() and ipc_update_perm() of ipc/util.c. */
public final class IpcPermissions {
    /** S_IRUGO, S_IWUGO, S_IXUGO: what is asked for, whoever asks. */
    public static final int READ = 0444;

    public static final int WRITE = 0222;
    public static final int EXECUTE = 0111;

    private static final int S_IRWXUGO = 0777;

    private final IpcNamespaceTable namespaces;
    private final TaskTable tasks;
    private final CredTable credTable;
    private final Creds creds;
    private final UserNamespaces userNamespaces;
    private final Capabilities capabilities;
    private final Work work;

    /** What a task is. */
    public record Who(
            TaskTable tasks,
            CredTable credTable,
            Creds creds,
            UserNamespaces userNamespaces,
            Capabilities capabilities) {}

    public IpcPermissions(IpcNamespaceTable namespaces, Who who, Work work) {
        this.namespaces = namespaces;
        this.tasks = who.tasks;
        this.credTable = who.credTable;
        this.creds = who.creds;
        this.userNamespaces = who.userNamespaces;
        this.capabilities = who.capabilities;
        this.work = work;
    }

    /** ipcperms(): whether the task may; the bits that count are those of flag for user, group or others. */
    boolean ipcperms(int task, IpcPermTable objects, int object, int flag) {
        work.add(Work.PERMISSION);
        int cred = tasks.cred(task);
        int euid = credTable.euid(cred);
        short bits = (short) flag;
        int requested = (bits >> 6) | (bits >> 3) | bits;
        int granted = objects.mode(object);
        if (euid == objects.cuid(object) || euid == objects.uid(object)) {
            granted >>= 6;
        } else if (creds.isInGroup(cred, objects.cgid(object)) || creds.isInGroup(cred, objects.gid(object))) {
            granted >>= 3;
        }
        return (requested & ~granted & 7) == 0 || nsCapable(task, objects.ns(object), Capability.CAP_IPC_OWNER);
    }

    /** Whether the task's effective user owns the object or has made it. */
    boolean isOwner(int task, IpcPermTable objects, int object) {
        int euid = credTable.euid(tasks.cred(task));
        return euid == objects.cuid(object) || euid == objects.uid(object);
    }

    /** ipcctl_obtain_check(): whether the task may change or remove the object. */
    boolean mayControl(int task, IpcPermTable objects, int object) {
        work.add(Work.PERMISSION);
        return isOwner(task, objects, object) || nsCapable(task, objects.ns(object), Capability.CAP_SYS_ADMIN);
    }

    /** in_group_p(). */
    boolean isInGroup(int task, int kgid) {
        return creds.isInGroup(tasks.cred(task), kgid);
    }

    /** ns_capable() over the namespace's owner. */
    boolean nsCapable(int task, int ns, int cap) {
        return capabilities.nsCapable(task, namespaces.userNs(ns), cap);
    }

    /** capable(): over the initial user namespace. */
    boolean capable(int task, int cap) {
        return capabilities.capable(task, cap);
    }

    /** ipc_update_perm(): ids as the task's user namespace has them; EINVAL for one that it has not. */
    int updatePerm(int task, IpcPermTable objects, int object, IpcPerm perm) {
        int userNs = credTable.userNs(tasks.cred(task));
        int kuid = userNamespaces.makeKuid(userNs, perm.uid);
        int kgid = userNamespaces.makeKgid(userNs, perm.gid);
        if (kuid == UserNamespaces.INVALID_ID || kgid == UserNamespaces.INVALID_ID) {
            return -Errno.EINVAL;
        }
        objects.setUid(object, kuid);
        objects.setGid(object, kgid);
        objects.setMode(object, (objects.mode(object) & ~S_IRWXUGO) | (perm.mode & S_IRWXUGO));
        return 0;
    }

    /** What ipc_addid() says of a new object: its owner and maker. */
    void own(int task, IpcPermTable objects, int object) {
        int cred = tasks.cred(task);
        objects.setUid(object, credTable.euid(cred));
        objects.setCuid(object, credTable.euid(cred));
        objects.setGid(object, credTable.egid(cred));
        objects.setCgid(object, credTable.egid(cred));
    }

    /** What IPC_SET changes, in the caller's ids: of struct ipc64_perm. One object, filled anew for each call. */
    public static final class IpcPerm {
        private int uid;
        private int gid;
        private int mode;

        public void set(int callersUid, int callersGid, int permissionBits) {
            uid = callersUid;
            gid = callersGid;
            mode = permissionBits;
        }
    }
}
