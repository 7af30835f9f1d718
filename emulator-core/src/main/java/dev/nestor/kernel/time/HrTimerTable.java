package dev.nestor.kernel.time;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct hrtimer columns. */
public final class HrTimerTable extends Table {
    private int[] kind = new int[initialRows()]; // HrTimers.SLEEP, REAL, ...: names the function
    private int[] target = new int[initialRows()]; // what the function is given; of SLEEP, a task
    private long[] expires = new long[initialRows()]; // cycles; of the last start
    private byte[] base = new byte[initialRows()]; // HrTimers.WAIT, MONOTONIC, REALTIME: by what clock expires is given
    private long[] event = new long[initialRows()]; // event; NONE while inactive

    public HrTimerTable(int limit) {
        super("hrtimer", 12, limit);
    }

    public int kind(int timer) {
        return kind[row(timer)];
    }

    void setKind(int timer, int value) {
        kind[row(timer)] = value;
    }

    public int target(int timer) {
        return target[row(timer)];
    }

    void setTarget(int timer, int value) {
        target[row(timer)] = value;
    }

    public long expires(int timer) {
        return expires[row(timer)];
    }

    void setExpires(int timer, long value) {
        expires[row(timer)] = value;
    }

    int base(int timer) {
        return base[row(timer)];
    }

    void setBase(int timer, int value) {
        base[row(timer)] = (byte) value;
    }

    long event(int timer) {
        return event[row(timer)];
    }

    void setEvent(int timer, long value) {
        event[row(timer)] = value;
    }

    @Override
    protected void clearRow(int row) {
        kind[row] = 0;
        target[row] = 0;
        expires[row] = 0;
        base[row] = 0;
        event[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        kind = columns.ints(kind);
        target = columns.ints(target);
        expires = columns.longs(expires);
        base = columns.bytes(base);
        event = columns.longs(event);
    }
}
