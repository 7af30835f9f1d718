package dev.nestor.ipc;

import dev.nestor.table.Chain;
import dev.nestor.table.Columns;
import dev.nestor.table.IntBlocks;
import dev.nestor.table.StateHash;

/** The struct sem_array columns, and the struct sem of all sets in one pool. */
public final class SemArrayTable extends IpcPermTable {
    private static final int SEM = 4; // words of struct sem: semval, sempid, sem_otime low and high
    private static final int SEMPID = 1;
    private static final int OTIME = 2;

    private long[] ctime = new long[initialRows()]; // s since 1970: last semctl that changed it
    private int[] nsems = new int[initialRows()]; // semaphores
    private int[] complexCount = new int[initialRows()]; // pending operations on more than one semaphore
    private byte[] merged = new byte[initialRows()]; // bool; pending alterations are on the list of the set
    private int[] base = new int[initialRows()]; // of its semaphores in the pool
    private final IntBlocks sems;
    private final Chain pending; // operations that wait, earliest first
    private final Chain undos; // latest first

    /** @param semLimit semaphores of all sets together */
    public SemArrayTable(int limit, int semLimit, SemQueueTable queues, SemUndoTable undoTable) {
        super("sem_array", 47, limit);
        sems = new IntBlocks(SEM * semLimit);
        pending = new Chain(this, queues);
        undos = new Chain(this, undoTable);
    }

    /** sem_alloc(): a set of so many semaphores, all zero; NULL at a limit. */
    int create(int count) {
        int block = sems.alloc((long) SEM * count);
        int sma = block == IntBlocks.NONE ? NULL : alloc();
        if (sma != NULL) {
            nsems[row(sma)] = count;
            base[row(sma)] = block;
        } else if (block != IntBlocks.NONE) {
            sems.free(block, SEM * count);
        }
        return sma;
    }

    /** Frees a set whose semaphores keep no pid any more. */
    void destroy(int sma) {
        sems.free(base[row(sma)], SEM * nsems[row(sma)]);
        free(sma);
    }

    private int at(int sma, int num) {
        int row = row(sma);
        assert num >= 0 && num < nsems[row] : num;
        return base[row] + SEM * num;
    }

    public int semval(int sma, int num) {
        return sems.get(at(sma, num));
    }

    void setSemval(int sma, int num, int value) {
        sems.set(at(sma, num), value);
    }

    /** The pid that has changed the semaphore last, held. */
    public int sempid(int sma, int num) {
        return sems.get(at(sma, num) + SEMPID);
    }

    void setSempid(int sma, int num, int pid) {
        sems.set(at(sma, num) + SEMPID, pid);
    }

    /** When the semaphore was operated on: s since 1970. */
    long otime(int sma, int num) {
        int at = at(sma, num) + OTIME;
        return (sems.get(at) & 0xffffffffL) | (long) sems.get(at + 1) << 32;
    }

    void setOtime(int sma, int num, long seconds) {
        int at = at(sma, num) + OTIME;
        sems.set(at, (int) seconds);
        sems.set(at + 1, (int) (seconds >>> 32));
    }

    public long ctime(int sma) {
        return ctime[row(sma)];
    }

    void setCtime(int sma, long value) {
        ctime[row(sma)] = value;
    }

    public int nsems(int sma) {
        return nsems[row(sma)];
    }

    int complexCount(int sma) {
        return complexCount[row(sma)];
    }

    void setComplexCount(int sma, int value) {
        complexCount[row(sma)] = value;
    }

    boolean isMerged(int sma) {
        return merged[row(sma)] != 0;
    }

    void setMerged(int sma, boolean value) {
        merged[row(sma)] = (byte) (value ? 1 : 0);
    }

    Chain pending() {
        return pending;
    }

    Chain undos() {
        return undos;
    }

    void digestSems(StateHash hash) {
        sems.digest(hash);
    }

    @Override
    protected void clearRow(int row) {
        super.clearRow(row);
        ctime[row] = 0;
        nsems[row] = 0;
        complexCount[row] = 0;
        merged[row] = 0;
        base[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        super.columns(columns);
        ctime = columns.longs(ctime);
        nsems = columns.ints(nsems);
        complexCount = columns.ints(complexCount);
        merged = columns.bytes(merged);
        base = columns.ints(base);
    }
}
