package dev.nestor.fs;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct file columns: what a descriptor refers to, shared by its duplicates. */
public final class FileTable extends Table {
    private int[] count = new int[initialRows()]; // references: descriptors, calls under way
    private int[] mnt = new int[initialRows()]; // mount
    private int[] dentry = new int[initialRows()]; // dentry
    private int[] inode = new int[initialRows()]; // inode
    private int[] kind = new int[initialRows()]; // FileOps index
    private int[] flags = new int[initialRows()]; // O_*
    private int[] mode = new int[initialRows()]; // FMODE_*
    private long[] pos = new long[initialRows()]; // bytes; of a directory, an entry's position
    private int[] cred = new int[initialRows()]; // cred of the opener
    private int[] handle = new int[initialRows()]; // what its FileOps keeps
    private long[] datum = new long[initialRows()]; // what its FileOps keeps
    private int[] ownerPid = new int[initialRows()]; // pid that SIGIO goes to; NULL for none
    private int[] ownerType = new int[initialRows()]; // PIDTYPE_*
    private int[] ownerUid = new int[initialRows()]; // kuid of who set the owner
    private int[] ownerEuid = new int[initialRows()]; // kuid of who set the owner
    private int[] signum = new int[initialRows()]; // signal in place of SIGIO, or 0
    private int[] fasyncFd = new int[initialRows()]; // descriptor that FASYNC was set by

    public FileTable(int limit) {
        super("file", 35, limit);
    }

    public int count(int file) {
        return count[row(file)];
    }

    void setCount(int file, int value) {
        count[row(file)] = value;
    }

    public int mnt(int file) {
        return mnt[row(file)];
    }

    void setMnt(int file, int value) {
        mnt[row(file)] = value;
    }

    public int dentry(int file) {
        return dentry[row(file)];
    }

    void setDentry(int file, int value) {
        dentry[row(file)] = value;
    }

    public int inode(int file) {
        return inode[row(file)];
    }

    void setInode(int file, int value) {
        inode[row(file)] = value;
    }

    public int kind(int file) {
        return kind[row(file)];
    }

    public void setKind(int file, int value) {
        kind[row(file)] = value;
    }

    public int flags(int file) {
        return flags[row(file)];
    }

    public void setFlags(int file, int value) {
        flags[row(file)] = value;
    }

    public int mode(int file) {
        return mode[row(file)];
    }

    public void setMode(int file, int value) {
        mode[row(file)] = value;
    }

    public long pos(int file) {
        return pos[row(file)];
    }

    public void setPos(int file, long value) {
        pos[row(file)] = value;
    }

    public int cred(int file) {
        return cred[row(file)];
    }

    void setCred(int file, int value) {
        cred[row(file)] = value;
    }

    public int handle(int file) {
        return handle[row(file)];
    }

    public void setHandle(int file, int value) {
        handle[row(file)] = value;
    }

    public long datum(int file) {
        return datum[row(file)];
    }

    public void setDatum(int file, long value) {
        datum[row(file)] = value;
    }

    public int ownerPid(int file) {
        return ownerPid[row(file)];
    }

    void setOwnerPid(int file, int value) {
        ownerPid[row(file)] = value;
    }

    public int ownerType(int file) {
        return ownerType[row(file)];
    }

    void setOwnerType(int file, int value) {
        ownerType[row(file)] = value;
    }

    public int ownerUid(int file) {
        return ownerUid[row(file)];
    }

    void setOwnerUid(int file, int value) {
        ownerUid[row(file)] = value;
    }

    public int ownerEuid(int file) {
        return ownerEuid[row(file)];
    }

    void setOwnerEuid(int file, int value) {
        ownerEuid[row(file)] = value;
    }

    public int signum(int file) {
        return signum[row(file)];
    }

    public void setSignum(int file, int value) {
        signum[row(file)] = value;
    }

    public int fasyncFd(int file) {
        return fasyncFd[row(file)];
    }

    public void setFasyncFd(int file, int value) {
        fasyncFd[row(file)] = value;
    }

    @Override
    protected void clearRow(int row) {
        count[row] = 0;
        mnt[row] = 0;
        dentry[row] = 0;
        inode[row] = 0;
        kind[row] = 0;
        flags[row] = 0;
        mode[row] = 0;
        pos[row] = 0;
        cred[row] = 0;
        handle[row] = 0;
        datum[row] = 0;
        ownerPid[row] = 0;
        ownerType[row] = 0;
        ownerUid[row] = 0;
        ownerEuid[row] = 0;
        signum[row] = 0;
        fasyncFd[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        count = columns.ints(count);
        mnt = columns.ints(mnt);
        dentry = columns.ints(dentry);
        inode = columns.ints(inode);
        kind = columns.ints(kind);
        flags = columns.ints(flags);
        mode = columns.ints(mode);
        pos = columns.longs(pos);
        cred = columns.ints(cred);
        handle = columns.ints(handle);
        datum = columns.longs(datum);
        ownerPid = columns.ints(ownerPid);
        ownerType = columns.ints(ownerType);
        ownerUid = columns.ints(ownerUid);
        ownerEuid = columns.ints(ownerEuid);
        signum = columns.ints(signum);
        fasyncFd = columns.ints(fasyncFd);
    }
}
