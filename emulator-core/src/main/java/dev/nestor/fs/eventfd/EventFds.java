package dev.nestor.fs.eventfd;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileOps;
import dev.nestor.fs.FileTable;
import dev.nestor.fs.IovIter;
import dev.nestor.fs.Vfs;
import dev.nestor.fs.anon.AnonInodes;
import dev.nestor.kernel.sched.WaitQueues;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.machine.Work;
import dev.nestor.table.HotPath;
import dev.nestor.table.StateHash;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;

/** Counters that are written and read: fs/eventfd.c. */
public final class EventFds implements FileOps {
    public static final int EFD_SEMAPHORE = 1;

    private static final long MOST = -1; // ULLONG_MAX, which a count never reaches by writing

    private final Vfs vfs;
    private final FileTable files;
    private final EventFdTable table;
    private final WaitQueues waitQueues;
    private final AnonInodes anonInodes;
    private final Work work;
    private final int kind;
    private final byte[] number = new byte[Long.BYTES];

    public EventFds(Vfs vfs, AnonInodes anonInodes, int limit) {
        this.vfs = vfs;
        this.files = vfs.tables.files;
        this.waitQueues = vfs.below.waitQueues();
        this.work = vfs.below.work();
        this.anonInodes = anonInodes;
        this.table = new EventFdTable(limit);
        this.kind = vfs.kinds.add(this);
    }

    /**
     * do_eventfd(): a descriptor, or EINVAL, ENOMEM, EMFILE, ENFILE.
     *
     * @param flags EFD_SEMAPHORE, O_NONBLOCK, O_CLOEXEC
     */
    public int create(int task, int count, int flags) {
        if ((flags & ~(EFD_SEMAPHORE | Fcntl.O_CLOEXEC | Fcntl.O_NONBLOCK)) != 0) {
            return -Errno.EINVAL;
        }
        int ctx = table.alloc();
        if (ctx == NULL) {
            return -Errno.ENOMEM;
        }
        table.setCount(ctx, count & 0xffffffffL);
        table.setFlags(ctx, flags & EFD_SEMAPHORE);
        table.setId(ctx, firstFreeId(ctx));
        table.setWqh(ctx, waitQueues.alloc());
        if (table.wqh(ctx) == NULL) {
            table.free(ctx);
            return -Errno.ENOMEM;
        }
        work.add(Work.OBJECT_ALLOC);
        int fd = anonInodes.open(task, "[eventfd]", kind, Fcntl.O_RDWR | (flags & ~EFD_SEMAPHORE), ctx);
        if (fd < 0) {
            free(ctx);
        }
        return fd;
    }

    /** ida_alloc(): rows are the lowest that are free, and so are these numbers. */
    private int firstFreeId(int ctx) {
        return table.rowOf(ctx) - 1;
    }

    private void free(int ctx) {
        waitQueues.free(table.wqh(ctx));
        table.free(ctx);
    }

    /** eventfd_release(). */
    @Override
    public void release(int file) {
        work.add(Work.OBJECT_FREE);
        free(files.handle(file));
    }

    /** noop_llseek(). */
    @Override
    public long llseek(int task, int file, long offset, int whence) {
        return files.pos(file);
    }

    /** eventfd_read(): all of the count, or one of it. */
    @Override
    @HotPath
    public long read(int task, int file, IovIter to, long pos) {
        if (to.remaining() < Long.BYTES) {
            return -Errno.EINVAL;
        }
        int ctx = files.handle(file);
        long count = table.count(ctx);
        if (count == 0) {
            return vfs.files.isNonblocking(file) ? -Errno.EAGAIN : sleep(task, ctx);
        }
        long taken = (table.flags(ctx) & EFD_SEMAPHORE) != 0 ? 1 : count;
        table.setCount(ctx, count - taken);
        waitQueues.wakeUpPoll(table.wqh(ctx), TaskTable.TASK_INTERRUPTIBLE, POLLOUT);
        for (int i = 0; i < Long.BYTES; i++) {
            number[i] = (byte) (taken >>> (8 * i));
        }
        return to.copyTo(number, 0, Long.BYTES) != Long.BYTES ? -Errno.EFAULT : Long.BYTES;
    }

    /** eventfd_write(): adds, unless the count would become 2^64 - 1 or more. */
    @Override
    @HotPath
    public long write(int task, int file, IovIter from, long pos) {
        if (from.remaining() != Long.BYTES) {
            return -Errno.EINVAL;
        }
        if (from.copyFrom(number, 0, Long.BYTES) != Long.BYTES) {
            return -Errno.EFAULT;
        }
        long more = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            more |= (number[i] & 0xffL) << (8 * i);
        }
        if (more == MOST) {
            return -Errno.EINVAL;
        }
        int ctx = files.handle(file);
        if (Long.compareUnsigned(MOST - table.count(ctx), more) <= 0) {
            return vfs.files.isNonblocking(file) ? -Errno.EAGAIN : sleep(task, ctx);
        }
        table.setCount(ctx, table.count(ctx) + more);
        waitQueues.wakeUpPoll(table.wqh(ctx), TaskTable.TASK_INTERRUPTIBLE, POLLIN);
        return Long.BYTES;
    }

    private long sleep(int task, int ctx) {
        if (!waitQueues.waitInterruptible(table.wqh(ctx), task, false)) {
            return -Errno.ERESTARTSYS;
        }
        work.add(Work.WAIT);
        return BLOCKED;
    }

    /** eventfd_poll(). */
    @Override
    public int poll(int task, int file) {
        long count = table.count(files.handle(file));
        int mask = count != 0 ? POLLIN : 0;
        mask |= count == MOST ? POLLERR : 0;
        return Long.compareUnsigned(MOST - 1, count) > 0 ? mask | POLLOUT : mask;
    }

    @Override
    public int pollQueue(int file, int index) {
        return index == 0 ? table.wqh(files.handle(file)) : NULL;
    }

    public long count(int file) {
        return table.count(files.handle(file));
    }

    public int id(int file) {
        return table.id(files.handle(file));
    }

    public boolean isSemaphore(int file) {
        return (table.flags(files.handle(file)) & EFD_SEMAPHORE) != 0;
    }

    public void digest(StateHash hash) {
        table.digest(hash);
    }
}
