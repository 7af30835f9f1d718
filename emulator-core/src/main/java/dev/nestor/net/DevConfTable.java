package dev.nestor.net;

import dev.nestor.table.Chain;
import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** What has been set of ipv4_devconf and ipv6_devconf: a row for each value that is not the one that it is born with. */
public final class DevConfTable extends Table {
    private int[] net = new int[initialRows()]; // net; of all, of default and of devices
    private int[] dev = new int[initialRows()]; // net_device; NULL for those of the net
    private int[] index = new int[initialRows()]; // DevConf.*; ALL or DEFAULT beside it for those of the net
    private int[] data = new int[initialRows()]; // what has been set
    private final Chain ofNet; // all and default
    private final Chain ofDevice; // of a device

    public DevConfTable(int limit, NetTable nets, NetDeviceTable devices) {
        super("ipv4_devconf", 68, limit);
        ofNet = new Chain(nets, this);
        ofDevice = new Chain(devices, this);
    }

    public int net(int conf) {
        return net[row(conf)];
    }

    void setNet(int conf, int value) {
        net[row(conf)] = value;
    }

    public int dev(int conf) {
        return dev[row(conf)];
    }

    void setDev(int conf, int value) {
        dev[row(conf)] = value;
    }

    public int index(int conf) {
        return index[row(conf)];
    }

    void setIndex(int conf, int value) {
        index[row(conf)] = value;
    }

    public int data(int conf) {
        return data[row(conf)];
    }

    void setData(int conf, int value) {
        data[row(conf)] = value;
    }

    public Chain ofNet() {
        return ofNet;
    }

    public Chain ofDevice() {
        return ofDevice;
    }

    @Override
    protected void clearRow(int row) {
        net[row] = 0;
        dev[row] = 0;
        index[row] = 0;
        data[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        net = columns.ints(net);
        dev = columns.ints(dev);
        index = columns.ints(index);
        data = columns.ints(data);
    }
}
