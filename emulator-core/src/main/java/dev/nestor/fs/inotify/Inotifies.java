package dev.nestor.fs.inotify;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileOps;
import dev.nestor.fs.FileTable;
import dev.nestor.fs.IovIter;
import dev.nestor.fs.Outside;
import dev.nestor.fs.Vfs;
import dev.nestor.fs.anon.AnonInodes;
import dev.nestor.kernel.sched.WaitQueues;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.machine.Work;
import dev.nestor.table.StateHash;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;

/**
 * Watches on files and the events that come of them: fs/notify/inotify. Only files that say themselves that they have changed
 * ({@link #modified}) make events here; as long as any other is watched, an instance without events is not known to have none.
 */
public final class Inotifies implements FileOps {
    public static final int IN_MODIFY = 2;
    public static final int IN_IGNORED = 0x8000;
    public static final int IN_ALL_EVENTS = 0xfff;
    public static final int IN_MASK_CREATE = 1 << 28;
    public static final int IN_MASK_ADD = 1 << 29;

    private static final int EVENT_SIZE = 16; // bytes: struct inotify_event without a name

    private final Vfs vfs;
    private final FileTable files;
    private final WaitQueues waitQueues;
    private final AnonInodes anonInodes;
    private final Work work;
    private final InotifyTable groups;
    private final InotifyMarkTable marks;
    private final InotifyEventTable events;
    private final int kind;
    private final byte[] bytes = new byte[EVENT_SIZE];

    public Inotifies(Vfs vfs, AnonInodes anonInodes, int limit) {
        this.vfs = vfs;
        this.files = vfs.tables.files;
        this.waitQueues = vfs.below.waitQueues();
        this.work = vfs.below.work();
        this.anonInodes = anonInodes;
        this.groups = new InotifyTable(limit);
        this.marks = new InotifyMarkTable(limit, groups, vfs.tables.inodes);
        this.events = new InotifyEventTable(limit, groups);
        this.kind = vfs.kinds.add(this);
    }

    /** do_inotify_init(): a descriptor, or EINVAL, ENOMEM, EMFILE, ENFILE. */
    public int create(int task, int flags) {
        if ((flags & ~(Fcntl.O_CLOEXEC | Fcntl.O_NONBLOCK)) != 0) {
            return -Errno.EINVAL;
        }
        int group = groups.alloc();
        if (group == NULL) {
            return -Errno.ENOMEM;
        }
        groups.setWait(group, waitQueues.alloc());
        if (groups.wait(group) == NULL) {
            groups.free(group);
            return -Errno.ENOMEM;
        }
        work.add(Work.OBJECT_ALLOC);
        int fd = anonInodes.open(task, "inotify", kind, Fcntl.O_RDONLY | flags, group);
        if (fd < 0) {
            releaseGroup(group);
        }
        return fd;
    }

    @Override
    public void release(int file) {
        work.add(Work.OBJECT_FREE);
        releaseGroup(files.handle(file));
    }

    private void releaseGroup(int group) {
        for (int mark = marks.ofGroup().first(group);
                mark != NULL;
                mark = marks.ofGroup().first(group)) {
            remove(group, mark);
        }
        for (int event = events.queue().first(group);
                event != NULL;
                event = events.queue().first(group)) {
            drop(event);
        }
        waitQueues.free(groups.wait(group));
        groups.free(group);
    }

    private void drop(int event) {
        events.queue().remove(event);
        events.free(event);
    }

    private void remove(int group, int mark) {
        int inode = marks.inode(mark);
        if (!isTold(inode)) {
            groups.setNrUnknown(group, groups.nrUnknown(group) - 1);
        }
        marks.ofGroup().remove(mark);
        marks.ofInode().remove(mark);
        marks.free(mark);
        vfs.inodes.put(inode);
    }

    private boolean isTold(int inode) {
        return vfs.superBlocks.type(vfs.tables.inodes.sb(inode)).tellsOfChanges(inode);
    }

    public boolean isInotify(int file) {
        return files.kind(file) == kind;
    }

    /** inotify_update_watch(): the watch descriptor, or EEXIST, ENOSPC. */
    public int watch(int file, int inode, int wanted) {
        int group = files.handle(file);
        int mask = wanted & (IN_ALL_EVENTS | 1 << 31 | 1 << 26);
        for (int mark = marks.ofInode().first(inode);
                mark != NULL;
                mark = marks.ofInode().next(mark)) {
            if (marks.ofGroup().owner(mark) == group) {
                if ((wanted & IN_MASK_CREATE) != 0) {
                    return -Errno.EEXIST;
                }
                marks.setMask(mark, (wanted & IN_MASK_ADD) != 0 ? marks.mask(mark) | mask : mask);
                return marks.wd(mark);
            }
        }
        int mark = marks.alloc();
        if (mark == NULL) {
            return -Errno.ENOSPC;
        }
        work.add(Work.OBJECT_ALLOC);
        groups.setLastWd(group, groups.lastWd(group) + 1);
        marks.setInode(mark, vfs.inodes.get(inode));
        marks.setWd(mark, groups.lastWd(group));
        marks.setMask(mark, mask);
        marks.ofGroup().addLast(group, mark);
        marks.ofInode().addLast(inode, mark);
        if (!isTold(inode)) {
            groups.setNrUnknown(group, groups.nrUnknown(group) + 1);
        }
        return marks.wd(mark);
    }

    /** inotify_rm_watch(2): EINVAL for no such watch. The last event of a watch is IN_IGNORED. */
    public int unwatch(int file, int wd) {
        int group = files.handle(file);
        for (int mark = marks.ofGroup().first(group);
                mark != NULL;
                mark = marks.ofGroup().next(mark)) {
            if (marks.wd(mark) == wd) {
                remove(group, mark);
                queue(group, wd, IN_IGNORED);
                return 0;
            }
        }
        return -Errno.EINVAL;
    }

    /** fsnotify() of FS_MODIFY: a file says that it has changed. */
    public void modified(int inode) {
        for (int mark = marks.ofInode().first(inode);
                mark != NULL;
                mark = marks.ofInode().next(mark)) {
            if ((marks.mask(mark) & IN_MODIFY) != 0) {
                queue(marks.ofGroup().owner(mark), marks.wd(mark), IN_MODIFY);
            }
        }
    }

    /** inotify_handle_inode_event(): an event like the last one is one with it. */
    private void queue(int group, int wd, int mask) {
        int last = events.queue().last(group);
        if (last != NULL && events.wd(last) == wd && events.mask(last) == mask) {
            return;
        }
        int event = events.alloc();
        if (event == NULL) {
            return;
        }
        events.setWd(event, wd);
        events.setMask(event, mask);
        events.queue().addLast(group, event);
        waitQueues.wakeUp(groups.wait(group), TaskTable.TASK_INTERRUPTIBLE);
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

    /** inotify_read(): as many events as there is room for; EINVAL when there is none for the first. */
    @Override
    public long read(int task, int file, IovIter to, long pos) {
        int group = files.handle(file);
        long done = 0;
        for (int event = events.queue().first(group);
                event != NULL;
                event = events.queue().first(group)) {
            if (to.remaining() < EVENT_SIZE) {
                return done > 0 ? done : -Errno.EINVAL;
            }
            for (int i = 0; i < Integer.BYTES; i++) {
                bytes[i] = (byte) (events.wd(event) >>> (8 * i));
                bytes[Integer.BYTES + i] = (byte) (events.mask(event) >>> (8 * i));
            }
            drop(event);
            if (to.copyTo(bytes, 0, EVENT_SIZE) < EVENT_SIZE) {
                return -Errno.EFAULT;
            }
            done += EVENT_SIZE;
        }
        return done > 0 ? done : waitForEvent(task, file, group);
    }

    private long waitForEvent(int task, int file, int group) {
        if (groups.nrUnknown(group) > 0) {
            return -Outside.EOUTSIDE;
        }
        if (vfs.files.isNonblocking(file)) {
            return -Errno.EAGAIN;
        }
        if (!waitQueues.waitInterruptible(groups.wait(group), task, false)) {
            return -Errno.ERESTARTSYS;
        }
        work.add(Work.WAIT);
        return BLOCKED;
    }

    @Override
    public int poll(int task, int file) {
        int group = files.handle(file);
        if (!events.queue().isEmpty(group)) {
            return POLLIN | POLLRDNORM;
        }
        return groups.nrUnknown(group) > 0 ? -Outside.EOUTSIDE : 0;
    }

    @Override
    public int pollQueue(int file, int index) {
        return index == 0 ? groups.wait(files.handle(file)) : NULL;
    }

    public void digest(StateHash hash) {
        groups.digest(hash);
        marks.digest(hash);
        events.digest(hash);
    }
}
