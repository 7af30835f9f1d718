package dev.nestor.kernel.sched.ext;

/**
 * struct sched_ext_ops: a scheduler. All tasks of SCHED_NORMAL, SCHED_BATCH and SCHED_IDLE are its own while it is loaded;
 * real-time and deadline tasks go before them. Whatever it leaves out has the kernel's default, so that a class without any method
 * is a scheduler already: one queue for all CPUs, first come, first served, 20 ms each.
 *
 * <h2>The life of a task</h2>
 *
 * <pre>
 *   initTask, enable
 *        |
 *        v     wakes                          its CPU has nothing to do, or its slice is over
 *     asleep --------&gt; selectCpu ---&gt; enqueue ......&gt; dispatch ---&gt; running ---&gt; stopping --+
 *        ^                 |             |               |            tick                 |
 *        |                 +-------------+---------------+                                 |
 *        |                   any of them inserts it into a dispatch queue                  |
 *        +------------------------------ sleeps ------------------------------------------+--&gt; enqueue: still runnable
 * </pre>
 *
 * <p>A task that wakes is asked for a CPU ({@link #selectCpu}), where it is enqueued. There the scheduler either inserts it into a
 * dispatch queue, or keeps its handle until it does so in some {@link #dispatch}. Inserted in {@link #selectCpu} already, it
 * is not enqueued. A CPU runs what is in its own local queue; when that is empty it takes from the global queue, and when that is empty too
 * it asks {@link #dispatch}, which inserts tasks it has kept, or moves one here from a queue that it has made. A task runs
 * until its slice is used up (at a tick), until it sleeps, or until a more urgent class comes; one that has slice left then goes on
 * first. One whose slice is over goes on with a new slice if nothing else is there, unless {@link #ENQ_LAST} asks to be told.
 *
 * <h2>Rules</h2>
 *
 * <p>Tasks are handles, alive from {@link #initTask} to {@link #exitTask}. Callbacks come one at a time and must return: they have no
 * other way to wait than to return. They cost no simulated time. A scheduler is a part of the machine, which is a pure function of its input:
 * it must not look at the host's clock, at unseeded random numbers, or at the order of a hash map. One object is made for each
 * machine. What it keeps in fields of its own is not in the machine's digest; {@link Scx#setVtime} and {@link
 * Scx#setScratch} are.
 *
 * <p>A scheduler that throws, that does not return, that inserts a task twice or where it cannot be, or that leaves a runnable task waiting
 * for longer than {@link #timeoutMs} is stopped: the run goes on under the fair class, and says so.
 */
public interface SchedExtOps {
    /** SCX_OPS_ENQ_LAST: a task whose slice is over and beside which nothing waits is enqueued with {@link Scx#ENQ_LAST}. */
    long ENQ_LAST = 1L << 1;

    /** SCX_OPS_ENQ_EXITING: tasks that are on their way to their end are enqueued too; else they run wherever they are. */
    long ENQ_EXITING = 1L << 2;

    /** The most that {@link #timeoutMs} can be: SCX_WATCHDOG_MAX_TIMEOUT. */
    int TIMEOUT_MS_MAX = 30_000;

    /** ops.name: how reports call it. */
    default String name() {
        return getClass().getSimpleName();
    }

    /** ops.flags: any of {@link #ENQ_LAST} and {@link #ENQ_EXITING}. Asked once. */
    default long flags() {
        return 0;
    }

    /** ops.timeout_ms: simulated ms that a runnable task may wait, 1 to {@link #TIMEOUT_MS_MAX}. Asked once. */
    default int timeoutMs() {
        return TIMEOUT_MS_MAX;
    }

    /** ops.init(): the scheduler is loaded, before there are any tasks. Here it makes its dispatch queues. */
    default void init(Scx scx) {}

    /** ops.exit(): the scheduler is no longer loaded. Not called at the end of a run. */
    default void exit(Scx scx, String reason) {}

    /**
     * ops.select_cpu(): the CPU for a task that wakes or is new. It is woken if it is idle. The answer need not be where the task runs in the
     * end; if the task may not run there, it is put on the first CPU where it may. A task that is inserted into a queue here is
     * not enqueued; {@link Scx#DSQ_LOCAL} is the answer's. By default the task goes to an idle CPU, or stays at prevCpu.
     *
     * @param prevCpu where it ran last
     * @param wakeFlags {@link Scx#WAKE_FORK} or {@link Scx#WAKE_TTWU}
     */
    default int selectCpu(Scx scx, int task, int prevCpu, long wakeFlags) {
        int cpu = scx.selectCpuDfl(task, prevCpu, wakeFlags);
        if (cpu < 0) {
            return prevCpu;
        }
        scx.dsqInsert(task, Scx.DSQ_LOCAL, Scx.SLICE_DFL, 0);
        return cpu;
    }

    /**
     * ops.enqueue(): the task is runnable and the scheduler's to keep, until it inserts it into a dispatch queue, here or in
     * {@link #dispatch}. By default it goes to {@link Scx#DSQ_GLOBAL}.
     *
     * @param enqFlags Scx.ENQ_*, to be passed on to {@link Scx#dsqInsert}
     */
    default void enqueue(Scx scx, int task, long enqFlags) {
        scx.dsqInsert(task, Scx.DSQ_GLOBAL, Scx.SLICE_DFL, enqFlags);
    }

    /**
     * ops.dequeue(): a task that the scheduler keeps is taken back, because something about it changes; if it stays runnable, it is enqueued again.
     * Who keeps handles must drop this one.
     */
    default void dequeue(Scx scx, int task, long deqFlags) {}

    /**
     * ops.dispatch(): a CPU has nothing in its local queue, and nothing is in the global one. Called again as long as it inserts tasks and
     * none of them is for this CPU, up to 32 times.
     *
     * @param prev the task that ran here, still runnable or not; 0 if it was none of this class
     */
    default void dispatch(Scx scx, int cpu, int prev) {}

    /** ops.running(): the task has its CPU. */
    default void running(Scx scx, int task) {}

    /**
     * ops.stopping(): the task leaves its CPU; what is left of its slice tells how long it had it.
     *
     * @param isRunnable whether it is to run again, and is enqueued next
     */
    default void stopping(Scx scx, int task, boolean isRunnable) {}

    /** ops.tick(): a tick hits the running task; its slice is up to date. {@link Scx#setSlice} to 0 ends its turn. */
    default void tick(Scx scx, int task) {}

    /** ops.init_task(): the task comes to the class, forked or by sched_setscheduler(2). A forked one may have no number yet. */
    default void initTask(Scx scx, int task) {}

    /** ops.exit_task(): the task is no more. Its handle will be another's. */
    default void exitTask(Scx scx, int task) {}

    /** ops.enable(): the task is about to be scheduled by this class, for the first time or again. Here its vtime begins. */
    default void enable(Scx scx, int task) {}

    /** ops.disable(): the task leaves for another class. */
    default void disable(Scx scx, int task) {}

    /** ops.set_weight(): nice has changed. */
    default void setWeight(Scx scx, int task, int weight) {}
}
