package dev.nestor.fs.pipe;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileKinds;
import dev.nestor.fs.FileOps;
import dev.nestor.fs.FileTable;
import dev.nestor.fs.IovIter;
import dev.nestor.fs.Vfs;
import dev.nestor.kernel.sched.WaitQueues;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.machine.Work;
import dev.nestor.mm.Frames;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Signal;

/**
 * Moving the buffers of pipes to and from files and other pipes: fs/splice.c. Results are bytes, or EAGAIN, EPIPE, ERESTARTSYS
 * and what the file answers, or BLOCKED while there is nothing to move.
 */
public final class Splices {
    private static final int PAGE = Frames.PAGE_SIZE;

    private final Vfs vfs;
    private final Pipes pipes;
    private final PipeTable table;
    private final PipeBuffers buffers;
    private final FileTable files;
    private final Frames frames;
    private final WaitQueues waitQueues;
    private final Work work;
    private final IovIter iter;
    private final byte[] page = new byte[PAGE];

    public Splices(Vfs vfs, Pipes pipes) {
        this.vfs = vfs;
        this.pipes = pipes;
        this.table = pipes.table();
        this.buffers = pipes.buffers();
        this.files = vfs.tables.files;
        this.frames = vfs.below.frames();
        this.waitQueues = vfs.below.waitQueues();
        this.work = vfs.below.work();
        this.iter = new IovIter(vfs.below.memory());
    }

    /** Whether what a file has can go to a pipe: f_op->splice_read(). */
    public boolean canGive(int file) {
        int kind = files.kind(file);
        return kind == FileKinds.REGULAR || kind == FileKinds.PROC || kind == FileKinds.SYSFS;
    }

    /** pipe_wait_readable(), ipipe_prep(): 0 when there is something to take or nothing will come, EAGAIN, ERESTARTSYS, BLOCKED. */
    private long waitReadable(int task, int pipe, boolean nonblock) {
        if (!pipes.isEmpty(pipe) || table.writers(pipe) == 0) {
            return 0;
        }
        return nonblock ? -Errno.EAGAIN : sleep(task, table.readWait(pipe));
    }

    /** wait_for_space(), opipe_prep(): the same for room. EPIPE. */
    private long waitWritable(int task, int pipe, boolean nonblock) {
        if (table.readers(pipe) == 0) {
            vfs.below.sender().sendSig(task, Signal.SIGPIPE, task, false);
            return -Errno.EPIPE;
        }
        if (!pipes.isFull(pipe)) {
            return 0;
        }
        return nonblock ? -Errno.EAGAIN : sleep(task, table.writeWait(pipe));
    }

    private long sleep(int task, int queue) {
        if (!waitQueues.waitInterruptible(queue, task, false)) {
            return -Errno.ERESTARTSYS;
        }
        work.add(Work.WAIT);
        return FileOps.BLOCKED;
    }

    private void wakeReaders(int pipe) {
        waitQueues.wakeUpPoll(table.readWait(pipe), TaskTable.TASK_INTERRUPTIBLE, FileOps.POLLIN | FileOps.POLLRDNORM);
        vfs.fasync.kill(table.fasyncReaders(), pipe, Signal.POLL_IN);
    }

    private void wakeWriters(int pipe) {
        waitQueues.wakeUpPoll(
                table.writeWait(pipe), TaskTable.TASK_INTERRUPTIBLE, FileOps.POLLOUT | FileOps.POLLWRNORM);
        vfs.fasync.kill(table.fasyncWriters(), pipe, Signal.POLL_OUT);
    }

    private int tail(int pipe) {
        return pipes.buffer(pipe, table.tail(pipe));
    }

    /** Takes bytes from the oldest buffer. */
    private void consume(int pipe, int bytes) {
        buffers.consume(tail(pipe), bytes);
        if (buffers.length(tail(pipe)) == 0) {
            pipes.releaseTail(pipe);
        }
    }

    /** A new buffer with what is in {@link #page}; false when there is no memory. */
    private boolean add(int pipe, int bytes) {
        int frame = frames.alloc();
        if (frame == NULL) {
            return false;
        }
        frames.write(frame, 0, page, 0, bytes);
        buffers.fill(pipes.buffer(pipe, table.head(pipe)), frame, bytes, 0);
        table.setHead(pipe, table.head(pipe) + 1);
        work.add(Work.BYTES_COPIED, bytes);
        return true;
    }

    private int peek(int buffer, long most) {
        int bytes = (int) Math.min(buffers.length(buffer), most);
        frames.read(buffers.frame(buffer), buffers.offset(buffer), page, 0, bytes);
        return bytes;
    }

    /** iter_file_splice_write(): to a position of a file. */
    public long toFile(int task, int in, int out, long pos, long count, boolean nonblock) {
        int pipe = files.handle(in);
        long ready = waitReadable(task, pipe, nonblock);
        if (ready != 0) {
            return ready;
        }
        boolean wasFull = pipes.isFull(pipe);
        long done = 0;
        long result = 0;
        while (done < count && !pipes.isEmpty(pipe) && result >= 0) {
            int bytes = peek(tail(pipe), count - done);
            result = vfs.readWrite.putAt(task, out, iter.kernel(page, 0, bytes), pos + done);
            if (result > 0) {
                consume(pipe, (int) result);
                done += result;
            }
            result = result < bytes ? Math.min(result, -1) : result;
        }
        if (wasFull && done > 0) {
            wakeWriters(pipe);
        }
        return done > 0 || result >= -1 ? done : result;
    }

    /** vmsplice_to_user(): to the memory of the task. */
    public long toUser(int task, int in, IovIter to, boolean nonblock) {
        int pipe = files.handle(in);
        long ready = waitReadable(task, pipe, nonblock);
        if (ready != 0) {
            return ready;
        }
        boolean wasFull = pipes.isFull(pipe);
        long done = 0;
        boolean isFault = false;
        while (to.remaining() > 0 && !pipes.isEmpty(pipe) && !isFault) {
            int bytes = peek(tail(pipe), to.remaining());
            int copied = to.copyTo(page, 0, bytes);
            if (copied > 0) {
                consume(pipe, copied);
            }
            done += copied;
            isFault = copied < bytes;
        }
        if (wasFull && done > 0) {
            wakeWriters(pipe);
        }
        return isFault && done == 0 ? -Errno.EFAULT : done;
    }

    /** splice_file_to_pipe(): from a position of a file, page by page. */
    public long fromFile(int task, int in, int out, long pos, long count, boolean nonblock) {
        int pipe = files.handle(out);
        long ready = waitWritable(task, pipe, nonblock);
        if (ready != 0) {
            return ready;
        }
        long done = 0;
        while (done < count && !pipes.isFull(pipe)) {
            int wanted = (int) Math.min(PAGE - (pos + done) % PAGE, count - done);
            long got = vfs.readWrite.get(task, in, iter.kernel(page, 0, wanted), pos + done);
            if (got <= 0) {
                if (got < 0 && done == 0) {
                    return got;
                }
                break;
            }
            if (!add(pipe, (int) got)) {
                return done > 0 ? done : -Errno.ENOMEM;
            }
            done += got;
        }
        if (done > 0) {
            wakeReaders(pipe);
        }
        return done;
    }

    /** vmsplice_to_pipe(): from the memory of the task, page by page. */
    public long fromUser(int task, int out, IovIter from, boolean nonblock) {
        int pipe = files.handle(out);
        long ready = waitWritable(task, pipe, nonblock);
        if (ready != 0) {
            return ready;
        }
        long done = 0;
        boolean isFault = false;
        while (from.remaining() > 0 && !pipes.isFull(pipe) && !isFault) {
            int wanted = (int) Math.min(PAGE, from.remaining());
            int copied = from.copyFrom(page, 0, wanted);
            if (copied > 0 && add(pipe, copied)) {
                done += copied;
            }
            isFault = copied < wanted;
        }
        if (done > 0) {
            wakeReaders(pipe);
        }
        return isFault && done == 0 ? -Errno.EFAULT : done;
    }

    /**
     * splice_pipe_to_pipe() and do_tee(): buffers of one pipe come to be in another.
     *
     * @param keeps whether they stay in the first, too
     */
    public long between(int task, int in, int out, long count, boolean nonblock, boolean keeps) {
        int from = files.handle(in);
        int to = files.handle(out);
        long ready = waitReadable(task, from, nonblock);
        if (ready == 0) {
            ready = waitWritable(task, to, nonblock);
        }
        if (ready != 0) {
            return ready;
        }
        boolean wasFull = pipes.isFull(from);
        long done = 0;
        int at = table.tail(from);
        while (done < count && at != table.head(from) && !pipes.isFull(to)) {
            int bytes = peek(pipes.buffer(from, at), count - done);
            if (!add(to, bytes)) {
                return done > 0 ? done : -Errno.ENOMEM;
            }
            done += bytes;
            if (keeps) {
                at++;
            } else {
                consume(from, bytes);
                at = table.tail(from);
            }
        }
        if (done > 0) {
            wakeReaders(to);
        }
        if (done > 0 && !keeps && wasFull) {
            wakeWriters(from);
        }
        return done;
    }
}
