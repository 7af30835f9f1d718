package dev.nestor.syscalls;

import dev.nestor.init.Kernel;
import dev.nestor.ipc.IpcIds;
import dev.nestor.ipc.IpcNamespaceTable;
import dev.nestor.ipc.SharedSegments;
import dev.nestor.ipc.ShmTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Ipc;
import dev.nestor.uapi.Nr;
import java.util.Arrays;

/** Shared memory segments: shmget(2), shmat(2), shmdt(2), shmctl(2); ipc/shm.c. */
public final class SysShm {
    private static final int DS_SIZE = 112; // bytes of struct shmid64_ds
    private static final int LIMITS_SIZE = 72; // bytes of struct shminfo64
    private static final int INFO_SIZE = 48; // bytes of struct shm_info

    private final TaskTable tasks;
    private final UserMemory memory;
    private final IpcNamespaceTable namespaces;
    private final SharedSegments segments;
    private final ShmTable table;
    private final IpcPerms perms;
    private final byte[] bytes = new byte[DS_SIZE];

    public SysShm(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.memory = kernel.userMemory();
        this.namespaces = kernel.ipcNamespaceTable();
        this.segments = kernel.sharedSegments();
        this.table = segments.table();
        this.perms = new IpcPerms(kernel);
    }

    public void register(SyscallTable.Builder calls) {
        calls.partial(Nr.NR_shmget, "shmget", this::shmget, "no huge pages: SHM_HUGETLB is ENOMEM")
                .full(Nr.NR_shmat, "shmat", this::shmat)
                .full(Nr.NR_shmdt, "shmdt", this::shmdt)
                .partial(
                        Nr.NR_shmctl,
                        "shmctl",
                        this::shmctl,
                        "SHM_LOCK looks at RLIMIT_MEMLOCK without what the user has locked otherwise");
    }

    private long shmget(int task, SyscallArgs args) {
        return segments.shmget(task, perms.ns(task), args.intAt(0), args.get(1), args.intAt(2));
    }

    private long shmat(int task, SyscallArgs args) {
        return segments.shmat(task, perms.ns(task), args.intAt(0), args.get(1), args.intAt(2));
    }

    private long shmdt(int task, SyscallArgs args) {
        return segments.shmdt(task, args.get(0));
    }

    private long shmctl(int task, SyscallArgs args) {
        int shmid = args.intAt(0);
        int cmd = args.intAt(1);
        if (cmd < 0 || shmid < 0) {
            return -Errno.EINVAL;
        }
        int ns = perms.ns(task);
        return switch (cmd) {
            case Ipc.IPC_INFO -> limits(task, ns, args.get(2));
            case Ipc.SHM_INFO -> info(task, ns, args.get(2));
            case Ipc.IPC_STAT, Ipc.SHM_STAT, Ipc.SHM_STAT_ANY -> stat(task, segments.stat(task, ns, shmid, cmd), args);
            case Ipc.IPC_SET -> set(task, ns, args);
            case Ipc.IPC_RMID -> segments.rmid(task, ns, shmid);
            case Ipc.SHM_LOCK, Ipc.SHM_UNLOCK -> segments.lock(task, ns, shmid, cmd == Ipc.SHM_LOCK);
            default -> -Errno.EINVAL;
        };
    }

    private long limits(int task, int ns, long to) {
        Arrays.fill(bytes, (byte) 0);
        Bytes.putLong(bytes, 0, namespaces.shmCtlmax(ns));
        Bytes.putLong(bytes, 8, Ipc.SHMMIN);
        Bytes.putLong(bytes, 16, namespaces.shmCtlmni(ns));
        Bytes.putLong(bytes, 24, namespaces.shmCtlmni(ns));
        Bytes.putLong(bytes, 32, namespaces.shmCtlall(ns));
        return result(task, ns, to, LIMITS_SIZE);
    }

    private long info(int task, int ns, long to) {
        Arrays.fill(bytes, (byte) 0);
        Bytes.putInt(bytes, 0, namespaces.inUse(ns, IpcIds.SHM));
        Bytes.putLong(bytes, 8, namespaces.shmTot(ns));
        Bytes.putLong(bytes, 16, segments.residentIn(ns));
        return result(task, ns, to, INFO_SIZE);
    }

    private long result(int task, int ns, long to, int size) {
        int copied = memory.copyToUser(tasks.mm(task), to, bytes, 0, size);
        return copied != 0 ? copied : Math.max(0, namespaces.maxIdx(ns, IpcIds.SHM));
    }

    private long stat(int task, int shp, SyscallArgs args) {
        if (shp < 0) {
            return shp;
        }
        Arrays.fill(bytes, (byte) 0);
        perms.put(task, table, shp, bytes);
        Bytes.putLong(bytes, 48, table.segsz(shp));
        Bytes.putLong(bytes, 56, table.atim(shp));
        Bytes.putLong(bytes, 64, table.dtim(shp));
        Bytes.putLong(bytes, 72, table.ctim(shp));
        Bytes.putInt(bytes, 80, perms.vnr(task, table.cprid(shp)));
        Bytes.putInt(bytes, 84, perms.vnr(task, table.lprid(shp)));
        Bytes.putLong(bytes, 88, table.nattch(shp));
        int copied = memory.copyToUser(tasks.mm(task), args.get(2), bytes, 0, DS_SIZE);
        return copied != 0 ? copied : args.intAt(1) == Ipc.IPC_STAT ? 0 : table.id(shp);
    }

    private long set(int task, int ns, SyscallArgs args) {
        if (memory.copyFromUser(tasks.mm(task), args.get(2), bytes, 0, DS_SIZE) != 0) {
            return -Errno.EFAULT;
        }
        return segments.set(task, ns, args.intAt(0), perms.get(bytes));
    }
}
