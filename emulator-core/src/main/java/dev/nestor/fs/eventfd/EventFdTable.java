package dev.nestor.fs.eventfd;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct eventfd_ctx columns. */
final class EventFdTable extends Table {
    private long[] count = new long[initialRows()]; // unsigned, at most 2^64 - 2
    private int[] flags = new int[initialRows()]; // EFD_SEMAPHORE
    private int[] wqh = new int[initialRows()]; // wait queue of readers, writers and pollers
    private int[] id = new int[initialRows()]; // as /proc/PID/fdinfo shows it

    EventFdTable(int limit) {
        super("eventfd_ctx", 57, limit);
    }

    long count(int ctx) {
        return count[row(ctx)];
    }

    void setCount(int ctx, long value) {
        count[row(ctx)] = value;
    }

    int flags(int ctx) {
        return flags[row(ctx)];
    }

    void setFlags(int ctx, int value) {
        flags[row(ctx)] = value;
    }

    int wqh(int ctx) {
        return wqh[row(ctx)];
    }

    void setWqh(int ctx, int value) {
        wqh[row(ctx)] = value;
    }

    int id(int ctx) {
        return id[row(ctx)];
    }

    void setId(int ctx, int value) {
        id[row(ctx)] = value;
    }

    @Override
    protected void clearRow(int row) {
        count[row] = 0;
        flags[row] = 0;
        wqh[row] = 0;
        id[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        count = columns.longs(count);
        flags = columns.ints(flags);
        wqh = columns.ints(wqh);
        id = columns.ints(id);
    }
}
