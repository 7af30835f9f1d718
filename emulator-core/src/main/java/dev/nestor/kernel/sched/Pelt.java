package dev.nestor.kernel.sched;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.table.Chain;
import dev.nestor.table.HotPath;

/**
 * Load tracking per entity: kernel/sched/pelt.c, and what kernel/sched/fair.c keeps up with it. Time is cut into periods of
 * 1024 units of 1024 ns; what a period adds to a sum halves every 32 periods.
 */
final class Pelt {
    /** What the sum of an entity that always counts comes to. */
    static final int LOAD_AVG_MAX = 47_742;

    /** SCHED_CAPACITY_SCALE: what a whole CPU is. */
    static final long CAPACITY = 1024;

    private static final int PERIOD = 1024; // units
    private static final int HALF_LIFE = 32; // periods
    private static final int MIN_DIVIDER = LOAD_AVG_MAX - PERIOD;
    private static final int FOREVER = HALF_LIFE * 63; // periods after which nothing is left
    static final int SHIFT = 10; // of CAPACITY, and of a unit's ns

    /** runnable_avg_yN_inv: (2^32 - 1) y^n for the first 32 n, where y^32 is a half. */
    private final int[] decay = new int[HALF_LIFE];

    private final SchedEntityTable ses;
    private final CfsRqTable cfsRqs;
    private final SchedAvgTable avgs;
    private final Timekeeping time;
    private final GroupLoad groupLoad;
    private final Chain
            leaves; // leaf_cfs_rq_list of a rq: queues of groups that have a load, a group's before that of the one
    // above

    Pelt(SchedTables tables, Timekeeping time) {
        this.ses = tables.ses();
        this.cfsRqs = tables.cfsRqs();
        this.avgs = tables.avgs();
        this.time = time;
        this.groupLoad = new GroupLoad(tables, this, time);
        this.leaves = new Chain(tables.rqs(), cfsRqs);
        for (int n = 0; n < HALF_LIFE; n++) {
            decay[n] = (int) (long) (0xffffffffL * Math.pow(0.5, n / (double) HALF_LIFE));
        }
    }

    GroupLoad groupLoad() {
        return groupLoad;
    }

    /** post_init_entity_util_avg(): a new task is taken to want as much as the others have, and no more than half of what is left. */
    void initUtil(int cfsRq, int se) {
        int queue = cfsRqs.avg(cfsRq);
        long cap = (CAPACITY - avgs.utilAvg(queue)) / 2;
        if (cap > 0) {
            long shared = avgs.utilAvg(queue) * LoadWeight.scaleDown(ses.weight(se)) / (avgs.loadAvg(queue) + 1);
            long util = avgs.utilAvg(queue) == 0 ? cap : Math.min(shared, cap);
            avgs.setUtilAvg(ses.avg(se), util);
            avgs.setRunnableAvg(ses.avg(se), util);
        }
    }

    /** update_load_avg(): brings an entity and its queue up to now. */
    @HotPath
    void update(int cfsRq, int se) {
        age(cfsRq, se);
    }

    /** update_load_avg(UPDATE_TG): the same, and the queue's group is told. */
    @HotPath
    void updateTg(int cfsRq, int se) {
        if (age(cfsRq, se)) {
            groupLoad.updateTg(cfsRq);
        }
    }

    private boolean age(int cfsRq, int se) {
        long now = clock(cfsRq);
        if (avgs.lastUpdate(ses.avg(se)) != 0) {
            updateEntity(now, cfsRq, se);
        }
        boolean isDecayed = updateQueue(now, cfsRq);
        return groupLoad.propagate(cfsRq, se) || isDecayed;
    }

    /** propagate_entity_cfs_rq(): what came to a queue, or left it, is told to the groups above it. */
    @HotPath
    private void propagateUp(int cfsRq) {
        for (int se = cfsRqs.se(cfsRq); se != NULL; se = ses.parent(se)) {
            updateTg(ses.cfsRq(se), se);
        }
    }

    /** update_blocked_averages(): brings all queues of a CPU up to now. */
    @HotPath
    void updateBlocked(int rq, int rootCfsRq) {
        int next;
        for (int cfsRq = leaves.first(rq); cfsRq != NULL; cfsRq = next) {
            next = leaves.next(cfsRq);
            if (updateQueue(clock(cfsRq), cfsRq)) {
                groupLoad.updateTg(cfsRq);
            }
            int se = cfsRqs.se(cfsRq);
            int of = ses.avg(se);
            if (avgs.loadAvg(of) != 0 || avgs.utilAvg(of) != 0 || cfsRqs.propagate(cfsRq)) {
                updateTg(ses.cfsRq(se), se);
            }
            if (isDecayed(cfsRq)) {
                leaves.remove(cfsRq);
            }
        }
        updateQueue(clock(rootCfsRq), rootCfsRq);
    }

    /** cfs_rq_is_decayed(). */
    private boolean isDecayed(int cfsRq) {
        int avg = cfsRqs.avg(cfsRq);
        return cfsRqs.nrQueued(cfsRq) == 0
                && cfsRqs.tgLoadAvgContrib(cfsRq) == 0
                && avgs.loadSum(avg) == 0
                && avgs.utilSum(avg) == 0
                && avgs.runnableSum(avg) == 0;
    }

    /** list_add_leaf_cfs_rq(), of a group's queue and those above it. */
    void addLeaf(int cfsRq) {
        int se = cfsRqs.se(cfsRq);
        if (se != NULL && leaves.owner(cfsRq) == NULL) {
            addLeaf(ses.cfsRq(se));
            leaves.addFirst(cfsRqs.rq(cfsRq), cfsRq);
        }
    }

    /** A group's queue goes. */
    void leave(int cfsRq) {
        groupLoad.forget(cfsRq);
        if (leaves.owner(cfsRq) != NULL) {
            leaves.remove(cfsRq);
        }
    }

    /** cfs_rq_clock_pelt(): ns. It does not begin with 0, which says that an entity is on no queue's sums. */
    private long clock(int cfsRq) {
        long now = cfsRqs.peltClockThrottled(cfsRq) ? cfsRqs.throttledClockPelt(cfsRq) : time.monotonicNs();
        return now - cfsRqs.throttledClockPeltTime(cfsRq) + (1L << SHIFT);
    }

    /** __update_load_avg_cfs_rq(). */
    @HotPath
    private boolean updateQueue(long now, int cfsRq) {
        int avg = cfsRqs.avg(cfsRq);
        long load = cfsRqs.loadWeight(cfsRq) >> LoadWeight.FIXEDPOINT_SHIFT;
        boolean isDecayed = accumulate(now, avg, load, cfsRqs.hNrRunnable(cfsRq), cfsRqs.curr(cfsRq) != NULL);
        if (isDecayed) {
            average(avg, 1);
        }
        return isDecayed;
    }

    private void updateEntity(long now, int cfsRq, int se) {
        boolean isQueued = ses.onRq(se);
        boolean isRunning = cfsRqs.curr(cfsRq) == se;
        if (accumulate(now, ses.avg(se), isQueued ? 1 : 0, runnable(se, isQueued), isRunning)) {
            average(ses.avg(se), LoadWeight.scaleDown(ses.weight(se)));
        }
    }

    /** se_runnable(). */
    private long runnable(int se, boolean isQueued) {
        if (ses.schedDelayed(se)) {
            return 0;
        }
        return ses.myQ(se) == NULL ? (isQueued ? 1 : 0) : ses.runnableWeight(se);
    }

    /** update_load_avg(DO_ATTACH): an entity comes to a queue that does not count it; attach_entity_load_avg(). */
    @HotPath
    void attach(int cfsRq, int se) {
        int of = ses.avg(se);
        if (avgs.lastUpdate(of) != 0) {
            updateTg(cfsRq, se);
            return;
        }
        update(cfsRq, se);
        int queue = cfsRqs.avg(cfsRq);
        long divider = divider(queue);
        long weight = LoadWeight.scaleDown(ses.weight(se));
        avgs.setLastUpdate(of, avgs.lastUpdate(queue));
        avgs.setPeriodContrib(of, avgs.periodContrib(queue));
        avgs.setUtilSum(of, avgs.utilAvg(of) * divider);
        avgs.setRunnableSum(of, avgs.runnableAvg(of) * divider);
        avgs.setLoadSum(of, Math.max(1, avgs.loadAvg(of) * divider / weight));
        avgs.setLoadAvg(queue, avgs.loadAvg(queue) + avgs.loadAvg(of));
        avgs.setLoadSum(queue, avgs.loadSum(queue) + weight * avgs.loadSum(of));
        avgs.setUtilAvg(queue, avgs.utilAvg(queue) + avgs.utilAvg(of));
        avgs.setUtilSum(queue, avgs.utilSum(queue) + avgs.utilSum(of));
        avgs.setRunnableAvg(queue, avgs.runnableAvg(queue) + avgs.runnableAvg(of));
        avgs.setRunnableSum(queue, avgs.runnableSum(queue) + avgs.runnableSum(of));
        groupLoad.changed(cfsRq, avgs.loadSum(of));
        groupLoad.updateTg(cfsRq);
    }

    /** attach_entity_cfs_rq(): a task comes to a queue that it may not be on. */
    void attachTask(int cfsRq, int se) {
        attach(cfsRq, se);
        propagateUp(cfsRq);
    }

    /** detach_entity_load_avg() and remove_entity_load_avg(): an entity leaves for another queue, and takes its load along. */
    @HotPath
    void detach(int cfsRq, int se) {
        int of = ses.avg(se);
        if (avgs.lastUpdate(of) == 0) {
            return;
        }
        update(cfsRq, se);
        int queue = cfsRqs.avg(cfsRq);
        long weight = LoadWeight.scaleDown(ses.weight(se));
        subtractLoad(queue, avgs.loadAvg(of), weight * avgs.loadSum(of));
        avgs.setUtilAvg(queue, Math.max(0, avgs.utilAvg(queue) - avgs.utilAvg(of)));
        avgs.setUtilSum(queue, rest(avgs.utilSum(queue) - avgs.utilSum(of), avgs.utilAvg(queue)));
        avgs.setRunnableAvg(queue, Math.max(0, avgs.runnableAvg(queue) - avgs.runnableAvg(of)));
        avgs.setRunnableSum(queue, rest(avgs.runnableSum(queue) - avgs.runnableSum(of), avgs.runnableAvg(queue)));
        avgs.setLastUpdate(of, 0);
        groupLoad.changed(cfsRq, -avgs.loadSum(of));
        groupLoad.updateTg(cfsRq);
        propagateUp(cfsRq);
    }

    /** The load part of reweight_entity(): takes off what an entity counts, before its weight changes. */
    void beforeReweight(int cfsRq, int se) {
        int of = ses.avg(se);
        if (avgs.lastUpdate(of) != 0) {
            update(cfsRq, se);
            long weight = LoadWeight.scaleDown(ses.weight(se));
            subtractLoad(cfsRqs.avg(cfsRq), avgs.loadAvg(of), weight * avgs.loadSum(of));
        }
    }

    /** The entity counts by its new weight. */
    void afterReweight(int cfsRq, int se) {
        int of = ses.avg(se);
        long weight = LoadWeight.scaleDown(ses.weight(se));
        avgs.setLoadAvg(of, weight * avgs.loadSum(of) / divider(of));
        if (avgs.lastUpdate(of) == 0) {
            return;
        }
        int queue = cfsRqs.avg(cfsRq);
        avgs.setLoadAvg(queue, avgs.loadAvg(queue) + avgs.loadAvg(of));
        avgs.setLoadSum(queue, avgs.loadSum(queue) + weight * avgs.loadSum(of));
    }

    private void subtractLoad(int queue, long avg, long sum) {
        avgs.setLoadAvg(queue, Math.max(0, avgs.loadAvg(queue) - avg));
        avgs.setLoadSum(queue, rest(avgs.loadSum(queue) - sum, avgs.loadAvg(queue)));
    }

    static long rest(long sum, long avg) {
        return Math.max(Math.max(0, sum), avg * MIN_DIVIDER);
    }

    /** get_pelt_divider(). */
    long divider(int avg) {
        return (long) MIN_DIVIDER + avgs.periodContrib(avg);
    }

    /** ___update_load_sum(): true if a period has ended. */
    private boolean accumulate(long now, int avg, long load, long runnable, boolean running) {
        long delta = now - avgs.lastUpdate(avg);
        if (delta < 0) {
            avgs.setLastUpdate(avg, now);
            return false;
        }
        long units = delta >>> SHIFT;
        if (units == 0) {
            return false;
        }
        avgs.setLastUpdate(avg, avgs.lastUpdate(avg) + (units << SHIFT));
        long total = units + avgs.periodContrib(avg);
        long periods = total / PERIOD;
        long added = units;
        int rest = (int) (total % PERIOD);
        if (periods > 0) {
            avgs.setLoadSum(avg, decayed(avgs.loadSum(avg), periods));
            avgs.setRunnableSum(avg, decayed(avgs.runnableSum(avg), periods));
            avgs.setUtilSum(avg, decayed(avgs.utilSum(avg), periods));
            added = segments(periods, PERIOD - avgs.periodContrib(avg), rest);
        }
        avgs.setPeriodContrib(avg, rest);
        if (load != 0) {
            avgs.setLoadSum(avg, avgs.loadSum(avg) + load * added);
            avgs.setRunnableSum(avg, avgs.runnableSum(avg) + ((runnable * added) << SHIFT));
            avgs.setUtilSum(avg, avgs.utilSum(avg) + (running ? added << SHIFT : 0));
        }
        return periods > 0;
    }

    /** __accumulate_pelt_segments(): the rest of the period that was in progress, whole ones, and the beginning of the last. */
    private long segments(long periods, int first, int last) {
        long whole = LOAD_AVG_MAX - decayed(LOAD_AVG_MAX, periods) - PERIOD;
        return decayed(first, periods) + whole + last;
    }

    /** decay_load(). */
    private long decayed(long value, long periods) {
        if (periods > FOREVER) {
            return 0;
        }
        long halved = value >>> (periods / HALF_LIFE);
        long factor = decay[(int) (periods % HALF_LIFE)] & 0xffffffffL;
        return (Math.unsignedMultiplyHigh(halved, factor) << Integer.SIZE) | ((halved * factor) >>> Integer.SIZE);
    }

    /** ___update_load_avg(). */
    private void average(int avg, long load) {
        long divider = divider(avg);
        avgs.setLoadAvg(avg, load * avgs.loadSum(avg) / divider);
        avgs.setRunnableAvg(avg, avgs.runnableSum(avg) / divider);
        avgs.setUtilAvg(avg, avgs.utilSum(avg) / divider);
    }
}
