package dev.nestor.kernel.futex;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.task.TaskTable;
import dev.nestor.machine.Work;
import dev.nestor.mm.UserMemory;
import dev.nestor.table.Chain;
import dev.nestor.table.HotPath;
import dev.nestor.table.StateHash;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Futex;

/**
 * Futexes: kernel/futex/core.c, waitwake.c, requeue.c.
 *
 * <p>A task waits by a futex_q for each futex that it waits for. Waking takes the futex_q out of its bucket and leaves it with
 * its task, which so finds out, when it runs, that it has been woken, and which futex did it.
 */
public final class Futexes {
    private final TaskTable tasks;
    private final FutexBucketTable buckets;
    private final FutexQTable waiters;
    private final UserMemory memory;
    private final FutexKeys keys;
    private final Work work;
    private final FutexQueues queues;
    private final Chain waits; // of a task: in the order in which it asked
    private final PiFutexes pi;
    private final FutexKey key = new FutexKey();
    private final FutexKey second = new FutexKey();

    /** The tables that this room has. */
    public record Tables(FutexBucketTable buckets, FutexQTable waiters, FutexPiStateTable states) {}

    public Futexes(TaskTable tasks, Tables tables, FutexKeys keys, PiFutexes.Scheduling scheduling, Work work) {
        this.tasks = tasks;
        this.buckets = tables.buckets();
        this.waiters = tables.waiters();
        this.memory = keys.memory();
        this.keys = keys;
        this.work = work;
        this.queues = new FutexQueues(tasks, buckets, waiters, scheduling.wakeups());
        this.waits = queues.waits();
        this.pi = new PiFutexes(tasks, tables.states(), queues, scheduling, keys, work);
    }

    /** Locks that lend priorities. */
    public PiFutexes pi() {
        return pi;
    }

    /**
     * futex_wait_setup(): queues a task for a futex, if the word there has the value. The task goes to sleep when all that it
     * waits for has been set up.
     *
     * @param flags of {@link FutexKeys}
     * @return 0; EAGAIN when the value is another; EINVAL, EFAULT; ENOMEM at the limit of waiters
     */
    @HotPath
    public int waitSetup(int task, long address, int value, int flags, int bitset) {
        int mm = tasks.mm(task);
        int error = keys.get(mm, address, flags, false, key);
        if (error != 0) {
            return error;
        }
        int found = memory.getInt(mm, address);
        if (memory.faulted()) {
            return -Errno.EFAULT;
        }
        if (found != value) {
            return -Errno.EAGAIN;
        }
        work.add(Work.WAIT);
        int waiter = waiters.alloc();
        if (waiter == NULL) {
            return -Errno.ENOMEM;
        }
        waiters.setBitset(waiter, bitset);
        queues.add(task, waiter, key);
        return 0;
    }

    /** get_futex_key() alone, for one of several that are looked at before any is queued. 0, EINVAL, EFAULT. */
    public int check(int task, long address, int flags) {
        return keys.get(tasks.mm(task), address, flags, false, key);
    }

    /** Whether the task waits for a futex, woken or not. */
    public boolean isWaiting(int task) {
        return !waits.isEmpty(task);
    }

    /** futex_unqueue_multiple(): the task waits for none any more. The last of its futexes that had been woken, or -1. */
    @HotPath
    public int unqueue(int task) {
        if (pi.isWaiting(task)) {
            pi.abandon(task);
            return -1;
        }
        int woken = -1;
        int index = 0;
        for (int waiter = waits.first(task); waiter != NULL; waiter = waits.first(task)) {
            if (!queues.isQueued(waiter)) {
                woken = index;
            }
            queues.remove(waiter);
            waiters.free(waiter);
            index++;
        }
        return woken;
    }

    /**
     * futex_wake(): wakes so many of those whose bitset has a bit in common, at least one.
     *
     * @param mm in which the address lies
     * @return how many; EINVAL, EFAULT
     */
    @HotPath
    public int wake(int mm, long address, int flags, int most, int bitset) {
        if (bitset == 0) {
            return -Errno.EINVAL;
        }
        int error = keys.get(mm, address, flags, false, key);
        if (error != 0) {
            return error;
        }
        return (flags & FutexKeys.STRICT) != 0 && most == 0 ? 0 : wakeMatching(key, most, bitset);
    }

    /** futex_wake_op(): changes the second word, wakes at the first and, if its old value was so, at the second. */
    public int wakeOp(int mm, Places places, int most, int most2, int operation) {
        int error = keys.get(mm, places.address, places.flags, false, key);
        if (error == 0) {
            error = keys.get(mm, places.address2, places.flags2, true, second);
        }
        if (error != 0) {
            return error;
        }
        int holds = atomicOp(mm, places.address2, operation);
        if (holds < 0) {
            return holds;
        }
        int woken = wakeMatching(key, most, Futex.FUTEX_BITSET_MATCH_ANY);
        if (woken < 0 || holds == 0) {
            return woken;
        }
        int also = wakeMatching(second, most2, Futex.FUTEX_BITSET_MATCH_ANY);
        return also < 0 ? also : woken + also;
    }

    /**
     * futex_requeue(): wakes so many and makes others wait for another futex.
     *
     * @param places the two futexes
     * @param compares whether the first word must have the value
     * @return how many were woken or moved; EINVAL, EFAULT, EAGAIN
     */
    public int requeue(int mm, Places places, int nrWake, int nrRequeue, boolean compares, int value) {
        if (nrWake < 0 || nrRequeue < 0) {
            return -Errno.EINVAL;
        }
        int error = keys.get(mm, places.address, places.flags, false, key);
        if (error == 0) {
            error = keys.get(mm, places.address2, places.flags2, false, second);
        }
        if (error != 0) {
            return error;
        }
        if (compares) {
            int found = memory.getInt(mm, places.address);
            if (memory.faulted()) {
                return -Errno.EFAULT;
            }
            if (found != value) {
                return -Errno.EAGAIN;
            }
        }
        return move(nrWake, nrRequeue);
    }

    /** Two futexes of one call: kept by the caller, and filled for each call. */
    public static final class Places {
        public long address;
        public int flags; // of FutexKeys
        public long address2;
        public int flags2; // of FutexKeys
    }

    public void digest(StateHash hash) {
        buckets.digest(hash);
        waiters.digest(hash);
        pi.digest(hash);
    }

    private int move(int nrWake, int nrRequeue) {
        int done = 0;
        int next;
        for (int waiter = queues.first(key); waiter != NULL; waiter = next) {
            if (done - nrWake >= nrRequeue) {
                break;
            }
            next = queues.next(waiter);
            work.add(Work.LIST_STEP);
            if (!waiters.matches(waiter, key)) {
                continue;
            }
            if (waiters.isOfLock(waiter)) {
                return -Errno.EINVAL;
            }
            if (++done <= nrWake) {
                queues.wakeMark(waiter);
            } else {
                queues.requeue(waiter, second);
            }
        }
        return done;
    }

    private int wakeMatching(FutexKey of, int most, int bitset) {
        int woken = 0;
        int next;
        for (int waiter = queues.first(of); waiter != NULL; waiter = next) {
            next = queues.next(waiter);
            work.add(Work.LIST_STEP);
            if (!waiters.matches(waiter, of)) {
                continue;
            }
            if (waiters.isOfLock(waiter)) {
                return -Errno.EINVAL;
            }
            if ((waiters.bitset(waiter) & bitset) != 0) {
                queues.wakeMark(waiter);
                if (++woken >= most) {
                    break;
                }
            }
        }
        return woken;
    }

    /** futex_atomic_op_inuser(): whether the comparison with the old value holds, 1 or 0; EFAULT; ENOSYS for what is no operation. */
    private int atomicOp(int mm, long address, int encoded) {
        int old = memory.getInt(mm, address);
        if (memory.faulted()) {
            return -Errno.EFAULT;
        }
        int operand = encoded << 8 >> 20;
        if ((encoded & Futex.FUTEX_OP_OPARG_SHIFT << 28) != 0) {
            operand = 1 << operand; // by its low five bits, as the kernel takes it too
        }
        int changed;
        switch (encoded >>> 28 & 7) {
            case Futex.FUTEX_OP_SET -> changed = operand;
            case Futex.FUTEX_OP_ADD -> changed = old + operand;
            case Futex.FUTEX_OP_OR -> changed = old | operand;
            case Futex.FUTEX_OP_ANDN -> changed = old & ~operand;
            case Futex.FUTEX_OP_XOR -> changed = old ^ operand;
            default -> {
                return -Errno.ENOSYS;
            }
        }
        return memory.putInt(mm, address, changed) != 0 ? -Errno.EFAULT : compare(encoded, old);
    }

    private static int compare(int encoded, int old) {
        int with = encoded << 20 >> 20;
        boolean holds;
        switch (encoded >>> 24 & 15) {
            case Futex.FUTEX_OP_CMP_EQ -> holds = old == with;
            case Futex.FUTEX_OP_CMP_NE -> holds = old != with;
            case Futex.FUTEX_OP_CMP_LT -> holds = old < with;
            case Futex.FUTEX_OP_CMP_GE -> holds = old >= with;
            case Futex.FUTEX_OP_CMP_LE -> holds = old <= with;
            case Futex.FUTEX_OP_CMP_GT -> holds = old > with;
            default -> {
                return -Errno.ENOSYS;
            }
        }
        return holds ? 1 : 0;
    }
}
