package dev.nestor.net;

import dev.nestor.table.Chain;
import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The neighbour columns, of arp_tbl and nd_tbl, and pneigh_entry where the flags say so. */
public final class NeighbourTable extends Table {
    private int[] family = new int[initialRows()]; // AF_INET, AF_INET6
    private int[] state = new int[initialRows()]; // NUD_*
    private int[] flags = new int[initialRows()]; // NTF_*
    private int[] protocol = new int[initialRows()]; // RTPROT_*
    private int[] probes = new int[initialRows()]; // count
    private int[] timer = new int[initialRows()]; // number of the last event that was set for it
    private int[] collected = new int[initialRows()]; // 1 when it counts towards gc_thresh
    private int[] nextInHash = new int[initialRows()]; // neighbour: another of the same hash
    private long[] high = new long[initialRows()]; // address
    private long[] low = new long[initialRows()]; // its other half
    private long[] hardware = new long[initialRows()]; // hardware address; 0 until it is known
    private long[] used = new long[initialRows()]; // ns of CLOCK_MONOTONIC
    private long[] confirmed = new long[initialRows()]; // ns of CLOCK_MONOTONIC
    private long[] updated = new long[initialRows()]; // ns of CLOCK_MONOTONIC
    private final Chain neighbours; // of a device

    public NeighbourTable(int limit, NetDeviceTable devices) {
        super("neighbour", 70, limit);
        neighbours = new Chain(devices, this);
    }

    int family(int neigh) {
        return family[row(neigh)];
    }

    void setFamily(int neigh, int value) {
        family[row(neigh)] = value;
    }

    int state(int neigh) {
        return state[row(neigh)];
    }

    void setState(int neigh, int value) {
        state[row(neigh)] = value;
    }

    int flags(int neigh) {
        return flags[row(neigh)];
    }

    void setFlags(int neigh, int value) {
        flags[row(neigh)] = value;
    }

    int protocol(int neigh) {
        return protocol[row(neigh)];
    }

    void setProtocol(int neigh, int value) {
        protocol[row(neigh)] = value;
    }

    int probes(int neigh) {
        return probes[row(neigh)];
    }

    void setProbes(int neigh, int value) {
        probes[row(neigh)] = value;
    }

    int timer(int neigh) {
        return timer[row(neigh)];
    }

    void setTimer(int neigh, int value) {
        timer[row(neigh)] = value;
    }

    int collected(int neigh) {
        return collected[row(neigh)];
    }

    void setCollected(int neigh, int value) {
        collected[row(neigh)] = value;
    }

    int nextInHash(int neigh) {
        return nextInHash[row(neigh)];
    }

    void setNextInHash(int neigh, int value) {
        nextInHash[row(neigh)] = value;
    }

    long high(int neigh) {
        return high[row(neigh)];
    }

    void setHigh(int neigh, long value) {
        high[row(neigh)] = value;
    }

    long low(int neigh) {
        return low[row(neigh)];
    }

    void setLow(int neigh, long value) {
        low[row(neigh)] = value;
    }

    long hardware(int neigh) {
        return hardware[row(neigh)];
    }

    void setHardware(int neigh, long value) {
        hardware[row(neigh)] = value;
    }

    long used(int neigh) {
        return used[row(neigh)];
    }

    void setUsed(int neigh, long value) {
        used[row(neigh)] = value;
    }

    long confirmed(int neigh) {
        return confirmed[row(neigh)];
    }

    void setConfirmed(int neigh, long value) {
        confirmed[row(neigh)] = value;
    }

    long updated(int neigh) {
        return updated[row(neigh)];
    }

    void setUpdated(int neigh, long value) {
        updated[row(neigh)] = value;
    }

    Chain neighbours() {
        return neighbours;
    }

    @Override
    protected void clearRow(int row) {
        family[row] = 0;
        state[row] = 0;
        flags[row] = 0;
        protocol[row] = 0;
        probes[row] = 0;
        timer[row] = 0;
        collected[row] = 0;
        nextInHash[row] = 0;
        high[row] = 0;
        low[row] = 0;
        hardware[row] = 0;
        used[row] = 0;
        confirmed[row] = 0;
        updated[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        family = columns.ints(family);
        state = columns.ints(state);
        flags = columns.ints(flags);
        protocol = columns.ints(protocol);
        probes = columns.ints(probes);
        timer = columns.ints(timer);
        collected = columns.ints(collected);
        nextInHash = columns.ints(nextInHash);
        high = columns.longs(high);
        low = columns.longs(low);
        hardware = columns.longs(hardware);
        used = columns.longs(used);
        confirmed = columns.longs(confirmed);
        updated = columns.longs(updated);
    }
}
