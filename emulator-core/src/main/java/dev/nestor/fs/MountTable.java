package dev.nestor.fs;

import dev.nestor.table.Chain;
import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct mount columns: a tree of dentries attached to another tree at a mount point. */
public final class MountTable extends Table {
    private int[] count = new int[initialRows()]; // references: one until it is unmounted, and paths
    private int[] parent = new int[initialRows()]; // mount; NULL at the top and when it is not attached
    private int[] mountpoint = new int[initialRows()]; // dentry in the parent's tree; NULL at the top
    private int[] root = new int[initialRows()]; // dentry
    private int[] sb = new int[initialRows()]; // super_block
    private int[] ns = new int[initialRows()]; // mnt_namespace; NULL for the kernel's own mounts and once unmounted
    private int[] prevNs = new int[initialRows()]; // mnt_namespace that its watchers know it to be in; NULL for none
    private int[] id = new int[initialRows()]; // mount id, the lowest free one
    private long[] idUnique = new long[initialRows()]; // mount id that is never given out again
    private int[] flags = new int[initialRows()]; // MNT_*
    private int[] propagation = new int[initialRows()]; // SHARED, UNBINDABLE, and marks of an operation under way
    private int[] group = new int[initialRows()]; // peer group id; 0 for none
    private int[] master = new int[initialRows()]; // mount that a slave receives from; NULL for none
    private byte[] expiryMark = new byte[initialRows()]; // bool; unused since umount2(MNT_EXPIRE) looked
    private int[] source = new int[initialRows()]; // name: what mountinfo calls its device
    private int[] nextPeer = new int[initialRows()]; // mount: the ring of its peer group; itself when alone
    private int[] prevPeer = new int[initialRows()]; // mount
    private int[] writers = new int[initialRows()]; // files open for writing
    private int[] lockedChildren = new int[initialRows()]; // mounts on it that are MNT_LOCKED
    private int[] idmap = new int[initialRows()]; // user_namespace whose maps it shows owners by; NULL for none
    private final Chain children = new Chain(this, this); // mnt_mounts
    private final Chain slaves = new Chain(this, this); // mnt_slave_list
    private final Chain instances; // s_mounts, in order of creation
    private final Chain onDentry; // m_list

    MountTable(int limit, SuperBlockTable superBlocks, DentryTable dentries) {
        super("mount", 38, limit);
        instances = new Chain(superBlocks, this);
        onDentry = new Chain(dentries, this);
    }

    public int count(int mnt) {
        return count[row(mnt)];
    }

    void setCount(int mnt, int value) {
        count[row(mnt)] = value;
    }

    public int parent(int mnt) {
        return parent[row(mnt)];
    }

    void setParent(int mnt, int value) {
        int row = row(mnt);
        if (isLocked(flags[row])) {
            countLocked(parent[row], -1);
            countLocked(value, 1);
        }
        parent[row] = value;
    }

    public int mountpoint(int mnt) {
        return mountpoint[row(mnt)];
    }

    void setMountpoint(int mnt, int value) {
        mountpoint[row(mnt)] = value;
    }

    public int root(int mnt) {
        return root[row(mnt)];
    }

    void setRoot(int mnt, int value) {
        root[row(mnt)] = value;
    }

    public int sb(int mnt) {
        return sb[row(mnt)];
    }

    void setSb(int mnt, int value) {
        sb[row(mnt)] = value;
    }

    public int ns(int mnt) {
        return ns[row(mnt)];
    }

    void setNs(int mnt, int value) {
        ns[row(mnt)] = value;
    }

    int prevNs(int mnt) {
        return prevNs[row(mnt)];
    }

    void setPrevNs(int mnt, int value) {
        prevNs[row(mnt)] = value;
    }

    public int id(int mnt) {
        return id[row(mnt)];
    }

    void setId(int mnt, int value) {
        id[row(mnt)] = value;
    }

    public long idUnique(int mnt) {
        return idUnique[row(mnt)];
    }

    void setIdUnique(int mnt, long value) {
        idUnique[row(mnt)] = value;
    }

    public int flags(int mnt) {
        return flags[row(mnt)];
    }

    public void setFlags(int mnt, int value) {
        int row = row(mnt);
        if (isLocked(value) != isLocked(flags[row])) {
            countLocked(parent[row], isLocked(value) ? 1 : -1);
        }
        flags[row] = value;
    }

    private static boolean isLocked(int flags) {
        return (flags & MountFlags.MNT_LOCKED) != 0;
    }

    private void countLocked(int of, int change) {
        if (of != NULL) {
            lockedChildren[row(of)] += change;
        }
    }

    /** How many of the mounts on it are locked there: with none of them, nobody need look at each. */
    public int lockedChildren(int mnt) {
        return lockedChildren[row(mnt)];
    }

    public int propagation(int mnt) {
        return propagation[row(mnt)];
    }

    public void setPropagation(int mnt, int value) {
        propagation[row(mnt)] = value;
    }

    public int group(int mnt) {
        return group[row(mnt)];
    }

    public void setGroup(int mnt, int value) {
        group[row(mnt)] = value;
    }

    public int master(int mnt) {
        return master[row(mnt)];
    }

    public void setMaster(int mnt, int value) {
        master[row(mnt)] = value;
    }

    public boolean expiryMark(int mnt) {
        return expiryMark[row(mnt)] != 0;
    }

    void setExpiryMark(int mnt, boolean value) {
        expiryMark[row(mnt)] = (byte) (value ? 1 : 0);
    }

    public int source(int mnt) {
        return source[row(mnt)];
    }

    void setSource(int mnt, int value) {
        source[row(mnt)] = value;
    }

    public int nextPeer(int mnt) {
        return nextPeer[row(mnt)];
    }

    void setNextPeer(int mnt, int value) {
        nextPeer[row(mnt)] = value;
    }

    public int prevPeer(int mnt) {
        return prevPeer[row(mnt)];
    }

    void setPrevPeer(int mnt, int value) {
        prevPeer[row(mnt)] = value;
    }

    public int writers(int mnt) {
        return writers[row(mnt)];
    }

    void setWriters(int mnt, int value) {
        writers[row(mnt)] = value;
    }

    public int idmap(int mnt) {
        return idmap[row(mnt)];
    }

    void setIdmap(int mnt, int value) {
        idmap[row(mnt)] = value;
    }

    public Chain children() {
        return children;
    }

    public Chain slaves() {
        return slaves;
    }

    /** The mounts of each super block. */
    public Chain instances() {
        return instances;
    }

    /** The mounts that have each dentry for their mount point. */
    public Chain onDentry() {
        return onDentry;
    }

    @Override
    protected void clearRow(int row) {
        count[row] = 0;
        parent[row] = 0;
        mountpoint[row] = 0;
        root[row] = 0;
        sb[row] = 0;
        ns[row] = 0;
        prevNs[row] = 0;
        id[row] = 0;
        idUnique[row] = 0;
        flags[row] = 0;
        propagation[row] = 0;
        group[row] = 0;
        master[row] = 0;
        expiryMark[row] = 0;
        source[row] = 0;
        nextPeer[row] = 0;
        prevPeer[row] = 0;
        writers[row] = 0;
        lockedChildren[row] = 0;
        idmap[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        count = columns.ints(count);
        parent = columns.ints(parent);
        mountpoint = columns.ints(mountpoint);
        root = columns.ints(root);
        sb = columns.ints(sb);
        ns = columns.ints(ns);
        prevNs = columns.ints(prevNs);
        id = columns.ints(id);
        idUnique = columns.longs(idUnique);
        flags = columns.ints(flags);
        propagation = columns.ints(propagation);
        group = columns.ints(group);
        master = columns.ints(master);
        expiryMark = columns.bytes(expiryMark);
        source = columns.ints(source);
        nextPeer = columns.ints(nextPeer);
        prevPeer = columns.ints(prevPeer);
        writers = columns.ints(writers);
        lockedChildren = columns.ints(lockedChildren);
        idmap = columns.ints(idmap);
    }
}
