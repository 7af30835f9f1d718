package dev.nestor.net;

import dev.nestor.table.Chain;
import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** Other names of devices: struct netdev_name_node. */
public final class AltNameTable extends Table {
    private int[] dev = new int[initialRows()]; // net_device
    private int[] name = new int[initialRows()]; // name
    private final Chain names; // of a device

    public AltNameTable(int limit, NetDeviceTable devices) {
        super("netdev_name_node", 69, limit);
        names = new Chain(devices, this);
    }

    public int dev(int node) {
        return dev[row(node)];
    }

    void setDev(int node, int value) {
        dev[row(node)] = value;
    }

    public int name(int node) {
        return name[row(node)];
    }

    void setName(int node, int value) {
        name[row(node)] = value;
    }

    public Chain names() {
        return names;
    }

    @Override
    protected void clearRow(int row) {
        dev[row] = 0;
        name[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        dev = columns.ints(dev);
        name = columns.ints(name);
    }
}
