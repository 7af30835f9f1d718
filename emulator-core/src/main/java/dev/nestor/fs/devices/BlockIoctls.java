package dev.nestor.fs.devices;

import dev.nestor.fs.FileModes;
import dev.nestor.fs.Vfs;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Block;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Loop;

/** ioctl(2) that all block devices have: block/ioctl.c. */
final class BlockIoctls {
    private static final int PAGE = 4096; // bytes
    private static final int MAX_SECTORS = 2560; // of one request
    private static final int IS_ROTATIONAL = 0; // as the file systems say that loop devices have been put on

    private final LoopDevices loops;
    private final Vfs vfs;
    private final UserMemory memory;

    BlockIoctls(LoopDevices loops, Vfs vfs) {
        this.loops = loops;
        this.vfs = vfs;
        this.memory = vfs.below.memory();
    }

    /** Whether the block layer answers, so that the driver is not asked. */
    static boolean isGeneric(int cmd) {
        return cmd == Block.HDIO_GETGEO
                || cmd == Block.BLKBSZGET
                || cmd == Block.BLKBSZSET
                || cmd == Block.BLKGETSIZE64
                || cmd == Block.BLKGETZONESZ
                || cmd == Block.BLKGETNRZONES
                || (cmd >= Block.BLKROSET && cmd <= Block.BLKFRAGET)
                || (cmd >= Block.BLKSECTGET && cmd <= Block.BLKSSZGET)
                || (cmd >= Block.BLKDISCARD && cmd <= Block.BLKZEROOUT);
    }

    /** EACCES, EBADF, EFAULT, EINVAL, ENOTTY, EOPNOTSUPP, EPERM. */
    long ioctl(int task, int file, int cmd, long arg) {
        LoopTable table = loops.table();
        int lo = loops.of(file);
        int mm = vfs.below.tasks().mm(task);
        return switch (cmd) {
            case Block.BLKGETSIZE64 -> memory.putLong(mm, arg, table.size(lo));
            case Block.BLKGETSIZE -> memory.putLong(mm, arg, table.size(lo) >>> BlockDevices.SECTOR_SHIFT);
            case Block.BLKSSZGET, Block.BLKPBSZGET, Block.BLKIOMIN -> memory.putInt(mm, arg, table.blockSize(lo));
            case Block.BLKBSZGET -> memory.putInt(mm, arg, table.ioBlock(lo));
            case Block.BLKIOOPT, Block.BLKALIGNOFF, Block.BLKDISCARDZEROES, Block.BLKGETZONESZ, Block.BLKGETNRZONES ->
                memory.putInt(mm, arg, 0);
            case Block.BLKROTATIONAL -> memory.putShort(mm, arg, IS_ROTATIONAL);
            case Block.BLKSECTGET -> memory.putShort(mm, arg, MAX_SECTORS);
            case Block.BLKRAGET, Block.BLKFRAGET ->
                arg == 0 ? -Errno.EINVAL : memory.putLong(mm, arg, table.readAhead(lo));
            case Block.BLKROGET -> memory.putInt(mm, arg, loops.isReadOnly(file) ? 1 : 0);
            case Block.BLKDISCARD, Block.BLKSECDISCARD, Block.BLKZEROOUT -> range(mm, file, cmd, arg);
            case Block.HDIO_GETGEO -> arg == 0 ? -Errno.EINVAL : -Errno.ENOTTY;
            default -> change(task, lo, cmd, arg);
        };
    }

    /** Those that only CAP_SYS_ADMIN may have. */
    private long change(int task, int lo, int cmd, long arg) {
        LoopTable table = loops.table();
        if (!vfs.permissions.isCapable(task, Capability.CAP_SYS_ADMIN)) {
            return -Errno.EACCES;
        }
        int mm = vfs.below.tasks().mm(task);
        return switch (cmd) {
            case Block.BLKFLSBUF -> 0;
            case Block.BLKRASET, Block.BLKFRASET -> {
                table.setReadAhead(lo, (int) arg / (PAGE / LoopDevices.SECTOR) * (PAGE / LoopDevices.SECTOR));
                yield 0;
            }
            case Block.BLKRRPART -> (table.flags(lo) & Loop.LO_FLAGS_PARTSCAN) == 0 ? -Errno.EINVAL : 0;
            default -> {
                int value = arg == 0 && cmd == Block.BLKBSZSET ? 0 : memory.getInt(mm, arg);
                yield memory.faulted() ? -Errno.EFAULT : setNumber(lo, cmd, value);
            }
        };
    }

    private long setNumber(int lo, int cmd, int value) {
        LoopTable table = loops.table();
        if (cmd == Block.BLKROSET) {
            table.setReadOnly(lo, value != 0);
            return 0;
        }
        boolean isSize = value >= table.blockSize(lo) && value <= PAGE && Integer.bitCount(value) == 1;
        if (!isSize) {
            return -Errno.EINVAL;
        }
        table.setIoBlock(lo, value);
        return 0;
    }

    /** blk_ioctl_discard(), blk_ioctl_secure_erase(), blk_ioctl_zeroout(): start and length in bytes. */
    private long range(int mm, int file, int cmd, long arg) {
        int lo = loops.of(file);
        LoopTable table = loops.table();
        boolean isZeroing = cmd == Block.BLKZEROOUT;
        if (!vfs.files.hasMode(file, FileModes.FMODE_WRITE)) {
            return -Errno.EBADF;
        }
        if (cmd == Block.BLKSECDISCARD || (!isZeroing && table.state(lo) != LoopDevices.LO_BOUND)) {
            return -Errno.EOPNOTSUPP;
        }
        if (!isZeroing && loops.isReadOnly(file)) {
            return -Errno.EPERM;
        }
        long start = memory.getLong(mm, arg);
        boolean isBad = memory.faulted();
        long length = isBad ? 0 : memory.getLong(mm, arg + Long.BYTES);
        isBad |= memory.faulted();
        if (isBad) {
            return -Errno.EFAULT;
        }
        long mask = isZeroing ? BlockDevices.SECTOR_MASK : table.blockSize(lo) - 1;
        long end = start + length;
        boolean isWithin = length > 0 && start >= 0 && end > start && end <= table.size(lo);
        if (((start | length) & mask) != 0 || !isWithin) {
            return -Errno.EINVAL;
        }
        return loops.isReadOnly(file) ? -Errno.EPERM : loops.zeroDevice(file, start, end);
    }
}
