package dev.nestor.kernel.time;

import dev.nestor.kernel.ns.NamespaceTable;
import dev.nestor.table.Columns;

/** The struct time_namespace columns. */
public final class TimeNamespaceTable extends NamespaceTable {
    private byte[] frozen = new byte[initialRows()]; // bool; a task has entered: the offsets stay as they are
    private long[] monotonicNs = new long[initialRows()]; // offset of CLOCK_MONOTONIC, ns
    private long[] boottimeNs = new long[initialRows()]; // offset of CLOCK_BOOTTIME, ns

    public TimeNamespaceTable(int limit) {
        super("time_namespace", 14, limit);
    }

    public boolean frozen(int ns) {
        return frozen[row(ns)] != 0;
    }

    public void setFrozen(int ns, boolean value) {
        frozen[row(ns)] = (byte) (value ? 1 : 0);
    }

    public long monotonicNs(int ns) {
        return monotonicNs[row(ns)];
    }

    public void setMonotonicNs(int ns, long value) {
        monotonicNs[row(ns)] = value;
    }

    public long boottimeNs(int ns) {
        return boottimeNs[row(ns)];
    }

    public void setBoottimeNs(int ns, long value) {
        boottimeNs[row(ns)] = value;
    }

    @Override
    protected void clearRow(int row) {
        super.clearRow(row);
        frozen[row] = 0;
        monotonicNs[row] = 0;
        boottimeNs[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        super.columns(columns);
        frozen = columns.bytes(frozen);
        monotonicNs = columns.longs(monotonicNs);
        boottimeNs = columns.longs(boottimeNs);
    }
}
