package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.Files;
import dev.nestor.fs.LookupFlags;
import dev.nestor.fs.Namei;
import dev.nestor.fs.Nameidata;
import dev.nestor.fs.Vfs;
import dev.nestor.fs.exportfs.FileHandles;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;

/** name_to_handle_at(2), open_by_handle_at(2): fs/fhandle.c. */
public final class SysFileHandle {
    private static final int AT_HANDLE_MNT_ID_UNIQUE = 1;
    private static final int AT_HANDLE_CONNECTABLE = 2;
    private static final int AT_HANDLE_FID = 0x200;
    private static final int KNOWN = Fcntl.AT_SYMLINK_FOLLOW
            | Fcntl.AT_EMPTY_PATH
            | AT_HANDLE_FID
            | AT_HANDLE_MNT_ID_UNIQUE
            | AT_HANDLE_CONNECTABLE;
    private static final int HEADER = 8; // bytes of struct file_handle before the handle
    private static final int FD_PIDFS_ROOT = -10002;
    private static final int FD_NSFS_ROOT = -10003;
    private static final int FILEID_IS_CONNECTABLE = 0x10000;
    private static final int FILEID_IS_DIR = 0x20000;
    private static final int USER_FLAGS = 0xffff_0000;
    private static final int PIDFS_FLAGS =
            Fcntl.O_ACCMODE | Fcntl.O_NONBLOCK | Fcntl.O_CLOEXEC | Fcntl.O_EXCL | Fcntl.O_LARGEFILE;

    private final TaskTable tasks;
    private final UserMemory memory;
    private final Vfs vfs;
    private final Namei namei;
    private final Files files;
    private final Capabilities capabilities;
    private final FileHandles handles;
    private final byte[] header = new byte[HEADER];

    public SysFileHandle(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.memory = kernel.userMemory();
        this.vfs = kernel.vfs();
        this.namei = vfs.namei;
        this.files = vfs.files;
        this.capabilities = kernel.capabilities();
        this.handles = kernel.fileSystems().fileHandles();
    }

    public void register(SyscallTable.Builder table) {
        table.full(Nr.NR_name_to_handle_at, "name_to_handle_at", this::nameToHandle)
                .full(Nr.NR_open_by_handle_at, "open_by_handle_at", this::openByHandle);
    }

    private long nameToHandle(int task, SyscallArgs args) {
        int flags = args.intAt(4);
        boolean isConnectable = (flags & AT_HANDLE_CONNECTABLE) != 0;
        boolean isOdd = isConnectable && (flags & (AT_HANDLE_FID | Fcntl.AT_EMPTY_PATH)) != 0;
        if ((flags & ~KNOWN) != 0 || isOdd) {
            return -Errno.EINVAL;
        }
        Nameidata nd = namei.first();
        int lookup = ((flags & Fcntl.AT_SYMLINK_FOLLOW) != 0 ? LookupFlags.FOLLOW : 0)
                | ((flags & Fcntl.AT_EMPTY_PATH) != 0 ? LookupFlags.EMPTY : 0);
        int error = namei.getname(nd, task, args.get(1), lookup);
        if (error == 0) {
            error = namei.lookup(nd, task, args.intAt(0), lookup);
        }
        if (error != 0) {
            return error;
        }
        int mnt = nd.mnt();
        int inode = vfs.tables.dentries.inode(nd.dentry());
        int size = handles.encode(inode, (flags & AT_HANDLE_FID) != 0, isConnectable);
        long mountId =
                (flags & AT_HANDLE_MNT_ID_UNIQUE) != 0 ? vfs.tables.mounts.idUnique(mnt) : vfs.tables.mounts.id(mnt);
        nd.release();
        return size < 0 ? size : give(task, args, size, mountId);
    }

    /** do_sys_name_to_handle(): with too little room the size is told and no handle. */
    private long give(int task, SyscallArgs args, int size, long mountId) {
        int mm = tasks.mm(task);
        long to = args.get(2);
        if (memory.copyFromUser(mm, to, header, 0, HEADER) != 0) {
            return -Errno.EFAULT;
        }
        int room = Bytes.getInt(header, 0);
        if (Integer.compareUnsigned(room, FileHandles.MAX_HANDLE_SZ) > 0) {
            return -Errno.EINVAL;
        }
        boolean fits = room >= size;
        Bytes.putInt(header, 0, size);
        Bytes.putInt(header, 4, fits ? handles.type() : 0xff);
        boolean isUnique = (args.intAt(4) & AT_HANDLE_MNT_ID_UNIQUE) != 0;
        int error = isUnique ? memory.putLong(mm, args.get(3), mountId) : memory.putInt(mm, args.get(3), (int) mountId);
        if (error == 0) {
            error = memory.copyToUser(mm, to, header, 0, HEADER);
        }
        if (error == 0 && fits) {
            error = memory.copyToUser(mm, to + HEADER, handles.handle(), 0, size);
        }
        return error != 0 ? -Errno.EFAULT : fits ? 0 : -Errno.EOVERFLOW;
    }

    private long openByHandle(int task, SyscallArgs args) {
        int mm = tasks.mm(task);
        if (memory.copyFromUser(mm, args.get(1), header, 0, HEADER) != 0) {
            return -Errno.EFAULT;
        }
        int size = Bytes.getInt(header, 0);
        int type = Bytes.getInt(header, 4);
        boolean hasSize = size != 0 && Integer.compareUnsigned(size, FileHandles.MAX_HANDLE_SZ) <= 0;
        int unknown = type & USER_FLAGS & ~(FILEID_IS_CONNECTABLE | FILEID_IS_DIR);
        if (!hasSize || type < 0 || unknown != 0) {
            return -Errno.EINVAL;
        }
        int mnt = anchor(task, args.intAt(0));
        if (mnt < 0) {
            return mnt;
        }
        int error = mayDecode(task, mnt, args.intAt(2));
        if (error != 0) {
            return error;
        }
        if (memory.copyFromUser(mm, args.get(1) + HEADER, handles.handle(), 0, size) != 0) {
            return -Errno.EFAULT;
        }
        int dentry = handles.decode(task, mnt, size, type & ~USER_FLAGS, (type & FILEID_IS_DIR) != 0);
        if (dentry < 0) {
            return dentry;
        }
        long fd = handles.isPidFs(mnt)
                ? openProcess(task, mnt, dentry, args.intAt(2))
                : vfs.opens.openPlace(task, mnt, dentry, args.intAt(2) | Fcntl.O_LARGEFILE);
        vfs.dentries.put(dentry);
        return fd;
    }

    /** pidfs_export_open(): what is asked for stays with the file, O_CLOEXEC included. */
    private long openProcess(int task, int mnt, int dentry, int flags) {
        long fd = vfs.opens.openPlace(task, mnt, dentry, flags | Fcntl.O_RDWR);
        if (fd >= 0) {
            int file = files.fileOf(task, (int) fd);
            vfs.tables.files.setFlags(file, vfs.tables.files.flags(file) | (flags & Fcntl.O_CLOEXEC));
        }
        return fd;
    }

    /** get_path_anchor(): the mount whose file system is meant, or EBADF. */
    private int anchor(int task, int fd) {
        if (fd == FD_NSFS_ROOT) {
            return handles.nsMount();
        }
        if (fd == FD_PIDFS_ROOT) {
            return handles.pidMount();
        }
        if (fd == Fcntl.AT_FDCWD) {
            return vfs.tables.fsStructs.pwdMnt(tasks.fs(task));
        }
        int file = files.fileOf(task, fd);
        return file == NULL ? -Errno.EBADF : vfs.tables.files.mnt(file);
    }

    /** may_decode_fh(), and what pidfs and nsfs say. */
    private int mayDecode(int task, int mnt, int flags) {
        if (handles.isPidFs(mnt)) {
            return (flags & ~PIDFS_FLAGS) != 0 ? -Errno.EINVAL : 0;
        }
        if (handles.isNsFs(mnt)) {
            return 0;
        }
        int owner = vfs.tables.superBlocks.userNs(vfs.tables.mounts.sb(mnt));
        boolean may = capabilities.capable(task, Capability.CAP_DAC_READ_SEARCH)
                || capabilities.nsCapable(task, owner, Capability.CAP_DAC_READ_SEARCH);
        return may ? 0 : -Errno.EPERM;
    }
}
