package dev.nestor.fs.fanotify;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileOps;
import dev.nestor.fs.FileTable;
import dev.nestor.fs.FsNotify;
import dev.nestor.fs.InodeFlags;
import dev.nestor.fs.IovIter;
import dev.nestor.fs.NotifyGroupTable;
import dev.nestor.fs.NotifyMarkTable;
import dev.nestor.fs.NotifyWaits;
import dev.nestor.fs.Vfs;
import dev.nestor.fs.anon.AnonInodes;
import dev.nestor.fs.exportfs.FileHandles;
import dev.nestor.fs.pidfs.PidFds;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.ns.UcountType;
import dev.nestor.kernel.sched.WaitQueues;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.machine.Work;
import dev.nestor.table.StateHash;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fanotify;
import dev.nestor.uapi.Fcntl;

/**
 * Groups of marks on files, file systems, mounts and mount namespaces: fs/notify/fanotify/fanotify_user.c. As long as
 * something is marked that changes outside of the emulator, a group without events is not known to have none.
 */
public final class Fanotifies implements FileOps {
    /** FANOTIFY_UNPRIV: whoever made the group lacked CAP_SYS_ADMIN. */
    public static final int FANOTIFY_UNPRIV = 0x8000_0000;

    /** FANOTIFY_FID_BITS. */
    public static final int FID_BITS = Fanotify.FAN_REPORT_FID
            | Fanotify.FAN_REPORT_DIR_FID
            | Fanotify.FAN_REPORT_NAME
            | Fanotify.FAN_REPORT_TARGET_FID;

    private static final int INIT_FLAGS = FID_BITS
            | Fanotify.FAN_CLASS_CONTENT
            | Fanotify.FAN_CLASS_PRE_CONTENT
            | Fanotify.FAN_REPORT_TID
            | Fanotify.FAN_REPORT_PIDFD
            | Fanotify.FAN_REPORT_FD_ERROR
            | Fanotify.FAN_REPORT_MNT
            | Fanotify.FAN_UNLIMITED_QUEUE
            | Fanotify.FAN_UNLIMITED_MARKS
            | Fanotify.FAN_CLOEXEC
            | Fanotify.FAN_NONBLOCK;
    private static final int IGNORE_BITS = Fanotify.FAN_MARK_IGNORE | Fanotify.FAN_MARK_IGNORED_MASK;
    private static final int FIONREAD = 0x541B;

    private final Vfs vfs;
    private final FileTable files;
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
    private final FanotifyEvents events;
    private final FanotifyReads reads;
    private final FileHandles handles;
    private final int kind;
    private int maxQueuedEvents = 16_384; // fs.fanotify.max_queued_events

    public Fanotifies(Vfs vfs, AnonInodes anonInodes, FileHandles handles, PidFds pidFds, int limit) {
        this.vfs = vfs;
        this.files = vfs.tables.files;
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
        this.events = new FanotifyEvents(vfs, handles, this, limit);
        this.reads = new FanotifyReads(vfs, events, pidFds);
        this.handles = handles;
        this.kind = vfs.kinds.add(this);
    }

    /** fs.fanotify.max_queued_events: of groups that are made from now on. */
    public int maxQueuedEvents() {
        return maxQueuedEvents;
    }

    public void setMaxQueuedEvents(int value) {
        maxQueuedEvents = value;
    }

    public boolean isFanotify(int file) {
        return files.kind(file) == kind;
    }

    /** FAN_* that the group of a file was made with, and FANOTIFY_UNPRIV. */
    public int flags(int file) {
        return groups.flags(files.handle(file));
    }

    /** user_ns of the group of a file: the user namespace of who made it. */
    public int userNs(int file) {
        return groups.userNs(files.handle(file));
    }

    /**
     * The end of fanotify_init(2): a descriptor, or EMFILE, ENFILE, ENOMEM.
     *
     * @param flags FAN_*, checked, and FANOTIFY_UNPRIV
     * @param eventFlags O_* of the files that come with events
     */
    public int create(int task, int flags, int eventFlags) {
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
        int userNs = creds.userNs(cred);
        int ucounts = userNamespaces.incUcount(userNs, creds.euid(cred), UcountType.FANOTIFY_GROUPS);
        boolean isUnlimited = (flags & Fanotify.FAN_UNLIMITED_QUEUE) != 0;
        groups.setBackend(group, events.backend());
        groups.setMaxEvents(group, isUnlimited ? Integer.MAX_VALUE : maxQueuedEvents);
        groups.setUcounts(group, ucounts);
        groups.setFlags(group, flags);
        groups.setEventFlags(group, eventFlags | Fcntl.O_LARGEFILE);
        userNamespaces.hold(userNs);
        groups.setUserNs(group, userNs);
        work.add(Work.OBJECT_ALLOC);
        int open = Fcntl.O_RDWR
                | ((flags & Fanotify.FAN_CLOEXEC) != 0 ? Fcntl.O_CLOEXEC : 0)
                | ((flags & Fanotify.FAN_NONBLOCK) != 0 ? Fcntl.O_NONBLOCK : 0);
        int fd = ucounts == NULL ? -Errno.EMFILE : anonInodes.open(task, "[fanotify]", kind, open, group);
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
        notify.destroyMarks(group);
        events.dropAll(group);
        waitQueues.free(groups.wait(group));
        if (groups.ucounts(group) != NULL) {
            userNamespaces.decUcount(groups.ucounts(group), UcountType.FANOTIFY_GROUPS);
        }
        userNamespaces.put(groups.userNs(group));
        groups.free(group);
    }

    /** fsnotify_freeing_mark(): what a mark has counted is given back. */
    void freeing(int mark) {
        int group = marks.ofGroup().owner(mark);
        if (isUnknown(marks.type(mark), marks.object(mark))) {
            groups.setNrUnknown(group, groups.nrUnknown(group) - 1);
        }
        if (marks.ucounts(mark) != NULL) {
            userNamespaces.decUcount(marks.ucounts(mark), UcountType.FANOTIFY_MARKS);
        }
    }

    /** Whether things may happen to an object that the emulator does not hear of. */
    private boolean isUnknown(int type, int object) {
        int inode =
                switch (type) {
                    case FsNotify.INODE -> object;
                    case FsNotify.MOUNT -> vfs.tables.dentries.inode(vfs.tables.mounts.root(object));
                    case FsNotify.SUPER_BLOCK -> vfs.tables.dentries.inode(vfs.tables.superBlocks.root(object));
                    default -> NULL;
                };
        return inode != NULL && (vfs.tables.inodes.flags(inode) & InodeFlags.OUTSIDE) != 0;
    }

    /** FAN_MARK_FLUSH: all marks of the group on objects of one type go. */
    public int unmarkAll(int file, int type) {
        notify.destroyMarksOf(files.handle(file), type);
        return 0;
    }

    /**
     * fanotify_add_mark(): EEXIST where a mark can't be weakened so, ENOSPC, ENOMEM.
     *
     * @param type FsNotify.INODE and its kind
     * @param flags FAN_MARK_*
     */
    public int mark(int file, int type, int object, int mask, int flags) {
        int group = files.handle(file);
        boolean ignores = (flags & IGNORE_BITS) != 0;
        boolean survives = (flags & Fanotify.FAN_MARK_IGNORED_SURV_MODIFY) != 0;
        if (type == FsNotify.INODE && ignores && !survives && vfs.tables.inodes.writeCount(object) > 0) {
            return 0;
        }
        int mark = notify.find(group, type, object);
        if (mark == NULL) {
            mark = newMark(group, type, object, flags);
            if (mark < 0) {
                return mark;
            }
        } else if (!mayUpdate(mark, flags)) {
            return -Errno.EEXIST;
        }
        if (ignores) {
            marks.setIgnored(mark, marks.ignored(mark) | mask);
        } else {
            marks.setMask(mark, marks.mask(mark) | mask);
        }
        int own = marks.flags(mark);
        own |= (flags & Fanotify.FAN_MARK_IGNORE) != 0 ? FsNotify.HAS_IGNORE_FLAGS : 0;
        own |= ignores && survives ? FsNotify.IGNORED_SURV_MODIFY : 0;
        own &= (flags & Fanotify.FAN_MARK_EVICTABLE) != 0 ? -1 : ~FsNotify.NO_IREF;
        marks.setFlags(mark, own);
        return 0;
    }

    /** fanotify_add_new_mark(). */
    private int newMark(int group, int type, int object, int flags) {
        int counted = NULL;
        if ((groups.flags(group) & Fanotify.FAN_UNLIMITED_MARKS) == 0) {
            int of = groups.ucounts(group);
            counted = userNamespaces.incUcount(
                    userNamespaces.ucounts().ns(of), userNamespaces.ucounts().uid(of), UcountType.FANOTIFY_MARKS);
            if (counted == NULL) {
                return -Errno.ENOSPC;
            }
        }
        int mark = notify.addMark(group, type, object, 0);
        if (mark == NULL) {
            if (counted != NULL) {
                userNamespaces.decUcount(counted, UcountType.FANOTIFY_MARKS);
            }
            return -Errno.ENOMEM;
        }
        marks.setUcounts(mark, counted);
        marks.setFlags(mark, (flags & Fanotify.FAN_MARK_EVICTABLE) != 0 ? FsNotify.NO_IREF : 0);
        if (isUnknown(type, object)) {
            groups.setNrUnknown(group, groups.nrUnknown(group) + 1);
        }
        return mark;
    }

    /** fanotify_may_update_existing_mark(). */
    private boolean mayUpdate(int mark, int flags) {
        boolean evictable = (flags & Fanotify.FAN_MARK_EVICTABLE) != 0;
        int own = marks.flags(mark);
        if (marks.type(mark) == FsNotify.INODE && evictable && (own & FsNotify.NO_IREF) == 0) {
            return false;
        }
        if ((flags & Fanotify.FAN_MARK_IGNORED_MASK) != 0 && (own & FsNotify.HAS_IGNORE_FLAGS) != 0) {
            return false;
        }
        boolean dies = (flags & IGNORE_BITS) == Fanotify.FAN_MARK_IGNORE
                && (flags & Fanotify.FAN_MARK_IGNORED_SURV_MODIFY) == 0;
        return !dies || (own & FsNotify.IGNORED_SURV_MODIFY) == 0;
    }

    /**
     * fanotify_remove_mark(): ENOENT where there is none. With the last bit the mark goes.
     *
     * @param spare bits that alone do not keep a mark
     */
    public int unmark(int file, int type, int object, int mask, int flags, int spare) {
        int mark = notify.find(files.handle(file), type, object);
        if (mark == NULL) {
            return -Errno.ENOENT;
        }
        int gone = mask & ~spare;
        if ((flags & IGNORE_BITS) != 0) {
            marks.setIgnored(mark, marks.ignored(mark) & ~gone);
        } else {
            marks.setMask(mark, marks.mask(mark) & ~gone);
        }
        if (((marks.mask(mark) | marks.ignored(mark)) & ~spare) == 0) {
            notify.destroyMark(mark);
        }
        return 0;
    }

    /** noop_llseek(). */
    @Override
    public long llseek(int task, int file, long offset, int whence) {
        return files.pos(file);
    }

    /** fanotify_read(): as many events as there is room for; EINVAL when there is none for the first. */
    @Override
    public long read(int task, int file, IovIter to, long pos) {
        int group = files.handle(file);
        long done = 0;
        for (int event = events.first(group); event != NULL; event = events.first(group)) {
            int length = reads.length(group, event);
            if (to.remaining() < length) {
                return done > 0 ? done : -Errno.EINVAL;
            }
            events.takeFirst(group, event);
            int error = reads.copy(task, group, event, to);
            if (error != 0) {
                return done > 0 && error != -Errno.EFAULT ? done : error;
            }
            done += length;
        }
        return done > 0 ? done : waits.await(task, file, group);
    }

    /** fanotify_write(): the answer to a permission event. */
    @Override
    public long write(int task, int file, IovIter from, long pos) {
        return reads.answer(files.handle(file), from);
    }

    @Override
    public int poll(int task, int file) {
        int group = files.handle(file);
        return waits.poll(group, events.first(group) != NULL);
    }

    @Override
    public int pollQueue(int file, int index) {
        return index == 0 ? groups.wait(files.handle(file)) : NULL;
    }

    /** fanotify_ioctl(): FIONREAD counts an event as it would be without more than its head. */
    @Override
    public long ioctl(int task, int file, int cmd, long arg) {
        if (cmd != FIONREAD) {
            return -Errno.ENOTTY;
        }
        int total = groups.qLen(files.handle(file)) * FanotifyReads.METADATA_SIZE;
        return vfs.below.memory().putInt(tasks.mm(task), arg, total);
    }

    /** The group of a file: FAN_*, as /proc/PID/fdinfo shows them. */
    public int shownFlags(int file) {
        return flags(file) & INIT_FLAGS;
    }

    /** O_* of the files that come with the events of a file's group. */
    public int eventFlags(int file) {
        return groups.eventFlags(files.handle(file));
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
