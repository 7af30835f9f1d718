package dev.nestor.kernel.futex;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct futex_q columns: a task that waits for one futex. {@link Futexes} keeps it on its task and, until it is woken, in a bucket. */
public final class FutexQTable extends Table {
    /** It does not wait to be made to wait for a lock. */
    static final int NONE = 0;

    /** It waits to be made to wait for a lock, or does so by now. */
    static final int WAITING = 1;

    /** It has been given the lock. */
    static final int LOCKED = 2;

    private byte[] kind = new byte[initialRows()]; // FutexKey.PRIVATE, ...
    private int[] owner = new int[initialRows()]; // mm_struct, inode or shmem object, by kind
    private long[] place = new long[initialRows()]; // user address, or byte of the object
    private int[] bitset = new int[initialRows()]; // what wakes it
    private long[] address = new long[initialRows()]; // user address of the lock that is waited for
    private int[] piState = new int[initialRows()]; // futex_pi_state
    private byte[] waitPrio =
            new byte[initialRows()]; // of an rt_mutex_waiter: p->prio, DEFAULT_PRIO for all that are not real-time
    private byte[] requeueState = new byte[initialRows()]; // NONE, WAITING, LOCKED
    private byte[] requeueKind = new byte[initialRows()]; // requeue_pi_key, as kind, owner and place
    private int[] requeueOwner = new int[initialRows()];
    private long[] requeuePlace = new long[initialRows()];
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

    long address(int waiter) {
        return address[row(waiter)];
    }

    void setAddress(int waiter, long value) {
        address[row(waiter)] = value;
    }

    int piState(int waiter) {
        return piState[row(waiter)];
    }

    void setPiState(int waiter, int value) {
        piState[row(waiter)] = value;
    }

    int waitPrio(int waiter) {
        return waitPrio[row(waiter)];
    }

    void setWaitPrio(int waiter, int value) {
        waitPrio[row(waiter)] = (byte) value;
    }

    int requeueState(int waiter) {
        return requeueState[row(waiter)];
    }

    void setRequeueState(int waiter, int value) {
        requeueState[row(waiter)] = (byte) value;
    }

    void setRequeueKey(int waiter, FutexKey key) {
        int row = row(waiter);
        requeueKind[row] = (byte) key.kind;
        requeueOwner[row] = key.owner;
        requeuePlace[row] = key.place;
    }

    boolean requeuesTo(int waiter, FutexKey key) {
        int row = row(waiter);
        return requeuePlace[row] == key.place && requeueOwner[row] == key.owner && requeueKind[row] == key.kind;
    }

    /** Whether it waits for a lock, or to be made to wait for one: nothing but the operations on locks may wake or move it. */
    boolean isOfLock(int waiter) {
        int row = row(waiter);
        return piState[row] != NULL || requeueState[row] != NONE;
    }

    @Override
    protected void clearRow(int row) {
        address[row] = 0;
        piState[row] = 0;
        waitPrio[row] = 0;
        requeueState[row] = 0;
        requeueKind[row] = 0;
        requeueOwner[row] = 0;
        requeuePlace[row] = 0;
        kind[row] = 0;
        owner[row] = 0;
        place[row] = 0;
        bitset[row] = 0;
        prio[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        address = columns.longs(address);
        piState = columns.ints(piState);
        waitPrio = columns.bytes(waitPrio);
        requeueState = columns.bytes(requeueState);
        requeueKind = columns.bytes(requeueKind);
        requeueOwner = columns.ints(requeueOwner);
        requeuePlace = columns.longs(requeuePlace);
        kind = columns.bytes(kind);
        owner = columns.ints(owner);
        place = columns.longs(place);
        bitset = columns.ints(bitset);
        prio = columns.bytes(prio);
    }
}
