package dev.nestor.fs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.ns.NsInums;
import dev.nestor.kernel.ns.UcountType;
import dev.nestor.machine.Work;
import dev.nestor.table.Chain;
import dev.nestor.table.StateHash;
import dev.nestor.uapi.Errno;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;

/**
 * The tree of mounts, and mount namespaces: fs/namespace.c.
 *
 * <p>A mount has one reference for its place in a namespace (or, for the kernel's own, for ever), one for each child and
 * one for each path that stands in it. It holds its super block, its root dentry and, while attached, its mount point.
 */
public final class Mounts {
    /** clone_mnt(): the copy is private, a slave, or a slave of what is shared. */
    public static final int CL_PRIVATE = 1;

    public static final int CL_SLAVE = 2;
    public static final int CL_SHARED_TO_SLAVE = 4;
    public static final int CL_COPY_UNBINDABLE = 8;
    public static final int CL_COPY_MNT_NS_FILE = 0x10;

    private final MountTable mounts;
    private final MntNamespaceTable namespaces;
    private final DentryTable dentryTable;
    private final NameTable names;
    private final Dentries dentries;
    private final SuperBlocks superBlocks;
    private final UserNamespaces userNamespaces;
    private final NsInums inums;
    private final PeerGroups peers;
    private final Work work;
    private final IdSet ids = new IdSet();
    private long nsSeq; // namespaces made

    /** (parent mount, mount point) to the mount there: look up, never walk. */
    private final Long2IntOpenHashMap byPlace = new Long2IntOpenHashMap();

    Mounts(FsTables tables, Vfs.Below below, Dentries dentries, SuperBlocks superBlocks) {
        this.mounts = tables.mounts;
        this.namespaces = tables.mntNamespaces;
        this.dentryTable = tables.dentries;
        this.names = tables.names;
        this.dentries = dentries;
        this.superBlocks = superBlocks;
        this.userNamespaces = below.userNamespaces();
        this.inums = below.inums();
        this.peers = new PeerGroups(tables.mounts);
        this.work = below.work();
    }

    public PeerGroups peers() {
        return peers;
    }

    /** alloc_vfsmnt() of a tree: not attached, with one reference; holds sb, root and source. NULL at the limit. */
    public int create(int sb, int root, int source) {
        int mnt = mounts.alloc();
        if (mnt == NULL) {
            return NULL;
        }
        mounts.setCount(mnt, 1);
        mounts.setSb(mnt, superBlocks.get(sb));
        mounts.setRoot(mnt, dentries.get(root));
        mounts.setSource(mnt, names.get(source));
        mounts.setId(mnt, ids.alloc(1));
        peers.init(mnt);
        return mnt;
    }

    /** mntget(). */
    public int get(int mnt) {
        mounts.setCount(mnt, mounts.count(mnt) + 1);
        return mnt;
    }

    /** mntput(). */
    public void put(int mnt) {
        int count = mounts.count(mnt) - 1;
        assert count >= 0 : "mount is put too often";
        mounts.setCount(mnt, count);
        mounts.setExpiryMark(mnt, false);
        if (count > 0) {
            return;
        }
        assert mounts.parent(mnt) == NULL : "an attached mount is put";
        int sb = mounts.sb(mnt);
        int root = mounts.root(mnt);
        peers.leave(mnt);
        ids.free(mounts.id(mnt));
        names.put(mounts.source(mnt));
        mounts.free(mnt);
        dentries.put(root);
        superBlocks.put(sb);
    }

    /** __lookup_mnt(): what is mounted on a dentry of a mount, or NULL. */
    public int lookup(int parent, int mountpoint) {
        return dentryTable.mounted(mountpoint) == 0 ? NULL : byPlace.get(key(parent, mountpoint));
    }

    /** The mount that is seen where this one's root is: those stacked on it come first. */
    public int topOf(int mnt) {
        int at = mnt;
        while (true) {
            int above = lookup(at, mounts.root(at));
            if (above == NULL) {
                return at;
            }
            at = above;
        }
    }

    public int rootOf(int mnt) {
        return mounts.root(mnt);
    }

    /** attach_mnt(): hangs a mount into its parent's tree. */
    public void attach(int mnt, int parent, int mountpoint) {
        assert mounts.parent(mnt) == NULL && lookup(parent, mountpoint) == NULL;
        work.add(Work.MOUNT_ATTACH);
        mounts.setParent(mnt, get(parent));
        mounts.setMountpoint(mnt, dentries.get(mountpoint));
        dentryTable.setMounted(mountpoint, dentryTable.mounted(mountpoint) + 1);
        byPlace.put(key(parent, mountpoint), mnt);
        mounts.children().addLast(parent, mnt);
    }

    /** umount_mnt(): takes it out of its parent's tree. */
    public void detach(int mnt) {
        int parent = mounts.parent(mnt);
        if (parent == NULL) {
            return;
        }
        work.add(Work.MOUNT_DETACH);
        int mountpoint = mounts.mountpoint(mnt);
        byPlace.remove(key(parent, mountpoint));
        mounts.children().remove(mnt);
        dentryTable.setMounted(mountpoint, dentryTable.mounted(mountpoint) - 1);
        mounts.setParent(mnt, NULL);
        mounts.setMountpoint(mnt, NULL);
        dentries.put(mountpoint);
        put(parent);
    }

    /** mnt_add_to_ns() of a whole tree. */
    public void addTreeToNs(int mnt, int ns) {
        for (int at = mnt; at != NULL; at = next(at, mnt)) {
            mounts.setNs(at, ns);
            namespaces.mounts().addLast(ns, at);
            namespaces.setNrMounts(ns, namespaces.nrMounts(ns) + 1);
        }
    }

    private void removeFromNs(int mnt) {
        int ns = mounts.ns(mnt);
        if (ns != NULL) {
            namespaces.mounts().remove(mnt);
            namespaces.setNrMounts(ns, namespaces.nrMounts(ns) - 1);
            mounts.setNs(mnt, NULL);
        }
    }

    /** next_mnt(): the mount after this one in the tree below root, parents first; NULL at the end. */
    public int next(int mnt, int root) {
        int child = mounts.children().first(mnt);
        return child != NULL ? child : skipTree(mnt, root);
    }

    /** next_mnt(skip_mnt_tree()): the mount after all that hang below this one. */
    public int skipTree(int mnt, int root) {
        int at = mnt;
        while (at != root) {
            int sibling = mounts.children().next(at);
            if (sibling != NULL) {
                return sibling;
            }
            at = mounts.parent(at);
        }
        return NULL;
    }

    /** umount_tree(): takes a mount and all below it out of namespace, groups and tree; their references go. */
    public void umountTree(int mnt) {
        int at = mnt;
        while (true) {
            int child = mounts.children().first(at);
            if (child != NULL) {
                at = child;
                continue;
            }
            int parent = mounts.parent(at);
            boolean last = at == mnt;
            removeFromNs(at);
            peers.leave(at);
            mounts.setFlags(at, mounts.flags(at) & ~MountFlags.MNT_LOCKED);
            detach(at);
            put(at);
            if (last) {
                return;
            }
            at = parent;
        }
    }

    /** detach_mounts(): what is mounted on a name that is being removed goes with it. */
    public void detachMountsOn(int dentry) {
        for (int row = 1; dentryTable.mounted(dentry) > 0 && row < mounts.rows(); row++) {
            int mnt = mounts.handleInRow(row);
            if (mnt != NULL && mounts.mountpoint(mnt) == dentry) {
                umountTree(mnt);
            }
        }
    }

    /** clone_mnt(): a mount of the same tree, or of a part of it; NULL at the limit. */
    public int cloneMount(int old, int root, int how) {
        int mnt = create(mounts.sb(old), root, mounts.source(old));
        if (mnt == NULL) {
            return NULL;
        }
        work.add(Work.MOUNT_COPY);
        mounts.setFlags(mnt, mounts.flags(old));
        if ((how & CL_PRIVATE) == 0 && peers.isUnbindable(old)) {
            mounts.setPropagation(mnt, MountFlags.UNBINDABLE);
        }
        if ((how & CL_SLAVE) != 0 || ((how & CL_SHARED_TO_SLAVE) != 0 && peers.isShared(old))) {
            peers.enslave(mnt, old);
        } else if ((how & CL_PRIVATE) == 0) {
            peers.joinLike(mnt, old);
        }
        return mnt;
    }

    /**
     * copy_tree(): a detached copy of a mount, seen from a dentry of it, with all that is mounted below that dentry; a
     * negative errno when the table is full, or EPERM when something locked would be uncovered.
     */
    public int copyTree(int mnt, int root, int how) {
        if ((how & CL_COPY_UNBINDABLE) == 0 && peers.isUnbindable(mnt)) {
            return -Errno.EINVAL;
        }
        int copy = cloneMount(mnt, root, how);
        if (copy == NULL) {
            return -Errno.ENOSPC;
        }
        mounts.setFlags(copy, mounts.flags(copy) & ~MountFlags.MNT_LOCKED);
        Chain children = mounts.children();
        for (int child = children.first(mnt); child != NULL; child = children.next(child)) {
            if (!dentries.isBelow(mounts.mountpoint(child), root)) {
                continue;
            }
            int result = copyChild(child, copy, how);
            if (result < 0) {
                umountTree(copy);
                return result;
            }
        }
        return copy;
    }

    private int copyChild(int child, int parentCopy, int how) {
        int sourceParent = mounts.parent(child);
        int target = parentCopy;
        int source = child;
        while (source != NULL) {
            work.add(Work.MOUNT_STEP);
            if ((how & CL_COPY_UNBINDABLE) == 0 && peers.isUnbindable(source)) {
                if ((mounts.flags(source) & MountFlags.MNT_LOCKED) != 0) {
                    return -Errno.EPERM;
                }
                source = skipTree(source, child);
                continue;
            }
            if ((how & CL_COPY_MNT_NS_FILE) == 0 && isMntNsFile(source)) {
                source = skipTree(source, child);
                continue;
            }
            while (sourceParent != mounts.parent(source)) {
                sourceParent = mounts.parent(sourceParent);
                target = mounts.parent(target);
            }
            int copy = cloneMount(source, mounts.root(source), how);
            if (copy == NULL) {
                return -Errno.ENOSPC;
            }
            attach(copy, target, mounts.mountpoint(source));
            sourceParent = source;
            target = copy;
            source = next(source, child);
        }
        return 0;
    }

    /** is_mnt_ns_file(): a bind mount of a mount namespace, which no copy of a namespace takes along. */
    private boolean isMntNsFile(int mnt) {
        return superBlocks.type(mounts.sb(mnt)).isMntNs(mounts.root(mnt));
    }

    /** The first mount namespace, of a detached tree, with one reference. */
    public int createRootNs(int root, int userNs) {
        return fillNs(namespaces.alloc(), root, userNs, NsInums.MNT_NS_INIT_INO);
    }

    private int fillNs(int ns, int root, int userNs, int inum) {
        namespaces.setCount(ns, 1);
        userNamespaces.hold(userNs);
        namespaces.setUserNs(ns, userNs);
        namespaces.setInum(ns, inum);
        namespaces.setSeq(ns, ++nsSeq);
        namespaces.setRoot(ns, root);
        addTreeToNs(root, ns);
        return ns;
    }

    /**
     * copy_mnt_ns(): a namespace with a copy of all mounts of another, owned by userNs and counted as kuid's; a
     * fs_struct, when given, is moved to the copies of the mounts it stands in. A negative errno at a limit.
     */
    public int copyMntNs(int from, int userNs, int kuid, int fs, FsStructs fsStructs) {
        int oldRoot = namespaces.root(from);
        boolean less = namespaces.userNs(from) != userNs;
        int how = CL_COPY_UNBINDABLE | (less ? CL_SHARED_TO_SLAVE : 0);
        int counted = userNamespaces.incUcount(userNs, kuid, UcountType.MNT_NAMESPACES);
        if (counted == NULL) {
            return -Errno.ENOSPC;
        }
        int ns = namespaces.alloc();
        int root = ns == NULL ? -Errno.ENOSPC : copyTree(oldRoot, mounts.root(oldRoot), how);
        if (root < 0) {
            userNamespaces.decUcount(counted, UcountType.MNT_NAMESPACES);
            if (ns != NULL) {
                namespaces.free(ns);
            }
            return root;
        }
        namespaces.setUcounts(ns, counted);
        work.add(Work.NS_ALLOC_MNT);
        if (less) {
            lockTree(root);
        }
        fillNs(ns, root, userNs, inums.alloc());
        if (fs != NULL) {
            fsStructs.switchMounts(fs, oldRoot, root);
        }
        return ns;
    }

    /** lock_mnt_tree(): flags and places of all mounts can't be undone by the new owner. */
    public void lockTree(int root) {
        for (int mnt = root; mnt != NULL; mnt = next(mnt, root)) {
            int flags = mounts.flags(mnt) | MountFlags.MNT_LOCK_ATIME;
            flags |= (flags & MountFlags.MNT_READONLY) != 0 ? MountFlags.MNT_LOCK_READONLY : 0;
            flags |= (flags & MountFlags.MNT_NODEV) != 0 ? MountFlags.MNT_LOCK_NODEV : 0;
            flags |= (flags & MountFlags.MNT_NOSUID) != 0 ? MountFlags.MNT_LOCK_NOSUID : 0;
            flags |= (flags & MountFlags.MNT_NOEXEC) != 0 ? MountFlags.MNT_LOCK_NOEXEC : 0;
            flags |= mnt != root ? MountFlags.MNT_LOCKED : 0;
            mounts.setFlags(mnt, flags);
        }
    }

    public int holdNs(int ns) {
        namespaces.setCount(ns, namespaces.count(ns) + 1);
        return ns;
    }

    /** put_mnt_ns(): with the last reference all its mounts go. */
    public void putNs(int ns) {
        int count = namespaces.count(ns) - 1;
        namespaces.setCount(ns, count);
        if (count > 0) {
            return;
        }
        work.add(Work.NS_FREE_MNT);
        umountTree(namespaces.root(ns));
        int userNs = namespaces.userNs(ns);
        int counted = namespaces.ucounts(ns);
        inums.free(namespaces.inum(ns));
        namespaces.free(ns);
        if (counted != NULL) {
            userNamespaces.decUcount(counted, UcountType.MNT_NAMESPACES);
        }
        userNamespaces.put(userNs);
    }

    public int nsRoot(int ns) {
        return namespaces.root(ns);
    }

    public void setNsRoot(int ns, int mnt) {
        namespaces.setRoot(ns, mnt);
    }

    /** A mount that no namespace ever had: nsfs, pipefs and their kind. */
    boolean isKernelOwn(int mnt) {
        return superBlocks.type(mounts.sb(mnt)).isKernelOwn();
    }

    /** mnt_ns_loop(): a mount namespace's file can be bound only in namespaces that are older than it. */
    boolean isMntNsLoop(int mnt, int dentry, int ns) {
        int seen = superBlocks.type(mounts.sb(mnt)).mntNsOf(dentry);
        return seen != NULL && namespaces.seq(seen) <= namespaces.seq(ns);
    }

    void digest(StateHash hash) {
        hash.add(nsSeq);
        ids.digest(hash);
        peers.digest(hash);
    }

    /** check_mnt(): whether a mount belongs to a namespace. */
    public boolean isIn(int mnt, int ns) {
        return mounts.ns(mnt) == ns;
    }

    private static long key(int parent, int mountpoint) {
        return (long) parent << 32 | mountpoint;
    }
}
