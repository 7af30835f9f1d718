package dev.nestor.fs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.task.TaskTable;
import dev.nestor.uapi.Fcntl;
import org.jspecify.annotations.Nullable;

/**
 * Mounts that a driver says have been made or undone, where the emulator has not done it itself. Nothing is checked.
 */
public final class LearnedMounts {
    private final Vfs vfs;
    private final MountTable table;
    private final TaskTable tasks;

    public LearnedMounts(Vfs vfs) {
        this.vfs = vfs;
        this.table = vfs.tables.mounts;
        this.tasks = vfs.below.tasks();
    }

    /** A file system is mounted at a path, on top of what is there. Takes over the reference on sb. */
    public boolean mount(int task, int sb, byte[] source, byte[] target, int flags) {
        int name = vfs.tables.names.intern(source, 0, source.length);
        int mnt = vfs.mounts.create(sb, vfs.tables.superBlocks.root(sb), name);
        vfs.tables.names.put(name);
        vfs.superBlocks.put(sb);
        if (mnt == NULL) {
            return false;
        }
        table.setFlags(mnt, flags);
        return attach(task, mnt, target);
    }

    /** What is seen at one path is seen at another, too. */
    public boolean bind(int task, byte[] source, byte[] target, boolean recursive) {
        Nameidata nd = find(task, source);
        if (nd == null) {
            return false;
        }
        int how = Mounts.CL_COPY_UNBINDABLE | Mounts.CL_COPY_MNT_NS_FILE;
        int mnt =
                recursive ? vfs.mounts.copyTree(nd.mnt, nd.dentry, how) : vfs.mounts.cloneMount(nd.mnt, nd.dentry, how);
        nd.release();
        return mnt > NULL && attach(task, mnt, target);
    }

    private boolean attach(int task, int mnt, byte[] target) {
        Nameidata nd = find(task, target);
        if (nd == null) {
            vfs.mounts.umountTree(mnt, Mounts.UMOUNT_SYNC);
            return false;
        }
        int ns = table.ns(nd.mnt);
        boolean attached =
                ns != NULL && vfs.grafts.lock(nd.mnt, nd.dentry, false) == 0 && vfs.grafts.attach(ns, mnt) == 0;
        if (!attached) {
            vfs.mounts.umountTree(
                    mnt, Mounts.UMOUNT_SYNC); // what is detached shows nothing that a driver could know of
        }
        nd.release();
        return attached;
    }

    /** What is mounted at a path has other flags from now on. */
    public void remount(int task, byte[] target, int flags) {
        Nameidata nd = find(task, target);
        if (nd != null) {
            table.setFlags(nd.mnt, flags);
            nd.release();
        }
    }

    /** What is mounted at a path is gone. */
    public void umount(int task, byte[] target) {
        Nameidata nd = find(task, target);
        if (nd == null) {
            return;
        }
        int mnt = nd.mnt;
        boolean isMountpoint = nd.dentry == table.root(mnt) && table.parent(mnt) != NULL;
        nd.release();
        if (isMountpoint) {
            vfs.mounts.umountTree(mnt, Mounts.UMOUNT_PROPAGATE);
        }
    }

    /** pivot_root(): the task's root is another mount. */
    public void changeRoot(int task, byte[] root) {
        Nameidata nd = find(task, root);
        if (nd != null) {
            vfs.fsStructs.setRoot(tasks.fs(task), nd.mnt, nd.dentry);
            nd.release();
        }
    }

    /** A path's end, on top of what is mounted there; null when there is none. The caller releases it. */
    private @Nullable Nameidata find(int task, byte[] path) {
        Nameidata nd = vfs.namei.second().set(path, 0, path.length);
        return vfs.namei.lookup(nd, task, Fcntl.AT_FDCWD, LookupFlags.FOLLOW) == 0 ? nd : null;
    }
}
