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
    private final Eevdf eevdf;
    private final Pelt pelt;
    private final WakePlacement placement;
    private final NewIdleBalance newIdle;

    FairClass(SchedTables tables, Eevdf eevdf, Pelt pelt, WakePlacement placement, NewIdleBalance newIdle) {
        this.tasks = tables.tasks();
        this.ses = tables.ses();
        this.cfsRqs = tables.cfsRqs();
        this.rqs = tables.rqs();
        this.eevdf = eevdf;
        this.pelt = pelt;
        this.placement = placement;
        this.newIdle = newIdle;
    }

    @Override
    @HotPath
    public void enqueueTask(int rq, int task, int flags) {
        int se = tasks.se(task);
        if ((flags & ENQUEUE_DELAYED) != 0) {
            eevdf.requeueDelayed(ses.cfsRq(se), se);
        } else {
            eevdf.enqueue(ses.cfsRq(se), se, flags);
        }
    }

    @Override
    @HotPath
    public boolean dequeueTask(int rq, int task, int flags) {
        int se = tasks.se(task);
        return eevdf.dequeue(ses.cfsRq(se), se, flags);
    }

    /** yield_task_fair(). */
    @Override
    public void yieldTask(int rq) {
        if (rqs.nrRunning(rq) > 1) {
            int se = tasks.se(rqs.curr(rq));
            eevdf.updateCurr(ses.cfsRq(se));
            eevdf.forfeit(ses.cfsRq(se), se);
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
        boolean currIsIdle = tasks.policy(curr) == Sched.SCHED_IDLE;
        boolean isIdle = tasks.policy(task) == Sched.SCHED_IDLE;
        int currSe = tasks.se(curr);
        if (currIsIdle && !isIdle) {
            eevdf.cancelProtection(currSe);
            rqs.setNeedResched(rq, true);
            return;
        }
        if (currIsIdle != isIdle || tasks.policy(task) != Sched.SCHED_NORMAL) {
            return;
        }
        int se = tasks.se(task);
        int cfsRq = ses.cfsRq(se);
        eevdf.updateCurr(cfsRq);
        boolean isShort = ses.slice(se) < ses.slice(currSe);
        if (eevdf.pick(cfsRq, !isShort) != se) {
            eevdf.updateProtection(cfsRq, currSe);
            return;
        }
        if (isShort) {
            eevdf.cancelProtection(currSe);
        }
        rqs.setNeedResched(rq, true);
    }

    /** pick_task_fair(), and sched_balance_newidle() when there is nothing to pick. */
    @Override
    @HotPath
    public int pickTask(int rq) {
        int cfsRq = rqs.cfs(rq);
        while (cfsRqs.nrQueued(cfsRq) > 0 || newIdle.pull(rq)) {
            int curr = cfsRqs.curr(cfsRq);
            if (curr != Table.NULL && ses.onRq(curr)) {
                eevdf.updateCurr(cfsRq);
            }
            int se = eevdf.pick(cfsRq, true);
            if (!ses.schedDelayed(se)) {
                return ses.task(se);
            }
            eevdf.dequeue(cfsRq, se, DEQUEUE_SLEEP | DEQUEUE_DELAYED);
            rqs.addNrRunning(rq, -1);
        }
        return Table.NULL;
    }

    @Override
    @HotPath
    public void putPrevTask(int rq, int task) {
        int se = tasks.se(task);
        eevdf.putPrev(ses.cfsRq(se), se);
    }

    @Override
    @HotPath
    public void setNextTask(int rq, int task) {
        int se = tasks.se(task);
        eevdf.setNext(ses.cfsRq(se), se);
    }

    @Override
    @HotPath
    public void taskTick(int rq, int task) {
        int se = tasks.se(task);
        eevdf.updateCurr(ses.cfsRq(se));
        pelt.update(ses.cfsRq(se), se);
    }

    /** migrate_task_rq_fair(). */
    @Override
    @HotPath
    public void migrateTaskRq(int task) {
        int se = tasks.se(task);
        pelt.detach(ses.cfsRq(se), se);
    }

    /** task_dead_fair(). */
    @Override
    public void taskDead(int task) {
        migrateTaskRq(task);
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
        eevdf.updateCurr(cfsRq);
        eevdf.place(cfsRq, se, ENQUEUE_INITIAL);
    }

    /** reweight_task_fair() and prio_changed_fair(). */
    @Override
    public void prioChanged(int rq, int task, int oldPrio) {
        int se = tasks.se(task);
        eevdf.reweight(
                ses.cfsRq(se),
                se,
                LoadWeight.weight(tasks.policy(task), tasks.staticPrio(task)),
                LoadWeight.invWeight(tasks.policy(task), tasks.staticPrio(task)));
        if (!ses.onRq(se) || ses.schedDelayed(se) || cfsRqs.nrQueued(ses.cfsRq(se)) == 1) {
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
        ses.setVlag(se, 0);
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

    @Override
    public void updateCurr(int rq) {
        eevdf.updateCurr(rqs.cfs(rq));
    }
}
