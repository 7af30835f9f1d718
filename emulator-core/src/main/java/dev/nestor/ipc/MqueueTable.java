package dev.nestor.ipc;

import dev.nestor.table.Chain;
import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct mqueue_inode_info columns: a POSIX message queue. */
public final class MqueueTable extends Table {
    private long[] maxmsg = new long[initialRows()]; // messages at most
    private long[] msgsize = new long[initialRows()]; // bytes of a message at most
    private long[] curmsgs = new long[initialRows()]; // messages
    private long[] qsize = new long[initialRows()]; // bytes of all messages
    private int[] inode = new int[initialRows()]; // inode
    private int[] waitQ = new int[initialRows()]; // wait queue of pollers
    private int[] ucounts = new int[initialRows()]; // ucounts that it is counted in, held
    private long[] bytes = new long[initialRows()]; // what is counted there
    private int[] notify = new int[initialRows()]; // SIGEV_*
    private int[] signo = new int[initialRows()]; // signal of the notification
    private long[] sigval = new long[initialRows()]; // its value
    private int[] notifyOwner = new int[initialRows()]; // pid of the process that is to be told, held; NULL for none
    private int[] notifyUserNs = new int[initialRows()]; // user_namespace of that, held; NULL for none
    private final Chain messages; // by priority, then as they came
    private final Chain senders; // ext_wait_queue, by priority of the task, who is to be served first at the end
    private final Chain receivers; // the same

    public MqueueTable(int limit, MqMessageTable messages, MqWaiterTable waiters) {
        super("mqueue", 53, limit);
        this.messages = new Chain(this, messages);
        senders = new Chain(this, waiters);
        receivers = new Chain(this, waiters);
    }

    long maxmsg(int queue) {
        return maxmsg[row(queue)];
    }

    void setMaxmsg(int queue, long value) {
        maxmsg[row(queue)] = value;
    }

    long msgsize(int queue) {
        return msgsize[row(queue)];
    }

    void setMsgsize(int queue, long value) {
        msgsize[row(queue)] = value;
    }

    long curmsgs(int queue) {
        return curmsgs[row(queue)];
    }

    void setCurmsgs(int queue, long value) {
        curmsgs[row(queue)] = value;
    }

    long qsize(int queue) {
        return qsize[row(queue)];
    }

    void setQsize(int queue, long value) {
        qsize[row(queue)] = value;
    }

    int inode(int queue) {
        return inode[row(queue)];
    }

    void setInode(int queue, int value) {
        inode[row(queue)] = value;
    }

    int waitQ(int queue) {
        return waitQ[row(queue)];
    }

    void setWaitQ(int queue, int value) {
        waitQ[row(queue)] = value;
    }

    public int ucounts(int queue) {
        return ucounts[row(queue)];
    }

    void setUcounts(int queue, int value) {
        ucounts[row(queue)] = value;
    }

    public long bytes(int queue) {
        return bytes[row(queue)];
    }

    void setBytes(int queue, long value) {
        bytes[row(queue)] = value;
    }

    int notify(int queue) {
        return notify[row(queue)];
    }

    void setNotify(int queue, int value) {
        notify[row(queue)] = value;
    }

    int signo(int queue) {
        return signo[row(queue)];
    }

    void setSigno(int queue, int value) {
        signo[row(queue)] = value;
    }

    long sigval(int queue) {
        return sigval[row(queue)];
    }

    void setSigval(int queue, long value) {
        sigval[row(queue)] = value;
    }

    public int notifyOwner(int queue) {
        return notifyOwner[row(queue)];
    }

    void setNotifyOwner(int queue, int value) {
        notifyOwner[row(queue)] = value;
    }

    public int notifyUserNs(int queue) {
        return notifyUserNs[row(queue)];
    }

    void setNotifyUserNs(int queue, int value) {
        notifyUserNs[row(queue)] = value;
    }

    Chain messages() {
        return messages;
    }

    Chain waiters(boolean send) {
        return send ? senders : receivers;
    }

    @Override
    protected void clearRow(int row) {
        maxmsg[row] = 0;
        msgsize[row] = 0;
        curmsgs[row] = 0;
        qsize[row] = 0;
        inode[row] = 0;
        waitQ[row] = 0;
        ucounts[row] = 0;
        bytes[row] = 0;
        notify[row] = 0;
        signo[row] = 0;
        sigval[row] = 0;
        notifyOwner[row] = 0;
        notifyUserNs[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        maxmsg = columns.longs(maxmsg);
        msgsize = columns.longs(msgsize);
        curmsgs = columns.longs(curmsgs);
        qsize = columns.longs(qsize);
        inode = columns.ints(inode);
        waitQ = columns.ints(waitQ);
        ucounts = columns.ints(ucounts);
        bytes = columns.longs(bytes);
        notify = columns.ints(notify);
        signo = columns.ints(signo);
        sigval = columns.longs(sigval);
        notifyOwner = columns.ints(notifyOwner);
        notifyUserNs = columns.ints(notifyUserNs);
    }
}
