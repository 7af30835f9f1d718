package dev.nestor.fs.pipe;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileKinds;
import dev.nestor.fs.FileTable;
import dev.nestor.fs.FsType;
import dev.nestor.fs.InodeTable;
import dev.nestor.fs.Numbers;
import dev.nestor.fs.Vfs;
import dev.nestor.kernel.sched.WaitQueues;
import dev.nestor.machine.Work;
import dev.nestor.mm.Frames;
import dev.nestor.table.StateHash;
import dev.nestor.table.Table;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Stat;

/** The life of pipes, and pipefs: fs/pipe.c. */
public final class Pipes extends FsType {
    public static final long PIPEFS_MAGIC = 0x50495045L;

    private static final int DEVICE = 15;

    /** PIPE_DEF_BUFFERS. */
    public static final int PIPE_DEF_BUFFERS = 16;

    /** fs.pipe-max-size, bytes. */
    public static final int PIPE_MAX_SIZE = 1 << 20;

    private final Vfs vfs;
    private final PipeTable pipes;
    private final PipeBuffers buffers = new PipeBuffers();
    private final InodeTable inodes;
    private final FileTable files;
    private final WaitQueues waitQueues;
    private final Frames frames;
    private final int mount;
    private final int noName;

    public Pipes(Vfs vfs, int userNs, int limit) {
        super("pipefs", PIPEFS_MAGIC);
        this.vfs = vfs;
        this.inodes = vfs.tables.inodes;
        this.files = vfs.tables.files;
        this.waitQueues = vfs.below.waitQueues();
        this.frames = vfs.below.frames();
        this.pipes = new PipeTable(limit, files);
        this.noName = vfs.tables.names.intern("");
        this.mount = vfs.kernMount(vfs.types.register(this), userNs, noName, DEVICE);
        vfs.kinds.set(FileKinds.PIPE, new PipeOps(vfs, this));
    }

    PipeTable table() {
        return pipes;
    }

    PipeBuffers buffers() {
        return buffers;
    }

    /** alloc_pipe_info(): NULL at a limit. */
    int create() {
        int pipe = pipes.alloc();
        if (pipe == NULL) {
            return NULL;
        }
        vfs.below.work().add(Work.OBJECT_ALLOC);
        pipes.setRingSize(pipe, PIPE_DEF_BUFFERS);
        pipes.setBase(pipe, buffers.alloc(PIPE_DEF_BUFFERS));
        pipes.setReadWait(pipe, waitQueues.alloc());
        pipes.setWriteWait(pipe, waitQueues.alloc());
        return pipe;
    }

    /** free_pipe_info(). */
    void free(int pipe) {
        while (!isEmpty(pipe)) {
            releaseTail(pipe);
        }
        buffers.free(pipes.base(pipe), pipes.ringSize(pipe));
        waitQueues.free(pipes.readWait(pipe));
        waitQueues.free(pipes.writeWait(pipe));
        pipes.free(pipe);
    }

    boolean isEmpty(int pipe) {
        return pipes.head(pipe) == pipes.tail(pipe);
    }

    boolean isFull(int pipe) {
        return occupancy(pipe) >= pipes.ringSize(pipe);
    }

    private int occupancy(int pipe) {
        return pipes.head(pipe) - pipes.tail(pipe);
    }

    /** The buffer that a counter stands for. */
    int buffer(int pipe, int counter) {
        return pipes.base(pipe) + (counter & (pipes.ringSize(pipe) - 1));
    }

    /** pipe_buf_release() of the oldest buffer. */
    void releaseTail(int pipe) {
        int buffer = buffer(pipe, pipes.tail(pipe));
        frames.put(buffers.frame(buffer));
        buffers.clear(buffer);
        pipes.setTail(pipe, pipes.tail(pipe) + 1);
    }

    /** Bytes in the pipe: FIONREAD. */
    int bytes(int pipe) {
        int sum = 0;
        for (int at = pipes.tail(pipe); at != pipes.head(pipe); at++) {
            sum += buffers.length(buffer(pipe, at));
        }
        return sum;
    }

    /**
     * create_pipe_files(): both ends of a new pipe, each with one reference.
     *
     * @param ends where the reading and the writing file go
     * @return 0 or -ENFILE
     */
    public int createFiles(int task, int flags, int[] ends) {
        int inode = newInode(task);
        int dentry = inode == NULL ? NULL : vfs.dentries.addRoot(inodes.sb(inode), noName, inode);
        if (dentry == NULL) {
            vfs.inodes.put(inode);
            return -Errno.ENFILE;
        }
        int writeFlags = Fcntl.O_WRONLY | (flags & (Fcntl.O_NONBLOCK | Fcntl.O_DIRECT));
        int reader = vfs.files.create(task, mount, dentry, flags & Fcntl.O_NONBLOCK, FileKinds.PIPE);
        int writer = reader == NULL ? NULL : vfs.files.create(task, mount, dentry, writeFlags, FileKinds.PIPE);
        if (writer != NULL) {
            adopt(inodes.handle(inode), reader, writer);
        } else if (reader != NULL) {
            files.setKind(reader, FileKinds.PATH);
            vfs.files.put(reader);
        }
        vfs.dentries.put(dentry);
        ends[0] = reader;
        ends[1] = writer;
        return writer == NULL ? -Errno.ENFILE : 0;
    }

    private int newInode(int task) {
        int sb = vfs.tables.mounts.sb(mount);
        int inode =
                vfs.inodes.create(sb, Stat.S_IFIFO | 0600, vfs.permissions.fsuid(task), vfs.permissions.fsgid(task));
        int pipe = inode == NULL ? NULL : create();
        if (pipe == NULL) {
            vfs.inodes.put(inode);
            return NULL;
        }
        inodes.setHandle(inode, pipe);
        return inode;
    }

    private void adopt(int pipe, int reader, int writer) {
        pipes.setFiles(pipe, 2);
        pipes.setReaders(pipe, 1);
        pipes.setWriters(pipe, 1);
        pipes.setReaderCounter(pipe, 1);
        pipes.setWriterCounter(pipe, 1);
        vfs.files.makeStream(reader);
        vfs.files.makeStream(writer);
        files.setHandle(reader, pipe);
        files.setHandle(writer, pipe);
    }

    /** F_GETPIPE_SZ: bytes, or -EBADF. */
    public int size(int file) {
        int pipe = pipeOf(file);
        return pipe == NULL ? -Errno.EBADF : pipes.ringSize(pipe) * Frames.PAGE_SIZE;
    }

    /** F_SETPIPE_SZ: the new size, or EBADF, EINVAL, EPERM, EBUSY. */
    public int setSize(int task, int file, int bytes) {
        int pipe = pipeOf(file);
        if (pipe == NULL) {
            return -Errno.EBADF;
        }
        long size = Integer.toUnsignedLong(bytes);
        if (size > 1L << 31) {
            return -Errno.EINVAL;
        }
        int slots = 1;
        while ((long) slots * Frames.PAGE_SIZE < size) {
            slots *= 2;
        }
        boolean grows = slots > pipes.ringSize(pipe);
        if (grows && size > PIPE_MAX_SIZE && !vfs.below.capabilities().capable(task, Capability.CAP_SYS_RESOURCE)) {
            return -Errno.EPERM;
        }
        if (slots < occupancy(pipe)) {
            return -Errno.EBUSY;
        }
        resize(pipe, slots);
        return slots * Frames.PAGE_SIZE;
    }

    private void resize(int pipe, int slots) {
        int base = buffers.alloc(slots);
        int count = occupancy(pipe);
        for (int i = 0; i < count; i++) {
            buffers.move(buffer(pipe, pipes.tail(pipe) + i), base + i);
        }
        buffers.free(pipes.base(pipe), pipes.ringSize(pipe));
        pipes.setBase(pipe, base);
        pipes.setRingSize(pipe, slots);
        pipes.setTail(pipe, 0);
        pipes.setHead(pipe, count);
        waitQueues.wakeUp(pipes.writeWait(pipe), dev.nestor.kernel.task.TaskTable.TASK_INTERRUPTIBLE);
    }

    /** get_pipe_info(): the pipe behind an open file, or NULL. */
    public int pipeOf(int file) {
        return files.kind(file) == FileKinds.PIPE ? files.handle(file) : NULL;
    }

    @Override
    public int fileKind(int inode) {
        return FileKinds.PIPE;
    }

    /** pipefs_dname(): {@code pipe:[17]}. */
    @Override
    public int dynamicName(int dentry, byte[] into) {
        return Numbers.bracket(into, "pipe", inodes.ino(vfs.tables.dentries.inode(dentry)));
    }

    @Override
    public void evict(int inode) {
        int pipe = inodes.handle(inode);
        if (pipe != Table.NULL) {
            free(pipe);
            inodes.setHandle(inode, NULL);
        }
    }

    public void digest(StateHash hash) {
        pipes.digest(hash);
        buffers.digest(hash);
    }
}
