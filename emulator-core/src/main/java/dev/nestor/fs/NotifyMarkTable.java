package dev.nestor.fs;

import dev.nestor.table.Chain;
import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct fsnotify_mark columns: what a group wants to hear of one object. */
public final class NotifyMarkTable extends Table {
    private int[] type = new int[initialRows()]; // FsNotify.INODE, MOUNT, SUPER_BLOCK, MNT_NS
    private int[] object = new int[initialRows()]; // of that type; an inode is held
    private int[] wd = new int[initialRows()]; // of inotify: watch descriptor; of dnotify: file
    private int[] mask = new int[initialRows()]; // FS_*
    private int[] ignored = new int[initialRows()]; // of fanotify: FS_* that are not told
    private int[] flags = new int[initialRows()]; // FSNOTIFY_MARK_FLAG_*
    private int[] ucounts = new int[initialRows()]; // ucounts that it is counted in, held, or NULL
    private final Chain ofGroup; // of a group: its marks, oldest first
    private final Chain ofInode; // of an inode: the marks on it
    private final Chain ofMount; // of a mount: the marks on it
    private final Chain ofSuper; // of a super_block: the marks on all its files
    private final Chain ofMntNs; // of a mnt_namespace: the marks on it

    public NotifyMarkTable(
            int limit,
            NotifyGroupTable groups,
            InodeTable inodes,
            MountTable mounts,
            SuperBlockTable supers,
            MntNamespaceTable namespaces) {
        super("fsnotify_mark", 62, limit);
        ofGroup = new Chain(groups, this);
        ofInode = new Chain(inodes, this);
        ofMount = new Chain(mounts, this);
        ofSuper = new Chain(supers, this);
        ofMntNs = new Chain(namespaces, this);
    }

    public int type(int mark) {
        return type[row(mark)];
    }

    public void setType(int mark, int value) {
        type[row(mark)] = value;
    }

    public int object(int mark) {
        return object[row(mark)];
    }

    public void setObject(int mark, int value) {
        object[row(mark)] = value;
    }

    public int wd(int mark) {
        return wd[row(mark)];
    }

    public void setWd(int mark, int value) {
        wd[row(mark)] = value;
    }

    public int mask(int mark) {
        return mask[row(mark)];
    }

    public void setMask(int mark, int value) {
        mask[row(mark)] = value;
    }

    public int ignored(int mark) {
        return ignored[row(mark)];
    }

    public void setIgnored(int mark, int value) {
        ignored[row(mark)] = value;
    }

    public int flags(int mark) {
        return flags[row(mark)];
    }

    public void setFlags(int mark, int value) {
        flags[row(mark)] = value;
    }

    public int ucounts(int mark) {
        return ucounts[row(mark)];
    }

    public void setUcounts(int mark, int value) {
        ucounts[row(mark)] = value;
    }

    public Chain ofGroup() {
        return ofGroup;
    }

    public Chain ofInode() {
        return ofInode;
    }

    public Chain ofMount() {
        return ofMount;
    }

    public Chain ofSuper() {
        return ofSuper;
    }

    public Chain ofMntNs() {
        return ofMntNs;
    }

    @Override
    protected void clearRow(int row) {
        type[row] = 0;
        object[row] = 0;
        wd[row] = 0;
        mask[row] = 0;
        ignored[row] = 0;
        flags[row] = 0;
        ucounts[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        type = columns.ints(type);
        object = columns.ints(object);
        wd = columns.ints(wd);
        mask = columns.ints(mask);
        ignored = columns.ints(ignored);
        flags = columns.ints(flags);
        ucounts = columns.ints(ucounts);
    }
}
