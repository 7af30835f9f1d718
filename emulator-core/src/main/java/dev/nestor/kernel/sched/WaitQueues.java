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
    private static final int MAX_FUNCTIONS = 8;

    private final TaskTable tasks;
    private final WaitQueueTable queues;
    private final WaitEntryTable entries;
    private final Wakeups wakeups;
    private final Chain waiters; // of a queue: those not exclusive, latest first, then the exclusive, earliest first
    private final Chain waits; // of a task: its entries
    private final WaitFunction[] functions = new WaitFunction[MAX_FUNCTIONS]; // by index, from 1
    private int functionCount;

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

    /**
     * One round of wait_event_interruptible(): the task sleeps on the queue, as an exclusive waiter or not. False when a
     * signal is pending: then it is on no queue.
     */
    @HotPath
    public boolean waitInterruptible(int queue, int task, boolean exclusive) {
        if (exclusive) {
            prepareToWaitExclusive(queue, task, TaskTable.TASK_INTERRUPTIBLE);
        } else {
            prepareToWait(queue, task, TaskTable.TASK_INTERRUPTIBLE);
        }
        if (tasks.sigpending(task)) {
            finishWait(task);
            return false;
        }
        return true;
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

    /** init_waitqueue_func_entry(), once for each function: its index. */
    public int register(WaitFunction function) {
        functions[++functionCount] = function;
        return functionCount;
    }

    /**
     * add_wait_queue(), add_wait_queue_exclusive() for a function: the entry, or NULL without memory.
     *
     * @param sibling an entry that {@link #remove} is to give back, or NULL
     */
    public int add(int queue, int function, int data, boolean exclusive, int sibling) {
        int entry = entries.alloc();
        if (entry == Table.NULL) {
            return Table.NULL;
        }
        entries.setExclusive(entry, exclusive);
        entries.setFunc(entry, function);
        entries.setData(entry, data);
        entries.setSibling(entry, sibling);
        if (exclusive) {
            waiters.addLast(queue, entry);
        } else {
            waiters.addFirst(queue, entry);
        }
        return entry;
    }

    /** wake_up_pollfree(): frees a queue on which no task is; functions that were on it are told, and are on none then. */
    public void freePolled(int queue, int key) {
        wakeUpNr(queue, 0, Integer.MAX_VALUE, key);
        for (int entry = waiters.first(queue); entry != Table.NULL; entry = waiters.first(queue)) {
            waiters.remove(entry);
        }
        queues.free(queue);
    }

    /** remove_wait_queue() of such an entry: its sibling. */
    public int remove(int entry) {
        int sibling = entries.sibling(entry);
        if (waiters.owner(entry) != Table.NULL) {
            waiters.remove(entry);
        }
        entries.free(entry);
        return sibling;
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

    /** wake_up_poll(): as wakeUp, and says which POLL* hold now. */
    @HotPath
    public void wakeUpPoll(int queue, int stateMask, int key) {
        wakeUpNr(queue, stateMask, 1, key);
    }

    /** __wake_up(): all that are not exclusive, and so many exclusive ones. */
    @HotPath
    public void wakeUpNr(int queue, int stateMask, int nrExclusive) {
        wakeUpNr(queue, stateMask, nrExclusive, 0);
    }

    private void wakeUpNr(int queue, int stateMask, int nrExclusive, int key) {
        int left = nrExclusive;
        int next;
        for (int entry = waiters.first(queue); entry != Table.NULL; entry = next) {
            next = waiters.next(entry);
            int function = entries.func(entry);
            boolean woken = function != 0
                    ? functions[function].woken(entries.data(entry), key)
                    : wakeups.tryToWakeUp(waits.owner(entry), stateMask);
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
