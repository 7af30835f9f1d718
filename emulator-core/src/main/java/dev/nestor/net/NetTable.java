package dev.nestor.net;

import dev.nestor.kernel.ns.NamespaceTable;
import dev.nestor.table.Columns;

/** The struct net columns. */
public final class NetTable extends NamespaceTable {
    private int[] somaxconn = new int[initialRows()]; // net.core.somaxconn
    private int[] maxDgramQlen = new int[initialRows()]; // net.unix.max_dgram_qlen
    private int[] lastIfindex = new int[initialRows()]; // of the devices made in it
    private long[] cookie = new long[initialRows()]; // SO_NETNS_COOKIE

    public NetTable(int limit) {
        super("net", 13, limit);
    }

    public int somaxconn(int net) {
        return somaxconn[row(net)];
    }

    public void setSomaxconn(int net, int value) {
        somaxconn[row(net)] = value;
    }

    public int maxDgramQlen(int net) {
        return maxDgramQlen[row(net)];
    }

    public void setMaxDgramQlen(int net, int value) {
        maxDgramQlen[row(net)] = value;
    }

    int lastIfindex(int net) {
        return lastIfindex[row(net)];
    }

    void setLastIfindex(int net, int value) {
        lastIfindex[row(net)] = value;
    }

    public long cookie(int net) {
        return cookie[row(net)];
    }

    void setCookie(int net, long value) {
        cookie[row(net)] = value;
    }

    @Override
    protected void clearRow(int row) {
        super.clearRow(row);
        somaxconn[row] = 0;
        maxDgramQlen[row] = 0;
        lastIfindex[row] = 0;
        cookie[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        super.columns(columns);
        somaxconn = columns.ints(somaxconn);
        maxDgramQlen = columns.ints(maxDgramQlen);
        lastIfindex = columns.ints(lastIfindex);
        cookie = columns.longs(cookie);
    }
}
