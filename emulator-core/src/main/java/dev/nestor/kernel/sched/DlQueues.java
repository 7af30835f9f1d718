package dev.nestor.kernel.sched;

import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.table.Chain;
import dev.nestor.table.HotPath;
import dev.nestor.table.Table;

/**
 * The queues of deadline entities, one for each CPU, the earliest deadline first, and how much of the CPUs has been promised.
 * A new entity is put in from the end: deadlines that are given later are mostly later.
 */
public final class DlQueues {
    private static final int BW_SHIFT = 20;
    private static final long MOST_PERCENT = 95; // sysctl_sched_rt_runtime of sysctl_sched_rt_period

    private final SchedDlEntityTable dls;
    private final RqTable rqs;
    private final Timekeeping time;
    private final Chain queues; // of a rq: entities by deadline

    DlQueues(SchedDlEntityTable dls, RqTable rqs, Timekeeping time) {
        this.dls = dls;
        this.rqs = rqs;
        this.time = time;
        this.queues = new Chain(rqs, dls);
    }

    SchedDlEntityTable dls() {
        return dls;
    }

    Chain queues() {
        return queues;
    }

    /** dl_rq->rb_leftmost, or NULL. */
    int first(int rq) {
        return queues.first(rq);
    }

    boolean isQueued(int dl) {
        return queues.owner(dl) != Table.NULL;
    }

    /** __enqueue_dl_entity(): behind those with the same deadline. */
    @HotPath
    void insert(int rq, int dl) {
        int before = queues.last(rq);
        while (before != Table.NULL && dls.deadline(dl) < dls.deadline(before)) {
            before = queues.prev(before);
        }
        if (before == Table.NULL) {
            queues.addFirst(rq, dl);
        } else {
            queues.addAfter(before, dl);
        }
    }

    @HotPath
    void remove(int dl) {
        queues.remove(dl);
    }

    /** replenish_dl_new_period(). */
    void newPeriod(int dl) {
        dls.setDeadline(dl, time.monotonicNs() + dls.dlDeadline(dl));
        dls.setRuntime(dl, dls.dlRuntime(dl));
    }

    /** replenish_dl_entity(). */
    void replenish(int dl) {
        if (dls.yielded(dl) && dls.runtime(dl) > 0) {
            dls.setRuntime(dl, 0);
        }
        if (dls.runtime(dl) <= 0) {
            long periods = -dls.runtime(dl) / dls.dlRuntime(dl) + 1;
            dls.setDeadline(dl, dls.deadline(dl) + periods * dls.dlPeriod(dl));
            dls.setRuntime(dl, dls.runtime(dl) + periods * dls.dlRuntime(dl));
        }
        if (dls.deadline(dl) < time.monotonicNs()) {
            newPeriod(dl);
        }
        dls.setYielded(dl, false);
        dls.setThrottled(dl, false);
    }

    /** update_dl_entity(): a task that wakes goes on with its deadline if it could not use more than its share until then. */
    void wake(int dl) {
        long now = time.monotonicNs();
        long left = dls.deadline(dl) - now;
        if (left >= 0 && !isOverflow(dl, left)) {
            return;
        }
        if (dls.dlDeadline(dl) != dls.dlPeriod(dl) && left >= 0) {
            /* update_dl_revised_wakeup(): the deadline stays, the runtime is what the density allows. */
            dls.setRuntime(dl, (ratio(dls.dlDeadline(dl), dls.dlRuntime(dl)) * left) >> BW_SHIFT);
            return;
        }
        newPeriod(dl);
    }

    /** dl_entity_overflow(): runtime left / time left is more than runtime / deadline, in units of 1 us or so. */
    private boolean isOverflow(int dl, long left) {
        return (left >> 10) * (dls.dlRuntime(dl) >> 10) < (dls.dlDeadline(dl) >> 10) * (dls.runtime(dl) >> 10);
    }

    /** dl_next_period(). */
    long nextPeriod(int dl) {
        return dls.deadline(dl) - dls.dlDeadline(dl) + dls.dlPeriod(dl);
    }

    /** to_ratio(). */
    static long ratio(long periodNs, long runtimeNs) {
        return (runtimeNs << BW_SHIFT) / periodNs;
    }

    /** sched_dl_overflow(): whether so much more does not fit. */
    boolean isTooMuch(long more) {
        return dls.totalBw() + more > ratio(100, MOST_PERCENT) * rqs.size();
    }
}
