package dev.nestor.fs.devices;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileModes;
import dev.nestor.fs.FileOps;
import dev.nestor.fs.FileTable;
import dev.nestor.fs.KStat;
import dev.nestor.fs.Vfs;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Loop;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** ioctl(2) of loop devices: lo_ioctl() of drivers/block/loop.c. */
final class LoopIoctls {
    private static final int SETTABLE = Loop.LO_FLAGS_AUTOCLEAR | Loop.LO_FLAGS_PARTSCAN;
    private static final int CONFIGURABLE = SETTABLE | Loop.LO_FLAGS_READ_ONLY | Loop.LO_FLAGS_DIRECT_IO;

    private static final int LO_NAME_SIZE = 64; // bytes
    private static final int LO_KEY_SIZE = 32; // bytes
    private static final int INFO = 232; // bytes of struct loop_info64, and where its members are
    private static final int INODE = 8;
    private static final int RDEVICE = 16;
    private static final int OFFSET = 24;
    private static final int SIZE_LIMIT = 32;
    private static final int NUMBER = 40;
    private static final int ENCRYPT_TYPE = 44;
    private static final int KEY_SIZE = 48;
    private static final int FLAGS = 52;
    private static final int NAME = 56;
    private static final int CRYPT_NAME = 120;
    private static final int OLD_INFO = 168; // bytes of struct loop_info
    private static final int OLD_NAME = 48;
    private static final int LO_CRYPT_CRYPTOAPI = 18;
    private static final int CONFIG = 304; // bytes of struct loop_config
    private static final int CONFIG_INFO = 8;
    private static final int MAX_BLOCK = 65536; // bytes: BLK_MAX_BLOCK_SIZE

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final LoopDevices loops;
    private final Vfs vfs;
    private final FileTable files;
    private final UserMemory memory;
    private final byte[] info = new byte[INFO];
    private final byte[] old = new byte[OLD_INFO];
    private final byte[] config = new byte[CONFIG];
    private final KStat stat = new KStat();

    LoopIoctls(LoopDevices loops, Vfs vfs) {
        this.loops = loops;
        this.vfs = vfs;
        this.files = vfs.tables.files;
        this.memory = vfs.below.memory();
    }

    private LoopTable table() {
        return loops.table();
    }

    /** EBADF, EBUSY, EFAULT, EINVAL, ENXIO, EOVERFLOW, EPERM. */
    long ioctl(int task, int lo, boolean mayWrite, int cmd, long arg) {
        boolean isBound = table().state(lo) == LoopDevices.LO_BOUND;
        int mm = vfs.below.tasks().mm(task);
        return switch (cmd) {
            case Loop.LOOP_SET_FD -> {
                Arrays.fill(config, (byte) 0);
                INT.set(config, 0, (int) arg);
                yield configure(task, lo, mayWrite);
            }
            case Loop.LOOP_CONFIGURE -> {
                boolean isRead = memory.copyFromUser(mm, arg, config, 0, CONFIG) == 0;
                yield isRead ? configure(task, lo, mayWrite) : -Errno.EFAULT;
            }
            case Loop.LOOP_CHANGE_FD -> changeFd(task, lo, (int) arg);
            case Loop.LOOP_CLR_FD -> clearFd(lo);
            case Loop.LOOP_GET_STATUS, Loop.LOOP_GET_STATUS64 -> getStatus(task, lo, cmd == Loop.LOOP_GET_STATUS, arg);
            case Loop.LOOP_SET_STATUS, Loop.LOOP_SET_STATUS64 ->
                isRefused(task, mayWrite) ? -Errno.EPERM : setStatus(mm, lo, cmd == Loop.LOOP_SET_STATUS, arg);
            case Loop.LOOP_SET_CAPACITY, Loop.LOOP_SET_DIRECT_IO, Loop.LOOP_SET_BLOCK_SIZE ->
                isRefused(task, mayWrite) ? -Errno.EPERM : !isBound ? -Errno.ENXIO : simple(lo, cmd, arg);
            default -> -Errno.EINVAL;
        };
    }

    private boolean isRefused(int task, boolean mayWrite) {
        return !mayWrite && !vfs.permissions.isCapable(task, Capability.CAP_SYS_ADMIN);
    }

    /** lo_simple_ioctl(). */
    private long simple(int lo, int cmd, long arg) {
        switch (cmd) {
            case Loop.LOOP_SET_CAPACITY -> measure(lo);
            case Loop.LOOP_SET_DIRECT_IO -> {
                if (arg != 0 && !canBeDirect(lo)) {
                    return -Errno.EINVAL;
                }
                int flags = table().flags(lo) & ~Loop.LO_FLAGS_DIRECT_IO;
                table().setFlags(lo, arg != 0 ? flags | Loop.LO_FLAGS_DIRECT_IO : flags);
            }
            default -> {
                if (!isBlockSize(arg)) {
                    return -Errno.EINVAL;
                }
                table().setBlockSize(lo, (int) arg);
            }
        }
        return 0;
    }

    /** blk_validate_block_size(). */
    private static boolean isBlockSize(long size) {
        return size >= LoopDevices.SECTOR && size <= MAX_BLOCK && Long.bitCount(size) == 1;
    }

    /** lo_can_use_dio(): pages of the files there are can be read and written in sectors. */
    private boolean canBeDirect(int lo) {
        return (table().offset(lo) & LoopDevices.SECTOR_MASK) == 0;
    }

    private void measure(int lo) {
        LoopTable table = table();
        table.setSize(lo, loops.sizeOver(table.file(lo), table.offset(lo), table.sizeLimit(lo)));
    }

    /** loop_check_backing_file(): a file that can be read and, if it is open for it, written by this device. */
    private boolean isBacking(int file) {
        FileOps ops = vfs.files.ops(file);
        return ops.canRead() && (ops.canWrite() || !vfs.files.hasMode(file, FileModes.FMODE_WRITE));
    }

    /** loop_configure(). */
    private int configure(int task, int lo, boolean mayWrite) {
        LoopTable table = table();
        int file = vfs.files.usableFileOf(task, (int) INT.get(config, 0));
        if (file == NULL) {
            return -Errno.EBADF;
        }
        if (!isBacking(file)) {
            return -Errno.EINVAL;
        }
        if (table.state(lo) != LoopDevices.LO_UNBOUND) {
            return -Errno.EBUSY;
        }
        System.arraycopy(config, CONFIG_INFO, info, 0, INFO);
        int blockSize = (int) INT.get(config, 4);
        int wanted = (int) INT.get(info, FLAGS);
        int error = loops.validate(lo, file);
        error = error == 0 && (wanted & ~CONFIGURABLE) != 0 ? -Errno.EINVAL : error;
        error = error == 0 ? checkInfo() : error;
        error = error == 0 && blockSize != 0 && !isBlockSize(blockSize) ? -Errno.EINVAL : error;
        if (error != 0) {
            return error;
        }
        boolean isReadOnly = !vfs.files.hasMode(file, FileModes.FMODE_WRITE) || !mayWrite;
        table.setFile(lo, vfs.files.get(file));
        takeInfo(lo);
        table.setBlockSize(lo, blockSize == 0 ? LoopDevices.SECTOR : blockSize);
        table.setFlags(lo, wanted | (isReadOnly ? Loop.LO_FLAGS_READ_ONLY : 0));
        boolean asksDirect = (wanted & Loop.LO_FLAGS_DIRECT_IO) != 0 || (files.flags(file) & Fcntl.O_DIRECT) != 0;
        int flags = table.flags(lo) & ~Loop.LO_FLAGS_DIRECT_IO;
        table.setFlags(lo, asksDirect && canBeDirect(lo) ? flags | Loop.LO_FLAGS_DIRECT_IO : flags);
        measure(lo);
        table.setState(lo, LoopDevices.LO_BOUND);
        return 0;
    }

    /** loop_set_status_from_info(), what it refuses: ciphers, and places beyond any file. */
    private int checkInfo() {
        if ((int) INT.get(info, ENCRYPT_TYPE) != 0
                || Integer.compareUnsigned((int) INT.get(info, KEY_SIZE), LO_KEY_SIZE) > 0) {
            return -Errno.EINVAL;
        }
        boolean isBeyond = (long) LONG.get(info, OFFSET) < 0 || (long) LONG.get(info, SIZE_LIMIT) < 0;
        return isBeyond ? -Errno.EOVERFLOW : 0;
    }

    private void takeInfo(int lo) {
        LoopTable table = table();
        table.setOffset(lo, (long) LONG.get(info, OFFSET));
        table.setSizeLimit(lo, (long) LONG.get(info, SIZE_LIMIT));
        int length = 0;
        while (length < LO_NAME_SIZE - 1 && info[NAME + length] != 0) {
            length++;
        }
        loops.setName(lo, length == 0 ? NULL : vfs.tables.names.intern(info, NAME, length));
    }

    /** loop_change_fd(). */
    private int changeFd(int task, int lo, int fd) {
        LoopTable table = table();
        int file = vfs.files.usableFileOf(task, fd);
        if (file == NULL) {
            return -Errno.EBADF;
        }
        if (!isBacking(file)) {
            return -Errno.EINVAL;
        }
        if (table.state(lo) != LoopDevices.LO_BOUND) {
            return -Errno.ENXIO;
        }
        if ((table.flags(lo) & Loop.LO_FLAGS_READ_ONLY) == 0) {
            return -Errno.EINVAL;
        }
        int error = loops.validate(lo, file);
        if (error != 0) {
            return error;
        }
        int before = table.file(lo);
        long limit = table.sizeLimit(lo);
        boolean isAsLarge =
                loops.sizeOver(file, table.offset(lo), limit) == loops.sizeOver(before, table.offset(lo), limit);
        if (!isAsLarge) {
            return -Errno.EINVAL;
        }
        table.setFile(lo, vfs.files.get(file));
        loops.put(before);
        return 0;
    }

    /** loop_clr_fd(): it goes when the last who has it open closes it. */
    private int clearFd(int lo) {
        LoopTable table = table();
        if (table.state(lo) != LoopDevices.LO_BOUND) {
            return -Errno.ENXIO;
        }
        table.setFlags(lo, table.flags(lo) | Loop.LO_FLAGS_AUTOCLEAR);
        if (table.openers(lo) == 1) {
            table.setState(lo, LoopDevices.LO_RUNDOWN);
        }
        return 0;
    }

    /** loop_set_status(). */
    private int setStatus(int mm, int lo, boolean isOld, long arg) {
        LoopTable table = table();
        byte[] from = isOld ? old : info;
        if (memory.copyFromUser(mm, arg, from, 0, from.length) != 0) {
            return -Errno.EFAULT;
        }
        if (isOld) {
            fromOld();
        }
        if (table.state(lo) != LoopDevices.LO_BOUND) {
            return -Errno.ENXIO;
        }
        int error = checkInfo();
        if (error != 0) {
            return error;
        }
        boolean isMoved = table.offset(lo) != (long) LONG.get(info, OFFSET)
                || table.sizeLimit(lo) != (long) LONG.get(info, SIZE_LIMIT);
        takeInfo(lo);
        int flags = table.flags(lo) & ~Loop.LO_FLAGS_AUTOCLEAR;
        table.setFlags(lo, flags | ((int) INT.get(info, FLAGS) & SETTABLE));
        if (isMoved) {
            measure(lo);
        }
        if (!canBeDirect(lo)) {
            table.setFlags(lo, table.flags(lo) & ~Loop.LO_FLAGS_DIRECT_IO);
        }
        return 0;
    }

    /** loop_info64_from_old(). */
    private void fromOld() {
        Arrays.fill(info, (byte) 0);
        LONG.set(info, OFFSET, (long) (int) INT.get(old, 32));
        INT.set(info, ENCRYPT_TYPE, (int) INT.get(old, 36));
        INT.set(info, KEY_SIZE, (int) INT.get(old, 40));
        INT.set(info, FLAGS, (int) INT.get(old, 44));
        boolean isCipher = (int) INT.get(old, 36) == LO_CRYPT_CRYPTOAPI;
        System.arraycopy(old, OLD_NAME, info, isCipher ? CRYPT_NAME : NAME, LO_NAME_SIZE);
    }

    /** loop_get_status(). */
    private int getStatus(int task, int lo, boolean isOld, long arg) {
        LoopTable table = table();
        if (arg == 0) {
            return -Errno.EINVAL;
        }
        if (table.state(lo) != LoopDevices.LO_BOUND) {
            return -Errno.ENXIO;
        }
        int file = table.file(lo);
        int error = vfs.stats.getattr(task, files.mnt(file), files.inode(file), stat);
        if (error != 0) {
            return error;
        }
        Arrays.fill(info, (byte) 0);
        LONG.set(info, 0, (long) stat.dev);
        LONG.set(info, INODE, stat.ino);
        LONG.set(info, RDEVICE, (long) stat.rdev);
        LONG.set(info, OFFSET, table.offset(lo));
        LONG.set(info, SIZE_LIMIT, table.sizeLimit(lo));
        INT.set(info, NUMBER, table.number(lo));
        INT.set(info, FLAGS, table.flags(lo));
        if (table.name(lo) != NULL) {
            vfs.tables.names.copy(table.name(lo), info, NAME);
        }
        if (isOld && toOld() != 0) {
            return -Errno.EOVERFLOW;
        }
        byte[] out = isOld ? old : info;
        return memory.copyToUser(vfs.below.tasks().mm(task), arg, out, 0, out.length);
    }

    /** loop_info64_to_old(): -EOVERFLOW when the offset does not fit. */
    private int toOld() {
        Arrays.fill(old, (byte) 0);
        INT.set(old, 0, (int) INT.get(info, NUMBER));
        LONG.set(old, 8, (long) LONG.get(info, 0));
        LONG.set(old, 16, (long) LONG.get(info, INODE));
        LONG.set(old, 24, (long) LONG.get(info, RDEVICE));
        long offset = (long) LONG.get(info, OFFSET);
        INT.set(old, 32, (int) offset);
        INT.set(old, 44, (int) INT.get(info, FLAGS));
        System.arraycopy(info, NAME, old, OLD_NAME, LO_NAME_SIZE);
        return offset == (int) offset ? 0 : -Errno.EOVERFLOW;
    }
}
