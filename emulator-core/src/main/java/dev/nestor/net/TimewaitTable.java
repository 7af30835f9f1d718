package dev.nestor.net;

import dev.nestor.table.Chain;
import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** struct inet_timewait_sock: what is left of a connection of TCP that this side has closed first. */
public final class TimewaitTable extends Table {
    private int[] state =
            new int[initialRows()]; // TCP_TIME_WAIT, or TCP_FIN_WAIT1 and TCP_FIN_WAIT2 while the other side is open
    private int[] family = new int[initialRows()]; // AF_*
    private int[] bucket = new int[initialRows()]; // inet_bind_bucket that it is counted in as a child
    private int[] strict = new int[initialRows()]; // 1 without SO_REUSEADDR
    private int[] port = new int[initialRows()]; // number
    private int[] peerPort = new int[initialRows()]; // number
    private int[] mark = new int[initialRows()]; // SO_MARK
    private long[] localHigh = new long[initialRows()]; // address
    private long[] localLow = new long[initialRows()]; // its other half
    private long[] peerHigh = new long[initialRows()]; // address of the peer
    private long[] peerLow = new long[initialRows()]; // its other half
    private long[] expires = new long[initialRows()]; // cycles; 0 while nothing ends it
    private long[] cookie = new long[initialRows()]; // SO_COOKIE that it has taken over
    private final Chain sockets; // of a net, the last one first
    private final Chain owners; // of a bind bucket

    public TimewaitTable(int limit, NetTable nets, BindBucketTable buckets) {
        super("inet_timewait_sock", 72, limit);
        sockets = new Chain(nets, this);
        owners = new Chain(buckets, this);
    }

    public int state(int tw) {
        return state[row(tw)];
    }

    void setState(int tw, int value) {
        state[row(tw)] = value;
    }

    public int family(int tw) {
        return family[row(tw)];
    }

    void setFamily(int tw, int value) {
        family[row(tw)] = value;
    }

    public int bucket(int tw) {
        return bucket[row(tw)];
    }

    void setBucket(int tw, int value) {
        bucket[row(tw)] = value;
    }

    public int strict(int tw) {
        return strict[row(tw)];
    }

    void setStrict(int tw, int value) {
        strict[row(tw)] = value;
    }

    public int port(int tw) {
        return port[row(tw)];
    }

    void setPort(int tw, int value) {
        port[row(tw)] = value;
    }

    public int peerPort(int tw) {
        return peerPort[row(tw)];
    }

    void setPeerPort(int tw, int value) {
        peerPort[row(tw)] = value;
    }

    public int mark(int tw) {
        return mark[row(tw)];
    }

    void setMark(int tw, int value) {
        mark[row(tw)] = value;
    }

    public long localHigh(int tw) {
        return localHigh[row(tw)];
    }

    void setLocalHigh(int tw, long value) {
        localHigh[row(tw)] = value;
    }

    public long localLow(int tw) {
        return localLow[row(tw)];
    }

    void setLocalLow(int tw, long value) {
        localLow[row(tw)] = value;
    }

    public long peerHigh(int tw) {
        return peerHigh[row(tw)];
    }

    void setPeerHigh(int tw, long value) {
        peerHigh[row(tw)] = value;
    }

    public long peerLow(int tw) {
        return peerLow[row(tw)];
    }

    void setPeerLow(int tw, long value) {
        peerLow[row(tw)] = value;
    }

    public long expires(int tw) {
        return expires[row(tw)];
    }

    void setExpires(int tw, long value) {
        expires[row(tw)] = value;
    }

    public long cookie(int tw) {
        return cookie[row(tw)];
    }

    void setCookie(int tw, long value) {
        cookie[row(tw)] = value;
    }

    public Chain owners() {
        return owners;
    }

    public Chain sockets() {
        return sockets;
    }

    @Override
    protected void clearRow(int row) {
        state[row] = 0;
        family[row] = 0;
        bucket[row] = 0;
        strict[row] = 0;
        port[row] = 0;
        peerPort[row] = 0;
        mark[row] = 0;
        localHigh[row] = 0;
        localLow[row] = 0;
        peerHigh[row] = 0;
        peerLow[row] = 0;
        expires[row] = 0;
        cookie[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        state = columns.ints(state);
        family = columns.ints(family);
        bucket = columns.ints(bucket);
        strict = columns.ints(strict);
        port = columns.ints(port);
        peerPort = columns.ints(peerPort);
        mark = columns.ints(mark);
        localHigh = columns.longs(localHigh);
        localLow = columns.longs(localLow);
        peerHigh = columns.longs(peerHigh);
        peerLow = columns.longs(peerLow);
        expires = columns.longs(expires);
        cookie = columns.longs(cookie);
    }
}
