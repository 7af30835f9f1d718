package dev.nestor.kernel.sched.ext;

/**
 * The functions scx_bpf_*(): what the kernel does for a {@link SchedExtOps}, and what it tells about tasks and CPUs. Only for use in
 * callbacks. A call that makes no sense (a handle of no task, a queue that is not there, a task inserted twice) ends the callback with an
 * exception, and the scheduler is stopped.
 *
 * <h2>Dispatch queues</h2>
 *
 * <p>Each CPU has a local one, from which alone it runs tasks; one is global, and serves every CPU whose local one is empty; others are made by
 * the scheduler under numbers that it chooses. Queues are first in, first out; one that is the scheduler's own is in order of
 * vtime instead if tasks are inserted with {@link #dsqInsertVtime}, all of them or none.
 */
public interface Scx {
    /** SCX_DSQ_GLOBAL: the queue that serves all CPUs. */
    long DSQ_GLOBAL = 1L << 63 | 1;

    /** SCX_DSQ_LOCAL: of the CPU that dispatches, or on which the task is enqueued. */
    long DSQ_LOCAL = 1L << 63 | 2;

    /** SCX_DSQ_LOCAL_ON: with a CPU's number added, that CPU's. The CPU is told. */
    long DSQ_LOCAL_ON = 1L << 63 | 1L << 62;

    /** SCX_SLICE_DFL: 20 ms. */
    long SLICE_DFL = 20_000_000;

    /** SCX_SLICE_INF: a slice without end. */
    long SLICE_INF = -1;

    /** SCX_ENQ_WAKEUP: the task slept. */
    long ENQ_WAKEUP = 1;

    /** SCX_ENQ_HEAD: to the head of a queue that is first in, first out. */
    long ENQ_HEAD = 16;

    /** SCX_ENQ_PREEMPT: into a local queue, and at once: the slice of the task that runs there is over. */
    long ENQ_PREEMPT = 1L << 32;

    /** SCX_ENQ_LAST: see {@link SchedExtOps#ENQ_LAST}. */
    long ENQ_LAST = 1L << 41;

    /** SCX_DEQ_SLEEP: the task goes to sleep. */
    long DEQ_SLEEP = 1;

    /** SCX_DEQ_CORE_SCHED_EXEC: the task runs, though nobody dispatched it: it ran before it was changed. */
    long DEQ_CORE_SCHED_EXEC = 1L << 32;

    /** SCX_WAKE_FORK: the task is new. */
    long WAKE_FORK = 4;

    /** SCX_WAKE_TTWU: the task slept. */
    long WAKE_TTWU = 8;

    /** SCX_KICK_IDLE: only if the CPU is idle. */
    long KICK_IDLE = 1;

    /** SCX_KICK_PREEMPT: the slice of the task that runs there is over. */
    long KICK_PREEMPT = 2;

    /** scx_bpf_create_dsq(): makes a queue under a number below 2^63, 0 included. */
    void createDsq(long dsq);

    /** scx_bpf_destroy_dsq(): of a queue of one's own that is empty. */
    void destroyDsq(long dsq);

    /** scx_bpf_dsq_nr_queued(): the tasks in a queue; of DSQ_LOCAL those of the CPU that dispatches. */
    int dsqNrQueued(long dsq);

    /** bpf_iter_scx_dsq: the first task of a queue, or 0. */
    int dsqFirst(long dsq);

    /** The task behind one that is in a queue, or 0. */
    int dsqNext(int task);

    /**
     * scx_bpf_dsq_insert(): puts a task that the scheduler has, the one being enqueued or one it has kept, into a queue. In selectCpu, enqueue
     * and dispatch.
     *
     * @param slice ns; 0 to leave it what it is, {@link #SLICE_INF}
     * @param enqFlags what enqueue was given, with {@link #ENQ_HEAD} and {@link #ENQ_PREEMPT} at will
     */
    void dsqInsert(int task, long dsq, long slice, long enqFlags);

    /** scx_bpf_dsq_insert_vtime(): into a queue of one's own, by vtime; the task keeps it. */
    void dsqInsertVtime(int task, long dsq, long slice, long vtime, long enqFlags);

    /** scx_bpf_dsq_move_to_local(): the first task of a queue that may run here goes to the local one; false if there is none. In dispatch. */
    boolean dsqMoveToLocal(long dsq);

    /** scx_bpf_kick_cpu(): the CPU looks for what it shall run, once the callback is over. Any of KICK_*, or 0. */
    void kickCpu(int cpu, long flags);

    /** scx_bpf_select_cpu_dfl(): claims the idle CPU that is best for the task: a whole core, prevCpu, the nearest; -1 if none is idle. */
    int selectCpuDfl(int task, int prevCpu, long wakeFlags);

    /** scx_bpf_pick_idle_cpu(): claims the first idle CPU that the task may run on, or answers -1. */
    int pickIdleCpu(int task);

    /** scx_bpf_test_and_clear_cpu_idle(): claims a CPU if it is idle. A CPU that is claimed counts as busy until it is idle again. */
    boolean testAndClearCpuIdle(int cpu);

    /** scx_bpf_nr_cpu_ids(): CPUs of the machine, numbered from 0. */
    int nrCpus();

    /** scx_bpf_now(): ns since boot, of the machine. */
    long now();

    /** scx_bpf_cpu_rq(), its curr: the task of this class that a CPU runs, or 0. */
    int cpuCurr(int cpu);

    /** scx_bpf_task_cpu(): where the task runs, waits or last was. */
    int taskCpu(int task);

    /** scx_bpf_task_running(). */
    boolean taskRunning(int task);

    /** SCX_TASK_QUEUED: whether the task is runnable: it runs, or waits. */
    boolean taskQueued(int task);

    /** p->pid, in the root PID namespace. 0 of a task that is being forked. */
    int pid(int task);

    /** p->comm. */
    String comm(int task);

    /** p->scx.weight: 1 to 10000, 100 of nice 0. */
    int weight(int task);

    /** p->policy: SCHED_NORMAL, SCHED_BATCH or SCHED_IDLE. */
    int policy(int task);

    /** bpf_cpumask_test_cpu() of p->cpus_ptr. */
    boolean isAllowed(int task, int cpu);

    /** p->nr_cpus_allowed. */
    int nrCpusAllowed(int task);

    /** p->se.sum_exec_runtime: ns on CPUs, up to the last time that the task was charged. */
    long sumExecRuntime(int task);

    /** p->scx.slice: ns left. */
    long slice(int task);

    void setSlice(int task, long ns);

    /** p->scx.dsq_vtime. */
    long vtime(int task);

    /** For the scheduler's own use, while the task is in no queue. */
    void setVtime(int task, long vtime);

    /** 64 bits that are the scheduler's own: task storage. 0 at first. */
    long scratch(int task);

    void setScratch(int task, long value);

    /** scx_bpf_error(): the scheduler gives up, with a message. Does not return. */
    RuntimeException error(String message);
}
