package dev.nestor.trace;

/**
 * The sink: callbacks named as the kernel names its tracepoints. Times are cycles, tasks are handles, cpus are numbers.
 * Whoever listens changes nothing. {@link #NONE} is for a machine that nobody watches.
 */
public interface Tracepoints {
    /** Listens to nothing. */
    Tracepoints NONE = new Tracepoints() {};

    /** The task of an idle CPU in {@link #schedSwitch}. */
    int IDLE = 0;

    /**
     * sched_switch.
     *
     * @param prevState TASK_*; TASK_RUNNING for one that is preempted or yields
     */
    default void schedSwitch(long now, int cpu, int prevTask, int prevState, int nextTask) {}

    /** sched_waking, on the CPU that wakes; -1 where a timer does on a machine without CPUs. */
    default void schedWaking(long now, int cpu, int task) {}

    /** sched_wakeup: the task is in the run queue of targetCpu. */
    default void schedWakeup(long now, int cpu, int task, int targetCpu) {}

    /** sched_wakeup_new. */
    default void schedWakeupNew(long now, int cpu, int task, int targetCpu) {}

    /** sched_migrate_task. */
    default void schedMigrateTask(long now, int task, int fromCpu, int toCpu) {}

    /** sched_process_fork. */
    default void schedProcessFork(long now, int parent, int child) {}

    /** sched_process_exit. */
    default void schedProcessExit(long now, int task) {}

    /** sys_enter. */
    default void sysEnter(long now, int cpu, int task, int nr) {}

    /**
     * sys_exit.
     *
     * @param cycles in the kernel for this call, not counting the time asleep
     */
    default void sysExit(long now, int cpu, int task, int nr, long result, long cycles) {}
}
