package dev.nestor.kernel.sched;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct wait_queue_entry columns: one task's place on one queue. */
public final class WaitEntryTable extends Table {
    private byte[] exclusive = new byte[initialRows()]; // bool; WQ_FLAG_EXCLUSIVE

    public WaitEntryTable(int limit) {
        super("wait_queue_entry", 11, limit);
    }

    public boolean isExclusive(int entry) {
        return exclusive[row(entry)] != 0;
    }

    void setExclusive(int entry, boolean value) {
        exclusive[row(entry)] = (byte) (value ? 1 : 0);
    }

    @Override
    protected void clearRow(int row) {
        exclusive[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        exclusive = columns.bytes(exclusive);
    }
}
