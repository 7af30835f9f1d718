package dev.nestor.kernel.futex;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct futex_q columns: a task that waits for one futex. {@link Futexes} keeps it on its task and, until it is woken, in a bucket. */
public final class FutexQTable extends Table {
    private byte[] kind = new byte[initialRows()]; // FutexKey.PRIVATE, ...
    private int[] owner = new int[initialRows()]; // mm_struct, inode or shmem object, by kind
    private long[] place = new long[initialRows()]; // user address, or byte of the object
    private int[] bitset = new int[initialRows()]; // what wakes it
    private byte[] prio = new byte[initialRows()]; // normal_prio, MAX_RT_PRIO for all that are not real-time

    public FutexQTable(int limit) {
        super("futex_q", 73, limit);
    }

    void setKey(int waiter, FutexKey key) {
        int row = row(waiter);
        kind[row] = (byte) key.kind;
        owner[row] = key.owner;
        place[row] = key.place;
    }

    /** futex_match(). */
    boolean matches(int waiter, FutexKey key) {
        int row = row(waiter);
        return place[row] == key.place && owner[row] == key.owner && kind[row] == key.kind;
    }

    int bitset(int waiter) {
        return bitset[row(waiter)];
    }

    void setBitset(int waiter, int value) {
        bitset[row(waiter)] = value;
    }

    int prio(int waiter) {
        return prio[row(waiter)];
    }

    void setPrio(int waiter, int value) {
        prio[row(waiter)] = (byte) value;
    }

    @Override
    protected void clearRow(int row) {
        kind[row] = 0;
        owner[row] = 0;
        place[row] = 0;
        bitset[row] = 0;
        prio[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        kind = columns.bytes(kind);
        owner = columns.ints(owner);
        place = columns.longs(place);
        bitset = columns.ints(bitset);
        prio = columns.bytes(prio);
    }
}
