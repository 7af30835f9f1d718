package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.Files;
import dev.nestor.fs.LookupFlags;
import dev.nestor.fs.Namei;
import dev.nestor.fs.Nameidata;
import dev.nestor.fs.Permissions;
import dev.nestor.fs.Vfs;
import dev.nestor.fs.inotify.Inotifies;
import dev.nestor.init.Kernel;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Inotify;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Stat;

/** inotify_init(2), inotify_add_watch(2), inotify_rm_watch(2): fs/notify/inotify/inotify_user.c. */
public final class SysInotify {
    private static final int ALL_INOTIFY_BITS = 0xf700_0000 | 0xefff;

    private final Vfs vfs;
    private final Namei namei;
    private final Files files;
    private final Inotifies inotifies;

    public SysInotify(Kernel kernel) {
        this.vfs = kernel.vfs();
        this.namei = vfs.namei;
        this.files = kernel.files();
        this.inotifies = kernel.fileSystems().inotifies();
    }

    public void register(SyscallTable.Builder table) {
        String missing = "events of files that change outside of the emulator: waiting for them is not computed";
        table.partial(Nr.NR_inotify_init, "inotify_init", (task, args) -> inotifies.create(task, 0), missing)
                .partial(
                        Nr.NR_inotify_init1,
                        "inotify_init1",
                        (task, args) -> inotifies.create(task, args.intAt(0)),
                        missing)
                .partial(Nr.NR_inotify_add_watch, "inotify_add_watch", this::addWatch, missing)
                .partial(Nr.NR_inotify_rm_watch, "inotify_rm_watch", this::removeWatch, missing);
    }

    private long addWatch(int task, SyscallArgs args) {
        int mask = args.intAt(2);
        int file = files.usableFileOf(task, args.intAt(0));
        if ((mask & ALL_INOTIFY_BITS) == 0) {
            return -Errno.EINVAL;
        }
        if (file == NULL) {
            return -Errno.EBADF;
        }
        boolean both = (mask & Inotify.IN_MASK_ADD) != 0 && (mask & Inotify.IN_MASK_CREATE) != 0;
        if (both || !inotifies.isInotify(file)) {
            return -Errno.EINVAL;
        }
        int flags = (mask & Inotify.IN_DONT_FOLLOW) == 0 ? LookupFlags.FOLLOW : 0;
        Nameidata nd = namei.first();
        int error = namei.getname(nd, task, args.get(1), flags);
        if (error == 0) {
            error = namei.lookup(nd, task, Fcntl.AT_FDCWD, flags);
        }
        if (error != 0) {
            return error;
        }
        int inode = vfs.tables.dentries.inode(nd.dentry());
        boolean isDir = (vfs.tables.inodes.mode(inode) & Stat.S_IFMT) == Stat.S_IFDIR;
        error = (mask & Inotify.IN_ONLYDIR) != 0 && !isDir
                ? -Errno.ENOTDIR
                : vfs.permissions.check(task, nd.mnt(), inode, Permissions.MAY_READ);
        int result = error != 0 ? error : inotifies.watch(file, inode, mask);
        nd.release();
        return result;
    }

    private long removeWatch(int task, SyscallArgs args) {
        int file = files.usableFileOf(task, args.intAt(0));
        if (file == NULL) {
            return -Errno.EBADF;
        }
        return inotifies.isInotify(file) ? inotifies.unwatch(file, args.intAt(1)) : -Errno.EINVAL;
    }
}
