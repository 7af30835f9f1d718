package dev.nestor.net;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** What netlink adds to a sock: struct netlink_sock. */
public final class NetlinkSockTable extends Table {
    private int[] sk = new int[initialRows()]; // sock
    private int[] portid = new int[initialRows()]; // number that it is known by; 0 for none
    private int[] bound = new int[initialRows()]; // 1 once it has one
    private int[] dstPortid = new int[initialRows()]; // whom it is connected to
    private int[] dstGroup = new int[initialRows()]; // group that it is connected to
    private int[] flags = new int[initialRows()]; // NetlinkSockets.F_*
    private int[] maxRecv = new int[initialRows()]; // the longest that has been asked for, bytes
    private long[] groups = new long[initialRows()]; // groups that it listens to, bit 0 for group 1

    public NetlinkSockTable(int limit) {
        super("netlink_sock", 65, limit);
    }

    public int sk(int info) {
        return sk[row(info)];
    }

    void setSk(int info, int value) {
        sk[row(info)] = value;
    }

    public int portid(int info) {
        return portid[row(info)];
    }

    void setPortid(int info, int value) {
        portid[row(info)] = value;
    }

    public int bound(int info) {
        return bound[row(info)];
    }

    void setBound(int info, int value) {
        bound[row(info)] = value;
    }

    public int dstPortid(int info) {
        return dstPortid[row(info)];
    }

    void setDstPortid(int info, int value) {
        dstPortid[row(info)] = value;
    }

    public int dstGroup(int info) {
        return dstGroup[row(info)];
    }

    void setDstGroup(int info, int value) {
        dstGroup[row(info)] = value;
    }

    public int flags(int info) {
        return flags[row(info)];
    }

    void setFlags(int info, int value) {
        flags[row(info)] = value;
    }

    public int maxRecv(int info) {
        return maxRecv[row(info)];
    }

    void setMaxRecv(int info, int value) {
        maxRecv[row(info)] = value;
    }

    public long groups(int info) {
        return groups[row(info)];
    }

    void setGroups(int info, long value) {
        groups[row(info)] = value;
    }

    @Override
    protected void clearRow(int row) {
        sk[row] = 0;
        portid[row] = 0;
        bound[row] = 0;
        dstPortid[row] = 0;
        dstGroup[row] = 0;
        flags[row] = 0;
        maxRecv[row] = 0;
        groups[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        sk = columns.ints(sk);
        portid = columns.ints(portid);
        bound = columns.ints(bound);
        dstPortid = columns.ints(dstPortid);
        dstGroup = columns.ints(dstGroup);
        flags = columns.ints(flags);
        maxRecv = columns.ints(maxRecv);
        groups = columns.longs(groups);
    }
}
