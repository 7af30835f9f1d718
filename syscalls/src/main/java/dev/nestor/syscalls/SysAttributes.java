package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileModes;
import dev.nestor.fs.FileTable;
import dev.nestor.fs.Files;
import dev.nestor.fs.FsNotify;
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
import dev.nestor.uapi.Stat;

/** Mode, owner, times and length of files: fs/open.c, fs/utimes.c. */
public final class SysAttributes {
    private static final long UTIME_NOW = (1L << 30) - 1;
    private static final long UTIME_OMIT = (1L << 30) - 2;
    private static final long NSEC = 1_000_000_000L;

    private final TaskTable tasks;
    private final CredTable creds;
    private final UserNamespaces userNamespaces;
    private final UserMemory memory;
    private final Vfs vfs;
    private final Namei namei;
    private final Files files;
    private final FileTable fileTable;
    private final byte[] times = new byte[32];
    private long atime; // ns, or -1: stays
    private long mtime;

    public SysAttributes(Kernel kernel) {
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
        int cwd = Fcntl.AT_FDCWD;
        int nofollow = Fcntl.AT_SYMLINK_NOFOLLOW;
        calls.full(Nr.NR_chmod, "chmod", (task, args) -> chmod(task, cwd, args.get(0), args.intAt(1), 0))
                .full(
                        Nr.NR_fchmodat,
                        "fchmodat",
                        (task, args) -> chmod(task, args.intAt(0), args.get(1), args.intAt(2), 0))
                .full(
                        Nr.NR_fchmodat2,
                        "fchmodat2",
                        (task, args) -> chmod(task, args.intAt(0), args.get(1), args.intAt(2), args.intAt(3)))
                .full(Nr.NR_fchmod, "fchmod", this::fchmod)
                .full(
                        Nr.NR_chown,
                        "chown",
                        (task, args) -> chown(task, cwd, args.get(0), args.intAt(1), args.intAt(2), 0))
                .full(
                        Nr.NR_lchown,
                        "lchown",
                        (task, args) -> chown(task, cwd, args.get(0), args.intAt(1), args.intAt(2), nofollow))
                .full(
                        Nr.NR_fchownat,
                        "fchownat",
                        (task, args) ->
                                chown(task, args.intAt(0), args.get(1), args.intAt(2), args.intAt(3), args.intAt(4)))
                .full(Nr.NR_fchown, "fchown", this::fchown)
                .full(Nr.NR_truncate, "truncate", this::truncate)
                .full(Nr.NR_ftruncate, "ftruncate", this::ftruncate)
                .full(Nr.NR_utimensat, "utimensat", this::utimensat)
                .full(Nr.NR_utimes, "utimes", (task, args) -> utimes(task, cwd, args.get(0), args.get(1)))
                .full(
                        Nr.NR_futimesat,
                        "futimesat",
                        (task, args) -> utimes(task, args.intAt(0), args.get(1), args.get(2)))
                .full(Nr.NR_utime, "utime", this::utime);
    }

    /** user_path_at(), and that the mount can be written: on success the caller releases namei.first(). */
    private int lookupToWrite(int task, int dfd, long path, int flags) {
        Nameidata nd = namei.first();
        int lookup = ((flags & Fcntl.AT_SYMLINK_NOFOLLOW) != 0 ? 0 : LookupFlags.FOLLOW)
                | ((flags & Fcntl.AT_EMPTY_PATH) != 0 ? LookupFlags.EMPTY : 0);
        int error = namei.getname(nd, task, path, lookup);
        if (error == 0) {
            error = namei.lookup(nd, task, dfd, lookup);
        }
        if (error == 0 && vfs.creation.isReadOnly(nd.mnt())) {
            nd.release();
            return -Errno.EROFS;
        }
        return error;
    }

    /** fsnotify_change() after what has been done without an error. */
    private int told(int error, int mask, int dentry) {
        if (error == 0 && mask != 0) {
            vfs.notify.dentry(mask, dentry);
        }
        return error;
    }

    private int timesMask() {
        return atime != -1 && mtime != -1
                ? FsNotify.FS_ATTRIB
                : atime != -1 ? FsNotify.FS_ACCESS : mtime != -1 ? FsNotify.FS_MODIFY : 0;
    }

    private int inodeFound() {
        return vfs.tables.dentries.inode(namei.first().dentry());
    }

    private long chmod(int task, int dfd, long path, int mode, int flags) {
        if ((flags & ~(Fcntl.AT_SYMLINK_NOFOLLOW | Fcntl.AT_EMPTY_PATH)) != 0) {
            return -Errno.EINVAL;
        }
        int error = lookupToWrite(task, dfd, path, flags);
        if (error != 0) {
            return error;
        }
        error = told(
                vfs.attributes.chmod(task, namei.first().mnt(), inodeFound(), mode),
                FsNotify.FS_ATTRIB,
                namei.first().dentry());
        namei.first().release();
        return error;
    }

    private long fchmod(int task, SyscallArgs args) {
        int file = files.usableFileOf(task, args.intAt(0));
        if (file == NULL) {
            return -Errno.EBADF;
        }
        return vfs.creation.isReadOnly(fileTable.mnt(file))
                ? -Errno.EROFS
                : told(
                        vfs.attributes.chmod(task, fileTable.mnt(file), fileTable.inode(file), args.intAt(1)),
                        FsNotify.FS_ATTRIB,
                        fileTable.dentry(file));
    }

    private long chown(int task, int dfd, long path, int uid, int gid, int flags) {
        if ((flags & ~(Fcntl.AT_SYMLINK_NOFOLLOW | Fcntl.AT_EMPTY_PATH)) != 0) {
            return -Errno.EINVAL;
        }
        int error = lookupToWrite(task, dfd, path, flags);
        if (error != 0) {
            return error;
        }
        int mask = uid == -1 && gid == -1 ? 0 : FsNotify.FS_ATTRIB;
        error = told(
                chownInode(task, namei.first().mnt(), inodeFound(), uid, gid),
                mask,
                namei.first().dentry());
        namei.first().release();
        return error;
    }

    private int chownInode(int task, int mnt, int inode, int uid, int gid) {
        int ns = creds.userNs(tasks.cred(task));
        int kuid = userNamespaces.makeKuid(ns, uid);
        int kgid = userNamespaces.makeKgid(ns, gid);
        boolean isUnknown =
                (uid != -1 && kuid == UserNamespaces.INVALID_ID) || (gid != -1 && kgid == UserNamespaces.INVALID_ID);
        if (isUnknown) {
            return -Errno.EINVAL;
        }
        int newUid = uid == -1 ? UserNamespaces.INVALID_ID : kuid;
        int newGid = gid == -1 ? UserNamespaces.INVALID_ID : kgid;
        return vfs.attributes.chown(task, mnt, inode, newUid, newGid);
    }

    private long fchown(int task, SyscallArgs args) {
        int file = files.usableFileOf(task, args.intAt(0));
        if (file == NULL) {
            return -Errno.EBADF;
        }
        return vfs.creation.isReadOnly(fileTable.mnt(file))
                ? -Errno.EROFS
                : told(
                        chownInode(task, fileTable.mnt(file), fileTable.inode(file), args.intAt(1), args.intAt(2)),
                        args.intAt(1) == -1 && args.intAt(2) == -1 ? 0 : FsNotify.FS_ATTRIB,
                        fileTable.dentry(file));
    }

    private long truncate(int task, SyscallArgs args) {
        if (args.get(1) < 0) {
            return -Errno.EINVAL;
        }
        Nameidata nd = namei.first();
        int error = namei.getname(nd, task, args.get(0), 0);
        if (error == 0) {
            error = namei.lookup(nd, task, Fcntl.AT_FDCWD, LookupFlags.FOLLOW);
        }
        if (error != 0) {
            return error;
        }
        int type = vfs.tables.inodes.mode(inodeFound()) & Stat.S_IFMT;
        boolean isReadOnly = type == Stat.S_IFREG && vfs.creation.isReadOnly(nd.mnt());
        error = isReadOnly ? -Errno.EROFS : vfs.attributes.truncatePath(task, nd.mnt(), inodeFound(), args.get(1));
        error = told(error, FsNotify.FS_MODIFY, nd.dentry());
        nd.release();
        return error;
    }

    private long ftruncate(int task, SyscallArgs args) {
        if (args.get(1) < 0) {
            return -Errno.EINVAL;
        }
        int file = files.usableFileOf(task, args.intAt(0));
        if (file == NULL) {
            return -Errno.EBADF;
        }
        int inode = fileTable.inode(file);
        boolean isRegular = (vfs.tables.inodes.mode(inode) & Stat.S_IFMT) == Stat.S_IFREG;
        if (!isRegular || !files.hasMode(file, FileModes.FMODE_WRITE)) {
            return -Errno.EINVAL;
        }
        return told(
                vfs.attributes.truncate(task, fileTable.mnt(file), inode, args.get(1)),
                FsNotify.FS_MODIFY,
                fileTable.dentry(file));
    }

    /** do_utimes() after the times have been taken in: by path, or by descriptor where there is none. */
    private long setTimes(int task, int dfd, long path, int flags, boolean touch) {
        if (path == 0 && dfd != Fcntl.AT_FDCWD) {
            if (flags != 0) {
                return -Errno.EINVAL;
            }
            int file = files.usableFileOf(task, dfd);
            if (file == NULL) {
                return -Errno.EBADF;
            }
            return vfs.creation.isReadOnly(fileTable.mnt(file))
                    ? -Errno.EROFS
                    : told(
                            vfs.attributes.utimes(
                                    task, fileTable.mnt(file), fileTable.inode(file), atime, mtime, touch),
                            timesMask(),
                            fileTable.dentry(file));
        }
        if ((flags & ~(Fcntl.AT_SYMLINK_NOFOLLOW | Fcntl.AT_EMPTY_PATH)) != 0) {
            return -Errno.EINVAL;
        }
        int error = lookupToWrite(task, dfd, path, flags);
        if (error != 0) {
            return error;
        }
        error = vfs.attributes.utimes(task, namei.first().mnt(), inodeFound(), atime, mtime, touch);
        error = told(error, timesMask(), namei.first().dentry());
        namei.first().release();
        return error;
    }

    private boolean touchNow() {
        atime = vfs.inodes.now();
        mtime = atime;
        return true;
    }

    private long utimensat(int task, SyscallArgs args) {
        boolean touch = false;
        if (args.get(2) == 0) {
            touch = touchNow();
        } else {
            if (memory.copyFromUser(tasks.mm(task), args.get(2), times, 0, 32) != 0) {
                return -Errno.EFAULT;
            }
            long first = Bytes.getLong(times, 8);
            long second = Bytes.getLong(times, 24);
            if (first == UTIME_OMIT && second == UTIME_OMIT) {
                return 0;
            }
            if (!isNsec(first) || !isNsec(second)) {
                return -Errno.EINVAL;
            }
            atime = timeOf(Bytes.getLong(times, 0), first);
            mtime = timeOf(Bytes.getLong(times, 16), second);
            touch = first == UTIME_NOW && second == UTIME_NOW;
        }
        return setTimes(task, args.intAt(0), args.get(1), args.intAt(3), touch);
    }

    private static boolean isNsec(long nsec) {
        return nsec == UTIME_NOW || nsec == UTIME_OMIT || (nsec >= 0 && nsec < NSEC);
    }

    private long timeOf(long sec, long nsec) {
        return nsec == UTIME_NOW ? vfs.inodes.now() : nsec == UTIME_OMIT ? -1 : sec * NSEC + nsec;
    }

    /** With struct timeval. */
    private long utimes(int task, int dfd, long path, long address) {
        boolean touch = false;
        if (address == 0) {
            touch = touchNow();
        } else {
            if (memory.copyFromUser(tasks.mm(task), address, times, 0, 32) != 0) {
                return -Errno.EFAULT;
            }
            long first = Bytes.getLong(times, 8);
            long second = Bytes.getLong(times, 24);
            if (first < 0 || first >= 1_000_000 || second < 0 || second >= 1_000_000) {
                return -Errno.EINVAL;
            }
            atime = Bytes.getLong(times, 0) * NSEC + first * 1000;
            mtime = Bytes.getLong(times, 16) * NSEC + second * 1000;
        }
        return setTimes(task, dfd, path, 0, touch);
    }

    private long utime(int task, SyscallArgs args) {
        boolean touch = false;
        if (args.get(1) == 0) {
            touch = touchNow();
        } else {
            if (memory.copyFromUser(tasks.mm(task), args.get(1), times, 0, 16) != 0) {
                return -Errno.EFAULT;
            }
            atime = Bytes.getLong(times, 0) * NSEC;
            mtime = Bytes.getLong(times, 8) * NSEC;
        }
        return setTimes(task, Fcntl.AT_FDCWD, args.get(0), 0, touch);
    }
}
