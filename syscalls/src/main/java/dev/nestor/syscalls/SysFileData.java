package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileKinds;
import dev.nestor.fs.FileModes;
import dev.nestor.fs.FileOps;
import dev.nestor.fs.FileTable;
import dev.nestor.fs.Files;
import dev.nestor.fs.FsNotify;
import dev.nestor.fs.InodeFlags;
import dev.nestor.fs.IovIter;
import dev.nestor.fs.ReadWrite;
import dev.nestor.fs.Vfs;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Memfd;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Stat;

/** Contents as a whole: fsync(2), sync(2), sendfile(2), copy_file_range(2), fallocate(2), fadvise64(2). */
public final class SysFileData {
    private static final int CHUNK = 4096; // bytes
    private static final int FALLOC_FL_KEEP_SIZE = 1;
    private static final int FALLOC_FL_PUNCH_HOLE = 2;
    private static final int FALLOC_FL_ZERO_RANGE = 0x10;
    private static final int FALLOC_FL_KNOWN = 0x7f;

    private final TaskTable tasks;
    private final UserMemory memory;
    private final Vfs vfs;
    private final Files files;
    private final FileTable fileTable;
    private final ReadWrite readWrite;
    private final IovIter from;
    private final IovIter to;
    private final byte[] chunk = new byte[CHUNK];

    public SysFileData(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.memory = kernel.userMemory();
        this.vfs = kernel.vfs();
        this.files = vfs.files;
        this.fileTable = vfs.tables.files;
        this.readWrite = vfs.readWrite;
        this.from = new IovIter(memory);
        this.to = new IovIter(memory);
    }

    public void register(SyscallTable.Builder calls) {
        calls.full(Nr.NR_fsync, "fsync", this::fsync)
                .full(Nr.NR_fdatasync, "fdatasync", this::fsync)
                .full(Nr.NR_sync, "sync", (task, args) -> 0)
                .full(
                        Nr.NR_syncfs,
                        "syncfs",
                        (task, args) -> files.usableFileOf(task, args.intAt(0)) == NULL ? -Errno.EBADF : 0)
                .partial(Nr.NR_sendfile, "sendfile", this::sendfile, "waiting for room in a pipe part of the way")
                .partial(Nr.NR_copy_file_range, "copy_file_range", this::copyFileRange, "reflinks")
                .partial(Nr.NR_fallocate, "fallocate", this::fallocate, "collapsing and inserting ranges")
                .full(Nr.NR_fadvise64, "fadvise64", this::fadvise);
    }

    private long fsync(int task, SyscallArgs args) {
        int file = files.usableFileOf(task, args.intAt(0));
        return file == NULL ? -Errno.EBADF : files.ops(file).fsync(file);
    }

    /** do_sendfile(). */
    private long sendfile(int task, SyscallArgs args) {
        long offset = args.get(2);
        long pos = 0;
        int mm = tasks.mm(task);
        if (offset != 0) {
            pos = memory.getLong(mm, offset);
            if (memory.faulted()) {
                return -Errno.EFAULT;
            }
        }
        int in = files.usableFileOf(task, args.intAt(1));
        if (in == NULL || !files.hasMode(in, FileModes.FMODE_READ)) {
            return -Errno.EBADF;
        }
        if (offset == 0) {
            pos = fileTable.pos(in);
        } else if (!files.hasMode(in, FileModes.FMODE_PREAD)) {
            return -Errno.ESPIPE;
        }
        int out = files.usableFileOf(task, args.intAt(0));
        if (out == NULL || !files.hasMode(out, FileModes.FMODE_WRITE)) {
            return -Errno.EBADF;
        }
        if (pos < 0 || args.get(3) < 0 || fileTable.kind(in) == FileKinds.PIPE) {
            return -Errno.EINVAL;
        }
        if ((fileTable.flags(out) & Fcntl.O_APPEND) != 0) {
            return -Errno.EINVAL;
        }
        long moved = move(task, in, out, pos, Math.min(args.get(3), ReadWrite.MAX_RW_COUNT));
        told(in, out, moved);
        if (moved > 0 && offset == 0) {
            fileTable.setPos(in, pos + moved);
        }
        return offset != 0 && moved > 0 && memory.putLong(mm, offset, pos + moved) != 0 ? -Errno.EFAULT : moved;
    }

    private void told(int in, int out, long moved) {
        if (moved > 0) {
            vfs.notify.file(FsNotify.FS_ACCESS, in);
            vfs.notify.file(FsNotify.FS_MODIFY, out);
        }
    }

    /** Bytes from a position of one file to the position of another, which moves on. */
    private long move(int task, int in, int out, long pos, long count) {
        long done = 0;
        while (done < count) {
            int part = (int) Math.min(CHUNK, count - done);
            long got = readWrite.get(task, in, to.kernel(chunk, 0, part), pos + done);
            if (got <= 0) {
                return done > 0 ? done : got;
            }
            long put = readWrite.put(task, out, from.kernel(chunk, 0, (int) got));
            if (put == FileOps.BLOCKED) {
                return done > 0 ? done : put;
            }
            if (put <= 0) {
                return done > 0 ? done : put;
            }
            done += put;
            if (put < got) {
                break;
            }
        }
        return done;
    }

    private long copyFileRange(int task, SyscallArgs args) {
        int in = files.usableFileOf(task, args.intAt(0));
        int out = files.usableFileOf(task, args.intAt(2));
        if (in == NULL || out == NULL) {
            return -Errno.EBADF;
        }
        int mm = tasks.mm(task);
        long posIn = args.get(1) != 0 ? memory.getLong(mm, args.get(1)) : fileTable.pos(in);
        long posOut = args.get(3) != 0 ? memory.getLong(mm, args.get(3)) : fileTable.pos(out);
        if (memory.faulted()) {
            return -Errno.EFAULT;
        }
        if (args.intAt(5) != 0) {
            return -Errno.EINVAL;
        }
        int error = checkCopy(in, out);
        if (error != 0) {
            return error;
        }
        long done = 0;
        long count = Math.min(args.get(4), ReadWrite.MAX_RW_COUNT);
        while (done < count) {
            int part = (int) Math.min(CHUNK, count - done);
            long got = readWrite.get(task, in, to.kernel(chunk, 0, part), posIn + done);
            long put = got <= 0 ? got : readWrite.putAt(task, out, from.kernel(chunk, 0, (int) got), posOut + done);
            if (put <= 0) {
                if (done == 0) {
                    return put;
                }
                break;
            }
            done += put;
        }
        told(in, out, done);
        advance(mm, in, args.get(1), posIn + done);
        advance(mm, out, args.get(3), posOut + done);
        return done;
    }

    private int checkCopy(int in, int out) {
        int typeIn = vfs.tables.inodes.mode(fileTable.inode(in)) & Stat.S_IFMT;
        int typeOut = vfs.tables.inodes.mode(fileTable.inode(out)) & Stat.S_IFMT;
        if (typeIn == Stat.S_IFDIR || typeOut == Stat.S_IFDIR) {
            return -Errno.EISDIR;
        }
        if (typeIn != Stat.S_IFREG || typeOut != Stat.S_IFREG) {
            return -Errno.EINVAL;
        }
        boolean mayNot = !files.hasMode(in, FileModes.FMODE_READ)
                || !files.hasMode(out, FileModes.FMODE_WRITE)
                || (fileTable.flags(out) & Fcntl.O_APPEND) != 0;
        if (mayNot) {
            return -Errno.EBADF;
        }
        int fsIn = vfs.tables.superBlocks.type(vfs.tables.inodes.sb(fileTable.inode(in)));
        int fsOut = vfs.tables.superBlocks.type(vfs.tables.inodes.sb(fileTable.inode(out)));
        return fsIn == fsOut ? 0 : -Errno.EXDEV;
    }

    private void advance(int mm, int file, long address, long pos) {
        if (address == 0) {
            fileTable.setPos(file, pos);
        } else {
            memory.putLong(mm, address, pos);
        }
    }

    private long fallocate(int task, SyscallArgs args) {
        int file = files.usableFileOf(task, args.intAt(0));
        if (file == NULL) {
            return -Errno.EBADF;
        }
        int mode = args.intAt(1);
        long offset = args.get(2);
        long length = args.get(3);
        if (offset < 0 || length <= 0) {
            return -Errno.EINVAL;
        }
        boolean punches = (mode & FALLOC_FL_PUNCH_HOLE) != 0;
        if ((mode & ~FALLOC_FL_KNOWN) != 0 || (punches && (mode & FALLOC_FL_KEEP_SIZE) == 0)) {
            return -Errno.EOPNOTSUPP;
        }
        if (!files.hasMode(file, FileModes.FMODE_WRITE)) {
            return -Errno.EBADF;
        }
        int inode = fileTable.inode(file);
        int type = vfs.tables.inodes.mode(inode) & Stat.S_IFMT;
        if (type == Stat.S_IFBLK) {
            return files.ops(file).fallocate(file, mode, offset, length);
        }
        if (type != Stat.S_IFREG) {
            return type == Stat.S_IFIFO ? -Errno.ESPIPE : type == Stat.S_IFDIR ? -Errno.EISDIR : -Errno.ENODEV;
        }
        if (offset > Long.MAX_VALUE - length) {
            return -Errno.EFBIG;
        }
        boolean zeroes = (mode & FALLOC_FL_ZERO_RANGE) != 0;
        int modes = vfs.superBlocks.type(vfs.tables.inodes.sb(inode)).fallocateModes();
        if (modes < 0 || (mode & ~modes) != 0) {
            return -Errno.EOPNOTSUPP;
        }
        int seals = InodeFlags.seals(vfs.tables.inodes.flags(inode));
        boolean isSealed = punches
                ? (seals & (Memfd.F_SEAL_WRITE | Memfd.F_SEAL_FUTURE_WRITE)) != 0
                : (seals & Memfd.F_SEAL_GROW) != 0 && offset + length > vfs.tables.inodes.size(inode);
        if (isSealed) {
            return -Errno.EPERM;
        }
        if (punches || zeroes) {
            vfs.contents.punch(inode, offset, offset + length);
        }
        int error = punches ? 0 : vfs.contents.allocate(inode, offset, length, (mode & FALLOC_FL_KEEP_SIZE) != 0);
        if (error == 0) {
            vfs.notify.file(FsNotify.FS_MODIFY, file);
        }
        return error;
    }

    private long fadvise(int task, SyscallArgs args) {
        int file = files.usableFileOf(task, args.intAt(0));
        if (file == NULL) {
            return -Errno.EBADF;
        }
        if ((vfs.tables.inodes.mode(fileTable.inode(file)) & Stat.S_IFMT) == Stat.S_IFIFO) {
            return -Errno.ESPIPE;
        }
        int advice = args.intAt(3);
        return args.get(2) < 0 || advice < 0 || advice > 5 ? -Errno.EINVAL : 0;
    }
}
