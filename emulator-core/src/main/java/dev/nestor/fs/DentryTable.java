package dev.nestor.fs;

import dev.nestor.table.Chain;
import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The dentry columns: a name in a directory, and the inode it leads to. A dentry holds its parent, its name and its inode. */
public final class DentryTable extends Table {
    private int[] count = new int
            [initialRows()]; // references: children, mounts, open files, and one while it is listed in a directory that
    // lasts
    private int[] name = new int[initialRows()]; // name
    private int[] parent = new int[initialRows()]; // dentry; NULL for a root
    private int[] inode = new int[initialRows()]; // inode; NULL for a name known to be absent
    private int[] sb = new int[initialRows()]; // super_block
    private int[] mounted = new int[initialRows()]; // mounts on it, in all namespaces
    private byte[] hashed = new byte[initialRows()]; // bool; found by lookup
    private byte[] pinned = new byte[initialRows()]; // bool; holds a reference on itself while it is hashed
    private int[] offset = new int[initialRows()]; // its position in the directory
    private final Chain children = new Chain(this, this); // of a directory, oldest first

    public DentryTable(int limit) {
        super("dentry", 34, limit);
    }

    public int count(int dentry) {
        return count[row(dentry)];
    }

    void setCount(int dentry, int value) {
        count[row(dentry)] = value;
    }

    public int name(int dentry) {
        return name[row(dentry)];
    }

    void setName(int dentry, int value) {
        name[row(dentry)] = value;
    }

    public int parent(int dentry) {
        return parent[row(dentry)];
    }

    void setParent(int dentry, int value) {
        parent[row(dentry)] = value;
    }

    public int inode(int dentry) {
        return inode[row(dentry)];
    }

    void setInode(int dentry, int value) {
        inode[row(dentry)] = value;
    }

    public int sb(int dentry) {
        return sb[row(dentry)];
    }

    void setSb(int dentry, int value) {
        sb[row(dentry)] = value;
    }

    public int mounted(int dentry) {
        return mounted[row(dentry)];
    }

    void setMounted(int dentry, int value) {
        mounted[row(dentry)] = value;
    }

    public boolean hashed(int dentry) {
        return hashed[row(dentry)] != 0;
    }

    void setHashed(int dentry, boolean value) {
        hashed[row(dentry)] = (byte) (value ? 1 : 0);
    }

    public boolean pinned(int dentry) {
        return pinned[row(dentry)] != 0;
    }

    void setPinned(int dentry, boolean value) {
        pinned[row(dentry)] = (byte) (value ? 1 : 0);
    }

    public int offset(int dentry) {
        return offset[row(dentry)];
    }

    void setOffset(int dentry, int value) {
        offset[row(dentry)] = value;
    }

    public Chain children() {
        return children;
    }

    @Override
    protected void clearRow(int row) {
        count[row] = 0;
        name[row] = 0;
        parent[row] = 0;
        inode[row] = 0;
        sb[row] = 0;
        mounted[row] = 0;
        hashed[row] = 0;
        pinned[row] = 0;
        offset[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        count = columns.ints(count);
        name = columns.ints(name);
        parent = columns.ints(parent);
        inode = columns.ints(inode);
        sb = columns.ints(sb);
        mounted = columns.ints(mounted);
        hashed = columns.bytes(hashed);
        pinned = columns.bytes(pinned);
        offset = columns.ints(offset);
    }
}
