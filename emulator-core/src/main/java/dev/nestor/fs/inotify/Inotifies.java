package dev.nestor.fs.inotify;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileOps;
import dev.nestor.fs.FileTable;
import dev.nestor.fs.FsNotify;
import dev.nestor.fs.InodeFlags;
import dev.nestor.fs.IovIter;
import dev.nestor.fs.NameTable;
import dev.nestor.fs.NotifyGroupTable;
import dev.nestor.fs.NotifyMarkTable;
import dev.nestor.fs.NotifyWaits;
import dev.nestor.fs.Vfs;
import dev.nestor.fs.anon.AnonInodes;
import dev.nestor.fs.exportfs.FileHandles;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.ns.UcountType;
import dev.nestor.kernel.sched.WaitQueues;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.machine.Work;
import dev.nestor.table.Chain;
import dev.nestor.table.StateHash;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Inotify;
import dev.nestor.uapi.Signal;
import dev.nestor.uapi.Stat;
import java.util.Arrays;

/**
 * Watches on files and the events that come of them: fs/notify/inotify. As long as something is watched that changes outside
 * of the emulator, an instance without events is not known to have none.
 */
public final class Inotifies implements FileOps, FsNotify.Backend {
    private static final int EVENT_SIZE = 16; // bytes: struct inotify_event without a name
    private static final int NAME_MAX = 255;
    private static final int FIONREAD = 0x541B;
    private static final int SETNEXTWD = 0x40044900;
    private static final int EVENTS_SHOWN =
            Inotify.IN_ALL_EVENTS | Inotify.IN_ISDIR | Inotify.IN_UNMOUNT | Inotify.IN_IGNORED | Inotify.IN_Q_OVERFLOW;

    private final Vfs vfs;
    private final FileTable files;
    private final NameTable names;
    private final TaskTable tasks;
    private final CredTable creds;
    private final UserNamespaces userNamespaces;
    private final WaitQueues waitQueues;
    private final NotifyWaits waits;
    private final AnonInodes anonInodes;
    private final FsNotify notify;
    private final Work work;
    private final NotifyGroupTable groups;
    private final NotifyMarkTable marks;
    private final InotifyEventTable events;
    private final Chain fasync; // of a group: files that SIGIO is sent for
    private final FileHandles handles;
    private final int kind;
    private final int backend;
    private final byte[] bytes = new byte[EVENT_SIZE + NAME_MAX + EVENT_SIZE];
    private int maxQueuedEvents = 16_384; // fs.inotify.max_queued_events

    public Inotifies(Vfs vfs, AnonInodes anonInodes, FileHandles handles, int limit) {
        this.vfs = vfs;
        this.files = vfs.tables.files;
        this.names = vfs.tables.names;
        this.tasks = vfs.below.tasks();
        this.creds = vfs.below.credTable();
        this.userNamespaces = vfs.below.userNamespaces();
        this.waitQueues = vfs.below.waitQueues();
        this.waits = new NotifyWaits(vfs);
        this.work = vfs.below.work();
        this.anonInodes = anonInodes;
        this.notify = vfs.notify;
        this.groups = vfs.tables.notifyGroups;
        this.marks = vfs.tables.notifyMarks;
        this.events = new InotifyEventTable(limit, groups);
        this.fasync = new Chain(groups, files);
        this.handles = handles;
        this.kind = vfs.kinds.add(this);
        this.backend = notify.register(this);
    }

    /** fs.inotify.max_queued_events: of instances that are made from now on. */
    public int maxQueuedEvents() {
        return maxQueuedEvents;
    }

    public void setMaxQueuedEvents(int value) {
        maxQueuedEvents = value;
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
        int cred = tasks.cred(task);
        int ucounts = userNamespaces.incUcount(creds.userNs(cred), creds.euid(cred), UcountType.INOTIFY_INSTANCES);
        groups.setBackend(group, backend);
        groups.setMaxEvents(group, maxQueuedEvents);
        groups.setUcounts(group, ucounts);
        work.add(Work.OBJECT_ALLOC);
        int fd =
                ucounts == NULL ? -Errno.EMFILE : anonInodes.open(task, "inotify", kind, Fcntl.O_RDONLY | flags, group);
        if (fd < 0) {
            releaseGroup(group);
        }
        return fd;
    }

    @Override
    public int fasync(int file, boolean on) {
        vfs.fasync.helper(fasync, files.handle(file), file, on);
        return 0;
    }

    @Override
    public void release(int file) {
        fasync(file, false);
        work.add(Work.OBJECT_FREE);
        releaseGroup(files.handle(file));
    }

    /** fsnotify_destroy_group(). */
    private void releaseGroup(int group) {
        notify.destroyMarks(group);
        for (int event = events.queue().first(group);
                event != NULL;
                event = events.queue().first(group)) {
            drop(group, event);
        }
        waitQueues.free(groups.wait(group));
        if (groups.ucounts(group) != NULL) {
            userNamespaces.decUcount(groups.ucounts(group), UcountType.INOTIFY_INSTANCES);
        }
        groups.free(group);
    }

    private void drop(int group, int event) {
        if (events.mask(event) == Inotify.IN_Q_OVERFLOW) {
            groups.setOverflows(group, false);
        }
        groups.setQLen(group, groups.qLen(group) - 1);
        events.queue().remove(event);
        names.put(events.name(event));
        events.free(event);
    }

    private boolean isOutside(int inode) {
        return (vfs.tables.inodes.flags(inode) & InodeFlags.OUTSIDE) != 0;
    }

    public boolean isInotify(int file) {
        return files.kind(file) == kind;
    }

    /** inotify_update_watch(): the watch descriptor, or EEXIST, ENOSPC, ENOMEM. */
    public int watch(int file, int inode, int wanted) {
        int group = files.handle(file);
        int mask = wanted & Inotify.IN_ALL_EVENTS;
        int flags = ((wanted & Inotify.IN_EXCL_UNLINK) != 0 ? FsNotify.EXCL_UNLINK : 0)
                | ((wanted & Inotify.IN_ONESHOT) != 0 ? FsNotify.IN_ONESHOT : 0);
        int mark = notify.find(group, FsNotify.INODE, inode);
        if (mark != NULL) {
            if ((wanted & Inotify.IN_MASK_CREATE) != 0) {
                return -Errno.EEXIST;
            }
            boolean adds = (wanted & Inotify.IN_MASK_ADD) != 0;
            marks.setMask(mark, adds ? marks.mask(mark) | mask : mask | implied(inode));
            marks.setFlags(mark, adds ? marks.flags(mark) | flags : flags);
            return marks.wd(mark);
        }
        int counts = groups.ucounts(group);
        int counted = userNamespaces.incUcount(
                userNamespaces.ucounts().ns(counts), userNamespaces.ucounts().uid(counts), UcountType.INOTIFY_WATCHES);
        if (counted == NULL) {
            return -Errno.ENOSPC;
        }
        mark = notify.addMark(group, FsNotify.INODE, inode, mask | implied(inode));
        if (mark == NULL) {
            userNamespaces.decUcount(counted, UcountType.INOTIFY_WATCHES);
            return -Errno.ENOMEM;
        }
        groups.setLast(group, groups.last(group) == Integer.MAX_VALUE ? 1 : groups.last(group) + 1);
        marks.setUcounts(mark, counted);
        marks.setWd(mark, groups.last(group));
        marks.setFlags(mark, flags);
        if (isOutside(inode)) {
            groups.setNrUnknown(group, groups.nrUnknown(group) + 1);
        }
        return marks.wd(mark);
    }

    /** inotify_arg_to_mask(): what every watch hears of, and that a directory's hears of what is in it. */
    private int implied(int inode) {
        boolean isDir = (vfs.tables.inodes.mode(inode) & Stat.S_IFMT) == Stat.S_IFDIR;
        return FsNotify.FS_UNMOUNT | (isDir ? FsNotify.FS_EVENT_ON_CHILD : 0);
    }

    /** inotify_rm_watch(2): EINVAL for no such watch. The last event of a watch is IN_IGNORED. */
    public int unwatch(int file, int wd) {
        int group = files.handle(file);
        for (int mark = marks.ofGroup().first(group);
                mark != NULL;
                mark = marks.ofGroup().next(mark)) {
            if (marks.wd(mark) == wd) {
                notify.destroyMark(mark);
                return 0;
            }
        }
        return -Errno.EINVAL;
    }

    /** inotify_freeing_mark(). */
    @Override
    public void freeing(int mark) {
        int group = marks.ofGroup().owner(mark);
        queue(group, marks.wd(mark), Inotify.IN_IGNORED, NULL, 0);
        if (isOutside(marks.object(mark))) {
            groups.setNrUnknown(group, groups.nrUnknown(group) - 1);
        }
        userNamespaces.decUcount(marks.ucounts(mark), UcountType.INOTIFY_WATCHES);
    }

    /** fsnotify_handle_event(): the directory's watch first, then the file's own, which hears of no name. */
    @Override
    public void handle(int group, FsNotify.Event event) {
        int parentMark = notify.find(group, FsNotify.INODE, event.parent());
        int mark = notify.find(group, FsNotify.INODE, event.subject());
        if (parentMark != NULL) {
            handle(group, parentMark, event, event.name());
        }
        if (mark != NULL && marks.isLive(mark)) {
            handle(group, mark, event, event.inode() == NULL ? event.name() : NULL);
        }
    }

    /** inotify_handle_inode_event(). */
    private void handle(int group, int mark, FsNotify.Event event, int name) {
        int mask = event.mask();
        if ((mask & marks.mask(mark) & FsNotify.ALL_EVENTS) == 0) {
            return;
        }
        if ((marks.flags(mark) & FsNotify.EXCL_UNLINK) != 0 && event.file() != NULL && isUnlinked(event.dentry())) {
            return;
        }
        if ((mask & (FsNotify.FS_MOVE_SELF | FsNotify.FS_DELETE_SELF)) != 0) {
            mask &= ~FsNotify.FS_ISDIR;
        }
        queue(group, marks.wd(mark), mask & EVENTS_SHOWN, name, event.cookie());
        if ((marks.flags(mark) & FsNotify.IN_ONESHOT) != 0) {
            notify.destroyMark(mark);
        }
    }

    /** d_unlinked(). */
    private boolean isUnlinked(int dentry) {
        return !vfs.tables.dentries.hashed(dentry) && vfs.tables.dentries.parent(dentry) != NULL;
    }

    /** fsnotify_insert_event(): one like the last is one with it, and one too many says that others are lost. */
    private void queue(int group, int wd, int mask, int name, int cookie) {
        boolean isFull = groups.qLen(group) >= groups.maxEvents(group);
        if (isFull && groups.overflows(group)) {
            return;
        }
        int last = events.queue().last(group);
        boolean isLikeLast = last != NULL
                && events.wd(last) == wd
                && events.mask(last) == mask
                && events.name(last) == name
                && mask != Inotify.IN_IGNORED;
        if (isLikeLast && !isFull) {
            return;
        }
        int event = events.alloc();
        if (event == NULL) {
            return;
        }
        events.setWd(event, isFull ? -1 : wd);
        events.setMask(event, isFull ? Inotify.IN_Q_OVERFLOW : mask);
        if (!isFull) {
            events.setCookie(event, cookie);
            events.setName(event, name == NULL ? NULL : names.get(name));
        }
        groups.setOverflows(group, isFull || groups.overflows(group));
        groups.setQLen(group, groups.qLen(group) + 1);
        events.queue().addLast(group, event);
        waitQueues.wakeUp(groups.wait(group), TaskTable.TASK_INTERRUPTIBLE);
        vfs.fasync.kill(fasync, group, Signal.POLL_IN);
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

    /** round_event_name_len(): bytes. */
    private int nameLength(int event) {
        int name = events.name(event);
        return name == NULL ? 0 : (names.length(name) + EVENT_SIZE) / EVENT_SIZE * EVENT_SIZE;
    }

    /** inotify_read(): as many events as there is room for; EINVAL when there is none for the first. */
    @Override
    public long read(int task, int file, IovIter to, long pos) {
        int group = files.handle(file);
        long done = 0;
        for (int event = events.queue().first(group);
                event != NULL;
                event = events.queue().first(group)) {
            int length = EVENT_SIZE + nameLength(event);
            if (to.remaining() < length) {
                return done > 0 ? done : -Errno.EINVAL;
            }
            lay(event, length);
            drop(group, event);
            if (to.copyTo(bytes, 0, length) < length) {
                return -Errno.EFAULT;
            }
            done += length;
        }
        return done > 0 ? done : waits.await(task, file, group);
    }

    /** copy_event_to_user(). */
    private void lay(int event, int length) {
        put(0, events.wd(event));
        put(4, events.mask(event));
        put(8, events.cookie(event));
        put(12, length - EVENT_SIZE);
        int name = events.name(event);
        if (name != NULL) {
            int bytesOfName = names.copy(name, bytes, EVENT_SIZE);
            Arrays.fill(bytes, EVENT_SIZE + bytesOfName, length, (byte) 0);
        }
    }

    private void put(int at, int value) {
        for (int i = 0; i < Integer.BYTES; i++) {
            bytes[at + i] = (byte) (value >>> (8 * i));
        }
    }

    @Override
    public int poll(int task, int file) {
        int group = files.handle(file);
        return waits.poll(group, !events.queue().isEmpty(group));
    }

    @Override
    public int pollQueue(int file, int index) {
        return index == 0 ? groups.wait(files.handle(file)) : NULL;
    }

    /** inotify_ioctl(). */
    @Override
    public long ioctl(int task, int file, int cmd, long arg) {
        int group = files.handle(file);
        if (cmd == FIONREAD) {
            int total = 0;
            for (int event = events.queue().first(group);
                    event != NULL;
                    event = events.queue().next(event)) {
                total += EVENT_SIZE + nameLength(event);
            }
            return vfs.below.memory().putInt(tasks.mm(task), arg, total);
        }
        if (cmd == SETNEXTWD) {
            if (arg < 1 || arg > Integer.MAX_VALUE) {
                return -Errno.EINVAL;
            }
            groups.setLast(group, (int) arg - 1);
            return 0;
        }
        return -Errno.ENOTTY;
    }

    /** What the files of marks are called by. */
    public FileHandles handles() {
        return handles;
    }

    public void digest(StateHash hash) {
        events.digest(hash);
        hash.add(maxQueuedEvents);
    }
}
