package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileModes;
import dev.nestor.fs.Files;
import dev.nestor.fs.IovIter;
import dev.nestor.fs.ReadWrite;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;

/** read(2), write(2), their positioned and scattered kin, lseek(2): fs/read_write.c. */
public final class SysReadWrite {
    private static final int IOVEC_SIZE = 16; // bytes: struct iovec
    private static final int RWF_SUPPORTED = 0xff;

    private final TaskTable tasks;
    private final UserMemory memory;
    private final Files files;
    private final ReadWrite readWrite;
    private final IovIter iter;
    private final byte[] vector = new byte[IOVEC_SIZE * IovIter.MAX_SEGMENTS];

    public SysReadWrite(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.memory = kernel.userMemory();
        this.files = kernel.files();
        this.readWrite = kernel.vfs().readWrite;
        this.iter = new IovIter(memory);
    }

    public void register(SyscallTable.Builder calls) {
        calls.full(Nr.NR_read, "read", this::read)
                .full(Nr.NR_write, "write", this::write)
                .full(Nr.NR_pread64, "pread64", this::pread)
                .full(Nr.NR_pwrite64, "pwrite64", this::pwrite)
                .full(Nr.NR_readv, "readv", this::readv)
                .full(Nr.NR_writev, "writev", this::writev)
                .full(Nr.NR_preadv, "preadv", (task, args) -> preadv(task, args, args.get(3)))
                .full(Nr.NR_pwritev, "pwritev", (task, args) -> pwritev(task, args, args.get(3)))
                .partial(Nr.NR_preadv2, "preadv2", this::preadv2, "RWF_NOWAIT and its kind are passed over")
                .partial(Nr.NR_pwritev2, "pwritev2", this::pwritev2, "RWF_NOWAIT and its kind are passed over")
                .full(Nr.NR_lseek, "lseek", this::lseek);
    }

    private long read(int task, SyscallArgs args) {
        int file = readWrite.fileOf(task, args.intAt(0));
        if (file == NULL) {
            return -Errno.EBADF;
        }
        int error = readWrite.checkRead(file);
        if (error != 0) {
            return error;
        }
        if (!UserMemory.accessOk(args.get(1), args.get(2))) {
            return -Errno.EFAULT;
        }
        return readWrite.read(task, file, iter.user(tasks.mm(task), args.get(1), args.get(2)));
    }

    private long write(int task, SyscallArgs args) {
        int file = readWrite.fileOf(task, args.intAt(0));
        if (file == NULL) {
            return -Errno.EBADF;
        }
        int error = readWrite.checkWrite(file);
        if (error != 0) {
            return error;
        }
        if (!UserMemory.accessOk(args.get(1), args.get(2))) {
            return -Errno.EFAULT;
        }
        return readWrite.write(task, file, iter.user(tasks.mm(task), args.get(1), args.get(2)));
    }

    private long pread(int task, SyscallArgs args) {
        long pos = args.get(3);
        if (pos < 0) {
            return -Errno.EINVAL;
        }
        int file = readWrite.fileOf(task, args.intAt(0));
        if (file == NULL) {
            return -Errno.EBADF;
        }
        if (!files.hasMode(file, FileModes.FMODE_PREAD)) {
            return -Errno.ESPIPE;
        }
        int error = readWrite.checkRead(file);
        if (error != 0) {
            return error;
        }
        if (!UserMemory.accessOk(args.get(1), args.get(2))) {
            return -Errno.EFAULT;
        }
        return readWrite.readAt(task, file, iter.user(tasks.mm(task), args.get(1), args.get(2)), pos);
    }

    private long pwrite(int task, SyscallArgs args) {
        long pos = args.get(3);
        if (pos < 0) {
            return -Errno.EINVAL;
        }
        int file = readWrite.fileOf(task, args.intAt(0));
        if (file == NULL) {
            return -Errno.EBADF;
        }
        if (!files.hasMode(file, FileModes.FMODE_PWRITE)) {
            return -Errno.ESPIPE;
        }
        int error = readWrite.checkWrite(file);
        if (error != 0) {
            return error;
        }
        if (!UserMemory.accessOk(args.get(1), args.get(2))) {
            return -Errno.EFAULT;
        }
        iter.user(tasks.mm(task), args.get(1), args.get(2));
        return readWrite.writeAt(task, file, iter, readWrite.position(file, pos));
    }

    /** import_iovec(): 0, EINVAL or EFAULT. */
    private int importIovec(int task, long address, long count) {
        int mm = tasks.mm(task);
        iter.clear(mm);
        if (count < 0 || count > IovIter.MAX_SEGMENTS) {
            return -Errno.EINVAL;
        }
        int bytes = (int) count * IOVEC_SIZE;
        if (bytes > 0 && memory.copyFromUser(mm, address, vector, 0, bytes) != 0) {
            return -Errno.EFAULT;
        }
        long total = 0;
        for (int at = 0; at < bytes; at += IOVEC_SIZE) {
            long length = Bytes.getLong(vector, at + 8);
            if (length < 0) {
                return -Errno.EINVAL;
            }
            long base = Bytes.getLong(vector, at);
            if (!UserMemory.accessOk(base, length)) {
                return -Errno.EFAULT;
            }
            long part = Math.min(length, ReadWrite.MAX_RW_COUNT - total);
            total += part;
            iter.add(base, part);
        }
        return 0;
    }

    private long readv(int task, SyscallArgs args) {
        int file = readWrite.fileOf(task, args.intAt(0));
        if (file == NULL) {
            return -Errno.EBADF;
        }
        int error = readWrite.checkRead(file);
        if (error == 0) {
            error = importIovec(task, args.get(1), args.get(2));
        }
        if (error != 0) {
            return error;
        }
        return iter.remaining() == 0 ? 0 : readWrite.read(task, file, iter);
    }

    private long writev(int task, SyscallArgs args) {
        int file = readWrite.fileOf(task, args.intAt(0));
        if (file == NULL) {
            return -Errno.EBADF;
        }
        int error = readWrite.checkWrite(file);
        if (error == 0) {
            error = importIovec(task, args.get(1), args.get(2));
        }
        if (error != 0) {
            return error;
        }
        return iter.remaining() == 0 ? 0 : readWrite.write(task, file, iter);
    }

    private long preadv(int task, SyscallArgs args, long pos) {
        if (pos < 0) {
            return -Errno.EINVAL;
        }
        int file = readWrite.fileOf(task, args.intAt(0));
        if (file == NULL) {
            return -Errno.EBADF;
        }
        if (!files.hasMode(file, FileModes.FMODE_PREAD)) {
            return -Errno.ESPIPE;
        }
        int error = readWrite.checkRead(file);
        if (error == 0) {
            error = importIovec(task, args.get(1), args.get(2));
        }
        if (error != 0) {
            return error;
        }
        return iter.remaining() == 0 ? 0 : readWrite.readAt(task, file, iter, pos);
    }

    private long pwritev(int task, SyscallArgs args, long pos) {
        if (pos < 0) {
            return -Errno.EINVAL;
        }
        int file = readWrite.fileOf(task, args.intAt(0));
        if (file == NULL) {
            return -Errno.EBADF;
        }
        if (!files.hasMode(file, FileModes.FMODE_PWRITE)) {
            return -Errno.ESPIPE;
        }
        int error = readWrite.checkWrite(file);
        if (error == 0) {
            error = importIovec(task, args.get(1), args.get(2));
        }
        if (error != 0) {
            return error;
        }
        return iter.remaining() == 0 ? 0 : readWrite.writeAt(task, file, iter, readWrite.position(file, pos));
    }

    private long preadv2(int task, SyscallArgs args) {
        if ((args.intAt(5) & ~RWF_SUPPORTED) != 0) {
            return -Errno.EOPNOTSUPP;
        }
        return args.get(3) == -1 ? readv(task, args) : preadv(task, args, args.get(3));
    }

    private long pwritev2(int task, SyscallArgs args) {
        if ((args.intAt(5) & ~RWF_SUPPORTED) != 0) {
            return -Errno.EOPNOTSUPP;
        }
        return args.get(3) == -1 ? writev(task, args) : pwritev(task, args, args.get(3));
    }

    private long lseek(int task, SyscallArgs args) {
        int file = readWrite.fileOf(task, args.intAt(0));
        if (file == NULL) {
            return -Errno.EBADF;
        }
        return readWrite.seek(task, file, args.get(1), args.intAt(2));
    }
}
