package dev.nestor.fs.pidfs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileKinds;
import dev.nestor.fs.FileOps;
import dev.nestor.fs.FileTable;
import dev.nestor.fs.FsType;
import dev.nestor.fs.InodeTable;
import dev.nestor.fs.Vfs;
import dev.nestor.kernel.pid.PidTable;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Stat;

/**
 * Processes as files. A pid has one inode as long as any pidfd is open; the inode holds the pid and the queue that pollers
 * of its end sleep on.
 */
public final class PidFds extends FsType implements FileOps {
    public static final long PID_FS_MAGIC = 0x50494446L;

    /** PIDFD_THREAD: the file stands for the thread, not for its process. */
    public static final int PIDFD_THREAD = Fcntl.O_EXCL;

    private static final int DEVICE = 5; // st_dev
    private static final byte[] NAME = {
        'a', 'n', 'o', 'n', '_', 'i', 'n', 'o', 'd', 'e', ':', '[', 'p', 'i', 'd', 'f', 'd', ']'
    };

    private final Vfs vfs;
    private final InodeTable inodes;
    private final FileTable files;
    private final PidTable pids;
    private final TaskTable tasks;
    private final SignalStructTable signals;
    private final int mount;
    private final int noName;

    public PidFds(Vfs vfs, PidTable pids, int userNs) {
        super("pidfs", PID_FS_MAGIC);
        this.vfs = vfs;
        this.inodes = vfs.tables.inodes;
        this.files = vfs.tables.files;
        this.pids = pids;
        this.tasks = vfs.below.tasks();
        this.signals = vfs.below.signals();
        this.noName = vfs.tables.names.intern("");
        this.mount = vfs.kernMount(vfs.types.register(this), userNs, noName);
        vfs.superBlocks.setDevice(vfs.tables.mounts.sb(mount), DEVICE);
        vfs.kinds.set(FileKinds.PIDFD, this);
    }

    /**
     * pidfd_prepare(): the lowest descriptor for a pid, close-on-exec; or -EMFILE, -ENFILE.
     *
     * @param flags O_NONBLOCK, PIDFD_THREAD
     */
    public int create(int task, int pid, int flags) {
        int dentry = dentryOf(pid);
        if (dentry == NULL) {
            return -Errno.ENFILE;
        }
        int file = vfs.files.create(task, mount, dentry, Fcntl.O_RDWR | flags, FileKinds.PIDFD);
        vfs.dentries.put(dentry);
        if (file == NULL) {
            return -Errno.ENFILE;
        }
        int fd = vfs.fileTables.installLowest(task, 0, file, true);
        if (fd < 0) {
            vfs.files.put(file);
        }
        return fd;
    }

    /** The dentry of a pid, with a reference; NULL at a limit. */
    private int dentryOf(int pid) {
        if (pids.inode(pid) != NULL) {
            return vfs.dentries.get(pids.inode(pid));
        }
        int inode = vfs.inodes.create(vfs.tables.mounts.sb(mount), 0700, 0, 0);
        int queue = inode == NULL ? NULL : vfs.below.waitQueues().alloc();
        int dentry = queue == NULL ? NULL : vfs.dentries.addRoot(inodes.sb(inode), noName, inode);
        if (dentry == NULL) {
            if (queue != NULL) {
                vfs.below.waitQueues().free(queue);
            }
            vfs.inodes.put(inode);
            return NULL;
        }
        inodes.setHandle(inode, vfs.below.pids().getPid(pid));
        pids.setWaitPidfd(pid, queue);
        pids.setInode(pid, dentry);
        return dentry;
    }

    public boolean isPidfd(int file) {
        return files.kind(file) == FileKinds.PIDFD;
    }

    /** pidfd_pid(). */
    public int pidOf(int file) {
        return inodes.handle(files.inode(file));
    }

    /** Whether the file stands for a thread. */
    public boolean isOfThread(int file) {
        return (files.flags(file) & PIDFD_THREAD) != 0;
    }

    /** pidfd_poll(): readable once the process, or the thread, has ended; a hang-up once it has been reaped. */
    @Override
    public int poll(int task, int file) {
        int pid = pidOf(file);
        int target = pids.thread(pid);
        if (target == NULL) {
            return POLLIN | POLLRDNORM | POLLHUP;
        }
        boolean alone = isOfThread(file)
                || signals.threads().first(tasks.signal(target))
                        == signals.threads().last(tasks.signal(target));
        return tasks.exitState(target) != 0 && alone ? POLLIN | POLLRDNORM : 0;
    }

    @Override
    public int pollQueue(int file, int index) {
        return index == 0 ? pids.waitPidfd(pidOf(file)) : NULL;
    }

    @Override
    public int fileKind(int inode) {
        return FileKinds.PIDFD;
    }

    @Override
    public int maySetattr(int task, int inode) {
        return -Errno.EOPNOTSUPP;
    }

    /** pidfs_dname(). */
    @Override
    public int dynamicName(int dentry, byte[] into) {
        System.arraycopy(NAME, 0, into, 0, NAME.length);
        return NAME.length;
    }

    @Override
    public void evict(int inode) {
        int pid = inodes.handle(inode);
        if (pid != NULL && (inodes.mode(inode) & Stat.S_IFMT) == 0) {
            inodes.setHandle(inode, NULL);
            vfs.below.waitQueues().free(pids.waitPidfd(pid));
            pids.setWaitPidfd(pid, NULL);
            pids.setInode(pid, NULL);
            vfs.below.pids().putPid(pid);
        }
    }
}
