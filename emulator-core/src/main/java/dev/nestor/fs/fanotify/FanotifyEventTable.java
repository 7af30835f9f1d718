package dev.nestor.fs.fanotify;

import dev.nestor.fs.NotifyGroupTable;
import dev.nestor.table.Chain;
import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct fanotify_event columns: an event that nobody has read yet. */
public final class FanotifyEventTable extends Table {
    private byte[] type = new byte[initialRows()]; // what it tells of: Fanotifies.PATH, FID, NAME, MNT, OVERFLOW
    private int[] mask = new int[initialRows()]; // FAN_*
    private int[] pid = new int[initialRows()]; // pid of who did it, held; NULL for none
    private int[] mnt = new int[initialRows()]; // mount of a path, held
    private int[] dentry = new int[initialRows()]; // dentry of a path, held
    private int[] object =
            new int[initialRows()]; // name, held: file system and handle of the inode it happened to; NULL for none
    private int[] dir = new int[initialRows()]; // name, held: the same of the directory; NULL for none
    private int[] dirName = new int[initialRows()]; // name, held, in that directory; NULL for none
    private int[] newDir =
            new int[initialRows()]; // name, held: the same of the directory that a rename led to; NULL for none
    private int[] newName = new int[initialRows()]; // name, held, in that directory; NULL for none
    private long[] mntId = new long[initialRows()]; // unique id of a mount
    private final Chain queue; // of a group: its events, oldest first

    FanotifyEventTable(int limit, NotifyGroupTable groups) {
        super("fanotify_event", 71, limit);
        queue = new Chain(groups, this);
    }

    int type(int event) {
        return type[row(event)];
    }

    void setType(int event, int value) {
        type[row(event)] = (byte) value;
    }

    int mask(int event) {
        return mask[row(event)];
    }

    void setMask(int event, int value) {
        mask[row(event)] = value;
    }

    public int pid(int event) {
        return pid[row(event)];
    }

    void setPid(int event, int value) {
        pid[row(event)] = value;
    }

    public int mnt(int event) {
        return mnt[row(event)];
    }

    void setMnt(int event, int value) {
        mnt[row(event)] = value;
    }

    int dentry(int event) {
        return dentry[row(event)];
    }

    void setDentry(int event, int value) {
        dentry[row(event)] = value;
    }

    int object(int event) {
        return object[row(event)];
    }

    void setObject(int event, int value) {
        object[row(event)] = value;
    }

    int dir(int event) {
        return dir[row(event)];
    }

    void setDir(int event, int value) {
        dir[row(event)] = value;
    }

    int dirName(int event) {
        return dirName[row(event)];
    }

    void setDirName(int event, int value) {
        dirName[row(event)] = value;
    }

    int newDir(int event) {
        return newDir[row(event)];
    }

    void setNewDir(int event, int value) {
        newDir[row(event)] = value;
    }

    int newName(int event) {
        return newName[row(event)];
    }

    void setNewName(int event, int value) {
        newName[row(event)] = value;
    }

    long mntId(int event) {
        return mntId[row(event)];
    }

    void setMntId(int event, long value) {
        mntId[row(event)] = value;
    }

    Chain queue() {
        return queue;
    }

    @Override
    protected void clearRow(int row) {
        type[row] = 0;
        mask[row] = 0;
        pid[row] = 0;
        mnt[row] = 0;
        dentry[row] = 0;
        object[row] = 0;
        dir[row] = 0;
        dirName[row] = 0;
        newDir[row] = 0;
        newName[row] = 0;
        mntId[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        type = columns.bytes(type);
        mask = columns.ints(mask);
        pid = columns.ints(pid);
        mnt = columns.ints(mnt);
        dentry = columns.ints(dentry);
        object = columns.ints(object);
        dir = columns.ints(dir);
        dirName = columns.ints(dirName);
        newDir = columns.ints(newDir);
        newName = columns.ints(newName);
        mntId = columns.longs(mntId);
    }
}
