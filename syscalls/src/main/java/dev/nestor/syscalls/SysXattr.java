package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.Files;
import dev.nestor.fs.LookupFlags;
import dev.nestor.fs.Namei;
import dev.nestor.fs.Nameidata;
import dev.nestor.fs.Vfs;
import dev.nestor.fs.Xattrs;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;
import java.nio.charset.StandardCharsets;

/** setxattr(2), getxattr(2), listxattr(2), removexattr(2) and their kin: fs/xattr.c. */
public final class SysXattr {
    private static final int FOLLOW = LookupFlags.FOLLOW;

    private final TaskTable tasks;
    private final UserMemory memory;
    private final Vfs vfs;
    private final Namei namei;
    private final Files files;
    private final Xattrs xattrs;
    private final byte[] bytes = new byte[Xattrs.XATTR_NAME_MAX + 1];
    private String name = "";

    public SysXattr(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.memory = kernel.userMemory();
        this.vfs = kernel.vfs();
        this.namei = vfs.namei;
        this.files = vfs.files;
        this.xattrs = vfs.xattrs;
    }

    public void register(SyscallTable.Builder calls) {
        String missing = "system.posix_acl_*; capabilities of files at execve";
        calls.partial(Nr.NR_setxattr, "setxattr", (task, args) -> setPath(task, args, FOLLOW), missing)
                .partial(Nr.NR_lsetxattr, "lsetxattr", (task, args) -> setPath(task, args, 0), missing)
                .partial(Nr.NR_fsetxattr, "fsetxattr", this::setFile, missing)
                .partial(Nr.NR_getxattr, "getxattr", (task, args) -> getPath(task, args, FOLLOW), missing)
                .partial(Nr.NR_lgetxattr, "lgetxattr", (task, args) -> getPath(task, args, 0), missing)
                .partial(Nr.NR_fgetxattr, "fgetxattr", this::getFile, missing)
                .full(Nr.NR_listxattr, "listxattr", (task, args) -> listPath(task, args, FOLLOW))
                .full(Nr.NR_llistxattr, "llistxattr", (task, args) -> listPath(task, args, 0))
                .full(Nr.NR_flistxattr, "flistxattr", this::listFile)
                .full(Nr.NR_removexattr, "removexattr", (task, args) -> removePath(task, args, FOLLOW))
                .full(Nr.NR_lremovexattr, "lremovexattr", (task, args) -> removePath(task, args, 0))
                .full(Nr.NR_fremovexattr, "fremovexattr", this::removeFile);
    }

    /** import_xattr_name(). */
    private int importName(int task, long address) {
        int length = memory.strncpyFromUser(tasks.mm(task), address, bytes, Xattrs.XATTR_NAME_MAX + 1);
        if (length == -Errno.EFAULT) {
            return -Errno.EFAULT;
        }
        if (length <= 0) {
            return -Errno.ERANGE;
        }
        name = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
        return 0;
    }

    /** setxattr_copy(). */
    private int importValue(int task, SyscallArgs args) {
        if ((args.intAt(4) & ~(Xattrs.XATTR_CREATE | Xattrs.XATTR_REPLACE)) != 0) {
            return -Errno.EINVAL;
        }
        int error = importName(task, args.get(1));
        if (error != 0 || args.get(3) == 0) {
            return error;
        }
        if (Long.compareUnsigned(args.get(3), Xattrs.XATTR_SIZE_MAX) > 0) {
            return -Errno.E2BIG;
        }
        return memory.copyFromUser(tasks.mm(task), args.get(2), xattrs.value(), 0, args.intAt(3));
    }

    /** user_path_at(): on success the caller releases namei.first(). */
    private int lookup(int task, long path, int flags, boolean writes) {
        Nameidata nd = namei.first();
        int error = namei.getname(nd, task, path, flags);
        if (error == 0) {
            error = namei.lookup(nd, task, Fcntl.AT_FDCWD, flags);
        }
        if (error == 0 && writes && vfs.creation.isReadOnly(nd.mnt())) {
            nd.release();
            return -Errno.EROFS;
        }
        return error;
    }

    private int inodeFound() {
        return vfs.tables.dentries.inode(namei.first().dentry());
    }

    /** The inode of a descriptor, EBADF, or EROFS. */
    private int inodeOf(int task, int fd, boolean writes) {
        int file = files.usableFileOf(task, fd);
        if (file == NULL) {
            return -Errno.EBADF;
        }
        boolean isReadOnly = writes && vfs.creation.isReadOnly(vfs.tables.files.mnt(file));
        return isReadOnly ? -Errno.EROFS : vfs.tables.files.inode(file);
    }

    private long setPath(int task, SyscallArgs args, int flags) {
        int error = importValue(task, args);
        if (error == 0) {
            error = lookup(task, args.get(0), flags, true);
        }
        if (error != 0) {
            return error;
        }
        error = xattrs.set(task, inodeFound(), name, args.intAt(3), args.intAt(4));
        namei.first().release();
        return error;
    }

    private long setFile(int task, SyscallArgs args) {
        int error = importValue(task, args);
        int inode = error != 0 ? error : inodeOf(task, args.intAt(0), true);
        return inode < 0 ? inode : xattrs.set(task, inode, name, args.intAt(3), args.intAt(4));
    }

    private long getPath(int task, SyscallArgs args, int flags) {
        int error = importName(task, args.get(1));
        if (error == 0) {
            error = lookup(task, args.get(0), flags, false);
        }
        if (error != 0) {
            return error;
        }
        int length = xattrs.get(task, inodeFound(), name);
        namei.first().release();
        return give(task, length, args.get(2), args.get(3));
    }

    private long getFile(int task, SyscallArgs args) {
        int error = importName(task, args.get(1));
        int inode = error != 0 ? error : inodeOf(task, args.intAt(0), false);
        return inode < 0 ? inode : give(task, xattrs.get(task, inode, name), args.get(2), args.get(3));
    }

    /** The length of a value or list; it is written where there is room for it, ERANGE where there is too little. */
    private long give(int task, int length, long to, long room) {
        if (length < 0 || room == 0) {
            return length;
        }
        if (Long.compareUnsigned(room, length) < 0) {
            return -Errno.ERANGE;
        }
        int error = length == 0 ? 0 : memory.copyToUser(tasks.mm(task), to, xattrs.value(), 0, length);
        return error != 0 ? error : length;
    }

    private long listPath(int task, SyscallArgs args, int flags) {
        int error = lookup(task, args.get(0), flags, false);
        if (error != 0) {
            return error;
        }
        int length = xattrs.list(task, inodeFound());
        namei.first().release();
        return give(task, length, args.get(1), args.get(2));
    }

    private long listFile(int task, SyscallArgs args) {
        int inode = inodeOf(task, args.intAt(0), false);
        return inode < 0 ? inode : give(task, xattrs.list(task, inode), args.get(1), args.get(2));
    }

    private long removePath(int task, SyscallArgs args, int flags) {
        int error = importName(task, args.get(1));
        if (error == 0) {
            error = lookup(task, args.get(0), flags, true);
        }
        if (error != 0) {
            return error;
        }
        error = xattrs.remove(task, inodeFound(), name);
        namei.first().release();
        return error;
    }

    private long removeFile(int task, SyscallArgs args) {
        int error = importName(task, args.get(1));
        int inode = error != 0 ? error : inodeOf(task, args.intAt(0), true);
        return inode < 0 ? inode : xattrs.remove(task, inode, name);
    }
}
