package dev.nestor.kernel.sched;

import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.HotPath;
import dev.nestor.table.Table;
import dev.nestor.uapi.Sched;

/** fair_sched_class: SCHED_NORMAL, SCHED_BATCH and SCHED_IDLE, of kernel/sched/fair.c. */
final class FairClass implements SchedClass {
    private final TaskTable tasks;
    private final SchedEntityTable ses;
    private final CfsRqTable cfsRqs;
    private final RqTable rqs;
    private final FairEntities entities;
    private final Pelt pelt;
    private final CfsBandwidth bandwidth;
    private final WakePlacement placement;
    private final LoadBalance loadBalance;

    FairClass(
            SchedTables tables,
            FairEntities entities,
            Pelt pelt,
            CfsBandwidth bandwidth,
            WakePlacement placement,
            LoadBalance loadBalance) {
        this.bandwidth = bandwidth;
        this.tasks = tables.tasks();
        this.ses = tables.ses();
        this.cfsRqs = tables.cfsRqs();
        this.rqs = tables.rqs();
        this.entities = entities;
        this.pelt = pelt;
        this.placement = placement;
        this.loadBalance = loadBalance;
    }

    /** enqueue_task_fair(): the task on its queue, and each group that was not queued on that of the one above. */
    @Override
    @HotPath
    public void enqueueTask(int rq, int task, int flags) {
        int se = tasks.se(task);
        if ((flags & ENQUEUE_DELAYED) != 0) {
            entities.requeueDelayed(ses.cfsRq(se), se);
            return;
        }
        int idle = isIdle(se) ? 1 : 0;
        int runnable = ses.schedDelayed(se) ? 0 : 1; // one that is moved while its sleep is delayed
        int how = flags;
        long slice = 0;
        while (se != Table.NULL && !ses.onRq(se)) {
            int cfsRq = ses.cfsRq(se);
            if (slice != 0) {
                ses.setSlice(se, slice);
                ses.setCustomSlice(se, true);
            }
            entities.enqueue(cfsRq, se, how);
            slice = entities.minSlice(cfsRq);
            cfsRqs.addTasks(cfsRq, 1, runnable, idle);
            idle = cfsRqs.isIdle(cfsRq) ? 1 : idle;
            how = ENQUEUE_WAKEUP;
            se = ses.parent(se);
        }
        if (se != Table.NULL && ses.schedDelayed(se)) {
            entities.requeueDelayed(ses.cfsRq(se), se);
        }
        for (; se != Table.NULL; se = ses.parent(se)) {
            slice = updateAbove(se, slice);
            cfsRqs.addTasks(ses.cfsRq(se), 1, runnable, idle);
            idle = cfsRqs.isIdle(ses.cfsRq(se)) ? 1 : idle;
        }
    }

    /** A group whose entity stays queued has more or less on its queue. Returns the shortest slice of the queue that it is on. */
    private long updateAbove(int se, long slice) {
        int cfsRq = ses.cfsRq(se);
        pelt.updateTg(cfsRq, se);
        entities.updateRunnable(se);
        entities.updateGroup(se);
        entities.setGroupSlice(cfsRq, se, slice);
        return entities.minSlice(cfsRq);
    }

    @Override
    @HotPath
    public boolean dequeueTask(int rq, int task, int flags) {
        return dequeueEntities(tasks.se(task), flags);
    }

    /** dequeue_entities(): a task or a delayed group, and the groups that have nothing left. False if it stays until its lag is paid. */
    private boolean dequeueEntities(int of, int flags) {
        boolean isTask = ses.task(of) != Table.NULL;
        int queued = isTask ? 1 : 0;
        int idle = isTask && isIdle(of) ? 1 : 0;
        int runnable = isTask && ((flags & DEQUEUE_SLEEP) != 0 || !ses.schedDelayed(of)) ? 1 : 0;
        int how = flags;
        long slice = 0;
        int se = of;
        while (se != Table.NULL) {
            int cfsRq = ses.cfsRq(se);
            if (!entities.dequeue(cfsRq, se, how)) {
                if (se == of) {
                    return false;
                }
                slice = entities.minSlice(cfsRq);
                break;
            }
            cfsRqs.addTasks(cfsRq, -queued, -runnable, -idle);
            idle = cfsRqs.isIdle(cfsRq) ? queued : idle;
            se = ses.parent(se);
            if (cfsRqs.nrQueued(cfsRq) > 0) {
                slice = entities.minSlice(cfsRq);
                break;
            }
            how = (how | DEQUEUE_SLEEP) & ~(DEQUEUE_DELAYED | DEQUEUE_SPECIAL);
        }
        for (; se != Table.NULL; se = ses.parent(se)) {
            slice = updateAbove(se, slice);
            cfsRqs.addTasks(ses.cfsRq(se), -queued, -runnable, -idle);
            idle = cfsRqs.isIdle(ses.cfsRq(se)) ? queued : idle;
        }
        return true;
    }

    /** se_is_idle(). */
    private boolean isIdle(int se) {
        int task = ses.task(se);
        return task == Table.NULL ? cfsRqs.isIdle(ses.myQ(se)) : tasks.policy(task) == Sched.SCHED_IDLE;
    }

    /** yield_task_fair(). */
    @Override
    public void yieldTask(int rq) {
        if (rqs.nrRunning(rq) > 1) {
            int se = tasks.se(rqs.curr(rq));
            entities.updateCurr(ses.cfsRq(se));
            entities.forfeit(ses.cfsRq(se), se);
        }
    }

    /** check_preempt_wakeup_fair(). */
    @Override
    @HotPath
    public void wakeupPreempt(int rq, int task, int wakeFlags) {
        int curr = rqs.curr(rq);
        if (curr == task || rqs.needResched(rq) || ses.schedClass(tasks.se(curr)) != FAIR) {
            return;
        }
        int se = tasks.se(task);
        int currSe = tasks.se(curr);
        while (ses.cfsRq(se) != ses.cfsRq(currSe)) { // find_matching_se()
            boolean isDeeper = ses.depth(se) >= ses.depth(currSe);
            boolean isCurrDeeper = ses.depth(currSe) >= ses.depth(se);
            se = isDeeper ? ses.parent(se) : se;
            currSe = isCurrDeeper ? ses.parent(currSe) : currSe;
        }
        boolean currIsIdle = isIdle(currSe);
        if (currIsIdle && !isIdle(se)) {
            entities.giveWay(currSe);
            rqs.setNeedReschedLazy(rq);
            return;
        }
        if (currIsIdle != isIdle(se) || tasks.policy(task) != Sched.SCHED_NORMAL) {
            return;
        }
        int cfsRq = ses.cfsRq(se);
        entities.updateCurr(cfsRq);
        if (entities.preempts(cfsRq, currSe, se)) {
            rqs.setNeedReschedLazy(rq);
        }
    }

    /** pick_task_fair(), and sched_balance_newidle() when there is nothing to pick. */
    @Override
    @HotPath
    public int pickTask(int rq) {
        int root = rqs.cfs(rq);
        int cfsRq = root;
        boolean isThrottled = false;
        while (cfsRqs.nrQueued(root) > 0 || loadBalance.pullNewlyIdle(rq)) {
            int curr = cfsRqs.curr(cfsRq);
            if (curr != Table.NULL && ses.onRq(curr)) {
                entities.updateCurr(cfsRq);
            }
            isThrottled |= bandwidth.check(cfsRq);
            int se = entities.pick(cfsRq);
            if (ses.schedDelayed(se)) {
                dequeueDelayed(rq, se);
                cfsRq = root;
                isThrottled = false;
            } else if (ses.myQ(se) == Table.NULL) {
                if (isThrottled) {
                    bandwidth.setupWork(se);
                }
                return ses.task(se);
            } else {
                cfsRq = ses.myQ(se);
            }
        }
        return Table.NULL;
    }

    /** throttle_cfs_rq_work(): true if the task, on its way to user mode, has left its queue to wait for runtime. */
    @Override
    @HotPath
    public boolean throttleWork(int rq, int task) {
        int se = tasks.se(task);
        if (!bandwidth.takesWork(se)) {
            return false;
        }
        dequeueEntities(se, DEQUEUE_SLEEP | DEQUEUE_THROTTLE);
        rqs.addNrRunning(rq, -1);
        bandwidth.putInLimbo(se);
        return true;
    }

    private void dequeueDelayed(int rq, int se) {
        boolean isTask = ses.task(se) != Table.NULL;
        dequeueEntities(se, DEQUEUE_SLEEP | DEQUEUE_DELAYED);
        if (isTask) {
            rqs.addNrRunning(rq, -1);
        }
    }

    @Override
    @HotPath
    public void putPrevTask(int rq, int task) {
        for (int se = tasks.se(task); se != Table.NULL; se = ses.parent(se)) {
            entities.putPrev(ses.cfsRq(se), se);
        }
    }

    @Override
    @HotPath
    public void setNextTask(int rq, int task) {
        for (int se = tasks.se(task); se != Table.NULL; se = ses.parent(se)) {
            entities.setNext(ses.cfsRq(se), se);
        }
    }

    /** The part of pick_next_task_fair() that leaves the groups alone that both tasks are in. */
    @Override
    @HotPath
    public void switchTasks(int rq, int prev, int next) {
        int from = tasks.se(prev);
        int to = tasks.se(next);
        while (ses.cfsRq(from) != ses.cfsRq(to)) {
            int depth = ses.depth(to);
            int prevDepth = ses.depth(from);
            if (depth <= prevDepth) {
                entities.putPrev(ses.cfsRq(from), from);
                from = ses.parent(from);
            }
            if (depth >= prevDepth) {
                entities.setNext(ses.cfsRq(to), to);
                to = ses.parent(to);
            }
        }
        entities.putPrev(ses.cfsRq(from), from);
        entities.setNext(ses.cfsRq(to), to);
    }

    @Override
    @HotPath
    public void taskTick(int rq, int task) {
        for (int se = tasks.se(task); se != Table.NULL; se = ses.parent(se)) {
            entities.tick(ses.cfsRq(se), se);
        }
    }

    /** migrate_task_rq_fair(). */
    @Override
    @HotPath
    public void migrateTaskRq(int task) {
        int se = tasks.se(task);
        entities.detached(ses.cfsRq(se), se);
        pelt.detach(ses.cfsRq(se), se);
    }

    /** task_dead_fair(). */
    @Override
    public void taskDead(int task) {
        int se = tasks.se(task);
        pelt.detach(ses.cfsRq(se), se);
    }

    @Override
    @HotPath
    public int selectTaskRq(int task, int prevCpu, int wakeFlags) {
        return (wakeFlags & WF_FORK) != 0 ? placement.forked(task, prevCpu) : placement.woken(task, prevCpu);
    }

    /** task_fork_fair(). */
    @Override
    public void taskFork(int task) {
        int se = tasks.se(task);
        int cfsRq = ses.cfsRq(se);
        entities.updateCurr(cfsRq);
        entities.forked(cfsRq, se);
    }

    /** reweight_task_fair() and prio_changed_fair(). */
    @Override
    public void prioChanged(int rq, int task, int oldPrio) {
        int se = tasks.se(task);
        entities.reweight(
                ses.cfsRq(se),
                se,
                LoadWeight.weight(tasks.policy(task), tasks.staticPrio(task)),
                LoadWeight.invWeight(tasks.policy(task), tasks.staticPrio(task)));
        if (!ses.onRq(se) || ses.schedDelayed(se) || cfsRqs.nrQueued(rqs.cfs(rq)) == 1) {
            return;
        }
        if (rqs.curr(rq) != task) {
            preempt(rq, task);
        } else if (tasks.staticPrio(task) > oldPrio) {
            rqs.setNeedResched(rq, true);
        }
    }

    /** switched_from_fair(): what it was owed here counts no more. */
    @Override
    public void switchedFrom(int rq, int task) {
        int se = tasks.se(task);
        entities.switchedFrom(ses.cfsRq(se), se);
        pelt.detach(ses.cfsRq(se), se);
    }

    @Override
    public void switchedTo(int rq, int task) {
        if (!ses.onRq(tasks.se(task))) {
            return;
        }
        if (rqs.curr(rq) == task) {
            rqs.setNeedResched(rq, true);
        } else {
            preempt(rq, task);
        }
    }

    /** A CPU on its way out of idleness has no current task, and will look by itself. */
    private void preempt(int rq, int task) {
        if (rqs.curr(rq) != Table.NULL) {
            wakeupPreempt(rq, task, 0);
        }
    }

    /** update_curr_fair(). */
    @Override
    public void updateCurr(int rq) {
        entities.updateCurr(ses.cfsRq(tasks.se(rqs.curr(rq))));
    }
}
