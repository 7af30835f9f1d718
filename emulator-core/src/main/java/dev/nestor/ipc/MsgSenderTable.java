package dev.nestor.ipc;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct msg_sender columns: a task that waits for room in a queue. */
public final class MsgSenderTable extends Table {
    private int[] task = new int[initialRows()]; // task
    private int[] msg = new int[initialRows()]; // msg_msg that it wants to send, its own

    public MsgSenderTable(int limit) {
        super("msg_sender", 46, limit);
    }

    public int task(int sender) {
        return task[row(sender)];
    }

    void setTask(int sender, int value) {
        task[row(sender)] = value;
    }

    int msg(int sender) {
        return msg[row(sender)];
    }

    void setMsg(int sender, int value) {
        msg[row(sender)] = value;
    }

    @Override
    protected void clearRow(int row) {
        task[row] = 0;
        msg[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        task = columns.ints(task);
        msg = columns.ints(msg);
    }
}
