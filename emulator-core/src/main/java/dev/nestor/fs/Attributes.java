package dev.nestor.fs;

import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.signal.Signals;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Memfd;
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
    public int chmod(int task, int mnt, int inode, int mode) {
        if ((inodes.mode(inode) & Stat.S_IFMT) == Stat.S_IFLNK) {
            return -Errno.EOPNOTSUPP;
        }
        int error = maySetattr(mnt, inode);
        if (error != 0) {
            return error;
        }
        if (!permissions.isOwnerOrCapable(task, mnt, inode)) {
            return -Errno.EPERM;
        }
        error = fsMaySetattr(task, inode, FsType.ATTR_MODE);
        if (error != 0) {
            return error;
        }
        boolean isSealed = (InodeFlags.seals(inodes.flags(inode)) & Memfd.F_SEAL_EXEC) != 0;
        if (isSealed && ((mode ^ inodes.mode(inode)) & 0111) != 0) {
            return -Errno.EPERM;
        }
        int bits = mode & S_IALLUGO;
        if (!permissions.isInGroupOrCapable(task, mnt, inode, permissions.vfsgid(mnt, inode))) {
            bits &= ~Stat.S_ISGID;
        }
        inodes.setMode(inode, (inodes.mode(inode) & ~S_IALLUGO) | bits);
        inodeLife.touchCtime(inode);
        return 0;
    }

    /** chown_common() after mnt_want_write(): kids as the mount shows them, or INVALID_ID for what stays. */
    public int chown(int task, int mnt, int inode, int kuid, int kgid) {
        boolean uidChanges = kuid != UserNamespaces.INVALID_ID;
        boolean gidChanges = kgid != UserNamespaces.INVALID_ID;
        int error = mayOwn(mnt, inode, kuid, kgid);
        if (error != 0) {
            return error;
        }
        boolean ownsIt = permissions.fsuid(task) == permissions.vfsuid(mnt, inode);
        boolean capable = permissions.isCapable(task, mnt, inode, Capability.CAP_CHOWN);
        boolean capableInFs = permissions.isCapableInFs(task, inode, Capability.CAP_CHOWN);
        int owner = permissions.vfsuid(mnt, inode);
        boolean mayTake = capable || (owner == UserNamespaces.INVALID_ID && capableInFs);
        if (uidChanges && !mayTake && !(ownsIt && kuid == owner)) {
            return -Errno.EPERM;
        }
        int group = permissions.vfsgid(mnt, inode);
        boolean groupIsHis = kgid == group || permissions.isInGroup(task, kgid);
        boolean mayGive = capable || (group == UserNamespaces.INVALID_ID && capableInFs);
        if (gidChanges && !mayGive && !(ownsIt && groupIsHis)) {
            return -Errno.EPERM;
        }
        error = fsMaySetattr(task, inode, FsType.ATTR_OWNER);
        if (error != 0) {
            return error;
        }
        if ((inodes.mode(inode) & Stat.S_IFMT) != Stat.S_IFDIR) {
            killPrivileges(task, mnt, inode);
        }
        if (uidChanges) {
            inodes.setUid(inode, permissions.fromVfsuid(mnt, inode, kuid));
        }
        if (gidChanges) {
            inodes.setGid(inode, permissions.fromVfsgid(mnt, inode, kgid));
        }
        inodeLife.touchCtime(inode);
        return 0;
    }

    /** notify_change(): an owner has to be one that the file system can write down, and one that stays has to be known. */
    private int mayOwn(int mnt, int inode, int kuid, int kgid) {
        if ((inodes.flags(inode) & InodeFlags.IMMUTABLE) != 0) {
            return -Errno.EPERM;
        }
        boolean uidFits = kuid == UserNamespaces.INVALID_ID
                ? permissions.vfsuid(mnt, inode) != UserNamespaces.INVALID_ID
                : permissions.hasFsMapping(mnt, inode, UserNamespaces.UID, kuid);
        boolean gidFits = kgid == UserNamespaces.INVALID_ID
                ? permissions.vfsgid(mnt, inode) != UserNamespaces.INVALID_ID
                : permissions.hasFsMapping(mnt, inode, UserNamespaces.GID, kgid);
        return uidFits && gidFits ? 0 : -Errno.EOVERFLOW;
    }

    /** may_setattr() and notify_change() of what leaves the owners. */
    private int maySetattr(int mnt, int inode) {
        return mayOwn(mnt, inode, UserNamespaces.INVALID_ID, UserNamespaces.INVALID_ID);
    }

    private int fsMaySetattr(int task, int inode, int what) {
        return superBlocks.type(inodes.sb(inode)).maySetattr(task, inode, what);
    }

    /** setattr_should_drop_suidgid(): a changed file is no longer set-id, nor set-gid if its group may execute it. */
    private void killPrivileges(int task, int mnt, int inode) {
        int mode = inodes.mode(inode) & ~Stat.S_ISUID;
        boolean dropsSgid =
                (mode & 010) != 0 || !permissions.isInGroupOrCapable(task, mnt, inode, permissions.vfsgid(mnt, inode));
        inodes.setMode(inode, dropsSgid ? mode & ~Stat.S_ISGID : mode);
    }

    /** file_remove_privs(): who writes without CAP_FSETID takes the set-id bits away. */
    public void removePrivileges(int task, int mnt, int inode) {
        int mode = inodes.mode(inode);
        boolean hasAny = (mode & (Stat.S_ISUID | Stat.S_ISGID)) != 0;
        if (hasAny && !permissions.isCapable(task, Capability.CAP_FSETID)) {
            killPrivileges(task, mnt, inode);
        }
    }

    /** vfs_truncate() after mnt_want_write(). */
    public int truncatePath(int task, int mnt, int inode, long length) {
        int type = inodes.mode(inode) & Stat.S_IFMT;
        if (type != Stat.S_IFREG) {
            return type == Stat.S_IFDIR ? -Errno.EISDIR : -Errno.EINVAL;
        }
        int error = permissions.check(task, mnt, inode, Permissions.MAY_WRITE);
        if (error == 0 && inodes.writeCount(inode) < 0) {
            error = -Errno.ETXTBSY;
        }
        return error != 0 ? error : truncate(task, mnt, inode, length);
    }

    /** do_truncate() of a regular file. */
    public int truncate(int task, int mnt, int inode, long length) {
        long size = inodes.size(inode);
        if (length > size && length > limit(task)) {
            signals.sendSig(task, Signal.SIGXFSZ, task, false);
            return -Errno.EFBIG;
        }
        int error = maySetattr(mnt, inode);
        if (error == 0) {
            error = fsMaySetattr(task, inode, FsType.ATTR_SIZE);
        }
        if (error != 0) {
            return error;
        }
        int seals = InodeFlags.seals(inodes.flags(inode));
        boolean isSealed = (length < size && (seals & Memfd.F_SEAL_SHRINK) != 0)
                || (length > size && (seals & Memfd.F_SEAL_GROW) != 0);
        if (isSealed) {
            return -Errno.EPERM;
        }
        removePrivileges(task, mnt, inode);
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
    public int utimes(int task, int mnt, int inode, long atime, long mtime, boolean touch) {
        boolean isHis = permissions.isOwnerOrCapable(task, mnt, inode);
        if ((inodes.flags(inode) & InodeFlags.IMMUTABLE) != 0) {
            return -Errno.EPERM;
        }
        int error = touch && !isHis ? permissions.check(task, mnt, inode, Permissions.MAY_WRITE) : 0;
        if (error == 0) {
            error = maySetattr(mnt, inode);
        }
        if (error == 0 && !touch && !isHis) {
            error = -Errno.EPERM;
        }
        if (error == 0) {
            error = fsMaySetattr(task, inode, FsType.ATTR_TIMES);
        }
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
