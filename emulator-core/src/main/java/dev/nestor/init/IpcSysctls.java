package dev.nestor.init;

import dev.nestor.fs.proc.ProcFiles;
import dev.nestor.fs.proc.ProcMode;
import dev.nestor.fs.proc.ProcRequest;
import dev.nestor.fs.proc.ProcShow;
import dev.nestor.fs.proc.ProcStore;
import dev.nestor.fs.proc.ProcVector;
import dev.nestor.ipc.IpcIds;
import dev.nestor.ipc.IpcNamespaceTable;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import java.util.function.IntUnaryOperator;

/** Limits of System V IPC under /proc/sys/kernel, of the IPC namespace that a file was found in: ipc/ipc_sysctl.c. */
final class IpcSysctls {
    private static final int SEM_CTLS = 4;

    private final Kernel kernel;
    private final IpcNamespaceTable namespaces;
    private final ProcVector vector = new ProcVector();
    private final ProcMode limitRights = (task, mode) -> rights(task, mode, false);
    private final ProcMode wishRights = (task, mode) -> rights(task, mode, true);

    /** A limit that is an int. */
    private interface SetInt {
        void set(int ns, int value);
    }

    /** A limit that is an unsigned long. */
    private interface SetLong {
        void set(int ns, long value);
    }

    /** The value of a limit that is an unsigned long. */
    private interface GetLong {
        long get(int ns);
    }

    IpcSysctls(Kernel kernel) {
        this.kernel = kernel;
        this.namespaces = kernel.ipcNamespaceTable();
    }

    void register(ProcFiles files) {
        limit(files, "kernel/shmmax", namespaces::shmCtlmax, namespaces::setShmCtlmax);
        limit(files, "kernel/shmall", namespaces::shmCtlall, namespaces::setShmCtlall);
        limit(files, "kernel/shmmni", IpcIds.IPCMNI, namespaces::shmCtlmni, namespaces::setShmCtlmni);
        rmidForced(files);
        limit(files, "kernel/msgmax", Integer.MAX_VALUE, namespaces::msgCtlmax, namespaces::setMsgCtlmax);
        limit(files, "kernel/msgmni", IpcIds.IPCMNI, namespaces::msgCtlmni, namespaces::setMsgCtlmni);
        limit(files, "kernel/auto_msgmni", 1, ns -> 0, (ns, value) -> {});
        limit(files, "kernel/msgmnb", Integer.MAX_VALUE, namespaces::msgCtlmnb, namespaces::setMsgCtlmnb);
        sem(files);
        nextId(files, "kernel/sem_next_id", IpcIds.SEM);
        nextId(files, "kernel/msg_next_id", IpcIds.MSG);
        nextId(files, "kernel/shm_next_id", IpcIds.SHM);
    }

    /** ENOENT for a file whose namespace is gone. */
    private ProcShow showing(ProcShow show) {
        return (request, out) -> namespaces.isLive(request.ipcNs()) ? show.show(request, out) : -Errno.ENOENT;
    }

    private ProcStore storing(ProcStore store) {
        return (request, text, length) ->
                namespaces.isLive(request.ipcNs()) ? store.store(request, text, length) : -Errno.ENOENT;
    }

    private static int ns(ProcRequest request) {
        return request.ipcNs();
    }

    private int ns(int task) {
        return kernel.nsProxyTable().ipcNs(kernel.tasks().nsproxy(task));
    }

    /** ipc_permissions(): root of the namespace's owner is root here; a restorer of checkpoints may wish for identifiers. */
    private int rights(int task, int mode, boolean isWish) {
        int userNs = kernel.ipcNamespaces().owner(ns(task));
        if (isWish
                && (kernel.capabilities().nsCapable(task, userNs, Capability.CAP_CHECKPOINT_RESTORE)
                        || kernel.capabilities().nsCapable(task, userNs, Capability.CAP_SYS_ADMIN))) {
            return 6;
        }
        return rights(kernel, task, userNs, mode);
    }

    /** What a task may do with a file of such a mode: root of the user namespace that owns the IPC namespace is root here. */
    static int rights(Kernel kernel, int task, int userNs, int mode) {
        int cred = kernel.tasks().cred(task);
        int rootUid = kernel.userNamespaces().makeKuid(userNs, 0);
        int rootGid = kernel.userNamespaces().makeKgid(userNs, 0);
        if (kernel.credTable().euid(cred) == (rootUid == -1 ? 0 : rootUid)) {
            return mode >> 6 & 7;
        }
        int group = rootGid == -1 ? 0 : rootGid;
        boolean isGroup =
                kernel.credTable().egid(cred) == group || kernel.creds().isInGroup(cred, group);
        return isGroup ? mode >> 3 & 7 : mode & 7;
    }

    private void limit(ProcFiles files, String path, GetLong get, SetLong set) {
        ProcShow show = (request, out) -> {
            out.unsigned(get.get(ns(request)));
            return 0;
        };
        ProcStore store = (request, text, length) -> {
            int ns = ns(request);
            return vector.setLong(request, text, length, (index, number) -> {
                set.set(ns, number);
                return 0;
            });
        };
        files.sysctlIpcNs(path, 0644, showing(show), storing(store), limitRights);
    }

    private void limit(ProcFiles files, String path, int most, IntUnaryOperator get, SetInt set) {
        files.sysctlIpcNs(path, 0644, showing(shows(get)), storing(stores(0, most, set)), limitRights);
    }

    private ProcShow shows(IntUnaryOperator get) {
        return (request, out) -> {
            out.decimal(get.applyAsInt(ns(request)));
            return 0;
        };
    }

    private ProcStore stores(int least, int most, SetInt set) {
        return (request, text, length) -> {
            int ns = ns(request);
            return vector.setInts(request, text, length, 1, (index, number) -> {
                if (number < least || number > most) {
                    return -Errno.EINVAL;
                }
                set.set(ns, (int) number);
                return 0;
            });
        };
    }

    private void nextId(ProcFiles files, String path, int kind) {
        ProcStore store = stores(0, Integer.MAX_VALUE, (ns, value) -> namespaces.setNextId(ns, kind, value));
        files.sysctlIpcNs(path, 0444, showing(shows(ns -> namespaces.nextId(ns, kind))), storing(store), wishRights);
    }

    /** proc_ipc_dointvec_minmax_orphans(): looking is enough to make what nobody has any more go. */
    private void rmidForced(ProcFiles files) {
        ProcShow show = (request, out) -> {
            out.decimal(namespaces.shmRmidForced(ns(request)) ? 1 : 0);
            destroyOrphaned(ns(request));
            return 0;
        };
        ProcStore store = stores(0, 1, (ns, value) -> {
            namespaces.setShmRmidForced(ns, value != 0);
            destroyOrphaned(ns);
        });
        files.sysctlIpcNs("kernel/shm_rmid_forced", 0644, showing(show), storing(store), limitRights);
    }

    private void destroyOrphaned(int ns) {
        if (namespaces.shmRmidForced(ns)) {
            kernel.sharedSegments().destroyOrphaned(ns);
        }
    }

    /** proc_ipc_sem_dointvec(): the number of sets is taken back when it is refused, or what comes before it is. */
    private void sem(ProcFiles files) {
        ProcShow show = (request, out) -> {
            for (int i = 0; i < SEM_CTLS; i++) {
                if (i > 0) {
                    out.put('\t');
                }
                out.decimal(namespaces.semCtl(ns(request), i));
            }
            return 0;
        };
        ProcStore store = (request, text, length) -> {
            int ns = ns(request);
            int before = namespaces.semCtl(ns, IpcNamespaceTable.SEMMNI);
            long taken = vector.setInts(request, text, length, SEM_CTLS, (index, number) -> {
                namespaces.setSemCtl(ns, index, (int) number);
                return 0;
            });
            int semmni = namespaces.semCtl(ns, IpcNamespaceTable.SEMMNI);
            if (taken >= 0 && (semmni < 0 || semmni > IpcIds.IPCMNI)) {
                taken = -Errno.ERANGE;
            }
            if (taken < 0) {
                namespaces.setSemCtl(ns, IpcNamespaceTable.SEMMNI, before);
            }
            return taken;
        };
        files.sysctlIpcNs("kernel/sem", 0644, showing(show), storing(store), limitRights);
    }
}
