package dev.nestor.ipc;

import dev.nestor.table.Columns;
import dev.nestor.table.IntBlocks;
import dev.nestor.table.StateHash;
import dev.nestor.table.Table;

/** The struct sem_undo columns: what the end of a process does to one set, and the adjustments in one pool. */
public final class SemUndoTable extends Table {
    private int[] nsems = new int[initialRows()]; // semaphores of the set
    private int[] semadj = new int[initialRows()]; // of the adjustments in the pool
    private final IntBlocks adjustments;

    /** @param adjustmentLimit of all rows together */
    public SemUndoTable(int limit, int adjustmentLimit) {
        super("sem_undo", 49, limit);
        adjustments = new IntBlocks(adjustmentLimit);
    }

    /** A row for a set of so many semaphores, adjusting nothing; NULL at a limit. */
    int create(int count) {
        int block = adjustments.alloc(count);
        int undo = block == IntBlocks.NONE ? NULL : alloc();
        if (undo != NULL) {
            nsems[row(undo)] = count;
            semadj[row(undo)] = block;
        } else if (block != IntBlocks.NONE) {
            adjustments.free(block, count);
        }
        return undo;
    }

    void destroy(int undo) {
        adjustments.free(semadj[row(undo)], nsems[row(undo)]);
        free(undo);
    }

    int semadj(int undo, int num) {
        assert num < nsems[row(undo)] : num;
        return adjustments.get(semadj[row(undo)] + num);
    }

    void setSemadj(int undo, int num, int value) {
        assert num < nsems[row(undo)] : num;
        adjustments.set(semadj[row(undo)] + num, value);
    }

    void digestAdjustments(StateHash hash) {
        adjustments.digest(hash);
    }

    @Override
    protected void clearRow(int row) {
        nsems[row] = 0;
        semadj[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        nsems = columns.ints(nsems);
        semadj = columns.ints(semadj);
    }
}
