package dev.nestor.kernel.futex;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.sched.Wakeups;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.Chain;
import dev.nestor.uapi.Sched;

/** Where those who wait for futexes are found: in a bucket, by priority and then in the order in which they came, and on their task. */
final class FutexQueues {
    private static final int MAX_RT_PRIO = 100;
    private static final int DEADLINE_PRIO = -1;

    private final TaskTable tasks;
    private final FutexBucketTable buckets;
    private final FutexQTable waiters;
    private final Wakeups wakeups;
    private final Chain queued; // in a bucket
    private final Chain waits; // of a task: in the order in which it asked

    FutexQueues(TaskTable tasks, FutexBucketTable buckets, FutexQTable waiters, Wakeups wakeups) {
        this.tasks = tasks;
        this.buckets = buckets;
        this.waiters = waiters;
        this.wakeups = wakeups;
        this.queued = new Chain(buckets, waiters);
        this.waits = new Chain(tasks, waiters);
    }

    FutexQTable waiters() {
        return waiters;
    }

    Chain waits() {
        return waits;
    }

    /** The first waiter of the key's bucket, or NULL. */
    int first(FutexKey key) {
        return queued.first(buckets.at(key.hash()));
    }

    int next(int waiter) {
        return queued.next(waiter);
    }

    boolean isQueued(int waiter) {
        return queued.owner(waiter) != NULL;
    }

    /** futex_top_waiter(): the first that waits for this futex, or NULL. */
    int topWaiter(FutexKey key) {
        int waiter = first(key);
        while (waiter != NULL && !waiters.matches(waiter, key)) {
            waiter = queued.next(waiter);
        }
        return waiter;
    }

    /** futex_queue(). */
    void add(int task, int waiter, FutexKey key) {
        waiters.setKey(waiter, key);
        waiters.setPrio(waiter, normalPrio(task));
        waits.addLast(task, waiter);
        insert(buckets.at(key.hash()), waiter);
    }

    /** requeue_futex(): it waits for another futex. */
    void requeue(int waiter, FutexKey key) {
        int from = queued.owner(waiter);
        int to = buckets.at(key.hash());
        waiters.setKey(waiter, key);
        if (from != to) {
            queued.remove(waiter);
            insert(to, waiter);
        }
    }

    /** __futex_unqueue(): out of its bucket, if it is in one. */
    void dequeue(int waiter) {
        if (isQueued(waiter)) {
            queued.remove(waiter);
        }
    }

    /** Out of its bucket, and off its task. */
    void remove(int waiter) {
        dequeue(waiter);
        waits.remove(waiter);
    }

    /** futex_wake_mark(). */
    void wakeMark(int waiter) {
        queued.remove(waiter);
        wake(waits.owner(waiter));
    }

    void wake(int task) {
        wakeups.wakeUpProcess(task);
    }

    /** plist_add(). */
    private void insert(int bucket, int waiter) {
        int before = queued.last(bucket);
        while (before != NULL && waiters.prio(before) > waiters.prio(waiter)) {
            before = queued.prev(before);
        }
        if (before == NULL) {
            queued.addFirst(bucket, waiter);
        } else {
            queued.addAfter(before, waiter);
        }
    }

    private int normalPrio(int task) {
        return switch (tasks.policy(task)) {
            case Sched.SCHED_FIFO, Sched.SCHED_RR -> MAX_RT_PRIO - 1 - tasks.rtPriority(task);
            case Sched.SCHED_DEADLINE -> DEADLINE_PRIO;
            default -> MAX_RT_PRIO;
        };
    }
}
