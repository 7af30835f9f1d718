package dev.nestor.fs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.Chain;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;

/**
 * What mount(2), umount2(2) and pivot_root(2) do to the tree: the workers of path_mount(), fs/namespace.c. Each is told
 * the caller's mount namespace; a path is a mount and a dentry, held by the caller.
 *
 * <p>Where a change would have to propagate to peers or slaves the answer is -EOUTSIDE.
 */
public final class MountChanges {
    public static final int MS_RDONLY = 1;
    public static final int MS_NOSUID = 2;
    public static final int MS_NODEV = 4;
    public static final int MS_NOEXEC = 8;
    public static final int MS_REMOUNT = 0x20;
    public static final int MS_NOSYMFOLLOW = 0x100;
    public static final int MS_NOATIME = 0x400;
    public static final int MS_NODIRATIME = 0x800;
    public static final int MS_BIND = 0x1000;
    public static final int MS_MOVE = 0x2000;
    public static final int MS_REC = 0x4000;
    public static final int MS_SILENT = 0x8000;
    public static final int MS_UNBINDABLE = 1 << 17;
    public static final int MS_PRIVATE = 1 << 18;
    public static final int MS_SLAVE = 1 << 19;
    public static final int MS_SHARED = 1 << 20;
    public static final int MS_RELATIME = 1 << 21;
    public static final int MS_STRICTATIME = 1 << 24;
    public static final int MS_NOUSER = 1 << 31;
    public static final int MS_PROPAGATION = MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE;
    public static final int MS_MGC_VAL = 0xC0ED0000;
    public static final int MS_MGC_MSK = 0xffff0000;

    public static final int MNT_FORCE = 1;
    public static final int MNT_DETACH = 2;
    public static final int MNT_EXPIRE = 4;
    public static final int UMOUNT_NOFOLLOW = 8;

    private static final int ATIME_MASK = MountFlags.MNT_NOATIME | MountFlags.MNT_NODIRATIME | MountFlags.MNT_RELATIME;

    private final MountTable mounts;
    private final DentryTable dentryTable;
    private final MntNamespaceTable namespaces;
    private final SuperBlockTable superBlocks;
    private final FsStructTable fsStructTable;
    private final Mounts life;
    private final PeerGroups peers;
    private final Dentries dentries;
    private final FsStructs fsStructs;
    private final Namei namei;
    private final Paths paths;
    private final TaskTable tasks;
    private final Capabilities capabilities;
    private final int mountMax;

    MountChanges(Vfs vfs, int mountMax) {
        this.mounts = vfs.tables.mounts;
        this.dentryTable = vfs.tables.dentries;
        this.namespaces = vfs.tables.mntNamespaces;
        this.superBlocks = vfs.tables.superBlocks;
        this.fsStructTable = vfs.tables.fsStructs;
        this.life = vfs.mounts;
        this.peers = vfs.mounts.peers();
        this.dentries = vfs.dentries;
        this.fsStructs = vfs.fsStructs;
        this.namei = vfs.namei;
        this.paths = vfs.paths;
        this.tasks = vfs.below.tasks();
        this.capabilities = vfs.below.capabilities();
        this.mountMax = mountMax;
    }

    /** may_mount(). */
    public boolean mayMount(int task, int ns) {
        return capabilities.nsCapable(task, namespaces.userNs(ns), Capability.CAP_SYS_ADMIN);
    }

    /** The MNT_* flags that mount(2)'s flags ask for; a remount that says nothing of atime keeps what the mount has. */
    public int mountFlags(int flags, int mnt) {
        int wanted = (flags & MS_NOATIME) == 0 ? MountFlags.MNT_RELATIME : 0;
        wanted |= (flags & MS_NOSUID) != 0 ? MountFlags.MNT_NOSUID : 0;
        wanted |= (flags & MS_NODEV) != 0 ? MountFlags.MNT_NODEV : 0;
        wanted |= (flags & MS_NOEXEC) != 0 ? MountFlags.MNT_NOEXEC : 0;
        wanted |= (flags & MS_NOATIME) != 0 ? MountFlags.MNT_NOATIME : 0;
        wanted |= (flags & MS_NODIRATIME) != 0 ? MountFlags.MNT_NODIRATIME : 0;
        if ((flags & MS_STRICTATIME) != 0) {
            wanted &= ~(MountFlags.MNT_RELATIME | MountFlags.MNT_NOATIME);
        }
        wanted |= (flags & MS_RDONLY) != 0 ? MountFlags.MNT_READONLY : 0;
        wanted |= (flags & MS_NOSYMFOLLOW) != 0 ? MountFlags.MNT_NOSYMFOLLOW : 0;
        boolean saysNothing = (flags & (MS_NOATIME | MS_NODIRATIME | MS_RELATIME | MS_STRICTATIME)) == 0;
        if ((flags & MS_REMOUNT) != 0 && saysNothing) {
            wanted = (wanted & ~ATIME_MASK) | (mounts.flags(mnt) & ATIME_MASK);
        }
        return wanted;
    }

    /** path_mounted(). */
    private boolean isRoot(int mnt, int dentry) {
        return mounts.root(mnt) == dentry;
    }

    /** do_reconfigure_mnt(): the flags of one mount. */
    public int reconfigure(int ns, int mnt, int dentry, int flags) {
        if (!life.isIn(mnt, ns) || !isRoot(mnt, dentry)) {
            return -Errno.EINVAL;
        }
        if (!canChangeLocked(mnt, flags)) {
            return -Errno.EPERM;
        }
        setFlags(mnt, flags);
        return 0;
    }

    /** do_remount(): the flags of a mount, and whether its file system is read-only. */
    public int remount(int task, int ns, int mnt, int dentry, int flags) {
        if (!life.isIn(mnt, ns) || !isRoot(mnt, dentry)) {
            return -Errno.EINVAL;
        }
        if (!canChangeLocked(mnt, flags)) {
            return -Errno.EPERM;
        }
        int sb = mounts.sb(mnt);
        if (!capabilities.nsCapable(task, superBlocks.userNs(sb), Capability.CAP_SYS_ADMIN)) {
            return -Errno.EPERM;
        }
        superBlocks.setReadOnly(sb, (flags & MountFlags.MNT_READONLY) != 0);
        setFlags(mnt, flags);
        return 0;
    }

    private void setFlags(int mnt, int flags) {
        mounts.setFlags(mnt, (mounts.flags(mnt) & ~MountFlags.MNT_USER_SETTABLE_MASK) | flags);
    }

    /** can_change_locked_flags(). */
    private boolean canChangeLocked(int mnt, int flags) {
        int have = mounts.flags(mnt);
        return keeps(have, MountFlags.MNT_LOCK_READONLY, flags, MountFlags.MNT_READONLY)
                && keeps(have, MountFlags.MNT_LOCK_NODEV, flags, MountFlags.MNT_NODEV)
                && keeps(have, MountFlags.MNT_LOCK_NOSUID, flags, MountFlags.MNT_NOSUID)
                && keeps(have, MountFlags.MNT_LOCK_NOEXEC, flags, MountFlags.MNT_NOEXEC)
                && ((have & MountFlags.MNT_LOCK_ATIME) == 0 || (have & ATIME_MASK) == (flags & ATIME_MASK));
    }

    private static boolean keeps(int have, int lock, int flags, int flag) {
        return (have & lock) == 0 || (flags & flag) != 0;
    }

    /** do_change_type(): private, shared, slave or unbindable, one mount or the tree below it. */
    public int changeType(int task, int mnt, int dentry, int flags) {
        int type = flags & ~(MS_REC | MS_SILENT);
        if (!isRoot(mnt, dentry)) {
            return -Errno.EINVAL;
        }
        if ((type & ~MS_PROPAGATION) != 0 || Integer.bitCount(type) != 1) {
            return -Errno.EINVAL;
        }
        if (mounts.ns(mnt) == NULL) {
            return -Errno.EINVAL;
        }
        if (!mayMount(task, mounts.ns(mnt))) {
            return -Errno.EPERM;
        }
        boolean recursive = (flags & MS_REC) != 0;
        for (int at = mnt; at != NULL; at = recursive ? life.next(at, mnt) : NULL) {
            switch (type) {
                case MS_SHARED -> peers.makeShared(at);
                case MS_SLAVE -> peers.makeSlave(at);
                default -> peers.makePrivate(at, type == MS_UNBINDABLE);
            }
        }
        return 0;
    }

    /** do_loopback(): a place is seen at another one too. */
    public int bind(int ns, int fromMnt, int fromDentry, int toMnt, int toDentry, boolean recursive) {
        if (peers.isUnbindable(fromMnt) || !life.isIn(toMnt, ns) || !mayCopy(ns, fromMnt)) {
            return -Errno.EINVAL;
        }
        if (!recursive && hasLockedChildren(fromMnt, fromDentry)) {
            return -Errno.EINVAL;
        }
        if (life.isMntNsLoop(fromMnt, fromDentry, ns)) {
            return -Errno.EINVAL;
        }
        int how = Mounts.CL_COPY_MNT_NS_FILE;
        int copy = recursive ? life.copyTree(fromMnt, fromDentry, how) : life.cloneMount(fromMnt, fromDentry, how);
        if (copy <= 0) {
            return copy == NULL ? -Errno.ENOSPC : copy;
        }
        mounts.setFlags(copy, mounts.flags(copy) & ~MountFlags.MNT_LOCKED);
        int error = graft(ns, copy, toMnt, toDentry);
        if (error != 0) {
            life.umountTree(copy);
        }
        return error;
    }

    /** may_copy_tree(): of this namespace, or a kernel's own mount of namespace files. */
    private boolean mayCopy(int ns, int mnt) {
        return life.isIn(mnt, ns) || (mounts.ns(mnt) == NULL && mounts.parent(mnt) == NULL && life.isKernelOwn(mnt));
    }

    /** __has_locked_children(). */
    private boolean hasLockedChildren(int mnt, int dentry) {
        Chain children = mounts.children();
        for (int child = children.first(mnt); child != NULL; child = children.next(child)) {
            boolean isLocked = (mounts.flags(child) & MountFlags.MNT_LOCKED) != 0;
            if (isLocked && dentries.isBelow(mounts.mountpoint(child), dentry)) {
                return true;
            }
        }
        return false;
    }

    /** do_new_mount_fc(), do_add_mount(): mounts a super block's whole tree; the reference on sb stays the caller's. */
    public int addNew(int ns, int root, int source, int flags, int mnt, int dentry) {
        int sb = dentryTable.sb(root);
        if (!life.isIn(mnt, ns)) {
            return -Errno.EINVAL;
        }
        if (mounts.sb(mnt) == sb && isRoot(mnt, dentry)) {
            return -Errno.EBUSY;
        }
        int fresh = life.create(sb, root, source);
        if (fresh == NULL) {
            return -Errno.ENOSPC;
        }
        mounts.setFlags(fresh, flags);
        int error = graft(ns, fresh, mnt, dentry);
        if (error != 0) {
            life.put(fresh);
        }
        return error;
    }

    /** graft_tree(), attach_recursive_mnt(). */
    private int graft(int ns, int tree, int mnt, int dentry) {
        if (paths.isUnlinked(dentry)) {
            return -Errno.ENOENT;
        }
        if (namei.isDirectory(dentry) != namei.isDirectory(mounts.root(tree))) {
            return -Errno.ENOTDIR;
        }
        if (peers.propagates(mnt)) {
            return -Outside.EOUTSIDE;
        }
        if (namespaces.nrMounts(ns) + count(tree) > mountMax) {
            return -Errno.ENOSPC;
        }
        if (peers.isShared(mnt)) {
            for (int at = tree; at != NULL; at = life.next(at, tree)) {
                peers.makeShared(at);
            }
        }
        life.attach(tree, mnt, dentry);
        life.addTreeToNs(tree, ns);
        return 0;
    }

    private int count(int tree) {
        int count = 0;
        for (int at = tree; at != NULL; at = life.next(at, tree)) {
            count++;
        }
        return count;
    }

    /** do_move_mount(). */
    public int move(int ns, int oldMnt, int oldDentry, int newMnt, int newDentry) {
        boolean allowed = life.isIn(oldMnt, ns)
                && life.isIn(newMnt, ns)
                && isRoot(oldMnt, oldDentry)
                && mounts.parent(oldMnt) != NULL
                && (mounts.flags(oldMnt) & MountFlags.MNT_LOCKED) == 0
                && namei.isDirectory(oldDentry) == namei.isDirectory(newDentry)
                && !peers.isShared(mounts.parent(oldMnt))
                && !(peers.isShared(newMnt) && containsUnbindable(oldMnt));
        if (!allowed) {
            return -Errno.EINVAL;
        }
        for (int at = newMnt; at != NULL; at = mounts.parent(at)) {
            if (at == oldMnt) {
                return -Errno.ELOOP;
            }
        }
        if (peers.propagates(newMnt)) {
            return -Outside.EOUTSIDE;
        }
        life.detach(oldMnt);
        life.attach(oldMnt, newMnt, newDentry);
        return 0;
    }

    private boolean containsUnbindable(int tree) {
        for (int at = tree; at != NULL; at = life.next(at, tree)) {
            if (peers.isUnbindable(at)) {
                return true;
            }
        }
        return false;
    }

    /** path_umount() after may_mount(); the caller's path holds the mount. */
    public int umount(int task, int ns, int mnt, int dentry, int flags) {
        if (!isRoot(mnt, dentry) || !life.isIn(mnt, ns) || (mounts.flags(mnt) & MountFlags.MNT_LOCKED) != 0) {
            return -Errno.EINVAL;
        }
        int sbUserNs = superBlocks.userNs(mounts.sb(mnt));
        if ((flags & MNT_FORCE) != 0 && !capabilities.nsCapable(task, sbUserNs, Capability.CAP_SYS_ADMIN)) {
            return -Errno.EPERM;
        }
        boolean isOwnRoot = fsStructTable.rootMnt(tasks.fs(task)) == mnt;
        boolean isBusy = !mounts.children().isEmpty(mnt) || mounts.count(mnt) > 2;
        if ((flags & MNT_EXPIRE) != 0) {
            if (isOwnRoot || (flags & (MNT_FORCE | MNT_DETACH)) != 0) {
                return -Errno.EINVAL;
            }
            if (isBusy) {
                return -Errno.EBUSY;
            }
            if (!mounts.expiryMark(mnt)) {
                return -Errno.EAGAIN;
            }
        }
        if (isOwnRoot && (flags & MNT_DETACH) == 0) {
            return -Outside.EOUTSIDE;
        }
        if (mounts.parent(mnt) == NULL) {
            return -Errno.EINVAL;
        }
        if (peers.propagates(mounts.parent(mnt))) {
            return -Outside.EOUTSIDE;
        }
        if ((flags & MNT_DETACH) == 0 && isBusy) {
            return -Errno.EBUSY;
        }
        life.umountTree(mnt);
        return 0;
    }

    /** umount2(MNT_EXPIRE) has found a mount unused: the next one takes it away, unless it is used meanwhile. */
    public void markUnused(int mnt) {
        mounts.setExpiryMark(mnt, true);
    }

    /** pivot_root(2): the new root takes the place of the caller's root, which goes to another place below it. */
    public int pivotRoot(int task, int ns, int newMnt, int newDentry, int oldMnt, int oldDentry) {
        int fs = tasks.fs(task);
        int rootMnt = fsStructTable.rootMnt(fs);
        int rootDentry = fsStructTable.rootDentry(fs);
        int exParent = mounts.parent(newMnt);
        int rootParent = mounts.parent(rootMnt);
        boolean shared = peers.isShared(oldMnt)
                || (exParent != NULL && peers.isShared(exParent))
                || (rootParent != NULL && peers.isShared(rootParent));
        boolean locked = (mounts.flags(newMnt) & MountFlags.MNT_LOCKED) != 0;
        if (shared || locked || !life.isIn(rootMnt, ns) || !life.isIn(newMnt, ns)) {
            return -Errno.EINVAL;
        }
        if (paths.isUnlinked(newDentry)) {
            return -Errno.ENOENT;
        }
        if (newMnt == rootMnt || oldMnt == rootMnt) {
            return -Errno.EBUSY;
        }
        boolean allowed = isRoot(rootMnt, rootDentry)
                && rootParent != NULL
                && isRoot(newMnt, newDentry)
                && exParent != NULL
                && isReachable(oldMnt, oldDentry, newMnt, newDentry)
                && isReachable(newMnt, newDentry, rootMnt, rootDentry);
        if (!allowed) {
            return -Errno.EINVAL;
        }
        swap(newMnt, rootMnt, oldMnt, oldDentry);
        fsStructs.move(rootMnt, rootDentry, newMnt, newDentry);
        return 0;
    }

    private void swap(int newMnt, int rootMnt, int oldMnt, int oldDentry) {
        int rootParent = mounts.parent(rootMnt);
        int rootPlace = dentries.get(mounts.mountpoint(rootMnt));
        life.get(rootParent);
        life.detach(newMnt);
        if ((mounts.flags(rootMnt) & MountFlags.MNT_LOCKED) != 0) {
            mounts.setFlags(newMnt, mounts.flags(newMnt) | MountFlags.MNT_LOCKED);
            mounts.setFlags(rootMnt, mounts.flags(rootMnt) & ~MountFlags.MNT_LOCKED);
        }
        life.detach(rootMnt);
        life.attach(newMnt, rootParent, rootPlace);
        life.attach(rootMnt, oldMnt, oldDentry);
        dentries.put(rootPlace);
        life.put(rootParent);
    }

    /** is_path_reachable(). */
    private boolean isReachable(int mnt, int dentry, int rootMnt, int rootDentry) {
        int at = mnt;
        int step = dentry;
        while (at != rootMnt && mounts.parent(at) != NULL) {
            step = mounts.mountpoint(at);
            at = mounts.parent(at);
        }
        return at == rootMnt && dentries.isBelow(step, rootDentry);
    }

    /** mount_too_revealing(): what shows the system whole may be mounted only where it can be seen whole already. */
    public boolean isTooRevealing(int ns, int sb, int flags) {
        int type = superBlocks.type(sb);
        for (int mnt = namespaces.mounts().first(ns);
                mnt != NULL;
                mnt = namespaces.mounts().next(mnt)) {
            int have = mounts.flags(mnt);
            boolean isSame =
                    superBlocks.type(mounts.sb(mnt)) == type && mounts.root(mnt) == superBlocks.root(mounts.sb(mnt));
            boolean keepsReadOnly = keeps(have, MountFlags.MNT_LOCK_READONLY, flags, MountFlags.MNT_READONLY);
            if (isSame && keepsReadOnly && !hasLockedChildren(mnt, mounts.root(mnt))) {
                return false;
            }
        }
        return true;
    }
}
