package dev.nestor.kernel.signal;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.sched.WaitQueues;
import dev.nestor.kernel.task.SighandTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.HotPath;
import dev.nestor.uapi.Sched;
import dev.nestor.uapi.Signal;

/** Actions: copying, sharing and resetting sighand_struct, and what an action says about a signal. */
public final class Sighands {
    private static final int POLLHUP_POLLFREE = 0x4010;

    private final TaskTable tasks;
    private final SighandTable sighands;
    private final WaitQueues waitQueues;

    public Sighands(TaskTable tasks, SighandTable sighands, WaitQueues waitQueues) {
        this.tasks = tasks;
        this.sighands = sighands;
        this.waitQueues = waitQueues;
    }

    /** sighand->signalfd_wqh: where a task waits that reads its signals, made when it is first asked for; NULL without memory. */
    public int signalfdQueue(int task) {
        int sighand = tasks.sighand(task);
        if (sighands.signalfdWqh(sighand) == NULL) {
            sighands.setSignalfdWqh(sighand, waitQueues.alloc());
        }
        return sighands.signalfdWqh(sighand);
    }

    /** signalfd_notify(): a signal has come for the task, or others are asked for. */
    @HotPath
    public void signalfdNotify(int task) {
        int queue = sighands.signalfdWqh(tasks.sighand(task));
        if (queue != NULL) {
            waitQueues.wakeUp(queue, TaskTable.TASK_INTERRUPTIBLE | TaskTable.TASK_UNINTERRUPTIBLE);
        }
    }

    /** All actions default, one holder; NULL at the table's limit. */
    public int create() {
        int sighand = sighands.alloc();
        if (sighand != NULL) {
            sighands.setCount(sighand, 1);
        }
        return sighand;
    }

    /**
     * copy_sighand(): the sighand_struct for a child of the task: the same one with CLONE_SIGHAND, else a copy, in which
     * CLONE_CLEAR_SIGHAND takes handlers back to the default. NULL (ENOMEM) at the table's limit.
     */
    public int copySighand(int task, long cloneFlags) {
        int from = tasks.sighand(task);
        if ((cloneFlags & Sched.CLONE_SIGHAND) != 0) {
            sighands.setCount(from, sighands.count(from) + 1);
            return from;
        }
        int to = create();
        if (to != NULL) {
            sighands.copyActions(from, to);
            if ((cloneFlags & Sched.CLONE_CLEAR_SIGHAND) != 0) {
                flush(to, false);
            }
        }
        return to;
    }

    /** __cleanup_sighand(): gives back a reference. */
    public void putSighand(int sighand) {
        int count = sighands.count(sighand) - 1;
        sighands.setCount(sighand, count);
        if (count == 0) {
            if (sighands.signalfdWqh(sighand) != NULL) {
                waitQueues.freePolled(sighands.signalfdWqh(sighand), POLLHUP_POLLFREE);
            }
            sighands.free(sighand);
        }
    }

    /** unshare_sighand() at exec: the task gets actions of its own; false (ENOMEM) at the table's limit. */
    public boolean unshareSighand(int task) {
        int shared = tasks.sighand(task);
        if (sighands.count(shared) == 1) {
            return true;
        }
        int own = copySighand(task, 0);
        if (own == NULL) {
            return false;
        }
        tasks.setSighand(task, own);
        putSighand(shared);
        return true;
    }

    /** flush_signal_handlers(): handlers go back to the default; ignored signals stay ignored unless forced. */
    public void flushSignalHandlers(int task, boolean forceDefault) {
        flush(tasks.sighand(task), forceDefault);
    }

    private void flush(int sighand, boolean forceDefault) {
        for (int i = 0; i < Signal.NSIG; i++) {
            if (forceDefault || sighands.handler(sighand, i) != Signal.SIG_IGN) {
                sighands.setHandler(sighand, i, Signal.SIG_DFL);
            }
            sighands.setSaFlags(sighand, i, 0);
            sighands.setRestorer(sighand, i, 0);
            sighands.setSaMask(sighand, i, 0);
        }
    }

    /** sig_handler(): SIG_DFL, SIG_IGN or a user address. */
    public long handler(int task, int sig) {
        return sighands.handler(tasks.sighand(task), sig - 1);
    }

    void setHandler(int task, int sig, long handler) {
        sighands.setHandler(tasks.sighand(task), sig - 1, handler);
    }

    public long saFlags(int task, int sig) {
        return sighands.saFlags(tasks.sighand(task), sig - 1);
    }

    void load(int task, int sig, SigAction into) {
        int sighand = tasks.sighand(task);
        into.set(
                sighands.handler(sighand, sig - 1),
                sighands.saFlags(sighand, sig - 1),
                sighands.restorer(sighand, sig - 1),
                sighands.saMask(sighand, sig - 1));
    }

    void store(int task, int sig, SigAction action) {
        int sighand = tasks.sighand(task);
        sighands.setHandler(sighand, sig - 1, action.handler());
        sighands.setSaFlags(sighand, sig - 1, action.flags());
        sighands.setRestorer(sighand, sig - 1, action.restorer());
        sighands.setSaMask(sighand, sig - 1, action.mask());
    }

    /** sig_handler_ignored(). */
    boolean ignores(int task, int sig) {
        long handler = handler(task, sig);
        return handler == Signal.SIG_IGN || (handler == Signal.SIG_DFL && SigSets.has(SigSets.KERNEL_IGNORE, sig));
    }

    /** sig_fatal(): the default action ends the process. */
    boolean isFatal(int task, int sig) {
        return !SigSets.has(SigSets.KERNEL_IGNORE | SigSets.KERNEL_STOP, sig) && handler(task, sig) == Signal.SIG_DFL;
    }
}
