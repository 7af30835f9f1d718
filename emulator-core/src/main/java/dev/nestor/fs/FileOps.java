package dev.nestor.fs;

import dev.nestor.uapi.Errno;

/**
 * file_operations: what can be done with an open file of one kind. Results are as those of the calls: a value, a negative
 * errno, or {@link #BLOCKED} when the task has been put on a wait queue and is to come again. The defaults are what the
 * VFS answers where the operation is missing.
 */
public interface FileOps {
    /** The call waits; the same value as the system call boundary's. */
    long BLOCKED = Long.MIN_VALUE;

    int POLLIN = 1;
    int POLLPRI = 2;
    int POLLOUT = 4;
    int POLLERR = 8;
    int POLLHUP = 0x10;
    int POLLNVAL = 0x20;
    int POLLRDNORM = 0x40;
    int POLLWRNORM = 0x100;

    /** What poll says of a file that has no poll of its own. */
    int DEFAULT_POLLMASK = POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM;

    /** open(): 0, a negative errno, or BLOCKED. It may take away FMODE_LSEEK and its kind. */
    default long open(int task, int file) {
        return 0;
    }

    /** release(): the last reference is gone. */
    default void release(int file) {}

    /** flush(): a descriptor of a task's table is closed. */
    default void flush(int file, int files) {}

    default boolean canRead() {
        return true;
    }

    default boolean canWrite() {
        return true;
    }

    /** Whether there is an llseek(); pread(2) may work without it. */
    default boolean canSeek() {
        return true;
    }

    /** read_iter() at a position; for a file without one (FMODE_STREAM) it is 0. */
    default long read(int task, int file, IovIter to, long pos) {
        return -Errno.EINVAL;
    }

    /** write_iter(). The position after it is pos + result, unless the kind says otherwise by {@link Files}. */
    default long write(int task, int file, IovIter from, long pos) {
        return -Errno.EINVAL;
    }

    default long llseek(int task, int file, long offset, int whence) {
        return -Errno.ESPIPE;
    }

    /** iterate_shared() of a directory. */
    default long iterate(int task, int file, DirEmitter out) {
        return -Errno.ENOTDIR;
    }

    /** file_can_poll(): whether there is a poll(). */
    default boolean canPoll(int file) {
        return true;
    }

    /** The POLL* that hold now. */
    default int poll(int task, int file) {
        return DEFAULT_POLLMASK;
    }

    /** The wait queue that a poller sleeps on: the first (0), the second (1) … until NULL. */
    default int pollQueue(int file, int index) {
        return 0;
    }

    default long ioctl(int task, int file, int cmd, long arg) {
        return -Errno.ENOTTY;
    }

    /**
     * fallocate() of a block device.
     *
     * @param mode FALLOC_FL_*
     */
    default long fallocate(int file, int mode, long offset, long length) {
        return -Errno.EOPNOTSUPP;
    }

    /** fsync(). */
    default long fsync(int file) {
        return -Errno.EINVAL;
    }

    /** fasync(): SIGIO is switched on or off; a negative errno where the kind has none. */
    default int fasync(int file, boolean on) {
        return -Errno.ENOTTY;
    }
}
