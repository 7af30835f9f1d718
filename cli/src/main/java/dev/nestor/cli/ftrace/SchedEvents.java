package dev.nestor.cli.ftrace;

/** What a trace tells of the scheduler, event by event. Times are ns, from any beginning; numbers are of threads, 0 the idle tasks. */
public interface SchedEvents {
    /** The number of every CPU's idle task. */
    int IDLE = 0;

    /** Any event at all, of whatever kind, before what it says. */
    default void event(long ns, int cpu) {}

    /**
     * sched_switch.
     *
     * @param prevState as the kernel's letters have it: R for one that is preempted or yields
     */
    default void schedSwitch(long ns, int cpu, TracedTask prev, String prevState, TracedTask next) {}

    /** sched_waking: the task is about to be woken. */
    default void schedWaking(long ns, TracedTask task) {}

    /** sched_wakeup and sched_wakeup_new. */
    default void schedWakeup(long ns, TracedTask task, int targetCpu) {}

    /** sched_migrate_task. */
    default void schedMigrateTask(long ns, TracedTask task, int fromCpu, int toCpu) {}

    /** A task, as an event names it. */
    record TracedTask(String comm, int pid) {}
}
