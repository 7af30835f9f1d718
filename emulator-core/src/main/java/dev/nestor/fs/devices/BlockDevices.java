package dev.nestor.fs.devices;

import dev.nestor.fs.FileOps;
import dev.nestor.fs.FileTable;
import dev.nestor.fs.InodeTable;
import dev.nestor.fs.IovIter;
import dev.nestor.fs.Outside;
import dev.nestor.fs.Vfs;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;

/**
 * Block devices: block/fops.c, as far as their size tells what happens. The inode's datum is the size in sectors, 0 as long as
 * nobody knows it; what is on the device is never known.
 */
public final class BlockDevices implements FileOps {
    /** ioctl(2): the size in bytes. */
    public static final int BLKGETSIZE64 = 0x80081272;

    private static final int SECTOR_SHIFT = 9;
    private static final long SECTOR_MASK = (1 << SECTOR_SHIFT) - 1;
    private static final int FALLOC_FL_KEEP_SIZE = 1;
    private static final int FALLOC_FL_SUPPORTED = 0x13; // KEEP_SIZE, PUNCH_HOLE, ZERO_RANGE

    private final Vfs vfs;
    private final FileTable files;
    private final InodeTable inodes;
    private final int kind;

    public BlockDevices(Vfs vfs) {
        this.vfs = vfs;
        this.files = vfs.tables.files;
        this.inodes = vfs.tables.inodes;
        this.kind = vfs.kinds.add(this);
    }

    /** The FileOps index of these devices. */
    public int kind() {
        return kind;
    }

    private long size(int file) {
        return (inodes.datum(files.inode(file)) & 0xffffffffL) << SECTOR_SHIFT;
    }

    @Override
    public boolean canPoll(int file) {
        return false;
    }

    @Override
    public long read(int task, int file, IovIter to, long pos) {
        return to.remaining() == 0 ? 0 : -Outside.EOUTSIDE;
    }

    /** blkdev_write_iter(). */
    @Override
    public long write(int task, int file, IovIter from, long pos) {
        long size = size(file);
        if (from.remaining() == 0) {
            return 0;
        }
        if (size == 0) {
            return -Outside.EOUTSIDE;
        }
        if (pos >= size) {
            return -Errno.ENOSPC;
        }
        return Math.min(from.skipAll(), size - pos);
    }

    /** blkdev_llseek(). */
    @Override
    public long llseek(int task, int file, long offset, int whence) {
        boolean needsSize = whence != Fcntl.SEEK_SET && whence != Fcntl.SEEK_CUR;
        if (needsSize && size(file) == 0) {
            return -Outside.EOUTSIDE;
        }
        return vfs.readWrite.seekTo(file, offset, whence, size(file));
    }

    @Override
    public long ioctl(int task, int file, int cmd, long arg) {
        if (cmd != BLKGETSIZE64 || size(file) == 0) {
            return -Outside.EOUTSIDE;
        }
        return vfs.below.memory().putLong(vfs.below.tasks().mm(task), arg, size(file));
    }

    /** blkdev_fallocate(): a range on the device, of whole sectors; what is beyond its end is cut off with KEEP_SIZE. */
    @Override
    public long fallocate(int file, int mode, long offset, long length) {
        long size = size(file);
        if ((mode & ~FALLOC_FL_SUPPORTED) != 0) {
            return -Errno.EOPNOTSUPP;
        }
        if (size == 0) {
            return -Outside.EOUTSIDE;
        }
        long end = Math.min(offset + length, size);
        boolean isCut = end < offset + length;
        boolean isOdd = ((offset | end) & SECTOR_MASK) != 0;
        boolean keepsSize = (mode & FALLOC_FL_KEEP_SIZE) != 0;
        return offset >= size || (isCut && !keepsSize) || isOdd ? -Errno.EINVAL : 0;
    }

    /** blkdev_fsync(). */
    @Override
    public long fsync(int file) {
        return 0;
    }
}
