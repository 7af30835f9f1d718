package dev.nestor.fs;

import dev.nestor.table.Chain;
import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct file_lock columns: a lock that is held, or one that is waited for. */
public final class FileLockTable extends Table {
    private int[] kind = new int[initialRows()]; // FileLocks.POSIX, OFD, FLOCK, or WAITING
    private int[] owner = new int[initialRows()]; // files_struct, or file
    private int[] blocker = new int[initialRows()]; // owner that a waiting one waits for
    private byte[] exclusive = new byte[initialRows()]; // bool; F_WRLCK
    private int[] nr = new int[initialRows()]; // tgid in the root PID namespace
    private long[] start = new long[initialRows()]; // bytes
    private long[] end = new long[initialRows()]; // bytes, inclusive
    private final Chain ofInode; // the locks that are held on an inode

    public FileLockTable(int limit, InodeTable inodes) {
        super("file_lock", 42, limit);
        ofInode = new Chain(inodes, this);
    }

    int kind(int lock) {
        return kind[row(lock)];
    }

    void setKind(int lock, int value) {
        kind[row(lock)] = value;
    }

    int owner(int lock) {
        return owner[row(lock)];
    }

    void setOwner(int lock, int value) {
        owner[row(lock)] = value;
    }

    int blocker(int lock) {
        return blocker[row(lock)];
    }

    void setBlocker(int lock, int value) {
        blocker[row(lock)] = value;
    }

    boolean exclusive(int lock) {
        return exclusive[row(lock)] != 0;
    }

    void setExclusive(int lock, boolean value) {
        exclusive[row(lock)] = (byte) (value ? 1 : 0);
    }

    int nr(int lock) {
        return nr[row(lock)];
    }

    void setNr(int lock, int value) {
        nr[row(lock)] = value;
    }

    long start(int lock) {
        return start[row(lock)];
    }

    void setStart(int lock, long value) {
        start[row(lock)] = value;
    }

    long end(int lock) {
        return end[row(lock)];
    }

    void setEnd(int lock, long value) {
        end[row(lock)] = value;
    }

    /** the locks that are held on an inode */
    Chain ofInode() {
        return ofInode;
    }

    @Override
    protected void clearRow(int row) {
        kind[row] = 0;
        owner[row] = 0;
        blocker[row] = 0;
        exclusive[row] = 0;
        nr[row] = 0;
        start[row] = 0;
        end[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        kind = columns.ints(kind);
        owner = columns.ints(owner);
        blocker = columns.ints(blocker);
        exclusive = columns.bytes(exclusive);
        nr = columns.ints(nr);
        start = columns.longs(start);
        end = columns.longs(end);
    }
}
