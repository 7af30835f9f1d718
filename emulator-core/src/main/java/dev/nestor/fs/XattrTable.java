package dev.nestor.fs;

import dev.nestor.table.Chain;
import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct simple_xattr columns: one extended attribute of an inode. */
final class XattrTable extends Table {
    private int[] name = new int[initialRows()]; // name, held
    private int[] value = new int[initialRows()]; // its bytes, kept as names are; held
    private final Chain ofInode; // of an inode: those it has, last in the order of their names first

    XattrTable(int limit, InodeTable inodes) {
        super("simple_xattr", 60, limit);
        ofInode = new Chain(inodes, this);
    }

    int name(int xattr) {
        return name[row(xattr)];
    }

    void setName(int xattr, int handle) {
        name[row(xattr)] = handle;
    }

    int value(int xattr) {
        return value[row(xattr)];
    }

    void setValue(int xattr, int handle) {
        value[row(xattr)] = handle;
    }

    /** The attributes of an inode, in descending order of their names, as they are listed. */
    Chain ofInode() {
        return ofInode;
    }

    @Override
    protected void clearRow(int row) {
        name[row] = 0;
        value[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        name = columns.ints(name);
        value = columns.ints(value);
    }
}
