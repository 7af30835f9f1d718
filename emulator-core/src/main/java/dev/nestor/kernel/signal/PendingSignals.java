package dev.nestor.kernel.signal;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.Ucounts;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.machine.Work;
import dev.nestor.table.Chain;
import dev.nestor.table.HotPath;
import dev.nestor.uapi.Resource;
import dev.nestor.uapi.Signal;
import org.jspecify.annotations.Nullable;

/** struct sigpending, a task's own and its process's: a set of signals, and a queue of what they have to say. */
public final class PendingSignals {
    private final TaskTable tasks;
    private final SignalStructTable signals;
    private final SigQueueTable queue;
    private final CredTable creds;
    private final Ucounts ucounts;
    private final Work work;
    private @Nullable TimerHook timerHook;
    private int takenTimerSignal; // sigqueue of a POSIX timer that the last dequeue has taken, or NULL

    /** What becomes of a POSIX timer's signal that leaves its queue without having been taken. */
    @FunctionalInterface
    interface TimerHook {
        /** Either it is ignored now, or its task or process is gone. */
        void flushed(int task, int queued);
    }

    public PendingSignals(
            TaskTable tasks,
            SignalStructTable signals,
            SigQueueTable queue,
            CredTable creds,
            Ucounts ucounts,
            Work work) {
        this.tasks = tasks;
        this.signals = signals;
        this.queue = queue;
        this.creds = creds;
        this.ucounts = ucounts;
        this.work = work;
    }

    /** At boot, once. */
    void setTimerHook(TimerHook hook) {
        timerHook = hook;
    }

    /** Signals that wait in a task's own queue and its process's, rt_sigpending(2) before the mask. */
    public long all(int task) {
        return tasks.pendingSet(task) | signals.sharedPendingSet(tasks.signal(task));
    }

    public boolean hasUnblocked(int task) {
        return (all(task) & ~tasks.blocked(task)) != 0;
    }

    boolean isPending(int task, boolean shared, int sig) {
        return SigSets.has(set(task, shared), sig);
    }

    /** Queued signals of a task's user: SigQ in /proc/PID/status. */
    public long queuedOf(int task) {
        return ucounts.rlimitValue(creds.ucounts(tasks.cred(task)), Ucounts.RLIMIT_SIGPENDING);
    }

    void add(int task, boolean shared, int sig) {
        setSet(task, shared, set(task, shared) | SigSets.mask(sig));
    }

    void remove(int task, boolean shared, int sig) {
        setSet(task, shared, set(task, shared) & ~SigSets.mask(sig));
    }

    /**
     * sigqueue_alloc(), put at the end of the queue: false when the target's user has RLIMIT_SIGPENDING waiting, or as many
     * as its user namespace allows, or at the table's limit.
     */
    @HotPath
    boolean enqueue(int task, boolean shared, SigInfo info, boolean overrideRlimit) {
        int queued = charged(task, overrideRlimit);
        if (queued == NULL) {
            return false;
        }
        work.add(Work.SIGNAL_SEND);
        queue.store(queued, info);
        if (shared) {
            queue.ofProcess().addLast(tasks.signal(task), queued);
        } else {
            queue.ofTask().addLast(task, queued);
        }
        return true;
    }

    /** sigqueue_alloc(): a row that is counted for the task's user, or NULL. */
    @HotPath
    private int charged(int task, boolean overrideRlimit) {
        int user = creds.ucounts(tasks.cred(task));
        long count = ucounts.incRlimitGet(user, Ucounts.RLIMIT_SIGPENDING, overrideRlimit);
        if (count == 0) {
            return NULL;
        }
        boolean refused = !overrideRlimit
                && Long.compareUnsigned(count, signals.rlimCur(tasks.signal(task), Resource.RLIMIT_SIGPENDING)) > 0;
        int queued = refused ? NULL : queue.alloc();
        if (queued == NULL) {
            ucounts.decRlimitPut(user, Ucounts.RLIMIT_SIGPENDING);
            return NULL;
        }
        queue.setUcounts(queued, user);
        return queued;
    }

    /** collect_signal(): takes the first of its kind out of the queue. One that had found no room says SI_USER only. */
    private void collect(int task, boolean shared, int sig, SigInfo into) {
        Chain chain = chain(shared);
        int first = NULL;
        boolean another = false;
        for (int at = chain.first(head(task, shared)); at != NULL && !another; at = chain.next(at)) {
            if (queue.signo(at) == sig) {
                another = first != NULL;
                first = first == NULL ? at : first;
            }
        }
        if (!another) {
            remove(task, shared, sig);
        }
        if (first == NULL) {
            into.set(sig, Signal.SI_USER);
            return;
        }
        queue.load(first, into);
        if (queue.preallocated(first)) {
            chain.remove(first);
            takenTimerSignal = first;
        } else {
            release(chain, first);
        }
    }

    /** posixtimer_init_sigqueue(): one for a timer, charged to the task's user; NULL when that has no more room. */
    int preallocate(int task, SigInfo info, int timer) {
        int queued = charged(task, false);
        if (queued != NULL) {
            queue.setPreallocated(queued, true);
            queue.setTimer(queued, timer);
            queue.store(queued, info);
        }
        return queued;
    }

    /** posixtimer_queue_sigqueue(), but for what follows from it. */
    void enqueuePreallocated(int task, boolean shared, int queued) {
        work.add(Work.SIGNAL_SEND);
        chain(shared).addLast(head(task, shared), queued);
        add(task, shared, queue.signo(queued));
    }

    void storePreallocated(int queued, SigInfo info) {
        queue.store(queued, info);
    }

    boolean isQueued(int queued) {
        return queue.ofTask().owner(queued) != NULL || queue.ofProcess().owner(queued) != NULL;
    }

    /** The timer of a preallocated one; NULL once it has been deleted. */
    int timerOf(int queued) {
        return queue.timer(queued);
    }

    /** The timer is gone: the signal, if it waits, is void. */
    void forgetTimer(int queued) {
        queue.setTimer(queued, NULL);
        if (!isQueued(queued)) {
            freePreallocated(queued);
        }
    }

    void freePreallocated(int queued) {
        ucounts.decRlimitPut(queue.ucounts(queued), Ucounts.RLIMIT_SIGPENDING);
        queue.free(queued);
    }

    /** The sigqueue of a timer that the last dequeue has taken out of its queue, or NULL. */
    int takenTimerSignal() {
        return takenTimerSignal;
    }

    private void release(Chain chain, int queued) {
        ucounts.decRlimitPut(queue.ucounts(queued), Ucounts.RLIMIT_SIGPENDING);
        chain.remove(queued);
        queue.free(queued);
    }

    /** __dequeue_signal(): the next that the mask lets through, or 0. */
    int dequeue(int task, boolean shared, long mask, SigInfo into) {
        takenTimerSignal = NULL;
        int sig = SigSets.next(set(task, shared), mask);
        if (sig != 0) {
            collect(task, shared, sig, into);
        }
        return sig;
    }

    /** dequeue_synchronous_signal(): the first that an instruction of the task's has caused, or 0. */
    int dequeueSynchronous(int task, SigInfo into) {
        takenTimerSignal = NULL;
        long wanted = tasks.pendingSet(task) & ~tasks.blocked(task) & SigSets.SYNCHRONOUS;
        if (wanted == 0) {
            return 0;
        }
        Chain chain = queue.ofTask();
        for (int at = chain.first(task); at != NULL; at = chain.next(at)) {
            int sig = queue.signo(at);
            if (queue.code(at) > Signal.SI_USER && SigSets.has(wanted, sig)) {
                collect(task, false, sig, into);
                return sig;
            }
        }
        return 0;
    }

    /** flush_sigqueue_mask() of one queue. */
    void flush(int task, boolean shared, long mask) {
        long set = set(task, shared);
        if ((set & mask) == 0) {
            return;
        }
        setSet(task, shared, set & ~mask);
        Chain chain = chain(shared);
        int at = chain.first(head(task, shared));
        while (at != NULL) {
            int next = chain.next(at);
            if (SigSets.has(mask, queue.signo(at))) {
                drop(task, chain, at);
            }
            at = next;
        }
    }

    private void drop(int task, Chain chain, int queued) {
        if (!queue.preallocated(queued)) {
            release(chain, queued);
            return;
        }
        chain.remove(queued);
        if (queue.timer(queued) == NULL) {
            freePreallocated(queued);
        } else if (timerHook != null) {
            timerHook.flushed(task, queued);
        }
    }

    /** The mask's signals leave the process's queue and those of all its threads. */
    void flushProcess(int task, long mask) {
        flush(task, true, mask);
        Chain threads = signals.threads();
        for (int at = threads.first(tasks.signal(task)); at != NULL; at = threads.next(at)) {
            flush(at, false, mask);
        }
    }

    private long set(int task, boolean shared) {
        return shared ? signals.sharedPendingSet(tasks.signal(task)) : tasks.pendingSet(task);
    }

    private void setSet(int task, boolean shared, long value) {
        if (shared) {
            signals.setSharedPendingSet(tasks.signal(task), value);
        } else {
            tasks.setPendingSet(task, value);
        }
    }

    private Chain chain(boolean shared) {
        return shared ? queue.ofProcess() : queue.ofTask();
    }

    private int head(int task, boolean shared) {
        return shared ? tasks.signal(task) : task;
    }
}
