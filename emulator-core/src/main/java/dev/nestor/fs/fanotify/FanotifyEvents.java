package dev.nestor.fs.fanotify;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FsNotify;
import dev.nestor.fs.InodeTable;
import dev.nestor.fs.NameTable;
import dev.nestor.fs.NotifyGroupTable;
import dev.nestor.fs.NotifyMarkTable;
import dev.nestor.fs.Vfs;
import dev.nestor.fs.exportfs.FileHandles;
import dev.nestor.kernel.sched.WaitQueues;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.StateHash;
import dev.nestor.uapi.Fanotify;
import dev.nestor.uapi.Stat;

/** What becomes of something that has happened: fs/notify/fanotify/fanotify.c. */
final class FanotifyEvents implements FsNotify.Backend {
    /*
     * An event that reports files keeps of each what its record shows: file system id, size and type of the handle, handle. These
     * bytes are kept where names are, so that two events are of the same file when they have the same handle there.
     */

    static final int PATH = 1;
    static final int FID = 2;
    static final int NAME = 3;
    static final int MNT = 4;
    static final int OVERFLOW = 5;

    /** FANOTIFY_EVENT_FLAGS. */
    private static final int EVENT_FLAGS = Fanotify.FAN_ONDIR | Fanotify.FAN_EVENT_ON_CHILD;

    private static final int PERMISSION =
            Fanotify.FAN_OPEN_PERM | Fanotify.FAN_ACCESS_PERM | Fanotify.FAN_OPEN_EXEC_PERM | Fanotify.FAN_PRE_ACCESS;

    /** FANOTIFY_OUTGOING_EVENTS. */
    static final int OUTGOING = 0x1fff
            | PERMISSION
            | Fanotify.FAN_FS_ERROR
            | Fanotify.FAN_MNT_ATTACH
            | Fanotify.FAN_MNT_DETACH
            | Fanotify.FAN_RENAME
            | Fanotify.FAN_Q_OVERFLOW
            | Fanotify.FAN_ONDIR;

    private static final int ON_INODE = 1;
    private static final int ON_NEW_DIR = 2;
    private static final int ON_SUPER = 4;

    private final Vfs vfs;
    private final Fanotifies life;
    private final FileHandles handles;
    private final InodeTable inodes;
    private final NameTable names;
    private final TaskTable tasks;
    private final WaitQueues waitQueues;
    private final NotifyGroupTable groups;
    private final NotifyMarkTable marks;
    private final FanotifyEventTable events;
    private final int backend;
    private final byte[] bytes = new byte[16 + FileHandles.MAX_HANDLE_SZ];
    private int matched; // by marks on what
    private int wanted; // FAN_* that marks of the group ask for
    private int ignored; // FAN_* that marks of the group hide

    FanotifyEvents(Vfs vfs, FileHandles handles, Fanotifies life, int limit) {
        this.vfs = vfs;
        this.life = life;
        this.handles = handles;
        this.inodes = vfs.tables.inodes;
        this.names = vfs.tables.names;
        this.tasks = vfs.below.tasks();
        this.waitQueues = vfs.below.waitQueues();
        this.groups = vfs.tables.notifyGroups;
        this.marks = vfs.tables.notifyMarks;
        this.events = new FanotifyEventTable(limit, groups);
        this.backend = vfs.notify.register(this);
    }

    int backend() {
        return backend;
    }

    FanotifyEventTable table() {
        return events;
    }

    int first(int group) {
        return events.queue().first(group);
    }

    /** fsnotify_remove_first_event(): the event is the caller's then. */
    void takeFirst(int group, int event) {
        events.queue().remove(event);
        groups.setQLen(group, groups.qLen(group) - 1);
        if (events.type(event) == OVERFLOW) {
            groups.setOverflows(group, false);
        }
    }

    /** fsnotify_destroy_event(). */
    void free(int event) {
        vfs.below.pids().putPid(events.pid(event));
        names.put(events.object(event));
        names.put(events.dir(event));
        names.put(events.dirName(event));
        names.put(events.newDir(event));
        names.put(events.newName(event));
        int mnt = events.mnt(event);
        int dentry = events.dentry(event);
        events.free(event);
        if (mnt != NULL) {
            vfs.dentries.put(dentry);
            vfs.mounts.put(mnt);
        }
    }

    void dropAll(int group) {
        for (int event = first(group); event != NULL; event = first(group)) {
            takeFirst(group, event);
            free(event);
        }
    }

    @Override
    public void freeing(int mark) {
        life.freeing(mark);
    }

    /** fanotify_handle_event(). */
    @Override
    public void handle(int group, FsNotify.Event told) {
        int mask = mask(group, told);
        if (mask == 0) {
            return;
        }
        int event = (mask & PERMISSION) == 0 ? make(group, told, mask) : NULL;
        if (event == NULL) {
            return;
        }
        if (groups.qLen(group) >= groups.maxEvents(group)) {
            free(event);
            overflow(group);
        } else if (isMerged(group, event)) {
            free(event);
        } else {
            add(group, event);
        }
    }

    private void overflow(int group) {
        int event = groups.overflows(group) ? NULL : events.alloc();
        if (event != NULL) {
            events.setType(event, OVERFLOW);
            events.setMask(event, Fanotify.FAN_Q_OVERFLOW);
            groups.setOverflows(group, true);
            add(group, event);
        }
    }

    private void add(int group, int event) {
        events.queue().addLast(group, event);
        groups.setQLen(group, groups.qLen(group) + 1);
        waitQueues.wakeUp(groups.wait(group), TaskTable.TASK_INTERRUPTIBLE);
    }

    /** fanotify_group_event_mask(): what the group is to hear; {@link #matched} says by marks on what. */
    private int mask(int group, FsNotify.Event told) {
        int fid = groups.flags(group) & Fanotifies.FID_BITS;
        boolean isOnDir = (told.mask() & Fanotify.FAN_ONDIR) != 0;
        if (fid == 0 && told.mntNs() == NULL) {
            if (told.file() == NULL || !hasPath(told.inode())) {
                return 0;
            }
        } else if ((fid & Fanotify.FAN_REPORT_FID) == 0 && told.mntNs() == NULL && told.dir() == NULL && !isOnDir) {
            return 0;
        }
        matched = 0;
        wanted = 0;
        ignored = 0;
        collect(group, told, FsNotify.MNT_NS, told.mntNs(), 0);
        if (told.mntNs() == NULL) {
            collect(group, told, FsNotify.INODE, told.subject(), ON_INODE);
            collect(group, told, FsNotify.INODE, told.newDir(), ON_NEW_DIR);
            int parent = told.parent();
            collect(group, told, FsNotify.INODE, parent == told.subject() ? NULL : parent, -1);
            collect(group, told, FsNotify.MOUNT, told.file() == NULL ? NULL : vfs.tables.files.mnt(told.file()), 0);
            collect(group, told, FsNotify.SUPER_BLOCK, inodes.sb(told.subject()), ON_SUPER);
        }
        int shown = told.mask() & wanted & ~ignored;
        if (fid == 0) {
            return shown & OUTGOING & ~EVENT_FLAGS;
        }
        return (shown & ~EVENT_FLAGS) == 0 ? 0 : shown & (OUTGOING | EVENT_FLAGS);
    }

    /** A file or a directory can be opened for who listens. */
    private boolean hasPath(int inode) {
        int type = inode == NULL ? 0 : inodes.mode(inode) & Stat.S_IFMT;
        return type == Stat.S_IFREG || type == Stat.S_IFDIR;
    }

    /** @param on what the mark is on; -1 for a directory that hears of what is in it */
    private void collect(int group, FsNotify.Event told, int type, int object, int on) {
        int mark = vfs.notify.find(group, type, object);
        if (mark == NULL) {
            return;
        }
        boolean isOnDir = (told.mask() & Fanotify.FAN_ONDIR) != 0;
        if ((told.mask() & Fanotify.FAN_MODIFY) != 0 && (marks.flags(mark) & FsNotify.IGNORED_SURV_MODIFY) == 0) {
            marks.setIgnored(mark, 0);
        }
        int hidden = marks.ignored(mark);
        int applicable = (marks.flags(mark) & FsNotify.HAS_IGNORE_FLAGS) != 0
                ? hidden
                : hidden | Fanotify.FAN_ONDIR | (marks.mask(mark) & Fanotify.FAN_EVENT_ON_CHILD);
        if (applies(applicable, isOnDir, on)) {
            ignored |= hidden & ~EVENT_FLAGS;
        }
        if (applies(marks.mask(mark), isOnDir, on)) {
            wanted |= marks.mask(mark);
            matched |= Math.max(on, 0);
        }
    }

    /** fsnotify_mask_applicable(). */
    private static boolean applies(int mask, boolean isOnDir, int on) {
        boolean hearsDir = !isOnDir || (mask & Fanotify.FAN_ONDIR) != 0;
        return hearsDir && (on != -1 || (mask & Fanotify.FAN_EVENT_ON_CHILD) != 0);
    }

    /** fanotify_alloc_event(): an event that is on no queue, or NULL. */
    private int make(int group, FsNotify.Event told, int mask) {
        int event = events.alloc();
        if (event == NULL) {
            return NULL;
        }
        int task = tasks.current();
        boolean isThread = (groups.flags(group) & Fanotify.FAN_REPORT_TID) != 0;
        if (task != NULL) {
            int pid = isThread ? tasks.threadPid(task) : vfs.below.pids().tgid(task);
            events.setPid(event, vfs.below.pids().getPid(pid));
        }
        events.setMask(event, mask);
        int fid = groups.flags(group) & Fanotifies.FID_BITS;
        if (told.mntNs() != NULL) {
            events.setType(event, MNT);
            events.setMntId(event, told.mntId());
        } else if (fid != 0) {
            fillFids(event, told, mask, fid);
        } else {
            int file = told.file();
            events.setType(event, PATH);
            events.setMnt(event, vfs.mounts.get(vfs.tables.files.mnt(file)));
            events.setDentry(event, vfs.dentries.get(vfs.tables.files.dentry(file)));
        }
        return event;
    }

    private void fillFids(int event, FsNotify.Event told, int mask, int fid) {
        boolean isOnName = (mask & FsNotify.DIRENT_EVENTS) != 0;
        boolean isOnDir = (mask & Fanotify.FAN_ONDIR) != 0;
        boolean withTarget = (fid & Fanotify.FAN_REPORT_TARGET_FID) != 0;
        int happenedTo = isOnName ? told.child() : told.inode();
        int object = isOnName && !withTarget ? told.dir() : happenedTo;
        boolean isDir = happenedTo != NULL && (inodes.mode(happenedTo) & Stat.S_IFMT) == Stat.S_IFDIR;
        int dir = !isOnName && isDir ? happenedTo : told.dir();
        events.setType(event, FID);
        if ((fid & Fanotify.FAN_REPORT_DIR_FID) == 0 || dir == NULL) {
            events.setObject(event, fid(object));
            return;
        }
        boolean withChild = isOnName ? withTarget : (fid & Fanotify.FAN_REPORT_FID) != 0 && !isOnDir;
        int child = object != dir && withChild ? object : NULL;
        int name = NULL;
        if ((fid & Fanotify.FAN_REPORT_NAME) != 0 && (isOnName || !isOnDir)) {
            name = told.name();
        }
        if (name == NULL && child == NULL) {
            events.setObject(event, fid(dir));
            return;
        }
        events.setType(event, NAME);
        boolean isRename = (mask & Fanotify.FAN_RENAME) != 0;
        if (!isRename || (matched & (ON_SUPER | ON_INODE)) != 0) {
            events.setDir(event, fid(dir));
            events.setDirName(event, name == NULL ? NULL : names.get(name));
        }
        if (isRename && (matched & (ON_SUPER | ON_NEW_DIR)) != 0) {
            events.setNewDir(event, fid(told.newDir()));
            events.setNewName(event, names.get(vfs.tables.dentries.name(told.dentry())));
        }
        events.setObject(event, fid(child));
    }

    /** fanotify_encode_fh(): the bytes of a record that are about one inode, as a name. */
    private int fid(int inode) {
        if (inode == NULL) {
            return NULL;
        }
        int size = handles.encode(inode, true, false);
        if (size < 0) {
            return NULL;
        }
        put(0, vfs.superBlocks.fsid(inodes.sb(inode)), Long.BYTES);
        put(8, size, Integer.BYTES);
        put(12, handles.type(), Integer.BYTES);
        System.arraycopy(handles.handle(), 0, bytes, 16, size);
        return names.intern(bytes, 0, 16 + size);
    }

    private void put(int at, long value, int size) {
        for (int i = 0; i < size; i++) {
            bytes[at + i] = (byte) (value >>> (8 * i));
        }
    }

    /** fanotify_merge(): whether one that waits already tells the same, or tells it now. */
    private boolean isMerged(int group, int event) {
        if (events.type(event) == MNT) {
            return false;
        }
        for (int other = events.queue().last(group);
                other != NULL;
                other = events.queue().prev(other)) {
            if (isSame(other, event)) {
                events.setMask(other, events.mask(other) | events.mask(event));
                return true;
            }
        }
        return false;
    }

    /** fanotify_should_merge(). */
    private boolean isSame(int one, int other) {
        int apart = Fanotify.FAN_ONDIR | Fanotify.FAN_RENAME;
        return events.type(one) == events.type(other)
                && events.pid(one) == events.pid(other)
                && ((events.mask(one) ^ events.mask(other)) & apart) == 0
                && events.mnt(one) == events.mnt(other)
                && events.dentry(one) == events.dentry(other)
                && events.object(one) == events.object(other)
                && events.dir(one) == events.dir(other)
                && events.dirName(one) == events.dirName(other)
                && events.newDir(one) == events.newDir(other)
                && events.newName(one) == events.newName(other);
    }

    void digest(StateHash hash) {
        events.digest(hash);
    }
}
