package dev.nestor.fs.devices;

import dev.nestor.fs.FileKinds;
import dev.nestor.fs.FileOps;
import dev.nestor.fs.FileTable;
import dev.nestor.fs.InodeTable;
import dev.nestor.fs.IovIter;
import dev.nestor.fs.Outside;
import dev.nestor.fs.Vfs;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Stat;
import java.util.Arrays;

/** Character devices, and those of major number 1. What comes from random and urandom is not known, and stands there as such. */
public final class MemDevices implements FileOps {
    /** dev_t of the devices. */
    public static final int NULL_DEVICE = 0x103;

    public static final int ZERO_DEVICE = 0x105;
    public static final int FULL_DEVICE = 0x107;
    public static final int RANDOM_DEVICE = 0x108;
    public static final int URANDOM_DEVICE = 0x109;

    private static final int CHUNK = 4096;

    private final FileTable files;
    private final InodeTable inodes;
    private final int kind;
    private final OutsideDisks disks;
    private final LoopDevices loops;
    private int[] others = new int[0]; // dev_t and FileOps index, in turn
    private final byte[] zeros = new byte[CHUNK];
    private final byte[] unknown = new byte[CHUNK];

    /** @param maxLoops the most loop devices */
    public MemDevices(Vfs vfs, int maxLoops) {
        this.files = vfs.tables.files;
        this.inodes = vfs.tables.inodes;
        this.kind = vfs.kinds.add(this);
        this.disks = new OutsideDisks(vfs);
        this.loops = new LoopDevices(vfs, maxLoops);
        register(LoopDevices.CONTROL_DEVICE, loops.controlKind());
        Arrays.fill(unknown, Outside.UNKNOWN_BYTE);
    }

    /** register_chrdev(): a device of another room. */
    public void register(int rdev, int ops) {
        others = Arrays.copyOf(others, others.length + 2);
        others[others.length - 2] = rdev;
        others[others.length - 1] = ops;
    }

    /** /dev/loopN. */
    public LoopDevices loops() {
        return loops;
    }

    /** The FileOps index of a device. */
    public int kindOf(int mode, int rdev) {
        if (isOne(mode, rdev)) {
            return kind;
        }
        for (int i = 0; i < others.length && (mode & Stat.S_IFMT) == Stat.S_IFCHR; i += 2) {
            if (others[i] == rdev) {
                return others[i + 1];
            }
        }
        if ((mode & Stat.S_IFMT) != Stat.S_IFBLK) {
            return FileKinds.OUTSIDE;
        }
        return LoopDevices.major(rdev) == LoopDevices.LOOP_MAJOR ? loops.kind() : disks.kind();
    }

    /** Whether an inode is one of these devices. */
    private static boolean isOne(int mode, int rdev) {
        boolean isKnown = rdev == NULL_DEVICE
                || rdev == ZERO_DEVICE
                || rdev == FULL_DEVICE
                || rdev == RANDOM_DEVICE
                || rdev == URANDOM_DEVICE;
        return (mode & Stat.S_IFMT) == Stat.S_IFCHR && isKnown;
    }

    private int device(int file) {
        return inodes.rdev(files.inode(file));
    }

    /** Of these only the random ones have a poll(). */
    @Override
    public boolean canPoll(int file) {
        int device = inodes.rdev(files.inode(file));
        return device == RANDOM_DEVICE || device == URANDOM_DEVICE;
    }

    @Override
    public long read(int task, int file, IovIter to, long pos) {
        return switch (device(file)) {
            case NULL_DEVICE -> 0;
            case ZERO_DEVICE, FULL_DEVICE -> fill(to, zeros);
            default -> fill(to, unknown);
        };
    }

    private static long fill(IovIter to, byte[] with) {
        long done = 0;
        while (to.remaining() > 0) {
            int part = (int) Math.min(CHUNK, to.remaining());
            int copied = to.copyTo(with, 0, part);
            done += copied;
            if (copied < part) {
                return done > 0 ? done : -Errno.EFAULT;
            }
        }
        return done;
    }

    @Override
    public long write(int task, int file, IovIter from, long pos) {
        return device(file) == FULL_DEVICE && from.remaining() > 0 ? -Errno.ENOSPC : from.skipAll();
    }

    @Override
    public long llseek(int task, int file, long offset, int whence) {
        files.setPos(file, 0);
        return 0;
    }
}
