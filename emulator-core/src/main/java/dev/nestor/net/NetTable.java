package dev.nestor.net;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct net columns. */
public final class NetTable extends Table {
    private int[] count = new int[initialRows()]; // references
    private int[] userNs = new int[initialRows()]; // user_namespace
    private int[] inum = new int[initialRows()]; // inode number in nsfs

    public NetTable(int limit) {
        super("net", 13, limit);
    }

    public int count(int net) {
        return count[row(net)];
    }

    public void setCount(int net, int value) {
        count[row(net)] = value;
    }

    public int userNs(int net) {
        return userNs[row(net)];
    }

    public void setUserNs(int net, int value) {
        userNs[row(net)] = value;
    }

    public int inum(int net) {
        return inum[row(net)];
    }

    public void setInum(int net, int value) {
        inum[row(net)] = value;
    }


    @Override
    protected void clearRow(int row) {
        count[row] = 0;
        userNs[row] = 0;
        inum[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        count = columns.ints(count);
        userNs = columns.ints(userNs);
        inum = columns.ints(inum);
    }
}
