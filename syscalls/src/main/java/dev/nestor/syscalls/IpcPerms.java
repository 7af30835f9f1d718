package dev.nestor.syscalls;

import dev.nestor.init.Kernel;
import dev.nestor.ipc.IpcPermTable;
import dev.nestor.ipc.IpcPermissions;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.nsproxy.NsProxyTable;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.task.TaskTable;

/** What the calls of System V IPC share: the caller's namespaces, and struct ipc64_perm in structures. */
final class IpcPerms {
    /** Bytes of struct ipc64_perm. */
    static final int SIZE = 48;

    private static final int UID = 4;
    private static final int GID = 8;
    private static final int CUID = 12;
    private static final int CGID = 16;
    private static final int MODE = 20;
    private static final int SEQ = 24;

    private final TaskTable tasks;
    private final CredTable creds;
    private final UserNamespaces userNamespaces;
    private final NsProxyTable proxies;
    private final Pids pids;
    private final IpcPermissions.IpcPerm perm = new IpcPermissions.IpcPerm();

    IpcPerms(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.creds = kernel.credTable();
        this.userNamespaces = kernel.userNamespaces();
        this.proxies = kernel.nsProxyTable();
        this.pids = kernel.pids();
    }

    /** The IPC namespace of a task. */
    int ns(int task) {
        return proxies.ipcNs(tasks.nsproxy(task));
    }

    /** pid_vnr() of a pid that an object keeps. */
    int vnr(int task, int pid) {
        return pids.keptNrNs(pid, pids.activeNs(task));
    }

    /** kernel_to_ipc64_perm(), at the beginning of a structure that is all zero. */
    void put(int task, IpcPermTable objects, int object, byte[] into) {
        int userNs = creds.userNs(tasks.cred(task));
        Bytes.putInt(into, 0, objects.key(object));
        Bytes.putInt(into, UID, userNamespaces.fromKuidMunged(userNs, objects.uid(object)));
        Bytes.putInt(into, GID, userNamespaces.fromKgidMunged(userNs, objects.gid(object)));
        Bytes.putInt(into, CUID, userNamespaces.fromKuidMunged(userNs, objects.cuid(object)));
        Bytes.putInt(into, CGID, userNamespaces.fromKgidMunged(userNs, objects.cgid(object)));
        Bytes.putInt(into, MODE, objects.mode(object));
        into[SEQ] = (byte) objects.seq(object);
        into[SEQ + 1] = (byte) (objects.seq(object) >>> 8);
    }

    /** What IPC_SET takes from the beginning of a structure. */
    IpcPermissions.IpcPerm get(byte[] from) {
        perm.set(Bytes.getInt(from, UID), Bytes.getInt(from, GID), Bytes.getInt(from, MODE));
        return perm;
    }
}
