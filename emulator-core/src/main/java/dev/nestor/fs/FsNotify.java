package dev.nestor.fs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.machine.Work;
import dev.nestor.table.Chain;
import dev.nestor.table.HotPath;
import dev.nestor.uapi.Stat;

/**
 * Telling who watches files of what happens to them: fs/notify/fsnotify.c, include/linux/fsnotify.h. The verbs of the VFS say
 * what they have done; as long as there is no mark anywhere, that is one comparison.
 */
public final class FsNotify {
    public static final int FS_ACCESS = 1;
    public static final int FS_MODIFY = 2;
    public static final int FS_ATTRIB = 4;
    public static final int FS_CLOSE_WRITE = 8;
    public static final int FS_CLOSE_NOWRITE = 0x10;
    public static final int FS_OPEN = 0x20;
    public static final int FS_MOVED_FROM = 0x40;
    public static final int FS_MOVED_TO = 0x80;
    public static final int FS_CREATE = 0x100;
    public static final int FS_DELETE = 0x200;
    public static final int FS_DELETE_SELF = 0x400;
    public static final int FS_MOVE_SELF = 0x800;
    public static final int FS_OPEN_EXEC = 0x1000;
    public static final int FS_UNMOUNT = 0x2000;
    public static final int FS_Q_OVERFLOW = 0x4000;
    public static final int FS_IN_IGNORED = 0x8000;
    public static final int FS_OPEN_PERM = 0x1_0000;
    public static final int FS_ACCESS_PERM = 0x2_0000;
    public static final int FS_OPEN_EXEC_PERM = 0x4_0000;
    public static final int FS_PRE_ACCESS = 0x10_0000;
    public static final int FS_MNT_ATTACH = 0x0100_0000;
    public static final int FS_MNT_DETACH = 0x0200_0000;
    public static final int FS_EVENT_ON_CHILD = 0x0800_0000;
    public static final int FS_RENAME = 0x1000_0000;
    public static final int FS_ISDIR = 0x4000_0000;

    /** ALL_FSNOTIFY_EVENTS: what is an event and no mark of one. */
    public static final int ALL_EVENTS = 0x1317_ffff;

    /** ALL_FSNOTIFY_DIRENT_EVENTS: what happens to names. */
    public static final int DIRENT_EVENTS = FS_CREATE | FS_DELETE | FS_MOVED_FROM | FS_MOVED_TO | FS_RENAME;

    /** FSNOTIFY_MARK_FLAG_IGNORED_SURV_MODIFY: the ignore mask stays when the file is written to. */
    public static final int IGNORED_SURV_MODIFY = 1;

    /** FSNOTIFY_MARK_FLAG_NO_IREF: the inode may go although it is marked. */
    public static final int NO_IREF = 2;

    /** FSNOTIFY_MARK_FLAG_HAS_IGNORE_FLAGS: FS_ISDIR and FS_EVENT_ON_CHILD mean something in the ignore mask. */
    public static final int HAS_IGNORE_FLAGS = 4;

    /** FSNOTIFY_MARK_FLAG_EXCL_UNLINK: nothing of files without a name. */
    public static final int EXCL_UNLINK = 0x10;

    /** FSNOTIFY_MARK_FLAG_IN_ONESHOT: the first event is the last. */
    public static final int IN_ONESHOT = 0x20;

    /** What a mark is on. */
    public static final int INODE = 0;

    public static final int MOUNT = 1;
    public static final int SUPER_BLOCK = 2;
    public static final int MNT_NS = 3;

    private static final int MAX_BACKENDS = 4;

    /** fsnotify_ops. */
    public interface Backend {
        /** handle_event(): something has happened that a mark of the group may want to hear of. */
        void handle(int group, Event event);

        /** freeing_mark(): a mark is about to go. */
        void freeing(int mark);
    }

    /** What has happened; one object, which the next event overwrites. */
    public static final class Event {
        private int mask; // FS_*
        private int dir; // inode that the name is in, or NULL
        private int name; // name, or NULL
        private int inode; // that it happened to; NULL where it is only a name
        private int cookie;
        private int file; // through which it happened, or NULL
        private int dentry; // of the inode, or NULL
        private int child; // inode that the name stands for, where the event is about the name; or NULL
        private int newDir; // of FS_RENAME: inode of the directory that the name is in now; or NULL
        private int mntNs; // of FS_MNT_*: mnt_namespace; or NULL
        private long mntId; // of FS_MNT_*: unique id of the mount

        public int mask() {
            return mask;
        }

        public int dir() {
            return dir;
        }

        public int name() {
            return name;
        }

        public int inode() {
            return inode;
        }

        public int cookie() {
            return cookie;
        }

        public int file() {
            return file;
        }

        public int dentry() {
            return dentry;
        }

        public int child() {
            return child;
        }

        public int newDir() {
            return newDir;
        }

        public int mntNs() {
            return mntNs;
        }

        public long mntId() {
            return mntId;
        }

        /** The inode whose own marks are asked: the directory's where the event is about a name. */
        public int subject() {
            return inode == NULL ? dir : inode;
        }

        /** The directory whose marks are asked for events on its children, or NULL. */
        public int parent() {
            return inode != NULL && (mask & FS_EVENT_ON_CHILD) != 0 ? dir : NULL;
        }
    }

    private final NotifyGroupTable groups;
    private final NotifyMarkTable marks;
    private final InodeTable inodes;
    private final DentryTable dentries;
    private final FileTable files;
    private final Inodes inodeLife;
    private final Work work;
    private final Backend[] backends = new Backend[MAX_BACKENDS];
    private final Event event = new Event();
    private int backendCount;
    private long events; // so many have been told to anybody
    private int cookies; // so many renames have been told

    FsNotify(FsTables tables, Inodes inodes, Work work) {
        this.groups = tables.notifyGroups;
        this.marks = tables.notifyMarks;
        this.inodes = tables.inodes;
        this.dentries = tables.dentries;
        this.files = tables.files;
        this.inodeLife = inodes;
        this.work = work;
    }

    /** At boot: the index of a kind of group. */
    public int register(Backend backend) {
        backends[backendCount] = backend;
        return backendCount++;
    }

    /** Whether nobody watches anything. */
    @HotPath
    public boolean isIdle() {
        return marks.size() == 0;
    }

    /** fsnotify_add_mark(): a new mark; an inode is held by it. NULL at the limit. */
    public int addMark(int group, int type, int object, int mask) {
        int mark = marks.alloc();
        if (mark == NULL) {
            return NULL;
        }
        work.add(Work.OBJECT_ALLOC);
        marks.setType(mark, type);
        marks.setObject(mark, type == INODE ? inodeLife.get(object) : object);
        marks.setMask(mark, mask);
        marks.ofGroup().addLast(group, mark);
        chain(type).addLast(object, mark);
        return mark;
    }

    private Chain chain(int type) {
        return switch (type) {
            case INODE -> marks.ofInode();
            case MOUNT -> marks.ofMount();
            case SUPER_BLOCK -> marks.ofSuper();
            default -> marks.ofMntNs();
        };
    }

    /** fsnotify_destroy_mark(). */
    public void destroyMark(int mark) {
        backends[groups.backend(marks.ofGroup().owner(mark))].freeing(mark);
        work.add(Work.OBJECT_FREE);
        int type = marks.type(mark);
        int object = marks.object(mark);
        marks.ofGroup().remove(mark);
        chain(type).remove(mark);
        marks.free(mark);
        if (type == INODE) {
            inodeLife.put(object);
        }
    }

    /** fsnotify_clear_marks_by_group() of those on objects of one type. */
    public void destroyMarksOf(int group, int type) {
        int next;
        for (int mark = marks.ofGroup().first(group); mark != NULL; mark = next) {
            next = marks.ofGroup().next(mark);
            if (marks.type(mark) == type) {
                destroyMark(mark);
            }
        }
    }

    /** fsnotify_clear_marks_by_group(). */
    public void destroyMarks(int group) {
        for (int mark = marks.ofGroup().first(group);
                mark != NULL;
                mark = marks.ofGroup().first(group)) {
            destroyMark(mark);
        }
    }

    /** fsnotify_find_mark(): the mark of a group on an object, or NULL. */
    public int find(int group, int type, int object) {
        if (object == NULL) {
            return NULL;
        }
        Chain chain = chain(type);
        for (int mark = chain.first(object); mark != NULL; mark = chain.next(mark)) {
            if (marks.ofGroup().owner(mark) == group) {
                return mark;
            }
        }
        return NULL;
    }

    /** fsnotify_file(): something has been done through a file. */
    @HotPath
    public void file(int mask, int file) {
        if (!isIdle() && (files.mode(file) & FileModes.FMODE_NONOTIFY) == 0) {
            event.file = file;
            parent(mask, files.dentry(file));
            event.file = NULL;
        }
    }

    /** fsnotify_dentry(): something has been done to what a name stands for. */
    public void dentry(int mask, int dentry) {
        if (!isIdle()) {
            parent(mask, dentry);
        }
    }

    /** fsnotify_inode(): something has been done to an inode, whatever its names are. */
    public void inode(int mask, int inode) {
        if (!isIdle()) {
            event.dentry = NULL;
            tell(mask | directory(inode), NULL, NULL, inode, 0);
        }
    }

    /**
     * fsnotify_name(): a name has come into a directory or has left it.
     *
     * @param dir inode of the directory
     */
    public void name(int mask, int dir, int name, int dentry, int cookie) {
        if (!isIdle()) {
            event.dentry = dentry;
            event.child = dentry == NULL ? NULL : dentries.inode(dentry);
            tell(mask, dir, name, NULL, cookie);
            event.child = NULL;
        }
    }

    /**
     * fsnotify_delete(): a name has gone.
     *
     * @param child inode that it stood for
     */
    public void deleted(int mask, int dir, int name, int child) {
        if (!isIdle()) {
            event.dentry = NULL;
            event.child = child;
            tell(mask | directory(child), dir, name, NULL, 0);
            event.child = NULL;
        }
    }

    /** fsnotify_create() and fsnotify_mkdir(). */
    public void created(int dir, int dentry) {
        if (!isIdle()) {
            int isDir = directory(dentries.inode(dentry));
            name(FS_CREATE | isDir, dentries.inode(dir), dentries.name(dentry), dentry, 0);
        }
    }

    /**
     * fsnotify_move(): a dentry has a new place.
     *
     * @param oldDir inode of the directory where it was
     * @param target inode that had the new name, or NULL
     */
    public void moved(int oldDir, int oldName, int dentry, int target) {
        if (isIdle()) {
            return;
        }
        int cookie = ++cookies;
        int inode = dentries.inode(dentry);
        int isDir = directory(inode);
        int newDir = dentries.inode(dentries.parent(dentry));
        event.newDir = newDir;
        name(FS_RENAME | isDir, oldDir, oldName, dentry, 0);
        event.newDir = NULL;
        name(FS_MOVED_FROM | isDir, oldDir, oldName, dentry, cookie);
        name(FS_MOVED_TO | isDir, newDir, dentries.name(dentry), dentry, cookie);
        if (target != NULL) {
            inode(FS_ATTRIB, target);
        }
        inode(FS_MOVE_SELF, inode);
    }

    /** fsnotify_inoderemove(): the last name of an inode is gone. */
    void inodeRemoved(int inode) {
        if (!isIdle()) {
            inode(FS_DELETE_SELF, inode);
            destroyMarks(marks.ofInode(), inode);
        }
    }

    private void destroyMarks(Chain chain, int object) {
        for (int mark = chain.first(object); mark != NULL; mark = chain.first(object)) {
            destroyMark(mark);
        }
    }

    /** __fsnotify_vfsmount_delete(). */
    void mountGone(int mnt) {
        if (!isIdle()) {
            destroyMarks(marks.ofMount(), mnt);
        }
    }

    /** fsnotify_mntns_delete(). */
    void mntNsGone(int ns) {
        if (!isIdle()) {
            destroyMarks(marks.ofMntNs(), ns);
        }
    }

    /** Whether anybody wants to hear of the mounts of a namespace, which may be NULL. */
    boolean isWatched(int ns) {
        return ns != NULL && !marks.ofMntNs().isEmpty(ns);
    }

    /** fsnotify_mnt(): a mount has come into a namespace, has left it, or has been moved within it. */
    void mount(int mask, int ns, long mntId) {
        if (isWatched(ns)) {
            event.mask = mask;
            event.dir = NULL;
            event.name = NULL;
            event.inode = NULL;
            event.dentry = NULL;
            event.cookie = 0;
            event.mntNs = ns;
            event.mntId = mntId;
            events++;
            tellMarks(marks.ofMntNs(), ns);
            event.mntNs = NULL;
        }
    }

    /** fsnotify_sb_delete(): the youngest inode first, as a super block lists them. */
    void superGone(int sb) {
        if (isIdle()) {
            return;
        }
        for (int inode = youngestMarked(sb); inode != NULL; inode = youngestMarked(sb)) {
            inode(FS_UNMOUNT, inode);
            destroyMarks(marks.ofInode(), inode);
        }
        destroyMarks(marks.ofSuper(), sb);
    }

    private int youngestMarked(int sb) {
        int found = NULL;
        for (int row = 1; row < marks.rows(); row++) {
            int mark = marks.handleInRow(row);
            int inode = mark != NULL && marks.type(mark) == INODE ? marks.object(mark) : NULL;
            boolean isOfSb = inode != NULL && inodes.sb(inode) == sb;
            found = isOfSb && (found == NULL || inodes.ino(inode) > inodes.ino(found)) ? inode : found;
        }
        return found;
    }

    private int directory(int inode) {
        return inode != NULL && (inodes.mode(inode) & Stat.S_IFMT) == Stat.S_IFDIR ? FS_ISDIR : 0;
    }

    /** fsnotify_parent(): tells the directory, too, with the name, where it or somebody else wants to hear of it. */
    private void parent(int mask, int dentry) {
        int inode = dentries.inode(dentry);
        int parent = dentries.parent(dentry);
        int dir = parent == NULL ? NULL : dentries.inode(parent);
        event.dentry = dentry;
        boolean isWatched = dir != NULL && watchesChildren(dir, mask);
        int bits = mask | directory(inode) | (isWatched ? FS_EVENT_ON_CHILD : 0);
        tell(bits, dir, dir == NULL ? NULL : dentries.name(dentry), inode, 0);
    }

    /** fsnotify_inode_watches_children(), for one event. */
    private boolean watchesChildren(int dir, int mask) {
        for (int mark = marks.ofInode().first(dir);
                mark != NULL;
                mark = marks.ofInode().next(mark)) {
            int both = marks.mask(mark) | marks.ignored(mark);
            if ((both & FS_EVENT_ON_CHILD) != 0 && (both & mask & ALL_EVENTS) != 0) {
                return true;
            }
        }
        return false;
    }

    /** fsnotify(). */
    private void tell(int mask, int dir, int name, int inode, int cookie) {
        event.mask = mask;
        event.dir = dir;
        event.name = name;
        event.inode = inode;
        event.cookie = cookie;
        events++;
        tellMarks(marks.ofInode(), event.subject());
        if (event.newDir != NULL) {
            tellMarks(marks.ofInode(), event.newDir);
        }
        if (event.parent() != NULL) {
            tellMarks(marks.ofInode(), event.parent());
        }
        if (event.file != NULL) {
            tellMarks(marks.ofMount(), files.mnt(event.file));
        }
        tellMarks(marks.ofSuper(), inodes.sb(event.subject()));
    }

    /** Each group hears of an event once, whichever of its marks is found first. */
    private void tellMarks(Chain chain, int object) {
        int next;
        for (int mark = chain.first(object); mark != NULL; mark = next) {
            next = chain.next(mark);
            int group = marks.ofGroup().owner(mark);
            if (groups.seen(group) != events) {
                groups.setSeen(group, events);
                backends[groups.backend(group)].handle(group, event);
            }
        }
    }
}
