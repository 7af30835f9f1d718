package dev.nestor.net;

import dev.nestor.table.Chain;
import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** Addresses of devices: in_ifaddr and inet6_ifaddr. */
public final class InetAddrTable extends Table {
    private int[] prefix = new int[initialRows()]; // bits
    private int[] flags = new int[initialRows()]; // IFA_F_*
    private int[] scope = new int[initialRows()]; // RT_SCOPE_*
    private int[] label = new int[initialRows()]; // name; NULL for none
    private int[] family = new int[initialRows()]; // AF_INET, AF_INET6
    private int[] protocol = new int[initialRows()]; // IFAPROT_*
    private int[] validLft = new int[initialRows()]; // seconds; -1 for ever
    private int[] preferredLft = new int[initialRows()]; // seconds; -1 for ever
    private int[] broadcast = new int[initialRows()]; // of IPv4; 0 for none
    private long[] high = new long[initialRows()]; // address
    private long[] low = new long[initialRows()]; // its other half
    private long[] peerHigh = new long[initialRows()]; // address of the other end, or the address
    private long[] peerLow = new long[initialRows()]; // its other half
    private long[] tstamp = new long[initialRows()]; // ns of CLOCK_MONOTONIC when it was made
    private final Chain addresses; // of a device

    public InetAddrTable(int limit, NetDeviceTable devices) {
        super("in_ifaddr", 63, limit);
        addresses = new Chain(devices, this);
    }

    public int prefix(int ifa) {
        return prefix[row(ifa)];
    }

    void setPrefix(int ifa, int value) {
        prefix[row(ifa)] = value;
    }

    public int flags(int ifa) {
        return flags[row(ifa)];
    }

    void setFlags(int ifa, int value) {
        flags[row(ifa)] = value;
    }

    public int scope(int ifa) {
        return scope[row(ifa)];
    }

    void setScope(int ifa, int value) {
        scope[row(ifa)] = value;
    }

    public int label(int ifa) {
        return label[row(ifa)];
    }

    void setLabel(int ifa, int value) {
        label[row(ifa)] = value;
    }

    public int family(int ifa) {
        return family[row(ifa)];
    }

    void setFamily(int ifa, int value) {
        family[row(ifa)] = value;
    }

    public int protocol(int ifa) {
        return protocol[row(ifa)];
    }

    void setProtocol(int ifa, int value) {
        protocol[row(ifa)] = value;
    }

    public int validLft(int ifa) {
        return validLft[row(ifa)];
    }

    void setValidLft(int ifa, int value) {
        validLft[row(ifa)] = value;
    }

    public int preferredLft(int ifa) {
        return preferredLft[row(ifa)];
    }

    void setPreferredLft(int ifa, int value) {
        preferredLft[row(ifa)] = value;
    }

    public int broadcast(int ifa) {
        return broadcast[row(ifa)];
    }

    void setBroadcast(int ifa, int value) {
        broadcast[row(ifa)] = value;
    }

    public long high(int ifa) {
        return high[row(ifa)];
    }

    void setHigh(int ifa, long value) {
        high[row(ifa)] = value;
    }

    public long low(int ifa) {
        return low[row(ifa)];
    }

    void setLow(int ifa, long value) {
        low[row(ifa)] = value;
    }

    public long peerHigh(int ifa) {
        return peerHigh[row(ifa)];
    }

    void setPeerHigh(int ifa, long value) {
        peerHigh[row(ifa)] = value;
    }

    public long peerLow(int ifa) {
        return peerLow[row(ifa)];
    }

    void setPeerLow(int ifa, long value) {
        peerLow[row(ifa)] = value;
    }

    public long tstamp(int ifa) {
        return tstamp[row(ifa)];
    }

    void setTstamp(int ifa, long value) {
        tstamp[row(ifa)] = value;
    }

    public Chain addresses() {
        return addresses;
    }

    @Override
    protected void clearRow(int row) {
        prefix[row] = 0;
        flags[row] = 0;
        scope[row] = 0;
        label[row] = 0;
        family[row] = 0;
        protocol[row] = 0;
        validLft[row] = 0;
        preferredLft[row] = 0;
        broadcast[row] = 0;
        high[row] = 0;
        low[row] = 0;
        peerHigh[row] = 0;
        peerLow[row] = 0;
        tstamp[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        prefix = columns.ints(prefix);
        flags = columns.ints(flags);
        scope = columns.ints(scope);
        label = columns.ints(label);
        family = columns.ints(family);
        protocol = columns.ints(protocol);
        validLft = columns.ints(validLft);
        preferredLft = columns.ints(preferredLft);
        broadcast = columns.ints(broadcast);
        high = columns.longs(high);
        low = columns.longs(low);
        peerHigh = columns.longs(peerHigh);
        peerLow = columns.longs(peerLow);
        tstamp = columns.longs(tstamp);
    }
}
