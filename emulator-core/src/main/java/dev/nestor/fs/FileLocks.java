package dev.nestor.fs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.sched.WaitQueues;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.Chain;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;

/**
 * Locks of files: fs/locks.c. Record locks belong to a descriptor table (POSIX) or to an open file (OFD), and are in each
 * other's way; flock(2) locks belong to an open file and know only their like.
 *
 * <p>All who wait for a lock are on one queue and look again whenever one goes; restart word 0 keeps what a waiter waits
 * for, so that circles can be seen.
 */
public final class FileLocks {
    static final int POSIX = 1;
    static final int OFD = 2;
    static final int FLOCK = 4;
    static final int WAITING = 8;

    private static final int F_RDLCK = 0;
    private static final int F_WRLCK = 1;
    private static final int F_UNLCK = 2;
    private static final int LOCK_EX = 2;
    private static final int LOCK_UN = 8;
    private static final int MAX_DEADLK_ITERATIONS = 10;

    private final FileTable files;
    private final InodeTable inodes;
    private final FileLockTable locks;
    private final TaskTable tasks;
    private final Pids pids;
    private final WaitQueues waitQueues;
    private final Vfs vfs;
    private int queue; // wait queue; NULL until somebody waits
    private long start; // the range asked for
    private long end;
    private int type;

    FileLocks(Vfs vfs) {
        this.vfs = vfs;
        this.files = vfs.tables.files;
        this.inodes = vfs.tables.inodes;
        this.locks = vfs.tables.locks;
        this.tasks = vfs.below.tasks();
        this.pids = vfs.below.pids();
        this.waitQueues = vfs.below.waitQueues();
    }

    /** locks_remove_file(): an open file's last reference is gone. */
    void removeFile(int file) {
        removeOwned(files.inode(file), file, OFD | FLOCK);
    }

    /** locks_remove_posix(): a descriptor of the table was closed, and with it go the table's locks on the inode. */
    void removePosix(int file, int filesStruct) {
        removeOwned(files.inode(file), filesStruct, POSIX);
    }

    private void removeOwned(int inode, int owner, int kinds) {
        if (inode == NULL) {
            return;
        }
        Chain held = locks.ofInode();
        boolean any = false;
        int lock = held.first(inode);
        while (lock != NULL) {
            int next = held.next(lock);
            if (locks.owner(lock) == owner && (locks.kind(lock) & kinds) != 0) {
                remove(lock);
                any = true;
            }
            lock = next;
        }
        if (any) {
            wakeAll();
        }
    }

    private void remove(int lock) {
        locks.ofInode().remove(lock);
        locks.free(lock);
    }

    private void wakeAll() {
        if (queue != NULL) {
            waitQueues.wakeUpAll(queue, TaskTable.TASK_INTERRUPTIBLE);
        }
    }

    /** flock_to_posix_lock(): struct flock to start, end and type. 0, EINVAL or EOVERFLOW. */
    private int parse(int file, byte[] flock, boolean ofd) {
        if (ofd && getInt(flock, 24) != 0) {
            return -Errno.EINVAL;
        }
        int whence = flock[2] | flock[3] << 8;
        int inode = files.inode(file);
        if (whence == Fcntl.SEEK_END && (inodes.flags(inode) & InodeFlags.SIZE_UNKNOWN) != 0) {
            return -Outside.EOUTSIDE;
        }
        long base =
                switch (whence) {
                    case Fcntl.SEEK_SET -> 0;
                    case Fcntl.SEEK_CUR -> files.pos(file);
                    case Fcntl.SEEK_END -> inodes.size(inode);
                    default -> -1;
                };
        if (base < 0) {
            return -Errno.EINVAL;
        }
        long offset = getLong(flock, 8);
        long length = getLong(flock, 16);
        if (offset > Long.MAX_VALUE - base) {
            return -Errno.EOVERFLOW;
        }
        start = base + offset;
        if (start < 0) {
            return -Errno.EINVAL;
        }
        if (length > 0) {
            if (length - 1 > Long.MAX_VALUE - start) {
                return -Errno.EOVERFLOW;
            }
            end = start + length - 1;
        } else if (length < 0) {
            end = start - 1;
            start += length;
            if (start < 0) {
                return -Errno.EINVAL;
            }
        } else {
            end = Long.MAX_VALUE;
        }
        type = flock[0] | flock[1] << 8;
        return type < F_RDLCK || type > F_UNLCK ? -Errno.EINVAL : 0;
    }

    /** fcntl_getlk(): says in struct flock what stands in the way. */
    public int getlk(int task, int file, byte[] flock, boolean ofd) {
        int error = parse(file, flock, ofd);
        if (error != 0) {
            return error;
        }
        if (type == F_UNLCK) {
            return -Errno.EINVAL;
        }
        int owner = ofd ? file : tasks.files(task);
        int lock = conflict(files.inode(file), owner);
        if (lock == NULL) {
            putShort(flock, 0, F_UNLCK);
            return 0;
        }
        putShort(flock, 0, locks.exclusive(lock) ? F_WRLCK : F_RDLCK);
        putShort(flock, 2, Fcntl.SEEK_SET);
        putLong(flock, 8, locks.start(lock));
        putLong(flock, 16, locks.end(lock) == Long.MAX_VALUE ? 0 : locks.end(lock) - locks.start(lock) + 1);
        putInt(flock, 24, locks.kind(lock) == OFD ? -1 : numberFor(task, locks.nr(lock)));
        return 0;
    }

    /** locks_translate_pid(). */
    private int numberFor(int task, int rootNr) {
        int ns = pids.activeNs(task);
        int root = vfs.rootPidNs(ns);
        if (ns == root) {
            return rootNr;
        }
        return pids.pidNrNs(pids.findVpid(root, rootNr), ns);
    }

    /** fcntl_setlk(): 0, a negative errno, or BLOCKED. */
    public long setlk(int task, int file, byte[] flock, boolean ofd, boolean waits) {
        int error = parse(file, flock, ofd);
        if (error != 0) {
            return error;
        }
        boolean mayHave = type == F_UNLCK
                || vfs.files.hasMode(file, type == F_RDLCK ? FileModes.FMODE_READ : FileModes.FMODE_WRITE);
        if (!mayHave) {
            return -Errno.EBADF;
        }
        forgetWait(task);
        int inode = files.inode(file);
        int owner = ofd ? file : tasks.files(task);
        int obstacle = type == F_UNLCK ? NULL : conflict(inode, owner);
        if (obstacle != NULL) {
            if (!waits) {
                return -Errno.EAGAIN;
            }
            return !ofd && wouldDeadlock(owner, locks.owner(obstacle))
                    ? -Errno.EDEADLK
                    : sleep(task, owner, locks.owner(obstacle));
        }
        return replace(task, inode, owner, ofd ? OFD : POSIX);
    }

    /** The first record lock of somebody else that is in the way of the range. */
    private int conflict(int inode, int owner) {
        Chain held = locks.ofInode();
        for (int lock = held.first(inode); lock != NULL; lock = held.next(lock)) {
            boolean isRecord = (locks.kind(lock) & (POSIX | OFD)) != 0;
            if (isRecord
                    && locks.owner(lock) != owner
                    && overlaps(lock)
                    && (type == F_WRLCK || locks.exclusive(lock))) {
                return lock;
            }
        }
        return NULL;
    }

    private boolean overlaps(int lock) {
        return locks.start(lock) <= end && locks.end(lock) >= start;
    }

    /** posix_lock_inode() without obstacles: the range gets the new type; what the owner had there is cut or joined. */
    private int replace(int task, int inode, int owner, int kind) {
        Chain held = locks.ofInode();
        boolean exclusive = type == F_WRLCK;
        boolean any = false;
        int lock = held.first(inode);
        while (lock != NULL) {
            int next = held.next(lock);
            if (locks.kind(lock) == kind && locks.owner(lock) == owner) {
                boolean same = type != F_UNLCK && locks.exclusive(lock) == exclusive;
                any |= same ? join(lock) : cut(lock, inode);
            }
            lock = next;
        }
        if (any) {
            wakeAll();
        }
        if (type == F_UNLCK) {
            return 0;
        }
        return add(task, inode, owner, kind, exclusive) == NULL ? -Errno.ENOLCK : 0;
    }

    /** A lock of the same type that touches the range becomes part of it. */
    private boolean join(int lock) {
        boolean touches = (end == Long.MAX_VALUE || locks.start(lock) <= end + 1)
                && (locks.end(lock) == Long.MAX_VALUE || locks.end(lock) + 1 >= start);
        if (touches) {
            start = Math.min(start, locks.start(lock));
            end = Math.max(end, locks.end(lock));
            remove(lock);
        }
        return false;
    }

    /** A lock of another type keeps what lies outside of the range. */
    private boolean cut(int lock, int inode) {
        if (!overlaps(lock)) {
            return false;
        }
        boolean left = locks.start(lock) < start;
        boolean right = locks.end(lock) > end;
        if (left && right) {
            int rest = locks.alloc();
            if (rest != NULL) {
                copy(lock, rest);
                locks.setStart(rest, end + 1);
                locks.ofInode().addLast(inode, rest);
            }
            locks.setEnd(lock, start - 1);
        } else if (left) {
            locks.setEnd(lock, start - 1);
        } else if (right) {
            locks.setStart(lock, end + 1);
        } else {
            remove(lock);
        }
        return true;
    }

    private void copy(int from, int to) {
        locks.setKind(to, locks.kind(from));
        locks.setOwner(to, locks.owner(from));
        locks.setExclusive(to, locks.exclusive(from));
        locks.setNr(to, locks.nr(from));
        locks.setStart(to, locks.start(from));
        locks.setEnd(to, locks.end(from));
    }

    private int add(int task, int inode, int owner, int kind, boolean exclusive) {
        int lock = locks.alloc();
        if (lock != NULL) {
            locks.setKind(lock, kind);
            locks.setOwner(lock, owner);
            locks.setExclusive(lock, exclusive);
            locks.setNr(lock, pids.numberAt(pids.tgid(task), 0));
            locks.setStart(lock, start);
            locks.setEnd(lock, end);
            locks.ofInode().addLast(inode, lock);
        }
        return lock;
    }

    /** posix_locks_deadlock(): whether the blocker waits, by way of others, for the owner. */
    private boolean wouldDeadlock(int owner, int blocker) {
        int at = blocker;
        for (int i = 0; i < MAX_DEADLK_ITERATIONS; i++) {
            at = blockerOf(at);
            if (at == NULL) {
                return false;
            }
            if (at == owner) {
                return true;
            }
        }
        return false;
    }

    private int blockerOf(int owner) {
        for (int row = 1; row < locks.rows(); row++) {
            int lock = locks.handleInRow(row);
            if (lock != NULL && locks.kind(lock) == WAITING && locks.owner(lock) == owner) {
                return locks.blocker(lock);
            }
        }
        return NULL;
    }

    private long sleep(int task, int owner, int blocker) {
        if (queue == NULL) {
            queue = waitQueues.alloc();
        }
        if (!waitQueues.waitInterruptible(queue, task, true)) {
            return -Errno.ERESTARTSYS;
        }
        int wait = locks.alloc();
        if (wait != NULL) {
            locks.setKind(wait, WAITING);
            locks.setOwner(wait, owner);
            locks.setBlocker(wait, blocker);
        }
        tasks.setRestart(task, 0, wait);
        return FileOps.BLOCKED;
    }

    private void forgetWait(int task) {
        int wait = (int) tasks.restart(task, 0);
        if (wait != NULL) {
            locks.free(wait);
            tasks.setRestart(task, 0, 0);
        }
    }

    /** flock(2) of the whole file: 0, EAGAIN, ENOLCK, ERESTARTSYS or BLOCKED. */
    public long flock(int task, int file, int operation, boolean waits) {
        forgetWait(task);
        int inode = files.inode(file);
        boolean exclusive = operation == LOCK_EX;
        int own = flockOf(inode, file);
        if (own != NULL) {
            if (operation != LOCK_UN && locks.exclusive(own) == exclusive) {
                return 0;
            }
            remove(own);
            wakeAll();
        }
        if (operation == LOCK_UN) {
            return 0;
        }
        Chain held = locks.ofInode();
        for (int lock = held.first(inode); lock != NULL; lock = held.next(lock)) {
            if (locks.kind(lock) == FLOCK && (exclusive || locks.exclusive(lock))) {
                return waits ? sleep(task, file, locks.owner(lock)) : -Errno.EAGAIN;
            }
        }
        start = 0;
        end = Long.MAX_VALUE;
        return add(task, inode, file, FLOCK, exclusive) == NULL ? -Errno.ENOLCK : 0;
    }

    private int flockOf(int inode, int file) {
        Chain held = locks.ofInode();
        for (int lock = held.first(inode); lock != NULL; lock = held.next(lock)) {
            if (locks.kind(lock) == FLOCK && locks.owner(lock) == file) {
                return lock;
            }
        }
        return NULL;
    }

    private static long getLong(byte[] from, int at) {
        return (getInt(from, at) & 0xffffffffL) | (long) getInt(from, at + 4) << 32;
    }

    private static int getInt(byte[] from, int at) {
        return (from[at] & 0xff) | (from[at + 1] & 0xff) << 8 | (from[at + 2] & 0xff) << 16 | from[at + 3] << 24;
    }

    private static void putLong(byte[] into, int at, long value) {
        putInt(into, at, (int) value);
        putInt(into, at + 4, (int) (value >>> 32));
    }

    private static void putInt(byte[] into, int at, int value) {
        putShort(into, at, value);
        putShort(into, at + 2, value >>> 16);
    }

    private static void putShort(byte[] into, int at, int value) {
        into[at] = (byte) value;
        into[at + 1] = (byte) (value >>> 8);
    }
}
