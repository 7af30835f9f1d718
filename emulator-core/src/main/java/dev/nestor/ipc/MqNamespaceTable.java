package dev.nestor.ipc;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** What an ipc_namespace has of POSIX message queues. */
public final class MqNamespaceTable extends Table {
    private int[] mount = new int[initialRows()]; // mount: mq_mnt
    private int[] queuesCount = new int[initialRows()]; // queues
    private int[] queuesMax = new int[initialRows()]; // fs.mqueue.queues_max
    private int[] msgMax = new int[initialRows()]; // fs.mqueue.msg_max
    private int[] msgsizeMax = new int[initialRows()]; // fs.mqueue.msgsize_max
    private int[] msgDefault = new int[initialRows()]; // fs.mqueue.msg_default
    private int[] msgsizeDefault = new int[initialRows()]; // fs.mqueue.msgsize_default

    public MqNamespaceTable(int limit) {
        super("mq_namespace", 56, limit);
    }

    int mount(int of) {
        return mount[row(of)];
    }

    void setMount(int of, int value) {
        mount[row(of)] = value;
    }

    int queuesCount(int of) {
        return queuesCount[row(of)];
    }

    void setQueuesCount(int of, int value) {
        queuesCount[row(of)] = value;
    }

    public int queuesMax(int of) {
        return queuesMax[row(of)];
    }

    public void setQueuesMax(int of, int value) {
        queuesMax[row(of)] = value;
    }

    public int msgMax(int of) {
        return msgMax[row(of)];
    }

    public void setMsgMax(int of, int value) {
        msgMax[row(of)] = value;
    }

    public int msgsizeMax(int of) {
        return msgsizeMax[row(of)];
    }

    public void setMsgsizeMax(int of, int value) {
        msgsizeMax[row(of)] = value;
    }

    public int msgDefault(int of) {
        return msgDefault[row(of)];
    }

    public void setMsgDefault(int of, int value) {
        msgDefault[row(of)] = value;
    }

    public int msgsizeDefault(int of) {
        return msgsizeDefault[row(of)];
    }

    public void setMsgsizeDefault(int of, int value) {
        msgsizeDefault[row(of)] = value;
    }

    @Override
    protected void clearRow(int row) {
        mount[row] = 0;
        queuesCount[row] = 0;
        queuesMax[row] = 0;
        msgMax[row] = 0;
        msgsizeMax[row] = 0;
        msgDefault[row] = 0;
        msgsizeDefault[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        mount = columns.ints(mount);
        queuesCount = columns.ints(queuesCount);
        queuesMax = columns.ints(queuesMax);
        msgMax = columns.ints(msgMax);
        msgsizeMax = columns.ints(msgsizeMax);
        msgDefault = columns.ints(msgDefault);
        msgsizeDefault = columns.ints(msgsizeDefault);
    }
}
