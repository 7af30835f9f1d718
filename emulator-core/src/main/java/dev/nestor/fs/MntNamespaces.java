package dev.nestor.fs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.ns.NsInums;
import dev.nestor.kernel.ns.UcountType;
import dev.nestor.kernel.sched.WaitQueues;
import dev.nestor.machine.Work;
import dev.nestor.uapi.Errno;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;
import java.util.function.IntPredicate;

/** Mount namespaces, and the anonymous ones that detached trees are in: fs/namespace.c. */
public final class MntNamespaces {
    /** MNT_NS_INIT_ID. */
    private static final long INITIAL_ID = 4;

    private final MntNamespaceTable namespaces;
    private final MountTable mountTable;
    private final Mounts mounts;
    private final SuperBlocks superBlocks;
    private final UserNamespaces userNamespaces;
    private final FsNotify notify;
    private final NsInums inums;
    private final WaitQueues waitQueues;
    private final Work work;

    /** ns_id to namespace: look up, never walk. */
    private final Long2IntOpenHashMap bySeq = new Long2IntOpenHashMap();

    MntNamespaces(FsTables tables, Vfs.Below below, Mounts mounts, SuperBlocks superBlocks, FsNotify notify) {
        this.notify = notify;
        this.namespaces = tables.mntNamespaces;
        this.mountTable = tables.mounts;
        this.mounts = mounts;
        this.superBlocks = superBlocks;
        this.userNamespaces = below.userNamespaces();
        this.inums = below.inums();
        this.waitQueues = below.waitQueues();
        this.work = below.work();
    }

    /** The first mount namespace, of a detached tree, with one reference. */
    public int createRoot(int root, int userNs) {
        int ns = namespaces.alloc();
        fill(ns, userNs);
        namespaces.setPoll(ns, waitQueues.alloc());
        namespaces.setSeq(ns, INITIAL_ID);
        bySeq.put(INITIAL_ID, ns);
        namespaces.setInum(ns, NsInums.MNT_NS_INIT_INO);
        setTree(ns, root);
        return ns;
    }

    private void fill(int ns, int userNs) {
        namespaces.setCount(ns, 1);
        userNamespaces.hold(userNs);
        namespaces.setUserNs(ns, userNs);
    }

    /** ns_tree_gen_id(). */
    private void setSeq(int ns) {
        namespaces.setSeq(ns, inums.nextId());
        bySeq.put(namespaces.seq(ns), ns);
    }

    private void setTree(int ns, int root) {
        namespaces.setRoot(ns, root);
        mounts.addTreeToNs(root, ns);
    }

    /** alloc_mnt_ns(): an empty namespace of kuid's; NULL at a limit (ENOSPC). */
    private int create(int userNs, int kuid) {
        int counted = userNamespaces.incUcount(userNs, kuid, UcountType.MNT_NAMESPACES);
        if (counted == NULL) {
            return NULL;
        }
        int ns = namespaces.alloc();
        if (ns == NULL) {
            userNamespaces.decUcount(counted, UcountType.MNT_NAMESPACES);
            return NULL;
        }
        fill(ns, userNs);
        namespaces.setUcounts(ns, counted);
        return ns;
    }

    /**
     * copy_mnt_ns(): a namespace with a copy of all mounts of another, owned by userNs and counted as kuid's; a
     * fs_struct, when given, is moved to the copies of the mounts it stands in. ENOSPC, ENOMEM at a limit.
     */
    public int copy(int from, int userNs, int kuid, int fs, FsStructs fsStructs) {
        int ns = create(userNs, kuid);
        if (ns == NULL) {
            return -Errno.ENOSPC;
        }
        work.add(Work.NS_ALLOC_MNT);
        setSeq(ns);
        namespaces.setPoll(ns, waitQueues.alloc());
        if (namespaces.poll(ns) == NULL) {
            free(ns);
            return -Errno.ENOMEM;
        }
        int oldRoot = namespaces.root(from);
        boolean less = namespaces.userNs(from) != userNs;
        int how = Mounts.CL_COPY_UNBINDABLE | (less ? Mounts.CL_SLAVE : 0);
        int root = mounts.copyTree(oldRoot, mountTable.root(oldRoot), how);
        if (root < 0) {
            free(ns);
            return root;
        }
        namespaces.setInum(ns, inums.alloc(namespaces.seq(ns)));
        if (less) {
            mounts.lockTree(root);
        }
        setTree(ns, root);
        if (fs != NULL) {
            fsStructs.switchMounts(fs, oldRoot, root);
        }
        return ns;
    }

    /**
     * An anonymous namespace around a detached tree, for a caller in {@code of}: nobody can enter it. ENOSPC, and then the
     * tree stays the caller's.
     *
     * @param source the namespace that the tree was copied from, or NULL
     */
    int createAnon(int tree, int of, int kuid, int source) {
        int ns = create(namespaces.userNs(of), kuid);
        if (ns == NULL) {
            return -Errno.ENOSPC;
        }
        namespaces.setAnon(ns, true);
        if (source != NULL) {
            namespaces.setSeqOrigin(
                    ns, namespaces.anon(source) ? namespaces.seqOrigin(source) : namespaces.seq(source));
        }
        setTree(ns, tree);
        return ns;
    }

    /** Whether a mount is the root of an anonymous namespace. */
    boolean isAnonRoot(int mnt) {
        int ns = mountTable.ns(mnt);
        return ns != NULL && namespaces.anon(ns) && mountTable.parent(mnt) == NULL;
    }

    boolean isInAnon(int mnt) {
        int ns = mountTable.ns(mnt);
        return ns != NULL && namespaces.anon(ns);
    }

    /** check_anonymous_mnt(): of a detached tree that is new, or was copied from a namespace. */
    boolean isAnonOf(int mnt, int ns) {
        int anon = mountTable.ns(mnt);
        if (anon == NULL || !namespaces.anon(anon)) {
            return false;
        }
        long origin = namespaces.seqOrigin(anon);
        return origin == 0 || origin == namespaces.seq(ns);
    }

    /** Takes the tree out of an anonymous namespace, which is no more: it is about to be attached in another. */
    void empty(int tree) {
        int anon = mountTable.ns(tree);
        for (int at = tree; at != NULL; at = mounts.next(at, tree)) {
            mounts.removeFromNs(at);
            mountTable.setPrevNs(at, NULL);
        }
        namespaces.setRoot(anon, NULL);
        free(anon);
    }

    /** dissolve_on_fput(): the file that a detached tree was opened by goes. The tree stays whole while paths are in it. */
    void dissolve(int mnt) {
        if (isAnonRoot(mnt)) {
            int anon = mountTable.ns(mnt);
            mounts.umountTree(mnt, Mounts.UMOUNT_CONNECTED);
            free(anon);
        }
    }

    public int hold(int ns) {
        namespaces.setCount(ns, namespaces.count(ns) + 1);
        return ns;
    }

    /** put_mnt_ns(): with the last reference all its mounts go. */
    public void put(int ns) {
        int count = namespaces.count(ns) - 1;
        namespaces.setCount(ns, count);
        if (count > 0) {
            return;
        }
        work.add(Work.NS_FREE_MNT);
        mounts.umountTree(namespaces.root(ns), 0);
        inums.free(namespaces.inum(ns));
        free(ns);
    }

    private void free(int ns) {
        int userNs = namespaces.userNs(ns);
        int counted = namespaces.ucounts(ns);
        notify.mntNsGone(ns);
        bySeq.remove(namespaces.seq(ns));
        if (namespaces.poll(ns) != NULL) {
            waitQueues.free(namespaces.poll(ns));
        }
        namespaces.free(ns);
        if (counted != NULL) {
            userNamespaces.decUcount(counted, UcountType.MNT_NAMESPACES);
        }
        userNamespaces.put(userNs);
    }

    public int root(int ns) {
        return namespaces.root(ns);
    }

    /** lookup_mnt_ns(): by its number; NULL when there is none. */
    public int find(long seq) {
        return bySeq.get(seq);
    }

    /** get_sequential_mnt_ns(): of those that a task administers the one made next after another, or before; or NULL. */
    public int sequential(int ns, boolean previous, IntPredicate isOurs) {
        long from = namespaces.seq(ns);
        int found = NULL;
        for (int row = 1; row < namespaces.rows(); row++) {
            int other = namespaces.handleInRow(row);
            if (other == NULL || namespaces.anon(other) || !isOurs.test(namespaces.userNs(other))) {
                continue;
            }
            long seq = namespaces.seq(other);
            boolean isNearer = previous
                    ? seq < from && (found == NULL || seq > namespaces.seq(found))
                    : seq > from && (found == NULL || seq < namespaces.seq(found));
            found = isNearer ? other : found;
        }
        return found;
    }

    /** mnt_ns_loop(): a mount namespace's file can be bound only in namespaces that are older than it. */
    boolean isLoop(int dentry, int sb, int ns) {
        int seen = superBlocks.type(sb).mntNsOf(dentry);
        return seen != NULL && namespaces.seq(seen) <= namespaces.seq(ns);
    }

    /** check_for_nsfs_mounts(): whether a tree holds a namespace that could hold the tree. */
    boolean hasLoop(int tree, int ns) {
        for (int at = tree; at != NULL; at = mounts.next(at, tree)) {
            if (isLoop(mountTable.root(at), mountTable.sb(at), ns)) {
                return true;
            }
        }
        return false;
    }

    /** Whether what is mounted in one namespace by tasks of another lacks its owner's trust: they have different owners. */
    boolean isForeign(int ns, int other) {
        return namespaces.userNs(ns) != namespaces.userNs(other);
    }
}
