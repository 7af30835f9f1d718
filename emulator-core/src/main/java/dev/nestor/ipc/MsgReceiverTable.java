package dev.nestor.ipc;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct msg_receiver columns: a task that waits for a message. */
public final class MsgReceiverTable extends Table {
    private int[] task = new int[initialRows()]; // task
    private int[] mode = new int[initialRows()]; // SEARCH_*
    private long[] type = new long[initialRows()]; // message type that mode refers to
    private long[] maxSize = new long[initialRows()]; // bytes
    private int[] msg = new int[initialRows()]; // msg_msg that it has been given, its own; else NULL
    private int[] error = new int[initialRows()]; // negative errno that ends its wait; else 0

    public MsgReceiverTable(int limit) {
        super("msg_receiver", 45, limit);
    }

    public int task(int receiver) {
        return task[row(receiver)];
    }

    void setTask(int receiver, int value) {
        task[row(receiver)] = value;
    }

    int mode(int receiver) {
        return mode[row(receiver)];
    }

    void setMode(int receiver, int value) {
        mode[row(receiver)] = value;
    }

    long type(int receiver) {
        return type[row(receiver)];
    }

    void setType(int receiver, long value) {
        type[row(receiver)] = value;
    }

    long maxSize(int receiver) {
        return maxSize[row(receiver)];
    }

    void setMaxSize(int receiver, long value) {
        maxSize[row(receiver)] = value;
    }

    int msg(int receiver) {
        return msg[row(receiver)];
    }

    void setMsg(int receiver, int value) {
        msg[row(receiver)] = value;
    }

    int error(int receiver) {
        return error[row(receiver)];
    }

    void setError(int receiver, int value) {
        error[row(receiver)] = value;
    }

    @Override
    protected void clearRow(int row) {
        task[row] = 0;
        mode[row] = 0;
        type[row] = 0;
        maxSize[row] = 0;
        msg[row] = 0;
        error[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        task = columns.ints(task);
        mode = columns.ints(mode);
        type = columns.longs(type);
        maxSize = columns.longs(maxSize);
        msg = columns.ints(msg);
        error = columns.ints(error);
    }
}
