package dev.nestor.kernel.sched;

import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.table.Chain;
import dev.nestor.table.HotPath;
import dev.nestor.table.Table;
import org.jspecify.annotations.Nullable;

/**
 * Entities on their queues, of kernel/sched/fair.c: what it does in whatever kernel. {@link Eevdf} and {@link Cfs} say who runs.
 * Virtual times may wrap and are compared by their difference.
 */
abstract class FairEntities {
    private static final int MUST_LEAVE =
            SchedClass.DEQUEUE_DELAYED | SchedClass.DEQUEUE_SPECIAL | SchedClass.DEQUEUE_THROTTLE;

    final SchedEntityTable ses;
    final CfsRqTable cfsRqs;
    final RqTable rqs;
    final Timekeeping time;
    private final EntityTree tree;
    final Pelt pelt;
    private final CfsBandwidth bandwidth;
    private final Chain cfsTasks; // of a rq: entities of tasks, the one set current last at the end
    final long baseSliceNs;
    private @Nullable FairServer fairServer;

    FairEntities(SchedTables tables, Pelt pelt, CfsBandwidth bandwidth, Timekeeping time, SchedConfig config) {
        this.bandwidth = bandwidth;
        this.ses = tables.ses();
        this.cfsRqs = tables.cfsRqs();
        this.rqs = tables.rqs();
        this.pelt = pelt;
        this.time = time;
        this.tree = new EntityTree(ses, cfsRqs);
        this.cfsTasks = new Chain(rqs, ses);
        this.baseSliceNs = config.sliceNs(rqs.size());
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
        ticked(cfsRq, se);
    }

    /** pick_eevdf() or pick_next_entity(): who runs next of a queue that is not empty. */
    abstract int pick(int cfsRq);

    /** The last part of check_preempt_wakeup(): whether an entity that has come is to run instead of current. */
    abstract boolean preempts(int cfsRq, int curr, int se);

    /** Current gives way to one that matters more: nothing protects it. */
    abstract void giveWay(int curr);

    /** The part of yield_task_fair() that is the entity's. */
    abstract void forfeit(int cfsRq, int se);

    /** place_entity(): where an entity joins the others. */
    abstract void place(int cfsRq, int se, int flags);

    /** Current has run: true if it has had what it asked for. */
    abstract boolean charged(int curr);

    /** The tick, once the entity is charged. */
    abstract void ticked(int cfsRq, int curr);

    /** What orders the waiting entities is set: {@link SchedEntityTable#deadline}. */
    abstract void setKey(int se);

    /** Whether an entity that goes to sleep stays on its queue until it has nothing to pay. */
    abstract boolean delaysDequeue(int cfsRq, int se);

    /** The entity is about to leave its queue: to sleep, or for another one. */
    abstract void leaving(int cfsRq, int se, boolean sleeps);

    /** It has left. */
    abstract void left(int cfsRq, int se, boolean sleeps);

    /** The entity becomes current. */
    abstract void chosen(int cfsRq, int se);

    /** A new task, made by current, is given a beginning; task_fork_fair(). */
    abstract void forked(int cfsRq, int se);

    /** A task that is not queued belongs to this queue no more. */
    abstract void detached(int cfsRq, int se);

    /** A task that is not queued leaves the fair class. */
    abstract void switchedFrom(int cfsRq, int se);

    /** A sleep that was delayed is over; requeue_delayed_entity(). */
    abstract void requeue(int cfsRq, int se);

    /** Before and after the weight of an entity changes, which is not on its tree meanwhile. */
    abstract void reweighting(int cfsRq, int se, long weight);

    abstract void reweighted(int cfsRq, int se);

    Chain cfsTasks() {
        return cfsTasks;
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
        boolean isFulfilled = charged(curr);
        updateMinVruntime(cfsRq);
        if (fairServer != null && ses.task(curr) != Table.NULL) {
            fairServer.charge(cfsRqs.rq(cfsRq), deltaNs);
        }
        bandwidth.account(cfsRq, deltaNs);
        if (cfsRqs.nrQueued(cfsRq) > 1 && isFulfilled) {
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
        if ((flags & MUST_LEAVE) == 0 && sleeps && delaysDequeue(cfsRq, se)) {
            assert !ses.schedDelayed(se);
            pelt.update(cfsRq, se);
            ses.setSchedDelayed(se, true);
            addRunnable(se, -1);
            return false;
        }
        pelt.updateTg(cfsRq, se);
        updateRunnable(se);
        leaving(cfsRq, se, sleeps);
        if (cfsRqs.curr(cfsRq) != se) {
            removeFromTree(cfsRq, se);
        }
        ses.setOnRq(se, false);
        left(cfsRq, se, sleeps);
        account(cfsRq, se, -1);
        bandwidth.dequeued(cfsRq);
        if (cfsTasks.owner(se) != Table.NULL) {
            cfsTasks.remove(se);
        }
        updateGroup(se);
        updateMinVruntime(cfsRq);
        if (ses.schedDelayed(se) && sleeps) {
            clearDelayed(se);
            ses.setVlag(se, Math.min(ses.vlag(se), 0)); // DELAY_ZERO
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
        requeue(cfsRq, se);
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
            chosen(cfsRq, se);
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

    /** reweight_entity(). */
    void reweight(int cfsRq, int se, long weight, long invWeight) {
        boolean queued = ses.onRq(se);
        boolean isWaiting = queued && cfsRqs.curr(cfsRq) != se;
        if (queued) {
            updateCurr(cfsRq);
        }
        reweighting(cfsRq, se, weight);
        if (isWaiting) {
            removeFromTree(cfsRq, se);
        }
        if (queued) {
            account(cfsRq, se, -1);
        }
        pelt.beforeReweight(cfsRq, se);
        ses.setWeight(se, weight);
        ses.setInvWeight(se, invWeight);
        pelt.afterReweight(cfsRq, se);
        if (queued) {
            reweighted(cfsRq, se);
            account(cfsRq, se, 1);
            if (isWaiting) {
                addToTree(cfsRq, se);
            }
            updateMinVruntime(cfsRq);
        }
    }

    /** update_min_vruntime(): follows the least vruntime of the queue, and the sums with it. */
    final void updateMinVruntime(int cfsRq) {
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

    /** The entity after one in the order of the tree. */
    final int next(int se) {
        return tree.next(se);
    }

    /** cfs_rq_min_slice(). */
    long minSlice(int cfsRq) {
        int root = cfsRqs.root(cfsRq);
        int curr = cfsRqs.curr(cfsRq);
        long least = root == Table.NULL ? Long.MAX_VALUE : ses.minSlice(root);
        return curr != Table.NULL && ses.onRq(curr) ? Math.min(least, ses.slice(curr)) : least;
    }

    final void addToTree(int cfsRq, int se) {
        setKey(se);
        long weight = LoadWeight.scaleDown(ses.weight(se));
        long key = ses.vruntime(se) - cfsRqs.minVruntime(cfsRq);
        cfsRqs.setAvgVruntime(cfsRq, cfsRqs.avgVruntime(cfsRq) + key * weight);
        cfsRqs.setAvgLoad(cfsRq, cfsRqs.avgLoad(cfsRq) + weight);
        tree.insert(cfsRq, se);
    }

    final void removeFromTree(int cfsRq, int se) {
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

    final long deltaFair(long ns, int se) {
        return LoadWeight.deltaFair(ns, ses.weight(se), ses.invWeight(se));
    }
}
