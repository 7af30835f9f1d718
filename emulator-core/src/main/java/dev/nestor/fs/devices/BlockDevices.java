package dev.nestor.fs.devices;

import dev.nestor.fs.FileOps;
import dev.nestor.fs.FileTable;
import dev.nestor.fs.InodeTable;
import dev.nestor.fs.IovIter;
import dev.nestor.fs.Outside;
import dev.nestor.fs.Vfs;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;

/** Files of block devices: block/fops.c, over what a driver has. */
abstract class BlockDevices implements FileOps {
    static final int SECTOR_SHIFT = 9;
    static final long SECTOR_MASK = (1 << SECTOR_SHIFT) - 1;

    private static final int FALLOC_FL_KEEP_SIZE = 1;
    private static final int FALLOC_FL_SUPPORTED = 0x13; // KEEP_SIZE, PUNCH_HOLE, ZERO_RANGE

    final Vfs vfs;
    final FileTable files;
    final InodeTable inodes;

    BlockDevices(Vfs vfs) {
        this.vfs = vfs;
        this.files = vfs.tables.files;
        this.inodes = vfs.tables.inodes;
    }

    /** bdev_nr_bytes(): bytes of whole sectors, or -EOUTSIDE. */
    abstract long size(int file);

    /** bdev_read_only(). */
    abstract boolean isReadOnly(int file);

    /** Bytes that are on the device; those asked for end before its end. */
    abstract long readDevice(int file, IovIter to, long pos);

    abstract long writeDevice(int file, IovIter from, long pos);

    /** blkdev_issue_zeroout() and its kin: 0 or a negative errno. */
    abstract int zeroDevice(int file, long from, long to);

    @Override
    public boolean canPoll(int file) {
        return false;
    }

    /** blkdev_read_iter(). */
    @Override
    public long read(int task, int file, IovIter to, long pos) {
        long size = size(file);
        if (to.remaining() == 0) {
            return 0;
        }
        if (size < 0 || pos >= size) {
            return Math.min(size, 0);
        }
        to.truncate(size - pos);
        return readDevice(file, to, pos);
    }

    /** blkdev_write_iter(). */
    @Override
    public long write(int task, int file, IovIter from, long pos) {
        if (isReadOnly(file)) {
            return -Errno.EPERM;
        }
        long size = size(file);
        if (from.remaining() == 0) {
            return 0;
        }
        if (size < 0) {
            return size;
        }
        if (pos >= size) {
            return -Errno.ENOSPC;
        }
        from.truncate(size - pos);
        return writeDevice(file, from, pos);
    }

    /** blkdev_llseek(). */
    @Override
    public long llseek(int task, int file, long offset, int whence) {
        boolean needsSize = whence != Fcntl.SEEK_SET && whence != Fcntl.SEEK_CUR;
        long size = size(file);
        return needsSize && size < 0 ? size : vfs.readWrite.seekTo(file, offset, whence, size);
    }

    /** blkdev_fallocate(): a range on the device, of whole sectors; what is beyond its end is cut off with KEEP_SIZE. */
    @Override
    public long fallocate(int file, int mode, long offset, long length) {
        long size = size(file);
        if ((mode & ~FALLOC_FL_SUPPORTED) != 0) {
            return -Errno.EOPNOTSUPP;
        }
        if (size < 0) {
            return -Outside.EOUTSIDE;
        }
        long end = Math.min(offset + length, size);
        boolean isCut = end < offset + length;
        boolean isOdd = ((offset | end) & SECTOR_MASK) != 0;
        boolean keepsSize = (mode & FALLOC_FL_KEEP_SIZE) != 0;
        return offset >= size || (isCut && !keepsSize) || isOdd ? -Errno.EINVAL : zeroDevice(file, offset, end);
    }

    /** blkdev_fsync(). */
    @Override
    public long fsync(int file) {
        return 0;
    }
}
