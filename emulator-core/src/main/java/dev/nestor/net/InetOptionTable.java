package dev.nestor.net;

import dev.nestor.table.Chain;
import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** Options of IP sockets that are not what they are at first. */
public final class InetOptionTable extends Table {
    private int[] key = new int[initialRows()]; // level << 8 | option
    private int[] value = new int[initialRows()]; // number
    private final Chain options; // of an inet_sock

    public InetOptionTable(int limit, InetSockTable sockets) {
        super("inet_option", 67, limit);
        options = new Chain(sockets, this);
    }

    public int key(int option) {
        return key[row(option)];
    }

    public int value(int option) {
        return value[row(option)];
    }

    void setKey(int option, int wanted) {
        key[row(option)] = wanted;
    }

    void setValue(int option, int wanted) {
        value[row(option)] = wanted;
    }

    public Chain options() {
        return options;
    }

    @Override
    protected void clearRow(int row) {
        key[row] = 0;
        value[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        key = columns.ints(key);
        value = columns.ints(value);
    }
}
