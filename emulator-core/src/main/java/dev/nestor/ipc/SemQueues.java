package dev.nestor.ipc;

import static dev.nestor.table.Table.NULL;

import dev.nestor.machine.Work;
import dev.nestor.table.Chain;
import dev.nestor.table.HotPath;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Ipc;

/** Operations on a set, and those that wait for it: perform_atomic_semop() and do_smart_update() of ipc/sem.c. */
final class SemQueues {
    /*
     * Lists. The kernel keeps two lists for each semaphore and two for the set: operations that alter, and operations that
     * only wait for zero. Here one chain holds them all in the order in which they came, and each says whose list it is
     * on; what is said of a list is said of those of the chain that name it. While an operation on several semaphores
     * waits, all that alter are on the list of the set (merge_queues()), grouped by semaphore as they were found.
     */
    static final int WHOLE_SET = SemQueueTable.WHOLE_SET;

    /** perform(): the caller must wait. */
    static final int WOULD_BLOCK = 1;

    private final SemArrayTable arrays;
    private final SemQueueTable queues;
    private final SemUndoTable undos;
    private final IpcBelow below;
    private final Work work;

    SemQueues(SemTables tables, IpcBelow below) {
        this.arrays = tables.arrays();
        this.queues = tables.queues();
        this.undos = tables.undos();
        this.below = below;
        this.work = below.work();
    }

    /** perform_atomic_semop(): all of an operation or nothing of it. 0, WOULD_BLOCK, -EAGAIN or -ERANGE. */
    @HotPath
    int perform(int sma, int queue) {
        return queues.isDupsop(queue) ? performInSteps(sma, queue) : performAtOnce(sma, queue);
    }

    private int performAtOnce(int sma, int queue) {
        int count = queues.nsops(queue);
        for (int i = 0; i < count; i++) {
            int error = look(sma, queue, i);
            if (error != 0) {
                return error;
            }
        }
        for (int i = 0; i < count; i++) {
            apply(sma, queue, i, 1);
            updatePid(sma, queues.num(queue, i), queues.pid(queue));
        }
        return 0;
    }

    /** perform_atomic_semop_slow(): each step sees what those before it have done. */
    private int performInSteps(int sma, int queue) {
        int count = queues.nsops(queue);
        for (int i = 0; i < count; i++) {
            int error = look(sma, queue, i);
            if (error != 0) {
                for (int done = i - 1; done >= 0; done--) {
                    apply(sma, queue, done, -1);
                }
                return error;
            }
            apply(sma, queue, i, 1);
        }
        for (int i = count - 1; i >= 0; i--) {
            updatePid(sma, queues.num(queue, i), queues.pid(queue));
        }
        return 0;
    }

    /** Whether one step can be done. */
    private int look(int sma, int queue, int index) {
        int num = queues.num(queue, index);
        int op = queues.op(queue, index);
        int before = arrays.semval(sma, num);
        int after = before + op;
        work.add(Work.LINE_TOUCH);
        if ((op == 0 && before != 0) || after < 0) {
            queues.setBlocking(queue, index);
            return (queues.flag(queue, index) & Ipc.IPC_NOWAIT) != 0 ? -Errno.EAGAIN : WOULD_BLOCK;
        }
        if (after > Ipc.SEMVMX) {
            return -Errno.ERANGE;
        }
        if ((queues.flag(queue, index) & Ipc.SEM_UNDO) != 0) {
            int adjustment = undos.semadj(queues.undo(queue), num) - op;
            if (adjustment < -Ipc.SEMAEM - 1 || adjustment > Ipc.SEMAEM) {
                return -Errno.ERANGE;
            }
        }
        return 0;
    }

    /** @param sign -1 to take the step back */
    private void apply(int sma, int queue, int index, int sign) {
        int num = queues.num(queue, index);
        int op = sign * queues.op(queue, index);
        arrays.setSemval(sma, num, arrays.semval(sma, num) + op);
        if ((queues.flag(queue, index) & Ipc.SEM_UNDO) != 0) {
            int undo = queues.undo(queue);
            undos.setSemadj(undo, num, undos.semadj(undo, num) - op);
        }
    }

    void updatePid(int sma, int num, int pid) {
        arrays.setSempid(sma, num, below.updatePid(arrays.sempid(sma, num), pid));
    }

    /** Puts an operation that must wait where its turn will come. */
    void enqueue(int sma, int queue) {
        boolean simple = queues.nsops(queue) == 1;
        if (!simple && arrays.complexCount(sma) == 0) {
            merge(sma);
        }
        boolean onSet = !simple || (queues.isAlter(queue) && arrays.complexCount(sma) > 0);
        queues.setList(queue, onSet ? WHOLE_SET : queues.num(queue, 0));
        arrays.pending().addLast(sma, queue);
        if (!simple) {
            arrays.setComplexCount(sma, arrays.complexCount(sma) + 1);
        }
        queues.setStatus(queue, -Errno.EINTR);
    }

    /** unlink_queue(). */
    void unlink(int sma, int queue) {
        arrays.pending().remove(queue);
        if (queues.nsops(queue) > 1) {
            arrays.setComplexCount(sma, arrays.complexCount(sma) - 1);
        }
    }

    /** merge_queues(): alterations move to the list of the set, those of the lowest semaphore first. */
    private void merge(int sma) {
        Chain pending = arrays.pending();
        int num = lowestAfter(sma, WHOLE_SET);
        while (num != Integer.MAX_VALUE) {
            int last = pending.last(sma);
            int queue = pending.first(sma);
            boolean more = true;
            while (more) {
                more = queue != last;
                int next = pending.next(queue);
                if (queues.isAlter(queue) && queues.list(queue) == num) {
                    queues.setList(queue, WHOLE_SET);
                    pending.remove(queue);
                    pending.addLast(sma, queue);
                }
                queue = next;
            }
            num = lowestAfter(sma, num);
        }
        arrays.setMerged(sma, true);
    }

    /** The lowest semaphore above another one that has an alteration on its list, or MAX_VALUE. */
    private int lowestAfter(int sma, int num) {
        int lowest = Integer.MAX_VALUE;
        Chain pending = arrays.pending();
        for (int queue = pending.first(sma); queue != NULL; queue = pending.next(queue)) {
            if (queues.isAlter(queue) && queues.list(queue) > num) {
                lowest = Math.min(lowest, queues.list(queue));
            }
        }
        return lowest;
    }

    /** unmerge_queues(), once no operation on several semaphores waits: alterations go back to their semaphores. */
    void unmerge(int sma) {
        if (!arrays.isMerged(sma) || arrays.complexCount(sma) > 0) {
            return;
        }
        Chain pending = arrays.pending();
        for (int queue = pending.first(sma); queue != NULL; queue = pending.next(queue)) {
            if (queues.isAlter(queue)) {
                queues.setList(queue, queues.num(queue, 0));
            }
        }
        arrays.setMerged(sma, false);
    }

    /** The first of a list at or behind a member of the chain; NULL when there is none. */
    private int nextOn(int from, int list, boolean alter) {
        Chain pending = arrays.pending();
        int queue = from;
        while (queue != NULL && (queues.list(queue) != list || queues.isAlter(queue) != alter)) {
            queue = pending.next(queue);
        }
        return queue;
    }

    private int firstOn(int sma, int list, boolean alter) {
        return nextOn(arrays.pending().first(sma), list, alter);
    }

    /**
     * do_smart_update(): what waits and can go on now, goes on.
     *
     * @param by the operation that has been performed; NULL when any semaphore may have changed
     * @param operated whether sem_otime is to be set even if nobody goes on
     */
    @HotPath
    void update(int sma, int by, boolean operated) {
        if (arrays.pending().isEmpty(sma)) {
            if (operated) {
                setOtime(sma, by);
            }
            return;
        }
        boolean completed = wakeZero(sma, by);
        if (firstOn(sma, WHOLE_SET, true) != NULL) {
            completed |= updateQueue(sma, WHOLE_SET);
        } else if (by == NULL) {
            for (int num = 0; num < arrays.nsems(sma); num++) {
                completed |= updateQueue(sma, num);
            }
        } else {
            for (int i = 0; i < queues.nsops(by); i++) {
                if (queues.op(by, i) > 0) {
                    completed |= updateQueue(sma, queues.num(by, i));
                }
            }
        }
        if (operated || completed) {
            setOtime(sma, by);
        }
    }

    /** set_semotime(). */
    void setOtime(int sma, int by) {
        arrays.setOtime(sma, by == NULL ? 0 : queues.num(by, 0), below.realSeconds());
    }

    /** do_smart_wakeup_zero(). */
    private boolean wakeZero(int sma, int by) {
        boolean completed = false;
        boolean gotZero = false;
        int count = by == NULL ? arrays.nsems(sma) : queues.nsops(by);
        for (int i = 0; i < count; i++) {
            int num = by == NULL ? i : queues.num(by, i);
            if (arrays.semval(sma, num) == 0) {
                gotZero = true;
                completed |= wakeConst(sma, num);
            }
        }
        if (gotZero) {
            completed |= wakeConst(sma, WHOLE_SET);
        }
        return completed;
    }

    /** wake_const_ops(). */
    private boolean wakeConst(int sma, int list) {
        boolean completed = false;
        int queue = firstOn(sma, list, false);
        while (queue != NULL) {
            int next = nextOn(arrays.pending().next(queue), list, false);
            work.add(Work.LIST_STEP);
            int error = perform(sma, queue);
            if (error != WOULD_BLOCK) {
                unlink(sma, queue);
                wake(queue, error);
                completed |= error == 0;
            }
            queue = next;
        }
        return completed;
    }

    /** update_queue(). */
    private boolean updateQueue(int sma, int list) {
        boolean completed = false;
        int queue = firstOn(sma, list, true);
        while (queue != NULL) {
            if (list != WHOLE_SET && arrays.semval(sma, list) == 0) {
                return completed;
            }
            int next = nextOn(arrays.pending().next(queue), list, true);
            work.add(Work.LIST_STEP);
            int error = perform(sma, queue);
            if (error == WOULD_BLOCK) {
                queue = next;
                continue;
            }
            unlink(sma, queue);
            boolean again = false;
            if (error == 0) {
                completed = true;
                wakeZero(sma, queue);
                again = queues.nsops(queue) > 1 || firstOn(sma, WHOLE_SET, true) != NULL;
            }
            wake(queue, error);
            queue = again ? firstOn(sma, list, true) : next;
        }
        return completed;
    }

    /** Ends all that waits for a set that goes. */
    void wakeAll(int sma, int status) {
        wakeAll(sma, WHOLE_SET, status);
        for (int num = 0; num < arrays.nsems(sma) && !arrays.pending().isEmpty(sma); num++) {
            wakeAll(sma, num, status);
        }
    }

    private void wakeAll(int sma, int list, int status) {
        for (int kind = 0; kind < 2; kind++) {
            for (int queue = firstOn(sma, list, kind == 1); queue != NULL; queue = firstOn(sma, list, kind == 1)) {
                unlink(sma, queue);
                wake(queue, status);
            }
        }
    }

    /** wake_up_sem_queue_prepare(): the sleeper finds how it ended. */
    void wake(int queue, int status) {
        queues.setStatus(queue, status);
        below.wakeups().wakeUpProcess(queues.sleeper(queue));
    }

    /** count_semcnt(): tasks that wait for a semaphore to become zero, or to rise. */
    int count(int sma, int num, boolean forZero) {
        int count = 0;
        Chain pending = arrays.pending();
        for (int queue = pending.first(sma); queue != NULL; queue = pending.next(queue)) {
            work.add(Work.LIST_STEP);
            if (queues.list(queue) != WHOLE_SET) {
                count += queues.list(queue) == num && queues.isAlter(queue) != forZero ? 1 : 0;
            } else if (forZero || queues.isAlter(queue)) {
                int at = queues.blocking(queue);
                boolean zero = queues.op(queue, at) == 0;
                count += queues.num(queue, at) == num && zero == forZero ? 1 : 0;
            }
        }
        return count;
    }
}
