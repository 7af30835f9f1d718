package dev.nestor.fs.devices;

import dev.nestor.fs.IovIter;
import dev.nestor.fs.Outside;
import dev.nestor.fs.Vfs;
import dev.nestor.uapi.Block;

/**
 * Block devices of drivers that are not here, as far as their size tells what happens. The inode's datum is the size in
 * sectors, 0 as long as nobody knows it; what is on the device is never known.
 */
final class OutsideDisks extends BlockDevices {
    private final int kind;

    OutsideDisks(Vfs vfs) {
        super(vfs);
        this.kind = vfs.kinds.add(this);
    }

    /** The FileOps index of these devices. */
    int kind() {
        return kind;
    }

    @Override
    long size(int file) {
        long sectors = inodes.datum(files.inode(file)) & 0xffffffffL;
        return sectors == 0 ? -Outside.EOUTSIDE : sectors << SECTOR_SHIFT;
    }

    @Override
    boolean isReadOnly(int file) {
        return false;
    }

    @Override
    long readDevice(int file, IovIter to, long pos) {
        return -Outside.EOUTSIDE;
    }

    @Override
    long writeDevice(int file, IovIter from, long pos) {
        return from.skipAll();
    }

    @Override
    int zeroDevice(int file, long from, long to) {
        return 0;
    }

    @Override
    public long ioctl(int task, int file, int cmd, long arg) {
        if (cmd != Block.BLKGETSIZE64 || size(file) < 0) {
            return -Outside.EOUTSIDE;
        }
        return vfs.below.memory().putLong(vfs.below.tasks().mm(task), arg, size(file));
    }
}
