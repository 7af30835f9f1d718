package dev.nestor.kernel.sched;

/** struct sched_class: a scheduling policy. A method that is given a run queue works on tasks of its own class there. */
public interface SchedClass {
    /** The classes' numbers, the highest first. */
    int DEADLINE = 0;

    int RT = 1;
    int FAIR = 2;

    /** Of a SchedExtOps, if there is one: then no task is in FAIR. */
    int EXT = 3;

    /** The task slept and is queued again. */
    int ENQUEUE_WAKEUP = 1;

    /** The task slept but is still queued: sched_delayed. */
    int ENQUEUE_DELAYED = 2;

    /** The task comes from another CPU. */
    int ENQUEUE_MIGRATED = 4;

    /** The task is new. */
    int ENQUEUE_INITIAL = 8;

    /** The task goes before its equals. */
    int ENQUEUE_HEAD = 16;

    /** The task goes to sleep, which may be delayed. */
    int DEQUEUE_SLEEP = 1;

    /** A task whose sleep was delayed leaves now. */
    int DEQUEUE_DELAYED = 2;

    /** The task must not be found queued once it sleeps: it is stopped, or dead. */
    int DEQUEUE_SPECIAL = 4;

    /** The task is throttled: it must not be found queued, and is runnable all the same. */
    int DEQUEUE_THROTTLE = 8;

    /** select_task_rq() for a new task; without it, for one that wakes. */
    int WF_FORK = 4;

    int WF_TTWU = 8;

    void enqueueTask(int rq, int task, int flags);

    /** False if the task stays queued for now, asleep. */
    boolean dequeueTask(int rq, int task, int flags);

    /** sched_yield(2) of the current task. */
    void yieldTask(int rq);

    /** A task of this class, which is current's too, has been queued: asks for current to be rescheduled if it shall run. */
    void wakeupPreempt(int rq, int task, int wakeFlags);

    /** The task that shall run, or NULL; current is still in place, if it is of this class. */
    int pickTask(int rq);

    /** Current stops running, queued or not. */
    void putPrevTask(int rq, int task);

    /** The task, which is queued, becomes current. */
    void setNextTask(int rq, int task);

    /** put_prev_task() of one task and set_next_task() of another, both of this class. */
    default void switchTasks(int rq, int prev, int next) {
        putPrevTask(rq, prev);
        setNextTask(rq, next);
    }

    void taskTick(int rq, int task);

    /** The CPU for a task that is not queued. */
    int selectTaskRq(int task, int prevCpu, int wakeFlags);

    /** A task that is being forked, from its CPU's current one. */
    void taskFork(int task);

    /** A task of this class has another weight or priority now. */
    void prioChanged(int rq, int task, int oldPrio);

    /** A task has left this class; it is not queued. */
    void switchedFrom(int rq, int task);

    /** A task has come to this class, and is queued if it is runnable. */
    void switchedTo(int rq, int task);

    /** migrate_task_rq(): the task, which is on no queue, is about to belong to another CPU. */
    default void migrateTaskRq(int task) {}

    /** The task is on its way to user mode: true if it has left its queue, because its group has no runtime left. */
    default boolean throttleWork(int rq, int task) {
        return false;
    }

    /** task_dead(): the task has left its CPU for ever. */
    default void taskDead(int task) {}

    /** task_woken(): a task that woke has been queued and is not to run at once. */
    default void taskWoken(int rq, int task) {}

    /** What is left to do after a switch: balance_callback. */
    default void balanceCallback(int rq) {}

    /** Charges current for the time until now. */
    void updateCurr(int rq);
}
