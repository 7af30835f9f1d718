package dev.nestor.fs.pipe;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileModes;
import dev.nestor.fs.FileOps;
import dev.nestor.fs.FileTable;
import dev.nestor.fs.Files;
import dev.nestor.fs.InodeTable;
import dev.nestor.fs.IovIter;
import dev.nestor.fs.Vfs;
import dev.nestor.kernel.sched.WaitQueues;
import dev.nestor.kernel.signal.Signals;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.machine.Work;
import dev.nestor.mm.Frames;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Signal;

/**
 * Reading and writing pipes and FIFOs: pipe_read(), pipe_write(), fifo_open() of fs/pipe.c.
 *
 * <p>A blocked open keeps in restart word 1 how many partners had come when it began, plus one; a blocked write keeps
 * there how many bytes it has written. Word 2 says that the task has slept: then it wakes the next one, as each waker
 * wakes but one.
 */
final class PipeOps implements FileOps {
    private static final int FIONREAD = 0x541B;
    private static final int PAGE = Frames.PAGE_SIZE;

    private final Pipes pipes;
    private final PipeTable table;
    private final PipeBuffers buffers;
    private final FileTable files;
    private final InodeTable inodes;
    private final Files fileLife;
    private final TaskTable tasks;
    private final WaitQueues waitQueues;
    private final Signals signals;
    private final Frames frames;
    private final Work work;
    private final Vfs vfs;
    private final byte[] page = new byte[PAGE];

    PipeOps(Vfs vfs, Pipes pipes) {
        this.pipes = pipes;
        this.table = pipes.table();
        this.buffers = pipes.buffers();
        this.files = vfs.tables.files;
        this.inodes = vfs.tables.inodes;
        this.fileLife = vfs.files;
        this.tasks = vfs.below.tasks();
        this.waitQueues = vfs.below.waitQueues();
        this.signals = vfs.below.sender();
        this.frames = vfs.below.frames();
        this.work = vfs.below.work();
        this.vfs = vfs;
    }

    @Override
    public long read(int task, int file, IovIter to, long pos) {
        if (to.remaining() == 0) {
            return 0;
        }
        int pipe = files.handle(file);
        boolean wasFull = pipes.isFull(pipe);
        long done = 0;
        while (!pipes.isEmpty(pipe) && to.remaining() > 0) {
            int wanted = (int) Math.min(buffers.length(tail(pipe)), to.remaining());
            int taken = take(pipe, to);
            done += taken;
            if (taken < wanted) {
                done = done > 0 ? done : -Errno.EFAULT;
                break;
            }
        }
        if (done == 0 && pipes.isEmpty(pipe)) {
            return waitToRead(task, file, pipe);
        }
        if (wasFull && !pipes.isFull(pipe)) {
            waitQueues.wakeUpPoll(table.writeWait(pipe), TaskTable.TASK_INTERRUPTIBLE, POLLOUT | POLLWRNORM);
            vfs.fasync.kill(table.fasyncWriters(), pipe, Signal.POLL_OUT);
        }
        if (tasks.restart(task, 2) != 0 && !pipes.isEmpty(pipe)) {
            waitQueues.wakeUp(table.readWait(pipe), TaskTable.TASK_INTERRUPTIBLE);
        }
        work.add(Work.BYTES_COPIED, Math.max(0, done));
        if (done > 0) {
            vfs.inodes.touchAtime(files.inode(file));
        }
        return done;
    }

    private int tail(int pipe) {
        return pipes.buffer(pipe, table.tail(pipe));
    }

    /** Copies from the oldest buffer, and frees it when it is empty or a packet. */
    private int take(int pipe, IovIter to) {
        int buffer = tail(pipe);
        int length = (int) Math.min(buffers.length(buffer), to.remaining());
        frames.read(buffers.frame(buffer), buffers.offset(buffer), page, 0, length);
        int copied = to.copyTo(page, 0, length);
        buffers.consume(buffer, copied);
        boolean isPacket = (buffers.flags(buffer) & PipeBuffers.PACKET) != 0;
        if (isPacket && copied == length) {
            to.truncate(0);
            pipes.releaseTail(pipe);
        } else if (buffers.length(buffer) == 0) {
            pipes.releaseTail(pipe);
        }
        return copied;
    }

    private long waitToRead(int task, int file, int pipe) {
        if (table.writers(pipe) == 0) {
            return 0;
        }
        if (fileLife.isNonblocking(file)) {
            return -Errno.EAGAIN;
        }
        return sleep(task, table.readWait(pipe));
    }

    private long sleep(int task, int queue) {
        if (!waitQueues.waitInterruptible(queue, task, true)) {
            return -Errno.ERESTARTSYS;
        }
        work.add(Work.WAIT);
        tasks.setRestart(task, 2, 1);
        return BLOCKED;
    }

    @Override
    public long write(int task, int file, IovIter from, long pos) {
        if (from.remaining() == 0) {
            return 0;
        }
        int pipe = files.handle(file);
        long before = tasks.restart(task, 1);
        from.advance(before);
        boolean wasEmpty = pipes.isEmpty(pipe);
        long total = from.remaining();
        long result = fillBuffers(task, file, pipe, from);
        long written = total - from.remaining();
        work.add(Work.BYTES_COPIED, written);
        if (written > 0) {
            if (wasEmpty || table.pollUsage(pipe)) {
                waitQueues.wakeUpPoll(table.readWait(pipe), TaskTable.TASK_INTERRUPTIBLE, POLLIN | POLLRDNORM);
            }
            vfs.inodes.touchMtime(files.inode(file));
        }
        vfs.fasync.kill(table.fasyncReaders(), pipe, Signal.POLL_IN);
        if (result == BLOCKED) {
            tasks.setRestart(task, 1, before + written);
            return BLOCKED;
        }
        if (tasks.restart(task, 2) != 0 && !pipes.isFull(pipe)) {
            waitQueues.wakeUp(table.writeWait(pipe), TaskTable.TASK_INTERRUPTIBLE);
        }
        return before + written > 0 ? before + written : result;
    }

    /** The loop of pipe_write(): 0 when all is written, a negative errno, or BLOCKED. */
    private long fillBuffers(int task, int file, int pipe, IovIter from) {
        boolean isPacket = (files.flags(file) & Fcntl.O_DIRECT) != 0;
        if (table.readers(pipe) > 0 && !isPacket && !merge(pipe, from)) {
            return -Errno.EFAULT;
        }
        while (from.remaining() > 0) {
            if (table.readers(pipe) == 0) {
                signals.sendSig(task, Signal.SIGPIPE, task, false);
                return -Errno.EPIPE;
            }
            if (pipes.isFull(pipe)) {
                return fileLife.isNonblocking(file) ? -Errno.EAGAIN : sleep(task, table.writeWait(pipe));
            }
            int wanted = (int) Math.min(PAGE, from.remaining());
            int copied = from.copyFrom(page, 0, wanted);
            if (copied < wanted) {
                return -Errno.EFAULT;
            }
            int frame = frames.alloc();
            if (frame == NULL) {
                return -Errno.ENOMEM;
            }
            frames.write(frame, 0, page, 0, copied);
            int flags = isPacket ? PipeBuffers.PACKET : PipeBuffers.CAN_MERGE;
            buffers.fill(pipes.buffer(pipe, table.head(pipe)), frame, copied, flags);
            table.setHead(pipe, table.head(pipe) + 1);
        }
        return 0;
    }

    /** What does not fill pages goes behind the last buffer, if all of it has room there. False on a fault. */
    private boolean merge(int pipe, IovIter from) {
        int bytes = (int) (from.remaining() & (PAGE - 1));
        if (bytes == 0 || pipes.isEmpty(pipe)) {
            return true;
        }
        int buffer = pipes.buffer(pipe, table.head(pipe) - 1);
        int end = buffers.offset(buffer) + buffers.length(buffer);
        if ((buffers.flags(buffer) & PipeBuffers.CAN_MERGE) == 0 || end + bytes > PAGE) {
            return true;
        }
        int copied = from.copyFrom(page, 0, bytes);
        if (copied < bytes) {
            return false;
        }
        frames.write(buffers.frame(buffer), end, page, 0, bytes);
        buffers.extend(buffer, bytes);
        return true;
    }

    @Override
    public long open(int task, int file) {
        int inode = files.inode(file);
        if (tasks.restart(task, 1) != 0) {
            return reopen(task, file);
        }
        if (inodes.handle(inode) == NULL) {
            inodes.setHandle(inode, pipes.create());
            if (inodes.handle(inode) == NULL) {
                return -Errno.ENOMEM;
            }
        }
        int pipe = inodes.handle(inode);
        files.setHandle(file, pipe);
        boolean reads = fileLife.hasMode(file, FileModes.FMODE_READ);
        boolean writes = fileLife.hasMode(file, FileModes.FMODE_WRITE);
        boolean isFifo = vfs.superBlocks.type(inodes.sb(inode)) != pipes;
        boolean nonblock = fileLife.isNonblocking(file);
        if (writes && !reads && isFifo && nonblock && table.readers(pipe) == 0) {
            dropUnused(inode, pipe);
            return -Errno.ENXIO;
        }
        fileLife.makeStream(file);
        table.setFiles(pipe, table.files(pipe) + 1);
        join(pipe, reads, writes);
        if (!isFifo || reads == writes) {
            return 0;
        }
        int partners = reads ? table.writers(pipe) : table.readers(pipe);
        if (partners > 0) {
            return 0;
        }
        if (nonblock) {
            files.setDatum(file, table.writerCounter(pipe));
            return 0;
        }
        tasks.setRestart(task, 1, partnerCounter(pipe, reads) + 1L);
        return waitForPartner(task, pipe);
    }

    private void join(int pipe, boolean reads, boolean writes) {
        boolean first = (reads && table.readers(pipe) == 0) || (writes && table.writers(pipe) == 0);
        if (reads) {
            table.setReaders(pipe, table.readers(pipe) + 1);
            table.setReaderCounter(pipe, table.readerCounter(pipe) + 1);
        }
        if (writes) {
            table.setWriters(pipe, table.writers(pipe) + 1);
            table.setWriterCounter(pipe, table.writerCounter(pipe) + 1);
        }
        if (first) {
            waitQueues.wakeUpAll(table.readWait(pipe), TaskTable.TASK_INTERRUPTIBLE);
        }
    }

    private int partnerCounter(int pipe, boolean reads) {
        return reads ? table.writerCounter(pipe) : table.readerCounter(pipe);
    }

    /** wait_for_partner(), entered again. */
    private long reopen(int task, int file) {
        int pipe = files.handle(file);
        boolean reads = fileLife.hasMode(file, FileModes.FMODE_READ);
        if (partnerCounter(pipe, reads) + 1L != tasks.restart(task, 1)) {
            return 0;
        }
        long result = waitForPartner(task, pipe);
        if (result != BLOCKED) {
            leave(file, pipe);
        }
        return result;
    }

    private long waitForPartner(int task, int pipe) {
        if (!waitQueues.waitInterruptible(table.readWait(pipe), task, false)) {
            return -Errno.ERESTARTSYS;
        }
        work.add(Work.WAIT);
        return BLOCKED;
    }

    @Override
    public void release(int file) {
        int pipe = files.handle(file);
        int inode = files.inode(file);
        fasync(file, false);
        leave(file, pipe);
        if (inodes.handle(inode) == pipe && (table.readers(pipe) == 0) != (table.writers(pipe) == 0)) {
            waitQueues.wakeUpAll(table.readWait(pipe), TaskTable.TASK_INTERRUPTIBLE);
            waitQueues.wakeUpAll(table.writeWait(pipe), TaskTable.TASK_INTERRUPTIBLE);
            vfs.fasync.kill(table.fasyncReaders(), pipe, Signal.POLL_IN);
            vfs.fasync.kill(table.fasyncWriters(), pipe, Signal.POLL_OUT);
        }
    }

    /** put_pipe_info(): with the last file of a FIFO its pipe goes, contents and all. */
    private void leave(int file, int pipe) {
        if (fileLife.hasMode(file, FileModes.FMODE_READ)) {
            table.setReaders(pipe, table.readers(pipe) - 1);
        }
        if (fileLife.hasMode(file, FileModes.FMODE_WRITE)) {
            table.setWriters(pipe, table.writers(pipe) - 1);
        }
        table.setFiles(pipe, table.files(pipe) - 1);
        dropUnused(files.inode(file), pipe);
    }

    private void dropUnused(int inode, int pipe) {
        if (table.files(pipe) == 0) {
            inodes.setHandle(inode, NULL);
            pipes.free(pipe);
        }
    }

    @Override
    public int poll(int task, int file) {
        int pipe = files.handle(file);
        table.setPollUsage(pipe);
        int mask = 0;
        if (fileLife.hasMode(file, FileModes.FMODE_READ)) {
            mask |= pipes.isEmpty(pipe) ? 0 : POLLIN | POLLRDNORM;
            boolean hadWriters = files.datum(file) != table.writerCounter(pipe);
            mask |= table.writers(pipe) == 0 && hadWriters ? POLLHUP : 0;
        }
        if (fileLife.hasMode(file, FileModes.FMODE_WRITE)) {
            mask |= pipes.isFull(pipe) ? 0 : POLLOUT | POLLWRNORM;
            mask |= table.readers(pipe) == 0 ? POLLERR : 0;
        }
        return mask;
    }

    @Override
    public int pollQueue(int file, int index) {
        int pipe = files.handle(file);
        boolean reads = fileLife.hasMode(file, FileModes.FMODE_READ);
        boolean writes = fileLife.hasMode(file, FileModes.FMODE_WRITE);
        if (index == 0) {
            return reads ? table.readWait(pipe) : table.writeWait(pipe);
        }
        return index == 1 && reads && writes ? table.writeWait(pipe) : NULL;
    }

    @Override
    public long ioctl(int task, int file, int cmd, long arg) {
        if (cmd != FIONREAD) {
            return -Errno.ENOTTY;
        }
        return vfs.below.memory().putInt(tasks.mm(task), arg, pipes.bytes(files.handle(file)));
    }

    @Override
    public int fasync(int file, boolean on) {
        int pipe = files.handle(file);
        if (fileLife.hasMode(file, FileModes.FMODE_READ)) {
            vfs.fasync.helper(table.fasyncReaders(), pipe, file, on);
        }
        if (fileLife.hasMode(file, FileModes.FMODE_WRITE)) {
            vfs.fasync.helper(table.fasyncWriters(), pipe, file, on);
        }
        return 0;
    }
}
