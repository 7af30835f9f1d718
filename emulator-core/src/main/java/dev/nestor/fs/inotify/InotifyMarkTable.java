package dev.nestor.fs.inotify;

import dev.nestor.fs.InodeTable;
import dev.nestor.table.Chain;
import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct inotify_inode_mark columns: a watch. */
final class InotifyMarkTable extends Table {
    private int[] inode = new int[initialRows()]; // held
    private int[] wd = new int[initialRows()]; // watch descriptor
    private int[] mask = new int[initialRows()]; // IN_*
    private final Chain ofGroup; // of an instance: its watches, oldest first
    private final Chain ofInode; // of an inode: the watches on it

    InotifyMarkTable(int limit, InotifyTable groups, InodeTable inodes) {
        super("inotify_inode_mark", 62, limit);
        ofGroup = new Chain(groups, this);
        ofInode = new Chain(inodes, this);
    }

    int inode(int mark) {
        return inode[row(mark)];
    }

    void setInode(int mark, int value) {
        inode[row(mark)] = value;
    }

    int wd(int mark) {
        return wd[row(mark)];
    }

    void setWd(int mark, int value) {
        wd[row(mark)] = value;
    }

    int mask(int mark) {
        return mask[row(mark)];
    }

    void setMask(int mark, int value) {
        mask[row(mark)] = value;
    }

    Chain ofGroup() {
        return ofGroup;
    }

    Chain ofInode() {
        return ofInode;
    }

    @Override
    protected void clearRow(int row) {
        inode[row] = 0;
        wd[row] = 0;
        mask[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        inode = columns.ints(inode);
        wd = columns.ints(wd);
        mask = columns.ints(mask);
    }
}
