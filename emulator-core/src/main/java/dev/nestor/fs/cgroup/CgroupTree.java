package dev.nestor.fs.cgroup;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.DentryTable;
import dev.nestor.fs.FileTable;
import dev.nestor.fs.FsType;
import dev.nestor.fs.InodeTable;
import dev.nestor.fs.KStat;
import dev.nestor.fs.NameTable;
import dev.nestor.fs.Vfs;
import dev.nestor.kernel.cgroup.CgroupNamespaces;
import dev.nestor.kernel.cgroup.CgroupRoom;
import dev.nestor.kernel.cgroup.CgroupSubsys;
import dev.nestor.kernel.cgroup.CgroupTable;
import dev.nestor.kernel.cgroup.Cgroups;
import dev.nestor.kernel.ns.NsOps;
import dev.nestor.kernel.ns.NsTypes;
import dev.nestor.kernel.sched.WaitQueues;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Stat;
import java.util.function.IntConsumer;

/**
 * Directories of cgroups, and the files in them: what both versions have in common, with fs/kernfs beneath.
 *
 * <p>Inodes and names of directories and files last until they are removed, as kernfs nodes do, so that modes and owners
 * that are set stay. An inode's datum is the kind of file, 0 for a directory; its handle the cgroup, until that is removed; the rdev
 * of a file that notifies is the wait queue of its pollers.
 */
public abstract class CgroupTree extends FsType {
    private static final long GOLDEN_RATIO_64 = 0x61C8864680B583EBL;

    final Vfs vfs;
    final CgroupRoom room;
    final Cgroups cgroups;
    final CgroupTable table;
    final CgroupNamespaces namespaces;
    final CgroupFiles kinds = new CgroupFiles();
    final CgroupPaths paths;
    final CgroupProcs procs;
    final InodeTable inodes;
    final DentryTable dentries;
    final NameTable names;
    final FileTable files;
    private final WaitQueues waitQueues;
    private final int fileKind;
    private final int directoryKind;
    private IntConsumer changed = inode -> {};

    /** Its index among the types of file systems. */
    final int index;

    CgroupTree(String name, long magic, Vfs vfs, CgroupRoom room, CgroupNamespaces namespaces) {
        super(name, magic);
        this.vfs = vfs;
        this.room = room;
        this.cgroups = room.cgroups();
        this.table = cgroups.table();
        this.namespaces = namespaces;
        this.inodes = vfs.tables.inodes;
        this.dentries = vfs.tables.dentries;
        this.names = vfs.tables.names;
        this.files = vfs.tables.files;
        this.waitQueues = vfs.below.waitQueues();
        this.paths = new CgroupPaths(dentries, names);
        this.procs = new CgroupProcs(vfs, room, namespaces);
        this.fileKind = vfs.kinds.add(new CgroupOps(vfs, this));
        this.directoryKind = vfs.kinds.add(new CgroupDirectoryOps(vfs));
        this.index = vfs.types.register(this);
    }

    /** Once for each hierarchy: its instance, with the directory of the root; NULL at a limit. */
    final int newInstance(int userNs, int root) {
        int sb = vfs.superBlocks.create(index, userNs);
        int inode = newInode(sb, root, 0, Stat.S_IFDIR | 0555, 0, 0);
        int name = names.intern("/");
        int dentry = vfs.dentries.addRoot(sb, name, inode);
        names.put(name);
        vfs.tables.superBlocks.setRoot(sb, dentry);
        table.setKn(root, vfs.dentries.get(dentry));
        updateFiles(root, 0, 0);
        return sb;
    }

    /** Who hears of files that have changed, once. */
    public final void setChangedHook(IntConsumer hook) {
        changed = hook;
    }

    private int newInode(int sb, int cgroup, int kind, int mode, int uid, int gid) {
        int inode = vfs.inodes.create(sb, mode, uid, gid);
        if (inode != NULL) {
            inodes.setDatum(inode, kind);
            inodes.setHandle(inode, cgroup);
        }
        return inode;
    }

    int cgroupNsOf(int task) {
        NsOps ops = vfs.below.nsTypes().ops(NsTypes.CGROUP);
        int ns = ops.get(task);
        if (ns != NULL) {
            ops.put(ns); // its nsproxy holds it
        }
        return ns;
    }

    void holdNs(int ns) {
        namespaces.hold(ns);
    }

    void putNs(int ns) {
        namespaces.put(ns);
    }

    /** fc->root: what of an instance a mount that a task makes shows; NULL when its namespace's root has been removed. */
    public final int mountRoot(int task, int sb) {
        int cgroup = namespaces.rootOf(cgroupNsOf(task), hierarchyOf(sb));
        return cgroups.isLive(cgroup) ? table.kn(cgroup) : NULL;
    }

    private int hierarchyOf(int sb) {
        int root = vfs.tables.superBlocks.root(sb);
        return table.hierarchy(inodes.handle(dentries.inode(root)));
    }

    /** Whether a namespace's own root is written from inside, where namespaces are where rights end. */
    boolean isBoundary(int ns, int cgroup) {
        return false;
    }

    /** The cgroup of a path, which a driver makes where it is missing. */
    final int cgroupAt(int task, int root, String path) {
        int cgroup = root;
        for (String part : path.split("/", -1)) {
            if (part.isEmpty()) {
                continue;
            }
            int name = names.intern(part);
            int there = vfs.dentries.lookup(table.kn(cgroup), name);
            if (there == NULL) {
                int error = mkdir(task, table.kn(cgroup), name, 0755);
                assert error == 0 : path;
                there = vfs.dentries.lookup(table.kn(cgroup), name);
            }
            names.put(name);
            cgroup = inodes.handle(dentries.inode(there));
        }
        return cgroup;
    }

    // Directories.

    @Override
    public boolean hasXattrs() {
        return true;
    }

    @Override
    public int mayChange() {
        return -Errno.EPERM;
    }

    @Override
    public boolean removesDirectories() {
        return true;
    }

    @Override
    public int mkdir(int task, int dir, int name, int mode) {
        if (hasNewline(name)) {
            return -Errno.EINVAL;
        }
        int parent = inodes.handle(dentries.inode(dir));
        int cgroup = cgroups.create(parent);
        if (cgroup < 0) {
            return cgroup;
        }
        int uid = task == NULL ? 0 : vfs.permissions.fsuid(task);
        int gid = task == NULL ? 0 : vfs.permissions.fsgid(task);
        int inode = newInode(dentries.sb(dir), cgroup, 0, Stat.S_IFDIR | mode, uid, gid);
        int dentry = inode == NULL ? NULL : list(dir, name, inode);
        if (dentry == NULL) {
            cgroups.destroy(cgroup);
            return -Errno.ENOMEM;
        }
        table.setKn(cgroup, vfs.dentries.get(dentry));
        int parentInode = dentries.inode(dir);
        inodes.setNlink(parentInode, inodes.nlink(parentInode) + 1);
        updateFiles(cgroup, uid, gid);
        return 0;
    }

    /** A name that would make /proc/PID/cgroup ambiguous. */
    final boolean hasNewline(int name) {
        for (int i = 0; i < names.length(name); i++) {
            if (names.byteAt(name, i) == '\n') {
                return true;
            }
        }
        return false;
    }

    /** kernfs_rename() within a directory. */
    final void rename(int dentry, int name) {
        vfs.dentries.move(dentry, dentries.parent(dentry), name);
        vfs.dentries.placeByOffset(dentry, hash(name));
    }

    /** A name that lasts, in its place; takes over the reference on inode, or puts it and returns NULL. */
    private int list(int dir, int name, int inode) {
        int dentry = vfs.dentries.add(dir, name, inode);
        if (dentry == NULL) {
            vfs.inodes.put(inode);
            return NULL;
        }
        vfs.dentries.placeByOffset(dentry, hash(name));
        vfs.dentries.pin(dentry);
        vfs.dentries.put(dentry);
        return dentry;
    }

    /** kernfs_name_hash(): where a name has its place in its directory. */
    private int hash(int name) {
        long hash = 0;
        for (int i = 0; i < names.length(name); i++) {
            long c = names.byteAt(name, i) & 0xff;
            hash = (hash + (c << 4) + (c >> 4)) * 11;
        }
        int folded = (int) ((hash * GOLDEN_RATIO_64) >>> 32) & Integer.MAX_VALUE;
        return Math.min(folded < 2 ? folded + 2 : folded, Integer.MAX_VALUE - 1);
    }

    @Override
    public int rmdir(int dentry) {
        int cgroup = inodes.handle(dentries.inode(dentry));
        int error = cgroups.isPopulated(cgroup) || !table.children().isEmpty(cgroup) ? -Errno.EBUSY : 0;
        if (error != 0) {
            return error;
        }
        int child = dentries.children().first(dentry);
        while (child != NULL) {
            int next = dentries.children().next(child);
            remove(child);
            child = next;
        }
        table.setProcsFile(cgroup, NULL);
        table.setEventsFile(cgroup, NULL);
        inodes.setHandle(dentries.inode(dentry), NULL);
        return cgroups.destroy(cgroup);
    }

    /** kernfs_remove() of a file: who polls it hears that it is gone. */
    private void remove(int dentry) {
        int inode = dentries.inode(dentry);
        vfs.dentries.get(dentry);
        if (inode != NULL) {
            inodes.setHandle(inode, NULL);
            wakePollers(inode);
        }
        vfs.dentries.drop(dentry);
        vfs.dentries.put(dentry);
    }

    /** css_populate_dir() and css_clear_dir(): a directory has the files that its cgroup's controllers ask for, and no more. */
    final void updateFiles(int cgroup, int uid, int gid) {
        int dir = table.kn(cgroup);
        for (int i = 1; i <= kinds.count(); i++) {
            CgroupFile kind = kinds.get(i);
            int name = names.intern(kind.name);
            int there = name == NULL ? NULL : vfs.dentries.lookup(dir, name);
            boolean wanted = isWanted(cgroup, kind);
            if (wanted && there == NULL && name != NULL) {
                addFile(cgroup, dir, kind, name, uid, gid);
            } else if (!wanted && there != NULL && isOfKind(there, i)) {
                remove(there);
            }
            names.put(name);
        }
    }

    private boolean isOfKind(int dentry, int kind) {
        int inode = dentries.inode(dentry);
        return inode != NULL && inodes.datum(inode) == kind;
    }

    private void addFile(int cgroup, int dir, CgroupFile kind, int name, int uid, int gid) {
        int inode = newInode(dentries.sb(dir), cgroup, kind.index, Stat.S_IFREG | kind.mode(), uid, gid);
        int dentry = inode == NULL ? NULL : list(dir, name, inode);
        if (dentry != NULL && kind.name.equals("cgroup.procs")) {
            table.setProcsFile(cgroup, dentry);
        } else if (dentry != NULL && kind.has(CgroupFile.NOTIFIES)) {
            table.setEventsFile(cgroup, dentry);
        }
    }

    private boolean isWanted(int cgroup, CgroupFile kind) {
        boolean isRoot = table.parent(cgroup) == NULL;
        if ((isRoot && kind.has(CgroupFile.NOT_ON_ROOT)) || (!isRoot && kind.has(CgroupFile.ONLY_ON_ROOT))) {
            return false;
        }
        if (kind.has(CgroupFile.PRESSURE) && table.pressureOff(cgroup)) {
            return false;
        }
        return kind.ssid == CgroupFiles.CORE || (cgroups.control(cgroup) & CgroupSubsys.mask(kind.ssid)) != 0;
    }

    /** cgroup_pressure_write(): shows or hides the other files of the kind. */
    void setPressure(int cgroup, boolean on) {
        table.setPressureOff(cgroup, !on);
        int inode = dentries.inode(table.kn(cgroup));
        updateFiles(cgroup, inodes.uid(inode), inodes.gid(inode));
    }

    // Files.

    /** The cgroup of an open file; NULL once it has been removed. */
    int cgroupOf(int file) {
        return inodes.handle(files.inode(file));
    }

    CgroupFile kindOf(int file) {
        return kinds.get(inodes.datum(files.inode(file)));
    }

    /** The event count that poll compares: of->kn->attr.open->event. */
    int eventOf(int file) {
        int cgroup = cgroupOf(file);
        return kindOf(file).has(CgroupFile.NOTIFIES) ? (int) table.eventsSeq(cgroup) + 1 : 1;
    }

    /** The queue of those who poll a file that notifies; NULL for one that never does, or without memory. */
    int pollQueue(int file) {
        int inode = files.inode(file);
        if (inodes.handle(inode) == NULL || !kindOf(file).has(CgroupFile.NOTIFIES)) {
            return NULL;
        }
        if (inodes.rdev(inode) == NULL) {
            inodes.setRdev(inode, waitQueues.alloc());
        }
        return inodes.rdev(inode);
    }

    final void wakePollers(int inode) {
        changed.accept(inode);
        int kind = inodes.datum(inode);
        if (kind != 0 && kinds.get(kind).has(CgroupFile.NOTIFIES) && inodes.rdev(inode) != NULL) {
            waitQueues.wakeUpAll(inodes.rdev(inode), TaskTable.TASK_INTERRUPTIBLE);
        }
    }

    @Override
    public int fileKind(int inode) {
        return (inodes.mode(inode) & Stat.S_IFMT) == Stat.S_IFDIR ? directoryKind : fileKind;
    }

    @Override
    public void getattr(int inode, KStat stat) {
        boolean isDir = (stat.mode & Stat.S_IFMT) == Stat.S_IFDIR;
        stat.nlink = isDir ? Math.max(2, stat.nlink) : 1; // a removed one is as it was
        stat.size = 0;
        stat.rdev = 0;
    }

    @Override
    public int showPath(int task, int dentry, byte[] into) {
        int ns = cgroupNsOf(task);
        if (ns == NULL) {
            return 0;
        }
        int root = namespaces.rootOf(ns, hierarchyOf(dentries.sb(dentry)));
        return paths.relative(table.kn(root), dentry, into);
    }

    /** The namespace that an open file keeps, in the inode that keeps its text. */
    @Override
    public int nsHeldBy(int inode, int type) {
        boolean isKept = inodes.mode(inode) == Stat.S_IFREG && inodes.datum(inode) == 0;
        return isKept && type == NsTypes.CGROUP ? inodes.rdev(inode) : NULL;
    }

    @Override
    public void evict(int inode) {
        int kind = inodes.datum(inode);
        if (kind != 0 && kinds.get(kind).has(CgroupFile.NOTIFIES) && inodes.rdev(inode) != NULL) {
            waitQueues.free(inodes.rdev(inode));
            inodes.setRdev(inode, NULL);
        }
        inodes.setHandle(inode, NULL);
    }
}
