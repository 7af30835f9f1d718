package dev.nestor.kernel.sched;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;
import java.util.Arrays;

/** The struct task_group columns: what the cpu controller keeps of a cgroup, or an autogroup of a session. */
public final class TaskGroupTable extends Table {
    private final int cpus;
    private int[] parent = new int[initialRows()]; // task_group; NULL of the root
    private int[] members = new int[initialRows()]; // tasks in it, and groups below it
    private long[] shares = new long[initialRows()]; // 1024 for weight 100, times 1024
    private long[] loadAvg = new long[initialRows()]; // sum of what its queues told
    private byte[] idle = new byte[initialRows()]; // cpu.idle
    private byte[] dying = new byte[initialRows()]; // goes with its last member
    private long[] quota = new long[initialRows()]; // ns of CPU time a period; Long.MAX_VALUE for no limit
    private long[] period = new long[initialRows()]; // ns
    private long[] burst = new long[initialRows()]; // ns that may be saved up beyond the quota
    private long[] runtime = new long[initialRows()]; // ns left for all CPUs
    private long[] runtimeSnap = new long[initialRows()]; // ns; runtime after it was last filled up
    private byte[] bandwidthIdle = new byte[initialRows()]; // nobody asked for runtime in the last period
    private long[] periodTimer = new long[initialRows()]; // event; NONE when it is not running
    private long[] periodEnd = new long[initialRows()]; // cycles; when periodTimer fires
    private long[] slackTimer = new long[initialRows()]; // event; NONE when it is not running
    private long[] nrPeriods = new long[initialRows()]; // periods that have ended
    private long[] nrThrottled = new long[initialRows()]; // of these, those in which a queue was throttled
    private long[] throttledTime = new long[initialRows()]; // ns, over all CPUs
    private long[] throttledSelfTime = new long[initialRows()]; // ns, over all CPUs
    private long[] nrBurst = new long[initialRows()]; // periods in which more than the quota was used
    private long[] burstTime = new long[initialRows()]; // ns beyond the quota
    private int[] autogroup = new int[initialRows()]; // number of an autogroup, from 1; of the root the last one given
    private byte[] autogroupNice = new byte[initialRows()];
    private long[] nextNice =
            new long[initialRows()]; // ns; of the root, before which nobody else sets an autogroup's nice level
    private int[] cfsRq; // cfs_rq, by CPU

    TaskGroupTable(int limit, int cpus) {
        super("task_group", 80, limit);
        this.cpus = cpus;
        this.cfsRq = new int[cpus * initialRows()];
    }

    public int parent(int group) {
        return parent[row(group)];
    }

    void setParent(int group, int value) {
        parent[row(group)] = value;
    }

    /** Tasks in it and groups below it. */
    public int members(int group) {
        return members[row(group)];
    }

    void addMembers(int group, int more) {
        members[row(group)] += more;
    }

    /** 1024 * 1024 for weight 100. */
    public long shares(int group) {
        return shares[row(group)];
    }

    void setShares(int group, long value) {
        shares[row(group)] = value;
    }

    public long loadAvg(int group) {
        return loadAvg[row(group)];
    }

    void setLoadAvg(int group, long value) {
        loadAvg[row(group)] = value;
    }

    boolean isIdle(int group) {
        return idle[row(group)] != 0;
    }

    void setIdle(int group, boolean value) {
        idle[row(group)] = (byte) (value ? 1 : 0);
    }

    boolean isDying(int group) {
        return dying[row(group)] != 0;
    }

    void setDying(int group) {
        dying[row(group)] = 1;
    }

    long quota(int group) {
        return quota[row(group)];
    }

    void setQuota(int group, long value) {
        quota[row(group)] = value;
    }

    long period(int group) {
        return period[row(group)];
    }

    void setPeriod(int group, long value) {
        period[row(group)] = value;
    }

    long burst(int group) {
        return burst[row(group)];
    }

    void setBurst(int group, long value) {
        burst[row(group)] = value;
    }

    long runtime(int group) {
        return runtime[row(group)];
    }

    void setRuntime(int group, long value) {
        runtime[row(group)] = value;
    }

    long runtimeSnap(int group) {
        return runtimeSnap[row(group)];
    }

    void setRuntimeSnap(int group, long value) {
        runtimeSnap[row(group)] = value;
    }

    boolean bandwidthIdle(int group) {
        return bandwidthIdle[row(group)] != 0;
    }

    void setBandwidthIdle(int group, boolean value) {
        bandwidthIdle[row(group)] = (byte) (value ? 1 : 0);
    }

    long periodTimer(int group) {
        return periodTimer[row(group)];
    }

    void setPeriodTimer(int group, long value) {
        periodTimer[row(group)] = value;
    }

    long periodEnd(int group) {
        return periodEnd[row(group)];
    }

    void setPeriodEnd(int group, long value) {
        periodEnd[row(group)] = value;
    }

    long slackTimer(int group) {
        return slackTimer[row(group)];
    }

    void setSlackTimer(int group, long value) {
        slackTimer[row(group)] = value;
    }

    long nrPeriods(int group) {
        return nrPeriods[row(group)];
    }

    void setNrPeriods(int group, long value) {
        nrPeriods[row(group)] = value;
    }

    long nrThrottled(int group) {
        return nrThrottled[row(group)];
    }

    void setNrThrottled(int group, long value) {
        nrThrottled[row(group)] = value;
    }

    long throttledTime(int group) {
        return throttledTime[row(group)];
    }

    void setThrottledTime(int group, long value) {
        throttledTime[row(group)] = value;
    }

    long throttledSelfTime(int group) {
        return throttledSelfTime[row(group)];
    }

    void setThrottledSelfTime(int group, long value) {
        throttledSelfTime[row(group)] = value;
    }

    long nrBurst(int group) {
        return nrBurst[row(group)];
    }

    void setNrBurst(int group, long value) {
        nrBurst[row(group)] = value;
    }

    long burstTime(int group) {
        return burstTime[row(group)];
    }

    void setBurstTime(int group, long value) {
        burstTime[row(group)] = value;
    }

    int autogroup(int group) {
        return autogroup[row(group)];
    }

    void setAutogroup(int group, int value) {
        autogroup[row(group)] = value;
    }

    int autogroupNice(int group) {
        return autogroupNice[row(group)];
    }

    void setAutogroupNice(int group, int nice) {
        autogroupNice[row(group)] = (byte) nice;
    }

    long nextNice(int group) {
        return nextNice[row(group)];
    }

    void setNextNice(int group, long ns) {
        nextNice[row(group)] = ns;
    }

    /** tg->cfs_rq[cpu]. */
    public int cfsRq(int group, int cpu) {
        return cfsRq[row(group) * cpus + cpu];
    }

    void setCfsRq(int group, int cpu, int value) {
        cfsRq[row(group) * cpus + cpu] = value;
    }

    @Override
    protected void clearRow(int row) {
        parent[row] = 0;
        members[row] = 0;
        shares[row] = 0;
        loadAvg[row] = 0;
        idle[row] = 0;
        dying[row] = 0;
        quota[row] = 0;
        period[row] = 0;
        burst[row] = 0;
        runtime[row] = 0;
        runtimeSnap[row] = 0;
        bandwidthIdle[row] = 0;
        periodTimer[row] = 0;
        periodEnd[row] = 0;
        slackTimer[row] = 0;
        nrPeriods[row] = 0;
        nrThrottled[row] = 0;
        throttledTime[row] = 0;
        throttledSelfTime[row] = 0;
        nrBurst[row] = 0;
        burstTime[row] = 0;
        autogroup[row] = 0;
        autogroupNice[row] = 0;
        nextNice[row] = 0;
        Arrays.fill(cfsRq, row * cpus, (row + 1) * cpus, 0);
    }

    @Override
    protected void columns(Columns columns) {
        parent = columns.ints(parent);
        members = columns.ints(members);
        shares = columns.longs(shares);
        loadAvg = columns.longs(loadAvg);
        idle = columns.bytes(idle);
        dying = columns.bytes(dying);
        quota = columns.longs(quota);
        period = columns.longs(period);
        burst = columns.longs(burst);
        runtime = columns.longs(runtime);
        runtimeSnap = columns.longs(runtimeSnap);
        bandwidthIdle = columns.bytes(bandwidthIdle);
        periodTimer = columns.longs(periodTimer);
        periodEnd = columns.longs(periodEnd);
        slackTimer = columns.longs(slackTimer);
        nrPeriods = columns.longs(nrPeriods);
        nrThrottled = columns.longs(nrThrottled);
        throttledTime = columns.longs(throttledTime);
        throttledSelfTime = columns.longs(throttledSelfTime);
        nrBurst = columns.longs(nrBurst);
        burstTime = columns.longs(burstTime);
        autogroup = columns.ints(autogroup);
        autogroupNice = columns.bytes(autogroupNice);
        nextNice = columns.longs(nextNice);
        cfsRq = columns.ints(cfsRq, cpus);
    }
}
