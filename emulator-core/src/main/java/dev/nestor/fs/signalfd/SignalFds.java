package dev.nestor.fs.signalfd;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileOps;
import dev.nestor.fs.FileTable;
import dev.nestor.fs.IovIter;
import dev.nestor.fs.Vfs;
import dev.nestor.fs.anon.AnonInodes;
import dev.nestor.kernel.sched.WaitQueues;
import dev.nestor.kernel.signal.SigInfo;
import dev.nestor.kernel.signal.SigSets;
import dev.nestor.kernel.signal.SignalRoom;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.machine.Work;
import dev.nestor.table.HotPath;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;

/**
 * Reading signals: fs/signalfd.c. A file keeps nothing but the signals that are asked for, and those are of whoever reads or
 * polls it.
 */
public final class SignalFds implements FileOps {
    private final Vfs vfs;
    private final FileTable files;
    private final TaskTable tasks;
    private final WaitQueues waitQueues;
    private final SignalRoom signals;
    private final AnonInodes anonInodes;
    private final Work work;
    private final int kind;
    private final SigInfo info = new SigInfo();
    private final byte[] bytes = new byte[SigInfo.SIZE];

    public SignalFds(Vfs vfs, AnonInodes anonInodes, SignalRoom signals) {
        this.vfs = vfs;
        this.files = vfs.tables.files;
        this.tasks = vfs.below.tasks();
        this.waitQueues = vfs.below.waitQueues();
        this.work = vfs.below.work();
        this.signals = signals;
        this.anonInodes = anonInodes;
        this.kind = vfs.kinds.add(this);
    }

    /**
     * do_signalfd4(): a descriptor, or EINVAL, EBADF, EMFILE, ENFILE.
     *
     * @param fd whose signals are to be others, or -1 for a new one
     * @param wanted the signals that are asked for
     * @param flags O_NONBLOCK, O_CLOEXEC
     */
    public int create(int task, int fd, long wanted, int flags) {
        if ((flags & ~(Fcntl.O_CLOEXEC | Fcntl.O_NONBLOCK)) != 0) {
            return -Errno.EINVAL;
        }
        long set = wanted & ~SigSets.KERNEL_ONLY;
        if (fd == -1) {
            int made = anonInodes.open(task, "[signalfd]", kind, Fcntl.O_RDWR | flags, NULL);
            if (made >= 0) {
                work.add(Work.OBJECT_ALLOC);
                files.setDatum(vfs.files.fileOf(task, made), set);
            }
            return made;
        }
        int file = vfs.files.usableFileOf(task, fd);
        if (file == NULL) {
            return -Errno.EBADF;
        }
        if (files.kind(file) != kind) {
            return -Errno.EINVAL;
        }
        files.setDatum(file, set);
        signals.sighands().signalfdNotify(task);
        return fd;
    }

    /** signalfd_release(). */
    @Override
    public void release(int file) {
        work.add(Work.OBJECT_FREE);
    }

    @Override
    public boolean canWrite() {
        return false;
    }

    /** noop_llseek(). */
    @Override
    public long llseek(int task, int file, long offset, int whence) {
        return files.pos(file);
    }

    /** signalfd_read_iter(): as many of the reader's signals as there are and as there is room for; it waits for the first. */
    @Override
    @HotPath
    public long read(int task, int file, IovIter to, long pos) {
        long count = to.remaining() / SigInfo.SIZE;
        if (count == 0) {
            return -Errno.EINVAL;
        }
        long mask = ~files.datum(file);
        long total = 0;
        while (count-- > 0) {
            if (signals.delivery().dequeueSignal(task, mask, info) == 0) {
                return total > 0 ? total : vfs.files.isNonblocking(file) ? -Errno.EAGAIN : sleep(task);
            }
            info.toSignalfd(bytes);
            if (to.copyTo(bytes, 0, SigInfo.SIZE) != SigInfo.SIZE) {
                return total > 0 ? total : -Errno.EFAULT;
            }
            total += SigInfo.SIZE;
        }
        return total;
    }

    private long sleep(int task) {
        if (!waitQueues.waitInterruptible(signals.sighands().signalfdQueue(task), task, false)) {
            return -Errno.ERESTARTSYS;
        }
        work.add(Work.WAIT);
        return BLOCKED;
    }

    /** signalfd_poll(). */
    @Override
    public int poll(int task, int file) {
        return (signals.pending().all(task) & files.datum(file)) != 0 ? POLLIN : 0;
    }

    /** The queue of who polls: it is his signals that are waited for. */
    @Override
    public int pollQueue(int file, int index) {
        return index == 0 ? signals.sighands().signalfdQueue(tasks.current()) : NULL;
    }

    /** The signals that are asked for. */
    public long sigmask(int file) {
        return files.datum(file);
    }
}
