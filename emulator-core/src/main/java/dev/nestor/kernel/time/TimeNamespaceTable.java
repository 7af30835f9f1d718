package dev.nestor.kernel.time;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct time_namespace columns. */
public final class TimeNamespaceTable extends Table {
    private int[] count = new int[initialRows()]; // references
    private int[] userNs = new int[initialRows()]; // user_namespace
    private int[] inum = new int[initialRows()]; // inode number in nsfs
    private byte[] frozen = new byte[initialRows()]; // bool; a task has entered: the offsets stay as they are
    private long[] monotonicNs = new long[initialRows()]; // offset of CLOCK_MONOTONIC, ns
    private long[] boottimeNs = new long[initialRows()]; // offset of CLOCK_BOOTTIME, ns

    public TimeNamespaceTable(int limit) {
        super("time_namespace", 14, limit);
    }

    public int count(int ns) {
        return count[row(ns)];
    }

    public void setCount(int ns, int value) {
        count[row(ns)] = value;
    }

    public int userNs(int ns) {
        return userNs[row(ns)];
    }

    public void setUserNs(int ns, int value) {
        userNs[row(ns)] = value;
    }

    public int inum(int ns) {
        return inum[row(ns)];
    }

    public void setInum(int ns, int value) {
        inum[row(ns)] = value;
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
        count[row] = 0;
        userNs[row] = 0;
        inum[row] = 0;
        frozen[row] = 0;
        monotonicNs[row] = 0;
        boottimeNs[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        count = columns.ints(count);
        userNs = columns.ints(userNs);
        inum = columns.ints(inum);
        frozen = columns.bytes(frozen);
        monotonicNs = columns.longs(monotonicNs);
        boottimeNs = columns.longs(boottimeNs);
    }
}
