package dev.nestor.fs;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The super_block columns: one row per mounted instance of a file system. */
public final class SuperBlockTable extends Table {
    public static final int SB_RDONLY = 1;
    public static final int SB_SYNCHRONOUS = 0x10;
    public static final int SB_MANDLOCK = 0x40;
    public static final int SB_DIRSYNC = 0x80;
    public static final int SB_LAZYTIME = 1 << 25;

    private int[] count = new int[initialRows()]; // references: mounts, and what keeps it while it is being set up
    private int[] type = new int[initialRows()]; // FsType index
    private int[] dev = new int[initialRows()]; // dev_t that stat shows
    private int[] root = new int[initialRows()]; // dentry
    private int[] userNs = new int[initialRows()]; // user_namespace that its capabilities are asked in
    private int[] pidNs = new int[initialRows()]; // pid_namespace: procfs only
    private long[] nextIno = new long[initialRows()]; // inode number given out last
    private int[] blocksize = new int[initialRows()]; // bytes
    private long[] maxBlocks = new long[initialRows()]; // pages that contents may take; 0 is no limit
    private long[] blocks = new long[initialRows()]; // pages that contents take
    private long[] maxInodes = new long[initialRows()]; // 0 is no limit
    private long[] inodes = new long[initialRows()]; // in use
    private int[] flags = new int[initialRows()]; // SB_RDONLY, SB_SYNCHRONOUS, SB_DIRSYNC, SB_LAZYTIME, SB_MANDLOCK
    private int[] key = new int[initialRows()]; // what its kind has one instance each for: a namespace, not held; or 0
    private int[] unlinked = new int[initialRows()]; // inodes without a name that are still open
    private byte[] hidepid = new byte[initialRows()]; // HIDEPID_*, and PIDONLY: procfs only
    private int[] pidGid = new int[initialRows()]; // kgid from which nothing is hidden: procfs only
    private int[] options = new int[initialRows()]; // name: what mountinfo shows after ro or rw; NULL for none

    public SuperBlockTable(int limit) {
        super("super_block", 32, limit);
    }

    public int count(int sb) {
        return count[row(sb)];
    }

    void setCount(int sb, int value) {
        count[row(sb)] = value;
    }

    public int type(int sb) {
        return type[row(sb)];
    }

    void setType(int sb, int value) {
        type[row(sb)] = value;
    }

    public int dev(int sb) {
        return dev[row(sb)];
    }

    void setDev(int sb, int value) {
        dev[row(sb)] = value;
    }

    public int root(int sb) {
        return root[row(sb)];
    }

    public void setRoot(int sb, int value) {
        root[row(sb)] = value;
    }

    public int userNs(int sb) {
        return userNs[row(sb)];
    }

    void setUserNs(int sb, int value) {
        userNs[row(sb)] = value;
    }

    public int pidNs(int sb) {
        return pidNs[row(sb)];
    }

    public void setPidNs(int sb, int value) {
        pidNs[row(sb)] = value;
    }

    public long nextIno(int sb) {
        return nextIno[row(sb)];
    }

    void setNextIno(int sb, long value) {
        nextIno[row(sb)] = value;
    }

    public int blocksize(int sb) {
        return blocksize[row(sb)];
    }

    public void setBlocksize(int sb, int value) {
        blocksize[row(sb)] = value;
    }

    public long maxBlocks(int sb) {
        return maxBlocks[row(sb)];
    }

    public void setMaxBlocks(int sb, long value) {
        maxBlocks[row(sb)] = value;
    }

    public long blocks(int sb) {
        return blocks[row(sb)];
    }

    void setBlocks(int sb, long value) {
        blocks[row(sb)] = value;
    }

    public long maxInodes(int sb) {
        return maxInodes[row(sb)];
    }

    public void setMaxInodes(int sb, long value) {
        maxInodes[row(sb)] = value;
    }

    public long inodes(int sb) {
        return inodes[row(sb)];
    }

    void setInodes(int sb, long value) {
        inodes[row(sb)] = value;
    }

    public int flags(int sb) {
        return flags[row(sb)];
    }

    public void setFlags(int sb, int value) {
        flags[row(sb)] = value;
    }

    public boolean readOnly(int sb) {
        return (flags[row(sb)] & SB_RDONLY) != 0;
    }

    public void setReadOnly(int sb, boolean value) {
        int row = row(sb);
        flags[row] = value ? flags[row] | SB_RDONLY : flags[row] & ~SB_RDONLY;
    }

    public int key(int sb) {
        return key[row(sb)];
    }

    public void setKey(int sb, int value) {
        key[row(sb)] = value;
    }

    int unlinked(int sb) {
        return unlinked[row(sb)];
    }

    void setUnlinked(int sb, int value) {
        unlinked[row(sb)] = value;
    }

    public int hidepid(int sb) {
        return hidepid[row(sb)];
    }

    public void setHidepid(int sb, int value) {
        hidepid[row(sb)] = (byte) value;
    }

    public int pidGid(int sb) {
        return pidGid[row(sb)];
    }

    public void setPidGid(int sb, int value) {
        pidGid[row(sb)] = value;
    }

    public int options(int sb) {
        return options[row(sb)];
    }

    public void setOptions(int sb, int value) {
        options[row(sb)] = value;
    }

    @Override
    protected void clearRow(int row) {
        count[row] = 0;
        type[row] = 0;
        dev[row] = 0;
        root[row] = 0;
        userNs[row] = 0;
        pidNs[row] = 0;
        nextIno[row] = 0;
        blocksize[row] = 0;
        maxBlocks[row] = 0;
        blocks[row] = 0;
        maxInodes[row] = 0;
        inodes[row] = 0;
        flags[row] = 0;
        key[row] = 0;
        unlinked[row] = 0;
        hidepid[row] = 0;
        pidGid[row] = 0;
        options[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        count = columns.ints(count);
        type = columns.ints(type);
        dev = columns.ints(dev);
        root = columns.ints(root);
        userNs = columns.ints(userNs);
        pidNs = columns.ints(pidNs);
        nextIno = columns.longs(nextIno);
        blocksize = columns.ints(blocksize);
        maxBlocks = columns.longs(maxBlocks);
        blocks = columns.longs(blocks);
        maxInodes = columns.longs(maxInodes);
        inodes = columns.longs(inodes);
        flags = columns.ints(flags);
        key = columns.ints(key);
        unlinked = columns.ints(unlinked);
        hidepid = columns.bytes(hidepid);
        pidGid = columns.ints(pidGid);
        options = columns.ints(options);
    }
}
