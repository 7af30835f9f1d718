package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileTable;
import dev.nestor.fs.FsStructTable;
import dev.nestor.fs.LookupFlags;
import dev.nestor.fs.Namei;
import dev.nestor.fs.Nameidata;
import dev.nestor.fs.Permissions;
import dev.nestor.fs.Removal;
import dev.nestor.fs.Vfs;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Stat;

/** Names made, removed and moved, working directory and root: fs/namei.c, fs/open.c, fs/d_path.c. */
public final class SysPath {
    private final TaskTable tasks;
    private final CredTable creds;
    private final Capabilities capabilities;
    private final UserMemory memory;
    private final Vfs vfs;
    private final Namei namei;
    private final FsStructTable fsStructs;
    private final FileTable files;
    private final byte[] text = new byte[Nameidata.PATH_MAX + 1];

    public SysPath(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.creds = kernel.credTable();
        this.capabilities = kernel.capabilities();
        this.memory = kernel.userMemory();
        this.vfs = kernel.vfs();
        this.namei = vfs.namei;
        this.fsStructs = vfs.tables.fsStructs;
        this.files = vfs.tables.files;
    }

    public void register(SyscallTable.Builder calls) {
        int cwd = Fcntl.AT_FDCWD;
        calls.full(Nr.NR_mkdir, "mkdir", (task, args) -> mkdir(task, cwd, args.get(0), args.intAt(1)))
                .full(Nr.NR_mkdirat, "mkdirat", (task, args) -> mkdir(task, args.intAt(0), args.get(1), args.intAt(2)))
                .full(Nr.NR_rmdir, "rmdir", (task, args) -> rmdir(task, cwd, args.get(0)))
                .full(Nr.NR_unlink, "unlink", (task, args) -> unlink(task, cwd, args.get(0)))
                .full(Nr.NR_unlinkat, "unlinkat", this::unlinkat)
                .full(Nr.NR_rename, "rename", (task, args) -> rename(task, cwd, args.get(0), cwd, args.get(1), 0))
                .full(
                        Nr.NR_renameat,
                        "renameat",
                        (task, args) -> rename(task, args.intAt(0), args.get(1), args.intAt(2), args.get(3), 0))
                .partial(Nr.NR_renameat2, "renameat2", this::renameat2, "RENAME_WHITEOUT")
                .full(Nr.NR_link, "link", (task, args) -> link(task, cwd, args.get(0), cwd, args.get(1), 0))
                .full(
                        Nr.NR_linkat,
                        "linkat",
                        (task, args) ->
                                link(task, args.intAt(0), args.get(1), args.intAt(2), args.get(3), args.intAt(4)))
                .full(Nr.NR_symlink, "symlink", (task, args) -> symlink(task, args.get(0), cwd, args.get(1)))
                .full(
                        Nr.NR_symlinkat,
                        "symlinkat",
                        (task, args) -> symlink(task, args.get(0), args.intAt(1), args.get(2)))
                .full(Nr.NR_mknod, "mknod", (task, args) -> mknod(task, cwd, args.get(0), args.intAt(1), args.intAt(2)))
                .full(
                        Nr.NR_mknodat,
                        "mknodat",
                        (task, args) -> mknod(task, args.intAt(0), args.get(1), args.intAt(2), args.intAt(3)))
                .full(Nr.NR_umask, "umask", this::umask)
                .full(Nr.NR_getcwd, "getcwd", this::getcwd)
                .full(Nr.NR_chdir, "chdir", this::chdir)
                .full(Nr.NR_fchdir, "fchdir", this::fchdir)
                .full(Nr.NR_chroot, "chroot", this::chroot);
    }

    private long mkdir(int task, int dfd, long path, int mode) {
        Nameidata nd = namei.first();
        int error = namei.getname(nd, task, path, 0);
        if (error == 0) {
            error = vfs.creation.prepare(nd, task, dfd, true);
        }
        if (error != 0) {
            return error;
        }
        error = vfs.creation.mkdir(task, nd, mode);
        nd.release();
        return error;
    }

    private long rmdir(int task, int dfd, long path) {
        Nameidata nd = namei.first();
        int error = namei.getname(nd, task, path, 0);
        return error != 0 ? error : vfs.removal.rmdir(task, dfd, nd);
    }

    private long unlink(int task, int dfd, long path) {
        Nameidata nd = namei.first();
        int error = namei.getname(nd, task, path, 0);
        return error != 0 ? error : vfs.removal.unlink(task, dfd, nd);
    }

    private long unlinkat(int task, SyscallArgs args) {
        int flags = args.intAt(2);
        if ((flags & ~Fcntl.AT_REMOVEDIR) != 0) {
            return -Errno.EINVAL;
        }
        return flags != 0 ? rmdir(task, args.intAt(0), args.get(1)) : unlink(task, args.intAt(0), args.get(1));
    }

    private long renameat2(int task, SyscallArgs args) {
        int flags = args.intAt(4);
        int known = Removal.RENAME_NOREPLACE | Removal.RENAME_EXCHANGE | Removal.RENAME_WHITEOUT;
        int others = Removal.RENAME_NOREPLACE | Removal.RENAME_WHITEOUT;
        boolean contradicts = (flags & Removal.RENAME_EXCHANGE) != 0 && (flags & others) != 0;
        if ((flags & ~known) != 0 || contradicts) {
            return -Errno.EINVAL;
        }
        if ((flags & Removal.RENAME_WHITEOUT) != 0) {
            return -Errno.EINVAL;
        }
        return rename(task, args.intAt(0), args.get(1), args.intAt(2), args.get(3), flags);
    }

    private long rename(int task, int oldDfd, long oldPath, int newDfd, long newPath, int flags) {
        Nameidata old = namei.first();
        Nameidata to = namei.second();
        int error = namei.getname(old, task, oldPath, 0);
        if (error == 0) {
            error = namei.getname(to, task, newPath, 0);
        }
        return error != 0 ? error : vfs.removal.rename(task, oldDfd, old, newDfd, to, flags);
    }

    /** do_linkat(). */
    private long link(int task, int oldDfd, long oldPath, int newDfd, long newPath, int flags) {
        if ((flags & ~(Fcntl.AT_SYMLINK_FOLLOW | Fcntl.AT_EMPTY_PATH)) != 0) {
            return -Errno.EINVAL;
        }
        int lookup = (flags & Fcntl.AT_SYMLINK_FOLLOW) != 0 ? LookupFlags.FOLLOW : 0;
        if ((flags & Fcntl.AT_EMPTY_PATH) != 0) {
            lookup |= LookupFlags.EMPTY;
        }
        Nameidata old = namei.first();
        Nameidata to = namei.second();
        int error = namei.getname(old, task, oldPath, lookup);
        boolean byFd = error == 0 && old.length() == 0;
        if (byFd && !capabilities.capable(task, Capability.CAP_DAC_READ_SEARCH)) {
            error = -Errno.ENOENT;
        }
        if (error == 0) {
            error = namei.getname(to, task, newPath, 0);
        }
        if (error == 0) {
            error = namei.lookup(old, task, oldDfd, lookup);
        }
        if (error != 0) {
            return error;
        }
        error = vfs.creation.prepare(to, task, newDfd, false);
        if (error == 0) {
            error = vfs.creation.link(task, old.mnt(), old.dentry(), to);
            to.release();
        }
        old.release();
        return error;
    }

    private long symlink(int task, long target, int dfd, long path) {
        int length = memory.strncpyFromUser(tasks.mm(task), target, text, Nameidata.PATH_MAX);
        if (length <= 0) {
            return length == 0 ? -Errno.ENOENT : length;
        }
        Nameidata nd = namei.first();
        int error = namei.getname(nd, task, path, 0);
        if (error == 0) {
            error = vfs.creation.prepare(nd, task, dfd, false);
        }
        if (error != 0) {
            return error;
        }
        error = vfs.creation.symlink(task, nd, text, length);
        nd.release();
        return error;
    }

    /** do_mknodat(). */
    private long mknod(int task, int dfd, long path, int mode, int dev) {
        int type = mode & Stat.S_IFMT;
        if (type == Stat.S_IFDIR) {
            return -Errno.EPERM;
        }
        boolean isKnown = type == 0
                || type == Stat.S_IFREG
                || type == Stat.S_IFCHR
                || type == Stat.S_IFBLK
                || type == Stat.S_IFIFO
                || type == Stat.S_IFSOCK;
        if (!isKnown) {
            return -Errno.EINVAL;
        }
        Nameidata nd = namei.first();
        int error = namei.getname(nd, task, path, 0);
        if (error == 0) {
            error = vfs.creation.prepare(nd, task, dfd, false);
        }
        if (error != 0) {
            return error;
        }
        error = vfs.creation.mknod(task, nd, mode, dev);
        nd.release();
        return error;
    }

    private long umask(int task, SyscallArgs args) {
        int fs = tasks.fs(task);
        int old = fsStructs.umask(fs);
        fsStructs.setUmask(fs, args.intAt(0) & 0777);
        return old;
    }

    /** getcwd(2): the length, the NUL included. */
    private long getcwd(int task, SyscallArgs args) {
        int fs = tasks.fs(task);
        int length = vfs.paths.getcwd(
                fsStructs.pwdMnt(fs), fsStructs.pwdDentry(fs), fsStructs.rootMnt(fs), fsStructs.rootDentry(fs), text);
        if (length < 0) {
            return length;
        }
        text[length++] = 0;
        if (Long.compareUnsigned(length, args.get(1)) > 0) {
            return -Errno.ERANGE;
        }
        return memory.copyToUser(tasks.mm(task), args.get(0), text, 0, length) != 0 ? -Errno.EFAULT : length;
    }

    private int lookupDirectory(int task, long path) {
        Nameidata nd = namei.first();
        int error = namei.getname(nd, task, path, 0);
        if (error == 0) {
            error = namei.lookup(nd, task, Fcntl.AT_FDCWD, LookupFlags.FOLLOW | LookupFlags.DIRECTORY);
        }
        if (error != 0) {
            return error;
        }
        int inode = vfs.tables.dentries.inode(nd.dentry());
        error = vfs.permissions.check(task, nd.mnt(), inode, Permissions.MAY_EXEC);
        if (error != 0) {
            nd.release();
        }
        return error;
    }

    private long chdir(int task, SyscallArgs args) {
        int error = lookupDirectory(task, args.get(0));
        if (error != 0) {
            return error;
        }
        Nameidata nd = namei.first();
        vfs.fsStructs.setPwd(tasks.fs(task), nd.mnt(), nd.dentry());
        nd.release();
        return 0;
    }

    private long fchdir(int task, SyscallArgs args) {
        int file = vfs.files.fileOf(task, args.intAt(0));
        if (file == NULL) {
            return -Errno.EBADF;
        }
        if (!namei.isDirectory(files.dentry(file))) {
            return -Errno.ENOTDIR;
        }
        int error = vfs.permissions.check(task, files.mnt(file), files.inode(file), Permissions.MAY_EXEC);
        if (error == 0) {
            vfs.fsStructs.setPwd(tasks.fs(task), files.mnt(file), files.dentry(file));
        }
        return error;
    }

    private long chroot(int task, SyscallArgs args) {
        int error = lookupDirectory(task, args.get(0));
        if (error != 0) {
            return error;
        }
        Nameidata nd = namei.first();
        if (capabilities.nsCapable(task, creds.userNs(tasks.cred(task)), Capability.CAP_SYS_CHROOT)) {
            vfs.fsStructs.setRoot(tasks.fs(task), nd.mnt(), nd.dentry());
        } else {
            error = -Errno.EPERM;
        }
        nd.release();
        return error;
    }
}
