package dev.nestor.fs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.Creds;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.machine.Work;
import dev.nestor.uapi.Fcntl;
import java.util.function.IntConsumer;

/** Open files: fs/file_table.c. */
public final class Files {
    private final FileTable files;
    private final InodeTable inodes;
    private final DentryTable dentryTable;
    private final Dentries dentries;
    private final Mounts mounts;
    private final MntNamespaces mntNamespaces;
    private final FileKinds kinds;
    private final FileTables descriptors;
    private final FileLocks locks;
    private final FsNotify notify;
    private final TaskTable tasks;
    private final Creds creds;
    private final CredTable credTable;
    private final Pids pids;
    private final Work work;
    private IntConsumer releaseHook = file -> {};

    Files(FsTables tables, Vfs vfs, Dentries dentries, Mounts mounts, FileKinds kinds, FileLocks locks) {
        Vfs.Below below = vfs.below;
        this.mntNamespaces = vfs.mntNamespaces;
        this.files = tables.files;
        this.inodes = tables.inodes;
        this.dentryTable = tables.dentries;
        this.dentries = dentries;
        this.mounts = mounts;
        this.kinds = kinds;
        this.locks = locks;
        this.notify = vfs.notify;
        this.tasks = below.tasks();
        this.creds = below.creds();
        this.credTable = below.credTable();
        this.pids = below.pids();
        this.work = below.work();
        this.descriptors = new FileTables(tables, this, below);
    }

    /** The descriptor tables that refer to these files. */
    public FileTables descriptors() {
        return descriptors;
    }

    /**
     * alloc_file(): a file at a place, with one reference; it takes its own on mount and dentry. NULL at the limit.
     *
     * @param flags O_*, of which the creation flags are dropped by open(2), not here
     */
    public int create(int task, int mnt, int dentry, int flags, int kind) {
        int file = files.alloc();
        if (file == NULL) {
            return NULL;
        }
        work.add(Work.FILE_OPEN);
        files.setCount(file, 1);
        files.setMnt(file, mounts.get(mnt));
        files.setDentry(file, dentries.get(dentry));
        files.setInode(file, dentryTable.inode(dentry));
        files.setFlags(file, flags);
        files.setMode(file, kinds.ops(kind).canSeek() ? modeOf(flags) : modeOf(flags) & ~FileModes.FMODE_LSEEK);
        files.setKind(file, kind);
        files.setCred(file, creds.get(tasks.cred(task)));
        return file;
    }

    /** OPEN_FMODE(): what the access mode allows, and all ways of seeking. */
    private static int modeOf(int flags) {
        if ((flags & Fcntl.O_PATH) != 0) {
            return FileModes.FMODE_PATH;
        }
        int access = flags + 1 & Fcntl.O_ACCMODE;
        return access | FileModes.FMODE_LSEEK | FileModes.FMODE_PREAD | FileModes.FMODE_PWRITE;
    }

    public int get(int file) {
        files.setCount(file, files.count(file) + 1);
        return file;
    }

    /** eventpoll_release(): who is told, once, that a file is about to be released. */
    public void setReleaseHook(IntConsumer hook) {
        releaseHook = hook;
    }

    /** fput(): with the last reference the file is released. */
    public void put(int file) {
        int count = files.count(file) - 1;
        files.setCount(file, count);
        if (count > 0) {
            return;
        }
        work.add(Work.FILE_CLOSE);
        if (files.kind(file) != FileKinds.PATH) {
            boolean isWritable = (files.mode(file) & FileModes.FMODE_WRITE) != 0;
            notify.file(isWritable ? FsNotify.FS_CLOSE_WRITE : FsNotify.FS_CLOSE_NOWRITE, file);
        }
        releaseHook.accept(file);
        locks.removeFile(file);
        ops(file).release(file);
        if ((files.mode(file) & FileModes.FMODE_WRITER) != 0) {
            int inode = files.inode(file);
            inodes.setWriteCount(inode, inodes.writeCount(inode) - 1);
            mounts.addWriter(files.mnt(file), -1);
        }
        pids.putPid(files.ownerPid(file));
        int mnt = files.mnt(file);
        int dentry = files.dentry(file);
        int cred = files.cred(file);
        boolean needsUnmount = (files.mode(file) & FileModes.FMODE_NEED_UNMOUNT) != 0;
        files.free(file);
        dentries.put(dentry);
        if (needsUnmount) {
            mntNamespaces.dissolve(mnt);
        }
        mounts.put(mnt);
        creds.put(cred);
    }

    /** fput() of a file whose f_op->open() failed. */
    void discard(int file) {
        files.setKind(file, FileKinds.PATH);
        put(file);
    }

    /** filp_close(): a descriptor of a table is gone. */
    void close(int file, int filesStruct) {
        if ((files.mode(file) & FileModes.FMODE_PATH) == 0) {
            ops(file).flush(file, filesStruct);
            locks.removePosix(file, filesStruct);
        }
        put(file);
    }

    /** A file of a mount is open for writing from now on. */
    void beginWriting(int mnt) {
        mounts.addWriter(mnt, 1);
    }

    public FileOps ops(int file) {
        return kinds.ops(files.kind(file));
    }

    /** fdget_raw(): the file of a task's descriptor, O_PATH or not; NULL when there is none. No reference is taken. */
    public int fileOf(int task, int fd) {
        return descriptors.file(tasks.files(task), fd);
    }

    /** fdget() of a call that sleeps: who closes its descriptor does not take the file away from it. */
    public void holdForCall(int task, int file) {
        int fd = (int) tasks.args(task, 0);
        if (tasks.heldFile(task) == NULL && fileOf(task, fd) == file) {
            tasks.setHeld(task, get(file), fd);
        }
    }

    /** A call that sleeps, with its file held, has taken a descriptor for its answer: nobody else gets it until the call ends. */
    public void reserveForCall(int task, int fd) {
        if (tasks.heldFile(task) != NULL && reservedFd(task) < 0) {
            tasks.setHeld(task, tasks.heldFile(task), tasks.heldFd(task) | (fd + 1L) << Integer.SIZE);
            descriptors.reserve(task, fd);
        }
    }

    /** The descriptor that the call has taken before it slept, or -1. */
    public int reservedFd(int task) {
        return tasks.heldFile(task) == NULL ? -1 : (int) (tasks.heldFd(task) >>> Integer.SIZE) - 1;
    }

    /** fdput() of a call that has slept, and put_unused_fd() of a descriptor that it has not filled. */
    public void letGoOfCall(int task) {
        int file = tasks.heldFile(task);
        if (file != NULL) {
            if (reservedFd(task) >= 0) {
                descriptors.unreserve(task, reservedFd(task));
            }
            tasks.setHeld(task, NULL, 0);
            put(file);
        }
    }

    /** fdget(): as above, but an O_PATH file is none either. */
    public int usableFileOf(int task, int fd) {
        int held = tasks.heldFile(task);
        int file = held != NULL && (int) tasks.heldFd(task) == fd ? held : fileOf(task, fd);
        return file == NULL || (files.mode(file) & FileModes.FMODE_PATH) != 0 ? NULL : file;
    }

    public boolean hasMode(int file, int mode) {
        return (files.mode(file) & mode) == mode;
    }

    public boolean isNonblocking(int file) {
        return (files.flags(file) & Fcntl.O_NONBLOCK) != 0;
    }

    /** The user namespace of who opened the file. */
    public int cred(int file) {
        return files.cred(file);
    }

    /** Takes away the ways of seeking: stream_open(). */
    public void makeStream(int file) {
        int seeking = FileModes.FMODE_LSEEK | FileModes.FMODE_PREAD | FileModes.FMODE_PWRITE;
        files.setMode(file, (files.mode(file) & ~seeking) | FileModes.FMODE_STREAM);
    }

    /** nonseekable_open(). */
    public void makeNonseekable(int file) {
        int seeking = FileModes.FMODE_LSEEK | FileModes.FMODE_PREAD | FileModes.FMODE_PWRITE;
        files.setMode(file, files.mode(file) & ~seeking);
    }

    /** f_setown(): takes over the reference on pid. */
    public void setOwner(int task, int file, int pid, int type) {
        pids.putPid(files.ownerPid(file));
        files.setOwnerPid(file, pid);
        files.setOwnerType(file, type);
        int cred = tasks.cred(task);
        files.setOwnerUid(file, credTable.uid(cred));
        files.setOwnerEuid(file, credTable.euid(cred));
    }
}
