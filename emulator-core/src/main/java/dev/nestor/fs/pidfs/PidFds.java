package dev.nestor.fs.pidfs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileKinds;
import dev.nestor.fs.FileOps;
import dev.nestor.fs.FileTable;
import dev.nestor.fs.FsType;
import dev.nestor.fs.InodeTable;
import dev.nestor.fs.KStat;
import dev.nestor.fs.Numbers;
import dev.nestor.fs.Vfs;
import dev.nestor.kernel.ns.NsTypes;
import dev.nestor.kernel.pid.PidTable;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.sched.WaitQueues;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Stat;
import it.unimi.dsi.fastutil.ints.Int2IntOpenHashMap;

/**
 * Pidfds and pidfs: one inode for each struct pid that somebody has a descriptor of. The inode holds the pid; its number
 * stays the pid's for as long as that lives.
 */
public final class PidFds extends FsType implements FileOps {
    public static final long PID_FS_MAGIC = 0x50494446L;

    /** PIDFD_THREAD: the descriptor stands for one thread. */
    public static final int PIDFD_THREAD = Fcntl.O_EXCL;

    private static final int DEVICE = 5;
    private static final int FIONREAD = 0x541B;
    private static final int PIDFS_IOCTL_MAGIC = 0xff;
    private static final int PIDFD_GET_CGROUP_NAMESPACE = 0xff01; // the first of as many as there are kinds
    private static final int PIDFD_GET_INFO = 11;
    private static final int FS_IOC_GETVERSION = 0x80087601;

    private final Vfs vfs;
    private final InodeTable inodes;
    private final FileTable files;
    private final PidTable pidTable;
    private final Pids pids;
    private final TaskTable tasks;
    private final SignalStructTable signals;
    private final WaitQueues waitQueues;
    private final int mount;
    private final int noName;

    private final PidInfo info;
    private Namespaces namespaces = (task, subject, type) -> -Errno.ENOTTY;

    /** Gives a task a descriptor of a namespace of another one: PIDFD_GET_*_NAMESPACE. */
    public interface Namespaces {
        /** The descriptor, or EACCES, EMFILE, ENFILE. */
        long open(int task, int subject, int type);
    }

    /** pid to the dentry that stands for it: look up, never walk. */
    private final Int2IntOpenHashMap stashed = new Int2IntOpenHashMap();

    public PidFds(Vfs vfs, PidTable pidTable, int userNs) {
        super("pidfs", PID_FS_MAGIC);
        this.vfs = vfs;
        this.inodes = vfs.tables.inodes;
        this.files = vfs.tables.files;
        this.pidTable = pidTable;
        this.pids = vfs.below.pids();
        this.tasks = vfs.below.tasks();
        this.signals = vfs.below.signals();
        this.waitQueues = vfs.below.waitQueues();
        this.noName = vfs.tables.names.intern("");
        int source = vfs.tables.names.intern("pidfs");
        this.mount = vfs.kernMount(vfs.types.register(this), userNs, source, DEVICE);
        vfs.tables.names.put(source);
        vfs.kinds.set(FileKinds.PIDFD, this);
        this.info = new PidInfo(vfs, pidTable);
        pids.setReapedHook(this::keepExit);
    }

    /** pidfs_exit(). A pid that is in flight over a socket may yet become a descriptor, so it is kept of all. */
    private void keepExit(int task) {
        pidTable.setExit(tasks.threadPid(task), tasks.exitCode(task), info.cgroupOf(task));
    }

    /** What PIDFD_GET_INFO asks of rooms below that this one does not see. */
    public PidInfo info() {
        return info;
    }

    public void setNamespaces(Namespaces room) {
        namespaces = room;
    }

    /**
     * pidfd_create(): a descriptor for a pid, closed by execve.
     *
     * @param flags PIDFD_THREAD, O_NONBLOCK
     */
    public int create(int task, int pid, int flags) {
        int fd = vfs.fileTables.unused(task, 0);
        if (fd < 0) {
            return fd;
        }
        int dentry = dentryOf(pid);
        int file = dentry == NULL ? NULL : vfs.files.create(task, mount, dentry, Fcntl.O_RDWR | flags, FileKinds.PIDFD);
        if (dentry != NULL) {
            vfs.dentries.put(dentry);
        }
        if (file == NULL) {
            return -Errno.ENFILE;
        }
        vfs.fileTables.install(tasks.files(task), fd, file, true);
        return fd;
    }

    /** pid_has_task(PIDTYPE_TGID): whether a pid is still that of a process. */
    public boolean isProcess(int pid) {
        return pidTable.process(pid) != NULL;
    }

    private int dentryOf(int pid) {
        int dentry = stashed.get(pid);
        if (dentry != NULL) {
            return vfs.dentries.get(dentry);
        }
        int sb = vfs.tables.mounts.sb(mount);
        int inode = vfs.inodes.create(sb, Stat.S_IFREG | 0700, 0, 0);
        if (inode == NULL) {
            return NULL;
        }
        if (pidTable.inode(pid) == 0) {
            pidTable.setInode(pid, (int) inodes.ino(inode));
        }
        inodes.setIno(inode, pidTable.inode(pid));
        inodes.setHandle(inode, pids.getPid(pid));
        dentry = vfs.dentries.addRoot(sb, noName, inode);
        if (dentry == NULL) {
            vfs.inodes.put(inode);
            return NULL;
        }
        if (pidTable.waitPidfd(pid) == NULL) {
            pidTable.setWaitPidfd(pid, waitQueues.alloc());
        }
        stashed.put(pid, dentry);
        return dentry;
    }

    @Override
    public void evict(int inode) {
        int pid = inodes.handle(inode);
        if (pid == NULL) {
            return;
        }
        stashed.remove(pid);
        inodes.setHandle(inode, NULL);
        int queue = pidTable.waitPidfd(pid);
        if (queue != NULL && !waitQueues.hasWaiters(queue)) {
            pidTable.setWaitPidfd(pid, NULL);
            waitQueues.free(queue);
        }
        pids.putPid(pid);
    }

    /** pidfd_pid(): whether an open file stands for a process. */
    public boolean isPidfd(int file) {
        return files.kind(file) == FileKinds.PIDFD;
    }

    /** The pid that it stands for, which the file holds. */
    public int pidOf(int file) {
        return inodes.handle(files.inode(file));
    }

    /** PIDFD_THREAD. */
    public boolean isOfThread(int file) {
        return (files.flags(file) & PIDFD_THREAD) != 0;
    }

    @Override
    public boolean canRead() {
        return false;
    }

    @Override
    public boolean canWrite() {
        return false;
    }

    @Override
    public boolean canSeek() {
        return false;
    }

    /** pidfd_poll(): readable once it is a zombie, hung up once it has been reaped. */
    @Override
    public int poll(int task, int file) {
        int thread = pidTable.thread(pidOf(file));
        if (thread == NULL) {
            return POLLIN | POLLRDNORM | POLLHUP;
        }
        boolean alone = isOfThread(file) || signals.nrThreads(tasks.signal(thread)) == 1;
        return tasks.exitState(thread) != 0 && alone ? POLLIN | POLLRDNORM : 0;
    }

    @Override
    public int pollQueue(int file, int index) {
        return index == 0 ? pidTable.waitPidfd(pidOf(file)) : NULL;
    }

    @Override
    public long ioctl(int task, int file, int cmd, long arg) {
        if (cmd == FIONREAD) {
            return -Errno.ENOTTY;
        }
        int type = cmd - PIDFD_GET_CGROUP_NAMESPACE;
        if (type >= 0 && type < NsTypes.COUNT) {
            return openNamespace(task, pidTable.thread(pidOf(file)), type, arg);
        }
        if (cmd == FS_IOC_GETVERSION) {
            return arg == 0 ? -Errno.EINVAL : vfs.below.memory().putInt(tasks.mm(task), arg, 0);
        }
        boolean isInfo = (cmd >>> 8 & 0xff) == PIDFS_IOCTL_MAGIC && (cmd & 0xff) == PIDFD_GET_INFO;
        int size = cmd >>> 16 & 0x3fff;
        return isInfo && size >= PidInfo.SIZE_VER0 ? info.give(task, pidOf(file), arg, size) : -Errno.ENOTTY;
    }

    private long openNamespace(int task, int subject, int type, long arg) {
        if (subject == NULL) {
            return -Errno.ESRCH;
        }
        if (arg != 0) {
            return -Errno.EINVAL;
        }
        return tasks.nsproxy(subject) == NULL ? -Errno.ESRCH : namespaces.open(task, subject, type);
    }

    /** anon_inode_getattr(): a pidfd has no type. */
    @Override
    public void getattr(int inode, KStat stat) {
        stat.mode &= ~Stat.S_IFMT;
    }

    @Override
    public int maySetattr(int task, int inode, int what) {
        return -Errno.EOPNOTSUPP;
    }

    @Override
    public int pidHeldBy(int inode) {
        return inodes.handle(inode);
    }

    /** pidfs_xattr_handlers. */
    @Override
    public boolean hasXattrs(String prefix) {
        return prefix.equals("trusted.");
    }

    /** pidfs_fh_to_dentry(): a dentry, held, for the process of an inode number that ns can see; NULL when there is none. */
    public int dentryOfIno(int ns, long ino) {
        for (int row = 1; row < pidTable.rows(); row++) {
            int pid = pidTable.handleInRow(row);
            if (pid != NULL && pidTable.inode(pid) != 0 && Integer.toUnsignedLong(pidTable.inode(pid)) == ino) {
                boolean isThere = pidTable.thread(pid) != NULL && pids.pidNrNs(pid, ns) != 0;
                int known = stashed.get(pid);
                return !isThere ? NULL : dentryOf(pid, known);
            }
        }
        return NULL;
    }

    private int dentryOf(int pid, int known) {
        return known != NULL ? vfs.dentries.get(known) : dentryOf(pid);
    }

    /** The mount that no walk leads to. */
    public int mount() {
        return mount;
    }

    @Override
    public boolean isKernelOwn() {
        return true;
    }

    @Override
    public int fileKind(int inode) {
        return FileKinds.PIDFD;
    }

    @Override
    public int dynamicName(int dentry, byte[] into) {
        return Numbers.text(into, "anon_inode:[pidfd]");
    }
}
