package dev.nestor.net;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** Files in flight: each row one descriptor of an SCM_RIGHTS message (struct scm_fp_list). */
public final class ScmFileTable extends Table {
    private int[] file = new int[initialRows()]; // file, held
    private int[] uid = new int[initialRows()]; // kuid in whose name it flies

    public ScmFileTable(int limit) {
        super("scm_fp", 59, limit);
    }

    public int file(int row) {
        return file[row(row)];
    }

    void setFile(int row, int value) {
        file[row(row)] = value;
    }

    public int uid(int row) {
        return uid[row(row)];
    }

    void setUid(int row, int value) {
        uid[row(row)] = value;
    }

    @Override
    protected void clearRow(int row) {
        file[row] = 0;
        uid[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        file = columns.ints(file);
        uid = columns.ints(uid);
    }
}
