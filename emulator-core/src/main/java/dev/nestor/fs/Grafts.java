package dev.nestor.fs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.table.Chain;
import dev.nestor.uapi.Errno;
import it.unimi.dsi.fastutil.ints.IntArrayList;

/**
 * Attaching trees of mounts where they are seen: lock_mount() and attach_recursive_mnt(), fs/namespace.c. The place found
 * by the one stands until the other, within one call.
 */
final class Grafts {
    private final MountTable mounts;
    private final MntNamespaceTable namespaces;
    private final Mounts life;
    private final MntNamespaces nsLife;
    private final PeerGroups peers;
    private final Namei namei;
    private final Paths paths;
    private final IntArrayList trees = new IntArrayList();
    private int parent; // mount to attach to
    private int mountpoint; // dentry

    Grafts(Vfs vfs) {
        this.mounts = vfs.tables.mounts;
        this.namespaces = vfs.tables.mntNamespaces;
        this.life = vfs.mounts;
        this.nsLife = vfs.mntNamespaces;
        this.peers = vfs.mounts.peers();
        this.namei = vfs.namei;
        this.paths = vfs.paths;
    }

    int parent() {
        return parent;
    }

    int mountpoint() {
        return mountpoint;
    }

    /**
     * do_lock_mount(): finds where something that is mounted at a place goes: on top of all that is there, or just beneath
     * the topmost of it. 0; ENOENT for what is removed or unmounted; EINVAL where nothing is to go beneath of.
     */
    int lock(int mnt, int dentry, boolean beneath) {
        if (beneath) {
            if (mounts.root(mnt) != dentry) {
                return -Errno.EINVAL;
            }
            int top = life.topOf(mnt);
            parent = mounts.parent(top) == NULL ? top : mounts.parent(top);
            mountpoint = mounts.parent(top) == NULL ? mounts.root(top) : mounts.mountpoint(top);
        } else {
            int above = life.lookup(mnt, dentry);
            parent = above == NULL ? mnt : life.topOf(above);
            mountpoint = above == NULL ? dentry : mounts.root(parent);
        }
        if (paths.isUnlinked(mountpoint) || mounts.ns(mnt) == NULL) {
            return -Errno.ENOENT;
        }
        boolean hasNothingAbove = beneath && parent == mnt && life.lookup(mnt, mounts.root(mnt)) == NULL;
        return hasNothingAbove ? -Errno.EINVAL : 0;
    }

    /** graft_tree(): ENOTDIR, and what attach() answers. */
    int graft(int ns, int tree) {
        if (namei.isDirectory(mountpoint) != namei.isDirectory(mounts.root(tree))) {
            return -Errno.ENOTDIR;
        }
        return attach(ns, tree);
    }

    /**
     * attach_recursive_mnt(): attaches a tree at the place that is locked, and copies of it wherever that propagates to. A
     * tree that has a parent is moved; one of an anonymous namespace leaves that. ENOSPC, ENOMEM, and then nothing has
     * happened.
     *
     * @param callerNs the caller's mount namespace
     */
    int attach(int callerNs, int tree) {
        int destination = parent;
        int ns = mounts.ns(destination);
        boolean moving = mounts.parent(tree) != NULL;
        boolean shared = peers.isShared(destination);
        trees.clear();
        int error = moving ? 0 : life.reserve(ns, tree);
        if (error == 0 && shared) {
            for (int at = tree; at != NULL; at = life.next(at, tree)) {
                peers.inventGroup(at);
            }
            error = life.propagation().copyForAll(destination, mountpoint, tree, trees);
        }
        if (error != 0) {
            undo(tree, ns);
            return error;
        }
        for (int at = tree; shared && at != NULL; at = life.next(at, tree)) {
            peers.setShared(at);
        }
        if (moving) {
            life.detach(tree);
            life.noteChange(tree);
        } else if (mounts.ns(tree) != NULL) {
            nsLife.empty(tree);
        }
        life.setMountpoint(tree, destination, mountpoint);
        trees.add(0, tree);
        int top = life.topOf(tree);
        int shorter = moving ? NULL : firstNsFile(tree);
        for (int i = trees.size(); i > 0; i--) { // the tree itself, then its copies, the youngest first
            int child = trees.getInt(i % trees.size());
            boolean isShort = child != tree && shorter != NULL;
            commit(callerNs, child, isShort ? mounts.mountpoint(shorter) : mounts.root(top));
        }
        life.tellChanges();
        return 0;
    }

    /** What of a stack on a tree no copy of it has: a mount namespace's file and all above it; NULL when there is none. */
    private int firstNsFile(int tree) {
        int at = life.lookup(tree, mounts.root(tree));
        while (at != NULL && !life.isMntNsFile(at, mounts.root(at))) {
            at = life.lookup(at, mounts.root(at));
        }
        return at;
    }

    /** commit_tree(): a tree comes to be seen; what was at its place lies on top of it from now on. */
    private void commit(int callerNs, int tree, int place) {
        int parentMnt = mounts.parent(tree);
        int ns = mounts.ns(parentMnt);
        if (nsLife.isForeign(ns, callerNs)) {
            life.lockTree(tree);
        }
        int covered = life.lookup(parentMnt, mounts.mountpoint(tree));
        if (mounts.ns(tree) == NULL) {
            life.addTreeToNs(tree, ns);
        }
        life.makeVisible(tree);
        life.touch(ns);
        if (covered == NULL) {
            return;
        }
        int top = life.topOf(tree);
        if ((mounts.flags(covered) & MountFlags.MNT_LOCKED) != 0) {
            mounts.setFlags(tree, mounts.flags(tree) | MountFlags.MNT_LOCKED);
            mounts.setFlags(covered, mounts.flags(covered) & ~MountFlags.MNT_LOCKED);
        }
        life.changeMountpoint(covered, top, place);
    }

    private void undo(int tree, int ns) {
        for (int i = trees.size() - 1; i >= 0; i--) {
            int copy = trees.getInt(i);
            namespaces.setPending(mounts.ns(mounts.parent(copy)), 0);
            life.umountTree(copy, Mounts.UMOUNT_SYNC);
        }
        for (int at = tree; at != NULL; at = life.next(at, tree)) {
            peers.forgetGroup(at);
        }
        namespaces.setPending(ns, 0);
    }

    /** tree_contains_unbindable(). */
    boolean containsUnbindable(int tree) {
        for (int at = tree; at != NULL; at = life.next(at, tree)) {
            if (peers.isUnbindable(at)) {
                return true;
            }
        }
        return false;
    }

    /** is_empty_dir_inode() of all that locked mounts in a mount cover: they hide nothing. */
    boolean hidesNothing(int mnt, InodeTable inodes, DentryTable dentries) {
        if (mounts.lockedChildren(mnt) == 0) {
            return true;
        }
        Chain children = mounts.children();
        for (int child = children.first(mnt); child != NULL; child = children.next(child)) {
            int inode = dentries.inode(mounts.mountpoint(child));
            boolean isEmpty = (inodes.flags(inode) & InodeFlags.EMPTY_DIR) != 0;
            if ((mounts.flags(child) & MountFlags.MNT_LOCKED) != 0 && !isEmpty) {
                return false;
            }
        }
        return true;
    }
}
