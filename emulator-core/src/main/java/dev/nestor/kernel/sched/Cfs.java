package dev.nestor.kernel.sched;

import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.table.HotPath;
import dev.nestor.table.Table;
import dev.nestor.uapi.Sched;

/** The completely fair scheduler: kernel/sched/fair.c up to 6.5. */
final class Cfs extends FairEntities {
    /*
     * The entity with the least virtual runtime runs, for its part of a period in which everybody runs once, and no less than the least
     * granularity. One that wakes is placed half a period before the others at most; it preempts current if it is behind by more than the
     * wake-up granularity. A new one begins a slice behind. Virtual runtimes are relative to min_vruntime while an
     * entity is on its way between queues.
     *
     * Of the kernel's features these are on, as they were by default in 6.5: GENTLE_FAIR_SLEEPERS, START_DEBIT, WAKEUP_PREEMPTION,
     * ALT_PERIOD, BASE_SLICE. Of the buddies there is skip, by sched_yield(2); next and last are for queues of eight and more, and are left out.
     */
    private static final long LATENCY_NS = 6_000_000; // sysctl_sched_latency, of one CPU
    private static final long MIN_GRANULARITY_NS = 750_000;
    private static final long WAKEUP_GRANULARITY_NS = 1_000_000;
    private static final int NR_LATENCY = 8;

    private final long latencyNs;
    private final long minGranularityNs;
    private final long wakeupGranularityNs;

    Cfs(SchedTables tables, Pelt pelt, CfsBandwidth bandwidth, Timekeeping time, SchedConfig config) {
        super(tables, pelt, bandwidth, time, config);
        int factor = SchedConfig.factor(rqs.size());
        latencyNs = LATENCY_NS * factor;
        minGranularityNs = MIN_GRANULARITY_NS * factor;
        wakeupGranularityNs = WAKEUP_GRANULARITY_NS * factor;
    }

    /** pick_next_entity(). */
    @Override
    @HotPath
    int pick(int cfsRq) {
        int first = cfsRqs.leftmost(cfsRq);
        int curr = cfsRqs.curr(cfsRq);
        boolean currQueued = curr != Table.NULL && ses.onRq(curr);
        boolean currFirst = currQueued && (first == Table.NULL || isBefore(curr, first));
        int left = currFirst ? curr : first;
        if (cfsRqs.skip(cfsRq) != left) {
            return left;
        }
        int second = currFirst ? first : next(first);
        if (!currFirst && currQueued && (second == Table.NULL || isBefore(curr, second))) {
            second = curr;
        }
        return second == Table.NULL || isFarBehind(second, left) ? left : second;
    }

    private boolean isBefore(int a, int b) {
        return ses.vruntime(a) - ses.vruntime(b) < 0;
    }

    /** wakeup_preempt_entity(): whether one has had more than another by the wake-up granularity. */
    private boolean isFarBehind(int curr, int se) {
        return ses.vruntime(curr) - ses.vruntime(se) > deltaFair(wakeupGranularityNs, se);
    }

    @Override
    boolean preempts(int cfsRq, int curr, int se) {
        return isFarBehind(curr, se);
    }

    @Override
    void giveWay(int curr) {}

    /** set_skip_buddy(). */
    @Override
    void forfeit(int cfsRq, int se) {
        cfsRqs.setSkip(cfsRq, se);
    }

    /** place_entity(). */
    @Override
    void place(int cfsRq, int se, int flags) {
        if (ses.relDeadline(se)) {
            ses.setVruntime(se, ses.vruntime(se) + cfsRqs.minVruntime(cfsRq));
            ses.setRelDeadline(se, false);
        }
        boolean wakes = (flags & SchedClass.ENQUEUE_WAKEUP) != 0;
        if (wakes && cfsRqs.curr(cfsRq) != se) {
            long sleeper = (isIdle(se) ? minGranularityNs : latencyNs) / 2;
            notBefore(se, cfsRqs.minVruntime(cfsRq) - sleeper);
        }
    }

    private boolean isIdle(int se) {
        return ses.myQ(se) == Table.NULL
                ? ses.weight(se) == LoadWeight.weight(Sched.SCHED_IDLE, 0)
                : cfsRqs.isIdle(ses.myQ(se));
    }

    /** max_vruntime(): time is never gained by sleeping shortly. */
    private void notBefore(int se, long vruntime) {
        if (ses.vruntime(se) - vruntime < 0) {
            ses.setVruntime(se, vruntime);
        }
    }

    @Override
    boolean charged(int curr) {
        return false;
    }

    /** check_preempt_tick(). */
    @Override
    void ticked(int cfsRq, int curr) {
        if (cfsRqs.nrQueued(cfsRq) <= 1) {
            return;
        }
        long ideal = Math.min(slice(cfsRq, curr), latencyNs);
        long ran = ses.sumExecRuntime(curr) - ses.prevSumExecRuntime(curr);
        boolean isOver = ran > ideal;
        if (!isOver && ran >= minGranularityNs && cfsRqs.leftmost(cfsRq) != Table.NULL) {
            isOver = ses.vruntime(curr) - ses.vruntime(cfsRqs.leftmost(cfsRq)) > ideal;
        }
        if (isOver) {
            rqs.setNeedResched(cfsRqs.rq(cfsRq), true);
            clearSkip(cfsRq, curr);
        }
    }

    /** sched_slice(): the entity's part, and its groups', of a period in which each task of the CPU runs once. */
    private long slice(int cfsRq, int of) {
        int root = rqs.cfs(cfsRqs.rq(cfsRq));
        int running = cfsRqs.hNrQueued(root) + (ses.onRq(of) ? 0 : 1);
        long slice = running > NR_LATENCY ? running * minGranularityNs : latencyNs;
        for (int se = of; se != Table.NULL; se = ses.parent(se)) {
            long load = cfsRqs.loadWeight(ses.cfsRq(se)) + (ses.onRq(se) ? 0 : ses.weight(se));
            slice = LoadWeight.calcDelta(slice, LoadWeight.scaleDown(ses.weight(se)), LoadWeight.inverse(load));
        }
        return Math.max(slice, minGranularityNs);
    }

    /** The tree is ordered by virtual runtimes. */
    @Override
    void setKey(int se) {
        ses.setDeadline(se, ses.vruntime(se));
    }

    @Override
    boolean delaysDequeue(int cfsRq, int se) {
        return false;
    }

    @Override
    void leaving(int cfsRq, int se, boolean sleeps) {
        clearSkip(cfsRq, se);
    }

    @Override
    void left(int cfsRq, int se, boolean sleeps) {
        if (!sleeps) {
            makeRelative(cfsRq, se);
        }
    }

    private void makeRelative(int cfsRq, int se) {
        ses.setVruntime(se, ses.vruntime(se) - cfsRqs.minVruntime(cfsRq));
        ses.setRelDeadline(se, true);
    }

    @Override
    void chosen(int cfsRq, int se) {
        clearSkip(cfsRq, se);
    }

    private void clearSkip(int cfsRq, int se) {
        if (cfsRqs.skip(cfsRq) == se) {
            cfsRqs.setSkip(cfsRq, Table.NULL);
        }
    }

    /** START_DEBIT: where its parent is, or a slice behind the others. */
    @Override
    void forked(int cfsRq, int se) {
        int curr = cfsRqs.curr(cfsRq);
        ses.setVruntime(se, curr == Table.NULL ? cfsRqs.minVruntime(cfsRq) : ses.vruntime(curr));
        notBefore(se, cfsRqs.minVruntime(cfsRq) + deltaFair(slice(cfsRq, se), se));
        makeRelative(cfsRq, se);
    }

    @Override
    void detached(int cfsRq, int se) {
        if (!ses.relDeadline(se)) {
            makeRelative(cfsRq, se);
        }
    }

    @Override
    void switchedFrom(int cfsRq, int se) {
        detached(cfsRq, se);
    }

    @Override
    void requeue(int cfsRq, int se) {
        throw new IllegalStateException("no sleep is delayed here");
    }

    /** Virtual runtimes stay as they are. */
    @Override
    void reweighting(int cfsRq, int se, long weight) {}

    @Override
    void reweighted(int cfsRq, int se) {}
}
