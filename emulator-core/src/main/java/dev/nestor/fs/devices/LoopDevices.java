package dev.nestor.fs.devices;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileKinds;
import dev.nestor.fs.FileModes;
import dev.nestor.fs.IovIter;
import dev.nestor.fs.NameTable;
import dev.nestor.fs.Outside;
import dev.nestor.fs.Vfs;
import dev.nestor.table.StateHash;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Loop;
import dev.nestor.uapi.Stat;
import it.unimi.dsi.fastutil.ints.Int2IntOpenHashMap;
import it.unimi.dsi.fastutil.ints.IntArrayList;

/**
 * Loop devices, whose bytes are those of a file: drivers/block/loop.c. They belong to no namespace. What is written goes to the
 * file at once: that the page cache of the device may hold other bytes than the file behind it is not shown.
 */
public final class LoopDevices extends BlockDevices {
    /** dev_t of /dev/loop-control. */
    public static final int CONTROL_DEVICE = 0xaed;

    /** Major number of the block devices. */
    public static final int LOOP_MAJOR = 7;

    /** Devices there are at boot: CONFIG_BLK_DEV_LOOP_MIN_COUNT. */
    public static final int MIN_COUNT = 8;

    static final int LO_UNBOUND = 0;
    static final int LO_BOUND = 1;
    static final int LO_RUNDOWN = 2;

    static final int SECTOR = 512; // bytes
    private static final int PAGE = 4096; // bytes
    private static final int READ_AHEAD = 256; // sectors
    private static final int MAX_MINOR = (1 << 20) - 1;

    private final LoopTable table;
    private final LoopIoctls ioctls;
    private final BlockIoctls blockIoctls;
    private final NameTable names;
    private final Int2IntOpenHashMap byNumber = new Int2IntOpenHashMap();
    private final IntArrayList toPut =
            new IntArrayList(); // backing files of devices that were cleared, as one led to the next
    private final int kind;
    private final int controlKind;
    private boolean isPutting;

    // Where goDown() has come to.
    private int bottom; // file
    private long bottomPos; // bytes
    private long bottomLength; // bytes

    LoopDevices(Vfs vfs, int limit) {
        super(vfs);
        this.table = new LoopTable(limit);
        this.names = vfs.tables.names;
        this.ioctls = new LoopIoctls(this, vfs);
        this.blockIoctls = new BlockIoctls(this, vfs);
        this.kind = vfs.kinds.add(this);
        this.controlKind = vfs.kinds.add(new LoopControl(this));
        for (int i = 0; i < MIN_COUNT; i++) {
            add(i);
        }
    }

    /** The FileOps index of the block devices. */
    int kind() {
        return kind;
    }

    /** The FileOps index of /dev/loop-control. */
    int controlKind() {
        return controlKind;
    }

    public void digest(StateHash hash) {
        table.digest(hash);
    }

    LoopTable table() {
        return table;
    }

    /** loop_add(): the device's number; -EEXIST, -EINVAL, -ENOMEM. A negative number asks for the first that is free. */
    int add(int number) {
        int wanted = number;
        if (number < 0) {
            wanted = 0;
            while (byNumber.containsKey(wanted)) {
                wanted++;
            }
        }
        if (wanted > MAX_MINOR) {
            return -Errno.EINVAL;
        }
        if (byNumber.containsKey(wanted)) {
            return -Errno.EEXIST;
        }
        int lo = table.alloc();
        if (lo == NULL) {
            return -Errno.ENOMEM;
        }
        table.setNumber(lo, wanted);
        table.setBlockSize(lo, SECTOR);
        table.setIoBlock(lo, PAGE);
        table.setReadAhead(lo, READ_AHEAD);
        byNumber.put(wanted, lo);
        return wanted;
    }

    /** loop_control_remove(): 0; -EINVAL, -ENODEV, -EBUSY. */
    int remove(int number) {
        if (number < 0) {
            return -Errno.EINVAL;
        }
        int lo = byNumber.get(number);
        if (lo == NULL) {
            return -Errno.ENODEV;
        }
        if (table.state(lo) != LO_UNBOUND || table.openers(lo) > 0) {
            return -Errno.EBUSY;
        }
        byNumber.remove(number);
        table.free(lo);
        return 0;
    }

    /** loop_control_get_free(): the lowest number of a device that has no file; a new one's where all have. */
    int getFree() {
        int least = Integer.MAX_VALUE;
        for (int row = 1; row < table.rows(); row++) {
            int lo = table.handleInRow(row);
            if (lo != NULL && table.state(lo) == LO_UNBOUND) {
                least = Math.min(least, table.number(lo));
            }
        }
        return least != Integer.MAX_VALUE ? least : add(-1);
    }

    private static int minor(int rdev) {
        return (rdev & 0xff) | (rdev >>> 12 & 0xfff00);
    }

    /** MAJOR() of a dev_t as stat(2) shows it. */
    static int major(int rdev) {
        return rdev >>> 8 & 0xfff;
    }

    /** The device that an inode names; NULL when there is none. */
    int ofDevice(int rdev) {
        return byNumber.get(minor(rdev));
    }

    /** The device that a file is of. */
    int of(int file) {
        return (int) files.datum(file);
    }

    /** is_loop_device(). */
    boolean isLoop(int file) {
        return files.kind(file) == kind;
    }

    /** blkdev_open() and lo_open(): a device that there is not is made; -ENXIO. */
    @Override
    public long open(int task, int file) {
        int rdev = inodes.rdev(files.inode(file));
        if (ofDevice(rdev) == NULL) {
            add(minor(rdev));
        }
        int lo = ofDevice(rdev);
        if (lo == NULL || table.state(lo) == LO_RUNDOWN) {
            return -Errno.ENXIO;
        }
        if (table.openers(lo) == 0) {
            table.setIoBlock(lo, initialBlock(lo));
        }
        table.setOpeners(lo, table.openers(lo) + 1);
        files.setDatum(file, lo);
        return 0;
    }

    /** set_init_blocksize(): the largest that the size is a multiple of, up to a page. */
    private int initialBlock(int lo) {
        int block = table.blockSize(lo);
        while (block < PAGE && (table.size(lo) & block) == 0) {
            block <<= 1;
        }
        return block;
    }

    /** lo_release(): the last to close a device that clears itself, or that is being cleared, does it. */
    @Override
    public void release(int file) {
        int lo = of(file);
        if (lo == NULL) {
            return;
        }
        table.setOpeners(lo, table.openers(lo) - 1);
        boolean clearsItself = (table.flags(lo) & Loop.LO_FLAGS_AUTOCLEAR) != 0 && table.state(lo) == LO_BOUND;
        if (table.openers(lo) == 0 && (clearsItself || table.state(lo) == LO_RUNDOWN)) {
            clear(lo);
        }
    }

    /** __loop_clr_fd(). What the backing file was the last reference to goes one after the other, without a stack. */
    private void clear(int lo) {
        int file = table.file(lo);
        setName(lo, NULL);
        table.setFile(lo, NULL);
        table.setFlags(lo, 0);
        table.setOffset(lo, 0);
        table.setSizeLimit(lo, 0);
        table.setSize(lo, 0);
        table.setBlockSize(lo, SECTOR);
        table.setReadOnly(lo, false);
        table.setState(lo, LO_UNBOUND);
        put(file);
    }

    /** fput() of a backing file. */
    void put(int file) {
        toPut.add(file);
        if (isPutting) {
            return;
        }
        isPutting = true;
        while (!toPut.isEmpty()) {
            vfs.files.put(toPut.popInt());
        }
        isPutting = false;
    }

    /** Sets lo_file_name to a name that is held. */
    void setName(int lo, int name) {
        if (table.name(lo) != NULL) {
            names.put(table.name(lo));
        }
        table.setName(lo, name);
    }

    /** lo_calculate_size(): bytes of whole sectors. */
    long sizeOver(int file, long offset, long limit) {
        long whole = isLoop(file) ? table.size(of(file)) : inodes.size(files.inode(file));
        long left = Math.max(0, whole - offset);
        return (limit > 0 ? Math.min(limit, left) : left) & ~SECTOR_MASK;
    }

    /** loop_validate_file(): 0; -EBADF for a device over itself, -EINVAL for what can't be one's file. */
    int validate(int lo, int file) {
        int at = file;
        while (isLoop(at)) {
            int below = of(at);
            if (below == lo) {
                return -Errno.EBADF;
            }
            if (table.state(below) != LO_BOUND) {
                return -Errno.EINVAL;
            }
            at = table.file(below);
        }
        int type = inodes.mode(files.inode(file)) & Stat.S_IFMT;
        return type == Stat.S_IFREG || type == Stat.S_IFBLK ? 0 : -Errno.EINVAL;
    }

    @Override
    long size(int file) {
        return table.size(of(file));
    }

    @Override
    boolean isReadOnly(int file) {
        int lo = of(file);
        return (table.flags(lo) & Loop.LO_FLAGS_READ_ONLY) != 0 || table.isReadOnly(lo);
    }

    @Override
    long readDevice(int file, IovIter to, long pos) {
        return transfer(of(file), to, pos, true);
    }

    @Override
    long writeDevice(int file, IovIter from, long pos) {
        return transfer(of(file), from, pos, false);
    }

    /**
     * Goes down to the file that is no loop device: {@link #bottom}, with bytes from {@link #bottomPos} on, of which no more are
     * there than {@link #bottomLength}. 0, EIO where one on the way has no file, EOUTSIDE where nobody knows what is in the file.
     */
    private int goDown(int lo, long pos, long length) {
        int at = lo;
        bottomPos = pos;
        bottomLength = length;
        while (true) {
            if (table.state(at) != LO_BOUND) {
                return -Errno.EIO;
            }
            bottomPos += table.offset(at);
            bottom = table.file(at);
            if (!isLoop(bottom)) {
                return files.kind(bottom) == FileKinds.REGULAR ? 0 : -Outside.EOUTSIDE;
            }
            at = of(bottom);
            bottomLength = Math.min(bottomLength, Math.max(0, table.size(at) - bottomPos));
        }
    }

    private long transfer(int lo, IovIter iter, long pos, boolean reads) {
        int error = goDown(lo, pos, iter.remaining());
        if (error != 0) {
            return error;
        }
        iter.truncate(bottomLength);
        int inode = files.inode(bottom);
        if (reads) {
            return vfs.contents.read(inode, iter, bottomPos);
        }
        vfs.inodes.touchMtime(inode);
        return vfs.contents.write(inode, iter, bottomPos);
    }

    @Override
    int zeroDevice(int file, long from, long to) {
        int error = goDown(of(file), from, to - from);
        if (error == 0) {
            vfs.contents.punch(files.inode(bottom), bottomPos, bottomPos + bottomLength);
        }
        return error;
    }

    /** The size of a block that a device likes best, for stat(2); 0 where there is no device. */
    public int ioMin(int rdev) {
        int lo = major(rdev) == LOOP_MAJOR ? ofDevice(rdev) : NULL;
        return lo == NULL ? 0 : table.blockSize(lo);
    }

    /** blkdev_ioctl(). */
    @Override
    public long ioctl(int task, int file, int cmd, long arg) {
        boolean mayWrite = vfs.files.hasMode(file, FileModes.FMODE_WRITE);
        return BlockIoctls.isGeneric(cmd)
                ? blockIoctls.ioctl(task, file, cmd, arg)
                : ioctls.ioctl(task, of(file), mayWrite, cmd, arg);
    }
}
