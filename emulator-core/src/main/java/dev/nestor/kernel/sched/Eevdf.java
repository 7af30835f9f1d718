package dev.nestor.kernel.sched;

import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.table.Chain;
import dev.nestor.table.HotPath;
import dev.nestor.table.Table;
import org.jspecify.annotations.Nullable;

/** Entities on their queues: the earliest eligible virtual deadline first, of kernel/sched/fair.c. */
final class Eevdf {
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
    private static final int MUST_LEAVE =
            SchedClass.DEQUEUE_DELAYED | SchedClass.DEQUEUE_SPECIAL | SchedClass.DEQUEUE_THROTTLE;

    private final SchedEntityTable ses;
    private final CfsRqTable cfsRqs;
    private final RqTable rqs;
    private final Timekeeping time;
    private final EntityTree tree;
    private final Pelt pelt;
    private final CfsBandwidth bandwidth;
    private final Chain cfsTasks; // of a rq: entities of tasks, the one set current last at the end
    private final long baseSliceNs;
    private final long tickNs;
    private @Nullable FairServer fairServer;

    Eevdf(SchedTables tables, Pelt pelt, CfsBandwidth bandwidth, Timekeeping time, SchedConfig config) {
        this.bandwidth = bandwidth;
        this.ses = tables.ses();
        this.cfsRqs = tables.cfsRqs();
        this.rqs = tables.rqs();
        this.pelt = pelt;
        this.time = time;
        this.tree = new EntityTree(ses, cfsRqs);
        this.cfsTasks = new Chain(rqs, ses);
        this.baseSliceNs = config.sliceNs(rqs.size());
        this.tickNs = config.tickNs();
    }

    /** Once, at boot. */
    void setFairServer(FairServer server) {
        fairServer = server;
    }

    CfsBandwidth bandwidth() {
        return bandwidth;
    }

    /** entity_tick(). */
    @HotPath
    void tick(int cfsRq, int se) {
        updateCurr(cfsRq);
        pelt.updateTg(cfsRq, se);
        updateGroup(se);
    }

    Chain cfsTasks() {
        return cfsTasks;
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

    /** update_curr(): charges the current entity, and asks for its end when its request is fulfilled. */
    @HotPath
    void updateCurr(int cfsRq) {
        int curr = cfsRqs.curr(cfsRq);
        if (curr == Table.NULL) {
            return;
        }
        long now = time.monotonicNs();
        long deltaNs = now - ses.execStart(curr);
        if (deltaNs <= 0) {
            return;
        }
        ses.setExecStart(curr, now);
        ses.setSumExecRuntime(curr, ses.sumExecRuntime(curr) + deltaNs);
        ses.setVruntime(curr, ses.vruntime(curr) + deltaFair(deltaNs, curr));
        boolean isFulfilled = updateDeadline(curr);
        updateMinVruntime(cfsRq);
        if (fairServer != null && ses.task(curr) != Table.NULL) {
            fairServer.charge(cfsRqs.rq(cfsRq), deltaNs);
        }
        bandwidth.account(cfsRq, deltaNs);
        if (cfsRqs.nrQueued(cfsRq) > 1 && (isFulfilled || !isProtected(curr))) {
            rqs.setNeedReschedLazy(cfsRqs.rq(cfsRq));
        }
    }

    /** enqueue_entity(). */
    @HotPath
    void enqueue(int cfsRq, int se, int flags) {
        assert !ses.onRq(se) && ses.cfsRq(se) == cfsRq;
        boolean isCurr = cfsRqs.curr(cfsRq) == se;
        if (isCurr) {
            place(cfsRq, se, flags);
        }
        updateCurr(cfsRq);
        if ((flags & SchedClass.ENQUEUE_INITIAL) != 0) {
            pelt.initUtil(cfsRq, se);
        }
        pelt.attach(cfsRq, se);
        updateRunnable(se);
        updateGroup(se);
        if (!isCurr) {
            place(cfsRq, se, flags);
        }
        account(cfsRq, se, 1);
        if (ses.task(se) != Table.NULL) {
            cfsTasks.addLast(cfsRqs.rq(cfsRq), se);
        }
        if ((flags & SchedClass.ENQUEUE_MIGRATED) != 0) {
            ses.setExecStart(se, 0);
        }
        if (!isCurr) {
            addToTree(cfsRq, se);
        }
        ses.setOnRq(se, true);
        if (cfsRqs.nrQueued(cfsRq) == 1) {
            bandwidth.checkEnqueue(cfsRq);
            bandwidth.startClock(cfsRq);
            pelt.addLeaf(cfsRq);
        }
    }

    /** dequeue_entity(): false if it stays until its lag is paid. One whose sleep was delayed can be moved, and is delayed there. */
    @HotPath
    boolean dequeue(int cfsRq, int se, int flags) {
        assert ses.onRq(se);
        boolean sleeps = (flags & SchedClass.DEQUEUE_SLEEP) != 0;
        updateCurr(cfsRq);
        if ((flags & MUST_LEAVE) == 0 && sleeps && !isEligible(cfsRq, se)) {
            assert !ses.schedDelayed(se);
            pelt.update(cfsRq, se);
            ses.setSchedDelayed(se, true);
            addRunnable(se, -1);
            return false;
        }
        pelt.updateTg(cfsRq, se);
        updateRunnable(se);
        updateLag(cfsRq, se);
        if (!sleeps) {
            ses.setDeadline(se, ses.deadline(se) - ses.vruntime(se));
            ses.setRelDeadline(se, true);
        }
        if (cfsRqs.curr(cfsRq) != se) {
            removeFromTree(cfsRq, se);
        }
        ses.setOnRq(se, false);
        account(cfsRq, se, -1);
        bandwidth.dequeued(cfsRq);
        if (cfsTasks.owner(se) != Table.NULL) {
            cfsTasks.remove(se);
        }
        updateGroup(se);
        updateMinVruntime(cfsRq);
        if (ses.schedDelayed(se) && sleeps) {
            clearDelayed(se);
            ses.setVlag(se, Math.min(ses.vlag(se), 0));
        }
        if (cfsRqs.nrQueued(cfsRq) == 0) {
            bandwidth.stopClock(cfsRq);
        }
        return true;
    }

    private void clearDelayed(int se) {
        ses.setSchedDelayed(se, false);
        addRunnable(se, 1);
    }

    /** The part of set_delayed() and clear_delayed() that counts: a task is runnable in all groups it is in, or is not. */
    private void addRunnable(int se, int more) {
        if (ses.task(se) != Table.NULL) {
            for (int at = se; at != Table.NULL; at = ses.parent(at)) {
                cfsRqs.addHNrRunnable(ses.cfsRq(at), more);
            }
        }
    }

    /** se_update_runnable(). */
    void updateRunnable(int se) {
        if (ses.myQ(se) != Table.NULL) {
            ses.setRunnableWeight(se, cfsRqs.hNrRunnable(ses.myQ(se)));
        }
    }

    /** update_cfs_group(): a group's entity weighs what its queue's part of the group is. */
    @HotPath
    void updateGroup(int se) {
        int own = ses.myQ(se);
        if (own == Table.NULL || cfsRqs.loadWeight(own) == 0) {
            return;
        }
        long weight = pelt.groupLoad().shares(own);
        if (weight != ses.weight(se)) {
            reweight(ses.cfsRq(se), se, weight, LoadWeight.inverse(weight));
        }
    }

    /** The last part of enqueue_task_fair() and its like: a group's entity, which stays queued, asks for as short a slice as its tasks. */
    void setGroupSlice(int cfsRq, int se, long slice) {
        ses.setSlice(se, slice);
        if (cfsRqs.curr(cfsRq) != se) {
            tree.refreshUp(se);
        }
    }

    /** A group that goes has left its queue, but the entity's sleep was delayed. */
    void removeDelayedGroup(int se) {
        dequeue(ses.cfsRq(se), se, SchedClass.DEQUEUE_SLEEP | SchedClass.DEQUEUE_DELAYED);
    }

    /** requeue_delayed_entity(): the sleep was over before it was taken off the queue. */
    @HotPath
    void requeueDelayed(int cfsRq, int se) {
        assert ses.schedDelayed(se) && ses.onRq(se);
        updateLag(cfsRq, se);
        if (ses.vlag(se) > 0) {
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
        pelt.update(cfsRq, se);
        clearDelayed(se);
    }

    /** set_next_entity(). */
    @HotPath
    void setNext(int cfsRq, int se) {
        assert cfsRqs.curr(cfsRq) == Table.NULL;
        if (ses.onRq(se)) {
            removeFromTree(cfsRq, se);
            pelt.updateTg(cfsRq, se);
            protectSlice(cfsRq, se);
        }
        ses.setExecStart(se, time.monotonicNs());
        cfsRqs.setCurr(cfsRq, se);
        ses.setPrevSumExecRuntime(se, ses.sumExecRuntime(se));
        if (cfsTasks.owner(se) != Table.NULL) {
            int rq = cfsTasks.owner(se);
            cfsTasks.remove(se);
            cfsTasks.addLast(rq, se);
        }
    }

    /** put_prev_entity(). */
    @HotPath
    void putPrev(int cfsRq, int se) {
        assert cfsRqs.curr(cfsRq) == se;
        if (ses.onRq(se)) {
            updateCurr(cfsRq);
            addToTree(cfsRq, se);
            pelt.update(cfsRq, se);
        }
        cfsRqs.setCurr(cfsRq, Table.NULL);
    }

    /** place_entity(): where an entity joins the others; with what it was owed or owing, PLACE_LAG. */
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

    /** reweight_entity(). */
    void reweight(int cfsRq, int se, long weight, long invWeight) {
        boolean queued = ses.onRq(se);
        boolean isCurr = cfsRqs.curr(cfsRq) == se;
        if (queued) {
            updateCurr(cfsRq);
            updateLag(cfsRq, se);
            ses.setDeadline(se, ses.deadline(se) - ses.vruntime(se));
            ses.setRelDeadline(se, true);
            if (!isCurr) {
                removeFromTree(cfsRq, se);
            }
            account(cfsRq, se, -1);
        }
        ses.setVlag(se, ses.vlag(se) * ses.weight(se) / weight);
        if (ses.relDeadline(se)) {
            ses.setDeadline(se, ses.deadline(se) * ses.weight(se) / weight);
        }
        pelt.beforeReweight(cfsRq, se);
        ses.setWeight(se, weight);
        ses.setInvWeight(se, invWeight);
        pelt.afterReweight(cfsRq, se);
        if (queued) {
            place(cfsRq, se, 0);
            account(cfsRq, se, 1);
            if (!isCurr) {
                addToTree(cfsRq, se);
            }
            updateMinVruntime(cfsRq);
        }
    }

    /** The entity part of yield_task_fair(): one that is owed something gives up the rest of its request. */
    void forfeit(int cfsRq, int se) {
        if (isEligible(cfsRq, se)) {
            ses.setVruntime(se, ses.deadline(se));
            ses.setDeadline(se, ses.deadline(se) + deltaFair(ses.slice(se), se));
            updateMinVruntime(cfsRq);
        }
    }

    /** update_protect_slice(): current goes on, but for no longer than the shortest slice that waits. */
    void updateProtection(int cfsRq, int se) {
        long until = ses.vruntime(se) + deltaFair(minSlice(cfsRq), se);
        ses.setVprot(se, EntityTree.earlier(ses.vprot(se), until));
    }

    /** cancel_protect_slice(). */
    void cancelProtection(int se) {
        if (isProtected(se)) {
            ses.setVprot(se, ses.vruntime(se));
        }
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

    /** update_min_vruntime(): follows the least vruntime of the queue, and the sums with it. */
    private void updateMinVruntime(int cfsRq) {
        int curr = cfsRqs.curr(cfsRq);
        int root = cfsRqs.root(cfsRq);
        boolean currQueued = curr != Table.NULL && ses.onRq(curr);
        long least = cfsRqs.minVruntime(cfsRq);
        if (root != Table.NULL) {
            least = currQueued ? EntityTree.earlier(ses.vruntime(curr), ses.minVruntime(root)) : ses.minVruntime(root);
        } else if (currQueued) {
            least = ses.vruntime(curr);
        }
        long delta = least - cfsRqs.minVruntime(cfsRq);
        if (delta > 0) {
            cfsRqs.setAvgVruntime(cfsRq, cfsRqs.avgVruntime(cfsRq) - cfsRqs.avgLoad(cfsRq) * delta);
            cfsRqs.setMinVruntime(cfsRq, least);
        }
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

    /** cfs_rq_min_slice(). */
    long minSlice(int cfsRq) {
        int root = cfsRqs.root(cfsRq);
        int curr = cfsRqs.curr(cfsRq);
        long least = root == Table.NULL ? Long.MAX_VALUE : ses.minSlice(root);
        return curr != Table.NULL && ses.onRq(curr) ? Math.min(least, ses.slice(curr)) : least;
    }

    private void addToTree(int cfsRq, int se) {
        long weight = LoadWeight.scaleDown(ses.weight(se));
        long key = ses.vruntime(se) - cfsRqs.minVruntime(cfsRq);
        cfsRqs.setAvgVruntime(cfsRq, cfsRqs.avgVruntime(cfsRq) + key * weight);
        cfsRqs.setAvgLoad(cfsRq, cfsRqs.avgLoad(cfsRq) + weight);
        tree.insert(cfsRq, se);
    }

    private void removeFromTree(int cfsRq, int se) {
        tree.remove(cfsRq, se);
        long weight = LoadWeight.scaleDown(ses.weight(se));
        long key = ses.vruntime(se) - cfsRqs.minVruntime(cfsRq);
        cfsRqs.setAvgVruntime(cfsRq, cfsRqs.avgVruntime(cfsRq) - key * weight);
        cfsRqs.setAvgLoad(cfsRq, cfsRqs.avgLoad(cfsRq) - weight);
    }

    private void account(int cfsRq, int se, int sign) {
        cfsRqs.setNrQueued(cfsRq, cfsRqs.nrQueued(cfsRq) + sign);
        cfsRqs.setLoadWeight(cfsRq, cfsRqs.loadWeight(cfsRq) + sign * ses.weight(se));
    }

    private boolean isBefore(int a, int b) {
        return ses.deadline(a) - ses.deadline(b) < 0;
    }

    private long deltaFair(long ns, int se) {
        return LoadWeight.deltaFair(ns, ses.weight(se), ses.invWeight(se));
    }
}
