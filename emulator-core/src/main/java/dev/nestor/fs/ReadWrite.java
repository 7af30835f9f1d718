package dev.nestor.fs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.signal.Signals;
import dev.nestor.machine.Work;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Signal;

/** Reading, writing and seeking: fs/read_write.c. */
public final class ReadWrite {
    /** MAX_RW_COUNT. */
    public static final long MAX_RW_COUNT = 0x7ffff000L;

    private final FileTable files;
    private final InodeTable inodes;
    private final Files fileLife;
    private final Attributes attributes;
    private final FsNotify notify;
    private final Signals signals;
    private final Work work;

    ReadWrite(Vfs vfs) {
        this.files = vfs.tables.files;
        this.inodes = vfs.tables.inodes;
        this.fileLife = vfs.files;
        this.attributes = vfs.attributes;
        this.notify = vfs.notify;
        this.signals = vfs.below.sender();
        this.work = vfs.below.work();
    }

    /** Before the memory is looked at: 0, EBADF or EINVAL. */
    public int checkRead(int file) {
        if (!fileLife.hasMode(file, FileModes.FMODE_READ)) {
            return -Errno.EBADF;
        }
        return fileLife.ops(file).canRead() ? 0 : -Errno.EINVAL;
    }

    public int checkWrite(int file) {
        if (!fileLife.hasMode(file, FileModes.FMODE_WRITE)) {
            return -Errno.EBADF;
        }
        return fileLife.ops(file).canWrite() ? 0 : -Errno.EINVAL;
    }

    /** vfs_read() at the file's position, which moves on. */
    public long read(int task, int file, IovIter to) {
        boolean isStream = fileLife.hasMode(file, FileModes.FMODE_STREAM);
        long pos = isStream ? 0 : files.pos(file);
        long result = readAt(task, file, to, pos);
        if (result > 0 && !isStream) {
            files.setPos(file, pos + result);
        }
        return result;
    }

    /** vfs_read() at a position. */
    public long readAt(int task, int file, IovIter to, long pos) {
        long result = get(task, file, to, pos);
        if (result > 0) {
            notify.file(FsNotify.FS_ACCESS, file);
        }
        return result;
    }

    /** The same for a caller that moves many pieces and says so once. */
    public long get(int task, int file, IovIter to, long pos) {
        if (pos < 0 || (pos > 0 && pos + to.remaining() < 0)) {
            return pos < 0 ? -Errno.EINVAL : -Errno.EOVERFLOW;
        }
        work.add(Work.FILE_IO);
        to.truncate(MAX_RW_COUNT);
        return fileLife.ops(file).read(task, file, to, pos);
    }

    /** vfs_write() at the file's position, or with O_APPEND at the end. */
    public long write(int task, int file, IovIter from) {
        boolean isStream = fileLife.hasMode(file, FileModes.FMODE_STREAM);
        long pos = isStream ? 0 : position(file, files.pos(file));
        long result = writeAt(task, file, from, pos);
        if (result > 0 && !isStream) {
            files.setPos(file, pos + result);
        }
        return result;
    }

    /** vfs_write() at the file's position for a caller that moves many pieces and says so once. */
    public long put(int task, int file, IovIter from) {
        boolean isStream = fileLife.hasMode(file, FileModes.FMODE_STREAM);
        long pos = isStream ? 0 : position(file, files.pos(file));
        long result = putAt(task, file, from, pos);
        if (result > 0 && !isStream) {
            files.setPos(file, pos + result);
        }
        return result;
    }

    /** Where a write goes that was meant for a position: O_APPEND leads it to the end. */
    public long position(int file, long pos) {
        boolean appends = (files.flags(file) & Fcntl.O_APPEND) != 0 && files.kind(file) == FileKinds.REGULAR;
        return appends ? inodes.size(files.inode(file)) : pos;
    }

    /** vfs_write() at a position. */
    public long writeAt(int task, int file, IovIter from, long pos) {
        long result = putAt(task, file, from, pos);
        if (result > 0) {
            notify.file(FsNotify.FS_MODIFY, file);
        }
        return result;
    }

    /** The same for a caller that moves many pieces and says so once. */
    public long putAt(int task, int file, IovIter from, long pos) {
        if (pos < 0 || (pos > 0 && pos + from.remaining() < 0)) {
            return pos < 0 ? -Errno.EINVAL : -Errno.EOVERFLOW;
        }
        work.add(Work.FILE_IO);
        from.truncate(MAX_RW_COUNT);
        if (files.kind(file) == FileKinds.REGULAR && from.remaining() > 0) {
            long limit = attributes.limit(task);
            if (pos >= limit) {
                signals.sendSig(task, Signal.SIGXFSZ, task, false);
                return -Errno.EFBIG;
            }
            if (pos >= Contents.MAX_SIZE) {
                return -Errno.EFBIG;
            }
            from.truncate(limit - pos);
        }
        return fileLife.ops(file).write(task, file, from, pos);
    }

    /** vfs_llseek(). */
    public long seek(int task, int file, long offset, int whence) {
        if (whence < Fcntl.SEEK_SET || whence > Fcntl.SEEK_HOLE) {
            return -Errno.EINVAL;
        }
        if (!fileLife.hasMode(file, FileModes.FMODE_LSEEK)) {
            return -Errno.ESPIPE;
        }
        return fileLife.ops(file).llseek(task, file, offset, whence);
    }

    /** generic_file_llseek_size() to a place known in bytes; {@code size} stands for the end. */
    public long seekTo(int file, long offset, int whence, long size) {
        long to =
                switch (whence) {
                    case Fcntl.SEEK_SET -> offset;
                    case Fcntl.SEEK_CUR -> files.pos(file) + offset;
                    case Fcntl.SEEK_END -> size + offset;
                    default -> -Errno.EINVAL;
                };
        if (to < 0) {
            return -Errno.EINVAL;
        }
        files.setPos(file, to);
        return to;
    }

    /** The file of a descriptor for reading or writing, or NULL: EBADF. */
    public int fileOf(int task, int fd) {
        int file = fileLife.usableFileOf(task, fd);
        work.add(Work.LOOKUP);
        return file == NULL ? NULL : file;
    }
}
