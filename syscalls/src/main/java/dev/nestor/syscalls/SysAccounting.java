package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileTable;
import dev.nestor.fs.Files;
import dev.nestor.fs.FsType;
import dev.nestor.fs.InodeTable;
import dev.nestor.fs.Nameidata;
import dev.nestor.fs.Outside;
import dev.nestor.fs.Vfs;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Stat;
import java.util.Arrays;

/** acct(2), vhangup(2), cachestat(2): kernel/acct.c, fs/open.c, mm/filemap.c. */
public final class SysAccounting {
    private static final int PAGE_SHIFT = 12;
    private static final int CACHESTAT_SIZE = 40; // bytes: struct cachestat

    private final TaskTable tasks;
    private final UserMemory memory;
    private final Vfs vfs;
    private final Files files;
    private final Capabilities capabilities;
    private final byte[] bytes = new byte[CACHESTAT_SIZE];

    public SysAccounting(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.memory = kernel.userMemory();
        this.vfs = kernel.vfs();
        this.files = vfs.files;
        this.capabilities = kernel.capabilities();
    }

    public void register(SyscallTable.Builder table) {
        table.partial(Nr.NR_acct, "acct", this::acct, "no records are written")
                .full(Nr.NR_vhangup, "vhangup", this::vhangup)
                .partial(
                        Nr.NR_cachestat,
                        "cachestat",
                        this::cachestat,
                        "what of a file on a disk is dirty is not known");
    }

    private long acct(int task, SyscallArgs args) {
        if (!capabilities.capable(task, Capability.CAP_SYS_PACCT)) {
            return -Errno.EPERM;
        }
        if (args.get(0) == 0) {
            return 0;
        }
        Nameidata nd = vfs.namei.first();
        int error = vfs.namei.getname(nd, task, args.get(0), 0);
        int flags = Fcntl.O_WRONLY | Fcntl.O_APPEND | Fcntl.O_LARGEFILE;
        int file = error != 0 ? error : vfs.opens.openWithoutDescriptor(task, nd, flags);
        if (file < 0) {
            return file;
        }
        InodeTable inodes = vfs.tables.inodes;
        int inode = vfs.tables.files.inode(file);
        FsType type = vfs.superBlocks.type(inodes.sb(inode));
        if ((inodes.mode(inode) & Stat.S_IFMT) != Stat.S_IFREG) {
            error = -Errno.EACCES;
        } else if (type.isKernelOwn() || type.isUsernsVisible()) {
            error = -Errno.EINVAL;
        }
        files.put(file);
        return error;
    }

    private long vhangup(int task, SyscallArgs args) {
        return capabilities.capable(task, Capability.CAP_SYS_TTY_CONFIG) ? 0 : -Errno.EPERM;
    }

    private long cachestat(int task, SyscallArgs args) {
        int file = files.usableFileOf(task, args.intAt(0));
        if (file == NULL) {
            return -Errno.EBADF;
        }
        int mm = tasks.mm(task);
        memory.faulted();
        long offset = memory.getLong(mm, args.get(1));
        long length = memory.getLong(mm, args.get(1) + Long.BYTES);
        if (memory.faulted()) {
            return -Errno.EFAULT;
        }
        if (args.intAt(3) != 0) {
            return -Errno.EINVAL;
        }
        long cached = cachedPages(file, offset >>> PAGE_SHIFT, length == 0 ? -1 : (offset + length - 1) >>> PAGE_SHIFT);
        if (cached < 0) {
            return cached;
        }
        Arrays.fill(bytes, (byte) 0);
        Bytes.putLong(bytes, 0, cached);
        return memory.copyToUser(mm, args.get(2), bytes, 0, CACHESTAT_SIZE);
    }

    /** filemap_cachestat() of pages first to last, -1 for the end; a disk's pages may be dirty, or not there. */
    private long cachedPages(int file, long first, long last) {
        FileTable table = vfs.tables.files;
        InodeTable inodes = vfs.tables.inodes;
        int inode = table.inode(file);
        boolean isRegular = (inodes.mode(inode) & Stat.S_IFMT) == Stat.S_IFREG;
        if (!isRegular || vfs.superBlocks.type(inodes.sb(inode)).fallocateModes() < 0) {
            return 0;
        }
        if (vfs.superBlocks.type(inodes.sb(inode)).name().equals("ext4")) {
            return -Outside.EOUTSIDE;
        }
        return vfs.contents.countPages(inode, first, last < 0 ? Long.MAX_VALUE >>> PAGE_SHIFT : last);
    }
}
