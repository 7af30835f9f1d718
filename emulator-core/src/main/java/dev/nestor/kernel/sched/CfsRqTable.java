package dev.nestor.kernel.sched;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct cfs_rq columns: a queue of fair entities, those of one CPU or of one group on one CPU. */
public final class CfsRqTable extends Table {
    private int[] rq = new int[initialRows()]; // rq
    private int[] avg = new int[initialRows()]; // sched_avg, its own
    private int[] curr = new int[initialRows()]; // sched_entity that runs, kept out of the tree
    private int[] skip = new int[initialRows()]; // sched_entity that has yielded, in kernels before 6.6
    private int[] root = new int[initialRows()]; // sched_entity; the tree of those that wait
    private int[] leftmost = new int[initialRows()]; // sched_entity with the earliest deadline of the tree
    private int[] nrQueued = new int[initialRows()]; // entities on the queue, delayed ones and curr included
    private int[] hNrQueued = new int[initialRows()]; // tasks on it and on the queues below it
    private int[] hNrRunnable = new int[initialRows()]; // of these, the ones not delayed
    private int[] hNrIdle = new int[initialRows()]; // of hNrQueued, those of SCHED_IDLE or in a group that is idle
    private byte[] runtimeEnabled = new byte[initialRows()]; // its group has a quota
    private byte[] throttled = new byte[initialRows()]; // its group has no runtime left
    private int[] throttleCount = new int[initialRows()]; // groups, its own and above, that are throttled on this CPU
    private long[] runtimeRemaining = new long[initialRows()]; // ns of the group's runtime that this CPU has in hand
    private long[] throttledClock =
            new long[initialRows()]; // ns; since when its tasks wait for runtime; 0 if they do not
    private long[] throttledClockSelf = new long[initialRows()]; // ns; the same, whichever group above is throttled
    private byte[] peltClockThrottled = new byte[initialRows()]; // its averages stand still
    private long[] throttledClockPelt = new long[initialRows()]; // ns; when they stopped
    private long[] throttledClockPeltTime = new long[initialRows()]; // ns that they have stood still
    private int[] taskGroup = new int[initialRows()]; // task_group whose queue it is on its CPU
    private int[] se =
            new int[initialRows()]; // sched_entity that stands for it in the queue above; NULL of a CPU's own
    private byte[] idle = new byte[initialRows()]; // cpu.idle of the group
    private byte[] propagate = new byte[initialRows()]; // se's averages are to follow its own
    private long[] propRunnableSum = new long[initialRows()]; // load_sum that came since they last did
    private long[] tgLoadAvgContrib = new long[initialRows()]; // what task_group.load_avg has of it
    private long[] lastUpdateTg = new long[initialRows()]; // ns; when that last changed
    private long[] loadWeight = new long[initialRows()]; // sum of weight over the queue
    private long[] minVruntime = new long[initialRows()]; // virtual ns; the zero of avgVruntime, never falls
    private long[] avgVruntime =
            new long[initialRows()]; // sum over the tree of (vruntime - minVruntime) * weight / 1024
    private long[] avgLoad = new long[initialRows()]; // sum over the tree of weight / 1024

    public CfsRqTable(int limit) {
        super("cfs_rq", 15, limit);
    }

    public int rq(int cfsRq) {
        return rq[row(cfsRq)];
    }

    void setRq(int cfsRq, int value) {
        rq[row(cfsRq)] = value;
    }

    public int avg(int cfsRq) {
        return avg[row(cfsRq)];
    }

    void setAvg(int cfsRq, int value) {
        avg[row(cfsRq)] = value;
    }

    public int curr(int cfsRq) {
        return curr[row(cfsRq)];
    }

    void setCurr(int cfsRq, int value) {
        curr[row(cfsRq)] = value;
    }

    int skip(int cfsRq) {
        return skip[row(cfsRq)];
    }

    void setSkip(int cfsRq, int value) {
        skip[row(cfsRq)] = value;
    }

    int root(int cfsRq) {
        return root[row(cfsRq)];
    }

    void setRoot(int cfsRq, int value) {
        root[row(cfsRq)] = value;
    }

    int leftmost(int cfsRq) {
        return leftmost[row(cfsRq)];
    }

    void setLeftmost(int cfsRq, int value) {
        leftmost[row(cfsRq)] = value;
    }

    public int nrQueued(int cfsRq) {
        return nrQueued[row(cfsRq)];
    }

    void setNrQueued(int cfsRq, int value) {
        nrQueued[row(cfsRq)] = value;
    }

    /** h_nr_queued. */
    public int hNrQueued(int cfsRq) {
        return hNrQueued[row(cfsRq)];
    }

    /** h_nr_runnable. */
    public int hNrRunnable(int cfsRq) {
        return hNrRunnable[row(cfsRq)];
    }

    void addHNrRunnable(int cfsRq, int more) {
        hNrRunnable[row(cfsRq)] += more;
    }

    /** h_nr_idle. */
    public int hNrIdle(int cfsRq) {
        return hNrIdle[row(cfsRq)];
    }

    void addHNrIdle(int cfsRq, int more) {
        hNrIdle[row(cfsRq)] += more;
    }

    /** Tasks have come, or gone, on it or below. */
    void addTasks(int cfsRq, int queued, int runnable, int idle) {
        int row = row(cfsRq);
        hNrQueued[row] += queued;
        hNrRunnable[row] += runnable;
        hNrIdle[row] += idle;
    }

    boolean runtimeEnabled(int cfsRq) {
        return runtimeEnabled[row(cfsRq)] != 0;
    }

    void setRuntimeEnabled(int cfsRq, boolean value) {
        runtimeEnabled[row(cfsRq)] = (byte) (value ? 1 : 0);
    }

    boolean throttled(int cfsRq) {
        return throttled[row(cfsRq)] != 0;
    }

    void setThrottled(int cfsRq, boolean value) {
        throttled[row(cfsRq)] = (byte) (value ? 1 : 0);
    }

    int throttleCount(int cfsRq) {
        return throttleCount[row(cfsRq)];
    }

    void setThrottleCount(int cfsRq, int value) {
        throttleCount[row(cfsRq)] = value;
    }

    long runtimeRemaining(int cfsRq) {
        return runtimeRemaining[row(cfsRq)];
    }

    void setRuntimeRemaining(int cfsRq, long value) {
        runtimeRemaining[row(cfsRq)] = value;
    }

    long throttledClock(int cfsRq) {
        return throttledClock[row(cfsRq)];
    }

    void setThrottledClock(int cfsRq, long value) {
        throttledClock[row(cfsRq)] = value;
    }

    long throttledClockSelf(int cfsRq) {
        return throttledClockSelf[row(cfsRq)];
    }

    void setThrottledClockSelf(int cfsRq, long value) {
        throttledClockSelf[row(cfsRq)] = value;
    }

    boolean peltClockThrottled(int cfsRq) {
        return peltClockThrottled[row(cfsRq)] != 0;
    }

    void setPeltClockThrottled(int cfsRq, boolean value) {
        peltClockThrottled[row(cfsRq)] = (byte) (value ? 1 : 0);
    }

    long throttledClockPelt(int cfsRq) {
        return throttledClockPelt[row(cfsRq)];
    }

    void setThrottledClockPelt(int cfsRq, long value) {
        throttledClockPelt[row(cfsRq)] = value;
    }

    long throttledClockPeltTime(int cfsRq) {
        return throttledClockPeltTime[row(cfsRq)];
    }

    void setThrottledClockPeltTime(int cfsRq, long value) {
        throttledClockPeltTime[row(cfsRq)] = value;
    }

    public int taskGroup(int cfsRq) {
        return taskGroup[row(cfsRq)];
    }

    void setTaskGroup(int cfsRq, int value) {
        taskGroup[row(cfsRq)] = value;
    }

    /** tg->se[cpu]. */
    public int se(int cfsRq) {
        return se[row(cfsRq)];
    }

    void setSe(int cfsRq, int value) {
        se[row(cfsRq)] = value;
    }

    /** cfs_rq_is_idle(). */
    boolean isIdle(int cfsRq) {
        return idle[row(cfsRq)] != 0;
    }

    void setIdle(int cfsRq, boolean value) {
        idle[row(cfsRq)] = (byte) (value ? 1 : 0);
    }

    boolean propagate(int cfsRq) {
        return propagate[row(cfsRq)] != 0;
    }

    void setPropagate(int cfsRq, boolean value) {
        propagate[row(cfsRq)] = (byte) (value ? 1 : 0);
    }

    long propRunnableSum(int cfsRq) {
        return propRunnableSum[row(cfsRq)];
    }

    void setPropRunnableSum(int cfsRq, long value) {
        propRunnableSum[row(cfsRq)] = value;
    }

    long tgLoadAvgContrib(int cfsRq) {
        return tgLoadAvgContrib[row(cfsRq)];
    }

    void setTgLoadAvgContrib(int cfsRq, long value) {
        tgLoadAvgContrib[row(cfsRq)] = value;
    }

    long lastUpdateTg(int cfsRq) {
        return lastUpdateTg[row(cfsRq)];
    }

    void setLastUpdateTg(int cfsRq, long ns) {
        lastUpdateTg[row(cfsRq)] = ns;
    }

    public long loadWeight(int cfsRq) {
        return loadWeight[row(cfsRq)];
    }

    void setLoadWeight(int cfsRq, long value) {
        loadWeight[row(cfsRq)] = value;
    }

    public long minVruntime(int cfsRq) {
        return minVruntime[row(cfsRq)];
    }

    void setMinVruntime(int cfsRq, long value) {
        minVruntime[row(cfsRq)] = value;
    }

    long avgVruntime(int cfsRq) {
        return avgVruntime[row(cfsRq)];
    }

    void setAvgVruntime(int cfsRq, long value) {
        avgVruntime[row(cfsRq)] = value;
    }

    long avgLoad(int cfsRq) {
        return avgLoad[row(cfsRq)];
    }

    void setAvgLoad(int cfsRq, long value) {
        avgLoad[row(cfsRq)] = value;
    }

    @Override
    protected void clearRow(int row) {
        rq[row] = 0;
        avg[row] = 0;
        curr[row] = 0;
        skip[row] = 0;
        root[row] = 0;
        leftmost[row] = 0;
        nrQueued[row] = 0;
        hNrQueued[row] = 0;
        hNrRunnable[row] = 0;
        hNrIdle[row] = 0;
        runtimeEnabled[row] = 0;
        throttled[row] = 0;
        throttleCount[row] = 0;
        runtimeRemaining[row] = 0;
        throttledClock[row] = 0;
        throttledClockSelf[row] = 0;
        peltClockThrottled[row] = 0;
        throttledClockPelt[row] = 0;
        throttledClockPeltTime[row] = 0;
        taskGroup[row] = 0;
        se[row] = 0;
        idle[row] = 0;
        propagate[row] = 0;
        propRunnableSum[row] = 0;
        tgLoadAvgContrib[row] = 0;
        lastUpdateTg[row] = 0;
        loadWeight[row] = 0;
        minVruntime[row] = 0;
        avgVruntime[row] = 0;
        avgLoad[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        rq = columns.ints(rq);
        avg = columns.ints(avg);
        curr = columns.ints(curr);
        skip = columns.ints(skip);
        root = columns.ints(root);
        leftmost = columns.ints(leftmost);
        nrQueued = columns.ints(nrQueued);
        hNrQueued = columns.ints(hNrQueued);
        hNrRunnable = columns.ints(hNrRunnable);
        hNrIdle = columns.ints(hNrIdle);
        runtimeEnabled = columns.bytes(runtimeEnabled);
        throttled = columns.bytes(throttled);
        throttleCount = columns.ints(throttleCount);
        runtimeRemaining = columns.longs(runtimeRemaining);
        throttledClock = columns.longs(throttledClock);
        throttledClockSelf = columns.longs(throttledClockSelf);
        peltClockThrottled = columns.bytes(peltClockThrottled);
        throttledClockPelt = columns.longs(throttledClockPelt);
        throttledClockPeltTime = columns.longs(throttledClockPeltTime);
        taskGroup = columns.ints(taskGroup);
        se = columns.ints(se);
        idle = columns.bytes(idle);
        propagate = columns.bytes(propagate);
        propRunnableSum = columns.longs(propRunnableSum);
        tgLoadAvgContrib = columns.longs(tgLoadAvgContrib);
        lastUpdateTg = columns.longs(lastUpdateTg);
        loadWeight = columns.longs(loadWeight);
        minVruntime = columns.longs(minVruntime);
        avgVruntime = columns.longs(avgVruntime);
        avgLoad = columns.longs(avgLoad);
    }
}
