package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.init.Kernel;
import dev.nestor.ipc.IpcIds;
import dev.nestor.ipc.IpcNamespaceTable;
import dev.nestor.ipc.IpcPermissions;
import dev.nestor.ipc.SemArrayTable;
import dev.nestor.ipc.Semaphores;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Ipc;
import dev.nestor.uapi.Nr;
import java.util.Arrays;

/** Semaphores: semget(2), semop(2), semtimedop(2), semctl(2); ipc/sem.c. */
public final class SysSem {
    private static final int DS_SIZE = 104; // bytes of struct semid64_ds
    private static final int INFO_SIZE = 40; // bytes of struct seminfo
    private static final int SEMBUF_SIZE = 6; // bytes of struct sembuf
    private static final int MOST_SOPS = 1 << 20; // more have no room in memory

    private final TaskTable tasks;
    private final UserMemory memory;
    private final IpcNamespaceTable namespaces;
    private final Semaphores semaphores;
    private final SemArrayTable table;
    private final IpcPerms perms;
    private byte[] bytes = new byte[512 * SEMBUF_SIZE]; // structures and arrays on their way

    public SysSem(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.memory = kernel.userMemory();
        this.namespaces = kernel.ipcNamespaceTable();
        this.semaphores = kernel.semaphores();
        this.table = semaphores.table();
        this.perms = new IpcPerms(kernel);
    }

    public void register(SyscallTable.Builder calls) {
        calls.full(Nr.NR_semget, "semget", this::semget)
                .full(Nr.NR_semop, "semop", this::semop)
                .full(Nr.NR_semtimedop, "semtimedop", this::semtimedop)
                .full(Nr.NR_semctl, "semctl", this::semctl);
    }

    private long semget(int task, SyscallArgs args) {
        return semaphores.semget(task, perms.ns(task), args.intAt(0), args.intAt(1), args.intAt(2));
    }

    private long semop(int task, SyscallArgs args) {
        return semaphores.pendingOperation(task) != NULL
                ? semaphores.resume(task)
                : operate(task, args, Semaphores.NO_TIMEOUT);
    }

    private long semtimedop(int task, SyscallArgs args) {
        if (semaphores.pendingOperation(task) != NULL) {
            return semaphores.resume(task);
        }
        long timeoutNs = Semaphores.NO_TIMEOUT;
        if (args.get(3) != 0) {
            timeoutNs = Timespecs.get(memory, tasks.mm(task), args.get(3), bytes);
            if (timeoutNs == -Errno.EFAULT) {
                return timeoutNs;
            }
        }
        return operate(task, args, timeoutNs);
    }

    /**
     * do_semtimedop().
     *
     * @param timeoutNs or NO_TIMEOUT, or -EINVAL for one that is no time, which is found late
     */
    private long operate(int task, SyscallArgs args, long timeoutNs) {
        int ns = perms.ns(task);
        int nsops = args.intAt(2);
        if (Integer.compareUnsigned(nsops, namespaces.semCtl(ns, IpcNamespaceTable.SEMOPM)) > 0) {
            return -Errno.E2BIG;
        }
        if (nsops < 1) {
            return -Errno.EINVAL;
        }
        if (nsops > MOST_SOPS) {
            return -Errno.ENOMEM;
        }
        reserve(nsops * SEMBUF_SIZE);
        if (memory.copyFromUser(tasks.mm(task), args.get(1), bytes, 0, nsops * SEMBUF_SIZE) != 0) {
            return -Errno.EFAULT;
        }
        if (args.intAt(0) < 0 || timeoutNs == -Errno.EINVAL) {
            return -Errno.EINVAL;
        }
        int operation = semaphores.begin(task, nsops);
        if (operation == NULL) {
            return -Errno.ENOMEM;
        }
        fill(operation, nsops);
        return semaphores.semtimedop(task, ns, args.intAt(0), operation, timeoutNs);
    }

    private void fill(int operation, int nsops) {
        long altered = 0;
        boolean dupsop = false;
        for (int i = 0; i < nsops; i++) {
            int at = i * SEMBUF_SIZE;
            int num = unsignedShort(at);
            int op = (short) unsignedShort(at + 2);
            semaphores.step(operation, i, num, op, (short) unsignedShort(at + 4));
            long mask = 1L << num;
            dupsop |= (altered & mask) != 0;
            altered |= op != 0 ? mask : 0;
        }
        semaphores.setDupsop(operation, dupsop);
    }

    private int unsignedShort(int at) {
        return (bytes[at] & 0xff) | (bytes[at + 1] & 0xff) << 8;
    }

    private void reserve(int size) {
        if (size > bytes.length) {
            bytes = new byte[size];
        }
    }

    private long semctl(int task, SyscallArgs args) {
        int semid = args.intAt(0);
        if (semid < 0) {
            return -Errno.EINVAL;
        }
        int ns = perms.ns(task);
        int cmd = args.intAt(2);
        return switch (cmd) {
            case Ipc.IPC_INFO, Ipc.SEM_INFO -> info(task, ns, cmd, args.get(3));
            case Ipc.IPC_STAT, Ipc.SEM_STAT, Ipc.SEM_STAT_ANY ->
                stat(task, semaphores.stat(task, ns, semid, cmd), args);
            case Ipc.GETALL -> getall(task, semaphores.obtain(task, ns, semid, IpcPermissions.READ), args.get(3));
            case Ipc.SETALL -> setall(task, semaphores.obtain(task, ns, semid, IpcPermissions.WRITE), args.get(3));
            case Ipc.GETVAL, Ipc.GETPID, Ipc.GETNCNT, Ipc.GETZCNT ->
                get(task, semaphores.obtain(task, ns, semid, IpcPermissions.READ), args.intAt(1), cmd);
            case Ipc.SETVAL -> semaphores.setval(task, ns, semid, args.intAt(1), args.intAt(3));
            case Ipc.IPC_SET -> set(task, ns, args);
            case Ipc.IPC_RMID -> semaphores.rmid(task, ns, semid);
            default -> -Errno.EINVAL;
        };
    }

    private long info(int task, int ns, int cmd, long to) {
        boolean now = cmd == Ipc.SEM_INFO;
        Bytes.putInt(bytes, 0, Ipc.SEMMAP);
        Bytes.putInt(bytes, 4, namespaces.semCtl(ns, IpcNamespaceTable.SEMMNI));
        Bytes.putInt(bytes, 8, namespaces.semCtl(ns, IpcNamespaceTable.SEMMNS));
        Bytes.putInt(bytes, 12, Ipc.SEMMNU);
        Bytes.putInt(bytes, 16, namespaces.semCtl(ns, IpcNamespaceTable.SEMMSL));
        Bytes.putInt(bytes, 20, namespaces.semCtl(ns, IpcNamespaceTable.SEMOPM));
        Bytes.putInt(bytes, 24, Ipc.SEMUME);
        Bytes.putInt(bytes, 28, now ? namespaces.inUse(ns, IpcIds.SEM) : Ipc.SEMUSZ);
        Bytes.putInt(bytes, 32, Ipc.SEMVMX);
        Bytes.putInt(bytes, 36, now ? namespaces.usedSems(ns) : Ipc.SEMAEM);
        int copied = memory.copyToUser(tasks.mm(task), to, bytes, 0, INFO_SIZE);
        return copied != 0 ? copied : Math.max(0, namespaces.maxIdx(ns, IpcIds.SEM));
    }

    private long stat(int task, int sma, SyscallArgs args) {
        if (sma < 0) {
            return sma;
        }
        Arrays.fill(bytes, 0, DS_SIZE, (byte) 0);
        perms.put(task, table, sma, bytes);
        Bytes.putLong(bytes, 48, semaphores.otime(sma));
        Bytes.putLong(bytes, 64, table.ctime(sma));
        Bytes.putLong(bytes, 80, table.nsems(sma));
        int copied = memory.copyToUser(tasks.mm(task), args.get(3), bytes, 0, DS_SIZE);
        return copied != 0 ? copied : args.intAt(2) == Ipc.IPC_STAT ? 0 : table.id(sma);
    }

    private long getall(int task, int sma, long to) {
        if (sma < 0) {
            return sma;
        }
        int nsems = table.nsems(sma);
        reserve(2 * nsems);
        for (int i = 0; i < nsems; i++) {
            bytes[2 * i] = (byte) table.semval(sma, i);
            bytes[2 * i + 1] = (byte) (table.semval(sma, i) >>> 8);
        }
        return memory.copyToUser(tasks.mm(task), to, bytes, 0, 2 * nsems);
    }

    private long setall(int task, int sma, long from) {
        if (sma < 0) {
            return sma;
        }
        int nsems = table.nsems(sma);
        reserve(2 * nsems);
        if (memory.copyFromUser(tasks.mm(task), from, bytes, 0, 2 * nsems) != 0) {
            return -Errno.EFAULT;
        }
        for (int i = 0; i < nsems; i++) {
            if (unsignedShort(2 * i) > Ipc.SEMVMX) {
                return -Errno.ERANGE;
            }
        }
        for (int i = 0; i < nsems; i++) {
            semaphores.setOne(task, sma, i, unsignedShort(2 * i));
        }
        semaphores.changed(sma);
        return 0;
    }

    private long get(int task, int sma, int num, int cmd) {
        if (sma < 0) {
            return sma;
        }
        if (num < 0 || num >= table.nsems(sma)) {
            return -Errno.EINVAL;
        }
        return switch (cmd) {
            case Ipc.GETVAL -> table.semval(sma, num);
            case Ipc.GETPID -> perms.vnr(task, table.sempid(sma, num));
            default -> semaphores.waiters(sma, num, cmd == Ipc.GETZCNT);
        };
    }

    private long set(int task, int ns, SyscallArgs args) {
        if (memory.copyFromUser(tasks.mm(task), args.get(3), bytes, 0, DS_SIZE) != 0) {
            return -Errno.EFAULT;
        }
        return semaphores.set(task, ns, args.intAt(0), perms.get(bytes));
    }
}
