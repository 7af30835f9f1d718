package dev.nestor.fs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.sched.WaitQueues;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.machine.Work;
import dev.nestor.table.Chain;
import dev.nestor.table.StateHash;
import dev.nestor.uapi.Errno;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;

/**
 * Mounts and their tree: fs/namespace.c.
 *
 * <p>A mount has one reference until it is unmounted (the kernel's own, for ever) and one for each path that stands in it;
 * its children are no references. It holds its super block, its root dentry and, while it has a parent, its mount point.
 * One that was unmounted together with its parent, but not parted from it, goes when the parent goes.
 */
public final class Mounts {
    /** clone_mnt(): the copy is not propagated to, a slave of its original, in a peer group. */
    public static final int CL_PRIVATE = 1;

    public static final int CL_SLAVE = 2;
    public static final int CL_MAKE_SHARED = 4;
    public static final int CL_COPY_UNBINDABLE = 8;
    public static final int CL_COPY_MNT_NS_FILE = 0x10;

    /** umount_tree(): all are parted from each other, it happens to receivers too, or the tree stays whole. */
    public static final int UMOUNT_SYNC = 1;

    public static final int UMOUNT_PROPAGATE = 2;
    public static final int UMOUNT_CONNECTED = 4;

    /** MNT_UNIQUE_ID_OFFSET: unique ids are larger, so that nobody takes them for the reused ones. */
    public static final long MNT_UNIQUE_ID_OFFSET = 1L << 31;

    private final MountTable mounts;
    private final MntNamespaceTable namespaces;
    private final DentryTable dentryTable;
    private final NameTable names;
    private final Dentries dentries;
    private final SuperBlocks superBlocks;
    private final UserNamespaces userNamespaces;
    private final PeerGroups peers;
    private final Propagation propagation;
    private final Work work;
    private final WaitQueues waitQueues;
    private final FsNotify notify;
    private final IdSet ids = new IdSet();
    private final int mountMax;
    private final IntArrayList set = new IntArrayList();
    private final IntArrayList doomed = new IntArrayList();
    private final IntArrayList told = new IntArrayList(); // mounts that have come, gone or moved: who watches is told
    private int firstId = 1; // of the mounts made from now on
    private boolean isFreeing; // what is put meanwhile waits in doomed: a mount may hold the last of a namespace
    private long lastUniqueId = MNT_UNIQUE_ID_OFFSET;

    /** (parent mount, mount point) to the mount there: look up, never walk. */
    private final Long2IntOpenHashMap byPlace = new Long2IntOpenHashMap();

    /** Unique id to mount: look up, never walk. */
    private final Long2IntOpenHashMap byId = new Long2IntOpenHashMap();

    /** @param mountMax fs.mount-max: the most mounts of one namespace */
    Mounts(
            FsTables tables,
            Vfs.Below below,
            Dentries dentries,
            SuperBlocks superBlocks,
            FsNotify notify,
            int mountMax) {
        this.notify = notify;
        this.mounts = tables.mounts;
        this.namespaces = tables.mntNamespaces;
        this.dentryTable = tables.dentries;
        this.names = tables.names;
        this.dentries = dentries;
        this.superBlocks = superBlocks;
        this.userNamespaces = below.userNamespaces();
        this.peers = new PeerGroups(tables.mounts);
        this.work = below.work();
        this.waitQueues = below.waitQueues();
        this.propagation = new Propagation(tables, this, peers, dentries, work);
        this.mountMax = mountMax;
    }

    public PeerGroups peers() {
        return peers;
    }

    Propagation propagation() {
        return propagation;
    }

    /** alloc_vfsmnt() of a tree: not attached, with one reference; holds sb, root and source. NULL at the limit. */
    public int create(int sb, int root, int source) {
        int mnt = mounts.alloc();
        if (mnt == NULL) {
            return NULL;
        }
        mounts.setCount(mnt, 1);
        mounts.setSb(mnt, superBlocks.get(sb));
        mounts.instances().addLast(sb, mnt);
        mounts.setRoot(mnt, dentries.get(root));
        mounts.setSource(mnt, names.get(source));
        mounts.setId(mnt, ids.alloc(firstId));
        mounts.setIdUnique(mnt, ++lastUniqueId);
        byId.put(lastUniqueId, mnt);
        peers.init(mnt);
        return mnt;
    }

    /** The next mounts get numbers from here on, as if so many of the kernel's own had been made. */
    public void reserveIds(int first) {
        firstId = first;
        lastUniqueId = MNT_UNIQUE_ID_OFFSET + first;
    }

    /** mntget(). */
    public int get(int mnt) {
        mounts.setCount(mnt, mounts.count(mnt) + 1);
        return mnt;
    }

    /** mntput(): with the last reference it goes, and what is still attached to it goes as if it were unmounted now. */
    public void put(int mnt) {
        mounts.setExpiryMark(mnt, false);
        release(mnt);
        freeDoomed();
    }

    private void freeDoomed() {
        if (isFreeing) {
            return;
        }
        isFreeing = true;
        while (!doomed.isEmpty()) {
            int at = doomed.popInt();
            Chain children = mounts.children();
            while (!children.isEmpty(at)) {
                int child = children.first(at);
                detach(child);
                release(child);
            }
            free(at);
        }
        isFreeing = false;
    }

    private void release(int mnt) {
        int count = mounts.count(mnt) - 1;
        assert count >= 0 : "mount is put too often";
        mounts.setCount(mnt, count);
        if (count == 0) {
            doomed.add(mnt);
        }
    }

    private void free(int mnt) {
        assert mounts.parent(mnt) == NULL && mounts.ns(mnt) == NULL : "an attached mount is put";
        assert mounts.writers(mnt) == 0 : "a mount with files open for writing is put";
        int sb = mounts.sb(mnt);
        int root = mounts.root(mnt);
        int idmap = mounts.idmap(mnt);
        if (mounts.nextPeer(mnt) != mnt || mounts.master(mnt) != NULL || mounts.group(mnt) != 0) {
            peers.forgetGroup(mnt);
            peers.makePrivate(mnt, false);
        }
        notify.mountGone(mnt);
        ids.free(mounts.id(mnt));
        byId.remove(mounts.idUnique(mnt));
        names.put(mounts.source(mnt));
        mounts.instances().remove(mnt);
        mounts.free(mnt);
        dentries.put(root);
        superBlocks.put(sb);
        if (idmap != NULL) {
            userNamespaces.put(idmap);
        }
    }

    /** __lookup_mnt(): what is mounted on a dentry of a mount, or NULL. */
    public int lookup(int parent, int mountpoint) {
        return dentryTable.mounted(mountpoint) == 0 ? NULL : byPlace.get(key(parent, mountpoint));
    }

    /** topmost_overmount(): the mount that is seen where this one's root is, which those stacked on it cover. */
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

    /** A mount by its unique id, or NULL. */
    public int find(long idUnique) {
        return byId.get(idUnique);
    }

    /** attach_mnt(): hangs a mount into its parent's tree. */
    public void attach(int mnt, int parent, int mountpoint) {
        setMountpoint(mnt, parent, mountpoint);
        makeVisible(mnt);
    }

    /** mnt_set_mountpoint(): where it is to be attached; nothing finds it there yet. */
    void setMountpoint(int mnt, int parent, int mountpoint) {
        assert mounts.parent(mnt) == NULL : "it is attached";
        mounts.setParent(mnt, parent);
        mounts.setMountpoint(mnt, dentries.get(mountpoint));
        dentryTable.setMounted(mountpoint, dentryTable.mounted(mountpoint) + 1);
        mounts.onDentry().addLast(mountpoint, mnt);
    }

    /** make_visible(): what was at its place is found there no more. */
    void makeVisible(int mnt) {
        work.add(Work.MOUNT_ATTACH);
        int parent = mounts.parent(mnt);
        byPlace.put(key(parent, mounts.mountpoint(mnt)), mnt);
        mounts.children().addLast(parent, mnt);
    }

    /** umount_mnt(): takes it out of its parent's tree, if it has one. */
    public void detach(int mnt) {
        int parent = mounts.parent(mnt);
        if (parent == NULL) {
            return;
        }
        work.add(Work.MOUNT_DETACH);
        int mountpoint = mounts.mountpoint(mnt);
        byPlace.remove(key(parent, mountpoint), mnt);
        if (mounts.children().owner(mnt) != NULL) {
            mounts.children().remove(mnt);
        }
        mounts.onDentry().remove(mnt);
        dentryTable.setMounted(mountpoint, dentryTable.mounted(mountpoint) - 1);
        mounts.setParent(mnt, NULL);
        mounts.setMountpoint(mnt, NULL);
        dentries.put(mountpoint);
    }

    /** mnt_change_mountpoint(). */
    void changeMountpoint(int mnt, int parent, int mountpoint) {
        dentries.get(mountpoint);
        detach(mnt);
        attach(mnt, parent, mountpoint);
        dentries.put(mountpoint);
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

    /** mnt_add_to_ns() of a whole tree, as commit_tree() does it: what count_mounts() has counted is there now. */
    public void addTreeToNs(int mnt, int ns) {
        for (int at = mnt; at != NULL; at = next(at, mnt)) {
            addToNs(at, ns);
        }
        namespaces.setPending(ns, 0);
    }

    private void addToNs(int mnt, int ns) {
        mounts.setNs(mnt, ns);
        Chain list = namespaces.mounts();
        int before = list.last(ns);
        while (before != NULL && mounts.idUnique(before) > mounts.idUnique(mnt)) {
            before = list.prev(before);
        }
        if (before == NULL) {
            list.addFirst(ns, mnt);
        } else {
            list.addAfter(before, mnt);
        }
        noteChange(mnt);
        namespaces.setNrMounts(ns, namespaces.nrMounts(ns) + 1);
        touch(ns);
    }

    /** touch_mnt_namespace(). */
    void touch(int ns) {
        if (ns != NULL) {
            namespaces.setEvent(ns, namespaces.event(ns) + 1);
            if (namespaces.poll(ns) != NULL) {
                waitQueues.wakeUp(namespaces.poll(ns), TaskTable.TASK_INTERRUPTIBLE);
            }
        }
    }

    void removeFromNs(int mnt) {
        int ns = mounts.ns(mnt);
        if (ns != NULL) {
            namespaces.mounts().remove(mnt);
            namespaces.setNrMounts(ns, namespaces.nrMounts(ns) - 1);
            mounts.setNs(mnt, NULL);
            touch(ns);
        }
    }

    /** count_mounts(): whether a tree still fits into a namespace, with what has been counted already; 0 or ENOSPC. */
    int reserve(int ns, int tree) {
        int free = mountMax - namespaces.nrMounts(ns) - namespaces.pending(ns);
        int count = 0;
        for (int at = tree; at != NULL && count <= free; at = next(at, tree)) {
            count++;
        }
        if (count > free) {
            return -Errno.ENOSPC;
        }
        namespaces.setPending(ns, namespaces.pending(ns) + count);
        return 0;
    }

    /** umount_tree(): takes a mount and all below it out of namespace, groups and tree; their references go. */
    public void umountTree(int mnt, int how) {
        set.clear();
        boolean propagates = (how & UMOUNT_PROPAGATE) != 0;
        if (propagates) {
            propagation.unlock(mnt);
        }
        for (int at = mnt; at != NULL; at = next(at, mnt)) {
            mounts.setFlags(at, mounts.flags(at) | MountFlags.MNT_UMOUNT);
            set.add(at);
        }
        for (int i = 0; i < set.size(); i++) {
            if (mounts.children().owner(set.getInt(i)) != NULL) {
                mounts.children().remove(set.getInt(i));
            }
        }
        if (propagates) {
            propagation.addReceivers(set);
        }
        peers.leaveAll(set);
        for (int i = 0; i < set.size(); i++) {
            int at = set.getInt(i);
            removeFromNs(at);
            boolean isParted = isParted(at, how);
            if (isParted) {
                detach(at);
            } else {
                mounts.children().addLast(mounts.parent(at), at);
            }
            noteChange(at);
            if (isParted) {
                release(at);
            }
        }
        tellChanges();
    }

    /** mnt_notify_add(): who watches the namespace that a mount is in, or was in, is to hear of it. */
    void noteChange(int mnt) {
        if (notify.isWatched(mounts.ns(mnt)) || notify.isWatched(mounts.prevNs(mnt))) {
            told.add(get(mnt));
        } else {
            mounts.setPrevNs(mnt, mounts.ns(mnt));
        }
    }

    /** notify_mnt_list(): at the end of a change of mounts, in the order in which they were noted. */
    void tellChanges() {
        for (int i = 0; i < told.size(); i++) {
            int mnt = told.getInt(i);
            int before = mounts.prevNs(mnt);
            int now = mounts.ns(mnt);
            if (before == now && now != NULL) {
                notify.mount(FsNotify.FS_MNT_ATTACH | FsNotify.FS_MNT_DETACH, now, mounts.idUnique(mnt));
            } else {
                notify.mount(FsNotify.FS_MNT_DETACH, before, mounts.idUnique(mnt));
                notify.mount(FsNotify.FS_MNT_ATTACH, now, mounts.idUnique(mnt));
            }
            mounts.setPrevNs(mnt, now);
            release(mnt);
        }
        told.clear();
        freeDoomed();
    }

    /** disconnect_mount(): whether a mount that goes is parted from its parent. */
    private boolean isParted(int mnt, int how) {
        int parent = mounts.parent(mnt);
        if ((how & UMOUNT_SYNC) != 0 || parent == NULL || (mounts.flags(parent) & MountFlags.MNT_UMOUNT) == 0) {
            return true;
        }
        return (how & UMOUNT_CONNECTED) == 0 && (mounts.flags(mnt) & MountFlags.MNT_LOCKED) == 0;
    }

    /** __detach_mounts(): what is mounted on a name that is being removed goes with it. */
    public void detachMountsOn(int dentry) {
        Chain list = mounts.onDentry();
        while (!list.isEmpty(dentry)) {
            int mnt = list.first(dentry);
            if ((mounts.flags(mnt) & MountFlags.MNT_UMOUNT) != 0) {
                detach(mnt);
                put(mnt);
            } else {
                umountTree(mnt, UMOUNT_CONNECTED);
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
        mounts.setFlags(mnt, mounts.flags(old) & ~MountFlags.MNT_INTERNAL_FLAGS);
        int idmap = mounts.idmap(old);
        if (idmap != NULL) {
            userNamespaces.hold(idmap);
            mounts.setIdmap(mnt, idmap);
        }
        if ((how & CL_PRIVATE) == 0) {
            peers.initCopy(mnt, old, (how & CL_SLAVE) != 0, (how & CL_MAKE_SHARED) != 0);
        }
        return mnt;
    }

    /**
     * copy_tree(): a detached copy of a mount, seen from a dentry of it, with all that is mounted below that dentry; EINVAL,
     * ENOMEM when the table is full, EPERM when something locked would be left out.
     */
    public int copyTree(int mnt, int root, int how) {
        boolean leftOut = ((how & CL_COPY_UNBINDABLE) == 0 && peers.isUnbindable(mnt))
                || ((how & CL_COPY_MNT_NS_FILE) == 0 && isMntNsFile(mnt, root));
        if (leftOut) {
            return -Errno.EINVAL;
        }
        int copy = cloneMount(mnt, root, how);
        if (copy == NULL) {
            return -Errno.ENOMEM;
        }
        Chain children = mounts.children();
        for (int child = children.first(mnt); child != NULL; child = children.next(child)) {
            if (!dentries.isBelow(mounts.mountpoint(child), root)) {
                continue;
            }
            int result = copyChild(child, copy, how);
            if (result < 0) {
                umountTree(copy, UMOUNT_SYNC);
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
            boolean isLocked = (mounts.flags(source) & MountFlags.MNT_LOCKED) != 0;
            if ((how & CL_COPY_UNBINDABLE) == 0 && peers.isUnbindable(source)) {
                if (isLocked) {
                    return -Errno.EPERM;
                }
                source = skipTree(source, child);
                continue;
            }
            if ((how & CL_COPY_MNT_NS_FILE) == 0 && isMntNsFile(source, mounts.root(source))) {
                source = skipTree(source, child);
                continue;
            }
            while (sourceParent != mounts.parent(source)) {
                sourceParent = mounts.parent(sourceParent);
                target = mounts.parent(target);
            }
            int copy = cloneMount(source, mounts.root(source), how);
            if (copy == NULL) {
                return -Errno.ENOMEM;
            }
            if (isLocked) {
                mounts.setFlags(copy, mounts.flags(copy) | MountFlags.MNT_LOCKED);
            }
            attach(copy, target, mounts.mountpoint(source));
            sourceParent = source;
            target = copy;
            source = next(source, child);
        }
        return 0;
    }

    /** is_mnt_ns_file(): a mount namespace's file, which no copy of a namespace takes along. */
    boolean isMntNsFile(int mnt, int dentry) {
        return superBlocks.type(mounts.sb(mnt)).isMntNs(dentry);
    }

    /** lock_mnt_tree(): flags and places of all mounts can't be undone by who owns their namespace. */
    void lockTree(int root) {
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

    /** __has_locked_children(): whether something below a dentry can't be parted from the mount it is in. */
    boolean hasLockedChildren(int mnt, int dentry) {
        if (mounts.lockedChildren(mnt) == 0) {
            return false;
        }
        Chain children = mounts.children();
        for (int child = children.first(mnt); child != NULL; child = children.next(child)) {
            boolean isLocked = (mounts.flags(child) & MountFlags.MNT_LOCKED) != 0;
            if (isLocked && dentries.isBelow(mounts.mountpoint(child), dentry)) {
                return true;
            }
        }
        return false;
    }

    /** is_path_reachable(). */
    public boolean isReachable(int mnt, int dentry, int rootMnt, int rootDentry) {
        int at = mnt;
        int step = dentry;
        while (at != rootMnt && mounts.parent(at) != NULL) {
            step = mounts.mountpoint(at);
            at = mounts.parent(at);
        }
        return at == rootMnt && dentries.isBelow(step, rootDentry);
    }

    /** mount_is_ancestor(): whether one mount is another or above it. */
    boolean isAncestor(int ancestor, int mnt) {
        int at = mnt;
        while (at != ancestor && mounts.parent(at) != NULL) {
            at = mounts.parent(at);
        }
        return at == ancestor;
    }

    /** mnt_want_write() of a file that is opened for writing, until it is closed. */
    void addWriter(int mnt, int count) {
        mounts.setWriters(mnt, mounts.writers(mnt) + count);
    }

    /** check_mnt(): whether a mount belongs to a namespace. */
    public boolean isIn(int mnt, int ns) {
        return mounts.ns(mnt) == ns;
    }

    /** Sets who shows the owners of files otherwise than they are; holds the user namespace. */
    void setIdmap(int mnt, int userNs) {
        int old = mounts.idmap(mnt);
        if (userNs != NULL) {
            userNamespaces.hold(userNs);
        }
        mounts.setIdmap(mnt, userNs);
        if (old != NULL) {
            userNamespaces.put(old);
        }
    }

    void digest(StateHash hash) {
        hash.add(lastUniqueId);
        ids.digest(hash);
        peers.digest(hash);
    }

    private static long key(int parent, int mountpoint) {
        return (long) parent << 32 | mountpoint;
    }
}
