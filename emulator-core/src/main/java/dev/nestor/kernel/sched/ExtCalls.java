package dev.nestor.kernel.sched;

import dev.nestor.event.EventLoop;
import dev.nestor.event.Priority;
import dev.nestor.kernel.sched.ext.SchedExtOps;
import dev.nestor.kernel.sched.ext.Scx;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.table.HotPath;
import dev.nestor.table.Table;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Calls a SchedExtOps, and keeps what it does wrong from everybody else: SCX_CALL_OP() and scx_error(). */
final class ExtCalls {
    /*
     * Callbacks never nest: what a callback asks of the kernel makes no other. The first error is kept; from then on
     * nothing is called any more but exit(), and an event of the same instant gives all tasks to the fair class.
     *
     * An exception that comes out of the kernel's side of a call, but for an ExtAbort, is a bug of ours and goes on.
     */
    static final int NONE = 0;
    static final int INIT = 1;
    static final int EXIT = 2;
    static final int SELECT_CPU = 3;
    static final int ENQUEUE = 4;
    static final int DEQUEUE = 5;
    static final int DISPATCH = 6;
    static final int RUNNING = 7;
    static final int STOPPING = 8;
    static final int TICK = 9;
    static final int INIT_TASK = 10;
    static final int EXIT_TASK = 11;
    static final int ENABLE = 12;
    static final int DISABLE = 13;
    static final int SET_WEIGHT = 14;

    private static final String[] NAMES = {
        "",
        "init",
        "exit",
        "selectCpu",
        "enqueue",
        "dequeue",
        "dispatch",
        "running",
        "stopping",
        "tick",
        "initTask",
        "exitTask",
        "enable",
        "disable",
        "setWeight",
    };

    /** Calls of the kernel in one callback after which it is taken to go round in circles. */
    private static final int MOST_CALLS = 1 << 20;

    private static final int CALLBACK_BITS = 8;

    private final SchedExtOps ops;
    private final TaskTable tasks;
    private final Timekeeping time;
    private final EventLoop loop;
    private final IntUnaryOperator pidOf;
    private final int stopKind; // event kind
    private @Nullable Scx scx;
    private @Nullable ExtExit exit;
    private int callback; // NONE to SET_WEIGHT
    private int task; // that the callback is about
    private int cpu; // that dispatches
    private int calls; // of the kernel, in this callback
    private long callbacks; // so far
    private boolean isInKernel; // in one of them
    private String name;
    private long flags; // SchedExtOps.ENQ_*
    private long timeoutNs;
    private volatile long progress; // callbacks so far, and the one in progress: for another thread to see

    /** @param stop gives up the class, in an event of its own */
    ExtCalls(SchedExtOps ops, TaskTable tasks, SchedMachine machine, IntUnaryOperator pidOf, Runnable stop) {
        this.ops = ops;
        this.tasks = tasks;
        this.time = machine.time();
        this.loop = machine.loop();
        this.pidOf = pidOf;
        this.name = ops.getClass().getSimpleName();
        this.stopKind = loop.register((target, datum) -> stop.run());
    }

    /** Once, before the first call. */
    void setScx(Scx made) {
        scx = made;
    }

    private Scx scx() {
        return Objects.requireNonNull(scx, "the other side");
    }

    /** Why it was stopped; null while it is not. */
    @Nullable
    ExtExit exit() {
        return exit;
    }

    /** scx_rq_bypassing(): it has been stopped, and nothing is asked of it any more. */
    boolean isStopped() {
        return exit != null;
    }

    /** ops.flags. */
    boolean hasFlag(long flag) {
        return (flags & flag) != 0;
    }

    long timeoutNs() {
        return timeoutNs;
    }

    String className() {
        return ops.getClass().getName();
    }

    int callback() {
        return callback;
    }

    int task() {
        return task;
    }

    int cpu() {
        return cpu;
    }

    /** For a thread that watches: changes with each callback; 0 in the last bits while none is in progress. */
    long progress() {
        return progress;
    }

    static boolean isInCallback(long progress) {
        return (progress & ((1 << CALLBACK_BITS) - 1)) != NONE;
    }

    /** The kernel's side of a call begins: counts it. */
    @HotPath
    void enterKernel() {
        if (callback == NONE) {
            throw new IllegalStateException("Scx is for use in callbacks");
        }
        if (exit != null && callback != EXIT) {
            throw new ExtAbort("stopped");
        }
        if (++calls > MOST_CALLS) {
            throw error("does not return: it has called the kernel " + MOST_CALLS + " times");
        }
        isInKernel = true;
    }

    @HotPath
    void leaveKernel() {
        isInKernel = false;
    }

    /** scx_error(): the scheduler is stopped for what it does now. Always throws. */
    ExtAbort error(String reason) {
        isInKernel = false;
        stop(reason);
        throw new ExtAbort(reason);
    }

    /** The same, when it is not in a callback, or as good as not. */
    void stop(String reason) {
        if (exit == null) {
            exit = new ExtExit(name, className(), inProgress(), reason, time.monotonicNs());
            loop.schedule(loop.clock().now(), Priority.TIMER, stopKind, 0, 0);
        }
    }

    /** The callback in progress and the task that it is about. */
    String inProgress() {
        if (callback == NONE) {
            return "";
        }
        String about = callback == DISPATCH ? "CPU " + cpu : task == Table.NULL ? "" : nameOf(task);
        return NAMES[callback] + "(" + about + ")";
    }

    /** comm[pid]. */
    String nameOf(int of) {
        return commOf(of) + "[" + pidOf.applyAsInt(of) + "]";
    }

    String commOf(int of) {
        byte[] comm = new byte[TaskTable.TASK_COMM_LEN];
        return new String(comm, 0, tasks.comm(of, comm), StandardCharsets.ISO_8859_1);
    }

    int pidOf(int of) {
        return pidOf.applyAsInt(of);
    }

    private boolean enter(int wanted, int about) {
        assert callback == NONE : "a callback in another";
        if (exit != null && wanted != EXIT) {
            return false;
        }
        callback = wanted;
        task = about;
        calls = 0;
        callbacks++;
        progress = (callbacks << CALLBACK_BITS) | wanted;
        return true;
    }

    private void leave() {
        callback = NONE;
        task = Table.NULL;
        progress = callbacks << CALLBACK_BITS;
    }

    private void caught(Throwable e) {
        if (isInKernel) {
            isInKernel = false;
            rethrow(e);
        }
        if (e instanceof ExtAbort) {
            return;
        }
        StackTraceElement[] trace = e.getStackTrace();
        String place = trace.length == 0 ? "" : " at " + trace[0].getFileName() + ":" + trace[0].getLineNumber();
        stop("throws " + e + place);
    }

    private static void rethrow(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) e;
    }

    void init() {
        if (enter(INIT, Table.NULL)) {
            try {
                name = ops.name();
                flags = ops.flags();
                int timeoutMs = ops.timeoutMs();
                timeoutNs = timeoutMs * 1_000_000L;
                if (timeoutMs < 1 || timeoutMs > SchedExtOps.TIMEOUT_MS_MAX) {
                    throw error("timeoutMs() is " + timeoutMs + ", not 1 to " + SchedExtOps.TIMEOUT_MS_MAX);
                }
                ops.init(scx());
            } catch (Throwable e) {
                caught(e);
            } finally {
                leave();
            }
        }
    }

    void exit(String reason) {
        enter(EXIT, Table.NULL);
        try {
            ops.exit(scx(), reason);
        } catch (Throwable e) {
            caught(e);
        } finally {
            leave();
        }
    }

    @HotPath
    int selectCpu(int about, int prevCpu, long wakeFlags) {
        int answer = prevCpu;
        if (enter(SELECT_CPU, about)) {
            try {
                answer = ops.selectCpu(scx(), about, prevCpu, wakeFlags);
            } catch (Throwable e) {
                caught(e);
            } finally {
                leave();
            }
        }
        return answer;
    }

    @HotPath
    void enqueue(int about, long enqFlags) {
        if (enter(ENQUEUE, about)) {
            try {
                ops.enqueue(scx(), about, enqFlags);
            } catch (Throwable e) {
                caught(e);
            } finally {
                leave();
            }
        }
    }

    @HotPath
    void dequeue(int about, long deqFlags) {
        if (enter(DEQUEUE, about)) {
            try {
                ops.dequeue(scx(), about, deqFlags);
            } catch (Throwable e) {
                caught(e);
            } finally {
                leave();
            }
        }
    }

    @HotPath
    void dispatch(int onCpu, int prev) {
        if (enter(DISPATCH, prev)) {
            cpu = onCpu;
            try {
                ops.dispatch(scx(), onCpu, prev);
            } catch (Throwable e) {
                caught(e);
            } finally {
                leave();
            }
        }
    }

    @HotPath
    void running(int about) {
        if (enter(RUNNING, about)) {
            try {
                ops.running(scx(), about);
            } catch (Throwable e) {
                caught(e);
            } finally {
                leave();
            }
        }
    }

    @HotPath
    void stopping(int about, boolean isRunnable) {
        if (enter(STOPPING, about)) {
            try {
                ops.stopping(scx(), about, isRunnable);
            } catch (Throwable e) {
                caught(e);
            } finally {
                leave();
            }
        }
    }

    @HotPath
    void tick(int about) {
        if (enter(TICK, about)) {
            try {
                ops.tick(scx(), about);
            } catch (Throwable e) {
                caught(e);
            } finally {
                leave();
            }
        }
    }

    void initTask(int about) {
        if (enter(INIT_TASK, about)) {
            try {
                ops.initTask(scx(), about);
            } catch (Throwable e) {
                caught(e);
            } finally {
                leave();
            }
        }
    }

    void exitTask(int about) {
        if (enter(EXIT_TASK, about)) {
            try {
                ops.exitTask(scx(), about);
            } catch (Throwable e) {
                caught(e);
            } finally {
                leave();
            }
        }
    }

    void enable(int about) {
        if (enter(ENABLE, about)) {
            try {
                ops.enable(scx(), about);
            } catch (Throwable e) {
                caught(e);
            } finally {
                leave();
            }
        }
    }

    void disable(int about) {
        if (enter(DISABLE, about)) {
            try {
                ops.disable(scx(), about);
            } catch (Throwable e) {
                caught(e);
            } finally {
                leave();
            }
        }
    }

    void setWeight(int about, int weight) {
        if (enter(SET_WEIGHT, about)) {
            try {
                ops.setWeight(scx(), about, weight);
            } catch (Throwable e) {
                caught(e);
            } finally {
                leave();
            }
        }
    }
}
