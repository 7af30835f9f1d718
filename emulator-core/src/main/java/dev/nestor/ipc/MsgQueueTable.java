package dev.nestor.ipc;

import dev.nestor.table.Chain;
import dev.nestor.table.Columns;

/** The struct msg_queue columns. */
public final class MsgQueueTable extends IpcPermTable {
    private long[] stime = new long[initialRows()]; // s since 1970: last msgsnd
    private long[] rtime = new long[initialRows()]; // s since 1970: last msgrcv
    private long[] ctime = new long[initialRows()]; // s since 1970: last change
    private long[] cbytes = new long[initialRows()]; // bytes in the queue
    private long[] qnum = new long[initialRows()]; // messages in the queue
    private long[] qbytes = new long[initialRows()]; // the most bytes in the queue
    private int[] lspid = new int[initialRows()]; // pid of the last sender, held
    private int[] lrpid = new int[initialRows()]; // pid of the last receiver, held
    private final Chain messages; // earliest first
    private final Chain receivers; // asleep, earliest first
    private final Chain senders; // asleep, earliest first

    public MsgQueueTable(int limit, MsgTable msgs, MsgReceiverTable receiverTable, MsgSenderTable senderTable) {
        super("msg_queue", 43, limit);
        messages = new Chain(this, msgs);
        receivers = new Chain(this, receiverTable);
        senders = new Chain(this, senderTable);
    }

    public long stime(int queue) {
        return stime[row(queue)];
    }

    void setStime(int queue, long value) {
        stime[row(queue)] = value;
    }

    public long rtime(int queue) {
        return rtime[row(queue)];
    }

    void setRtime(int queue, long value) {
        rtime[row(queue)] = value;
    }

    public long ctime(int queue) {
        return ctime[row(queue)];
    }

    void setCtime(int queue, long value) {
        ctime[row(queue)] = value;
    }

    public long cbytes(int queue) {
        return cbytes[row(queue)];
    }

    void setCbytes(int queue, long value) {
        cbytes[row(queue)] = value;
    }

    public long qnum(int queue) {
        return qnum[row(queue)];
    }

    void setQnum(int queue, long value) {
        qnum[row(queue)] = value;
    }

    public long qbytes(int queue) {
        return qbytes[row(queue)];
    }

    void setQbytes(int queue, long value) {
        qbytes[row(queue)] = value;
    }

    public int lspid(int queue) {
        return lspid[row(queue)];
    }

    void setLspid(int queue, int value) {
        lspid[row(queue)] = value;
    }

    public int lrpid(int queue) {
        return lrpid[row(queue)];
    }

    void setLrpid(int queue, int value) {
        lrpid[row(queue)] = value;
    }

    Chain messages() {
        return messages;
    }

    Chain receivers() {
        return receivers;
    }

    Chain senders() {
        return senders;
    }

    @Override
    protected void clearRow(int row) {
        super.clearRow(row);
        stime[row] = 0;
        rtime[row] = 0;
        ctime[row] = 0;
        cbytes[row] = 0;
        qnum[row] = 0;
        qbytes[row] = 0;
        lspid[row] = 0;
        lrpid[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        super.columns(columns);
        stime = columns.longs(stime);
        rtime = columns.longs(rtime);
        ctime = columns.longs(ctime);
        cbytes = columns.longs(cbytes);
        qnum = columns.longs(qnum);
        qbytes = columns.longs(qbytes);
        lspid = columns.ints(lspid);
        lrpid = columns.ints(lrpid);
    }
}
