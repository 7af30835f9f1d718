package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileKinds;
import dev.nestor.fs.FileModes;
import dev.nestor.fs.FileTable;
import dev.nestor.fs.FileTables;
import dev.nestor.fs.Files;
import dev.nestor.fs.InodeTable;
import dev.nestor.fs.Outside;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Stat;

/** ioctl(2): fs/ioctl.c. */
public final class SysIoctl {
    private static final int FIGETBSZ = 2;
    private static final int FIONBIO = 0x5421;
    private static final int FIONCLEX = 0x5450;
    private static final int FIOCLEX = 0x5451;
    private static final int FIOASYNC = 0x5452;
    private static final int FICLONE = 0x40049409;
    private static final int FICLONERANGE = 0x4020940d;
    private static final int FILE_CLONE_RANGE_SIZE = 32; // bytes; the descriptor comes first

    private final TaskTable tasks;
    private final UserMemory memory;
    private final Files files;
    private final FileTable fileTable;
    private final FileTables descriptors;
    private final Kernel kernel;
    private final byte[] cloneRange = new byte[FILE_CLONE_RANGE_SIZE];

    public SysIoctl(Kernel kernel) {
        this.kernel = kernel;
        this.tasks = kernel.tasks();
        this.memory = kernel.userMemory();
        this.files = kernel.files();
        this.fileTable = kernel.vfs().tables.files;
        this.descriptors = kernel.fileTables();
    }

    public void register(SyscallTable.Builder calls) {
        calls.partial(
                Nr.NR_ioctl,
                "ioctl",
                this::ioctl,
                "what devices but loop, tun and block ones and file systems on disks answer");
    }

    private long ioctl(int task, SyscallArgs args) {
        int fd = args.intAt(0);
        int file = files.usableFileOf(task, fd);
        if (file == NULL) {
            return -Errno.EBADF;
        }
        long arg = args.get(2);
        return switch (args.intAt(1)) {
            case FIOCLEX -> setCloexec(task, fd, true);
            case FIONCLEX -> setCloexec(task, fd, false);
            case FIONBIO -> setNonblocking(task, file, arg);
            case FIOASYNC -> setAsync(task, fd, file, arg);
            case FIGETBSZ ->
                memory.putInt(tasks.mm(task), arg, kernel.vfs().tables.inodes.blksize(fileTable.inode(file)));
            case FICLONE -> cloneFile(task, (int) arg, file);
            case FICLONERANGE -> cloneRange(task, arg, file);
            default -> files.ops(file).ioctl(task, file, args.intAt(1), arg);
        };
    }

    private long cloneRange(int task, long range, int to) {
        boolean fits = memory.copyFromUser(tasks.mm(task), range, cloneRange, 0, FILE_CLONE_RANGE_SIZE) == 0;
        return fits ? cloneFile(task, (int) memory.getLong(tasks.mm(task), range), to) : -Errno.EFAULT;
    }

    /** ioctl_file_clone(): no file system here shares blocks between files; EBADF, EXDEV, EISDIR, EINVAL come before that. */
    private long cloneFile(int task, int fd, int to) {
        int from = files.usableFileOf(task, fd);
        if (from == NULL) {
            return -Errno.EBADF;
        }
        if (fileTable.kind(from) == FileKinds.OUTSIDE || fileTable.kind(to) == FileKinds.OUTSIDE) {
            return -Outside.EOUTSIDE;
        }
        InodeTable inodes = kernel.vfs().tables.inodes;
        int source = fileTable.inode(from);
        int target = fileTable.inode(to);
        if (inodes.sb(source) != inodes.sb(target)) {
            return -Errno.EXDEV;
        }
        int sourceType = inodes.mode(source) & Stat.S_IFMT;
        int targetType = inodes.mode(target) & Stat.S_IFMT;
        if (sourceType == Stat.S_IFDIR || targetType == Stat.S_IFDIR) {
            return -Errno.EISDIR;
        }
        if (sourceType != Stat.S_IFREG || targetType != Stat.S_IFREG) {
            return -Errno.EINVAL;
        }
        boolean may = files.hasMode(from, FileModes.FMODE_READ)
                && files.hasMode(to, FileModes.FMODE_WRITE)
                && (fileTable.flags(to) & Fcntl.O_APPEND) == 0;
        return may ? -Errno.EOPNOTSUPP : -Errno.EBADF;
    }

    private long setCloexec(int task, int fd, boolean on) {
        descriptors.setCloexec(tasks.files(task), fd, on);
        return 0;
    }

    private long setNonblocking(int task, int file, long address) {
        int on = memory.getInt(tasks.mm(task), address);
        if (memory.faulted()) {
            return -Errno.EFAULT;
        }
        int flags = fileTable.flags(file);
        fileTable.setFlags(file, on != 0 ? flags | Fcntl.O_NONBLOCK : flags & ~Fcntl.O_NONBLOCK);
        return 0;
    }

    private long setAsync(int task, int fd, int file, long address) {
        int on = memory.getInt(tasks.mm(task), address);
        if (memory.faulted()) {
            return -Errno.EFAULT;
        }
        int flags = fileTable.flags(file);
        boolean isOn = (flags & Fcntl.FASYNC) != 0;
        if ((on != 0) == isOn) {
            return 0;
        }
        int error = files.ops(file).fasync(file, on != 0);
        if (error != 0) {
            return error;
        }
        fileTable.setFasyncFd(file, fd);
        fileTable.setFlags(file, on != 0 ? flags | Fcntl.FASYNC : flags & ~Fcntl.FASYNC);
        return 0;
    }
}
