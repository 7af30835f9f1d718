package dev.nestor.syscalls;

import dev.nestor.fs.Files;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.exit.Exit;
import dev.nestor.kernel.futex.Futexes;
import dev.nestor.kernel.sched.WaitQueues;
import dev.nestor.kernel.signal.KSignal;
import dev.nestor.kernel.signal.Restart;
import dev.nestor.kernel.signal.SignalDelivery;
import dev.nestor.kernel.signal.SignalRoom;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.machine.Work;
import dev.nestor.table.HotPath;

/**
 * A task's way into the kernel and back, whatever drives it: entering a call, entering it again after a wait, and what is
 * done before user mode goes on (signals, restarts). Mirrors arch/x86/entry and kernel/entry.
 *
 * <pre>
 *   enter(nr) ──► result ──────────────► toUser(result) ──► USER | HANDLER | RESTART | STOPPED | DYING
 *      │                                     ▲
 *      └────► BLOCKED ··· woken ··► resume() ┘
 * </pre>
 */
public final class Execution {
    /** User mode goes on after the call. */
    public static final int USER = 0;

    /** User mode goes on in a signal handler: {@link #signal}. */
    public static final int HANDLER = 1;

    /**
     * No handler runs and the call is to be made again: by {@link #enter} with its number and arguments, but after
     * -ERESTART_RESTARTBLOCK by {@link #resume}, which does what restart_syscall(2) does.
     */
    public static final int RESTART = 2;

    /** The task is TASK_STOPPED; once it has been woken, {@link #toUser} is to be called again. */
    public static final int STOPPED = 3;

    /** The task ends: it is TASK_DEAD, or it is blocked in its exit until {@link #resume} says 0. */
    public static final int DYING = 4;

    private final Syscalls syscalls;
    private final TaskTable tasks;
    private final WaitQueues waitQueues;
    private final Exit exit;
    private final SignalRoom signals;
    private final Files files;
    private final Futexes futexes;
    private final Work work;
    private final KSignal signal = new KSignal();

    public Execution(Kernel kernel, Syscalls syscalls) {
        this.syscalls = syscalls;
        this.tasks = kernel.tasks();
        this.waitQueues = kernel.waitQueues();
        this.exit = kernel.exit();
        this.signals = kernel.signals();
        this.files = kernel.files();
        this.futexes = kernel.futexes();
        this.work = kernel.work();
    }

    public Syscalls syscalls() {
        return syscalls;
    }

    /** Enters a call whose arguments have been set with {@link Syscalls#setArg}. A result, or BLOCKED. */
    @HotPath
    public long enter(int task, int nr) {
        work.add(Work.SYSCALL_ENTRY);
        files.letGoOfCall(task); // what a driver has cut short
        futexes.unqueue(task);
        return syscalls.enter(task, nr);
    }

    /** Enters again the call, or the exit, that a task was blocked in and has been woken from. */
    @HotPath
    public long resume(int task) {
        waitQueues.finishWait(task);
        if (tasks.hasFlag(task, TaskTable.PF_EXITING)) {
            return exit.continueExit(task) ? 0 : Syscalls.BLOCKED;
        }
        long result = syscalls.resume(task);
        if (result != Syscalls.BLOCKED) {
            files.letGoOfCall(task);
        }
        return result;
    }

    public boolean isDead(int task) {
        return tasks.state(task) == TaskTable.TASK_DEAD;
    }

    /**
     * exit_to_user_mode_loop(): signals, on the way back from a call with this result.
     *
     * @return USER, HANDLER, RESTART, STOPPED or DYING
     */
    public int toUser(int task, long result) {
        if (tasks.hasFlag(task, TaskTable.PF_EXITING)) {
            return DYING;
        }
        return handle(task, signals.delivery().getSignal(task, signal), result);
    }

    /**
     * As {@link #toUser}, for a driver that knows which signal the task takes now, as one that replays a log. The signal is
     * pending.
     */
    public int take(int task, int sig, long result) {
        return handle(task, signals.delivery().take(task, sig, signal), result);
    }

    private int handle(int task, int taken, long result) {
        return switch (taken) {
            case SignalDelivery.NONE -> Restart.isInterrupted(result) ? RESTART : USER;
            case SignalDelivery.STOPPED -> STOPPED;
            case SignalDelivery.EXITED -> DYING;
            default -> {
                signals.frames().saveInterrupted(task, result, signal.action().flags());
                work.add(Work.SIGNAL_DELIVER);
                yield HANDLER;
            }
        };
    }

    /** The signal that a handler takes, after {@link #toUser} has said HANDLER. */
    public KSignal signal() {
        return signal;
    }
}
