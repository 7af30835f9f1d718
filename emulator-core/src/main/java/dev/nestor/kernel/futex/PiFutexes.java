package dev.nestor.kernel.futex;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.sched.SchedPolicy;
import dev.nestor.kernel.sched.SchedTasks;
import dev.nestor.kernel.sched.Wakeups;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.machine.Work;
import dev.nestor.mm.UserMemory;
import dev.nestor.table.Chain;
import dev.nestor.table.StateHash;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Futex;

/**
 * Locks in user memory that lend their owner the priority of who waits: kernel/futex/pi.c, and what of requeue.c is about them.
 *
 * <p>The word of a lock has its owner's number. A task that has to wait sleeps by its futex_q, which is in the bucket, on its
 * task, and on the rt_mutex of the lock's futex_pi_state; when the owner lets go, the word and the pi_state belong to the first
 * waiter at once, but the rt_mutex to nobody until that runs and takes it, or somebody more urgent does.
 */
public final class PiFutexes {
    /** The task has to wait. */
    public static final int WAITS = 1;

    private final TaskTable tasks;
    private final Pids pids;
    private final FutexPiStateTable states;
    private final FutexQTable waiters;
    private final Chain waits; // of a task
    private final FutexQueues queues;
    private final UserMemory memory;
    private final FutexKeys keys;
    private final Work work;
    private final RtMutexes mutexes;
    private final FutexKey key = new FutexKey();
    private final FutexKey second = new FutexKey();
    private int attached; // the pi_state that lockAtomic() has found or made

    /** What it does to tasks. */
    public record Scheduling(Pids pids, SchedTasks sched, SchedPolicy policy, Wakeups wakeups) {}

    PiFutexes(
            TaskTable tasks,
            FutexPiStateTable states,
            FutexQueues queues,
            Scheduling scheduling,
            FutexKeys keys,
            Work work) {
        this.tasks = tasks;
        this.pids = scheduling.pids();
        this.states = states;
        this.queues = queues;
        this.waiters = queues.waiters();
        this.waits = queues.waits();
        this.memory = keys.memory();
        this.keys = keys;
        this.work = work;
        this.mutexes = new RtMutexes(
                new RtMutexes.Tasks(tasks, scheduling.sched(), scheduling.policy(), scheduling.wakeups()),
                states,
                waiters,
                waits,
                work);
    }

    /** Whether the task waits for a lock, or to be made to wait for one. */
    public boolean isWaiting(int task) {
        int waiter = waits.first(task);
        return waiter != NULL && waiters.isOfLock(waiter);
    }

    /** The task has another priority now: whom it waits for has to hear of it. */
    public void adjustPi(int task) {
        mutexes.adjustPi(task);
    }

    /**
     * futex_lock_pi(): 0 when the task has the lock, WAITS when it is queued for it. EFAULT, EINVAL where kernel and word
     * disagree, EDEADLK, ESRCH when its owner is gone, EAGAIN if it only tries; ENOMEM.
     */
    public int lock(int task, long address, int flags, boolean tries) {
        int error = keys.get(tasks.mm(task), address, flags, true, key);
        if (error != 0) {
            return error;
        }
        int got = lockAtomic(task, task, address, key, false);
        if (got != 0) {
            return got == 1 ? 0 : got;
        }
        int state = attached;
        int waiter = waiters.alloc();
        if (waiter == NULL) {
            put(state);
            return -Errno.ENOMEM;
        }
        work.add(Work.WAIT);
        waiters.setAddress(waiter, address);
        waiters.setPiState(waiter, state);
        waiters.setBitset(waiter, Futex.FUTEX_BITSET_MATCH_ANY);
        queues.add(task, waiter, key);
        if (tries) {
            boolean isTaken = mutexes.tryToTake(state, task, NULL);
            return unqueue(task, waiter, isTaken, isTaken ? 0 : -Errno.EAGAIN);
        }
        int started = mutexes.startProxyLock(state, waiter, task);
        return started == 0 ? WAITS : unqueue(task, waiter, started == 1, Math.min(started, 0));
    }

    /**
     * rt_mutex_wait_proxy_lock(): the task that waits for a lock, or to be made to wait for one, looks whether it has it. 0,
     * ETIMEDOUT, ERESTARTNOINTR; EAGAIN for a signal once it has been made to wait; WAITS as before.
     */
    public int proceed(int task, boolean isOver, boolean hasSignal) {
        int waiter = waits.first(task);
        boolean isRequeue = waiters.requeueState(waiter) != FutexQTable.NONE;
        int interrupted = isRequeue ? -Errno.EAGAIN : -Errno.ERESTARTNOINTR;
        int state = waiters.piState(waiter);
        if (waiters.requeueState(waiter) == FutexQTable.LOCKED) {
            return unqueue(task, waiter, true, 0);
        }
        if (state != NULL && mutexes.tryToTake(state, task, waiter)) {
            return unqueue(task, waiter, true, 0);
        }
        if (!isOver && !hasSignal) {
            return WAITS;
        }
        if (state == NULL) {
            interrupted = -Errno.ERESTARTNOINTR;
        } else {
            mutexes.removeWaiter(state, waiter);
        }
        return unqueue(task, waiter, false, isOver ? -Errno.ETIMEDOUT : interrupted);
    }

    /** The task waits no more, whatever it has been waiting for: it is about to end. */
    void abandon(int task) {
        int outcome = proceed(task, true, true);
        assert outcome != WAITS : "waits on";
    }

    /** futex_unlock_pi(): 0; EFAULT, EPERM of a lock of somebody else's, EINVAL, EAGAIN. */
    public int unlock(int task, long address, int flags) {
        int mm = tasks.mm(task);
        int word = memory.getInt(mm, address);
        if (memory.faulted()) {
            return -Errno.EFAULT;
        }
        if ((word & Futex.FUTEX_TID_MASK) != number(task, task)) {
            return -Errno.EPERM;
        }
        int error = keys.get(mm, address, flags, true, key);
        if (error != 0) {
            return error;
        }
        int first = queues.topWaiter(key);
        if (first == NULL) {
            return memory.putInt(mm, address, 0) != 0 ? -Errno.EFAULT : 0;
        }
        int state = waiters.piState(first);
        if (state == NULL || states.owner(state) != task) {
            return -Errno.EINVAL;
        }
        return handOver(task, address, state);
    }

    /** wake_futex_pi(): the lock is the first waiter's. */
    private int handOver(int task, long address, int state) {
        int next = waits.owner(mutexes.topWaiter(state));
        int word = Futex.FUTEX_WAITERS | number(task, next);
        if (memory.putInt(tasks.mm(task), address, word) != 0) {
            return -Errno.EFAULT;
        }
        mutexes.setStateOwner(state, next);
        mutexes.unlock(state, task);
        return 0;
    }

    /**
     * futex_wait_requeue_pi(): the task is queued for a futex, until it is made to wait for a lock: WAITS. EINVAL, EFAULT, EAGAIN
     * for another value, ENOMEM.
     */
    public int waitRequeue(int task, Futexes.Places places, int value, int bitset) {
        if (places.address == places.address2 || bitset == 0) {
            return -Errno.EINVAL;
        }
        int mm = tasks.mm(task);
        int error = keys.get(mm, places.address2, places.flags2, true, second);
        if (error == 0) {
            error = keys.get(mm, places.address, places.flags, false, key);
        }
        if (error == 0) {
            error = compare(mm, places.address, value);
        }
        if (error == 0 && key.equalTo(second)) {
            error = -Errno.EINVAL;
        }
        if (error != 0) {
            return error;
        }
        work.add(Work.WAIT);
        int waiter = waiters.alloc();
        if (waiter == NULL) {
            return -Errno.ENOMEM;
        }
        waiters.setAddress(waiter, places.address2);
        waiters.setBitset(waiter, bitset);
        waiters.setRequeueState(waiter, FutexQTable.WAITING);
        waiters.setRequeueKey(waiter, second);
        queues.add(task, waiter, key);
        return WAITS;
    }

    private int compare(int mm, long address, int value) {
        int found = memory.getInt(mm, address);
        if (memory.faulted()) {
            return -Errno.EFAULT;
        }
        return found == value ? 0 : -Errno.EAGAIN;
    }

    /**
     * futex_requeue() to a lock: the first waiter has it if it is free, others wait for it. How many; EINVAL, EFAULT, EAGAIN, and
     * as {@link #lock}.
     */
    public int requeue(int task, Futexes.Places places, int nrWake, int nrRequeue, int value) {
        if (nrWake != 1 || nrRequeue < 0 || places.address == places.address2) {
            return -Errno.EINVAL;
        }
        int mm = tasks.mm(task);
        int error = keys.get(mm, places.address, places.flags, false, key);
        if (error == 0) {
            error = keys.get(mm, places.address2, places.flags2, true, second);
        }
        if (error == 0 && key.equalTo(second)) {
            error = -Errno.EINVAL;
        }
        if (error == 0) {
            error = compare(mm, places.address, value);
        }
        if (error != 0) {
            return error;
        }
        attached = NULL;
        int count = proxyTrylock(task, places.address2, nrRequeue > 0);
        if (count < 0) {
            return count;
        }
        int state = attached;
        int moved = move(state, count, nrWake, nrRequeue);
        put(state);
        return moved;
    }

    /** futex_proxy_trylock_atomic(): whether the first waiter has got the lock, 1 or 0; an error. */
    private int proxyTrylock(int task, long address, boolean setsWaiters) {
        if (!memory.writable(tasks.mm(task), address, Integer.BYTES)) {
            return -Errno.EFAULT;
        }
        int first = queues.topWaiter(key);
        if (first == NULL) {
            return 0;
        }
        if (waiters.requeueState(first) == FutexQTable.NONE || !waiters.requeuesTo(first, second)) {
            return -Errno.EINVAL;
        }
        int waiting = waits.owner(first);
        int got = lockAtomic(task, waiting, address, second, setsWaiters);
        if (got == 1) {
            giveTo(first, attached);
        }
        return got;
    }

    /** requeue_pi_wake_futex(): the waiter has the lock, and hears of it. */
    private void giveTo(int waiter, int state) {
        queues.dequeue(waiter);
        waiters.setRequeueState(waiter, FutexQTable.LOCKED);
        if (state != NULL && waiters.piState(waiter) == NULL) {
            waiters.setPiState(waiter, state);
            states.addUsers(state, 1);
        }
        queues.wake(waits.owner(waiter));
    }

    private int move(int state, int begun, int nrWake, int nrRequeue) {
        int count = begun;
        int next;
        for (int waiter = queues.first(key); waiter != NULL; waiter = next) {
            if (count - nrWake >= nrRequeue) {
                break;
            }
            next = queues.next(waiter);
            work.add(Work.LIST_STEP);
            if (!waiters.matches(waiter, key)) {
                continue;
            }
            if (waiters.requeueState(waiter) == FutexQTable.NONE || !waiters.requeuesTo(waiter, second)) {
                return -Errno.EINVAL;
            }
            int task = waits.owner(waiter);
            waiters.setPiState(waiter, state);
            states.addUsers(state, 1);
            int started = mutexes.startProxyLock(state, waiter, task);
            if (started < 0) {
                waiters.setPiState(waiter, NULL);
                states.addUsers(state, -1);
                return started;
            }
            count++;
            if (started == 1) {
                giveTo(waiter, state);
            } else {
                queues.requeue(waiter, second);
            }
        }
        return count;
    }

    /** exit_pi_state_list(): the locks that a task holds at its end, and that are waited for, are the first waiters'. */
    void exitPiStateList(int task) {
        Chain owned = mutexes.owned();
        for (int state = owned.first(task); state != NULL; state = owned.first(task)) {
            mutexes.setStateOwner(state, NULL);
            if (states.mutexOwner(state) == task) {
                mutexes.unlock(state, task);
            }
        }
    }

    /** Throws an AssertionError if locks, their waiters, and what is lent disagree. */
    public void check() {
        mutexes.check(tasks);
    }

    void digest(StateHash hash) {
        states.digest(hash);
    }

    /**
     * futex_lock_pi_atomic(): the lock is free and now the task's, 1; or its pi_state is {@link #attached}, 0; or an error.
     *
     * @param current that makes the call
     * @param task that is to have the lock
     * @param marks whether the word says that it is waited for, and a pi_state is made, even if the lock is free
     */
    private int lockAtomic(int current, int task, long address, FutexKey of, boolean marks) {
        int mm = tasks.mm(current);
        int word = memory.getInt(mm, address);
        if (memory.faulted()) {
            return -Errno.EFAULT;
        }
        int number = number(current, task);
        if ((word & Futex.FUTEX_TID_MASK) == number) {
            return -Errno.EDEADLK;
        }
        int first = queues.topWaiter(of);
        if (first != NULL) {
            return attachToState(current, word, waiters.piState(first));
        }
        if ((word & Futex.FUTEX_TID_MASK) == 0) {
            int taken = (word & Futex.FUTEX_OWNER_DIED) | number | (marks ? Futex.FUTEX_WAITERS : 0);
            if (memory.putInt(mm, address, taken) != 0) {
                return -Errno.EFAULT;
            }
            int error = marks ? attachTo(task) : 0;
            return error != 0 ? error : 1;
        }
        if (memory.putInt(mm, address, word | Futex.FUTEX_WAITERS) != 0) {
            return -Errno.EFAULT;
        }
        return attachToOwner(current, word & Futex.FUTEX_TID_MASK);
    }

    /** attach_to_pi_state(). */
    private int attachToState(int current, int word, int state) {
        if (state == NULL) {
            return -Errno.EINVAL;
        }
        int number = word & Futex.FUTEX_TID_MASK;
        int owner = states.owner(state);
        boolean hasDied = (word & Futex.FUTEX_OWNER_DIED) != 0;
        boolean isSound =
                owner == NULL ? hasDied && number == 0 : (hasDied && number == 0) || number == number(current, owner);
        if (!isSound) {
            return -Errno.EINVAL;
        }
        states.addUsers(state, 1);
        attached = state;
        return 0;
    }

    /** attach_to_pi_owner(). */
    private int attachToOwner(int current, int number) {
        int owner = pids.findTaskByVpid(pids.activeNs(current), number);
        if (owner == NULL || tasks.hasFlag(owner, TaskTable.PF_EXITING)) {
            return -Errno.ESRCH;
        }
        return attachTo(owner);
    }

    /** __attach_to_pi_owner(). */
    private int attachTo(int owner) {
        int state = states.alloc();
        if (state == NULL) {
            return -Errno.ENOMEM;
        }
        mutexes.setStateOwner(state, owner);
        states.setMutexOwner(state, owner);
        states.addUsers(state, 1);
        attached = state;
        return 0;
    }

    /** The waiter goes, with the lock or without: fixup_pi_owner(), futex_unqueue_pi(). The result, or an error of its own. */
    private int unqueue(int task, int waiter, boolean isLocked, int result) {
        int state = waiters.piState(waiter);
        int fixed = state == NULL ? 0 : fixup(task, waiter, state, isLocked);
        queues.remove(waiter);
        waiters.free(waiter);
        put(state);
        if (fixed != 0) {
            return Math.min(fixed, 0);
        }
        return isLocked ? 0 : result;
    }

    /** fixup_pi_owner(): 1 if the lock is the task's after all, 0 if not, EFAULT. */
    private int fixup(int task, int waiter, int state, boolean isLocked) {
        if (isLocked) {
            int fixed = states.owner(state) == task ? 1 : setOwner(task, waiter, state, task);
            mutexes.adjustPrio(task);
            return fixed;
        }
        if (states.owner(state) != task) {
            return 0;
        }
        if (mutexes.tryToTake(state, task, NULL)) {
            mutexes.adjustPrio(task);
            return 1;
        }
        int other = states.mutexOwner(state);
        int next = other == NULL ? waits.owner(mutexes.topWaiter(state)) : other;
        return Math.min(setOwner(task, waiter, state, next), 0);
    }

    /** __fixup_pi_state_owner(): the word and the pi_state get the number of who has the lock. 1 or EFAULT. */
    private int setOwner(int task, int waiter, int state, int next) {
        int mm = tasks.mm(task);
        long address = waiters.address(waiter);
        int word = memory.getInt(mm, address);
        int died = states.owner(state) == NULL ? Futex.FUTEX_OWNER_DIED : word & Futex.FUTEX_OWNER_DIED;
        boolean isWritten =
                !memory.faulted() && memory.putInt(mm, address, number(task, next) | Futex.FUTEX_WAITERS | died) == 0;
        mutexes.setStateOwner(state, next);
        mutexes.adjustPrio(next);
        return isWritten ? 1 : -Errno.EFAULT;
    }

    /** put_pi_state(). */
    private void put(int state) {
        if (state == NULL) {
            return;
        }
        states.addUsers(state, -1);
        if (states.users(state) == 0) {
            mutexes.setStateOwner(state, NULL);
            states.free(state);
        }
    }

    /** task_pid_vnr(): the number of a task as who calls sees it. */
    private int number(int current, int task) {
        return pids.taskNr(task, pids.activeNs(current));
    }
}
