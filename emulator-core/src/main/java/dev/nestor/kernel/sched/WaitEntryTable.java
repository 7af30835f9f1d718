package dev.nestor.kernel.sched;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct wait_queue_entry columns: the place on one queue of a task, or of somebody else who wants to hear of it. */
public final class WaitEntryTable extends Table {
    private byte[] exclusive = new byte[initialRows()]; // bool; WQ_FLAG_EXCLUSIVE
    private byte[] func = new byte[initialRows()]; // 0: wakes the task; else index of a WaitFunction, from 1
    private int[] data = new int[initialRows()]; // what the function is told
    private int[] sibling = new int[initialRows()]; // entry that belongs to the same, or NULL

    public WaitEntryTable(int limit) {
        super("wait_queue_entry", 11, limit);
    }

    public boolean isExclusive(int entry) {
        return exclusive[row(entry)] != 0;
    }

    void setExclusive(int entry, boolean value) {
        exclusive[row(entry)] = (byte) (value ? 1 : 0);
    }

    public int func(int entry) {
        return func[row(entry)];
    }

    void setFunc(int entry, int value) {
        func[row(entry)] = (byte) value;
    }

    public int data(int entry) {
        return data[row(entry)];
    }

    void setData(int entry, int value) {
        data[row(entry)] = value;
    }

    int sibling(int entry) {
        return sibling[row(entry)];
    }

    void setSibling(int entry, int value) {
        sibling[row(entry)] = value;
    }

    @Override
    protected void clearRow(int row) {
        exclusive[row] = 0;
        func[row] = 0;
        data[row] = 0;
        sibling[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        exclusive = columns.bytes(exclusive);
        func = columns.bytes(func);
        data = columns.ints(data);
        sibling = columns.ints(sibling);
    }
}
