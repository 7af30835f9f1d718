package dev.nestor.fs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.task.TaskTable;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Stat;

/** Opening files: the end of fs/namei.c, fs/open.c. */
public final class Opens {
    /** VALID_OPEN_FLAGS: what open(2) passes over in silence is outside of it, and an error of openat2(2). */
    public static final int VALID_OPEN_FLAGS = Fcntl.O_ACCMODE
            | Fcntl.O_CREAT
            | Fcntl.O_EXCL
            | Fcntl.O_NOCTTY
            | Fcntl.O_TRUNC
            | Fcntl.O_APPEND
            | Fcntl.O_NONBLOCK
            | Fcntl.O_SYNC
            | Fcntl.O_DSYNC
            | Fcntl.FASYNC
            | Fcntl.O_DIRECT
            | Fcntl.O_LARGEFILE
            | Fcntl.O_DIRECTORY
            | Fcntl.O_NOFOLLOW
            | Fcntl.O_NOATIME
            | Fcntl.O_CLOEXEC
            | Fcntl.O_PATH
            | Fcntl.__O_TMPFILE;

    /** O_PATH_FLAGS. */
    public static final int O_PATH_FLAGS = Fcntl.O_DIRECTORY | Fcntl.O_NOFOLLOW | Fcntl.O_PATH | Fcntl.O_CLOEXEC;

    private static final int CREATION_FLAGS = Fcntl.O_CREAT | Fcntl.O_EXCL | Fcntl.O_NOCTTY | Fcntl.O_TRUNC;

    /** Opened for execve: __FMODE_EXEC. */
    private static final int FMODE_EXEC = 0x20;

    private final FileTable files;
    private final InodeTable inodes;
    private final DentryTable dentryTable;
    private final MountTable mountTable;
    private final Files fileLife;
    private final SuperBlocks superBlocks;
    private final Permissions permissions;
    private final Namei namei;
    private final Creation creation;
    private final Attributes attributes;
    private final FsNotify notify;
    private final TaskTable tasks;

    Opens(Vfs vfs) {
        this.files = vfs.tables.files;
        this.inodes = vfs.tables.inodes;
        this.dentryTable = vfs.tables.dentries;
        this.mountTable = vfs.tables.mounts;
        this.fileLife = vfs.files;
        this.superBlocks = vfs.superBlocks;
        this.permissions = vfs.permissions;
        this.namei = vfs.namei;
        this.creation = vfs.creation;
        this.attributes = vfs.attributes;
        this.notify = vfs.notify;
        this.tasks = vfs.below.tasks();
    }

    /**
     * do_sys_openat2() after getname(): the descriptor, a negative errno, or BLOCKED when a FIFO waits for its other end;
     * the file is then kept in the task's restart words.
     *
     * @param lookup LookupFlags beyond those that the open flags ask for
     */
    public long open(int task, int dfd, Nameidata nd, int flags, int mode, int lookup) {
        FileTables descriptors = fileLife.descriptors();
        int fd = descriptors.unused(task, 0);
        if (fd < 0) {
            return fd;
        }
        int file = (int) tasks.restart(task, 0);
        if (file == NULL) {
            file = openFile(task, dfd, nd, flags & ~Fcntl.O_CLOEXEC, mode, lookup);
            if (file < 0) {
                return file;
            }
        }
        long result = (flags & Fcntl.O_PATH) != 0 ? 0 : fileLife.ops(file).open(task, file);
        if (result == FileOps.BLOCKED) {
            tasks.setRestart(task, 0, file);
            return result;
        }
        if (result == 0 && (flags & Fcntl.O_PATH) == 0) {
            notify.file(FsNotify.FS_OPEN, file);
        }
        boolean isNew = (files.mode(file) & FileModes.FMODE_CREATED) != 0;
        if (result == 0 && (flags & Fcntl.O_TRUNC) != 0 && !isNew) {
            result = truncateOpened(task, file, flags);
        }
        if (result < 0) {
            fileLife.discard(file);
            return result;
        }
        descriptors.install(tasks.files(task), fd, file, (flags & Fcntl.O_CLOEXEC) != 0);
        return fd;
    }

    /** open_exec(): a regular file that may be executed, with one reference; it can't be written until allowWrite(). */
    public int openExec(int task, int dfd, Nameidata nd, int lookup) {
        int flags = Fcntl.O_LARGEFILE | ((lookup & LookupFlags.FOLLOW) == 0 ? Fcntl.O_NOFOLLOW : 0);
        int result = walk(task, dfd, nd, flags, 0, lookup);
        if (result < 0) {
            return result;
        }
        int inode = dentryTable.inode(nd.dentry);
        int error = mayOpen(task, nd, Permissions.MAY_EXEC, flags);
        if (error == 0 && (inodes.mode(inode) & Stat.S_IFMT) != Stat.S_IFREG) {
            error = -Errno.EACCES;
        }
        if (error == 0 && inodes.writeCount(inode) > 0) {
            error = -Errno.ETXTBSY;
        }
        int file = error != 0 ? error : create(task, nd, flags);
        if (file > 0) {
            files.setMode(file, files.mode(file) | FMODE_EXEC);
            inodes.setWriteCount(inode, inodes.writeCount(inode) - 1);
            notify.file(FsNotify.FS_OPEN | FsNotify.FS_OPEN_EXEC, file);
        }
        nd.release();
        return file;
    }

    /** allow_write_access(): the end of what openExec() began. */
    public void allowWrite(int file) {
        int inode = files.inode(file);
        inodes.setWriteCount(inode, inodes.writeCount(inode) + 1);
    }

    /** path_openat() without f_op->open(): the file with one reference, or a negative errno. */
    private int openFile(int task, int dfd, Nameidata nd, int flags, int mode, int lookup) {
        if ((flags & Fcntl.__O_TMPFILE) != 0) {
            return openTmpfile(task, dfd, nd, flags, mode, lookup);
        }
        if ((flags & Fcntl.O_PATH) != 0) {
            return openPath(task, dfd, nd, flags, lookup);
        }
        int result = walk(task, dfd, nd, flags, mode, lookup);
        if (result < 0) {
            return result;
        }
        boolean created = result == CREATED;
        int error = check(task, nd, flags, created);
        int file = error == 0 ? create(task, nd, flags) : error;
        if (file > 0 && created) {
            files.setMode(file, files.mode(file) | FileModes.FMODE_CREATED);
        }
        nd.release();
        return file;
    }

    /** file_open_name() of a path from the working directory: the file with one reference, or a negative errno. */
    public int openWithoutDescriptor(int task, Nameidata nd, int flags) {
        return openFile(task, Fcntl.AT_FDCWD, nd, flags, 0, 0);
    }

    /**
     * The same of a place that is known, and a descriptor for it; without O_PATH it is asked for permission.
     *
     * @param flags O_*, of which those that make a name do nothing
     */
    public long openPlace(int task, int mnt, int dentry, int flags) {
        FileTables descriptors = fileLife.descriptors();
        int fd = descriptors.unused(task, 0);
        if (fd < 0) {
            return fd;
        }
        Nameidata nd = namei.first();
        nd.jump(mnt, dentry);
        nd.flags = (flags & Fcntl.O_DIRECTORY) != 0 ? LookupFlags.DIRECTORY : 0;
        int wanted = flags & ~(Fcntl.O_CLOEXEC | Fcntl.O_CREAT | Fcntl.O_EXCL);
        boolean isPath = (flags & Fcntl.O_PATH) != 0;
        boolean isLink = (inodes.mode(dentryTable.inode(dentry)) & Stat.S_IFMT) == Stat.S_IFLNK;
        int file = isPath ? 0 : isLink ? -Errno.ELOOP : check(task, nd, wanted, false);
        if (file == 0) {
            file = isPath
                    ? fileLife.create(task, mnt, dentry, wanted & O_PATH_FLAGS, FileKinds.PATH)
                    : create(task, nd, wanted);
        }
        nd.release();
        if (file <= NULL) {
            return file == NULL ? -Errno.ENFILE : file;
        }
        long result = isPath ? 0 : fileLife.ops(file).open(task, file);
        if (result == 0 && !isPath) {
            notify.file(FsNotify.FS_OPEN, file);
            result = (flags & Fcntl.O_TRUNC) != 0 ? truncateOpened(task, file, flags) : 0;
        }
        if (result < 0) {
            fileLife.discard(file);
            return result == FileOps.BLOCKED ? -Outside.EOUTSIDE : result;
        }
        descriptors.install(tasks.files(task), fd, file, (flags & Fcntl.O_CLOEXEC) != 0);
        return fd;
    }

    /** dentry_open() of a place, of whose use nobody is told: the file with one reference, or EROFS, ETXTBSY, ENFILE, ENXIO. */
    public int openSilently(int task, int mnt, int dentry, int flags) {
        Nameidata nd = namei.first();
        nd.jump(mnt, dentry);
        int inode = dentryTable.inode(dentry);
        boolean writes = (flags & Fcntl.O_ACCMODE) != Fcntl.O_RDONLY && !isSpecial(inode);
        int file;
        if (writes && isReadOnly(mnt)) {
            file = -Errno.EROFS;
        } else if (writes && inodes.writeCount(inode) < 0) {
            file = -Errno.ETXTBSY;
        } else {
            file = create(task, nd, flags);
        }
        nd.release();
        if (file > 0) {
            files.setMode(file, files.mode(file) | FileModes.FMODE_NONOTIFY);
            long result = fileLife.ops(file).open(task, file);
            if (result != 0) {
                fileLife.discard(file);
                return result == FileOps.BLOCKED ? -Outside.EOUTSIDE : (int) result;
            }
        }
        return file;
    }

    private static final int CREATED = 1;

    /** link_path_walk() and open_last_lookups(), until no symlink is left: 0, CREATED, or a negative errno. */
    private int walk(int task, int dfd, Nameidata nd, int flags, int mode, int lookup) {
        int result = namei.init(nd, task, dfd, lookup | lookupFlags(flags));
        int found = Namei.AGAIN;
        while (result == 0 && found == Namei.AGAIN) {
            result = namei.walkToLast(nd);
            if (result == 0) {
                found = openLast(task, nd, flags, mode);
            }
        }
        if (result == 0 && found < 0) {
            result = found;
        }
        if (result != 0) {
            nd.release();
            return result;
        }
        return found == 0 ? 0 : CREATED;
    }

    private static int lookupFlags(int flags) {
        boolean follow = (flags & Fcntl.O_NOFOLLOW) == 0
                && (flags & (Fcntl.O_CREAT | Fcntl.O_EXCL)) != (Fcntl.O_CREAT | Fcntl.O_EXCL);
        return (follow ? LookupFlags.FOLLOW : 0) | ((flags & Fcntl.O_DIRECTORY) != 0 ? LookupFlags.DIRECTORY : 0);
    }

    /** The last name: AGAIN when it was a symlink, 0 when nd is there, 2 when it has been made. */
    private int openLast(int task, Nameidata nd, int flags, int mode) {
        boolean create = (flags & Fcntl.O_CREAT) != 0;
        if (nd.lastType != Nameidata.LAST_NORM || !create) {
            return namei.stepLast(nd, (nd.flags & LookupFlags.FOLLOW) != 0);
        }
        if (nd.trailingSlash) {
            return -Errno.EISDIR;
        }
        int dentry = namei.lookupLast(nd);
        if (dentry < 0) {
            return dentry;
        }
        if (dentry != NULL) {
            return namei.stepInto(nd, dentry, (nd.flags & LookupFlags.FOLLOW) != 0);
        }
        dentry = creation.createFile(task, nd, mode);
        if (dentry < 0) {
            return dentry;
        }
        nd.stepTo(dentry);
        return 2;
    }

    /** The checks of do_open(). */
    private int check(int task, Nameidata nd, int flags, boolean created) {
        if ((flags & Fcntl.O_CREAT) != 0) {
            if ((flags & Fcntl.O_EXCL) != 0 && !created) {
                return -Errno.EEXIST;
            }
            if (namei.isDirectory(nd.dentry)) {
                return -Errno.EISDIR;
            }
        }
        if ((nd.flags & LookupFlags.DIRECTORY) != 0 && !namei.isDirectory(nd.dentry)) {
            return -Errno.ENOTDIR;
        }
        if (created) {
            return 0;
        }
        int inode = dentryTable.inode(nd.dentry);
        boolean isRegular = (inodes.mode(inode) & Stat.S_IFMT) == Stat.S_IFREG;
        if (isRegular && (flags & Fcntl.O_TRUNC) != 0 && isReadOnly(nd.mnt)) {
            return -Errno.EROFS;
        }
        int error = mayOpen(task, nd, accessOf(flags), flags);
        if (error != 0) {
            return error;
        }
        boolean writes = (flags & Fcntl.O_ACCMODE) != Fcntl.O_RDONLY && !isSpecial(inode);
        if (writes && isReadOnly(nd.mnt)) {
            return -Errno.EROFS;
        }
        return writes && inodes.writeCount(inode) < 0 ? -Errno.ETXTBSY : 0;
    }

    /** ACC_MODE(), and that O_TRUNC writes too. */
    private static int accessOf(int flags) {
        int access = (flags & Fcntl.O_ACCMODE) == Fcntl.O_RDONLY
                ? Permissions.MAY_READ
                : (flags & Fcntl.O_ACCMODE) == Fcntl.O_WRONLY
                        ? Permissions.MAY_WRITE
                        : Permissions.MAY_READ | Permissions.MAY_WRITE;
        return (flags & Fcntl.O_TRUNC) != 0 ? access | Permissions.MAY_WRITE : access;
    }

    /** may_open(). */
    private int mayOpen(int task, Nameidata nd, int access, int flags) {
        int inode = dentryTable.inode(nd.dentry);
        int type = inodes.mode(inode) & Stat.S_IFMT;
        boolean execs = (access & Permissions.MAY_EXEC) != 0;
        if (type == Stat.S_IFLNK) {
            return -Errno.ELOOP;
        }
        if (type == Stat.S_IFDIR && (access & Permissions.MAY_WRITE) != 0) {
            return -Errno.EISDIR;
        }
        boolean isDevice = type == Stat.S_IFCHR || type == Stat.S_IFBLK;
        if (isDevice && (mountTable.flags(nd.mnt) & MountFlags.MNT_NODEV) != 0) {
            return -Errno.EACCES;
        }
        boolean noexec = type != Stat.S_IFREG || (mountTable.flags(nd.mnt) & MountFlags.MNT_NOEXEC) != 0;
        if (execs && noexec) {
            return -Errno.EACCES;
        }
        int error = permissions.check(task, nd.mnt, inode, access);
        if (error != 0) {
            return error;
        }
        if ((flags & Fcntl.O_NOATIME) != 0 && !permissions.isOwnerOrCapable(task, nd.mnt, inode)) {
            return -Errno.EPERM;
        }
        return type == Stat.S_IFSOCK ? -Errno.ENXIO : 0;
    }

    /** special_file(): its writers are not the file system's. */
    private boolean isSpecial(int inode) {
        int type = inodes.mode(inode) & Stat.S_IFMT;
        return type == Stat.S_IFCHR || type == Stat.S_IFBLK || type == Stat.S_IFIFO || type == Stat.S_IFSOCK;
    }

    private boolean isReadOnly(int mnt) {
        return creation.isReadOnly(mnt);
    }

    /** do_dentry_open() without f_op->open(). */
    public int create(int task, Nameidata nd, int flags) {
        int inode = dentryTable.inode(nd.dentry);
        int kind = superBlocks.type(inodes.sb(inode)).fileKind(inode);
        int file = fileLife.create(task, nd.mnt, nd.dentry, flags & ~CREATION_FLAGS, kind);
        if (file == NULL) {
            return -Errno.ENFILE;
        }
        if (fileLife.hasMode(file, FileModes.FMODE_WRITE) && !isSpecial(inode)) {
            files.setMode(file, files.mode(file) | FileModes.FMODE_WRITER);
            inodes.setWriteCount(inode, inodes.writeCount(inode) + 1);
            fileLife.beginWriting(nd.mnt);
        }
        return file;
    }

    private int openPath(int task, int dfd, Nameidata nd, int flags, int lookup) {
        int error = namei.lookup(nd, task, dfd, lookup | lookupFlags(flags));
        if (error != 0) {
            return error;
        }
        int file = fileLife.create(task, nd.mnt, nd.dentry, flags, FileKinds.PATH);
        nd.release();
        return file == NULL ? -Errno.ENFILE : file;
    }

    private int openTmpfile(int task, int dfd, Nameidata nd, int flags, int mode, int lookup) {
        int error = namei.lookup(nd, task, dfd, lookup | lookupFlags(flags) | LookupFlags.DIRECTORY);
        if (error != 0) {
            return error;
        }
        int dentry = creation.createTmpfile(task, nd, mode, (flags & Fcntl.O_EXCL) == 0);
        if (dentry < 0) {
            nd.release();
            return dentry;
        }
        nd.stepTo(dentry);
        int file = create(task, nd, flags);
        nd.release();
        return file;
    }

    /** handle_truncate(). */
    private long truncateOpened(int task, int file, int flags) {
        int inode = files.inode(file);
        if ((inodes.mode(inode) & Stat.S_IFMT) != Stat.S_IFREG || (flags & Fcntl.__O_TMPFILE) != 0) {
            return 0;
        }
        int error = attributes.truncate(task, files.mnt(file), inode, 0);
        if (error == 0) {
            notify.dentry(FsNotify.FS_MODIFY, files.dentry(file));
        }
        return error;
    }
}
