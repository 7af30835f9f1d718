package dev.nestor.kernel.sched;

import dev.nestor.event.EventLoop;
import dev.nestor.event.EventQueue;
import dev.nestor.event.Priority;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.table.HotPath;
import dev.nestor.table.Table;

/** dl_sched_class: SCHED_DEADLINE, of kernel/sched/deadline.c. */
final class DeadlineClass implements SchedClass {
    /*
     * The constant bandwidth server: a task may run for its runtime until its deadline, then is throttled until its next
     * period, when a timer gives it a new runtime and a later deadline. Of those with runtime left the one with the earliest
     * deadline runs. Without hrtick an overrun is seen at the tick; it is paid in the next period. A throttled task is
     * runnable (on_rq) but on no queue, and not counted in nr_running.
     */
    private static final int NONE = -1;

    private final TaskTable tasks;
    private final SchedEntityTable ses;
    private final RqTable rqs;
    private final CfsRqTable cfsRqs;
    private final SchedDlEntityTable dls;
    private final DlQueues queues;
    private final FairServer server;
    private final FairClass fair;
    private final RunQueues runQueues;
    private final Timekeeping time;
    private final EventLoop loop;
    private final int timerKind; // event kind

    DeadlineClass(
            RunQueues runQueues,
            SchedTables tables,
            DlQueues queues,
            FairServer server,
            FairClass fair,
            SchedMachine machine) {
        this.tasks = tables.tasks();
        this.ses = tables.ses();
        this.rqs = tables.rqs();
        this.cfsRqs = tables.cfsRqs();
        this.dls = queues.dls();
        this.queues = queues;
        this.server = server;
        this.fair = fair;
        this.runQueues = runQueues;
        this.time = machine.time();
        this.loop = machine.loop();
        this.timerKind = loop.register(this::expired);
    }

    /** enqueue_task_dl(). */
    @Override
    @HotPath
    public void enqueueTask(int rq, int task, int flags) {
        int se = tasks.se(task);
        int dl = ses.dl(se);
        ses.setOnRq(se, true);
        checkConstrained(dl);
        if (dls.throttled(dl)) {
            rqs.addNrRunning(rq, -1);
            return;
        }
        if ((flags & ENQUEUE_WAKEUP) != 0) {
            queues.wake(dl);
        } else if (dls.deadline(dl) < time.monotonicNs()) {
            queues.newPeriod(dl);
        }
        queues.insert(rq, dl);
    }

    /** dl_check_constrained_dl(): after its deadline but before its next period it has to wait. */
    private void checkConstrained(int dl) {
        long now = time.monotonicNs();
        boolean isConstrained = dls.dlDeadline(dl) != dls.dlPeriod(dl) && !dls.throttled(dl);
        if (isConstrained && dls.deadline(dl) < now && now < queues.nextPeriod(dl)) {
            dls.setThrottled(dl, true);
            dls.setRuntime(dl, Math.min(dls.runtime(dl), 0));
            arm(dl);
        }
    }

    @Override
    @HotPath
    public boolean dequeueTask(int rq, int task, int flags) {
        updateCurr(rq);
        int se = tasks.se(task);
        int dl = ses.dl(se);
        if (queues.isQueued(dl)) {
            queues.remove(dl);
        } else {
            rqs.addNrRunning(rq, 1);
        }
        ses.setOnRq(se, false);
        if (tasks.state(task) == TaskTable.TASK_DEAD) {
            dls.setDlBw(dl, 0);
        }
        return true;
    }

    /** yield_task_dl(): the rest of the runtime is given up; it goes on in the next period. */
    @Override
    public void yieldTask(int rq) {
        dls.setYielded(ses.dl(tasks.se(rqs.curr(rq))), true);
        updateCurr(rq);
    }

    @Override
    @HotPath
    public void wakeupPreempt(int rq, int task, int wakeFlags) {
        if (deadline(task) < deadline(rqs.curr(rq))) {
            rqs.setNeedResched(rq, true);
        }
    }

    /** pick_task_dl(), after balance_dl(); a server picks a fair task. */
    @Override
    @HotPath
    public int pickTask(int rq) {
        int curr = rqs.curr(rq);
        if (curr != Table.NULL
                && ses.schedClass(tasks.se(curr)) == DEADLINE
                && !queues.isQueued(ses.dl(tasks.se(curr)))) {
            pull(rq);
        }
        int dl = queues.first(rq);
        while (dl != Table.NULL && dls.se(dl) == Table.NULL) {
            int task = cfsRqs.hNrQueued(rqs.cfs(rq)) == 0 ? Table.NULL : fair.pickTask(rq);
            if (task != Table.NULL) {
                return task;
            }
            server.stop(dl);
            dl = queues.first(rq);
        }
        return dl == Table.NULL ? Table.NULL : ses.task(dls.se(dl));
    }

    @Override
    @HotPath
    public void putPrevTask(int rq, int task) {
        updateCurr(rq);
    }

    @Override
    @HotPath
    public void setNextTask(int rq, int task) {
        ses.setExecStart(tasks.se(task), time.monotonicNs());
    }

    @Override
    @HotPath
    public void taskTick(int rq, int task) {
        updateCurr(rq);
    }

    /** select_task_rq_dl(). */
    @Override
    @HotPath
    public int selectTaskRq(int task, int prevCpu, int wakeFlags) {
        int se = tasks.se(task);
        int curr = rqs.curr(rqs.cpuRq(prevCpu));
        int cpu = prevCpu;
        boolean isBusy = curr != Table.NULL && ses.schedClass(tasks.se(curr)) == DEADLINE;
        if (isBusy && (!ses.isMovable(tasks.se(curr)) || deadline(task) >= deadline(curr))) {
            int later = laterCpu(task, prevCpu);
            cpu = later == NONE ? prevCpu : later;
        }
        return ses.allowedOr(se, cpu);
    }

    @Override
    public void taskFork(int task) {
        throw new IllegalStateException("deadline tasks do not fork");
    }

    @Override
    public void prioChanged(int rq, int task, int oldPrio) {
        if (ses.onRq(tasks.se(task))) {
            rqs.setNeedResched(rq, true);
        }
    }

    @Override
    public void switchedFrom(int rq, int task) {
        if (ses.onRq(tasks.se(task)) && queues.first(rq) == Table.NULL) {
            pull(rq);
        }
    }

    @Override
    public void switchedTo(int rq, int task) {
        if (ses.onRq(tasks.se(task)) && rqs.curr(rq) != task) {
            runQueues.wakeupPreempt(rq, task, 0);
            push(rq);
        }
    }

    /** task_woken_dl(). */
    @Override
    @HotPath
    public void taskWoken(int rq, int task) {
        int curr = rqs.curr(rq);
        if (curr == Table.NULL || curr == task || rqs.needResched(rq)) {
            return;
        }
        if (ses.schedClass(tasks.se(curr)) == DEADLINE) {
            push(rq);
        }
    }

    @Override
    @HotPath
    public void balanceCallback(int rq) {
        push(rq);
    }

    /** update_curr_dl(): charges current; without runtime left it is throttled. */
    @Override
    @HotPath
    public void updateCurr(int rq) {
        int curr = rqs.curr(rq);
        if (curr == Table.NULL || ses.schedClass(tasks.se(curr)) != DEADLINE) {
            return;
        }
        int se = tasks.se(curr);
        int dl = ses.dl(se);
        long delta = runQueues.updateCurrCommon(se, time.monotonicNs());
        dls.setRuntime(dl, dls.runtime(dl) - delta);
        boolean isOver = dls.runtime(dl) <= 0 || dls.yielded(dl);
        if (isOver && queues.isQueued(dl)) {
            throttle(rq, dl);
        }
    }

    private void throttle(int rq, int dl) {
        queues.remove(dl);
        if (queues.nextPeriod(dl) <= time.monotonicNs()) {
            queues.replenish(dl);
            queues.insert(rq, dl);
        } else {
            dls.setThrottled(dl, true);
            rqs.addNrRunning(rq, -1);
            arm(dl);
        }
        if (queues.first(rq) != dl) {
            rqs.setNeedResched(rq, true);
        }
    }

    /** start_dl_timer(). */
    private void arm(int dl) {
        assert dls.timer(dl) == EventQueue.NONE : "armed already";
        long at = Math.max(time.cyclesAt(queues.nextPeriod(dl)), loop.clock().now());
        dls.setTimer(dl, loop.schedule(at, Priority.TIMER, timerKind, dl, 0));
    }

    /** dl_task_timer(). */
    private void expired(int dl, long datum) {
        dls.setTimer(dl, EventQueue.NONE);
        int se = dls.se(dl);
        int task = ses.task(se);
        queues.replenish(dl);
        if (!ses.onRq(se)) {
            return;
        }
        int rq = runQueues.taskRq(task);
        boolean wasAsked = rqs.needResched(rq);
        rqs.addNrRunning(rq, 1);
        queues.insert(rq, dl);
        if (rqs.curr(rq) == task) {
            return;
        }
        runQueues.wakeupPreempt(rq, task, 0);
        runQueues.notify(rq, wasAsked);
        taskWoken(rq, task);
    }

    /** __setparam_dl(): the task is, or is to be, of this class; it is on no queue. There is room for every entity. */
    void setParams(int se, SchedAttr attr) {
        if (ses.dl(se) == Table.NULL) {
            int made = dls.alloc();
            ses.setDl(se, made);
            dls.setSe(made, se);
        }
        int dl = ses.dl(se);
        long period = attr.periodNs == 0 ? attr.deadlineNs : attr.periodNs;
        dls.setParams(dl, attr.runtimeNs, attr.deadlineNs, period);
        dls.setFlags(dl, attr.flags & SchedPolicy.DL_FLAGS);
        dls.setDlBw(dl, DlQueues.ratio(period, attr.runtimeNs));
    }

    /** The task has left this class, or is gone. */
    void release(int se) {
        int dl = ses.dl(se);
        if (dl != Table.NULL) {
            if (dls.timer(dl) != EventQueue.NONE) {
                loop.cancel(dls.timer(dl));
            }
            dls.setDlBw(dl, 0);
            dls.free(dl);
            ses.setDl(se, Table.NULL);
        }
    }

    private long deadline(int task) {
        return dls.deadline(ses.dl(tasks.se(task)));
    }

    /** push_dl_tasks(). */
    private void push(int rq) {
        int dl = waiting(rq, NONE);
        while (dl != Table.NULL) {
            int task = ses.task(dls.se(dl));
            int target = laterCpu(task, rqs.cpu(rq));
            if (target == NONE || target == rqs.cpu(rq)) {
                return;
            }
            runQueues.moveAndResched(task, target);
            dl = waiting(rq, NONE);
        }
    }

    /** pull_dl_task(). */
    private void pull(int rq) {
        int here = rqs.cpu(rq);
        for (int cpu = 0; cpu < rqs.size(); cpu++) {
            int other = rqs.cpuRq(cpu);
            int first = queues.first(other);
            if (cpu == here || first == Table.NULL || queues.queues().next(first) == Table.NULL) {
                continue;
            }
            int dl = waiting(other, here);
            int mine = queues.first(rq);
            if (dl != Table.NULL && (mine == Table.NULL || dls.deadline(dl) < dls.deadline(mine))) {
                runQueues.move(ses.task(dls.se(dl)), here);
            }
        }
    }

    /** pick_next_pushable_dl_task(): the first that waits and may run elsewhere, on a CPU if one is given. */
    private int waiting(int rq, int target) {
        int dl = queues.first(rq);
        if (dl == Table.NULL || (target == NONE && queues.queues().next(dl) == Table.NULL)) {
            return Table.NULL;
        }
        while (dl != Table.NULL) {
            int se = dls.se(dl);
            if (se != Table.NULL
                    && !ses.onCpu(se)
                    && (target == NONE ? ses.isMovable(se) : ses.isAllowed(se, target))) {
                return dl;
            }
            dl = queues.queues().next(dl);
        }
        return Table.NULL;
    }

    /** find_later_rq(): a CPU without deadline work, the nearest first, else that with the latest deadline; or NONE. */
    private int laterCpu(int task, int prev) {
        int se = tasks.se(task);
        int here = runQueues.thisCpu();
        int best = NONE;
        long latest = deadline(task);
        for (int cpu = 0; cpu < rqs.size(); cpu++) {
            if (ses.isAllowed(se, cpu)) {
                int first = queues.first(rqs.cpuRq(cpu));
                long deadline = first == Table.NULL ? Long.MAX_VALUE : dls.deadline(first);
                boolean isNearer = cpu == prev || (cpu == here && best != prev);
                if (deadline > latest || (best != NONE && deadline == latest && isNearer)) {
                    best = cpu;
                    latest = deadline;
                }
            }
        }
        return best;
    }
}
