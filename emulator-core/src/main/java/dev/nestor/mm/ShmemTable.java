package dev.nestor.mm;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** Anonymous shared objects. */
public final class ShmemTable extends Table {
    private int[] count = new int[initialRows()]; // holders: vmas, System V segments
    private long[] pages = new long[initialRows()]; // size
    private int[] root = new int[initialRows()]; // root of its pages in PageTables; 0 while it has none

    public ShmemTable(int limit) {
        super("shmem", 19, limit);
    }

    public int count(int shmem) {
        return count[row(shmem)];
    }

    void setCount(int shmem, int value) {
        count[row(shmem)] = value;
    }

    public long pages(int shmem) {
        return pages[row(shmem)];
    }

    void setPages(int shmem, long value) {
        pages[row(shmem)] = value;
    }

    public int root(int shmem) {
        return root[row(shmem)];
    }

    void setRoot(int shmem, int value) {
        root[row(shmem)] = value;
    }

    @Override
    protected void clearRow(int row) {
        count[row] = 0;
        pages[row] = 0;
        root[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        count = columns.ints(count);
        pages = columns.longs(pages);
        root = columns.ints(root);
    }
}
