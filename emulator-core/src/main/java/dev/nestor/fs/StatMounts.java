package dev.nestor.fs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.Chain;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;

/** What statmount(2) and listmount(2) find out, and in what order they refuse: fs/namespace.c. */
public final class StatMounts {
    /** LSMT_ROOT: the mount that the caller's root is in. */
    public static final long LSMT_ROOT = -1;

    private final MountTable mounts;
    private final MntNamespaceTable namespaces;
    private final SuperBlockTable superBlocks;
    private final SuperBlocks superBlockLife;
    private final FsStructTable fsStructs;
    private final Mounts life;
    private final MountTrees trees;
    private final TaskTable tasks;
    private final Capabilities capabilities;
    private int rootMnt; // of the caller, or what stands for it in another namespace
    private int rootDentry;
    private int foundDentry; // of the mount found last, from which the caller sees what is below it

    StatMounts(Vfs vfs) {
        this.mounts = vfs.tables.mounts;
        this.namespaces = vfs.tables.mntNamespaces;
        this.superBlocks = vfs.tables.superBlocks;
        this.superBlockLife = vfs.superBlocks;
        this.fsStructs = vfs.tables.fsStructs;
        this.life = vfs.mounts;
        this.trees = vfs.mountTrees;
        this.tasks = vfs.below.tasks();
        this.capabilities = vfs.below.capabilities();
    }

    /** grab_requested_root(): from where the mounts of a namespace are seen; ENOENT when it has none. */
    public int seeFrom(int task, int ownNs, int ns) {
        if (ns == ownNs) {
            int fs = tasks.fs(task);
            rootMnt = fsStructs.rootMnt(fs);
            rootDentry = fsStructs.rootDentry(fs);
            return 0;
        }
        int top = namespaces.root(ns);
        for (int mnt = namespaces.mounts().first(ns);
                mnt != NULL;
                mnt = namespaces.mounts().next(mnt)) {
            if (mounts.parent(mnt) == top) {
                rootMnt = mnt;
                rootDentry = mounts.root(mnt);
                return 0;
            }
        }
        return -Errno.ENOENT;
    }

    public int rootMnt() {
        return rootMnt;
    }

    public int rootDentry() {
        return rootDentry;
    }

    /** A mount of a namespace by its unique id, as the caller may see it; ENOENT, EPERM. */
    public int find(int task, int ns, long id) {
        int mnt = id == LSMT_ROOT ? rootMnt : life.find(id);
        if (mnt == NULL || (mounts.ns(mnt) != ns && id != LSMT_ROOT)) {
            return -Errno.ENOENT;
        }
        foundDentry = id == LSMT_ROOT ? rootDentry : mounts.root(mnt);
        boolean maySee = life.isReachable(mnt, foundDentry, rootMnt, rootDentry)
                || capabilities.nsCapable(task, namespaces.userNs(ns), Capability.CAP_SYS_ADMIN);
        return maySee ? mnt : -Errno.EPERM;
    }

    /** do_listmount(): the unique ids of what is below the mount found last, after one or before one; how many. */
    public int list(int ns, int below, long belowId, long last, boolean reverse, long[] ids) {
        Chain chain = namespaces.mounts();
        int count = 0;
        for (int mnt = first(ns, last, reverse);
                mnt != NULL && count < ids.length;
                mnt = reverse ? chain.prev(mnt) : chain.next(mnt)) {
            boolean isItself = mounts.idUnique(mnt) == belowId;
            if (!isItself && life.isReachable(mnt, mounts.root(mnt), below, foundDentry)) {
                ids[count++] = mounts.idUnique(mnt);
            }
        }
        return count;
    }

    private int first(int ns, long last, boolean reverse) {
        Chain chain = namespaces.mounts();
        int known = last == 0 ? NULL : life.find(last);
        if (known != NULL && mounts.ns(known) == ns) {
            return reverse ? chain.prev(known) : chain.next(known);
        }
        int mnt = reverse ? chain.last(ns) : chain.first(ns);
        while (last != 0 && mnt != NULL && (reverse ? mounts.idUnique(mnt) >= last : mounts.idUnique(mnt) <= last)) {
            mnt = reverse ? chain.prev(mnt) : chain.next(mnt);
        }
        return mnt;
    }

    public int parentOrSelf(int mnt) {
        int parent = mounts.parent(mnt);
        return parent == NULL ? mnt : parent;
    }

    /** MOUNT_ATTR_*. */
    public long attributes(int mnt) {
        return MountAttrs.ofMount(mounts.flags(mnt), mounts.idmap(mnt) != NULL);
    }

    /** MS_*. */
    public long propagation(int mnt) {
        return trees.propagationOf(mnt);
    }

    /** The group of a slave's master, or 0. */
    public int masterGroup(int mnt) {
        int master = mounts.master(mnt);
        return master == NULL ? 0 : mounts.group(master);
    }

    /** get_dominating_id(): the nearest group that a slave receives from and that the caller can see, or 0. */
    public int propagatesFrom(int mnt) {
        return life.propagation().dominatingGroup(mnt, rootMnt, rootDentry);
    }

    /** The same from another root. */
    public int propagatesFrom(int mnt, int fromMnt, int fromDentry) {
        return life.propagation().dominatingGroup(mnt, fromMnt, fromDentry);
    }

    /** SB_* that are shown. */
    public int sbFlags(int mnt) {
        int shown = SuperBlockTable.SB_RDONLY
                | SuperBlockTable.SB_SYNCHRONOUS
                | SuperBlockTable.SB_DIRSYNC
                | SuperBlockTable.SB_LAZYTIME;
        return superBlocks.flags(mounts.sb(mnt)) & shown;
    }

    public FsType type(int mnt) {
        return superBlockLife.type(mounts.sb(mnt));
    }
}
