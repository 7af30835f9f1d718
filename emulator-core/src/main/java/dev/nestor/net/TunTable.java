package dev.nestor.net;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** What tun adds to a device: struct tun_struct. */
public final class TunTable extends Table {
    private int[] dev = new int[initialRows()]; // net_device
    private int[] flags = new int[initialRows()]; // IFF_TUN, IFF_TAP, IFF_NO_PI, IFF_PERSIST…; VNET_LE
    private int[] owner = new int[initialRows()]; // kuid; -1 for none
    private int[] group = new int[initialRows()]; // kgid; -1 for none
    private int[] headerSize = new int[initialRows()]; // bytes of struct virtio_net_hdr
    private int[] sndbuf = new int[initialRows()]; // bytes
    private int[] queues = new int[initialRows()]; // of files that are attached
    private int[] disabled = new int[initialRows()]; // files whose queue is detached
    private int[] next = new int[initialRows()]; // queue that the next packet goes to

    public TunTable(int limit) {
        super("tun_struct", 66, limit);
    }

    public int dev(int tun) {
        return dev[row(tun)];
    }

    void setDev(int tun, int value) {
        dev[row(tun)] = value;
    }

    public int flags(int tun) {
        return flags[row(tun)];
    }

    void setFlags(int tun, int value) {
        flags[row(tun)] = value;
    }

    public int owner(int tun) {
        return owner[row(tun)];
    }

    void setOwner(int tun, int value) {
        owner[row(tun)] = value;
    }

    public int group(int tun) {
        return group[row(tun)];
    }

    void setGroup(int tun, int value) {
        group[row(tun)] = value;
    }

    public int headerSize(int tun) {
        return headerSize[row(tun)];
    }

    void setHeaderSize(int tun, int value) {
        headerSize[row(tun)] = value;
    }

    public int sndbuf(int tun) {
        return sndbuf[row(tun)];
    }

    void setSndbuf(int tun, int value) {
        sndbuf[row(tun)] = value;
    }

    public int queues(int tun) {
        return queues[row(tun)];
    }

    void setQueues(int tun, int value) {
        queues[row(tun)] = value;
    }

    public int disabled(int tun) {
        return disabled[row(tun)];
    }

    void setDisabled(int tun, int value) {
        disabled[row(tun)] = value;
    }

    public int next(int tun) {
        return next[row(tun)];
    }

    void setNext(int tun, int value) {
        next[row(tun)] = value;
    }

    @Override
    protected void clearRow(int row) {
        dev[row] = 0;
        flags[row] = 0;
        owner[row] = 0;
        group[row] = 0;
        headerSize[row] = 0;
        sndbuf[row] = 0;
        queues[row] = 0;
        disabled[row] = 0;
        next[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        dev = columns.ints(dev);
        flags = columns.ints(flags);
        owner = columns.ints(owner);
        group = columns.ints(group);
        headerSize = columns.ints(headerSize);
        sndbuf = columns.ints(sndbuf);
        queues = columns.ints(queues);
        disabled = columns.ints(disabled);
        next = columns.ints(next);
    }
}
