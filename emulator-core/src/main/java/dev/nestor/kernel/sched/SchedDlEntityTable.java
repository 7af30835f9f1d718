package dev.nestor.kernel.sched;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct sched_dl_entity columns: one row for each deadline task, and one for each CPU's fair server. */
public final class SchedDlEntityTable extends Table {
    private int[] se = new int[initialRows()]; // sched_entity of the task; NULL for a server
    private int[] rq = new int[initialRows()]; // rq that it serves; NULL for a task
    private long[] dlRuntime = new long[initialRows()]; // ns in each period
    private long[] dlDeadline = new long[initialRows()]; // ns from the beginning of a period
    private long[] dlPeriod = new long[initialRows()]; // ns
    private long[] dlBw = new long[initialRows()]; // runtime / period, times 2^20; 0 once the task is dead
    private long[] flags = new long[initialRows()]; // SCHED_FLAG_*
    private long[] runtime = new long[initialRows()]; // ns left until the deadline; negative after an overrun
    private long[] deadline = new long[initialRows()]; // ns of CLOCK_MONOTONIC
    private byte[] throttled = new byte[initialRows()]; // off the queue until its next period
    private byte[] yielded = new byte[initialRows()]; // gave up what was left of its runtime
    private long[] timer = new long[initialRows()]; // event; replenishment, or the server's deferred start
    private long totalBw; // dl_bw.total_bw; follows dlBw

    SchedDlEntityTable(int limit) {
        super("sched_dl_entity", 14, limit);
    }

    /** dl_b->total_bw: what has been admitted, times 2^20. */
    public long totalBw() {
        return totalBw;
    }

    public int se(int dl) {
        return se[row(dl)];
    }

    void setSe(int dl, int value) {
        se[row(dl)] = value;
    }

    int rq(int dl) {
        return rq[row(dl)];
    }

    void setRq(int dl, int value) {
        rq[row(dl)] = value;
    }

    public long dlRuntime(int dl) {
        return dlRuntime[row(dl)];
    }

    public long dlDeadline(int dl) {
        return dlDeadline[row(dl)];
    }

    public long dlPeriod(int dl) {
        return dlPeriod[row(dl)];
    }

    void setParams(int dl, long runtimeNs, long deadlineNs, long periodNs) {
        int row = row(dl);
        dlRuntime[row] = runtimeNs;
        dlDeadline[row] = deadlineNs;
        dlPeriod[row] = periodNs;
    }

    long dlBw(int dl) {
        return dlBw[row(dl)];
    }

    void setDlBw(int dl, long value) {
        int row = row(dl);
        totalBw += value - dlBw[row];
        dlBw[row] = value;
    }

    long flags(int dl) {
        return flags[row(dl)];
    }

    void setFlags(int dl, long value) {
        flags[row(dl)] = value;
    }

    public long runtime(int dl) {
        return runtime[row(dl)];
    }

    void setRuntime(int dl, long value) {
        runtime[row(dl)] = value;
    }

    public long deadline(int dl) {
        return deadline[row(dl)];
    }

    void setDeadline(int dl, long value) {
        deadline[row(dl)] = value;
    }

    public boolean throttled(int dl) {
        return throttled[row(dl)] != 0;
    }

    void setThrottled(int dl, boolean value) {
        throttled[row(dl)] = (byte) (value ? 1 : 0);
    }

    boolean yielded(int dl) {
        return yielded[row(dl)] != 0;
    }

    void setYielded(int dl, boolean value) {
        yielded[row(dl)] = (byte) (value ? 1 : 0);
    }

    long timer(int dl) {
        return timer[row(dl)];
    }

    void setTimer(int dl, long value) {
        timer[row(dl)] = value;
    }

    @Override
    protected void clearRow(int row) {
        se[row] = 0;
        rq[row] = 0;
        dlRuntime[row] = 0;
        dlDeadline[row] = 0;
        dlPeriod[row] = 0;
        dlBw[row] = 0;
        flags[row] = 0;
        runtime[row] = 0;
        deadline[row] = 0;
        throttled[row] = 0;
        yielded[row] = 0;
        timer[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        se = columns.ints(se);
        rq = columns.ints(rq);
        dlRuntime = columns.longs(dlRuntime);
        dlDeadline = columns.longs(dlDeadline);
        dlPeriod = columns.longs(dlPeriod);
        dlBw = columns.longs(dlBw);
        flags = columns.longs(flags);
        runtime = columns.longs(runtime);
        deadline = columns.longs(deadline);
        throttled = columns.bytes(throttled);
        yielded = columns.bytes(yielded);
        timer = columns.longs(timer);
    }
}
