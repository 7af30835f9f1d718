package dev.nestor.net;

import dev.nestor.kernel.ns.NamespaceTable;
import dev.nestor.table.Columns;

/** The struct net columns. */
public final class NetTable extends NamespaceTable {
    private int[] somaxconn = new int[initialRows()]; // net.core.somaxconn
    private int[] maxDgramQlen = new int[initialRows()]; // net.unix.max_dgram_qlen
    private int[] lastIfindex = new int[initialRows()]; // of the devices made in it
    private int[] pingLow = new int[initialRows()]; // kgid, net.ipv4.ping_group_range
    private int[] pingHigh = new int[initialRows()]; // kgid, the last one
    private int[] forwards = new int[initialRows()]; // net.ipv4.ip_forward, 2 for net.ipv6.conf.all.forwarding
    private int[] portFirst = new int[initialRows()]; // net.ipv4.ip_local_port_range; 0 for that of birth
    private int[] portLast = new int[initialRows()]; // its end
    private int[] reservedPorts = new int[initialRows()]; // name: net.ipv4.ip_local_reserved_ports; NULL for none
    private int[] listeners = new int[initialRows()]; // netlink sockets that listen to groups
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

    /** The kgid that net.ipv4.ping_group_range begins with. */
    public int pingLow(int net) {
        return pingLow[row(net)];
    }

    public int pingHigh(int net) {
        return pingHigh[row(net)];
    }

    public void setPingRange(int net, int low, int high) {
        pingLow[row(net)] = low;
        pingHigh[row(net)] = high;
    }

    /** Whether packets that are for others go on: net.ipv4.ip_forward, net.ipv6.conf.all.forwarding. */
    public boolean forwards(int net, boolean is4) {
        return (forwards[row(net)] & (is4 ? 1 : 2)) != 0;
    }

    public void setForwards(int net, boolean is4, boolean on) {
        int bit = is4 ? 1 : 2;
        forwards[row(net)] = on ? forwards[row(net)] | bit : forwards[row(net)] & ~bit;
    }

    int portFirst(int net) {
        return portFirst[row(net)];
    }

    void setPortFirst(int net, int value) {
        portFirst[row(net)] = value;
    }

    int portLast(int net) {
        return portLast[row(net)];
    }

    void setPortLast(int net, int value) {
        portLast[row(net)] = value;
    }

    int reservedPorts(int net) {
        return reservedPorts[row(net)];
    }

    void setReservedPorts(int net, int value) {
        reservedPorts[row(net)] = value;
    }

    int listeners(int net) {
        return listeners[row(net)];
    }

    void setListeners(int net, int value) {
        listeners[row(net)] = value;
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
        pingLow[row] = 0;
        pingHigh[row] = 0;
        forwards[row] = 0;
        portFirst[row] = 0;
        portLast[row] = 0;
        reservedPorts[row] = 0;
        listeners[row] = 0;
        cookie[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        super.columns(columns);
        somaxconn = columns.ints(somaxconn);
        maxDgramQlen = columns.ints(maxDgramQlen);
        lastIfindex = columns.ints(lastIfindex);
        pingLow = columns.ints(pingLow);
        pingHigh = columns.ints(pingHigh);
        forwards = columns.ints(forwards);
        portFirst = columns.ints(portFirst);
        portLast = columns.ints(portLast);
        reservedPorts = columns.ints(reservedPorts);
        listeners = columns.ints(listeners);
        cookie = columns.longs(cookie);
    }
}
