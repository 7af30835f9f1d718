package dev.nestor.kernel.sched;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct cfs_rq columns: a queue of fair entities, those of one CPU or of one group on one CPU. */
public final class CfsRqTable extends Table {
    private int[] rq = new int[initialRows()]; // rq
    private int[] avg = new int[initialRows()]; // sched_avg, its own
    private int[] curr = new int[initialRows()]; // sched_entity that runs, kept out of the tree
    private int[] root = new int[initialRows()]; // sched_entity; the tree of those that wait
    private int[] leftmost = new int[initialRows()]; // sched_entity with the earliest deadline of the tree
    private int[] nrQueued = new int[initialRows()]; // entities on the queue, delayed ones and curr included
    private int[] nrRunnable = new int[initialRows()]; // of these, the ones not delayed
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

    public int nrRunnable(int cfsRq) {
        return nrRunnable[row(cfsRq)];
    }

    void setNrRunnable(int cfsRq, int value) {
        nrRunnable[row(cfsRq)] = value;
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
        root[row] = 0;
        leftmost[row] = 0;
        nrQueued[row] = 0;
        nrRunnable[row] = 0;
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
        root = columns.ints(root);
        leftmost = columns.ints(leftmost);
        nrQueued = columns.ints(nrQueued);
        nrRunnable = columns.ints(nrRunnable);
        loadWeight = columns.longs(loadWeight);
        minVruntime = columns.longs(minVruntime);
        avgVruntime = columns.longs(avgVruntime);
        avgLoad = columns.longs(avgLoad);
    }
}
