package dev.nestor.ipc;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct shm_file_data columns: one attachment of a segment, with all vmas that have come of it. */
public final class ShmFileTable extends Table {
    private int[] count = new int[initialRows()]; // vmas, and the call that is making the first
    private int[] ns = new int[initialRows()]; // ipc_namespace, held
    private int[] shp = new int[initialRows()]; // shmid_kernel, which stays while it is attached

    public ShmFileTable(int limit) {
        super("shm_file_data", 52, limit);
    }

    public int count(int segment) {
        return count[row(segment)];
    }

    void setCount(int segment, int value) {
        count[row(segment)] = value;
    }

    public int ns(int segment) {
        return ns[row(segment)];
    }

    void setNs(int segment, int value) {
        ns[row(segment)] = value;
    }

    public int shp(int segment) {
        return shp[row(segment)];
    }

    void setShp(int segment, int value) {
        shp[row(segment)] = value;
    }

    @Override
    protected void clearRow(int row) {
        count[row] = 0;
        ns[row] = 0;
        shp[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        count = columns.ints(count);
        ns = columns.ints(ns);
        shp = columns.ints(shp);
    }
}
