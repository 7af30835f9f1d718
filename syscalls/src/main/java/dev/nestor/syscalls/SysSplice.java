package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileKinds;
import dev.nestor.fs.FileModes;
import dev.nestor.fs.FileTable;
import dev.nestor.fs.Files;
import dev.nestor.fs.FsNotify;
import dev.nestor.fs.IovIter;
import dev.nestor.fs.Outside;
import dev.nestor.fs.ReadWrite;
import dev.nestor.fs.Vfs;
import dev.nestor.fs.pipe.Pipes;
import dev.nestor.fs.pipe.Splices;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;

/** splice(2), tee(2), vmsplice(2): fs/splice.c. */
public final class SysSplice {
    private static final int SPLICE_F_NONBLOCK = 2;
    private static final int SPLICE_F_ALL = 15;
    private static final int UIO_MAXIOV = 1024;
    private static final int IOVEC_SIZE = 16; // bytes

    private final Vfs vfs;
    private final Files files;
    private final FileTable fileTable;
    private final Pipes pipes;
    private final Splices splices;
    private final TaskTable tasks;
    private final UserMemory memory;
    private final IovIter iter;

    public SysSplice(Kernel kernel) {
        this.vfs = kernel.vfs();
        this.files = kernel.files();
        this.fileTable = vfs.tables.files;
        this.pipes = kernel.fileSystems().pipes();
        this.splices = kernel.fileSystems().splices();
        this.tasks = kernel.tasks();
        this.memory = kernel.userMemory();
        this.iter = new IovIter(memory);
    }

    public void register(SyscallTable.Builder table) {
        table.partial(Nr.NR_splice, "splice", this::splice, "sockets and devices")
                .full(Nr.NR_tee, "tee", this::tee)
                .full(Nr.NR_vmsplice, "vmsplice", this::vmsplice);
    }

    private boolean isNonblocking(int file) {
        return (fileTable.flags(file) & Fcntl.O_NONBLOCK) != 0;
    }

    private long splice(int task, SyscallArgs args) {
        int flags = args.intAt(5);
        if (args.get(4) == 0) {
            return 0;
        }
        if ((flags & ~SPLICE_F_ALL) != 0) {
            return -Errno.EINVAL;
        }
        int in = files.usableFileOf(task, args.intAt(0));
        int out = in == NULL ? NULL : files.usableFileOf(task, args.intAt(2));
        if (out == NULL) {
            return -Errno.EBADF;
        }
        boolean fromPipe = pipes.pipeOf(in) != NULL;
        boolean toPipe = pipes.pipeOf(out) != NULL;
        if ((fromPipe && args.get(1) != 0) || (toPipe && args.get(3) != 0)) {
            return -Errno.ESPIPE;
        }
        memory.faulted();
        position(task, args.get(3), out);
        position(task, args.get(1), in);
        if (memory.faulted()) {
            return -Errno.EFAULT;
        }
        if (!files.hasMode(in, FileModes.FMODE_READ) || !files.hasMode(out, FileModes.FMODE_WRITE)) {
            return -Errno.EBADF;
        }
        boolean nonblock = (flags & SPLICE_F_NONBLOCK) != 0;
        long count = Math.min(args.get(4) < 0 ? Long.MAX_VALUE : args.get(4), ReadWrite.MAX_RW_COUNT);
        long moved;
        if (fromPipe && toPipe) {
            moved = fileTable.handle(in) == fileTable.handle(out)
                    ? -Errno.EINVAL
                    : splices.between(task, in, out, count, nonblock || isNonblocking(in) || isNonblocking(out), false);
        } else if (fromPipe) {
            moved = toFile(task, args, in, out, count, nonblock || isNonblocking(in));
        } else if (toPipe) {
            moved = toPipe(task, args, in, out, count, nonblock || isNonblocking(out));
        } else {
            return -Errno.EINVAL;
        }
        if (moved > 0) {
            vfs.notify.file(FsNotify.FS_MODIFY, out);
            vfs.notify.file(FsNotify.FS_ACCESS, in);
        }
        return moved;
    }

    /** Where a file is to be read or written: at its own position, or at the one that is given. */
    private long position(int task, long at, int file) {
        return at == 0 ? fileTable.pos(file) : memory.getLong(tasks.mm(task), at);
    }

    private long toFile(int task, SyscallArgs args, int in, int out, long count, boolean nonblock) {
        boolean isGiven = args.get(3) != 0;
        long pos = position(task, args.get(3), out);
        if (isGiven && !files.hasMode(out, FileModes.FMODE_PWRITE)) {
            return -Errno.EINVAL;
        }
        if ((fileTable.flags(out) & Fcntl.O_APPEND) != 0 || pos < 0) {
            return -Errno.EINVAL;
        }
        if (fileTable.kind(out) != FileKinds.REGULAR) {
            return refusal(out);
        }
        return moveOn(task, args.get(3), out, pos, splices.toFile(task, in, out, pos, count, nonblock));
    }

    private long toPipe(int task, SyscallArgs args, int in, int out, long count, boolean nonblock) {
        boolean isGiven = args.get(1) != 0;
        long pos = position(task, args.get(1), in);
        if ((isGiven && !files.hasMode(in, FileModes.FMODE_PREAD)) || pos < 0) {
            return -Errno.EINVAL;
        }
        if (!splices.canGive(in)) {
            return refusal(in);
        }
        return moveOn(task, args.get(1), in, pos, splices.fromFile(task, in, out, pos, count, nonblock));
    }

    /** What has no splice of its own is refused; sockets and devices have one that is not there. */
    private long refusal(int file) {
        boolean isKnown = fileTable.kind(file) == FileKinds.DIRECTORY || fileTable.kind(file) == FileKinds.PIDFD;
        return isKnown ? -Errno.EINVAL : -Outside.EOUTSIDE;
    }

    /** The position behind what has been moved goes to the file, or to where it came from. */
    private long moveOn(int task, long at, int file, long pos, long moved) {
        if (moved <= 0) {
            return moved;
        }
        if (at == 0) {
            fileTable.setPos(file, pos + moved);
            return moved;
        }
        return memory.putLong(tasks.mm(task), at, pos + moved) != 0 ? -Errno.EFAULT : moved;
    }

    private long tee(int task, SyscallArgs args) {
        int flags = args.intAt(3);
        if ((flags & ~SPLICE_F_ALL) != 0) {
            return -Errno.EINVAL;
        }
        if (args.get(2) == 0) {
            return 0;
        }
        int in = files.usableFileOf(task, args.intAt(0));
        int out = in == NULL ? NULL : files.usableFileOf(task, args.intAt(1));
        if (out == NULL || !files.hasMode(in, FileModes.FMODE_READ) || !files.hasMode(out, FileModes.FMODE_WRITE)) {
            return -Errno.EBADF;
        }
        if (pipes.pipeOf(in) == NULL || pipes.pipeOf(out) == NULL || pipes.pipeOf(in) == pipes.pipeOf(out)) {
            return -Errno.EINVAL;
        }
        boolean nonblock = (flags & SPLICE_F_NONBLOCK) != 0 || isNonblocking(in) || isNonblocking(out);
        long count = args.get(2) < 0 ? Long.MAX_VALUE : args.get(2);
        long done = splices.between(task, in, out, count, nonblock, true);
        if (done > 0) {
            vfs.notify.file(FsNotify.FS_ACCESS, in);
            vfs.notify.file(FsNotify.FS_MODIFY, out);
        }
        return done;
    }

    private long vmsplice(int task, SyscallArgs args) {
        int flags = args.intAt(3);
        if ((flags & ~SPLICE_F_ALL) != 0) {
            return -Errno.EINVAL;
        }
        int file = files.usableFileOf(task, args.intAt(0));
        boolean writes = file != NULL && files.hasMode(file, FileModes.FMODE_WRITE);
        if (file == NULL || !(writes || files.hasMode(file, FileModes.FMODE_READ))) {
            return -Errno.EBADF;
        }
        int error = importIovec(task, args.get(1), args.get(2));
        if (error != 0) {
            return error;
        }
        if (iter.remaining() == 0) {
            return 0;
        }
        if (pipes.pipeOf(file) == NULL) {
            return -Errno.EBADF;
        }
        boolean nonblock = (flags & SPLICE_F_NONBLOCK) != 0;
        return writes ? splices.fromUser(task, file, iter, nonblock) : splices.toUser(task, file, iter, nonblock);
    }

    /** import_iovec(). */
    private int importIovec(int task, long at, long count) {
        int mm = tasks.mm(task);
        iter.clear(mm);
        if (count < 0 || count > UIO_MAXIOV) {
            return -Errno.EINVAL;
        }
        memory.faulted();
        for (int i = 0; i < count; i++) {
            long base = memory.getLong(mm, at + (long) IOVEC_SIZE * i);
            long length = memory.getLong(mm, at + (long) IOVEC_SIZE * i + Long.BYTES);
            if (memory.faulted()) {
                return -Errno.EFAULT;
            }
            if (length < 0) {
                return -Errno.EINVAL;
            }
            iter.add(base, length);
        }
        return 0;
    }
}
