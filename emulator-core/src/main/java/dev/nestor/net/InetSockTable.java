package dev.nestor.net;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** What IP adds to a sock: struct inet_sock, inet_connection_sock, tcp_sock and udp_sock. Addresses are of IPv6; those of IPv4 are mapped into them. */
public final class InetSockTable extends Table {
    private int[] sk = new int[initialRows()]; // sock
    private int[] port = new int[initialRows()]; // local, 0 for none
    private int[] peerPort = new int[initialRows()]; // of the peer
    private int[] bucket = new int[initialRows()]; // inet_bind_bucket that it is in
    private int[] flags = new int[initialRows()]; // InetFlags
    private int[] urgState = new int[initialRows()]; // TCP_URG_*
    private int[] urgByte = new int[initialRows()]; // the urgent byte
    private int[] corked = new int[initialRows()]; // sk_buff that grows until MSG_MORE is off
    private int[] ttl = new int[initialRows()]; // IP_TTL, IPV6_UNICAST_HOPS; 0 for the default
    private int[] tos = new int[initialRows()]; // IP_TOS
    private int[] backlog = new int[initialRows()]; // connections that wait for accept
    private int[] timewait = new int[initialRows()]; // inet_timewait_sock that it has left; may have gone
    private int[] raw = new int[initialRows()]; // raw_sock, of raw sockets
    private long[] boundHigh = new long[initialRows()]; // address that it was bound to
    private long[] boundLow = new long[initialRows()]; // its other half
    private long[] localHigh = new long[initialRows()]; // address that it sends from
    private long[] localLow = new long[initialRows()]; // its other half
    private long[] peerHigh = new long[initialRows()]; // address of the peer
    private long[] peerLow = new long[initialRows()]; // its other half
    private long[] sentSeq = new long[initialRows()]; // bytes ever sent
    private long[] receivedSeq = new long[initialRows()]; // bytes ever received
    private long[] copiedSeq = new long[initialRows()]; // bytes ever read
    private long[] urgSeq = new long[initialRows()]; // where the urgent byte is

    public InetSockTable(int limit) {
        super("inet_sock", 60, limit);
    }

    public int sk(int info) {
        return sk[row(info)];
    }

    void setSk(int info, int value) {
        sk[row(info)] = value;
    }

    int timewait(int info) {
        return timewait[row(info)];
    }

    void setTimewait(int info, int value) {
        timewait[row(info)] = value;
    }

    public int port(int info) {
        return port[row(info)];
    }

    void setPort(int info, int value) {
        port[row(info)] = value;
    }

    public int peerPort(int info) {
        return peerPort[row(info)];
    }

    void setPeerPort(int info, int value) {
        peerPort[row(info)] = value;
    }

    public int bucket(int info) {
        return bucket[row(info)];
    }

    void setBucket(int info, int value) {
        bucket[row(info)] = value;
    }

    public int flags(int info) {
        return flags[row(info)];
    }

    void setFlags(int info, int value) {
        flags[row(info)] = value;
    }

    public int urgState(int info) {
        return urgState[row(info)];
    }

    void setUrgState(int info, int value) {
        urgState[row(info)] = value;
    }

    public int urgByte(int info) {
        return urgByte[row(info)];
    }

    void setUrgByte(int info, int value) {
        urgByte[row(info)] = value;
    }

    public int corked(int info) {
        return corked[row(info)];
    }

    void setCorked(int info, int value) {
        corked[row(info)] = value;
    }

    public int ttl(int info) {
        return ttl[row(info)];
    }

    void setTtl(int info, int value) {
        ttl[row(info)] = value;
    }

    public int tos(int info) {
        return tos[row(info)];
    }

    void setTos(int info, int value) {
        tos[row(info)] = value;
    }

    public int backlog(int info) {
        return backlog[row(info)];
    }

    void setBacklog(int info, int value) {
        backlog[row(info)] = value;
    }

    public int raw(int info) {
        return raw[row(info)];
    }

    void setRaw(int info, int value) {
        raw[row(info)] = value;
    }

    public long boundHigh(int info) {
        return boundHigh[row(info)];
    }

    void setBoundHigh(int info, long value) {
        boundHigh[row(info)] = value;
    }

    public long boundLow(int info) {
        return boundLow[row(info)];
    }

    void setBoundLow(int info, long value) {
        boundLow[row(info)] = value;
    }

    public long localHigh(int info) {
        return localHigh[row(info)];
    }

    void setLocalHigh(int info, long value) {
        localHigh[row(info)] = value;
    }

    public long localLow(int info) {
        return localLow[row(info)];
    }

    void setLocalLow(int info, long value) {
        localLow[row(info)] = value;
    }

    public long peerHigh(int info) {
        return peerHigh[row(info)];
    }

    void setPeerHigh(int info, long value) {
        peerHigh[row(info)] = value;
    }

    public long peerLow(int info) {
        return peerLow[row(info)];
    }

    void setPeerLow(int info, long value) {
        peerLow[row(info)] = value;
    }

    public long sentSeq(int info) {
        return sentSeq[row(info)];
    }

    void setSentSeq(int info, long value) {
        sentSeq[row(info)] = value;
    }

    public long receivedSeq(int info) {
        return receivedSeq[row(info)];
    }

    void setReceivedSeq(int info, long value) {
        receivedSeq[row(info)] = value;
    }

    public long copiedSeq(int info) {
        return copiedSeq[row(info)];
    }

    void setCopiedSeq(int info, long value) {
        copiedSeq[row(info)] = value;
    }

    public long urgSeq(int info) {
        return urgSeq[row(info)];
    }

    void setUrgSeq(int info, long value) {
        urgSeq[row(info)] = value;
    }

    @Override
    protected void clearRow(int row) {
        sk[row] = 0;
        port[row] = 0;
        peerPort[row] = 0;
        bucket[row] = 0;
        flags[row] = 0;
        urgState[row] = 0;
        urgByte[row] = 0;
        corked[row] = 0;
        ttl[row] = 0;
        tos[row] = 0;
        backlog[row] = 0;
        timewait[row] = 0;
        raw[row] = 0;
        boundHigh[row] = 0;
        boundLow[row] = 0;
        localHigh[row] = 0;
        localLow[row] = 0;
        peerHigh[row] = 0;
        peerLow[row] = 0;
        sentSeq[row] = 0;
        receivedSeq[row] = 0;
        copiedSeq[row] = 0;
        urgSeq[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        sk = columns.ints(sk);
        port = columns.ints(port);
        peerPort = columns.ints(peerPort);
        bucket = columns.ints(bucket);
        flags = columns.ints(flags);
        urgState = columns.ints(urgState);
        urgByte = columns.ints(urgByte);
        corked = columns.ints(corked);
        ttl = columns.ints(ttl);
        tos = columns.ints(tos);
        backlog = columns.ints(backlog);
        timewait = columns.ints(timewait);
        raw = columns.ints(raw);
        boundHigh = columns.longs(boundHigh);
        boundLow = columns.longs(boundLow);
        localHigh = columns.longs(localHigh);
        localLow = columns.longs(localLow);
        peerHigh = columns.longs(peerHigh);
        peerLow = columns.longs(peerLow);
        sentSeq = columns.longs(sentSeq);
        receivedSeq = columns.longs(receivedSeq);
        copiedSeq = columns.longs(copiedSeq);
        urgSeq = columns.longs(urgSeq);
    }
}
