package dev.nestor.ipc;

import dev.nestor.table.Chain;
import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct sem_undo_list columns: what tasks share under CLONE_SYSVSEM. */
public final class SemUndoListTable extends Table {
    private int[] refcnt = new int[initialRows()]; // tasks that have it
    private final Chain undos; // the one used last first

    public SemUndoListTable(int limit, SemUndoTable undoTable) {
        super("sem_undo_list", 50, limit);
        undos = new Chain(this, undoTable);
    }

    public int refcnt(int list) {
        return refcnt[row(list)];
    }

    void setRefcnt(int list, int value) {
        refcnt[row(list)] = value;
    }

    Chain undos() {
        return undos;
    }

    @Override
    protected void clearRow(int row) {
        refcnt[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        refcnt = columns.ints(refcnt);
    }
}
