package dev.nestor.kernel.sched;

import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.table.HotPath;
import dev.nestor.table.Table;

/** The earliest eligible virtual deadline first: kernel/sched/fair.c since 6.6, as in 6.18. */
final class Eevdf extends FairEntities {
    /*
     * Each entity i has a weight w_i and a virtual runtime v_i that grows by 1/w_i of the time it runs. V, the average of
     * the v_i weighted by w_i, is what every entity should have; lag_i = w_i (V - v_i) is what i is owed. One that is owed
     * nothing is not eligible. Of those that are, the one with the earliest virtual deadline runs: the deadline of a request
     * of so many ns (the slice) made at v_i is v_i + slice / w_i. (Stoica and Abdel-Wahab, 1995.)
     *
     * V is kept as two sums over the tree, of (v_i - min) w_i and of w_i, relative to min_vruntime so that they stay
     * small; current, which is not in the tree, is added when asked. Weights count as 1024 for nice 0 here.
     *
     * Of the kernel's features these are on, as they are by default in 6.18: PLACE_LAG, PLACE_DEADLINE_INITIAL,
     * PLACE_REL_DEADLINE, RUN_TO_PARITY, PREEMPT_SHORT, DELAY_DEQUEUE, DELAY_ZERO. NEXT_BUDDY is off, so no buddies.
     */
    private final long tickNs;

    Eevdf(SchedTables tables, Pelt pelt, CfsBandwidth bandwidth, Timekeeping time, SchedConfig config) {
        super(tables, pelt, bandwidth, time, config);
        this.tickNs = config.tickNs();
    }

    /** avg_vruntime(): V. */
    @HotPath
    long avgVruntime(int cfsRq) {
        long sum = keySum(cfsRq);
        long load = load(cfsRq);
        if (load == 0) {
            return cfsRqs.minVruntime(cfsRq);
        }
        long floored = sum < 0 ? sum - (load - 1) : sum;
        return cfsRqs.minVruntime(cfsRq) + floored / load;
    }

    /** entity_eligible(). */
    @HotPath
    boolean isEligible(int cfsRq, int se) {
        return isEligible(cfsRq, ses.vruntime(se), keySum(cfsRq), load(cfsRq));
    }

    @Override
    @HotPath
    int pick(int cfsRq) {
        return pick(cfsRq, true);
    }

    /**
     * __pick_eevdf().
     *
     * @param protect whether current may go on for as long as its slice is protected
     */
    @HotPath
    int pick(int cfsRq, boolean protect) {
        int first = cfsRqs.leftmost(cfsRq);
        int curr = cfsRqs.curr(cfsRq);
        boolean currQueued = curr != Table.NULL && ses.onRq(curr);
        if (cfsRqs.nrQueued(cfsRq) == 1) {
            return currQueued ? curr : first;
        }
        long sum = keySum(cfsRq);
        long load = load(cfsRq);
        if (!currQueued || !isEligible(cfsRq, ses.vruntime(curr), sum, load)) {
            curr = Table.NULL;
        } else if (protect && isProtected(curr)) {
            return curr;
        }
        int best = firstEligible(cfsRq, first, sum, load);
        return best == Table.NULL || (curr != Table.NULL && isBefore(curr, best)) ? curr : best;
    }

    /** The end of check_preempt_wakeup_fair(): one that asks for less is not kept waiting by the protection of current. */
    @Override
    @HotPath
    boolean preempts(int cfsRq, int curr, int se) {
        boolean isShort = ses.slice(se) < ses.slice(curr);
        if (pick(cfsRq, !isShort) != se) {
            updateProtection(cfsRq, curr);
            return false;
        }
        if (isShort) {
            giveWay(curr);
        }
        return true;
    }

    /** update_protect_slice(): current goes on, but for no longer than the shortest slice that waits. */
    private void updateProtection(int cfsRq, int se) {
        long until = ses.vruntime(se) + deltaFair(minSlice(cfsRq), se);
        ses.setVprot(se, EntityTree.earlier(ses.vprot(se), until));
    }

    /** cancel_protect_slice(). */
    @Override
    void giveWay(int curr) {
        if (isProtected(curr)) {
            ses.setVprot(curr, ses.vruntime(curr));
        }
    }

    /** One that is owed something gives up the rest of its request. */
    @Override
    void forfeit(int cfsRq, int se) {
        if (isEligible(cfsRq, se)) {
            ses.setVruntime(se, ses.deadline(se));
            ses.setDeadline(se, ses.deadline(se) + deltaFair(ses.slice(se), se));
            updateMinVruntime(cfsRq);
        }
    }

    @Override
    boolean charged(int curr) {
        boolean isFulfilled = updateDeadline(curr);
        return isFulfilled || !isProtected(curr);
    }

    @Override
    void ticked(int cfsRq, int curr) {}

    /** It has its key: the deadline. */
    @Override
    void setKey(int se) {}

    @Override
    boolean delaysDequeue(int cfsRq, int se) {
        return !isEligible(cfsRq, se);
    }

    @Override
    void leaving(int cfsRq, int se, boolean sleeps) {
        updateLag(cfsRq, se);
        if (!sleeps) {
            makeRelative(se);
        }
    }

    private void makeRelative(int se) {
        ses.setDeadline(se, ses.deadline(se) - ses.vruntime(se));
        ses.setRelDeadline(se, true);
    }

    @Override
    void left(int cfsRq, int se, boolean sleeps) {}

    @Override
    void chosen(int cfsRq, int se) {
        protectSlice(cfsRq, se);
    }

    @Override
    void forked(int cfsRq, int se) {
        place(cfsRq, se, SchedClass.ENQUEUE_INITIAL);
    }

    /** Its lag goes with it. */
    @Override
    void detached(int cfsRq, int se) {}

    /** What it was owed here counts no more. */
    @Override
    void switchedFrom(int cfsRq, int se) {
        ses.setVlag(se, 0);
    }

    @Override
    void requeue(int cfsRq, int se) {
        updateLag(cfsRq, se);
        if (ses.vlag(se) <= 0) {
            return;
        }
        boolean isCurr = cfsRqs.curr(cfsRq) == se;
        cfsRqs.setNrQueued(cfsRq, cfsRqs.nrQueued(cfsRq) - 1);
        if (!isCurr) {
            removeFromTree(cfsRq, se);
        }
        ses.setVlag(se, 0);
        place(cfsRq, se, 0);
        if (!isCurr) {
            addToTree(cfsRq, se);
        }
        cfsRqs.setNrQueued(cfsRq, cfsRqs.nrQueued(cfsRq) + 1);
    }

    @Override
    void reweighting(int cfsRq, int se, long weight) {
        if (ses.onRq(se)) {
            updateLag(cfsRq, se);
            makeRelative(se);
        }
        ses.setVlag(se, ses.vlag(se) * ses.weight(se) / weight);
        if (ses.relDeadline(se)) {
            ses.setDeadline(se, ses.deadline(se) * ses.weight(se) / weight);
        }
    }

    @Override
    void reweighted(int cfsRq, int se) {
        place(cfsRq, se, 0);
    }

    /** place_entity(), with what it was owed or owing, PLACE_LAG. */
    @Override
    void place(int cfsRq, int se, int flags) {
        if (!ses.customSlice(se)) {
            ses.setSlice(se, baseSliceNs);
        }
        long lag = 0;
        if (cfsRqs.nrQueued(cfsRq) > 0 && ses.vlag(se) != 0) {
            /* Joining moves V, by which the lag shrinks to load / (load + w) of itself: it is blown up before. */
            long load = Math.max(load(cfsRq), 1);
            lag = ses.vlag(se) * (load + LoadWeight.scaleDown(ses.weight(se))) / load;
        }
        ses.setVruntime(se, avgVruntime(cfsRq) - lag);
        if (ses.relDeadline(se)) {
            ses.setDeadline(se, ses.deadline(se) + ses.vruntime(se));
            ses.setRelDeadline(se, false);
            return;
        }
        long request = deltaFair(ses.slice(se), se);
        boolean isNew = (flags & SchedClass.ENQUEUE_INITIAL) != 0;
        ses.setDeadline(se, ses.vruntime(se) + (isNew ? request / 2 : request));
    }

    private int firstEligible(int cfsRq, int first, long sum, long load) {
        if (first != Table.NULL && isEligible(cfsRq, ses.vruntime(first), sum, load)) {
            return first;
        }
        int node = cfsRqs.root(cfsRq);
        while (node != Table.NULL) {
            int left = ses.runLeft(node);
            if (left != Table.NULL && isEligible(cfsRq, ses.minVruntime(left), sum, load)) {
                node = left;
            } else if (isEligible(cfsRq, ses.vruntime(node), sum, load)) {
                return node;
            } else {
                node = ses.runRight(node);
            }
        }
        return Table.NULL;
    }

    /** vruntime_eligible(): v_i is at most V, without a division. */
    private boolean isEligible(int cfsRq, long vruntime, long sum, long load) {
        return sum >= (vruntime - cfsRqs.minVruntime(cfsRq)) * load;
    }

    private long keySum(int cfsRq) {
        int curr = cfsRqs.curr(cfsRq);
        long sum = cfsRqs.avgVruntime(cfsRq);
        if (curr == Table.NULL || !ses.onRq(curr)) {
            return sum;
        }
        return sum + (ses.vruntime(curr) - cfsRqs.minVruntime(cfsRq)) * LoadWeight.scaleDown(ses.weight(curr));
    }

    private long load(int cfsRq) {
        int curr = cfsRqs.curr(cfsRq);
        long load = cfsRqs.avgLoad(cfsRq);
        return curr == Table.NULL || !ses.onRq(curr) ? load : load + LoadWeight.scaleDown(ses.weight(curr));
    }

    private boolean updateDeadline(int se) {
        if (ses.vruntime(se) - ses.deadline(se) < 0) {
            return false;
        }
        if (!ses.customSlice(se)) {
            ses.setSlice(se, baseSliceNs);
        }
        ses.setDeadline(se, ses.vruntime(se) + deltaFair(ses.slice(se), se));
        return true;
    }

    /** update_entity_lag(): remembered for when it comes back, within two requests or a tick either way. */
    private void updateLag(int cfsRq, int se) {
        long lag = avgVruntime(cfsRq) - ses.vruntime(se);
        long limit = deltaFair(Math.max(2 * ses.slice(se), tickNs), se);
        ses.setVlag(se, Math.clamp(lag, -limit, limit));
    }

    /** set_protect_slice(): RUN_TO_PARITY, but with others that want shorter slices only as long as those. */
    private void protectSlice(int cfsRq, int se) {
        long slice = Math.min(minSlice(cfsRq), ses.slice(se));
        long until = ses.deadline(se);
        if (slice != ses.slice(se)) {
            until = EntityTree.earlier(until, ses.vruntime(se) + deltaFair(slice, se));
        }
        ses.setVprot(se, until);
    }

    private boolean isProtected(int se) {
        return ses.vprot(se) - ses.vruntime(se) > 0;
    }

    private boolean isBefore(int a, int b) {
        return ses.deadline(a) - ses.deadline(b) < 0;
    }
}
