package dev.nestor.fs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;

/**
 * What mount(2) and move_mount(2) do to the tree: the workers of path_mount(), fs/namespace.c. Each is told the caller's
 * mount namespace; a path is a mount and a dentry, held by the caller.
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

    private final MountTable mounts;
    private final DentryTable dentryTable;
    private final InodeTable inodes;
    private final MntNamespaceTable namespaces;
    private final SuperBlockTable superBlocks;
    private final SuperBlocks superBlockLife;
    private final Mounts life;
    private final MntNamespaces nsLife;
    private final PeerGroups peers;
    private final Dentries dentries;
    private final Grafts grafts;
    private final Namei namei;
    private final Capabilities capabilities;

    MountChanges(Vfs vfs, Grafts grafts) {
        this.mounts = vfs.tables.mounts;
        this.dentryTable = vfs.tables.dentries;
        this.inodes = vfs.tables.inodes;
        this.namespaces = vfs.tables.mntNamespaces;
        this.superBlocks = vfs.tables.superBlocks;
        this.superBlockLife = vfs.superBlocks;
        this.life = vfs.mounts;
        this.nsLife = vfs.mntNamespaces;
        this.peers = vfs.mounts.peers();
        this.dentries = vfs.dentries;
        this.grafts = grafts;
        this.namei = vfs.namei;
        this.capabilities = vfs.below.capabilities();
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
            wanted = (wanted & ~MountFlags.ATIME_MASK) | (mounts.flags(mnt) & MountFlags.ATIME_MASK);
        }
        return wanted;
    }

    /** path_mounted(). */
    private boolean isRoot(int mnt, int dentry) {
        return mounts.root(mnt) == dentry;
    }

    /** do_reconfigure_mnt(): the flags of one mount. EINVAL, EPERM, EBUSY while files are open for writing. */
    public int reconfigure(int ns, int mnt, int dentry, int flags) {
        if (!life.isIn(mnt, ns) || !isRoot(mnt, dentry)) {
            return -Errno.EINVAL;
        }
        if (!canChangeLocked(mnt, flags)) {
            return -Errno.EPERM;
        }
        boolean makesReadOnly = (flags & ~mounts.flags(mnt) & MountFlags.MNT_READONLY) != 0;
        if (makesReadOnly && mounts.writers(mnt) > 0) {
            return -Errno.EBUSY;
        }
        setFlags(mnt, flags);
        return 0;
    }

    /** What do_remount() checks before the options are looked at. */
    public int mayRemount(int ns, int mnt, int dentry, int flags) {
        if (!life.isIn(mnt, ns) || !isRoot(mnt, dentry)) {
            return -Errno.EINVAL;
        }
        return canChangeLocked(mnt, flags) ? 0 : -Errno.EPERM;
    }

    /** set_mount_attributes(). */
    public void setFlags(int mnt, int flags) {
        mounts.setFlags(mnt, (mounts.flags(mnt) & ~MountFlags.MNT_USER_SETTABLE_MASK) | flags);
        life.touch(mounts.ns(mnt));
    }

    /** can_change_locked_flags(). */
    boolean canChangeLocked(int mnt, int flags) {
        int have = mounts.flags(mnt);
        return keeps(have, MountFlags.MNT_LOCK_READONLY, flags, MountFlags.MNT_READONLY)
                && keeps(have, MountFlags.MNT_LOCK_NODEV, flags, MountFlags.MNT_NODEV)
                && keeps(have, MountFlags.MNT_LOCK_NOSUID, flags, MountFlags.MNT_NOSUID)
                && keeps(have, MountFlags.MNT_LOCK_NOEXEC, flags, MountFlags.MNT_NOEXEC)
                && keepsAtime(have, flags);
    }

    private static boolean keeps(int have, int lock, int flags, int flag) {
        return (have & lock) == 0 || (flags & flag) != 0;
    }

    private static boolean keepsAtime(int have, int flags) {
        return (have & MountFlags.MNT_LOCK_ATIME) == 0
                || (have & MountFlags.ATIME_MASK) == (flags & MountFlags.ATIME_MASK);
    }

    /** may_change_propagation(). */
    private int mayChangePropagation(int task, int mnt) {
        if (mounts.ns(mnt) == NULL) {
            return -Errno.EINVAL;
        }
        return mayMount(task, mounts.ns(mnt)) ? 0 : -Errno.EPERM;
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
        int error = mayChangePropagation(task, mnt);
        if (error != 0) {
            return error;
        }
        boolean recursive = (flags & MS_REC) != 0;
        for (int at = mnt; at != NULL; at = recursive ? life.next(at, mnt) : NULL) {
            changePropagation(at, type);
        }
        return 0;
    }

    /** change_mnt_propagation(). */
    void changePropagation(int mnt, int type) {
        switch (type) {
            case MS_SHARED -> peers.makeShared(mnt);
            case MS_SLAVE -> peers.makeSlave(mnt);
            default -> peers.makePrivate(mnt, type == MS_UNBINDABLE);
        }
    }

    /** do_loopback(): a place is seen at another one too. */
    public int bind(int ns, int fromMnt, int fromDentry, int toMnt, int toDentry, boolean recursive) {
        if (nsLife.isLoop(fromDentry, mounts.sb(fromMnt), ns)) {
            return -Errno.EINVAL;
        }
        int error = grafts.lock(toMnt, toDentry, false);
        if (error != 0) {
            return error;
        }
        int copy = life.isIn(grafts.parent(), ns) ? copyOf(ns, fromMnt, fromDentry, recursive) : -Errno.EINVAL;
        if (copy < 0) {
            return copy;
        }
        error = grafts.graft(ns, copy);
        if (error != 0) {
            life.umountTree(copy, Mounts.UMOUNT_SYNC);
        }
        return error;
    }

    /** __do_loopback(): a copy of a mount, or of all below a place in it; not attached. A negative errno. */
    int copyOf(int ns, int mnt, int dentry, boolean recursive) {
        if (peers.isUnbindable(mnt) || !mayCopy(ns, mnt)) {
            return -Errno.EINVAL;
        }
        if (!recursive && life.hasLockedChildren(mnt, dentry)) {
            return -Errno.EINVAL;
        }
        int how = Mounts.CL_COPY_MNT_NS_FILE;
        int copy = recursive ? life.copyTree(mnt, dentry, how) : life.cloneMount(mnt, dentry, how);
        return copy == NULL ? -Errno.ENOMEM : copy;
    }

    /** may_copy_tree(): of this namespace, of a tree copied from it, or a file of a namespace or of a process. */
    private boolean mayCopy(int ns, int mnt) {
        return life.isIn(mnt, ns) || superBlockLife.type(mounts.sb(mnt)).isKernelOwn() || nsLife.isAnonOf(mnt, ns);
    }

    /**
     * do_new_mount_fc(), do_add_mount(): mounts a super block's whole tree; the reference on sb stays the caller's.
     * EPERM when it would show more than the namespace has.
     */
    public int addNew(int ns, int root, int source, int givenFlags, int mnt, int dentry) {
        int sb = dentryTable.sb(root);
        int flags = visibleFlags(ns, sb, givenFlags);
        if (flags < 0) {
            return flags;
        }
        int error = grafts.lock(mnt, dentry, false);
        if (error != 0) {
            return error;
        }
        int parent = grafts.parent();
        if (!life.isIn(parent, ns)) {
            return -Errno.EINVAL;
        }
        if (mounts.sb(parent) == sb && mounts.root(parent) == grafts.mountpoint()) {
            return -Errno.EBUSY;
        }
        int fresh = life.create(sb, root, source);
        if (fresh == NULL) {
            return -Errno.ENOMEM;
        }
        mounts.setFlags(fresh, flags);
        error = grafts.graft(ns, fresh);
        if (error != 0) {
            life.put(fresh);
        }
        return error;
    }

    /** do_move_mount() of mount(2). */
    public int move(int ns, int oldMnt, int oldDentry, int newMnt, int newDentry) {
        return move(ns, oldMnt, oldDentry, newMnt, newDentry, NULL);
    }

    /**
     * do_move_mount().
     *
     * @param rootMnt for MOVE_MOUNT_BENEATH the mount of the caller's root, beneath which nothing goes; else NULL
     */
    public int move(int ns, int oldMnt, int oldDentry, int newMnt, int newDentry, int rootMnt) {
        boolean beneath = rootMnt != NULL;
        if (!isRoot(oldMnt, oldDentry) || namei.isDirectory(oldDentry) != namei.isDirectory(newDentry)) {
            return -Errno.EINVAL;
        }
        int error = grafts.lock(newMnt, newDentry, beneath);
        if (error != 0) {
            return error;
        }
        int parent = grafts.parent();
        if (!mayMove(ns, oldMnt, parent)) {
            return -Errno.EINVAL;
        }
        if (beneath && !mayMoveBeneath(ns, rootMnt, oldMnt, newMnt)) {
            return -Errno.EINVAL;
        }
        if (peers.isShared(parent) && grafts.containsUnbindable(oldMnt)) {
            return -Errno.EINVAL;
        }
        if (nsLife.hasLoop(oldMnt, ns) || life.isAncestor(oldMnt, parent)) {
            return -Errno.ELOOP;
        }
        return grafts.attach(ns, oldMnt);
    }

    /** Within a namespace what is not locked may be moved, from a parent that is not shared; a detached tree as a whole. */
    private boolean mayMove(int ns, int mnt, int target) {
        if (life.isIn(mnt, ns)) {
            int from = mounts.parent(mnt);
            return from != NULL
                    && (mounts.flags(mnt) & MountFlags.MNT_LOCKED) == 0
                    && !peers.isShared(from)
                    && life.isIn(target, ns);
        }
        return nsLife.isAnonRoot(mnt)
                && mounts.ns(mnt) != mounts.ns(target)
                && (life.isIn(target, ns) || nsLife.isAnonOf(target, ns));
    }

    /** can_move_mount_beneath(). */
    private boolean mayMoveBeneath(int ns, int rootMnt, int from, int asked) {
        int parent = grafts.parent();
        int mountpoint = grafts.mountpoint();
        int over = mounts.parent(asked) == parent ? asked : life.lookup(parent, mounts.root(parent));
        boolean isFixed = mounts.parent(over) == NULL || (mounts.flags(over) & MountFlags.MNT_LOCKED) != 0;
        if (isFixed || over == rootMnt || parent == nsLife.root(ns)) {
            return false;
        }
        Propagation propagation = life.propagation();
        return life.lookup(from, mounts.root(from)) == NULL
                && !life.isAncestor(over, from)
                && !propagation.wouldOvermount(parent, over, mountpoint)
                && !(life.isIn(from, ns) && propagation.wouldOvermount(parent, from, mountpoint));
    }

    /** do_set_group(): MOVE_MOUNT_SET_GROUP, a private mount comes into the groups of another of its file system. */
    public int setGroup(int task, int fromMnt, int fromDentry, int toMnt, int toDentry) {
        int error = mayChangePropagation(task, fromMnt);
        if (error == 0) {
            error = mayChangePropagation(task, toMnt);
        }
        if (error != 0) {
            return error;
        }
        boolean isPrivate = !peers.isShared(toMnt) && !peers.isSlave(toMnt) && !peers.isUnbindable(toMnt);
        boolean allowed = isRoot(fromMnt, fromDentry)
                && isRoot(toMnt, toDentry)
                && mounts.sb(fromMnt) == mounts.sb(toMnt)
                && dentries.isBelow(toDentry, fromDentry)
                && !life.hasLockedChildren(fromMnt, toDentry)
                && isPrivate
                && (peers.isShared(fromMnt) || peers.isSlave(fromMnt));
        if (!allowed) {
            return -Errno.EINVAL;
        }
        peers.join(toMnt, fromMnt);
        life.touch(mounts.ns(toMnt));
        return 0;
    }

    /**
     * mount_too_revealing(): what shows the system whole may be mounted only where it can be seen whole already. The flags
     * with what is locked there, or EPERM.
     */
    public int visibleFlags(int ns, int sb, int flags) {
        boolean isInitial = namespaces.userNs(ns) == superBlockLife.initialUserNs();
        if (isInitial || !superBlockLife.type(sb).isUsernsVisible()) {
            return flags;
        }
        int type = superBlocks.type(sb);
        for (int mnt = namespaces.mounts().first(ns);
                mnt != NULL;
                mnt = namespaces.mounts().next(mnt)) {
            int seen = mounts.sb(mnt);
            if (superBlocks.type(seen) != type || mounts.root(mnt) != superBlocks.root(seen)) {
                continue;
            }
            int have = mounts.flags(mnt) | (superBlocks.readOnly(seen) ? MountFlags.MNT_LOCK_READONLY : 0);
            boolean isWide = keeps(have, MountFlags.MNT_LOCK_READONLY, flags, MountFlags.MNT_READONLY)
                    && keepsAtime(have, flags);
            if (isWide && grafts.hidesNothing(mnt, inodes, dentryTable)) {
                return flags | (have & (MountFlags.MNT_LOCK_READONLY | MountFlags.MNT_LOCK_ATIME));
            }
        }
        return -Errno.EPERM;
    }
}
