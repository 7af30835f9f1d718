package dev.nestor.ipc;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct msg_msg columns of a message in a POSIX queue. */
final class MqMessageTable extends Table {
    private int[] priority = new int[initialRows()]; // m_type
    private int[] length = new int[initialRows()]; // bytes
    private int[] block = new int[initialRows()]; // where its text is in the pool

    public MqMessageTable(int limit) {
        super("mq_msg", 54, limit);
    }

    int priority(int message) {
        return priority[row(message)];
    }

    void setPriority(int message, int value) {
        priority[row(message)] = value;
    }

    int length(int message) {
        return length[row(message)];
    }

    void setLength(int message, int value) {
        length[row(message)] = value;
    }

    int block(int message) {
        return block[row(message)];
    }

    void setBlock(int message, int value) {
        block[row(message)] = value;
    }

    @Override
    protected void clearRow(int row) {
        priority[row] = 0;
        length[row] = 0;
        block[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        priority = columns.ints(priority);
        length = columns.ints(length);
        block = columns.ints(block);
    }
}
