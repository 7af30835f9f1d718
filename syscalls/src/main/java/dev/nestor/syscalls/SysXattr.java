package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.Files;
import dev.nestor.fs.FsNotify;
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

/** Extended attributes: fs/xattr.c. */
public final class SysXattr {
    private static final int CWD = Fcntl.AT_FDCWD;
    private static final int NOFOLLOW = Fcntl.AT_SYMLINK_NOFOLLOW;
    private static final int EMPTY = Fcntl.AT_EMPTY_PATH;
    private static final int ARGS_SIZE = 16; // bytes: struct xattr_args
    private static final int PAGE_SIZE = 4096; // bytes

    private final TaskTable tasks;
    private final UserMemory memory;
    private final Vfs vfs;
    private final Namei namei;
    private final Files files;
    private final Xattrs xattrs;
    private final byte[] bytes = new byte[Xattrs.XATTR_NAME_MAX + 1];
    private final byte[] more = new byte[PAGE_SIZE];
    private final Value value = new Value();
    private String name = "";
    private int mnt; // of what has been found
    private int dentry; // of what has been found

    /** struct xattr_args, or the arguments that stand for it. */
    private static final class Value {
        private long address;
        private long size; // bytes
        private int flags;

        private Value set(long newAddress, long newSize, int newFlags) {
            address = newAddress;
            size = newSize;
            flags = newFlags;
            return this;
        }
    }

    public SysXattr(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.memory = kernel.userMemory();
        this.vfs = kernel.vfs();
        this.namei = vfs.namei;
        this.files = vfs.files;
        this.xattrs = vfs.xattrs;
    }

    public void register(SyscallTable.Builder calls) {
        calls.full(Nr.NR_setxattr, "setxattr", (task, args) -> set(task, CWD, args.get(0), 0, args))
                .full(Nr.NR_lsetxattr, "lsetxattr", (task, args) -> set(task, CWD, args.get(0), NOFOLLOW, args))
                .full(Nr.NR_fsetxattr, "fsetxattr", (task, args) -> set(task, args.intAt(0), 0, EMPTY, args))
                .full(Nr.NR_setxattrat, "setxattrat", this::setAt)
                .full(Nr.NR_getxattr, "getxattr", (task, args) -> get(task, CWD, args.get(0), 0, args))
                .full(Nr.NR_lgetxattr, "lgetxattr", (task, args) -> get(task, CWD, args.get(0), NOFOLLOW, args))
                .full(Nr.NR_fgetxattr, "fgetxattr", (task, args) -> get(task, args.intAt(0), 0, EMPTY, args))
                .full(Nr.NR_getxattrat, "getxattrat", this::getAt)
                .full(Nr.NR_listxattr, "listxattr", (task, args) -> list(task, CWD, args.get(0), 0, args))
                .full(Nr.NR_llistxattr, "llistxattr", (task, args) -> list(task, CWD, args.get(0), NOFOLLOW, args))
                .full(Nr.NR_flistxattr, "flistxattr", (task, args) -> list(task, args.intAt(0), 0, EMPTY, args))
                .full(Nr.NR_listxattrat, "listxattrat", this::listAt)
                .full(Nr.NR_removexattr, "removexattr", (task, args) -> remove(task, CWD, args.get(0), 0, args.get(1)))
                .full(
                        Nr.NR_lremovexattr,
                        "lremovexattr",
                        (task, args) -> remove(task, CWD, args.get(0), NOFOLLOW, args.get(1)))
                .full(
                        Nr.NR_fremovexattr,
                        "fremovexattr",
                        (task, args) -> remove(task, args.intAt(0), 0, EMPTY, args.get(1)))
                .full(
                        Nr.NR_removexattrat,
                        "removexattrat",
                        (task, args) -> remove(task, args.intAt(0), args.get(1), args.intAt(2), args.get(3)));
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
    private int importValue(int task, long nameAddress) {
        if ((value.flags & ~(Xattrs.XATTR_CREATE | Xattrs.XATTR_REPLACE)) != 0) {
            return -Errno.EINVAL;
        }
        int error = importName(task, nameAddress);
        if (error != 0 || value.size == 0) {
            return error;
        }
        if (Long.compareUnsigned(value.size, Xattrs.XATTR_SIZE_MAX) > 0) {
            return -Errno.E2BIG;
        }
        return memory.copyFromUser(tasks.mm(task), value.address, xattrs.value(), 0, (int) value.size);
    }

    /** copy_struct_from_user() of struct xattr_args: EINVAL, E2BIG, EFAULT. */
    private int importArgs(int task, long address, long size) {
        if (Long.compareUnsigned(size, ARGS_SIZE) < 0) {
            return -Errno.EINVAL;
        }
        if (Long.compareUnsigned(size, PAGE_SIZE) > 0) {
            return -Errno.E2BIG;
        }
        if (memory.copyFromUser(tasks.mm(task), address, more, 0, (int) size) != 0) {
            return -Errno.EFAULT;
        }
        for (int i = ARGS_SIZE; i < size; i++) {
            if (more[i] != 0) {
                return -Errno.E2BIG;
            }
        }
        value.set(Bytes.getLong(more, 0), Bytes.getInt(more, 8) & 0xffffffffL, Bytes.getInt(more, 12));
        return 0;
    }

    private static boolean isKnown(int flags) {
        return (flags & ~(NOFOLLOW | EMPTY)) == 0;
    }

    /**
     * By a path, or a descriptor where there is none: the dentry, which the caller releases by {@link #found} with a
     * result, or a negative errno.
     */
    private int find(int task, int dfd, long path, int flags, boolean writes) {
        boolean byFile = (flags & EMPTY) != 0 && path == 0;
        Nameidata nd = namei.first();
        int lookup = (flags & NOFOLLOW) != 0 ? 0 : LookupFlags.FOLLOW;
        lookup |= (flags & EMPTY) != 0 ? LookupFlags.EMPTY : 0;
        if (!byFile) {
            int error = namei.getname(nd, task, path, lookup);
            if (error != 0) {
                return error;
            }
            byFile = nd.length() == 0 && dfd >= 0;
        }
        if (byFile) {
            int file = files.usableFileOf(task, dfd);
            if (file == NULL) {
                return -Errno.EBADF;
            }
            mnt = vfs.mounts.get(vfs.tables.files.mnt(file));
            dentry = vfs.dentries.get(vfs.tables.files.dentry(file));
        } else {
            int error = namei.lookup(nd, task, dfd, lookup);
            if (error != 0) {
                return error;
            }
            mnt = vfs.mounts.get(nd.mnt());
            dentry = vfs.dentries.get(nd.dentry());
            nd.release();
        }
        return writes && vfs.creation.isReadOnly(mnt) ? found(-Errno.EROFS) : dentry;
    }

    /** The end of what find() began. */
    private int found(int result) {
        vfs.dentries.put(dentry);
        vfs.mounts.put(mnt);
        return result;
    }

    private int inodeFound() {
        return vfs.tables.dentries.inode(dentry);
    }

    private int changed(int error) {
        if (error == 0) {
            vfs.notify.dentry(FsNotify.FS_ATTRIB, dentry);
        }
        return found(error);
    }

    private long set(int task, int dfd, long path, int flags, SyscallArgs args) {
        value.set(args.get(2), args.get(3), args.intAt(4));
        return setValue(task, dfd, path, flags, args.get(1));
    }

    private long setAt(int task, SyscallArgs args) {
        int error = importArgs(task, args.get(4), args.get(5));
        return error != 0 ? error : setValue(task, args.intAt(0), args.get(1), args.intAt(2), args.get(3));
    }

    /** path_setxattrat(). */
    private long setValue(int task, int dfd, long path, int flags, long nameAddress) {
        if (!isKnown(flags)) {
            return -Errno.EINVAL;
        }
        int error = importValue(task, nameAddress);
        int at = error != 0 ? error : find(task, dfd, path, flags, true);
        return at < 0 ? at : changed(xattrs.set(task, mnt, inodeFound(), name, (int) value.size, value.flags));
    }

    private long get(int task, int dfd, long path, int flags, SyscallArgs args) {
        value.set(args.get(2), args.get(3), 0);
        return getValue(task, dfd, path, flags, args.get(1));
    }

    private long getAt(int task, SyscallArgs args) {
        int error = importArgs(task, args.get(4), args.get(5));
        if (error == 0 && value.flags != 0) {
            error = -Errno.EINVAL;
        }
        return error != 0 ? error : getValue(task, args.intAt(0), args.get(1), args.intAt(2), args.get(3));
    }

    /** path_getxattrat(). */
    private long getValue(int task, int dfd, long path, int flags, long nameAddress) {
        if (!isKnown(flags)) {
            return -Errno.EINVAL;
        }
        int error = importName(task, nameAddress);
        int at = error != 0 ? error : find(task, dfd, path, flags, false);
        return at < 0 ? at : give(task, found(xattrs.get(task, mnt, inodeFound(), name)), value.address, value.size);
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

    private long list(int task, int dfd, long path, int flags, SyscallArgs args) {
        value.set(args.get(1), args.get(2), 0);
        return listNames(task, dfd, path, flags);
    }

    private long listAt(int task, SyscallArgs args) {
        value.set(args.get(3), args.get(4), 0);
        return listNames(task, args.intAt(0), args.get(1), args.intAt(2));
    }

    /** path_listxattrat(). */
    private long listNames(int task, int dfd, long path, int flags) {
        if (!isKnown(flags)) {
            return -Errno.EINVAL;
        }
        int at = find(task, dfd, path, flags, false);
        return at < 0 ? at : give(task, found(xattrs.list(task, inodeFound())), value.address, value.size);
    }

    /** path_removexattrat(). */
    private long remove(int task, int dfd, long path, int flags, long nameAddress) {
        if (!isKnown(flags)) {
            return -Errno.EINVAL;
        }
        int error = importName(task, nameAddress);
        int at = error != 0 ? error : find(task, dfd, path, flags, true);
        return at < 0 ? at : changed(xattrs.remove(task, mnt, inodeFound(), name));
    }
}
