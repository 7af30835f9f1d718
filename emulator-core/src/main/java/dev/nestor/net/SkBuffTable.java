package dev.nestor.net;

import dev.nestor.table.Chain;
import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The sk_buff columns: a packet or message on its way, with what struct unix_skb_parms and its kind keep in skb->cb. */
public final class SkBuffTable extends Table {
    private int[] sk = new int[initialRows()]; // sock whose sndbuf it is counted in, held; NULL for none
    private int[] charged = new int[initialRows()]; // sock whose rcvbuf it is counted in
    private int[] truesize = new int[initialRows()]; // bytes, as the allocator counts them
    private int[] block = new int[initialRows()]; // where its bytes begin in ByteBlocks
    private int[] capacity = new int[initialRows()]; // bytes of the block; 0 for none
    private int[] consumed = new int[initialRows()]; // bytes of it that have been read
    private int[] length = new int[initialRows()]; // bytes
    private int[] pid = new int[initialRows()]; // pid of the sender, held
    private int[] uid = new int[initialRows()]; // kuid of the sender
    private int[] gid = new int[initialRows()]; // kgid of the sender
    private int[] hasCreds = new int[initialRows()]; // 1 if the sender is known
    private int[] name = new int[initialRows()]; // name of the sending socket; NULL if it has none
    private int[] flags = new int[initialRows()]; // SkBuffs.*
    private int[] port = new int[initialRows()]; // of the sender, by its protocol
    private int[] datum = new int[initialRows()]; // what else its protocol keeps
    private int[] net = new int[initialRows()]; // net that it is in
    private int[] dev = new int[initialRows()]; // net_device that it came by
    private long[] addressHigh = new long[initialRows()]; // of the sender
    private long[] addressLow = new long[initialRows()]; // of the sender
    private long[] toHigh = new long[initialRows()]; // destination
    private long[] toLow = new long[initialRows()]; // destination
    private int[] toPort = new int[initialRows()]; // destination
    private long[] tstamp = new long[initialRows()]; // ns of CLOCK_REALTIME when it came
    private final Chain files; // SCM_RIGHTS: files in flight

    public SkBuffTable(int limit, ScmFileTable flights) {
        super("sk_buff", 58, limit);
        files = new Chain(this, flights);
    }

    public int sk(int skb) {
        return sk[row(skb)];
    }

    void setSk(int skb, int value) {
        sk[row(skb)] = value;
    }

    public int charged(int skb) {
        return charged[row(skb)];
    }

    void setCharged(int skb, int value) {
        charged[row(skb)] = value;
    }

    public int truesize(int skb) {
        return truesize[row(skb)];
    }

    void setTruesize(int skb, int value) {
        truesize[row(skb)] = value;
    }

    public int block(int skb) {
        return block[row(skb)];
    }

    void setBlock(int skb, int value) {
        block[row(skb)] = value;
    }

    public int capacity(int skb) {
        return capacity[row(skb)];
    }

    void setCapacity(int skb, int value) {
        capacity[row(skb)] = value;
    }

    public int consumed(int skb) {
        return consumed[row(skb)];
    }

    void setConsumed(int skb, int value) {
        consumed[row(skb)] = value;
    }

    public int length(int skb) {
        return length[row(skb)];
    }

    void setLength(int skb, int value) {
        length[row(skb)] = value;
    }

    public int pid(int skb) {
        return pid[row(skb)];
    }

    void setPid(int skb, int value) {
        pid[row(skb)] = value;
    }

    public int uid(int skb) {
        return uid[row(skb)];
    }

    void setUid(int skb, int value) {
        uid[row(skb)] = value;
    }

    public int gid(int skb) {
        return gid[row(skb)];
    }

    void setGid(int skb, int value) {
        gid[row(skb)] = value;
    }

    public int hasCreds(int skb) {
        return hasCreds[row(skb)];
    }

    void setHasCreds(int skb, int value) {
        hasCreds[row(skb)] = value;
    }

    public int name(int skb) {
        return name[row(skb)];
    }

    void setName(int skb, int value) {
        name[row(skb)] = value;
    }

    public int flags(int skb) {
        return flags[row(skb)];
    }

    void setFlags(int skb, int value) {
        flags[row(skb)] = value;
    }

    public int port(int skb) {
        return port[row(skb)];
    }

    void setPort(int skb, int value) {
        port[row(skb)] = value;
    }

    public int datum(int skb) {
        return datum[row(skb)];
    }

    void setDatum(int skb, int value) {
        datum[row(skb)] = value;
    }

    public int net(int skb) {
        return net[row(skb)];
    }

    void setNet(int skb, int value) {
        net[row(skb)] = value;
    }

    public int dev(int skb) {
        return dev[row(skb)];
    }

    void setDev(int skb, int value) {
        dev[row(skb)] = value;
    }

    public long addressHigh(int skb) {
        return addressHigh[row(skb)];
    }

    void setAddressHigh(int skb, long value) {
        addressHigh[row(skb)] = value;
    }

    public long addressLow(int skb) {
        return addressLow[row(skb)];
    }

    void setAddressLow(int skb, long value) {
        addressLow[row(skb)] = value;
    }

    public long toHigh(int skb) {
        return toHigh[row(skb)];
    }

    void setToHigh(int skb, long value) {
        toHigh[row(skb)] = value;
    }

    public long toLow(int skb) {
        return toLow[row(skb)];
    }

    void setToLow(int skb, long value) {
        toLow[row(skb)] = value;
    }

    public int toPort(int skb) {
        return toPort[row(skb)];
    }

    void setToPort(int skb, int value) {
        toPort[row(skb)] = value;
    }

    public long tstamp(int skb) {
        return tstamp[row(skb)];
    }

    void setTstamp(int skb, long value) {
        tstamp[row(skb)] = value;
    }

    public Chain files() {
        return files;
    }

    @Override
    protected void clearRow(int row) {
        sk[row] = 0;
        charged[row] = 0;
        truesize[row] = 0;
        block[row] = 0;
        capacity[row] = 0;
        consumed[row] = 0;
        length[row] = 0;
        pid[row] = 0;
        uid[row] = 0;
        gid[row] = 0;
        hasCreds[row] = 0;
        name[row] = 0;
        flags[row] = 0;
        port[row] = 0;
        datum[row] = 0;
        net[row] = 0;
        dev[row] = 0;
        addressHigh[row] = 0;
        addressLow[row] = 0;
        toHigh[row] = 0;
        toLow[row] = 0;
        toPort[row] = 0;
        tstamp[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        sk = columns.ints(sk);
        charged = columns.ints(charged);
        truesize = columns.ints(truesize);
        block = columns.ints(block);
        capacity = columns.ints(capacity);
        consumed = columns.ints(consumed);
        length = columns.ints(length);
        pid = columns.ints(pid);
        uid = columns.ints(uid);
        gid = columns.ints(gid);
        hasCreds = columns.ints(hasCreds);
        name = columns.ints(name);
        flags = columns.ints(flags);
        port = columns.ints(port);
        datum = columns.ints(datum);
        net = columns.ints(net);
        dev = columns.ints(dev);
        addressHigh = columns.longs(addressHigh);
        addressLow = columns.longs(addressLow);
        toHigh = columns.longs(toHigh);
        toLow = columns.longs(toLow);
        toPort = columns.ints(toPort);
        tstamp = columns.longs(tstamp);
    }
}
