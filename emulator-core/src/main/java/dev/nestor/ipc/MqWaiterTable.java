package dev.nestor.ipc;

import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.Chain;
import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct ext_wait_queue columns: a task that waits to send or to receive. */
public final class MqWaiterTable extends Table {
    private byte[] sends = new byte[initialRows()]; // bool; it waits for room, not for a message
    private int[] message = new int[initialRows()]; // mq_msg to be sent, or that has been received; NULL for none
    private byte[] ready = new byte[initialRows()]; // bool; STATE_READY: its message has been sent, or received
    private int[] file = new int[initialRows()]; // file that it waits at, held
    private int[] queue = new int[initialRows()]; // mqueue
    private long[] deadlineNs = new long[initialRows()]; // time of CLOCK_REALTIME, ns; Long.MAX_VALUE for none
    private final Chain ofTask; // of a task: the one that it waits by

    public MqWaiterTable(int limit, TaskTable tasks) {
        super("mq_waiter", 55, limit);
        ofTask = new Chain(tasks, this);
    }

    boolean sends(int waiter) {
        return sends[row(waiter)] != 0;
    }

    void setSends(int waiter, boolean value) {
        sends[row(waiter)] = (byte) (value ? 1 : 0);
    }

    int message(int waiter) {
        return message[row(waiter)];
    }

    void setMessage(int waiter, int value) {
        message[row(waiter)] = value;
    }

    boolean ready(int waiter) {
        return ready[row(waiter)] != 0;
    }

    void setReady(int waiter, boolean value) {
        ready[row(waiter)] = (byte) (value ? 1 : 0);
    }

    public int file(int waiter) {
        return file[row(waiter)];
    }

    void setFile(int waiter, int value) {
        file[row(waiter)] = value;
    }

    int queue(int waiter) {
        return queue[row(waiter)];
    }

    void setQueue(int waiter, int value) {
        queue[row(waiter)] = value;
    }

    long deadlineNs(int waiter) {
        return deadlineNs[row(waiter)];
    }

    void setDeadlineNs(int waiter, long value) {
        deadlineNs[row(waiter)] = value;
    }

    Chain ofTask() {
        return ofTask;
    }

    @Override
    protected void clearRow(int row) {
        sends[row] = 0;
        message[row] = 0;
        ready[row] = 0;
        file[row] = 0;
        queue[row] = 0;
        deadlineNs[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        sends = columns.bytes(sends);
        message = columns.ints(message);
        ready = columns.bytes(ready);
        file = columns.ints(file);
        queue = columns.ints(queue);
        deadlineNs = columns.longs(deadlineNs);
    }
}
