package dev.nestor.kernel.sched;

import dev.nestor.event.Clock;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.HotPath;
import dev.nestor.table.Table;
import dev.nestor.trace.Tracepoints;
import dev.nestor.uapi.Sched;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Tasks on the queues of their classes and CPUs: what kernel/sched/core.c does for every class. */
final class RunQueues {
    /** No CPU is at work: an interrupt, or something outside the machine. */
    static final int NO_CPU = -1;

    private static final int WAS_QUEUED = 1;

    /** A task that was current when a change began. */
    static final int WAS_CURRENT = 2;

    private final TaskTable tasks;
    private final SchedEntityTable ses;
    private final RqTable rqs;
    private final Clock clock;
    private final Tracepoints trace;
    private SchedClass[] classes = new SchedClass[0]; // highest first
    private Rescheduler rescheduler = (rq, wasAsked) -> {};
    private @Nullable FairServer fairServer;
    private @Nullable TaskGroups groups;
    private int thisCpu = NO_CPU; // cpu
    private int normalClass = SchedClass.FAIR;
    private int unusedClass = SchedClass.EXT;

    RunQueues(TaskTable tasks, SchedEntityTable ses, RqTable rqs, Clock clock, Tracepoints trace) {
        this.tasks = tasks;
        this.ses = ses;
        this.rqs = rqs;
        this.clock = clock;
        this.trace = trace;
    }

    /** resched_curr() for a CPU that may be doing something else, or nothing. */
    interface Rescheduler {
        /** need_resched may have been set, and had been before or not. */
        void notify(int rq, boolean wasAsked);
    }

    /** Once, by the CPUs. */
    void setRescheduler(Rescheduler cpus) {
        rescheduler = cpus;
    }

    /** Once, at boot. */
    void setFairServer(FairServer server) {
        fairServer = server;
    }

    /** Once, at boot. */
    void setGroups(TaskGroups taskGroups) {
        groups = taskGroups;
    }

    private TaskGroups groups() {
        return Objects.requireNonNull(groups, "no task groups");
    }

    /** set_task_rq(): of a task that is on no queue and comes to a CPU. */
    void setTaskRq(int task, int cpu) {
        tasks.setCpu(task, cpu);
        groups().setTaskRq(tasks.se(task), cpu);
    }

    /** Highest first; a task's class is a number into them. */
    void setClasses(SchedClass... inOrder) {
        classes = inOrder;
    }

    /** The class of SCHED_NORMAL, SCHED_BATCH and SCHED_IDLE: FAIR, or EXT. */
    int normalClass() {
        return normalClass;
    }

    /** scx_switched_all(): from now on ordinary tasks that come up are of this class, below fair. */
    void switchToExt(SchedClass ext) {
        classes = new SchedClass[] {
            classes[SchedClass.DEADLINE], classes[SchedClass.RT], classes[SchedClass.FAIR], ext,
        };
        normalClass = SchedClass.EXT;
        unusedClass = SchedClass.FAIR;
    }

    /** The same back: ordinary tasks are fair ones. */
    void switchToFair() {
        normalClass = SchedClass.FAIR;
        unusedClass = SchedClass.EXT;
    }

    /** smp_processor_id(), or NO_CPU. */
    int thisCpu() {
        return thisCpu;
    }

    void setThisCpu(int cpu) {
        thisCpu = cpu;
    }

    SchedClass classOf(int task) {
        return classes[ses.schedClass(tasks.se(task))];
    }

    /** The class of a number. */
    SchedClass schedClass(int number) {
        return classes[number];
    }

    /** p->prio: -1 of a deadline task, 0 to 98 of real-time ones, 100 to 139 of others; lower is more urgent. */
    int prio(int task) {
        int lent = ses.piPrio(tasks.se(task));
        return lent == 0 ? normalPrio(task) : Math.min(normalPrio(task), lent - 1);
    }

    /** p->normal_prio: as {@link #prio}, without what it has been lent. */
    private int normalPrio(int task) {
        return switch (tasks.policy(task)) {
            case Sched.SCHED_DEADLINE -> -1;
            case Sched.SCHED_FIFO, Sched.SCHED_RR -> RtClass.MAX_RT_PRIO - 1 - tasks.rtPriority(task);
            default -> tasks.staticPrio(task);
        };
    }

    /** task_rq(). */
    int taskRq(int task) {
        return rqs.cpuRq(tasks.cpu(task));
    }

    /** activate_task(). */
    @HotPath
    void activate(int rq, int task, int flags) {
        int se = tasks.se(task);
        if ((flags & SchedClass.ENQUEUE_DELAYED) == 0) {
            rqs.addNrRunning(rq, 1);
        }
        ses.setLastQueued(se, clock.now());
        classOf(task).enqueueTask(rq, task, flags);
        enqueued(rq);
    }

    /** A task has been queued: the fair server may be needed. */
    @HotPath
    void enqueued(int rq) {
        if (fairServer != null) {
            fairServer.enqueued(rq);
        }
    }

    /** deactivate_task(), block_task(): false if the task stays queued for now, asleep. */
    @HotPath
    boolean deactivate(int rq, int task, int flags) {
        boolean isGone = classOf(task).dequeueTask(rq, task, flags);
        if (isGone) {
            rqs.addNrRunning(rq, -1);
        }
        return isGone;
    }

    /** update_curr_common() of the classes but fair: charges current for the time until now, ns. */
    @HotPath
    long updateCurrCommon(int se, long nowNs) {
        long delta = Math.max(0, nowNs - ses.execStart(se));
        ses.setExecStart(se, nowNs);
        ses.setSumExecRuntime(se, ses.sumExecRuntime(se) + delta);
        return delta;
    }

    /** sched_change_begin(): takes a task off its queue and its CPU, so that what the queue keeps of it can change. */
    int beginChange(int rq, int task) {
        int se = tasks.se(task);
        if (ses.schedDelayed(se)) {
            deactivate(rq, task, SchedClass.DEQUEUE_SLEEP | SchedClass.DEQUEUE_DELAYED);
        }
        int was = (ses.onRq(se) ? WAS_QUEUED : 0) | (rqs.curr(rq) == task ? WAS_CURRENT : 0);
        if ((was & WAS_QUEUED) != 0) {
            classOf(task).dequeueTask(rq, task, 0);
        }
        if ((was & WAS_CURRENT) != 0) {
            classOf(task).putPrevTask(rq, task);
        }
        return was;
    }

    /**
     * sched_change_end(): puts it back, on the queue of what is its class now.
     *
     * @param was what {@link #beginChange} gave
     */
    void endChange(int rq, int task, int was, int enqueueFlags) {
        if ((was & WAS_QUEUED) != 0) {
            classOf(task).enqueueTask(rq, task, enqueueFlags);
            enqueued(rq);
        }
        if ((was & WAS_CURRENT) != 0) {
            classOf(task).setNextTask(rq, task);
        }
    }

    /** set_task_cpu(): of a task that is on no queue. */
    void setTaskCpu(int task, int cpu) {
        int se = tasks.se(task);
        assert !ses.onRq(se) : "moved while queued";
        int from = tasks.cpu(task);
        if (from == cpu) {
            return;
        }
        trace.schedMigrateTask(clock.now(), task, from, cpu);
        classOf(task).migrateTaskRq(task);
        tasks.setNrMigrations(task, tasks.nrMigrations(task) + 1);
        setTaskRq(task, cpu);
    }

    /** move_queued_task(): of a task that does not run. */
    void move(int task, int cpu) {
        assert !ses.onCpu(tasks.se(task));
        leave(taskRq(task), task, 0);
        setTaskCpu(task, cpu);
        activate(rqs.cpuRq(cpu), task, SchedClass.ENQUEUE_MIGRATED);
        wakeupPreempt(rqs.cpuRq(cpu), task, 0);
    }

    /** Takes a task off the queue of a CPU that may be doing something else. Current there is charged, and may have to go. */
    void leave(int rq, int task, int flags) {
        boolean wasAsked = rqs.needResched(rq);
        deactivate(rq, task, flags);
        if (rqs.needResched(rq)) {
            rescheduler.notify(rq, wasAsked);
        }
    }

    /** The same, to a CPU that does not expect it. */
    void moveAndResched(int task, int cpu) {
        int rq = rqs.cpuRq(cpu);
        boolean wasAsked = rqs.needResched(rq);
        move(task, cpu);
        rescheduler.notify(rq, wasAsked);
    }

    /** Tells a CPU, if it was not asked to reschedule before and is now. */
    void notify(int rq, boolean wasAsked) {
        rescheduler.notify(rq, wasAsked);
    }

    /** wakeup_preempt(): whether the task, just queued, shall run at once; then current is asked to go. */
    @HotPath
    void wakeupPreempt(int rq, int task, int wakeFlags) {
        int curr = rqs.curr(rq);
        if (curr == Table.NULL) {
            rqs.setNeedResched(rq, true);
            return;
        }
        int mine = ses.schedClass(tasks.se(task));
        int running = ses.schedClass(tasks.se(curr));
        if (mine == running) {
            classes[mine].wakeupPreempt(rq, task, wakeFlags);
        } else if (mine < running) {
            rqs.setNeedResched(rq, true);
        }
    }

    /** __pick_next_task(): the task to run, NULL for the idle task. */
    @HotPath
    int pickNext(int rq) {
        for (int i = 0; i < classes.length; i++) {
            int task = i == unusedClass ? Table.NULL : classes[i].pickTask(rq);
            if (task != Table.NULL) {
                return task;
            }
        }
        return Table.NULL;
    }

    /** __balance_callbacks(). */
    @HotPath
    void balanceCallbacks(int rq) {
        for (int i = 0; i < classes.length; i++) {
            classes[i].balanceCallback(rq);
        }
    }

    private boolean isSameClass(int a, int b) {
        return ses.schedClass(tasks.se(a)) == ses.schedClass(tasks.se(b));
    }

    /** put_prev_set_next_task(). Of the idle task, which is NULL, there is nothing to put or set. */
    @HotPath
    void putPrevSetNext(int rq, int prev, int next) {
        if (prev != Table.NULL && next != Table.NULL && isSameClass(prev, next)) {
            classOf(prev).switchTasks(rq, prev, next);
            return;
        }
        if (prev != Table.NULL) {
            classOf(prev).putPrevTask(rq, prev);
        }
        if (next != Table.NULL) {
            classOf(next).setNextTask(rq, next);
        }
    }
}
