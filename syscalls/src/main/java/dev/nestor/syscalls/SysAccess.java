package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileTable;
import dev.nestor.fs.Files;
import dev.nestor.fs.InodeFlags;
import dev.nestor.fs.LookupFlags;
import dev.nestor.fs.MountFlags;
import dev.nestor.fs.Namei;
import dev.nestor.fs.Nameidata;
import dev.nestor.fs.Outside;
import dev.nestor.fs.Permissions;
import dev.nestor.fs.SuperBlockTable;
import dev.nestor.fs.Vfs;
import dev.nestor.fs.tmpfs.TmpFs;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.Creds;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Stat;
import java.util.Arrays;

/** access(2) and its kind, readlink(2), statfs(2): fs/open.c, fs/stat.c, fs/statfs.c. */
public final class SysAccess {
    private static final int STATFS_SIZE = 120; // bytes: struct statfs
    private static final int ST_VALID = 0x20;
    private static final int ST_NOATIME = 0x400;
    private static final int ST_NODIRATIME = 0x800;
    private static final int ST_RELATIME = 0x1000;
    private static final int ST_NOSYMFOLLOW = 0x2000;
    private static final int S_IRWXO = 7;

    private final TaskTable tasks;
    private final CredTable credTable;
    private final Creds creds;
    private final Kernel kernel;
    private final UserMemory memory;
    private final Vfs vfs;
    private final Namei namei;
    private final Files files;
    private final FileTable fileTable;
    private final byte[] link = new byte[Nameidata.PATH_MAX];
    private final byte[] out = new byte[STATFS_SIZE];

    public SysAccess(Kernel kernel) {
        this.kernel = kernel;
        this.tasks = kernel.tasks();
        this.credTable = kernel.credTable();
        this.creds = kernel.creds();
        this.memory = kernel.userMemory();
        this.vfs = kernel.vfs();
        this.namei = vfs.namei;
        this.files = vfs.files;
        this.fileTable = vfs.tables.files;
    }

    public void register(SyscallTable.Builder calls) {
        calls.full(Nr.NR_access, "access", (task, args) -> access(task, Fcntl.AT_FDCWD, args.get(0), args.intAt(1), 0))
                .full(
                        Nr.NR_faccessat,
                        "faccessat",
                        (task, args) -> access(task, args.intAt(0), args.get(1), args.intAt(2), 0))
                .full(
                        Nr.NR_faccessat2,
                        "faccessat2",
                        (task, args) -> access(task, args.intAt(0), args.get(1), args.intAt(2), args.intAt(3)))
                .full(
                        Nr.NR_readlink,
                        "readlink",
                        (task, args) -> readlink(task, Fcntl.AT_FDCWD, args.get(0), args.get(1), args.intAt(2)))
                .full(
                        Nr.NR_readlinkat,
                        "readlinkat",
                        (task, args) -> readlink(task, args.intAt(0), args.get(1), args.get(2), args.intAt(3)))
                .partial(Nr.NR_statfs, "statfs", this::statfs, "the room on a disk is not known")
                .partial(Nr.NR_fstatfs, "fstatfs", this::fstatfs, "the room on a disk is not known");
    }

    /** do_faccessat(). */
    private long access(int task, int dfd, long path, int mode, int flags) {
        boolean badFlags = (flags & ~(Fcntl.AT_EACCESS | Fcntl.AT_SYMLINK_NOFOLLOW | Fcntl.AT_EMPTY_PATH)) != 0;
        if ((mode & ~S_IRWXO) != 0 || badFlags) {
            return -Errno.EINVAL;
        }
        if ((flags & Fcntl.AT_EACCESS) != 0) {
            return checkAccess(task, dfd, path, mode, flags);
        }
        int own = tasks.cred(task);
        int real = realCred(task);
        if (real == NULL) {
            return -Errno.ENOMEM;
        }
        tasks.setCred(task, real);
        long result = checkAccess(task, dfd, path, mode, flags);
        tasks.setCred(task, own);
        creds.put(real);
        return result;
    }

    /** access_override_creds(): the real ids, and the capabilities that they would have. */
    private int realCred(int task) {
        int own = tasks.cred(task);
        int real = creds.prepare(task);
        if (real == NULL) {
            return NULL;
        }
        credTable.setFsuid(real, credTable.uid(own));
        credTable.setFsgid(real, credTable.gid(own));
        if ((credTable.securebits(own) & Creds.SECBIT_NO_SETUID_FIXUP) == 0) {
            int root = kernel.userNamespaces().makeKuid(credTable.userNs(own), 0);
            boolean isRoot = credTable.uid(own) == root;
            credTable.setCapEffective(real, isRoot ? credTable.capPermitted(own) : 0);
        }
        return real;
    }

    private long checkAccess(int task, int dfd, long path, int mode, int flags) {
        Nameidata nd = namei.first();
        int lookup = ((flags & Fcntl.AT_SYMLINK_NOFOLLOW) != 0 ? 0 : LookupFlags.FOLLOW)
                | ((flags & Fcntl.AT_EMPTY_PATH) != 0 ? LookupFlags.EMPTY : 0);
        int error = namei.getname(nd, task, path, lookup);
        if (error == 0) {
            error = namei.lookup(nd, task, dfd, lookup);
        }
        if (error != 0) {
            return error;
        }
        int inode = vfs.tables.dentries.inode(nd.dentry());
        int type = vfs.tables.inodes.mode(inode) & Stat.S_IFMT;
        int mountFlags = vfs.tables.mounts.flags(nd.mnt());
        boolean noexec = (mountFlags & MountFlags.MNT_NOEXEC) != 0 && type == Stat.S_IFREG;
        if ((mode & Permissions.MAY_EXEC) != 0 && noexec) {
            error = -Errno.EACCES;
        } else {
            error = vfs.permissions.check(task, nd.mnt(), inode, mode);
        }
        boolean isOfTheFs = type == Stat.S_IFREG || type == Stat.S_IFDIR || type == Stat.S_IFLNK;
        if (error == 0
                && (mode & Permissions.MAY_WRITE) != 0
                && isOfTheFs
                && (mountFlags & MountFlags.MNT_READONLY) != 0) {
            error = -Errno.EROFS;
        }
        boolean isUnknown = (vfs.tables.inodes.flags(inode) & InodeFlags.SIZE_UNKNOWN) != 0;
        nd.release();
        return error == -Errno.EACCES && isUnknown ? -Outside.EOUTSIDE : error;
    }

    /** do_readlinkat(). */
    private long readlink(int task, int dfd, long path, long buffer, int size) {
        if (size <= 0) {
            return -Errno.EINVAL;
        }
        Nameidata nd = namei.first();
        int error = namei.getname(nd, task, path, LookupFlags.EMPTY);
        if (error != 0) {
            return error;
        }
        boolean isEmpty = nd.length() == 0;
        error = namei.lookup(nd, task, dfd, LookupFlags.EMPTY);
        if (error != 0) {
            return error;
        }
        int inode = vfs.tables.dentries.inode(nd.dentry());
        int length;
        if ((vfs.tables.inodes.mode(inode) & Stat.S_IFMT) != Stat.S_IFLNK) {
            length = isEmpty ? -Errno.ENOENT : -Errno.EINVAL;
        } else {
            length = namei.readlink(task, nd.dentry(), link);
        }
        nd.release();
        if (length < 0) {
            return length;
        }
        int copied = Math.min(length, size);
        return memory.copyToUser(tasks.mm(task), buffer, link, 0, copied) != 0 ? -Errno.EFAULT : copied;
    }

    private long statfs(int task, SyscallArgs args) {
        Nameidata nd = namei.first();
        int error = namei.getname(nd, task, args.get(0), 0);
        if (error == 0) {
            error = namei.lookup(nd, task, Fcntl.AT_FDCWD, LookupFlags.FOLLOW);
        }
        if (error != 0) {
            return error;
        }
        fill(nd.mnt());
        nd.release();
        return memory.copyToUser(tasks.mm(task), args.get(1), out, 0, STATFS_SIZE);
    }

    private long fstatfs(int task, SyscallArgs args) {
        int file = files.fileOf(task, args.intAt(0));
        if (file == NULL) {
            return -Errno.EBADF;
        }
        fill(fileTable.mnt(file));
        return memory.copyToUser(tasks.mm(task), args.get(1), out, 0, STATFS_SIZE);
    }

    /** struct statfs of a mount. */
    private void fill(int mnt) {
        int sb = vfs.tables.mounts.sb(mnt);
        SuperBlockTable table = vfs.tables.superBlocks;
        long magic = vfs.superBlocks.type(sb).magic();
        Arrays.fill(out, (byte) 0);
        Bytes.putLong(out, 0, magic);
        Bytes.putLong(out, 8, 4096);
        if (magic == TmpFs.EXT4_SUPER_MAGIC) {
            Arrays.fill(out, 16, 64, Outside.UNKNOWN_BYTE);
        } else if (table.maxBlocks(sb) > 0) {
            long free = table.maxBlocks(sb) - table.blocks(sb);
            Bytes.putLong(out, 16, table.maxBlocks(sb));
            Bytes.putLong(out, 24, free);
            Bytes.putLong(out, 32, free);
        }
        Bytes.putLong(out, 56, vfs.superBlocks.fsid(sb));
        if (table.maxInodes(sb) > 0) {
            Bytes.putLong(out, 40, table.maxInodes(sb));
            Bytes.putLong(out, 48, table.maxInodes(sb) - table.inodes(sb));
        }
        Bytes.putLong(out, 64, Namei.NAME_MAX);
        Bytes.putLong(out, 72, 4096);
        int readOnly = table.readOnly(sb) ? MountFlags.MNT_READONLY : 0;
        Bytes.putLong(out, 80, ST_VALID | flags(vfs.tables.mounts.flags(mnt) | readOnly));
    }

    /** calculate_f_flags(). */
    private static int flags(int mnt) {
        return ((mnt & MountFlags.MNT_READONLY) != 0 ? 1 : 0)
                | ((mnt & MountFlags.MNT_NOSUID) != 0 ? 2 : 0)
                | ((mnt & MountFlags.MNT_NODEV) != 0 ? 4 : 0)
                | ((mnt & MountFlags.MNT_NOEXEC) != 0 ? 8 : 0)
                | ((mnt & MountFlags.MNT_NOATIME) != 0 ? ST_NOATIME : 0)
                | ((mnt & MountFlags.MNT_NODIRATIME) != 0 ? ST_NODIRATIME : 0)
                | ((mnt & MountFlags.MNT_RELATIME) != 0 ? ST_RELATIME : 0)
                | ((mnt & MountFlags.MNT_NOSYMFOLLOW) != 0 ? ST_NOSYMFOLLOW : 0);
    }
}
