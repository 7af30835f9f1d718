package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileTable;
import dev.nestor.fs.Files;
import dev.nestor.fs.FsType;
import dev.nestor.fs.KStat;
import dev.nestor.fs.LookupFlags;
import dev.nestor.fs.Namei;
import dev.nestor.fs.Nameidata;
import dev.nestor.fs.Vfs;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;

/** stat(2) and its kind, statx(2): fs/stat.c. */
public final class SysStat {
    private static final int STAT_SIZE = 144; // bytes: struct stat
    private static final int STATX_SIZE = 256; // bytes: struct statx
    private static final int STATX_RESERVED = 0x80000000;
    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final int STATX_CHANGE_TIMES = 0xc0; // STATX_MTIME, STATX_CTIME
    private static final int STATX_ATTR_MOUNT_ROOT = 0x2000;
    private static final int STATX_ATTR_OF_VFS = 0x201000; // STATX_ATTR_AUTOMOUNT, STATX_ATTR_DAX
    private static final int STATX_MNT_ID = 0x1000;
    private static final int STATX_MNT_ID_UNIQUE = 0x4000;
    private static final int FLAGS =
            Fcntl.AT_SYMLINK_NOFOLLOW | Fcntl.AT_NO_AUTOMOUNT | Fcntl.AT_EMPTY_PATH | Fcntl.AT_STATX_SYNC_TYPE;
    private static final long NSEC = 1_000_000_000L;

    private final TaskTable tasks;
    private final CredTable creds;
    private final UserNamespaces userNamespaces;
    private final UserMemory memory;
    private final Vfs vfs;
    private final Namei namei;
    private final Files files;
    private final FileTable fileTable;
    private final KStat stat = new KStat();
    private final byte[] out = new byte[STATX_SIZE];

    public SysStat(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.creds = kernel.credTable();
        this.userNamespaces = kernel.userNamespaces();
        this.memory = kernel.userMemory();
        this.vfs = kernel.vfs();
        this.namei = vfs.namei;
        this.files = vfs.files;
        this.fileTable = vfs.tables.files;
    }

    public void register(SyscallTable.Builder calls) {
        calls.full(Nr.NR_stat, "stat", (task, args) -> stat(task, Fcntl.AT_FDCWD, args.get(0), args.get(1), 0))
                .full(
                        Nr.NR_lstat,
                        "lstat",
                        (task, args) -> stat(task, Fcntl.AT_FDCWD, args.get(0), args.get(1), Fcntl.AT_SYMLINK_NOFOLLOW))
                .full(Nr.NR_fstat, "fstat", (task, args) -> fstat(task, args.intAt(0), args.get(1)))
                .full(
                        Nr.NR_newfstatat,
                        "newfstatat",
                        (task, args) -> stat(task, args.intAt(0), args.get(1), args.get(2), args.intAt(3)))
                .partial(Nr.NR_statx, "statx", this::statx, "btime, most attributes, alignment of direct I/O");
    }

    private long fstat(int task, int fd, long address) {
        int file = files.fileOf(task, fd);
        if (file == NULL) {
            return -Errno.EBADF;
        }
        int error = vfs.stats.getattr(task, fileTable.mnt(file), fileTable.inode(file), stat);
        return error != 0 ? error : putStat(task, address);
    }

    private long stat(int task, int dfd, long path, long address, int flags) {
        boolean mayBeEmpty = (flags & Fcntl.AT_EMPTY_PATH) != 0;
        if (mayBeEmpty && path == 0 && dfd >= 0) {
            return fstat(task, dfd, address);
        }
        int error = lookup(task, dfd, path, flags);
        return error != 0 ? error : putStat(task, address);
    }

    /** vfs_statx(): fills stat. */
    private int lookup(int task, int dfd, long path, int flags) {
        if ((flags & ~FLAGS) != 0) {
            return -Errno.EINVAL;
        }
        Nameidata nd = namei.first();
        int lookup = ((flags & Fcntl.AT_SYMLINK_NOFOLLOW) != 0 ? 0 : LookupFlags.FOLLOW)
                | ((flags & Fcntl.AT_EMPTY_PATH) != 0 ? LookupFlags.EMPTY : 0);
        int error = namei.getname(nd, task, path, lookup);
        if (error == 0) {
            error = namei.lookup(nd, task, dfd, lookup);
        }
        if (error != 0) {
            return error;
        }
        error = vfs.stats.getattr(task, nd.mnt(), vfs.tables.dentries.inode(nd.dentry()), stat);
        notePlace(nd.mnt(), nd.dentry());
        nd.release();
        return error;
    }

    private int mountId;
    private long mountIdUnique;
    private boolean isMountRoot;
    private int fsAttributes; // STATX_ATTR_* of the file system
    private boolean hasMultigrainTimes;

    private void notePlace(int mnt, int dentry) {
        mountId = vfs.tables.mounts.id(mnt);
        mountIdUnique = vfs.tables.mounts.idUnique(mnt);
        isMountRoot = vfs.tables.mounts.root(mnt) == dentry;
        FsType type = vfs.superBlocks.type(vfs.tables.dentries.sb(dentry));
        fsAttributes = type.statxAttributes();
        hasMultigrainTimes = type.hasMultigrainTimes();
    }

    /** cp_new_stat(). */
    private long putStat(int task, long address) {
        int ns = creds.userNs(tasks.cred(task));
        Bytes.putLong(out, 0, Integer.toUnsignedLong(stat.dev));
        Bytes.putLong(out, 8, stat.ino);
        Bytes.putLong(out, 16, stat.nlink);
        Bytes.putInt(out, 24, stat.mode);
        Bytes.putInt(out, 28, userNamespaces.fromKuidMunged(ns, stat.uid));
        Bytes.putInt(out, 32, userNamespaces.fromKgidMunged(ns, stat.gid));
        Bytes.putInt(out, 36, 0);
        Bytes.putLong(out, 40, Integer.toUnsignedLong(stat.rdev));
        Bytes.putLong(out, 48, stat.size);
        Bytes.putLong(out, 56, stat.blksize);
        Bytes.putLong(out, 64, stat.blocks);
        putTime(72, stat.atime);
        putTime(88, stat.mtime);
        putTime(104, stat.ctime);
        for (int at = 120; at < STAT_SIZE; at += 8) {
            Bytes.putLong(out, at, 0);
        }
        return memory.copyToUser(tasks.mm(task), address, out, 0, STAT_SIZE);
    }

    private void putTime(int at, long ns) {
        Bytes.putLong(out, at, Math.floorDiv(ns, NSEC));
        Bytes.putLong(out, at + 8, Math.floorMod(ns, NSEC));
    }

    private long statx(int task, SyscallArgs args) {
        int dfd = args.intAt(0);
        long path = args.get(1);
        int flags = args.intAt(2);
        int mask = args.intAt(3);
        if ((mask & STATX_RESERVED) != 0 || (flags & Fcntl.AT_STATX_SYNC_TYPE) == Fcntl.AT_STATX_SYNC_TYPE) {
            return -Errno.EINVAL;
        }
        boolean byFd = (flags & Fcntl.AT_EMPTY_PATH) != 0 && path == 0 && dfd >= 0;
        int error;
        if (byFd) {
            int file = files.fileOf(task, dfd);
            if (file == NULL) {
                return -Errno.EBADF;
            }
            error = vfs.stats.getattr(task, fileTable.mnt(file), fileTable.inode(file), stat);
            notePlace(fileTable.mnt(file), fileTable.dentry(file));
        } else {
            error = lookup(task, dfd, path, flags);
        }
        return error != 0 ? error : putStatx(task, args.get(4), mask);
    }

    /** cp_statx(). */
    private long putStatx(int task, long address, int mask) {
        int ns = creds.userNs(tasks.cred(task));
        for (int at = 0; at < STATX_SIZE; at += 8) {
            Bytes.putLong(out, at, 0);
        }
        boolean isUnique = (mask & STATX_MNT_ID_UNIQUE) != 0;
        boolean hidesTimes = hasMultigrainTimes && (mask & STATX_CHANGE_TIMES) == 0;
        int known = hidesTimes ? STATX_BASIC_STATS & ~STATX_CHANGE_TIMES : STATX_BASIC_STATS;
        Bytes.putInt(out, 0, known | (isUnique ? STATX_MNT_ID_UNIQUE : STATX_MNT_ID));
        Bytes.putLong(out, 8, isMountRoot ? STATX_ATTR_MOUNT_ROOT : 0);
        Bytes.putLong(out, 56, STATX_ATTR_MOUNT_ROOT | STATX_ATTR_OF_VFS | fsAttributes);
        Bytes.putInt(out, 4, stat.blksize);
        Bytes.putInt(out, 16, stat.nlink);
        Bytes.putInt(out, 20, userNamespaces.fromKuidMunged(ns, stat.uid));
        Bytes.putInt(out, 24, userNamespaces.fromKgidMunged(ns, stat.gid));
        Bytes.putInt(out, 28, stat.mode);
        Bytes.putLong(out, 32, stat.ino);
        Bytes.putLong(out, 40, stat.size);
        Bytes.putLong(out, 48, stat.blocks);
        putStatxTime(64, stat.atime);
        if (!hidesTimes) {
            putStatxTime(96, stat.ctime);
            putStatxTime(112, stat.mtime);
        }
        putDevice(128, stat.rdev);
        putDevice(136, stat.dev);
        Bytes.putLong(out, 144, isUnique ? mountIdUnique : mountId);
        return memory.copyToUser(tasks.mm(task), address, out, 0, STATX_SIZE);
    }

    private void putStatxTime(int at, long ns) {
        Bytes.putLong(out, at, Math.floorDiv(ns, NSEC));
        Bytes.putInt(out, at + 8, (int) Math.floorMod(ns, NSEC));
    }

    /** MAJOR() and MINOR() of a new_encode_dev(). */
    private void putDevice(int at, int dev) {
        Bytes.putInt(out, at, dev >>> 8 & 0xfff);
        Bytes.putInt(out, at + 4, (dev & 0xff) | (dev >>> 12 & 0xfff00));
    }
}
