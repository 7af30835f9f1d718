package dev.nestor.kernel.sched;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.table.HotPath;

/** How a group's entity weighs and loads its CPU, by what is on the group's queues: the CONFIG_FAIR_GROUP_SCHED parts of fair.c. */
final class GroupLoad {
    private static final long NSEC_PER_MSEC = 1_000_000;
    private static final int MIN_SHARES = 2;
    private static final int SIGNIFICANT = 64; // of which a change is one part at least, to be told

    private final SchedEntityTable ses;
    private final CfsRqTable cfsRqs;
    private final SchedAvgTable avgs;
    private final TaskGroupTable groups;
    private final Pelt pelt;
    private final Timekeeping time;

    GroupLoad(SchedTables tables, Pelt pelt, Timekeeping time) {
        this.pelt = pelt;
        this.ses = tables.ses();
        this.cfsRqs = tables.cfsRqs();
        this.avgs = tables.avgs();
        this.groups = tables.groups();
        this.time = time;
    }

    /** calc_group_shares(): the part of a group's shares that falls to one of its queues, by its part of the group's load. */
    @HotPath
    long shares(int cfsRq) {
        int group = cfsRqs.taskGroup(cfsRq);
        long load = Math.max(LoadWeight.scaleDownTo0(cfsRqs.loadWeight(cfsRq)), avgs.loadAvg(cfsRqs.avg(cfsRq)));
        long whole = groups.loadAvg(group) - cfsRqs.tgLoadAvgContrib(cfsRq) + load;
        long shares = groups.shares(group) * load;
        if (whole > 0) {
            shares /= whole;
        }
        return Math.clamp(shares, MIN_SHARES, groups.shares(group));
    }

    /** update_tg_load_avg(): a queue tells its group what load it has, when that has changed and at most once in a millisecond. */
    @HotPath
    void updateTg(int cfsRq) {
        if (cfsRqs.se(cfsRq) == NULL) {
            return;
        }
        long now = time.monotonicNs();
        if (now - cfsRqs.lastUpdateTg(cfsRq) < NSEC_PER_MSEC) {
            return;
        }
        long contrib = cfsRqs.tgLoadAvgContrib(cfsRq);
        long delta = avgs.loadAvg(cfsRqs.avg(cfsRq)) - contrib;
        if (Math.abs(delta) > contrib / SIGNIFICANT) {
            int group = cfsRqs.taskGroup(cfsRq);
            groups.setLoadAvg(group, groups.loadAvg(group) + delta);
            cfsRqs.setTgLoadAvgContrib(cfsRq, contrib + delta);
            cfsRqs.setLastUpdateTg(cfsRq, now);
        }
    }

    /** The queue goes: what it told is no more. */
    void forget(int cfsRq) {
        int group = cfsRqs.taskGroup(cfsRq);
        groups.setLoadAvg(group, groups.loadAvg(group) - cfsRqs.tgLoadAvgContrib(cfsRq));
        cfsRqs.setTgLoadAvgContrib(cfsRq, 0);
    }

    /** add_tg_cfs_propagate(): an entity has come to a queue, or left it with its load. */
    @HotPath
    void changed(int cfsRq, long runnableSum) {
        cfsRqs.setPropagate(cfsRq, true);
        cfsRqs.setPropRunnableSum(cfsRq, cfsRqs.propRunnableSum(cfsRq) + runnableSum);
    }

    /** propagate_entity_load_avg(): an entity follows what has come to its group's queue or left it. True if there was something. */
    @HotPath
    boolean propagate(int cfsRq, int se) {
        int own = ses.myQ(se);
        if (own == NULL || !cfsRqs.propagate(own)) {
            return false;
        }
        cfsRqs.setPropagate(own, false);
        changed(cfsRq, cfsRqs.propRunnableSum(own));
        long divider = pelt.divider(cfsRqs.avg(cfsRq));
        followUtil(ses.avg(se), cfsRqs.avg(cfsRq), cfsRqs.avg(own), divider);
        followRunnable(ses.avg(se), cfsRqs.avg(cfsRq), cfsRqs.avg(own), divider);
        followLoad(cfsRq, se, own, divider);
        return true;
    }

    /** update_tg_cfs_util(). */
    private void followUtil(int of, int queue, int own, long divider) {
        long delta = avgs.utilAvg(own) - avgs.utilAvg(of);
        if (delta == 0) {
            return;
        }
        long sum = avgs.utilAvg(own) * divider;
        long deltaSum = sum - avgs.utilSum(of);
        avgs.setUtilAvg(of, avgs.utilAvg(own));
        avgs.setUtilSum(of, sum);
        avgs.setUtilAvg(queue, Math.max(0, avgs.utilAvg(queue) + delta));
        avgs.setUtilSum(queue, Pelt.rest(avgs.utilSum(queue) + deltaSum, avgs.utilAvg(queue)));
    }

    /** update_tg_cfs_runnable(). */
    private void followRunnable(int of, int queue, int own, long divider) {
        long delta = avgs.runnableAvg(own) - avgs.runnableAvg(of);
        if (delta == 0) {
            return;
        }
        long sum = avgs.runnableAvg(own) * divider;
        long deltaSum = sum - avgs.runnableSum(of);
        avgs.setRunnableAvg(of, avgs.runnableAvg(own));
        avgs.setRunnableSum(of, sum);
        avgs.setRunnableAvg(queue, Math.max(0, avgs.runnableAvg(queue) + delta));
        avgs.setRunnableSum(queue, Pelt.rest(avgs.runnableSum(queue) + deltaSum, avgs.runnableAvg(queue)));
    }

    /** update_tg_cfs_load(). */
    private void followLoad(int cfsRq, int se, int own, long divider) {
        long sum = cfsRqs.propRunnableSum(own);
        if (sum == 0) {
            return;
        }
        cfsRqs.setPropRunnableSum(own, 0);
        int of = ses.avg(se);
        if (sum > 0) {
            sum = Math.min(sum + avgs.loadSum(of), divider);
        } else {
            long weight = LoadWeight.scaleDownTo0(cfsRqs.loadWeight(own));
            long perWeight = weight == 0 ? 0 : avgs.loadSum(cfsRqs.avg(own)) / weight;
            sum = Math.min(avgs.loadSum(of), perWeight);
        }
        sum = Math.max(sum, avgs.utilSum(of) >> Pelt.SHIFT);
        long weight = LoadWeight.scaleDown(ses.weight(se));
        long loadSum = weight * sum;
        long loadAvg = loadSum / divider;
        long delta = loadAvg - avgs.loadAvg(of);
        if (delta == 0) {
            return;
        }
        long deltaSum = loadSum - weight * avgs.loadSum(of);
        avgs.setLoadSum(of, sum);
        avgs.setLoadAvg(of, loadAvg);
        int queue = cfsRqs.avg(cfsRq);
        avgs.setLoadAvg(queue, Math.max(0, avgs.loadAvg(queue) + delta));
        avgs.setLoadSum(queue, Pelt.rest(avgs.loadSum(queue) + deltaSum, avgs.loadAvg(queue)));
    }

    /** task_h_load(): what a task's load is of its CPU's, through the groups that it is in. */
    @HotPath
    long taskLoad(int se) {
        int cfsRq = ses.cfsRq(se);
        return avgs.loadAvg(ses.avg(se)) * hierarchicalLoad(cfsRq) / (avgs.loadAvg(cfsRqs.avg(cfsRq)) + 1);
    }

    /** update_cfs_rq_h_load(): what a queue's load is of its CPU's. */
    private long hierarchicalLoad(int cfsRq) {
        int se = cfsRqs.se(cfsRq);
        if (se == NULL) {
            return avgs.loadAvg(cfsRqs.avg(cfsRq));
        }
        int above = ses.cfsRq(se);
        return hierarchicalLoad(above) * avgs.loadAvg(ses.avg(se)) / (avgs.loadAvg(cfsRqs.avg(above)) + 1);
    }
}
