package dev.nestor.kernel.sched;

import dev.nestor.table.Table;

/** struct sg_lb_stats: what the CPUs of a sched_group have to do, and how that is to be judged. */
final class GroupStats {
    static final int HAS_SPARE = 0;
    static final int FULLY_BUSY = 1;
    static final int OVERLOADED = 2;

    private final CfsRqTable cfsRqs;
    private final RqTable rqs;
    private final SchedAvgTable avgs;

    int unit; // number of the group
    int type;
    int weight; // CPUs
    int running; // tasks of all classes
    int fair; // tasks of the fair class
    int idleCpus;
    long load;
    long util;
    long runnable;
    long capacity;
    long avgLoad; // load by capacity, if it matters

    GroupStats(CfsRqTable cfsRqs, RqTable rqs, SchedAvgTable avgs) {
        this.cfsRqs = cfsRqs;
        this.rqs = rqs;
        this.avgs = avgs;
    }

    void clear(int of) {
        unit = of;
        type = HAS_SPARE;
        weight = 0;
        running = 0;
        fair = 0;
        idleCpus = 0;
        load = 0;
        util = 0;
        runnable = 0;
        capacity = 0;
        avgLoad = 0;
    }

    void copy(GroupStats from) {
        unit = from.unit;
        type = from.type;
        weight = from.weight;
        running = from.running;
        fair = from.fair;
        idleCpus = from.idleCpus;
        load = from.load;
        util = from.util;
        runnable = from.runnable;
        capacity = from.capacity;
        avgLoad = from.avgLoad;
    }

    /** update_sg_lb_stats(), of one CPU. */
    void add(int cpu) {
        int rq = rqs.cpuRq(cpu);
        int cfsRq = rqs.cfs(rq);
        int avg = cfsRqs.avg(cfsRq);
        weight++;
        load += avgs.loadAvg(avg);
        util += avgs.utilAvg(avg);
        runnable += avgs.runnableAvg(avg);
        capacity += Pelt.CAPACITY;
        running += rqs.nrRunning(rq);
        fair += cfsRqs.hNrRunnable(cfsRq);
        idleCpus += rqs.nrRunning(rq) == 0 && rqs.curr(rq) == Table.NULL ? 1 : 0;
    }

    /** group_classify(), once all CPUs are in. */
    void classify(int imbalancePct) {
        boolean isUtilHigh = capacity * 100 < util * imbalancePct;
        boolean isRunnableHigh = capacity * imbalancePct < runnable * 100;
        if (running > weight && (isUtilHigh || isRunnableHigh)) {
            type = OVERLOADED;
            setAvgLoad();
        } else {
            boolean hasCapacity = running < weight || (!isRunnableHigh && capacity * 100 > util * imbalancePct);
            type = hasCapacity ? HAS_SPARE : FULLY_BUSY;
        }
    }

    void setAvgLoad() {
        avgLoad = load * Pelt.CAPACITY / Math.max(1, capacity);
    }
}
