package dev.nestor.fs;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The inode columns. What kind of object it is says {@link #mode}; what stands behind it says {@link #handle}. */
public final class InodeTable extends Table {
    private int[] count = new int[initialRows()]; // references: dentries, and what looks at it
    private int[] mode = new int[initialRows()]; // S_IF* and permission bits
    private int[] uid = new int[initialRows()]; // kuid
    private int[] gid = new int[initialRows()]; // kgid
    private int[] nlink = new int[initialRows()]; // links
    private int[] flags = new int[initialRows()]; // S_* and what is not known of it
    private long[] size = new long[initialRows()]; // bytes
    private int[] rdev = new int[initialRows()]; // dev_t of a device node
    private long[] ino = new long[initialRows()]; // number that stat shows
    private int[] sb = new int[initialRows()]; // super_block
    private int[] dev = new int[initialRows()]; // dev_t that stat shows, from its super_block unless learned
    private int[] blksize = new int[initialRows()]; // bytes, from its super_block unless learned
    private long[] blocks = new long[initialRows()]; // blocks of 512 bytes, where learned; -1 where not known
    private long[] atime = new long[initialRows()]; // ns since 1970
    private long[] mtime = new long[initialRows()]; // ns since 1970
    private long[] ctime = new long[initialRows()]; // ns since 1970
    private int[] link = new int[initialRows()]; // name: where a symlink leads
    private int[] pages = new int[initialRows()]; // page_tree of the contents; 0 for none
    private long[] nrPages = new long[initialRows()]; // pages that the contents take
    private int[] datum = new int[initialRows()]; // what the file system keeps: entry, namespace type
    private int[] handle = new int[initialRows()]; // what stands behind it: pipe, namespace, pid
    private int[] writeCount = new int[initialRows()]; // open for writing; negative: being executed
    private int[] dirOffset = new int[initialRows()]; // the position that the next entry of a directory gets

    public InodeTable(int limit) {
        super("inode", 33, limit);
    }

    public int count(int inode) {
        return count[row(inode)];
    }

    void setCount(int inode, int value) {
        count[row(inode)] = value;
    }

    public int mode(int inode) {
        return mode[row(inode)];
    }

    public void setMode(int inode, int value) {
        mode[row(inode)] = value;
    }

    public int uid(int inode) {
        return uid[row(inode)];
    }

    public void setUid(int inode, int value) {
        uid[row(inode)] = value;
    }

    public int gid(int inode) {
        return gid[row(inode)];
    }

    public void setGid(int inode, int value) {
        gid[row(inode)] = value;
    }

    public int nlink(int inode) {
        return nlink[row(inode)];
    }

    public void setNlink(int inode, int value) {
        nlink[row(inode)] = value;
    }

    public int flags(int inode) {
        return flags[row(inode)];
    }

    public void setFlags(int inode, int value) {
        flags[row(inode)] = value;
    }

    public long size(int inode) {
        return size[row(inode)];
    }

    public void setSize(int inode, long value) {
        size[row(inode)] = value;
    }

    public int rdev(int inode) {
        return rdev[row(inode)];
    }

    public void setRdev(int inode, int value) {
        rdev[row(inode)] = value;
    }

    public long ino(int inode) {
        return ino[row(inode)];
    }

    public void setIno(int inode, long value) {
        ino[row(inode)] = value;
    }

    public int sb(int inode) {
        return sb[row(inode)];
    }

    public void setSb(int inode, int value) {
        sb[row(inode)] = value;
    }

    public int dev(int inode) {
        return dev[row(inode)];
    }

    public void setDev(int inode, int value) {
        dev[row(inode)] = value;
    }

    public int blksize(int inode) {
        return blksize[row(inode)];
    }

    public void setBlksize(int inode, int value) {
        blksize[row(inode)] = value;
    }

    public long blocks(int inode) {
        return blocks[row(inode)];
    }

    void setBlocks(int inode, long value) {
        blocks[row(inode)] = value;
    }

    public long atime(int inode) {
        return atime[row(inode)];
    }

    public void setAtime(int inode, long value) {
        atime[row(inode)] = value;
    }

    public long mtime(int inode) {
        return mtime[row(inode)];
    }

    public void setMtime(int inode, long value) {
        mtime[row(inode)] = value;
    }

    public long ctime(int inode) {
        return ctime[row(inode)];
    }

    public void setCtime(int inode, long value) {
        ctime[row(inode)] = value;
    }

    public int link(int inode) {
        return link[row(inode)];
    }

    public void setLink(int inode, int value) {
        link[row(inode)] = value;
    }

    public int pages(int inode) {
        return pages[row(inode)];
    }

    void setPages(int inode, int value) {
        pages[row(inode)] = value;
    }

    public long nrPages(int inode) {
        return nrPages[row(inode)];
    }

    void setNrPages(int inode, long value) {
        nrPages[row(inode)] = value;
    }

    public int datum(int inode) {
        return datum[row(inode)];
    }

    public void setDatum(int inode, int value) {
        datum[row(inode)] = value;
    }

    public int handle(int inode) {
        return handle[row(inode)];
    }

    public void setHandle(int inode, int value) {
        handle[row(inode)] = value;
    }

    public int writeCount(int inode) {
        return writeCount[row(inode)];
    }

    void setWriteCount(int inode, int value) {
        writeCount[row(inode)] = value;
    }

    public int dirOffset(int inode) {
        return dirOffset[row(inode)];
    }

    public void setDirOffset(int inode, int value) {
        dirOffset[row(inode)] = value;
    }

    @Override
    protected void clearRow(int row) {
        count[row] = 0;
        mode[row] = 0;
        uid[row] = 0;
        gid[row] = 0;
        nlink[row] = 0;
        flags[row] = 0;
        size[row] = 0;
        rdev[row] = 0;
        ino[row] = 0;
        sb[row] = 0;
        dev[row] = 0;
        blksize[row] = 0;
        blocks[row] = 0;
        atime[row] = 0;
        mtime[row] = 0;
        ctime[row] = 0;
        link[row] = 0;
        pages[row] = 0;
        nrPages[row] = 0;
        datum[row] = 0;
        handle[row] = 0;
        writeCount[row] = 0;
        dirOffset[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        count = columns.ints(count);
        mode = columns.ints(mode);
        uid = columns.ints(uid);
        gid = columns.ints(gid);
        nlink = columns.ints(nlink);
        flags = columns.ints(flags);
        size = columns.longs(size);
        rdev = columns.ints(rdev);
        ino = columns.longs(ino);
        sb = columns.ints(sb);
        dev = columns.ints(dev);
        blksize = columns.ints(blksize);
        blocks = columns.longs(blocks);
        atime = columns.longs(atime);
        mtime = columns.longs(mtime);
        ctime = columns.longs(ctime);
        link = columns.ints(link);
        pages = columns.ints(pages);
        nrPages = columns.longs(nrPages);
        datum = columns.ints(datum);
        handle = columns.ints(handle);
        writeCount = columns.ints(writeCount);
        dirOffset = columns.ints(dirOffset);
    }
}
