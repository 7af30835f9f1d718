package dev.nestor.ipc;

import static dev.nestor.fs.FileOps.BLOCKED;
import static dev.nestor.table.Table.NULL;

import dev.nestor.event.Clock;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.machine.Work;
import dev.nestor.table.HotPath;
import dev.nestor.table.StateHash;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Ipc;
import dev.nestor.uapi.Sched;

/**
 * Semaphores: ipc/sem.c.
 *
 * <p>An operation has a row, sem_queue, from its beginning to its end; while it waits, its handle is kept in restart word
 * 0. Whoever makes it possible performs it for the sleeper, who only learns how it ended.
 */
public final class Semaphores implements IpcNamespaces.Contents {
    /** No timeout. */
    public static final long NO_TIMEOUT = -1;

    private static final int QUEUE = 0; // restart word
    private static final int HAS_TIMER = 1; // restart word; bool
    private static final int S_IRWXUGO = 0777;

    private final IpcNamespaceTable namespaces;
    private final SemTables tables;
    private final SemArrayTable arrays;
    private final SemQueueTable operations;
    private final SemQueues queues;
    private final SemUndos undos;
    private final IpcIds ids;
    private final IpcPermissions permissions;
    private final IpcBelow below;
    private final TaskTable tasks;
    private final Work work;
    private final Ops ops = new Ops();
    private boolean undoes; // of the operation that is being made: some step has SEM_UNDO
    private int highest; // of the operation that is being made: the highest semaphore it names

    public Semaphores(IpcNamespaceTable namespaces, SemTables tables, IpcPermissions permissions, IpcBelow below) {
        this.namespaces = namespaces;
        this.tables = tables;
        this.arrays = tables.arrays();
        this.operations = tables.queues();
        this.permissions = permissions;
        this.below = below;
        this.tasks = below.tasks();
        this.work = below.work();
        this.queues = new SemQueues(tables, below);
        this.undos = new SemUndos(tables, queues, below);
        this.ids = new IpcIds(IpcIds.SEM, namespaces, arrays, permissions, work);
    }

    public SemArrayTable table() {
        return arrays;
    }

    public SemTables tables() {
        return tables;
    }

    public IpcIds ids() {
        return ids;
    }

    public SemUndos undos() {
        return undos;
    }

    /** semget(2): an identifier, or EINVAL, ENOENT, EEXIST, EACCES, ENOSPC, ENOMEM. */
    public int semget(int task, int ns, int key, int nsems, int flag) {
        if (nsems < 0 || nsems > namespaces.semCtl(ns, IpcNamespaceTable.SEMMSL)) {
            return -Errno.EINVAL;
        }
        return ids.ipcget(task, ns, key, flag, ops, nsems);
    }

    private final class Ops implements IpcIds.Ops {
        /** newary(). */
        @Override
        public int getNew(int task, int ns, int key, int flag, long param) {
            int nsems = (int) param;
            if (nsems == 0) {
                return -Errno.EINVAL;
            }
            if (namespaces.usedSems(ns) + nsems > namespaces.semCtl(ns, IpcNamespaceTable.SEMMNS)) {
                return -Errno.ENOSPC;
            }
            int sma = arrays.create(nsems);
            if (sma == NULL) {
                return -Errno.ENOMEM;
            }
            arrays.setKey(sma, key);
            arrays.setMode(sma, flag & S_IRWXUGO);
            arrays.setCtime(sma, below.realSeconds());
            int id = ids.addid(task, ns, sma, namespaces.semCtl(ns, IpcNamespaceTable.SEMMNI));
            if (id < 0) {
                arrays.destroy(sma);
                return id;
            }
            namespaces.setUsedSems(ns, namespaces.usedSems(ns) + nsems);
            work.add(Work.OBJECT_ALLOC);
            return id;
        }

        /** sem_more_checks(). */
        @Override
        public int moreChecks(int object, long param) {
            return param > arrays.nsems(object) ? -Errno.EINVAL : 0;
        }
    }

    /** An operation of so many steps, to be filled with {@link #step} and given to {@link #semtimedop}; NULL at a limit. */
    public int begin(int task, int nsops) {
        int operation = operations.create(nsops);
        if (operation != NULL) {
            operations.setSleeper(operation, task);
            operations.setPid(operation, below.pids().tgid(task));
            undoes = false;
            highest = 0;
        }
        return operation;
    }

    /** One struct sembuf of an operation. */
    public void step(int operation, int index, int num, int op, int flag) {
        operations.setSop(operation, index, num, op, flag);
        highest = Math.max(highest, num);
        undoes |= (flag & Ipc.SEM_UNDO) != 0;
        if (op != 0) {
            operations.setAlter(operation, true);
        }
    }

    /** The kernel's quick guess at operations that name a semaphore twice, after it has altered it. */
    public void setDupsop(int operation, boolean value) {
        operations.setDupsop(operation, value);
    }

    /** Gives up an operation that was never made. */
    public void abandon(int operation) {
        operations.destroy(operation);
    }

    /** The operation that the task waits in, or NULL at first entry. */
    public int pendingOperation(int task) {
        return (int) tasks.restart(task, QUEUE);
    }

    /**
     * __do_semtimedop(): 0, BLOCKED, or EINVAL, EFBIG, EACCES, EAGAIN, ERANGE, ENOMEM, EIDRM, EINTR. The operation is gone
     * when this does not block.
     */
    @HotPath
    public long semtimedop(int task, int ns, int semid, int operation, long timeoutNs) {
        int sma = ids.obtainCheck(ns, semid);
        if (sma < 0) {
            return end(operation, sma);
        }
        if (undoes) {
            int undo = undos.findOrCreate(task, sma);
            if (undo == NULL) {
                return end(operation, -Errno.ENOMEM);
            }
            operations.setUndo(operation, undo);
        }
        if (highest >= arrays.nsems(sma)) {
            return end(operation, -Errno.EFBIG);
        }
        boolean alter = operations.isAlter(operation);
        if (!permissions.ipcperms(task, arrays, sma, alter ? IpcPermissions.WRITE : IpcPermissions.READ)) {
            return end(operation, -Errno.EACCES);
        }
        int error = queues.perform(sma, operation);
        if (error == SemQueues.WOULD_BLOCK) {
            return sleep(task, sma, operation, timeoutNs);
        }
        if (error == 0 && alter) {
            queues.update(sma, operation, true);
        } else if (error == 0) {
            queues.setOtime(sma, operation);
        }
        queues.unmerge(sma);
        return end(operation, error);
    }

    private long end(int operation, int result) {
        operations.destroy(operation);
        return result;
    }

    private long sleep(int task, int sma, int operation, long timeoutNs) {
        queues.enqueue(sma, operation);
        tasks.setRestart(task, QUEUE, operation);
        if (timeoutNs != NO_TIMEOUT) {
            long expires = expiry(task, timeoutNs);
            if (expires != Clock.NEVER) {
                tasks.setRestart(task, HAS_TIMER, 1);
                work.add(Work.TIMER_ARM);
                if (!below.timers().sleepUntil(task, expires)) {
                    queues.unlink(sma, operation);
                    return end(operation, -Errno.ENOMEM);
                }
            }
        }
        below.sleep(task);
        return BLOCKED;
    }

    /** When a wait of so many ns ends, in cycles: with the task's slack, as nothing else is likely to come between. */
    private long expiry(int task, long timeoutNs) {
        int policy = tasks.policy(task);
        boolean realtime = policy == Sched.SCHED_FIFO || policy == Sched.SCHED_RR || policy == Sched.SCHED_DEADLINE;
        long slackNs = realtime ? 0 : tasks.timerSlackNs(task);
        if (timeoutNs >= Long.MAX_VALUE - slackNs) {
            return Clock.NEVER;
        }
        long cycles = below.time().nsToCycles(timeoutNs + slackNs);
        long now = below.time().now();
        return cycles >= Clock.NEVER - now ? Clock.NEVER : now + cycles;
    }

    /** The task that waits in an operation has been woken: as {@link #semtimedop}. */
    @HotPath
    public long resume(int task) {
        int operation = pendingOperation(task);
        int status = operations.status(operation);
        boolean timedOut =
                tasks.restart(task, HAS_TIMER) != 0 && !below.timers().isSleeping(task);
        if (status == -Errno.EINTR && !timedOut && !tasks.sigpending(task)) {
            below.sleep(task);
            return BLOCKED;
        }
        below.timers().cancelSleep(task);
        tasks.setRestart(task, QUEUE, NULL);
        if (status == -Errno.EINTR) {
            int sma = arrays.pending().owner(operation);
            queues.unlink(sma, operation);
            queues.unmerge(sma);
            status = timedOut ? -Errno.EAGAIN : -Errno.EINTR;
        }
        return end(operation, status);
    }

    /** semctl(IPC_STAT), or by index SEM_STAT and (whoever asks) SEM_STAT_ANY: the set, or EINVAL, EACCES. */
    public int stat(int task, int ns, int semid, int cmd) {
        int sma = cmd == Ipc.IPC_STAT ? ids.obtainCheck(ns, semid) : ids.obtain(ns, semid);
        boolean hidden =
                sma > NULL && cmd != Ipc.SEM_STAT_ANY && !permissions.ipcperms(task, arrays, sma, IpcPermissions.READ);
        return hidden ? -Errno.EACCES : sma;
    }

    /** get_semotime(): s since 1970. */
    public long otime(int sma) {
        long latest = 0;
        for (int num = 0; num < arrays.nsems(sma); num++) {
            latest = Math.max(latest, arrays.otime(sma, num));
        }
        return latest;
    }

    /** The beginning of semctl_main(): the set, if the task may read or (IpcPermissions.WRITE) alter it; EINVAL, EACCES. */
    public int obtain(int task, int ns, int semid, int access) {
        int sma = ids.obtainCheck(ns, semid);
        return sma > NULL && !permissions.ipcperms(task, arrays, sma, access) ? -Errno.EACCES : sma;
    }

    /** GETNCNT, GETZCNT: tasks that wait for a semaphore to rise, or to become zero. */
    public int waiters(int sma, int num, boolean forZero) {
        return queues.count(sma, num, forZero);
    }

    /** semctl_setval(): 0, or ERANGE, EINVAL, EACCES. */
    public int setval(int task, int ns, int semid, int num, int value) {
        if (value > Ipc.SEMVMX || value < 0) {
            return -Errno.ERANGE;
        }
        int sma = ids.obtainCheck(ns, semid);
        if (sma < 0) {
            return sma;
        }
        if (num < 0 || num >= arrays.nsems(sma)) {
            return -Errno.EINVAL;
        }
        if (!permissions.ipcperms(task, arrays, sma, IpcPermissions.WRITE)) {
            return -Errno.EACCES;
        }
        setOne(task, sma, num, value);
        changed(sma);
        return 0;
    }

    /** One value of SETALL, to be followed by {@link #changed}. */
    public void setOne(int task, int sma, int num, int value) {
        undos.forget(sma, num);
        arrays.setSemval(sma, num, value);
        queues.updatePid(sma, num, below.pids().tgid(task));
    }

    /** Values have been set: whoever waited for them goes on. */
    public void changed(int sma) {
        arrays.setCtime(sma, below.realSeconds());
        queues.update(sma, NULL, false);
        queues.unmerge(sma);
    }

    /** semctl(IPC_SET): 0, or EINVAL, EPERM. */
    public int set(int task, int ns, int semid, IpcPermissions.IpcPerm perm) {
        int sma = ids.obtainToControl(task, ns, semid);
        if (sma < 0) {
            return sma;
        }
        int error = permissions.updatePerm(task, arrays, sma, perm);
        if (error == 0) {
            arrays.setCtime(sma, below.realSeconds());
        }
        return error;
    }

    /** semctl(IPC_RMID): 0, or EINVAL, EPERM. */
    public int rmid(int task, int ns, int semid) {
        int sma = ids.obtainToControl(task, ns, semid);
        if (sma < 0) {
            return sma;
        }
        freeary(ns, sma);
        return 0;
    }

    /** freeary(): whoever waits gets EIDRM, and nothing is undone any more. */
    private void freeary(int ns, int sma) {
        undos.free(sma);
        queues.wakeAll(sma, -Errno.EIDRM);
        for (int num = 0; num < arrays.nsems(sma); num++) {
            queues.updatePid(sma, num, NULL);
        }
        ids.rmid(ns, sma);
        namespaces.setUsedSems(ns, namespaces.usedSems(ns) - arrays.nsems(sma));
        arrays.destroy(sma);
        work.add(Work.OBJECT_FREE);
    }

    @Override
    public void initNs(int ns) {
        ids.initNs(ns);
    }

    @Override
    public void exitNs(int ns) {
        for (int sma = ids.next(ns, 0); sma != NULL; sma = ids.next(ns, 0)) {
            freeary(ns, sma);
        }
        ids.exitNs(ns);
    }

    public void digest(StateHash hash) {
        tables.digest(hash);
        ids.digest(hash);
    }
}
