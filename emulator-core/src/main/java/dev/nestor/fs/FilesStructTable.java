package dev.nestor.fs;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The files_struct columns: a table of descriptors, shared by the tasks that were cloned with CLONE_FILES. */
public final class FilesStructTable extends Table {
    private int[] count = new int[initialRows()]; // tasks
    private int[] base = new int[initialRows()]; // where its descriptors begin in FdArrays
    private int[] maxFds = new int[initialRows()]; // descriptors it has room for
    private int[] nextFd = new int[initialRows()]; // no lower descriptor is free

    public FilesStructTable(int limit) {
        super("files_struct", 36, limit);
    }

    public int count(int files) {
        return count[row(files)];
    }

    void setCount(int files, int value) {
        count[row(files)] = value;
    }

    public int base(int files) {
        return base[row(files)];
    }

    void setBase(int files, int value) {
        base[row(files)] = value;
    }

    public int maxFds(int files) {
        return maxFds[row(files)];
    }

    void setMaxFds(int files, int value) {
        maxFds[row(files)] = value;
    }

    public int nextFd(int files) {
        return nextFd[row(files)];
    }

    void setNextFd(int files, int value) {
        nextFd[row(files)] = value;
    }

    @Override
    protected void clearRow(int row) {
        count[row] = 0;
        base[row] = 0;
        maxFds[row] = 0;
        nextFd[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        count = columns.ints(count);
        base = columns.ints(base);
        maxFds = columns.ints(maxFds);
        nextFd = columns.ints(nextFd);
    }
}
