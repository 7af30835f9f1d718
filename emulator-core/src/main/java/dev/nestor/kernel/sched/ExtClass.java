package dev.nestor.kernel.sched;

import dev.nestor.kernel.sched.ext.SchedExtOps;
import dev.nestor.kernel.sched.ext.Scx;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.table.HotPath;
import dev.nestor.table.Table;

/** ext_sched_class: tasks that a SchedExtOps schedules, of kernel/sched/ext.c. */
final class ExtClass implements SchedClass {
    /*
     * A task that is queued and does not run is in one of three places: in a dispatch queue; with the SchedExtOps (its state is
     * OPSS_QUEUED); or among the deferred ones, on its way to another CPU at this very instant. One that runs is in none.
     *
     * Once the SchedExtOps is stopped nothing is asked of it: tasks go to the local queue of their CPU, until the event of the
     * same instant that gives all of them to the fair class.
     */
    private static final int DISPATCH_LOOPS = 32; // SCX_DSP_MAX_LOOPS
    private static final int WEIGHT_DFL = 100; // CGROUP_WEIGHT_DFL
    private static final int WEIGHT_MAX = 10_000; // CGROUP_WEIGHT_MAX

    private final TaskTable tasks;
    private final SchedEntityTable ses;
    private final RqTable rqs;
    private final ScxEntityTable scxs;
    private final ScxRqTable scxRqs;
    private final RunQueues runQueues;
    private final Timekeeping time;
    private final DispatchQueues queues;
    private final ExtCalls calls;
    private final ExtDispatch dispatch;
    private final ExtIdle idle;
    private final ExtWatchdog watchdog;

    ExtClass(RunQueues runQueues, SchedTables tables, ScxTables scx, SchedMachine machine, ExtCalls calls) {
        this.tasks = tables.tasks();
        this.ses = tables.ses();
        this.rqs = tables.rqs();
        this.scxs = scx.scxs();
        this.scxRqs = scx.scxRqs();
        this.runQueues = runQueues;
        this.time = machine.time();
        this.calls = calls;
        this.queues = new DispatchQueues(scxs, scx.dsqs(), scxRqs, rqs.size());
        this.dispatch = new ExtDispatch(runQueues, tables, scx, queues, calls, machine.loop());
        this.idle = new ExtIdle(tables, scx, machine.topology());
        this.watchdog = new ExtWatchdog(scxs, calls, machine);
        calls.setScx(new ExtKernel(tables, queues, calls, dispatch, idle, time));
    }

    DispatchQueues queues() {
        return queues;
    }

    ExtCalls calls() {
        return calls;
    }

    private int scx(int task) {
        return ses.scx(tasks.se(task));
    }

    @Override
    @HotPath
    public void enqueueTask(int rq, int task, int flags) {
        int scx = enabled(task);
        int cpu = rqs.cpu(rq);
        ses.setOnRq(tasks.se(task), true);
        count(cpu, 1);
        watchdog.watch(scx);
        enqueue(cpu, task, scx, flags & (Scx.ENQ_WAKEUP | Scx.ENQ_HEAD));
    }

    private void count(int cpu, int more) {
        int scxRq = scxRqs.ofCpu(cpu);
        scxRqs.setNrRunning(scxRq, scxRqs.nrRunning(scxRq) + more);
    }

    /** do_enqueue_task(). */
    @HotPath
    private void enqueue(int cpu, int task, int scx, long enqFlags) {
        boolean isExempt = tasks.hasFlag(task, TaskTable.PF_EXITING) && !calls.hasFlag(SchedExtOps.ENQ_EXITING);
        if (!scxs.marked(scx) && !isExempt && !calls.isStopped()) {
            scxs.setOpsState(scx, ScxEntityTable.OPSS_QUEUEING);
            calls.enqueue(task, enqFlags);
            scxs.setOpsState(scx, ScxEntityTable.OPSS_NONE);
        }
        if (calls.isStopped() || (!scxs.marked(scx) && isExempt)) {
            dispatch.unmark(scx);
            scxs.setSlice(scx, Scx.SLICE_DFL);
            dispatch.insertLocal(cpu, task, scx, enqFlags);
        } else if (scxs.marked(scx)) {
            dispatch.direct(task, scx, enqFlags);
        } else {
            scxs.setOpsState(scx, ScxEntityTable.OPSS_QUEUED);
        }
    }

    @Override
    @HotPath
    public boolean dequeueTask(int rq, int task, int flags) {
        int se = tasks.se(task);
        int scx = ses.scx(se);
        takeBack(task, scx, (flags & DEQUEUE_SLEEP) != 0 ? Scx.DEQ_SLEEP : 0);
        watchdog.unwatch(scx, false);
        if (rqs.curr(rq) == task) {
            updateCurr(rq);
            calls.stopping(task, false);
        }
        leaveQueue(scx);
        dispatch.unmark(scx);
        count(rqs.cpu(rq), -1);
        ses.setOnRq(se, false);
        return true;
    }

    /** ops_dequeue(): the SchedExtOps has it no more. */
    private void takeBack(int task, int scx, long deqFlags) {
        if (scxs.opsState(scx) == ScxEntityTable.OPSS_QUEUED) {
            scxs.setOpsState(scx, ScxEntityTable.OPSS_NONE);
            scxs.setTakenBack(scx, scxs.takenBack(scx) + 1);
            calls.dequeue(task, deqFlags);
        }
    }

    private void leaveQueue(int scx) {
        if (queues.of(scx) != Table.NULL) {
            queues.remove(scx);
        }
    }

    /** yield_task_scx(). */
    @Override
    public void yieldTask(int rq) {
        scxs.setSlice(scx(rqs.curr(rq)), 0);
    }

    /** wakeup_preempt_scx(): only a task that is inserted with SCX_ENQ_PREEMPT preempts. */
    @Override
    public void wakeupPreempt(int rq, int task, int wakeFlags) {}

    /** balance_one() and pick_task_scx(). */
    @Override
    @HotPath
    public int pickTask(int rq) {
        int curr = rqs.curr(rq);
        int prev = curr != Table.NULL && dispatch.isExt(curr) ? curr : Table.NULL;
        boolean isRunnable = prev != Table.NULL && ses.onRq(tasks.se(prev));
        int cpu = rqs.cpu(rq);
        int task = isRunnable && hasSlice(rq, prev) ? prev : balance(cpu, prev, isRunnable);
        if (task == Table.NULL) {
            idle.set(cpu, true);
            scxRqs.setGoesIdle(scxRqs.ofCpu(cpu), isRunnable);
        } else {
            idle.set(cpu, false);
            scxRqs.setGoesIdle(scxRqs.ofCpu(cpu), false);
            int scx = scx(task);
            scxs.setSlice(scx, scxs.slice(scx) == 0 ? Scx.SLICE_DFL : scxs.slice(scx));
        }
        return task;
    }

    private boolean hasSlice(int rq, int task) {
        updateCurr(rq);
        return scxs.slice(scx(task)) != 0 && !calls.isStopped();
    }

    /** The task to run, which may be prev, or NULL. */
    private int balance(int cpu, int prev, boolean isRunnable) {
        int local = dispatch.localDsq(cpu);
        for (int i = 0; i < DISPATCH_LOOPS; i++) {
            if (queues.first(local) != Table.NULL || dispatch.consume(cpu, queues.global())) {
                return scxs.task(queues.first(local));
            }
            if (i > 0 && !dispatch.hasInserted()) {
                break;
            }
            if (i == DISPATCH_LOOPS - 1) {
                dispatch.kick(cpu, 0);
                break;
            }
            dispatch.beginDispatch();
            calls.dispatch(cpu, prev);
            if (isRunnable && scxs.slice(scx(prev)) != 0) {
                return prev;
            }
        }
        boolean keeps = isRunnable && (!calls.hasFlag(SchedExtOps.ENQ_LAST) || calls.isStopped());
        return keeps ? prev : Table.NULL;
    }

    /** put_prev_task_scx(). */
    @Override
    @HotPath
    public void putPrevTask(int rq, int task) {
        updateCurr(rq);
        if (!ses.onRq(tasks.se(task))) {
            return;
        }
        int scx = scx(task);
        int cpu = rqs.cpu(rq);
        calls.stopping(task, true);
        watchdog.watch(scx);
        if (scxs.slice(scx) != 0) {
            queues.insert(dispatch.localDsq(cpu), scx, true);
        } else {
            boolean isLast = scxRqs.goesIdle(scxRqs.ofCpu(cpu));
            enqueue(cpu, task, scx, isLast ? Scx.ENQ_LAST : 0);
        }
    }

    /** set_next_task_scx(). */
    @Override
    @HotPath
    public void setNextTask(int rq, int task) {
        int se = tasks.se(task);
        int scx = ses.scx(se);
        takeBack(task, scx, Scx.DEQ_CORE_SCHED_EXEC);
        leaveQueue(scx);
        dispatch.unmark(scx);
        ses.setExecStart(se, time.monotonicNs());
        if (ses.onRq(se)) {
            calls.running(task);
        }
        watchdog.unwatch(scx, true);
    }

    /** task_tick_scx(). */
    @Override
    @HotPath
    public void taskTick(int rq, int task) {
        updateCurr(rq);
        int scx = scx(task);
        calls.tick(task);
        if (scxs.slice(scx) == 0 || calls.isStopped()) {
            rqs.setNeedResched(rq, true);
        }
    }

    /** select_task_rq_scx(). A task that can run on one CPU alone is not asked about. */
    @Override
    @HotPath
    public int selectTaskRq(int task, int prevCpu, int wakeFlags) {
        int se = tasks.se(task);
        enabled(task);
        if (!ses.isMovable(se) || calls.isStopped()) {
            return ses.allowedOr(se, prevCpu);
        }
        int cpu = calls.selectCpu(task, prevCpu, wakeFlags);
        if (cpu < 0 || cpu >= rqs.size()) {
            calls.stop("selectCpu(" + calls.nameOf(task) + ") answers CPU " + cpu + ", which there is not");
            return ses.allowedOr(se, prevCpu);
        }
        return ses.allowedOr(se, cpu);
    }

    /** scx_fork(). */
    @Override
    public void taskFork(int task) {
        initialized(task);
    }

    /** scx_init_task(): of a task that comes to the class for the first time. */
    private int initialized(int task) {
        int se = tasks.se(task);
        int scx = ses.scx(se);
        if (scx == Table.NULL) {
            scx = scxs.alloc();
            assert scx != Table.NULL : "as many rows as sched_entities";
            scxs.setTask(scx, task);
            scxs.setSlice(scx, Scx.SLICE_DFL);
            ses.setScx(se, scx);
            weigh(task, se, scx);
            calls.initTask(task);
        }
        return scx;
    }

    /** scx_enable_task(), if it has not been called since the task came to the class. */
    @HotPath
    private int enabled(int task) {
        int scx = initialized(task);
        if (!scxs.enabled(scx)) {
            scxs.setEnabled(scx, true);
            weigh(task, tasks.se(task), scx);
            calls.enable(task);
        }
        return scx;
    }

    /** sched_weight_to_cgroup(). */
    private void weigh(int task, int se, int scx) {
        ses.setWeight(se, LoadWeight.weight(tasks.policy(task), tasks.staticPrio(task)));
        ses.setInvWeight(se, LoadWeight.invWeight(tasks.policy(task), tasks.staticPrio(task)));
        long weight = (LoadWeight.scaleDown(ses.weight(se)) * WEIGHT_DFL + 512) / 1024;
        scxs.setWeight(scx, Math.clamp(weight, 1, WEIGHT_MAX));
    }

    /** reweight_task_scx(). */
    @Override
    public void prioChanged(int rq, int task, int oldPrio) {
        int scx = initialized(task);
        weigh(task, tasks.se(task), scx);
        calls.setWeight(task, scxs.weight(scx));
    }

    /** switched_from_scx(). */
    @Override
    public void switchedFrom(int rq, int task) {
        int scx = scx(task);
        if (scx != Table.NULL && scxs.enabled(scx)) {
            scxs.setEnabled(scx, false);
            calls.disable(task);
        }
    }

    @Override
    public void switchedTo(int rq, int task) {}

    /** sched_ext_dead(): of any task that is released, which may never have been in the class. */
    void release(int task) {
        int se = tasks.se(task);
        int scx = ses.scx(se);
        if (scx == Table.NULL) {
            return;
        }
        switchedFrom(Table.NULL, task);
        calls.exitTask(task);
        watchdog.unwatch(scx, true);
        ses.setScx(se, Table.NULL);
        scxs.free(scx);
    }

    /** The class is no longer used: nothing is left of it but the CPUs' rows. */
    void disable() {
        watchdog.disarm();
        ExtExit exit = calls.exit();
        calls.exit(exit == null ? "" : exit.reason());
        for (int row = 1; row < scxs.rows(); row++) {
            int scx = scxs.handleInRow(row);
            if (scx != Table.NULL) {
                watchdog.unwatch(scx, true);
                ses.setScx(tasks.se(scxs.task(scx)), Table.NULL);
                scxs.free(scx);
            }
        }
        queues.destroyAll();
    }

    /** update_curr_scx(). */
    @Override
    @HotPath
    public void updateCurr(int rq) {
        int curr = rqs.curr(rq);
        if (curr == Table.NULL || !dispatch.isExt(curr)) {
            return;
        }
        long delta = runQueues.updateCurrCommon(tasks.se(curr), time.monotonicNs());
        int scx = scx(curr);
        if (scxs.slice(scx) != Scx.SLICE_INF) {
            scxs.setSlice(scx, Math.max(0, scxs.slice(scx) - delta));
        }
    }
}
