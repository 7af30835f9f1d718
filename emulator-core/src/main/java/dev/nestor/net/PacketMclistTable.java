package dev.nestor.net;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** struct packet_mclist: what a packet socket has asked a device for. */
public final class PacketMclistTable extends Table {
    private int[] ifindex = new int[initialRows()]; // of the device
    private int[] type = new int[initialRows()]; // PACKET_MR_*
    private int[] length = new int[initialRows()]; // bytes of the address
    private long[] address = new long[initialRows()]; // first eight bytes, as they are in memory
    private int[] count = new int[initialRows()]; // how often it has been asked for

    public PacketMclistTable(int limit) {
        super("packet_mclist", 71, limit);
    }

    public int ifindex(int member) {
        return ifindex[row(member)];
    }

    void setIfindex(int member, int value) {
        ifindex[row(member)] = value;
    }

    public int type(int member) {
        return type[row(member)];
    }

    void setType(int member, int value) {
        type[row(member)] = value;
    }

    public int length(int member) {
        return length[row(member)];
    }

    void setLength(int member, int value) {
        length[row(member)] = value;
    }

    public long address(int member) {
        return address[row(member)];
    }

    void setAddress(int member, long value) {
        address[row(member)] = value;
    }

    public int count(int member) {
        return count[row(member)];
    }

    void setCount(int member, int value) {
        count[row(member)] = value;
    }

    @Override
    protected void clearRow(int row) {
        ifindex[row] = 0;
        type[row] = 0;
        length[row] = 0;
        address[row] = 0;
        count[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        ifindex = columns.ints(ifindex);
        type = columns.ints(type);
        length = columns.ints(length);
        address = columns.longs(address);
        count = columns.ints(count);
    }
}
