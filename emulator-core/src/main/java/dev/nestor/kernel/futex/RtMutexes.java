package dev.nestor.kernel.futex;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.sched.SchedPolicy;
import dev.nestor.kernel.sched.SchedTasks;
import dev.nestor.kernel.sched.Wakeups;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.machine.Work;
import dev.nestor.table.Chain;
import dev.nestor.uapi.Errno;

/**
 * Mutexes whose owner has the priority of the first who waits, over as many of them as owners wait themselves:
 * kernel/locking/rtmutex.c. A mutex is that of a futex_pi_state, a waiter is a futex_q.
 */
final class RtMutexes {
    private static final int MAX_RT_PRIO = 100;
    private static final int DEFAULT_PRIO = 120;
    private static final int MAX_PRIO = 140;
    private static final int MAX_LOCK_DEPTH = 1024;

    private final FutexPiStateTable states;
    private final FutexQTable waiters;
    private final Chain waits; // of a task: its futex_q
    private final Chain blocked; // on a mutex: by priority, then in the order in which they came
    private final Chain owned; // pi_state_list of a task
    private final SchedTasks sched;
    private final SchedPolicy policy;
    private final Wakeups wakeups;
    private final Work work;

    /** What it does to tasks. */
    record Tasks(TaskTable table, SchedTasks sched, SchedPolicy policy, Wakeups wakeups) {}

    RtMutexes(Tasks tasks, FutexPiStateTable states, FutexQTable waiters, Chain waits, Work work) {
        this.states = states;
        this.waiters = waiters;
        this.waits = waits;
        this.blocked = new Chain(states, waiters);
        this.owned = new Chain(tasks.table(), states);
        this.sched = tasks.sched();
        this.policy = tasks.policy();
        this.wakeups = tasks.wakeups();
        this.work = work;
    }

    Chain owned() {
        return owned;
    }

    /** rt_mutex_top_waiter(), or NULL. */
    int topWaiter(int state) {
        return blocked.first(state);
    }

    /** pi_state_update_owner(). */
    void setStateOwner(int state, int task) {
        if (states.owner(state) != NULL) {
            owned.remove(state);
        }
        states.setOwner(state, task);
        if (task != NULL) {
            owned.addFirst(task, state);
        }
    }

    /** try_to_take_rt_mutex(): a mutex that nobody owns, for its first waiter or for who is more urgent. The waiter, if any, is none then. */
    boolean tryToTake(int state, int task, int waiter) {
        if (states.mutexOwner(state) != NULL) {
            return false;
        }
        int top = blocked.first(state);
        int prio = waiter == NULL ? waiterPrio(task) : waiters.waitPrio(waiter);
        if (top != NULL && top != waiter && prio >= waiters.waitPrio(top)) {
            return false;
        }
        if (waiter != NULL) {
            blocked.remove(waiter);
        }
        states.setMutexOwner(state, task);
        return true;
    }

    /**
     * rt_mutex_start_proxy_lock(): the task has the mutex, 1, or its waiter waits for it, 0. EDEADLK, where the owner waits for
     * the task, over whatever others.
     */
    int startProxyLock(int state, int waiter, int task) {
        if (tryToTake(state, task, NULL)) {
            return 1;
        }
        int owner = states.mutexOwner(state);
        if (owner == task) {
            return -Errno.EDEADLK;
        }
        waiters.setWaitPrio(waiter, waiterPrio(task));
        insert(state, waiter);
        if (owner == NULL) {
            return 0;
        }
        int error = adjustChain(owner, task, state);
        if (error != 0) {
            removeWaiter(state, waiter);
        }
        return error;
    }

    /** remove_waiter(): it waits no longer. */
    void removeWaiter(int state, int waiter) {
        boolean wasTop = blocked.first(state) == waiter;
        blocked.remove(waiter);
        int owner = states.mutexOwner(state);
        if (owner != NULL && wasTop) {
            adjustChain(owner, NULL, NULL);
        } else if (owner == NULL && wasTop && blocked.first(state) != NULL) {
            wakeups.wakeUpProcess(waits.owner(blocked.first(state)));
        }
    }

    /** rt_mutex_futex_unlock(): nobody owns it, and the first waiter is woken to take it. */
    void unlock(int state, int owner) {
        states.setMutexOwner(state, NULL);
        int top = blocked.first(state);
        if (top != NULL) {
            wakeups.wakeUpProcess(waits.owner(top));
        }
        adjustPrio(owner);
    }

    /** rt_mutex_adjust_prio(): the task has the priority of the most urgent of those who wait for it, if that is higher than its own. */
    void adjustPrio(int task) {
        policy.lend(task, mostUrgent(task));
    }

    /** p->prio of the most urgent of those who wait for a task; MAX_VALUE for none. */
    private int mostUrgent(int task) {
        int best = Integer.MAX_VALUE;
        for (int state = owned.first(task); state != NULL; state = owned.next(state)) {
            work.add(Work.LIST_STEP);
            int top = blocked.first(state);
            if (top != NULL && states.mutexOwner(state) == task) {
                best = Math.min(best, sched.prio(waits.owner(top)));
            }
        }
        return best;
    }

    /** rt_mutex_adjust_pi(): the task has another priority now, and waits by it. */
    void adjustPi(int task) {
        int waiter = blockedOn(task);
        if (waiter != NULL && waiters.waitPrio(waiter) != waiterPrio(task)) {
            int state = blocked.owner(waiter);
            requeue(state, waiter, task);
            if (states.mutexOwner(state) != NULL) {
                adjustChain(states.mutexOwner(state), NULL, NULL);
            }
        }
    }

    /**
     * rt_mutex_adjust_prio_chain(): the first waiter of a mutex has changed.
     *
     * @param owner of the mutex
     * @param task that begins to wait for it, and must not be found on the way; or NULL
     * @param origin the mutex that it waits for, or NULL
     * @return 0 or EDEADLK
     */
    private int adjustChain(int owner, int task, int origin) {
        int at = owner;
        for (int depth = 0; at != NULL; depth++) {
            if (depth > MAX_LOCK_DEPTH) {
                return -Errno.EDEADLK;
            }
            work.add(Work.LIST_STEP);
            adjustPrio(at);
            int waiter = blockedOn(at);
            if (waiter == NULL) {
                return 0;
            }
            int state = blocked.owner(waiter);
            if (task != NULL && (state == origin || states.mutexOwner(state) == task)) {
                return -Errno.EDEADLK;
            }
            boolean isSame = waiters.waitPrio(waiter) == waiterPrio(at);
            if (isSame && task == NULL) {
                return 0;
            }
            if (!isSame) {
                requeue(state, waiter, at);
            }
            at = states.mutexOwner(state);
        }
        return 0;
    }

    private void requeue(int state, int waiter, int task) {
        int top = blocked.first(state);
        blocked.remove(waiter);
        waiters.setWaitPrio(waiter, waiterPrio(task));
        insert(state, waiter);
        if (states.mutexOwner(state) == NULL && blocked.first(state) != top) {
            wakeups.wakeUpProcess(waits.owner(blocked.first(state)));
        }
    }

    /** Throws an AssertionError if waiters are out of order, or counted wrongly, or a task has another priority than they lend it. */
    void check(TaskTable tasks) {
        for (int row = 1; row < states.rows(); row++) {
            int state = states.handleInRow(row);
            if (state != NULL) {
                checkState(state);
            }
        }
        for (int row = 1; row < tasks.rows(); row++) {
            int task = tasks.handleInRow(row);
            if (task != NULL && tasks.se(task) != NULL) {
                int best = mostUrgent(task);
                int lent = best >= MAX_PRIO ? 0 : Math.max(best, 0) + 1;
                equal(sched.lentPrio(task), lent, "what is lent to task", task);
            }
        }
    }

    private void checkState(int state) {
        int users = 0;
        for (int row = 1; row < waiters.rows(); row++) {
            int waiter = waiters.handleInRow(row);
            users += waiter != NULL && waiters.piState(waiter) == state ? 1 : 0;
        }
        equal(states.users(state), users, "the users of pi_state", state);
        equal(owned.owner(state), states.owner(state), "the list that has pi_state", state);
        int last = Integer.MIN_VALUE;
        for (int waiter = blocked.first(state); waiter != NULL; waiter = blocked.next(waiter)) {
            equal(waiters.piState(waiter), state, "the pi_state of waiter", waiter);
            equal(Math.min(waiters.waitPrio(waiter), last), last, "the priority before that of waiter", waiter);
            last = waiters.waitPrio(waiter);
        }
    }

    private static void equal(int actual, int expected, String what, int of) {
        if (actual != expected) {
            throw new AssertionError(what + " " + Integer.toHexString(of) + " is " + actual + ", not " + expected);
        }
    }

    /** pi_blocked_on, or NULL. */
    private int blockedOn(int task) {
        int waiter = waits.first(task);
        return waiter == NULL || blocked.owner(waiter) == NULL ? NULL : waiter;
    }

    private int waiterPrio(int task) {
        int prio = sched.prio(task);
        return prio < MAX_RT_PRIO ? prio : DEFAULT_PRIO;
    }

    private void insert(int state, int waiter) {
        int before = blocked.last(state);
        while (before != NULL && waiters.waitPrio(before) > waiters.waitPrio(waiter)) {
            before = blocked.prev(before);
        }
        if (before == NULL) {
            blocked.addFirst(state, waiter);
        } else {
            blocked.addAfter(before, waiter);
        }
    }
}
