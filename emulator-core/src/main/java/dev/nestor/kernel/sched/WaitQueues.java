package dev.nestor.kernel.sched;

import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.Chain;
import dev.nestor.table.HotPath;
import dev.nestor.table.StateHash;
import dev.nestor.table.Table;

/**
 * Wait queues: kernel/sched/wait.c.
 *
 * <p>A call that must wait puts its task on one queue or several and returns. Waking makes the task runnable and leaves
 * its entries where they are; when the task runs, its entries go ({@link #finishWait}) and the call is entered again,
 * looks at its condition afresh, and waits once more or is done.
 */
public final class WaitQueues {
    private final TaskTable tasks;
    private final WaitQueueTable queues;
    private final WaitEntryTable entries;
    private final Wakeups wakeups;
    private final Chain waiters; // of a queue: those not exclusive, latest first, then the exclusive, earliest first
    private final Chain waits; // of a task: its entries

    public WaitQueues(TaskTable tasks, WaitQueueTable queues, WaitEntryTable entries, Wakeups wakeups) {
        this.tasks = tasks;
        this.queues = queues;
        this.entries = entries;
        this.wakeups = wakeups;
        this.waiters = new Chain(queues, entries);
        this.waits = new Chain(tasks, entries);
    }

    /** init_waitqueue_head(): an empty queue, or NULL at the limit. */
    public int alloc() {
        return queues.alloc();
    }

    /** No task may be on it. */
    public void free(int queue) {
        queues.free(queue);
    }

    /** prepare_to_wait(): the task goes to the front of the queue, unless it is on it, and into a sleeping state. */
    @HotPath
    public void prepareToWait(int queue, int task, int state) {
        assert state != TaskTable.TASK_RUNNING;
        if (entryOn(queue, task) == Table.NULL) {
            waiters.addFirst(queue, newEntry(task, false));
        }
        tasks.setState(task, state);
    }

    /** prepare_to_wait_exclusive(): to the back of the queue; a wake-up wakes but one of these. */
    @HotPath
    public void prepareToWaitExclusive(int queue, int task, int state) {
        assert state != TaskTable.TASK_RUNNING;
        if (entryOn(queue, task) == Table.NULL) {
            waiters.addLast(queue, newEntry(task, true));
        }
        tasks.setState(task, state);
    }

    /** finish_wait(), for all queues that the task is on: it is TASK_RUNNING then, and on none. */
    @HotPath
    public void finishWait(int task) {
        tasks.setState(task, TaskTable.TASK_RUNNING);
        int entry = waits.first(task);
        while (entry != Table.NULL) {
            waits.remove(entry);
            waiters.remove(entry);
            entries.free(entry);
            entry = waits.first(task);
        }
    }

    public boolean isWaiting(int task) {
        return !waits.isEmpty(task);
    }

    /** waitqueue_active(). */
    public boolean hasWaiters(int queue) {
        return !waiters.isEmpty(queue);
    }

    /** wake_up(): all that are not exclusive, and the first exclusive one that was asleep. */
    @HotPath
    public void wakeUp(int queue, int stateMask) {
        wakeUpNr(queue, stateMask, 1);
    }

    /** wake_up_all(). */
    @HotPath
    public void wakeUpAll(int queue, int stateMask) {
        wakeUpNr(queue, stateMask, Integer.MAX_VALUE);
    }

    /** __wake_up(): all that are not exclusive, and so many exclusive ones. */
    @HotPath
    public void wakeUpNr(int queue, int stateMask, int nrExclusive) {
        int left = nrExclusive;
        for (int entry = waiters.first(queue); entry != Table.NULL; entry = waiters.next(entry)) {
            boolean woken = wakeups.tryToWakeUp(waits.owner(entry), stateMask);
            if (woken && entries.isExclusive(entry) && --left == 0) {
                return;
            }
        }
    }

    public void digest(StateHash hash) {
        queues.digest(hash);
        entries.digest(hash);
    }

    private int newEntry(int task, boolean exclusive) {
        int entry = entries.alloc();
        if (entry == Table.NULL) {
            throw new IllegalStateException("no room for another wait entry: the kernel's are on its stacks");
        }
        entries.setExclusive(entry, exclusive);
        waits.addLast(task, entry);
        return entry;
    }

    private int entryOn(int queue, int task) {
        int entry = waits.first(task);
        while (entry != Table.NULL && waiters.owner(entry) != queue) {
            entry = waits.next(entry);
        }
        return entry;
    }
}
