package dev.nestor.fs;

import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.signal.Signals;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Resource;
import dev.nestor.uapi.Signal;
import dev.nestor.uapi.Stat;

/** Changing mode, owner, times and length: fs/attr.c, and their callers in fs/open.c and fs/utimes.c. */
public final class Attributes {
    private static final int S_IALLUGO = 07777;

    private final InodeTable inodes;
    private final Inodes inodeLife;
    private final Contents contents;
    private final SuperBlocks superBlocks;
    private final Permissions permissions;
    private final TaskTable tasks;
    private final SignalStructTable signalStructs;
    private final Signals signals;

    Attributes(Vfs vfs) {
        this.inodes = vfs.tables.inodes;
        this.inodeLife = vfs.inodes;
        this.contents = vfs.contents;
        this.superBlocks = vfs.superBlocks;
        this.permissions = vfs.permissions;
        this.tasks = vfs.below.tasks();
        this.signalStructs = vfs.below.signals();
        this.signals = vfs.below.sender();
    }

    /** chmod_common() after mnt_want_write(). */
    public int chmod(int task, int inode, int mode) {
        if ((inodes.mode(inode) & Stat.S_IFMT) == Stat.S_IFLNK) {
            return -Errno.EOPNOTSUPP;
        }
        if (!permissions.isOwnerOrCapable(task, inode)) {
            return -Errno.EPERM;
        }
        int error = maySetattr(task, inode, FsType.ATTR_MODE);
        if (error != 0) {
            return error;
        }
        int bits = mode & S_IALLUGO;
        boolean mayHaveSgid = permissions.isInGroup(task, inodes.gid(inode))
                || permissions.isCapable(task, inode, Capability.CAP_FSETID);
        if (!mayHaveSgid) {
            bits &= ~Stat.S_ISGID;
        }
        inodes.setMode(inode, (inodes.mode(inode) & ~S_IALLUGO) | bits);
        inodeLife.touchCtime(inode);
        return 0;
    }

    /** chown_common() after mnt_want_write(): kids, or INVALID_ID for what stays. */
    public int chown(int task, int inode, int kuid, int kgid) {
        boolean ownsIt = permissions.fsuid(task) == inodes.uid(inode);
        boolean capable = permissions.isCapable(task, inode, Capability.CAP_CHOWN);
        boolean uidChanges = kuid != UserNamespaces.INVALID_ID;
        boolean gidChanges = kgid != UserNamespaces.INVALID_ID;
        if (uidChanges && !capable && !(ownsIt && kuid == inodes.uid(inode))) {
            return -Errno.EPERM;
        }
        boolean groupIsHis = kgid == inodes.gid(inode) || permissions.isInGroup(task, kgid);
        if (gidChanges && !capable && !(ownsIt && groupIsHis)) {
            return -Errno.EPERM;
        }
        int error = maySetattr(task, inode, FsType.ATTR_OWNER);
        if (error != 0) {
            return error;
        }
        if ((inodes.mode(inode) & Stat.S_IFMT) != Stat.S_IFDIR) {
            killPrivileges(task, inode);
        }
        if (uidChanges) {
            inodes.setUid(inode, kuid);
        }
        if (gidChanges) {
            inodes.setGid(inode, kgid);
        }
        inodeLife.touchCtime(inode);
        return 0;
    }

    /** may_setattr(), and what the file system says. */
    private int maySetattr(int task, int inode, int what) {
        return (inodes.flags(inode) & InodeFlags.IMMUTABLE) != 0
                ? -Errno.EPERM
                : superBlocks.type(inodes.sb(inode)).maySetattr(task, inode, what);
    }

    /** setattr_should_drop_suidgid(): a changed file is no longer set-id, nor set-gid if its group may execute it. */
    private void killPrivileges(int task, int inode) {
        int mode = inodes.mode(inode) & ~Stat.S_ISUID;
        boolean dropsSgid = (mode & 010) != 0
                || !(permissions.isInGroup(task, inodes.gid(inode))
                        || permissions.isCapable(task, inode, Capability.CAP_FSETID));
        inodes.setMode(inode, dropsSgid ? mode & ~Stat.S_ISGID : mode);
    }

    /** file_remove_privs(): who writes without CAP_FSETID takes the set-id bits away. */
    public void removePrivileges(int task, int inode) {
        int mode = inodes.mode(inode);
        boolean hasAny = (mode & (Stat.S_ISUID | Stat.S_ISGID)) != 0;
        if (hasAny && !permissions.isCapable(task, inode, Capability.CAP_FSETID)) {
            killPrivileges(task, inode);
        }
    }

    /** vfs_truncate() after mnt_want_write(). */
    public int truncatePath(int task, int inode, long length) {
        int type = inodes.mode(inode) & Stat.S_IFMT;
        if (type != Stat.S_IFREG) {
            return type == Stat.S_IFDIR ? -Errno.EISDIR : -Errno.EINVAL;
        }
        int error = permissions.check(task, inode, Permissions.MAY_WRITE);
        if (error == 0 && inodes.writeCount(inode) < 0) {
            error = -Errno.ETXTBSY;
        }
        return error != 0 ? error : truncate(task, inode, length);
    }

    /** do_truncate() of a regular file. */
    public int truncate(int task, int inode, long length) {
        long size = inodes.size(inode);
        if (length > size && length > limit(task)) {
            signals.sendSig(task, Signal.SIGXFSZ, task, false);
            return -Errno.EFBIG;
        }
        int error = maySetattr(task, inode, FsType.ATTR_SIZE);
        if (error != 0) {
            return error;
        }
        removePrivileges(task, inode);
        contents.truncate(inode, length);
        inodeLife.touchMtime(inode);
        return 0;
    }

    /** RLIMIT_FSIZE in bytes, as an unsigned number that fits. */
    public long limit(int task) {
        long limit = signalStructs.rlimCur(tasks.signal(task), Resource.RLIMIT_FSIZE);
        return limit < 0 ? Long.MAX_VALUE : limit;
    }

    /**
     * vfs_utimes() after mnt_want_write().
     *
     * @param atime ns since 1970, or -1 for one that stays
     * @param touch both are to be now, which who may write is allowed too
     */
    public int utimes(int task, int inode, long atime, long mtime, boolean touch) {
        if (!permissions.isOwnerOrCapable(task, inode)) {
            if (!touch) {
                return -Errno.EPERM;
            }
            int error = permissions.check(task, inode, Permissions.MAY_WRITE);
            if (error != 0) {
                return error;
            }
        }
        int error = maySetattr(task, inode, FsType.ATTR_TIMES);
        if (error != 0) {
            return error;
        }
        if (atime != -1) {
            inodes.setAtime(inode, atime);
        }
        if (mtime != -1) {
            inodes.setMtime(inode, mtime);
        }
        inodeLife.touchCtime(inode);
        return 0;
    }
}
