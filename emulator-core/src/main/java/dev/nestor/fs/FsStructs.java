package dev.nestor.fs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.task.TaskTable;
import dev.nestor.machine.Work;
import dev.nestor.uapi.Errno;

/** Root, working directory and umask of tasks: fs/fs_struct.c. */
public final class FsStructs {
    private final FsStructTable table;
    private final Mounts mounts;
    private final MntNamespaces mntNamespaces;
    private final Dentries dentries;
    private final TaskTable tasks;
    private final Work work;

    FsStructs(
            FsTables tables,
            Mounts mounts,
            MntNamespaces mntNamespaces,
            Dentries dentries,
            TaskTable tasks,
            Work work) {
        this.mntNamespaces = mntNamespaces;
        this.table = tables.fsStructs;
        this.mounts = mounts;
        this.dentries = dentries;
        this.tasks = tasks;
        this.work = work;
    }

    /** The first task's: root and working directory are the same place. */
    public int create(int mnt, int dentry) {
        int fs = table.alloc();
        table.setUsers(fs, 1);
        table.setUmask(fs, 022);
        setRoot(fs, mnt, dentry);
        setPwd(fs, mnt, dentry);
        return fs;
    }

    /** copy_fs_struct(): NULL at the limit. */
    public int copy(int from) {
        int fs = table.alloc();
        if (fs == NULL) {
            return NULL;
        }
        work.add(Work.FS_DUP);
        table.setUsers(fs, 1);
        table.setUmask(fs, table.umask(from));
        setRoot(fs, table.rootMnt(from), table.rootDentry(from));
        setPwd(fs, table.pwdMnt(from), table.pwdDentry(from));
        return fs;
    }

    /** One more task shares it: CLONE_FS. */
    public int share(int fs) {
        table.setUsers(fs, table.users(fs) + 1);
        return fs;
    }

    public void put(int fs) {
        int users = table.users(fs) - 1;
        table.setUsers(fs, users);
        if (users > 0) {
            return;
        }
        putPath(table.rootMnt(fs), table.rootDentry(fs));
        putPath(table.pwdMnt(fs), table.pwdDentry(fs));
        table.free(fs);
    }

    /** unshare_fs_struct(): the task gets one of its own; 0 or -ENOMEM. */
    public int unshare(int task) {
        int fs = tasks.fs(task);
        if (table.users(fs) == 1) {
            return 0;
        }
        int copy = copy(fs);
        if (copy == NULL) {
            return -Errno.ENOMEM;
        }
        tasks.setFs(task, copy);
        put(fs);
        return 0;
    }

    /** Tasks that share it. */
    public int users(int fs) {
        return table.users(fs);
    }

    /** set_fs_root(): takes its own references. */
    public void setRoot(int fs, int mnt, int dentry) {
        int oldMnt = table.rootMnt(fs);
        int oldDentry = table.rootDentry(fs);
        table.setRootMnt(fs, mounts.get(mnt));
        table.setRootDentry(fs, dentries.get(dentry));
        putPath(oldMnt, oldDentry);
    }

    /** set_fs_pwd(). */
    public void setPwd(int fs, int mnt, int dentry) {
        int oldMnt = table.pwdMnt(fs);
        int oldDentry = table.pwdDentry(fs);
        table.setPwdMnt(fs, mounts.get(mnt));
        table.setPwdDentry(fs, dentries.get(dentry));
        putPath(oldMnt, oldDentry);
    }

    /** chroot_fs_refs(): who stood at one place stands at another. */
    public void move(int fromMnt, int fromDentry, int toMnt, int toDentry) {
        for (int row = 1; row < table.rows(); row++) {
            int fs = table.handleInRow(row);
            if (fs == NULL) {
                continue;
            }
            if (table.rootMnt(fs) == fromMnt && table.rootDentry(fs) == fromDentry) {
                setRoot(fs, toMnt, toDentry);
            }
            if (table.pwdMnt(fs) == fromMnt && table.pwdDentry(fs) == fromDentry) {
                setPwd(fs, toMnt, toDentry);
            }
        }
    }

    /**
     * The end of copy_mnt_ns(): root and working directory go to the copies of the mounts that they are in. The two trees
     * have the same shape, but for mounts that the copy left out.
     */
    void switchMounts(int fs, int oldRoot, int newRoot) {
        int rootMnt = table.rootMnt(fs);
        int pwdMnt = table.pwdMnt(fs);
        int old = oldRoot;
        int copy = newRoot;
        while (old != NULL && copy != NULL) {
            if (old == rootMnt) {
                setRoot(fs, copy, table.rootDentry(fs));
            }
            if (old == pwdMnt) {
                setPwd(fs, copy, table.pwdDentry(fs));
            }
            old = mounts.next(old, oldRoot);
            copy = mounts.next(copy, newRoot);
            while (old != NULL && copy != NULL && mounts.rootOf(old) != mounts.rootOf(copy)) {
                old = mounts.skipTree(old, oldRoot);
            }
        }
    }

    /** current_chrooted(): the root is not the top of what is mounted in the task's namespace. */
    public boolean isChrooted(int task, int ns) {
        int fs = tasks.fs(task);
        int top = mounts.topOf(mntNamespaces.root(ns));
        return table.rootMnt(fs) != top || table.rootDentry(fs) != mounts.rootOf(top);
    }

    private void putPath(int mnt, int dentry) {
        if (mnt != NULL) {
            dentries.put(dentry);
            mounts.put(mnt);
        }
    }
}
