package dev.nestor.fs.timerfd;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct timerfd_ctx columns. */
final class TimerFdTable extends Table {
    private int[] clock = new int[initialRows()]; // CLOCK_*
    private int[] timer = new int[initialRows()]; // hrtimer
    private int[] wqh = new int[initialRows()]; // wait queue of readers and pollers
    private long[] ticks = new long[initialRows()]; // expirations that no read has told
    private byte[] expired = new byte[initialRows()]; // bool; the timer has gone off, and not been started again
    private long[] intervalNs = new long[initialRows()]; // ns; 0 for none
    private int[] settimeFlags = new int[initialRows()]; // TFD_*
    private byte[] mightCancel = new byte[initialRows()]; // bool; setting CLOCK_REALTIME cancels it
    private byte[] wasSet =
            new byte[initialRows()]; // bool; CLOCK_REALTIME has been set since the last look: moffs is KTIME_MAX

    public TimerFdTable(int limit) {
        super("timerfd_ctx", 43, limit);
    }

    int clock(int ctx) {
        return clock[row(ctx)];
    }

    void setClock(int ctx, int value) {
        clock[row(ctx)] = value;
    }

    int timer(int ctx) {
        return timer[row(ctx)];
    }

    void setTimer(int ctx, int value) {
        timer[row(ctx)] = value;
    }

    int wqh(int ctx) {
        return wqh[row(ctx)];
    }

    void setWqh(int ctx, int value) {
        wqh[row(ctx)] = value;
    }

    long ticks(int ctx) {
        return ticks[row(ctx)];
    }

    void setTicks(int ctx, long value) {
        ticks[row(ctx)] = value;
    }

    boolean expired(int ctx) {
        return expired[row(ctx)] != 0;
    }

    void setExpired(int ctx, boolean value) {
        expired[row(ctx)] = (byte) (value ? 1 : 0);
    }

    long intervalNs(int ctx) {
        return intervalNs[row(ctx)];
    }

    void setIntervalNs(int ctx, long value) {
        intervalNs[row(ctx)] = value;
    }

    int settimeFlags(int ctx) {
        return settimeFlags[row(ctx)];
    }

    void setSettimeFlags(int ctx, int value) {
        settimeFlags[row(ctx)] = value;
    }

    boolean mightCancel(int ctx) {
        return mightCancel[row(ctx)] != 0;
    }

    void setMightCancel(int ctx, boolean value) {
        mightCancel[row(ctx)] = (byte) (value ? 1 : 0);
    }

    boolean wasSet(int ctx) {
        return wasSet[row(ctx)] != 0;
    }

    void setWasSet(int ctx, boolean value) {
        wasSet[row(ctx)] = (byte) (value ? 1 : 0);
    }

    @Override
    protected void clearRow(int row) {
        clock[row] = 0;
        timer[row] = 0;
        wqh[row] = 0;
        ticks[row] = 0;
        expired[row] = 0;
        intervalNs[row] = 0;
        settimeFlags[row] = 0;
        mightCancel[row] = 0;
        wasSet[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        clock = columns.ints(clock);
        timer = columns.ints(timer);
        wqh = columns.ints(wqh);
        ticks = columns.longs(ticks);
        expired = columns.bytes(expired);
        intervalNs = columns.longs(intervalNs);
        settimeFlags = columns.ints(settimeFlags);
        mightCancel = columns.bytes(mightCancel);
        wasSet = columns.bytes(wasSet);
    }
}
