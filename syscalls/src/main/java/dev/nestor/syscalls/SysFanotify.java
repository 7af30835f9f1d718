package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.Files;
import dev.nestor.fs.FsNotify;
import dev.nestor.fs.LookupFlags;
import dev.nestor.fs.MountFlags;
import dev.nestor.fs.Namei;
import dev.nestor.fs.Nameidata;
import dev.nestor.fs.Outside;
import dev.nestor.fs.Permissions;
import dev.nestor.fs.Vfs;
import dev.nestor.fs.exportfs.FileHandles;
import dev.nestor.fs.fanotify.Fanotifies;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fanotify;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Stat;

/** fanotify_init(2), fanotify_mark(2): fs/notify/fanotify/fanotify_user.c. */
public final class SysFanotify {
    private static final int CLASSES = Fanotify.FAN_CLASS_CONTENT | Fanotify.FAN_CLASS_PRE_CONTENT;

    /** FANOTIFY_ADMIN_INIT_FLAGS. */
    private static final int ADMIN_FLAGS = CLASSES
            | Fanotify.FAN_REPORT_TID
            | Fanotify.FAN_REPORT_PIDFD
            | Fanotify.FAN_REPORT_FD_ERROR
            | Fanotify.FAN_UNLIMITED_QUEUE
            | Fanotify.FAN_UNLIMITED_MARKS;

    private static final int INIT_FLAGS = ADMIN_FLAGS
            | Fanotifies.FID_BITS
            | Fanotify.FAN_REPORT_MNT
            | Fanotify.FAN_ENABLE_AUDIT
            | Fanotify.FAN_CLOEXEC
            | Fanotify.FAN_NONBLOCK;
    private static final int EVENT_FILE_FLAGS = Fcntl.O_ACCMODE
            | Fcntl.O_APPEND
            | Fcntl.O_NONBLOCK
            | Fcntl.O_SYNC
            | Fcntl.O_DSYNC
            | Fcntl.O_CLOEXEC
            | Fcntl.O_LARGEFILE
            | Fcntl.O_NOATIME;

    private static final int COMMANDS = Fanotify.FAN_MARK_ADD | Fanotify.FAN_MARK_REMOVE | Fanotify.FAN_MARK_FLUSH;
    private static final int TYPES = Fanotify.FAN_MARK_MOUNT | Fanotify.FAN_MARK_FILESYSTEM;
    private static final int IGNORE = Fanotify.FAN_MARK_IGNORE | Fanotify.FAN_MARK_IGNORED_MASK;
    private static final int MARK_FLAGS = COMMANDS
            | TYPES
            | IGNORE
            | Fanotify.FAN_MARK_DONT_FOLLOW
            | Fanotify.FAN_MARK_ONLYDIR
            | Fanotify.FAN_MARK_IGNORED_SURV_MODIFY
            | Fanotify.FAN_MARK_EVICTABLE;

    private static final int PRE_CONTENT = Fanotify.FAN_PRE_ACCESS;
    private static final int PERMISSION =
            Fanotify.FAN_OPEN_PERM | Fanotify.FAN_ACCESS_PERM | Fanotify.FAN_OPEN_EXEC_PERM | PRE_CONTENT;
    private static final int MOUNTS = Fanotify.FAN_MNT_ATTACH | Fanotify.FAN_MNT_DETACH;
    private static final int EVENT_FLAGS = Fanotify.FAN_ONDIR | Fanotify.FAN_EVENT_ON_CHILD;

    /** FANOTIFY_FD_EVENTS: what comes with a path. */
    private static final int WITH_FD = Fanotify.FAN_ACCESS
            | Fanotify.FAN_MODIFY
            | Fanotify.FAN_CLOSE
            | Fanotify.FAN_OPEN
            | Fanotify.FAN_OPEN_EXEC
            | PERMISSION;

    private static final int DIRENT =
            Fanotify.FAN_MOVE | Fanotify.FAN_CREATE | Fanotify.FAN_DELETE | Fanotify.FAN_RENAME;
    private static final int KNOWN_EVENTS = WITH_FD
            | DIRENT
            | Fanotify.FAN_ATTRIB
            | Fanotify.FAN_MOVE_SELF
            | Fanotify.FAN_DELETE_SELF
            | Fanotify.FAN_FS_ERROR
            | MOUNTS
            | EVENT_FLAGS;

    private final Vfs vfs;
    private final Namei namei;
    private final Files files;
    private final Capabilities capabilities;
    private final Fanotifies fanotifies;
    private final FileHandles handles;

    public SysFanotify(Kernel kernel) {
        this.vfs = kernel.vfs();
        this.namei = vfs.namei;
        this.files = kernel.files();
        this.capabilities = kernel.capabilities();
        this.fanotifies = kernel.fileSystems().fanotifies();
        this.handles = kernel.fileSystems().fileHandles();
    }

    public void register(SyscallTable.Builder table) {
        table.full(Nr.NR_fanotify_init, "fanotify_init", this::init)
                .partial(
                        Nr.NR_fanotify_mark,
                        "fanotify_mark",
                        this::mark,
                        "permission events, errors of file systems; events of files that change outside of the emulator:"
                                + " waiting for them is not computed");
    }

    private long init(int task, SyscallArgs args) {
        int flags = args.intAt(0);
        int eventFlags = args.intAt(1);
        int fid = flags & Fanotifies.FID_BITS;
        int unprivileged = 0;
        if (!capabilities.capable(task, Capability.CAP_SYS_ADMIN)) {
            if ((flags & ADMIN_FLAGS) != 0 || (flags & (Fanotifies.FID_BITS | Fanotify.FAN_REPORT_MNT)) == 0) {
                return -Errno.EPERM;
            }
            unprivileged = Fanotifies.FANOTIFY_UNPRIV;
        }
        boolean isOdd = (flags & ~INIT_FLAGS) != 0
                || has(flags, Fanotify.FAN_REPORT_PIDFD | Fanotify.FAN_REPORT_TID)
                || (eventFlags & ~EVENT_FILE_FLAGS) != 0
                || (eventFlags & Fcntl.O_ACCMODE) == Fcntl.O_ACCMODE
                || (fid != 0 && (flags & CLASSES) != 0)
                || has(flags, CLASSES);
        boolean isOddMount = has(flags, Fanotify.FAN_REPORT_MNT)
                && (flags & (CLASSES | Fanotifies.FID_BITS | Fanotify.FAN_REPORT_FD_ERROR)) != 0;
        boolean lacks = (has(fid, Fanotify.FAN_REPORT_NAME) && !has(fid, Fanotify.FAN_REPORT_DIR_FID))
                || (has(fid, Fanotify.FAN_REPORT_TARGET_FID)
                        && !has(fid, Fanotify.FAN_REPORT_NAME | Fanotify.FAN_REPORT_FID));
        if (isOdd || isOddMount || lacks) {
            return -Errno.EINVAL;
        }
        if (has(flags, Fanotify.FAN_ENABLE_AUDIT) && !capabilities.capable(task, Capability.CAP_AUDIT_WRITE)) {
            return -Errno.EPERM;
        }
        return fanotifies.create(task, flags | unprivileged, eventFlags);
    }

    private static boolean has(int flags, int wanted) {
        return (flags & wanted) == wanted;
    }

    /** FsNotify.INODE and its kind. */
    private static int typeOf(int flags) {
        return switch (flags & TYPES) {
            case Fanotify.FAN_MARK_INODE -> FsNotify.INODE;
            case Fanotify.FAN_MARK_MOUNT -> FsNotify.MOUNT;
            case Fanotify.FAN_MARK_FILESYSTEM -> FsNotify.SUPER_BLOCK;
            default -> FsNotify.MNT_NS;
        };
    }

    private long mark(int task, SyscallArgs args) {
        int flags = args.intAt(1);
        int command = flags & COMMANDS;
        int mask = args.intAt(2);
        if (args.get(2) >>> Integer.SIZE != 0 || (flags & ~MARK_FLAGS) != 0) {
            return -Errno.EINVAL;
        }
        boolean isChange = command == Fanotify.FAN_MARK_ADD || command == Fanotify.FAN_MARK_REMOVE;
        boolean isFlush = command == Fanotify.FAN_MARK_FLUSH && (flags & ~(TYPES | Fanotify.FAN_MARK_FLUSH)) == 0;
        if (!(isFlush || (isChange && mask != 0)) || (mask & ~KNOWN_EVENTS) != 0 || has(flags, IGNORE)) {
            return -Errno.EINVAL;
        }
        int spare = 0;
        if ((flags & IGNORE) == Fanotify.FAN_MARK_IGNORED_MASK) {
            mask &= ~EVENT_FLAGS;
            spare = EVENT_FLAGS;
        }
        int file = files.usableFileOf(task, args.intAt(0));
        if (file == NULL) {
            return -Errno.EBADF;
        }
        if (!fanotifies.isFanotify(file)) {
            return -Errno.EINVAL;
        }
        int type = typeOf(flags);
        int error = checkMark(task, file, flags, mask, type);
        if (error != 0) {
            return error;
        }
        return isFlush ? fanotifies.unmarkAll(file, type) : change(task, args, file, mask, spare);
    }

    /** What a group can hear at all, and who may ask for it. */
    private int checkMark(int task, int file, int flags, int mask, int type) {
        int group = fanotifies.flags(file);
        boolean ofMounts = has(group, Fanotify.FAN_REPORT_MNT);
        boolean isOdd = ofMounts
                ? (mask & ~MOUNTS) != 0 || type != FsNotify.MNT_NS
                : (mask & MOUNTS) != 0 || type == FsNotify.MNT_NS;
        if (isOdd) {
            return -Errno.EINVAL;
        }
        int userNs = fanotifies.userNs(file);
        if (type != FsNotify.INODE && !capabilities.nsCapable(task, userNs, Capability.CAP_SYS_ADMIN)) {
            return -Errno.EPERM;
        }
        int fid = group & Fanotifies.FID_BITS;
        boolean isEarly = (mask & PERMISSION) != 0 && (group & CLASSES) == 0;
        boolean isTooEarly = (mask & PRE_CONTENT) != 0 && (group & CLASSES) == Fanotify.FAN_CLASS_CONTENT;
        boolean needsFid = (mask & ~(WITH_FD | MOUNTS | EVENT_FLAGS)) != 0;
        boolean isWrong = isEarly
                || isTooEarly
                || (has(mask, Fanotify.FAN_FS_ERROR) && type != FsNotify.SUPER_BLOCK)
                || (has(flags, Fanotify.FAN_MARK_EVICTABLE) && type != FsNotify.INODE)
                || (needsFid && (fid == 0 || type == FsNotify.MOUNT))
                || (has(mask, Fanotify.FAN_RENAME) && !has(fid, Fanotify.FAN_REPORT_NAME))
                || ((mask & PRE_CONTENT) != 0 && has(mask, Fanotify.FAN_ONDIR));
        return isWrong ? -Errno.EINVAL : 0;
    }

    /** fanotify_find_path(), and what follows on the place. */
    private long change(int task, SyscallArgs args, int file, int mask, int spare) {
        int flags = args.intAt(1);
        Nameidata nd = namei.first();
        int error = find(nd, task, args);
        if (error != 0) {
            return error;
        }
        long result =
                vfs.permissions.check(task, nd.mnt(), vfs.tables.dentries.inode(nd.dentry()), Permissions.MAY_READ);
        if (result == 0) {
            result = changeAt(task, nd, file, flags, mask, spare);
        }
        nd.release();
        return result;
    }

    private int find(Nameidata nd, int task, SyscallArgs args) {
        int flags = args.intAt(1);
        boolean onlyDir = has(flags, Fanotify.FAN_MARK_ONLYDIR);
        if (args.get(4) == 0) {
            int at = files.usableFileOf(task, args.intAt(3));
            if (at == NULL) {
                return -Errno.EBADF;
            }
            if (onlyDir && !namei.isDirectory(vfs.tables.files.dentry(at))) {
                return -Errno.ENOTDIR;
            }
            nd.jump(vfs.tables.files.mnt(at), vfs.tables.files.dentry(at));
            return 0;
        }
        int lookup = (has(flags, Fanotify.FAN_MARK_DONT_FOLLOW) ? 0 : LookupFlags.FOLLOW)
                | (onlyDir ? LookupFlags.DIRECTORY : 0);
        int error = namei.getname(nd, task, args.get(4), lookup);
        return error != 0 ? error : namei.lookup(nd, task, args.intAt(3), lookup);
    }

    private long changeAt(int task, Nameidata nd, int file, int flags, int mask, int spare) {
        int type = typeOf(flags);
        boolean adds = has(flags, Fanotify.FAN_MARK_ADD);
        int inode = vfs.tables.dentries.inode(nd.dentry());
        int sb = vfs.tables.mounts.sb(nd.mnt());
        int fid = fanotifies.flags(file) & Fanotifies.FID_BITS;
        if (adds) {
            int error = checkEvents(nd, fid, flags, mask);
            if (error != 0) {
                return error;
            }
        }
        if (fid != 0) {
            boolean canReport = handles.encode(inode, type == FsNotify.INODE, false) >= 0;
            if (!canReport) {
                return -Errno.EOPNOTSUPP;
            }
        }
        int object = objectOf(nd, type);
        int userNs = ownerOf(object, type, sb);
        if (userNs != NULL && !capabilities.nsCapable(task, userNs, Capability.CAP_SYS_ADMIN)) {
            return -Errno.EPERM;
        }
        if (object == NULL) {
            return -Errno.EINVAL;
        }
        boolean isDir = namei.isDirectory(nd.dentry());
        boolean ignores = (flags & IGNORE) != 0;
        if (adds && has(flags, Fanotify.FAN_MARK_IGNORE) && !has(flags, Fanotify.FAN_MARK_IGNORED_SURV_MODIFY)) {
            if (type != FsNotify.INODE || isDir) {
                return type != FsNotify.INODE ? -Errno.EINVAL : -Errno.EISDIR;
            }
        }
        int events = mask;
        int kept = spare;
        if (type != FsNotify.INODE || !isDir) {
            events &= ~Fanotify.FAN_EVENT_ON_CHILD;
            kept = Fanotify.FAN_EVENT_ON_CHILD;
            boolean wantsDir = has(fid, Fanotify.FAN_REPORT_DIR_FID) && !ignores;
            events |= wantsDir ? Fanotify.FAN_EVENT_ON_CHILD : 0;
        }
        if (!adds) {
            return fanotifies.unmark(file, type, object, events, flags, kept);
        }
        boolean isThere = (events & (PERMISSION | Fanotify.FAN_FS_ERROR)) == 0;
        return isThere ? fanotifies.mark(file, type, object, events, flags) : -Outside.EOUTSIDE;
    }

    /** fanotify_events_supported(): EINVAL, ENOTDIR, EOPNOTSUPP. */
    private int checkEvents(Nameidata nd, int fid, int flags, int mask) {
        int type = typeOf(flags);
        int sb = vfs.tables.mounts.sb(nd.mnt());
        boolean isDir = namei.isDirectory(nd.dentry());
        if ((mask & PRE_CONTENT) != 0) {
            boolean allowsHsm = vfs.superBlocks.type(sb).name().equals("ext4");
            int mode = vfs.tables.inodes.mode(vfs.tables.dentries.inode(nd.dentry())) & Stat.S_IFMT;
            if (!allowsHsm) {
                return -Errno.EOPNOTSUPP;
            }
            if (!isDir && mode != Stat.S_IFREG) {
                return -Errno.EINVAL;
            }
        }
        boolean isProc = vfs.superBlocks.type(sb).name().equals("proc");
        boolean isPseudo = vfs.tables.mounts.ns(nd.mnt()) == NULL
                && (vfs.tables.mounts.flags(nd.mnt()) & MountFlags.MNT_UMOUNT) == 0;
        if (((mask & PERMISSION) != 0 && isProc) || (type != FsNotify.INODE && type != FsNotify.MNT_NS && isPseudo)) {
            return -Errno.EINVAL;
        }
        boolean isStrict = has(fid, Fanotify.FAN_REPORT_TARGET_FID)
                || has(mask, Fanotify.FAN_RENAME)
                || has(flags, Fanotify.FAN_MARK_IGNORE);
        boolean ofDirs = (mask & (DIRENT | EVENT_FLAGS)) != 0;
        return isStrict && !isDir && type == FsNotify.INODE && ofDirs ? -Errno.ENOTDIR : 0;
    }

    private int objectOf(Nameidata nd, int type) {
        int sb = vfs.tables.mounts.sb(nd.mnt());
        return switch (type) {
            case FsNotify.INODE -> vfs.tables.dentries.inode(nd.dentry());
            case FsNotify.MOUNT -> nd.mnt();
            case FsNotify.SUPER_BLOCK -> sb;
            default -> vfs.superBlocks.type(sb).mntNsOf(nd.dentry());
        };
    }

    /** Whose CAP_SYS_ADMIN is asked for a mark on more than an inode. */
    private int ownerOf(int object, int type, int sb) {
        if (object == NULL) {
            return NULL;
        }
        return switch (type) {
            case FsNotify.INODE -> NULL;
            case FsNotify.MNT_NS -> vfs.tables.mntNamespaces.userNs(object);
            case FsNotify.MOUNT -> {
                int ns = vfs.tables.mounts.ns(object);
                yield ns == NULL ? NULL : vfs.tables.mntNamespaces.userNs(ns);
            }
            default -> vfs.tables.superBlocks.userNs(sb);
        };
    }
}
