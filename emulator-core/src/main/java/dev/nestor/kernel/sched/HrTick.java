package dev.nestor.kernel.sched;

import dev.nestor.event.EventLoop;
import dev.nestor.event.EventQueue;
import dev.nestor.event.Priority;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.table.HotPath;
import dev.nestor.table.Table;

/**
 * rq->hrtick_timer, where a machine has the features HRTICK and HRTICK_DL: it ends a fair task's slice, if others wait, and a deadline
 * task's runtime when they are over, and not at the tick after that.
 */
final class HrTick {
    private static final long LEAST_NS = 10_000; // hrtick_start()

    private final boolean isOn;
    private final TaskTable tasks;
    private final SchedEntityTable ses;
    private final CfsRqTable cfsRqs;
    private final RqTable rqs;
    private final DlQueues deadlines;
    private final Timekeeping time;
    private final EventLoop loop;
    private int kind; // event kind

    HrTick(SchedTables tables, DlQueues deadlines, SchedMachine machine, SchedConfig config) {
        this.isOn = config.hrtick();
        this.tasks = tables.tasks();
        this.ses = tables.ses();
        this.cfsRqs = tables.cfsRqs();
        this.rqs = tables.rqs();
        this.deadlines = deadlines;
        this.time = machine.time();
        this.loop = machine.loop();
    }

    /** Once, at boot. */
    void setKind(int eventKind) {
        kind = eventKind;
    }

    /** The CPU has another task, or one more that waits: hrtick_clear() and hrtick_start_fair() or start_hrtick_dl(). */
    @HotPath
    void update(int rq) {
        if (!isOn) {
            return;
        }
        if (rqs.hrtickEvent(rq) != EventQueue.NONE) {
            loop.cancel(rqs.hrtickEvent(rq));
            rqs.setHrtickEvent(rq, EventQueue.NONE);
        }
        int task = rqs.curr(rq);
        if (task == Table.NULL) {
            return;
        }
        int se = tasks.se(task);
        if (ses.schedClass(se) == SchedClass.FAIR && cfsRqs.hNrQueued(rqs.cfs(rq)) > 1) {
            arm(rq, ses.slice(se) - ses.sumExecRuntime(se) + ses.prevSumExecRuntime(se));
        } else if (ses.schedClass(se) == SchedClass.DEADLINE && deadlines.dls().runtime(ses.dl(se)) > 0) {
            arm(rq, deadlines.dls().runtime(ses.dl(se)));
        }
    }

    private void arm(int rq, long ns) {
        long at = loop.clock().now() + time.nsToCycles(Math.max(ns, LEAST_NS));
        rqs.setHrtickEvent(rq, loop.schedule(at, Priority.TIMER, kind, rqs.cpu(rq), 0));
    }
}
