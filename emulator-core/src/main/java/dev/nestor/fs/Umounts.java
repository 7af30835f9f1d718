package dev.nestor.fs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;

/** Unmounting, and changing the root: path_umount() and path_pivot_root(), fs/namespace.c. */
public final class Umounts {
    public static final int MNT_FORCE = 1;
    public static final int MNT_DETACH = 2;
    public static final int MNT_EXPIRE = 4;
    public static final int UMOUNT_NOFOLLOW = 8;

    private final MountTable mounts;
    private final SuperBlockTable superBlockTable;
    private final SuperBlocks superBlocks;
    private final FsStructTable fsStructTable;
    private final FsStructs fsStructs;
    private final Mounts life;
    private final PeerGroups peers;
    private final Dentries dentries;
    private final Grafts grafts;
    private final Paths paths;
    private final TaskTable tasks;
    private final Capabilities capabilities;

    Umounts(Vfs vfs, Grafts grafts) {
        this.mounts = vfs.tables.mounts;
        this.superBlockTable = vfs.tables.superBlocks;
        this.superBlocks = vfs.superBlocks;
        this.fsStructTable = vfs.tables.fsStructs;
        this.fsStructs = vfs.fsStructs;
        this.life = vfs.mounts;
        this.peers = vfs.mounts.peers();
        this.dentries = vfs.dentries;
        this.grafts = grafts;
        this.paths = vfs.paths;
        this.tasks = vfs.below.tasks();
        this.capabilities = vfs.below.capabilities();
    }

    private boolean isLocked(int mnt) {
        return (mounts.flags(mnt) & MountFlags.MNT_LOCKED) != 0;
    }

    /** path_umount() after may_mount(); the caller's path holds the mount. EAGAIN: it has been marked to expire. */
    public int umount(int task, int ns, int mnt, int dentry, int flags) {
        if (mounts.root(mnt) != dentry || !life.isIn(mnt, ns) || isLocked(mnt)) {
            return -Errno.EINVAL;
        }
        int sb = mounts.sb(mnt);
        boolean owns = capabilities.nsCapable(task, superBlockTable.userNs(sb), Capability.CAP_SYS_ADMIN);
        if ((flags & MNT_FORCE) != 0 && !owns) {
            return -Errno.EPERM;
        }
        boolean isOwnRoot = fsStructTable.rootMnt(tasks.fs(task)) == mnt;
        if ((flags & MNT_EXPIRE) != 0) {
            if (isOwnRoot || (flags & (MNT_FORCE | MNT_DETACH)) != 0) {
                return -Errno.EINVAL;
            }
            if (!mounts.children().isEmpty(mnt) || mounts.count(mnt) != 2) {
                return -Errno.EBUSY;
            }
            if (!mounts.expiryMark(mnt)) {
                return -Errno.EAGAIN;
            }
        }
        if (isOwnRoot && (flags & MNT_DETACH) == 0) {
            return owns ? superBlocks.remountReadOnly(sb, true) : -Errno.EPERM;
        }
        if (mounts.parent(mnt) == NULL) {
            return -Errno.EINVAL;
        }
        if ((flags & MNT_DETACH) != 0) {
            life.umountTree(mnt, Mounts.UMOUNT_PROPAGATE);
            return 0;
        }
        if (life.propagation().isBusy(mnt, 2)) {
            return -Errno.EBUSY;
        }
        life.umountTree(mnt, Mounts.UMOUNT_PROPAGATE | Mounts.UMOUNT_SYNC);
        return 0;
    }

    /** umount2(MNT_EXPIRE) has found a mount unused: the next one takes it away, unless it is used meanwhile. */
    public void markUnused(int mnt) {
        mounts.setExpiryMark(mnt, true);
    }

    /** pivot_root(2): the new root takes the place of the caller's root, which goes to another place below it. */
    public int pivotRoot(int task, int ns, int newMnt, int newDentry, int oldMnt, int oldDentry) {
        int error = grafts.lock(oldMnt, oldDentry, false);
        if (error != 0) {
            return error;
        }
        int fs = tasks.fs(task);
        int rootMnt = fsStructTable.rootMnt(fs);
        int rootDentry = fsStructTable.rootDentry(fs);
        int putOld = grafts.parent();
        boolean shared =
                peers.isShared(putOld) || peers.isShared(parentOrSelf(newMnt)) || peers.isShared(parentOrSelf(rootMnt));
        if (shared || !life.isIn(rootMnt, ns) || !life.isIn(newMnt, ns) || isLocked(newMnt)) {
            return -Errno.EINVAL;
        }
        if (paths.isUnlinked(newDentry)) {
            return -Errno.ENOENT;
        }
        if (newMnt == rootMnt || putOld == rootMnt) {
            return -Errno.EBUSY;
        }
        boolean allowed = mounts.root(rootMnt) == rootDentry
                && mounts.parent(rootMnt) != NULL
                && mounts.root(newMnt) == newDentry
                && mounts.parent(newMnt) != NULL
                && life.isReachable(putOld, grafts.mountpoint(), newMnt, newDentry)
                && life.isReachable(newMnt, newDentry, rootMnt, rootDentry);
        if (!allowed) {
            return -Errno.EINVAL;
        }
        swap(newMnt, rootMnt, putOld, grafts.mountpoint());
        fsStructs.move(rootMnt, rootDentry, newMnt, newDentry);
        life.touch(ns);
        life.noteChange(rootMnt);
        life.noteChange(newMnt);
        life.tellChanges();
        return 0;
    }

    private int parentOrSelf(int mnt) {
        int parent = mounts.parent(mnt);
        return parent == NULL ? mnt : parent;
    }

    private void swap(int newMnt, int rootMnt, int oldMnt, int oldDentry) {
        int rootParent = mounts.parent(rootMnt);
        int rootPlace = dentries.get(mounts.mountpoint(rootMnt));
        life.detach(newMnt);
        if (isLocked(rootMnt)) {
            mounts.setFlags(newMnt, mounts.flags(newMnt) | MountFlags.MNT_LOCKED);
            mounts.setFlags(rootMnt, mounts.flags(rootMnt) & ~MountFlags.MNT_LOCKED);
        }
        life.detach(rootMnt);
        life.attach(newMnt, rootParent, rootPlace);
        life.attach(rootMnt, oldMnt, oldDentry);
        dentries.put(rootPlace);
    }
}
