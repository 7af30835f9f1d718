package dev.nestor.kernel.sched;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct sched_avg columns: how much an entity or a queue has loaded its CPU lately. Of each entity and of each cfs_rq one. */
public final class SchedAvgTable extends Table {
    private long[] lastUpdate = new long[initialRows()]; // ns, of whole units of 1024; 0 while it is on no queue's sums
    private long[] loadSum = new long[initialRows()];
    private long[] runnableSum = new long[initialRows()];
    private long[] utilSum = new long[initialRows()];
    private int[] periodContrib = new int[initialRows()]; // units of 1024 ns of the period in progress
    private long[] loadAvg = new long[initialRows()]; // weight, 1024 for nice 0
    private long[] runnableAvg = new long[initialRows()]; // 1024 for a task that always wants a CPU
    private long[] utilAvg = new long[initialRows()]; // 1024 for a task that always has one

    SchedAvgTable(int limit) {
        super("sched_avg", 58, limit);
    }

    public long lastUpdate(int avg) {
        return lastUpdate[row(avg)];
    }

    void setLastUpdate(int avg, long ns) {
        lastUpdate[row(avg)] = ns;
    }

    long loadSum(int avg) {
        return loadSum[row(avg)];
    }

    void setLoadSum(int avg, long value) {
        loadSum[row(avg)] = value;
    }

    long runnableSum(int avg) {
        return runnableSum[row(avg)];
    }

    void setRunnableSum(int avg, long value) {
        runnableSum[row(avg)] = value;
    }

    long utilSum(int avg) {
        return utilSum[row(avg)];
    }

    void setUtilSum(int avg, long value) {
        utilSum[row(avg)] = value;
    }

    int periodContrib(int avg) {
        return periodContrib[row(avg)];
    }

    void setPeriodContrib(int avg, int value) {
        periodContrib[row(avg)] = value;
    }

    /** load_avg. */
    public long loadAvg(int avg) {
        return loadAvg[row(avg)];
    }

    void setLoadAvg(int avg, long value) {
        loadAvg[row(avg)] = value;
    }

    /** runnable_avg. */
    public long runnableAvg(int avg) {
        return runnableAvg[row(avg)];
    }

    void setRunnableAvg(int avg, long value) {
        runnableAvg[row(avg)] = value;
    }

    /** util_avg. */
    public long utilAvg(int avg) {
        return utilAvg[row(avg)];
    }

    void setUtilAvg(int avg, long value) {
        utilAvg[row(avg)] = value;
    }

    @Override
    protected void clearRow(int row) {
        lastUpdate[row] = 0;
        loadSum[row] = 0;
        runnableSum[row] = 0;
        utilSum[row] = 0;
        periodContrib[row] = 0;
        loadAvg[row] = 0;
        runnableAvg[row] = 0;
        utilAvg[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        lastUpdate = columns.longs(lastUpdate);
        loadSum = columns.longs(loadSum);
        runnableSum = columns.longs(runnableSum);
        utilSum = columns.longs(utilSum);
        periodContrib = columns.ints(periodContrib);
        loadAvg = columns.longs(loadAvg);
        runnableAvg = columns.longs(runnableAvg);
        utilAvg = columns.longs(utilAvg);
    }
}
