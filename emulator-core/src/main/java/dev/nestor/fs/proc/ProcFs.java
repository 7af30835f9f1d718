package dev.nestor.fs.proc;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileKinds;
import dev.nestor.fs.FileModes;
import dev.nestor.fs.FileTable;
import dev.nestor.fs.FsStructTable;
import dev.nestor.fs.FsType;
import dev.nestor.fs.InodeFlags;
import dev.nestor.fs.InodeTable;
import dev.nestor.fs.KStat;
import dev.nestor.fs.NameTable;
import dev.nestor.fs.Nameidata;
import dev.nestor.fs.Numbers;
import dev.nestor.fs.Outside;
import dev.nestor.fs.Permissions;
import dev.nestor.fs.Vfs;
import dev.nestor.fs.nsfs.NsFs;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.ns.NsTypes;
import dev.nestor.kernel.pid.PidNamespaces;
import dev.nestor.kernel.pid.PidTable;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.MmTable;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Stat;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * procfs. An instance shows the PID namespace of who mounted it. Dentries and inodes are made when a walk comes by and go
 * when nobody is at them; an inode of a process's directory holds the pid.
 */
public final class ProcFs extends FsType {
    public static final long PROC_SUPER_MAGIC = 0x9fa0L;

    private static final int BLOCK_SIZE = 1024;
    private static final long FIRST_INO = 0xF0000000L; // PROC_DYNAMIC_FIRST
    private static final int PID_INO_SHIFT = 28;
    private static final int FD_LINK_SIZE = 64; // bytes

    private final Vfs vfs;
    private final ProcFiles entries;
    private final NsFs nsfs;
    private final PtraceAccess access;
    private final InodeTable inodes;
    private final FileTable files;
    private final NameTable names;
    private final FsStructTable fsStructs;
    private final TaskTable tasks;
    private final SignalStructTable signals;
    private final CredTable creds;
    private final PidTable pidTable;
    private final Pids pids;
    private final PidNamespaces pidNamespaces;
    private final MmTable mms;
    /** Links of the inode that an open list of mounts keeps: its handle is a mount namespace. */
    static final int KEEPS_MNT_NS = 2;

    private final HidePid hidePid;
    private final int index;
    private final byte[] text = new byte[256];

    public ProcFs(Vfs vfs, ProcFiles entries, NsFs nsfs, PidTable pidTable, MmTable mms) {
        super("proc", PROC_SUPER_MAGIC);
        this.vfs = vfs;
        this.entries = entries;
        this.nsfs = nsfs;
        this.inodes = vfs.tables.inodes;
        this.files = vfs.tables.files;
        this.names = vfs.tables.names;
        this.fsStructs = vfs.tables.fsStructs;
        this.tasks = vfs.below.tasks();
        this.signals = vfs.below.signals();
        this.creds = vfs.below.credTable();
        this.pidTable = pidTable;
        this.pids = vfs.below.pids();
        this.pidNamespaces = vfs.below.pidNamespaces();
        this.mms = mms;
        this.access = new PtraceAccess(tasks, creds, vfs.below.capabilities(), mms);
        this.hidePid = new HidePid(vfs, access);
        this.index = vfs.types.register(this);
        vfs.kinds.set(FileKinds.PROC, new ProcOps(vfs, this));
        vfs.kinds.set(FileKinds.PROC_DIRECTORY, new ProcDirectoryOps(vfs, this));
    }

    /** proc_fill_super(): an instance that shows a PID namespace; takes over the reference on it. NULL at a limit. */
    public int create(int userNs, int pidNs) {
        int sb = vfs.superBlocks.create(index, userNs);
        if (sb == NULL) {
            pidNamespaces.put(pidNs);
            return NULL;
        }
        vfs.tables.superBlocks.setPidNs(sb, pidNs);
        vfs.tables.superBlocks.setBlocksize(sb, BLOCK_SIZE);
        int inode = newInode(sb, entries.root(), NULL, 0);
        int name = names.intern("/");
        int root = inode == NULL ? NULL : vfs.dentries.addRoot(sb, name, inode);
        names.put(name);
        if (root == NULL) {
            vfs.inodes.put(inode);
            vfs.superBlocks.put(sb);
            return NULL;
        }
        inodes.setIno(inode, 1);
        vfs.tables.superBlocks.setRoot(sb, root);
        return sb;
    }

    @Override
    public void kill(int sb) {
        int ns = vfs.tables.superBlocks.pidNs(sb);
        vfs.tables.superBlocks.setPidNs(sb, NULL);
        pidNamespaces.put(ns);
    }

    HidePid hidePid() {
        return hidePid;
    }

    ProcFiles entries() {
        return entries;
    }

    PidTable pidTable() {
        return pidTable;
    }

    public PtraceAccess access() {
        return access;
    }

    /** PDE(): the entry that an inode stands for; null for one that was learned from outside. */
    @Nullable
    ProcEntry entryOf(int inode) {
        return inodes.datum(inode) == 0 ? null : entries.entry(inodes.datum(inode));
    }

    int pidNsOf(int inode) {
        return vfs.tables.superBlocks.pidNs(inodes.sb(inode));
    }

    /** The name of an open file of /proc, with PID/ before it in a process's directory; "" for a file of another kind. */
    public String nameOf(int file) {
        int inode = files.inode(file);
        boolean isOurs = inode != NULL && vfs.superBlocks.type(inodes.sb(inode)) == this;
        ProcEntry entry = isOurs ? entryOf(inode) : null;
        if (entry == null) {
            return "";
        }
        String name = new String(entry.name, StandardCharsets.US_ASCII);
        return inodes.handle(inode) == NULL ? name : "PID/" + name;
    }

    /** The task that an inode of a /proc tells of; NULL for any other inode, and once it has been released. */
    public int subjectOf(int inode) {
        boolean isOurs = inode != NULL && vfs.superBlocks.type(inodes.sb(inode)) == this;
        return isOurs ? taskOf(inode) : NULL;
    }

    /** tgid_pidfd_to_pid(): the pid of a /proc/PID directory, which can stand for a pidfd; NULL for any other file. */
    public int pidOfDirectory(int file) {
        int inode = files.inode(file);
        boolean isOurs = inode != NULL
                && vfs.superBlocks.type(inodes.sb(inode)) == this
                && (files.mode(file) & FileModes.FMODE_PATH) == 0;
        ProcEntry entry = isOurs ? entryOf(inode) : null;
        return entry != null && entry.kind == ProcEntry.PID_DIR ? inodes.handle(inode) : NULL;
    }

    /** get_proc_task(): the task that an inode's directory is of, or NULL once it has been released. */
    int taskOf(int inode) {
        int pid = inodes.handle(inode);
        return pid == NULL ? NULL : pidTable.thread(pid);
    }

    /** What getdents and stat show as the number of an entry. */
    long inoOf(ProcEntry entry, int pid, int extra) {
        if (pid == NULL) {
            return FIRST_INO + entry.index;
        }
        return ((long) pids.numberAt(pid, 0) << PID_INO_SHIFT) + ((long) entry.index << 20) + extra;
    }

    private int newInode(int sb, ProcEntry entry, int pid, int extra) {
        int inode = vfs.inodes.create(sb, entry.mode, 0, 0);
        if (inode != NULL) {
            inodes.setIno(inode, inoOf(entry, pid, extra));
            inodes.setDatum(inode, entry.index);
            inodes.setHandle(inode, pids.getPid(pid));
            inodes.setDirOffset(inode, extra);
            boolean isUnknown =
                    (entry.isSysctl && !entry.isWhole) || (entry.kind == ProcEntry.DIR && entry.children.isEmpty());
            if (isUnknown && pid == NULL && (entry.mode & Stat.S_IFMT) == Stat.S_IFDIR) {
                inodes.setFlags(inode, InodeFlags.INCOMPLETE);
            }
            update(inode);
        }
        return inode;
    }

    /** pid_update_inode(), tid_fd_update_inode(): owner and, for a descriptor, mode as they are now. */
    private void update(int inode) {
        ProcEntry entry = entryOf(inode);
        int task = taskOf(inode);
        if (entry == null || task == NULL) {
            return;
        }
        int cred = tasks.cred(task);
        boolean isWorldDir = entry.mode == (Stat.S_IFDIR | 0555);
        int mm = tasks.mm(task);
        boolean owned = isWorldDir || (mm != NULL && access.isDumpable(task));
        boolean ofNsRoot = !owned && mm != NULL;
        int rootUid = ofNsRoot ? Math.max(0, vfs.below.userNamespaces().makeKuid(access.userNs(mm), 0)) : 0;
        int rootGid = ofNsRoot ? Math.max(0, vfs.below.userNamespaces().makeKgid(access.userNs(mm), 0)) : 0;
        inodes.setUid(inode, owned ? creds.euid(cred) : rootUid);
        inodes.setGid(inode, owned ? creds.egid(cred) : rootGid);
        if (entry.kind == ProcEntry.FD_LINK) {
            int file = fileOf(task, inodes.dirOffset(inode));
            int mode = file == NULL ? 0 : files.mode(file);
            inodes.setMode(
                    inode,
                    Stat.S_IFLNK
                            | ((mode & FileModes.FMODE_READ) != 0 ? 0500 : 0)
                            | ((mode & FileModes.FMODE_WRITE) != 0 ? 0300 : 0));
        }
    }

    private int fileOf(int task, int fd) {
        int struct = tasks.files(task);
        return struct == NULL ? NULL : vfs.fileTables.file(struct, fd);
    }

    @Override
    public int lookup(int task, int dir, int nameHandle) {
        int length = names.length(nameHandle);
        if (length >= text.length) {
            return -Errno.ENOENT;
        }
        names.copy(nameHandle, text, 0);
        int dirInode = vfs.tables.dentries.inode(dir);
        ProcEntry entry = entryOf(dirInode);
        if (entry == null) {
            return -Errno.ENOENT;
        }
        int subject = taskOf(dirInode);
        if (inodes.handle(dirInode) != NULL && subject == NULL) {
            return -Errno.ENOENT;
        }
        return switch (entry.kind) {
            case ProcEntry.ROOT -> lookupInRoot(task, dir, nameHandle, length);
            case ProcEntry.TASK_DIR -> lookupThread(dir, nameHandle, length, subject);
            case ProcEntry.FD_DIR -> lookupFd(dir, nameHandle, length, entries.fdLink());
            case ProcEntry.FDINFO_DIR -> lookupFd(dir, nameHandle, length, entries.fdInfo());
            case ProcEntry.NAMES -> lookupName(task, dir, nameHandle, length, entry);
            default -> lookupChild(dir, nameHandle, length, entry);
        };
    }

    private int lookupName(int task, int dir, int name, int length, ProcEntry entry) {
        ProcNames names = entry.names;
        ProcEntry template = entry.template;
        boolean isFixed = entry.child(text, length) != null;
        int id = isFixed || names == null ? 0 : names.find(task, text, length);
        return id == 0 || template == null ? lookupChild(dir, name, length, entry) : add(dir, name, template, NULL, id);
    }

    private int lookupChild(int dir, int name, int length, ProcEntry entry) {
        ProcEntry child = entry.child(text, length);
        if (child == null) {
            boolean isUnknown = entry.kind == ProcEntry.DIR
                    && entry.children.isEmpty()
                    && inodes.handle(vfs.tables.dentries.inode(dir)) != NULL;
            return isUnknown ? -Outside.EOUTSIDE : -Errno.ENOENT;
        }
        int dirInode = vfs.tables.dentries.inode(dir);
        return add(dir, name, child, inodes.handle(dirInode), child.isSysctl ? inodes.dirOffset(dirInode) : 0);
    }

    private int add(int dir, int name, ProcEntry entry, int pid, int extra) {
        int inode = newInode(vfs.tables.dentries.sb(dir), entry, pid, extra);
        if (inode == NULL) {
            return -Errno.ENOMEM;
        }
        int dentry = vfs.dentries.add(dir, name, inode);
        if (dentry == NULL) {
            vfs.inodes.put(inode);
            return -Errno.ENOMEM;
        }
        return dentry;
    }

    /** name_to_int(): a number without leading zeros, or -1. */
    private int number(int length) {
        if (length == 0 || length > 10 || (text[0] == '0' && length > 1)) {
            return -1;
        }
        long value = 0;
        for (int i = 0; i < length; i++) {
            int digit = text[i] - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value > Integer.MAX_VALUE ? -1 : (int) value;
    }

    /** proc_pid_lookup(): any thread's number leads somewhere, though only processes are listed. */
    private int lookupInRoot(int task, int dir, int name, int length) {
        int nr = number(length);
        int sb = vfs.tables.dentries.sb(dir);
        if (nr < 0) {
            ProcEntry child = entries.root().child(text, length);
            boolean isSelf = child != null && (child.kind == ProcEntry.SELF || child.kind == ProcEntry.THREAD_SELF);
            return hidePid.showsPidsOnly(sb) && !isSelf
                    ? -Errno.ENOENT
                    : lookupChild(dir, name, length, entries.root());
        }
        int pid = pids.findVpid(vfs.tables.superBlocks.pidNs(sb), nr);
        int subject = pid == NULL ? NULL : pidTable.thread(pid);
        if (subject == NULL || !hidePid.mayFind(sb, task, subject)) {
            return -Errno.ENOENT;
        }
        return add(dir, name, entries.pidDir(), pid, 0);
    }

    private int lookupThread(int dir, int name, int length, int subject) {
        int nr = number(length);
        int ns = vfs.tables.superBlocks.pidNs(vfs.tables.dentries.sb(dir));
        int pid = nr < 0 ? NULL : pids.findVpid(ns, nr);
        int thread = pid == NULL ? NULL : pidTable.thread(pid);
        if (thread == NULL || tasks.signal(thread) != tasks.signal(subject)) {
            return -Errno.ENOENT;
        }
        return add(dir, name, entries.tidDir(), pid, 0);
    }

    private int lookupFd(int dir, int name, int length, ProcEntry entry) {
        int fd = number(length);
        int dirInode = vfs.tables.dentries.inode(dir);
        if (fd < 0 || fileOf(taskOf(dirInode), fd) == NULL) {
            return -Errno.ENOENT;
        }
        return add(dir, name, entry, inodes.handle(dirInode), fd);
    }

    @Override
    public boolean isValid(int dentry) {
        int inode = vfs.tables.dentries.inode(dentry);
        if (inode == NULL || inodes.handle(inode) == NULL) {
            ProcEntry named = inode == NULL ? null : entryOf(inode);
            return named == null || !named.isNamed;
        }
        int task = taskOf(inode);
        ProcEntry entry = entryOf(inode);
        if (task == NULL || entry == null) {
            return false;
        }
        boolean isFd = entry.kind == ProcEntry.FD_LINK || entry.kind == ProcEntry.FDINFO;
        if (isFd && fileOf(task, inodes.dirOffset(inode)) == NULL) {
            return false;
        }
        update(inode);
        return true;
    }

    @Override
    public int permission(int task, int inode, int mask, Permissions generic) {
        ProcEntry entry = entryOf(inode);
        if (entry == null) {
            return generic.generic(task, inode, mask);
        }
        if (entry.isSysctl) {
            return sysctlPermission(task, entry, mask);
        }
        int subject = taskOf(inode);
        if ((entry.kind == ProcEntry.PID_DIR || entry.kind == ProcEntry.TID_DIR) && subject == NULL) {
            return -Errno.ESRCH;
        }
        int sb = inodes.sb(inode);
        if (entry.kind == ProcEntry.PID_DIR && !hidePid.permits(sb, task, subject, HidePid.NO_ACCESS)) {
            return hidePid.isInvisible(sb) ? -Errno.ENOENT : -Errno.EPERM;
        }
        int error = generic.generic(task, inode, mask);
        boolean isFdDir = entry.kind == ProcEntry.FD_DIR;
        if (error != 0 && isFdDir && subject != NULL && tasks.signal(subject) == tasks.signal(task)) {
            return 0;
        }
        return error;
    }

    /** proc_sys_permission(): root and group root by their bits of the mode, and no capability helps. */
    private int sysctlPermission(int task, ProcEntry entry, int mask) {
        int bits = entry.mode & 0777;
        if (entry.rights != null) {
            bits = entry.rights.bits(task, bits);
        } else {
            int cred = tasks.cred(task);
            if (creds.euid(cred) == 0) {
                bits >>= 6;
            } else if (creds.egid(cred) == 0) {
                bits >>= 3;
            }
        }
        return (mask & ~bits & 7) == 0 ? 0 : -Errno.EACCES;
    }

    @Override
    public int linkText(int task, int dentry, byte[] into) {
        int inode = vfs.tables.dentries.inode(dentry);
        ProcEntry entry = entryOf(inode);
        if (entry == null) {
            return 0;
        }
        return switch (entry.kind) {
            case ProcEntry.LINK -> Numbers.text(into, entry.target);
            case ProcEntry.SELF -> selfText(task, inode, into, false);
            case ProcEntry.THREAD_SELF -> selfText(task, inode, into, true);
            default -> 0;
        };
    }

    /** proc_self_get_link(): ENOENT for a reader whom the namespace does not know. */
    private int selfText(int task, int inode, byte[] into, boolean thread) {
        int ns = pidNsOf(inode);
        int tgid = pids.taskTgidNr(task, ns);
        if (tgid == 0) {
            return -Errno.ENOENT;
        }
        int at = Numbers.putDecimal(into, 0, tgid);
        if (thread) {
            for (int i = 0; i < TASK.length; i++) {
                into[at++] = TASK[i];
            }
            at = Numbers.putDecimal(into, at, pids.taskNr(task, ns));
        }
        return at;
    }

    private static final byte[] TASK = {'/', 't', 'a', 's', 'k', '/'};

    /** proc_fd_access_allowed(). */
    private int mayFollow(int task, int inode) {
        int subject = taskOf(inode);
        return subject != NULL && access.mayRead(task, subject) ? 0 : -Errno.EACCES;
    }

    @Override
    public int follow(int task, int dentry, Nameidata nd) {
        int inode = vfs.tables.dentries.inode(dentry);
        ProcEntry entry = entryOf(inode);
        int error = mayFollow(task, inode);
        if (error != 0 || entry == null) {
            return error;
        }
        int subject = taskOf(inode);
        if (entry.kind == ProcEntry.NS_LINK) {
            return nsfs.nsGetPath(subject, typeOf(entry), nd);
        }
        if (!place(subject, entry.kind, inodes.dirOffset(inode))) {
            return -Errno.ENOENT;
        }
        nd.jump(placeMnt, placeDentry);
        return 0;
    }

    @Override
    public int readlink(int task, int dentry, byte[] into) {
        int length = linkText(task, dentry, into);
        if (length != 0) {
            return length;
        }
        int inode = vfs.tables.dentries.inode(dentry);
        ProcEntry entry = entryOf(inode);
        int error = mayFollow(task, inode);
        if (error != 0 || entry == null) {
            return error;
        }
        int subject = taskOf(inode);
        if (entry.kind == ProcEntry.NS_LINK) {
            return nsfs.nsGetName(subject, typeOf(entry), into);
        }
        if (!place(subject, entry.kind, inodes.dirOffset(inode))) {
            return -Errno.ENOENT;
        }
        int fs = tasks.fs(task);
        return vfs.paths.dPath(placeMnt, placeDentry, fsStructs.rootMnt(fs), fsStructs.rootDentry(fs), into);
    }

    private int placeMnt; // where place() has been, not held
    private int placeDentry;

    /** Where a link leads: a descriptor's file, the working directory, the root, the program. False when nowhere. */
    private boolean place(int subject, int kind, int fd) {
        int fs = tasks.fs(subject);
        if (kind == ProcEntry.CWD || kind == ProcEntry.ROOT_LINK) {
            if (fs == NULL) {
                return false;
            }
            placeMnt = kind == ProcEntry.CWD ? fsStructs.pwdMnt(fs) : fsStructs.rootMnt(fs);
            placeDentry = kind == ProcEntry.CWD ? fsStructs.pwdDentry(fs) : fsStructs.rootDentry(fs);
            return true;
        }
        int mm = tasks.mm(subject);
        int file = kind != ProcEntry.EXE ? fileOf(subject, fd) : mm == NULL ? NULL : mms.exeFile(mm);
        if (file == NULL) {
            return false;
        }
        placeMnt = files.mnt(file);
        placeDentry = files.dentry(file);
        return true;
    }

    private static int typeOf(ProcEntry entry) {
        for (int type = 0; type < NsTypes.COUNT; type++) {
            String name = NsTypes.name(type);
            if (name.length() == entry.name.length && isName(name, entry.name)) {
                return type;
            }
        }
        throw new AssertionError(entry.index);
    }

    private static boolean isName(String name, byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            if (name.charAt(i) != bytes[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void getattr(int inode, KStat stat) {
        ProcEntry entry = entryOf(inode);
        int task = taskOf(inode);
        if (entry == null) {
            return;
        }
        stat.nlink = nlink(entry, task);
        stat.size = entry.size > 0 ? entry.size : stat.size;
        if (entry.kind == ProcEntry.FD_LINK) {
            stat.size = FD_LINK_SIZE;
        }
        if (entry.kind == ProcEntry.FD_DIR && task != NULL && tasks.files(task) != NULL) {
            int struct = tasks.files(task);
            stat.size = 0;
            for (int fd = vfs.fileTables.nextOpen(struct, 0); fd >= 0; fd = vfs.fileTables.nextOpen(struct, fd + 1)) {
                stat.size++;
            }
        }
    }

    /** pid_getattr(): what is not listed is not shown either. */
    @Override
    public int mayGetattr(int task, int inode) {
        int subject = taskOf(inode);
        boolean isHidden = subject != NULL && !hidePid.permits(inodes.sb(inode), task, subject, HidePid.INVISIBLE);
        return isHidden ? -Errno.ENOENT : 0;
    }

    private int nlink(ProcEntry entry, int task) {
        boolean isDir = (entry.mode & Stat.S_IFMT) == Stat.S_IFDIR;
        if (!isDir || entry.isSysctl || entry == entries.root().child("sys")) {
            return 1;
        }
        return switch (entry.kind) {
            case ProcEntry.PID_DIR -> 9;
            case ProcEntry.TID_DIR -> 7;
            case ProcEntry.TASK_DIR -> 2 + (task == NULL ? 0 : signals.nrThreads(tasks.signal(task)));
            default -> 2 + directories(entry);
        };
    }

    private static int directories(ProcEntry entry) {
        int count = 0;
        for (int i = 0; i < entry.children.size(); i++) {
            count += (entry.children.get(i).mode & Stat.S_IFMT) == Stat.S_IFDIR ? 1 : 0;
        }
        return count;
    }

    @Override
    public int maySetattr(int task, int inode, int what) {
        return inodes.handle(inode) != NULL && what == ATTR_MODE ? -Errno.EPERM : 0;
    }

    @Override
    public boolean isUsernsVisible() {
        return true;
    }

    @Override
    public int fileKind(int inode) {
        return (inodes.mode(inode) & Stat.S_IFMT) == Stat.S_IFDIR
                ? FileKinds.PROC_DIRECTORY
                : inodes.datum(inode) == 0 ? FileKinds.REGULAR : FileKinds.PROC;
    }

    @Override
    public int nsHeldBy(int inode, int type) {
        if (!isKept(inode)) {
            return NULL;
        }
        boolean isMntNs = inodes.nlink(inode) == KEEPS_MNT_NS;
        return switch (type) {
            case NsTypes.USER -> inodes.rdev(inode);
            case NsTypes.MNT -> isMntNs ? inodes.handle(inode) : NULL;
            case NsTypes.IPC -> isMntNs ? NULL : inodes.handle(inode);
            case NsTypes.PID -> inodes.dirOffset(inode);
            default -> NULL;
        };
    }

    /** Whether an inode is what an open file keeps its text and its namespaces in. */
    private boolean isKept(int inode) {
        return inodes.datum(inode) == 0 && inodes.mode(inode) == Stat.S_IFREG;
    }

    @Override
    public int pidHeldBy(int inode) {
        return isKept(inode) ? NULL : inodes.handle(inode);
    }

    @Override
    public void evict(int inode) {
        int pid = inodes.handle(inode);
        inodes.setHandle(inode, NULL);
        pids.putPid(pid);
    }
}
