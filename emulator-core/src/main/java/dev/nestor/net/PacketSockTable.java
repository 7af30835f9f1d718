package dev.nestor.net;

import dev.nestor.table.Chain;
import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** What struct packet_sock has beyond a sock. */
public final class PacketSockTable extends Table {
    private int[] sk = new int[initialRows()]; // sock
    private int[] protocol = new int[initialRows()]; // ETH_P_* that it receives: num; 0 for none
    private int[] ifindex = new int[initialRows()]; // that it is bound to; 0 for all, -1 when that has gone
    private int[] dev =
            new int[initialRows()]; // net_device that it sends by when nothing is said: cached_dev; NULL for none
    private int[] running = new int[initialRows()]; // 1 while it receives
    private int[] flags = new int[initialRows()]; // PacketOptions.*
    private int[] version = new int[initialRows()]; // TPACKET_V*
    private int[] reserve = new int[initialRows()]; // bytes, PACKET_RESERVE
    private int[] copyThresh = new int[initialRows()]; // PACKET_COPY_THRESH
    private int[] timestamp = new int[initialRows()]; // PACKET_TIMESTAMP
    private int[] headerSize = new int[initialRows()]; // bytes, PACKET_VNET_HDR_SZ
    private int[] fanout = new int[initialRows()]; // id and type of its group, and FANOUT_JOINED; 0 for none
    private int[] turn = new int[initialRows()]; // of its group, whose first member it is
    private int[] packets = new int[initialRows()]; // seen since PACKET_STATISTICS was asked for
    private int[] drops = new int[initialRows()]; // of these not kept
    private final Chain sockets; // of a net, in the order in which they were made
    private final Chain memberships; // packet_mclist, the last one first

    public PacketSockTable(int limit, NetTable nets, PacketMclistTable lists) {
        super("packet_sock", 70, limit);
        sockets = new Chain(nets, this);
        memberships = new Chain(this, lists);
    }

    public int sk(int packet) {
        return sk[row(packet)];
    }

    void setSk(int packet, int value) {
        sk[row(packet)] = value;
    }

    public int protocol(int packet) {
        return protocol[row(packet)];
    }

    void setProtocol(int packet, int value) {
        protocol[row(packet)] = value;
    }

    public int ifindex(int packet) {
        return ifindex[row(packet)];
    }

    void setIfindex(int packet, int value) {
        ifindex[row(packet)] = value;
    }

    public int dev(int packet) {
        return dev[row(packet)];
    }

    void setDev(int packet, int value) {
        dev[row(packet)] = value;
    }

    public int running(int packet) {
        return running[row(packet)];
    }

    void setRunning(int packet, int value) {
        running[row(packet)] = value;
    }

    public int flags(int packet) {
        return flags[row(packet)];
    }

    void setFlags(int packet, int value) {
        flags[row(packet)] = value;
    }

    public int version(int packet) {
        return version[row(packet)];
    }

    void setVersion(int packet, int value) {
        version[row(packet)] = value;
    }

    public int reserve(int packet) {
        return reserve[row(packet)];
    }

    void setReserve(int packet, int value) {
        reserve[row(packet)] = value;
    }

    public int copyThresh(int packet) {
        return copyThresh[row(packet)];
    }

    void setCopyThresh(int packet, int value) {
        copyThresh[row(packet)] = value;
    }

    public int timestamp(int packet) {
        return timestamp[row(packet)];
    }

    void setTimestamp(int packet, int value) {
        timestamp[row(packet)] = value;
    }

    public int headerSize(int packet) {
        return headerSize[row(packet)];
    }

    void setHeaderSize(int packet, int value) {
        headerSize[row(packet)] = value;
    }

    public int fanout(int packet) {
        return fanout[row(packet)];
    }

    void setFanout(int packet, int value) {
        fanout[row(packet)] = value;
    }

    public int turn(int packet) {
        return turn[row(packet)];
    }

    void setTurn(int packet, int value) {
        turn[row(packet)] = value;
    }

    public int packets(int packet) {
        return packets[row(packet)];
    }

    void setPackets(int packet, int value) {
        packets[row(packet)] = value;
    }

    public int drops(int packet) {
        return drops[row(packet)];
    }

    void setDrops(int packet, int value) {
        drops[row(packet)] = value;
    }

    public Chain sockets() {
        return sockets;
    }

    public Chain memberships() {
        return memberships;
    }

    @Override
    protected void clearRow(int row) {
        sk[row] = 0;
        protocol[row] = 0;
        ifindex[row] = 0;
        dev[row] = 0;
        running[row] = 0;
        flags[row] = 0;
        version[row] = 0;
        reserve[row] = 0;
        copyThresh[row] = 0;
        timestamp[row] = 0;
        headerSize[row] = 0;
        fanout[row] = 0;
        turn[row] = 0;
        packets[row] = 0;
        drops[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        sk = columns.ints(sk);
        protocol = columns.ints(protocol);
        ifindex = columns.ints(ifindex);
        dev = columns.ints(dev);
        running = columns.ints(running);
        flags = columns.ints(flags);
        version = columns.ints(version);
        reserve = columns.ints(reserve);
        copyThresh = columns.ints(copyThresh);
        timestamp = columns.ints(timestamp);
        headerSize = columns.ints(headerSize);
        fanout = columns.ints(fanout);
        turn = columns.ints(turn);
        packets = columns.ints(packets);
        drops = columns.ints(drops);
    }
}
