package dev.nestor.ipc;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileKinds;
import dev.nestor.fs.FileModes;
import dev.nestor.fs.FileOps;
import dev.nestor.fs.FileTable;
import dev.nestor.fs.FsType;
import dev.nestor.fs.InodeTable;
import dev.nestor.fs.IovIter;
import dev.nestor.fs.Nameidata;
import dev.nestor.fs.Numbers;
import dev.nestor.fs.Outside;
import dev.nestor.fs.Permissions;
import dev.nestor.fs.Vfs;
import dev.nestor.kernel.cred.OwnedNamespaces;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.StateHash;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Stat;
import dev.nestor.uapi.Time;
import it.unimi.dsi.fastutil.ints.Int2IntOpenHashMap;

/**
 * The mqueue file system: an instance for each IPC namespace, whose files are its POSIX message queues. The calls find the
 * queues through a mount of the namespace's own, mount(2) shows the same instance.
 */
public final class MqueueFs extends FsType implements FileOps, IpcNamespaces.Contents {
    public static final long MQUEUE_MAGIC = 0x19800202L;

    /** DFLT_QUEUESMAX and its kind. */
    private static final int QUEUES_MAX = 256;

    private static final int FIONREAD = 0x541B;
    private static final int ROOT_DEVICE = 18;

    private static final int MSG_MAX = 10;
    private static final int MSGSIZE_MAX = 8192;

    /** HARD_MSGMAX. */
    public static final int HARD_MSGMAX = 65_536;

    /** HARD_MSGSIZEMAX. */
    public static final int HARD_MSGSIZEMAX = 16 * 1024 * 1024;

    private static final int DIRENT_SIZE = 20; // bytes that a name adds to the directory's size
    private static final int FILENT_SIZE = 80; // bytes of a queue's file

    private final Vfs vfs;
    private final FileTable files;
    private final InodeTable inodes;
    private final TaskTable tasks;
    private final Pids pids;
    private final Mqueues queues;
    private final MqueueTable table;
    private final MqNamespaceTable namespaces;
    private final OwnedNamespaces owners;
    private final int index; // of the file system
    private final int kind; // of its files
    private final byte[] line = new byte[FILENT_SIZE];
    private long wishedMaxmsg; // of the queue that mq_open(2) is making; 0 for the namespace's default
    private long wishedMsgsize;
    private boolean hasWish;

    /* By ipc_namespace, and by super_block: look up, never walk. */
    private final Int2IntOpenHashMap ofNs = new Int2IntOpenHashMap();
    private final Int2IntOpenHashMap ofSb = new Int2IntOpenHashMap();

    public MqueueFs(Vfs vfs, Mqueues queues, OwnedNamespaces owners, int maxNamespaces) {
        super("mqueue", MQUEUE_MAGIC);
        this.vfs = vfs;
        this.files = vfs.tables.files;
        this.inodes = vfs.tables.inodes;
        this.tasks = vfs.below.tasks();
        this.pids = vfs.below.pids();
        this.queues = queues;
        this.owners = owners;
        this.table = queues.table();
        this.namespaces = new MqNamespaceTable(maxNamespaces);
        this.index = vfs.types.register(this);
        this.kind = vfs.kinds.add(this);
    }

    /** mq_init_ns(): the file system of a new namespace. At a limit the namespace has none, and no queue can be made in it. */
    @Override
    public void initNs(int ns) {
        int row = namespaces.alloc();
        int sb = row == NULL ? NULL : vfs.superBlocks.create(index, owners.owner(ns));
        int mount = sb == NULL ? NULL : mount(sb);
        if (mount == NULL) {
            if (row != NULL) {
                namespaces.free(row);
            }
            return;
        }
        namespaces.setQueuesMax(row, QUEUES_MAX);
        namespaces.setMsgMax(row, MSG_MAX);
        namespaces.setMsgsizeMax(row, MSGSIZE_MAX);
        namespaces.setMsgDefault(row, MSG_MAX);
        namespaces.setMsgsizeDefault(row, MSGSIZE_MAX);
        namespaces.setMount(row, mount);
        ofNs.put(ns, row);
        ofSb.put(sb, row);
    }

    /** mq_create_mount(): takes over the reference on the super block; NULL at a limit. */
    private int mount(int sb) {
        int inode = vfs.inodes.create(sb, Stat.S_IFDIR | Stat.S_ISVTX | 0777, 0, 0);
        int name = vfs.tables.names.intern("/");
        int root = inode == NULL ? NULL : vfs.dentries.addRoot(sb, name, inode);
        vfs.tables.names.put(name);
        int mount = NULL;
        if (root == NULL) {
            vfs.inodes.put(inode);
        } else {
            inodes.setSize(inode, emptyDirSize());
            vfs.tables.superBlocks.setRoot(sb, root);
            int source = vfs.tables.names.intern("mqueue");
            mount = vfs.mounts.create(sb, root, source);
            vfs.tables.names.put(source);
        }
        vfs.superBlocks.put(sb);
        return mount;
    }

    /** At boot: the initial namespace, which was there before its file system. */
    public void initRoot(int ns) {
        initNs(ns);
        vfs.superBlocks.setDevice(instanceOf(ns), ROOT_DEVICE);
    }

    /** The root directory belongs to who has made the namespace. */
    @Override
    public void madeBy(int ns, int fsuid, int fsgid) {
        int row = rowOf(ns);
        if (row != NULL) {
            int root = vfs.tables.dentries.inode(vfs.mounts.rootOf(namespaces.mount(row)));
            inodes.setUid(root, fsuid);
            inodes.setGid(root, fsgid);
        }
    }

    /** mq_clear_sbinfo() and mq_put_mnt(): queues that nobody has open, nor the file system mounted, go. */
    @Override
    public void exitNs(int ns) {
        int row = ofNs.remove(ns);
        if (row == NULL) {
            return;
        }
        int mount = namespaces.mount(row);
        ofSb.remove(vfs.tables.mounts.sb(mount));
        namespaces.free(row);
        vfs.mounts.put(mount);
    }

    /** Limits and mount of an IPC namespace. */
    public int rowOf(int ns) {
        return ofNs.get(ns);
    }

    public MqNamespaceTable namespaces() {
        return namespaces;
    }

    /** mqueue_get_tree(): the instance of a namespace, with a reference. */
    public int instance(int ns) {
        return vfs.superBlocks.get(instanceOf(ns));
    }

    private int instanceOf(int ns) {
        return vfs.tables.mounts.sb(namespaces.mount(rowOf(ns)));
    }

    @Override
    public int mayChange() {
        return 0;
    }

    /** Nothing but queues can be made, and a queue has one name for ever. */
    @Override
    public int mayMake(int format) {
        return format == Stat.S_IFREG ? 0 : -Errno.EPERM;
    }

    @Override
    public int emptyDirSize() {
        return 2 * DIRENT_SIZE;
    }

    @Override
    public int direntSize() {
        return DIRENT_SIZE;
    }

    @Override
    public int fileKind(int inode) {
        boolean isQueue = (inodes.mode(inode) & Stat.S_IFMT) == Stat.S_IFREG;
        return isQueue ? kind : FileKinds.DIRECTORY;
    }

    /** mqueue_create_attr(): the queue behind a new file, or EACCES, ENOSPC, EINVAL, EOVERFLOW, EMFILE, ENOMEM. */
    @Override
    public int created(int task, int inode) {
        int row = ofSb.get(inodes.sb(inode));
        if (row == NULL) {
            return -Errno.EACCES;
        }
        boolean mayExceed = vfs.below.capabilities().capable(task, Capability.CAP_SYS_RESOURCE);
        if (Integer.compareUnsigned(namespaces.queuesCount(row), namespaces.queuesMax(row)) >= 0 && !mayExceed) {
            return -Errno.ENOSPC;
        }
        long maxmsg = hasWish ? wishedMaxmsg : Math.min(namespaces.msgMax(row), namespaces.msgDefault(row));
        long msgsize = hasWish ? wishedMsgsize : Math.min(namespaces.msgsizeMax(row), namespaces.msgsizeDefault(row));
        long mostMessages = mayExceed ? HARD_MSGMAX : namespaces.msgMax(row);
        long mostBytes = mayExceed ? HARD_MSGSIZEMAX : namespaces.msgsizeMax(row);
        if (maxmsg <= 0 || msgsize <= 0 || maxmsg > mostMessages || msgsize > mostBytes) {
            return -Errno.EINVAL;
        }
        int queue = queues.create(task, inode, maxmsg, msgsize);
        if (queue < 0) {
            return queue;
        }
        namespaces.setQueuesCount(row, namespaces.queuesCount(row) + 1);
        inodes.setHandle(inode, queue);
        inodes.setSize(inode, FILENT_SIZE);
        return 0;
    }

    @Override
    public void evict(int inode) {
        int queue = inodes.handle(inode);
        if (queue == NULL) {
            return;
        }
        inodes.setHandle(inode, NULL);
        queues.destroy(queue);
        int row = ofSb.get(inodes.sb(inode));
        if (row != NULL) {
            namespaces.setQueuesCount(row, namespaces.queuesCount(row) - 1);
        }
    }

    /** What mq_open(2) wishes the queue that it may make to be. */
    public void wish(long maxmsg, long msgsize) {
        hasWish = true;
        wishedMaxmsg = maxmsg;
        wishedMsgsize = msgsize;
    }

    /**
     * do_mq_open() after getname(): a descriptor or a negative errno. What has been wished for counts for this one.
     *
     * @param nd the name
     */
    public int open(int task, int ns, Nameidata nd, int flags, int mode) {
        int fd = vfs.fileTables.unused(task, 0);
        int file = fd < 0 ? fd : openFile(task, ns, nd, flags, mode);
        hasWish = false;
        nd.release();
        if (file < 0) {
            return file;
        }
        vfs.fileTables.install(tasks.files(task), fd, file, true);
        return fd;
    }

    private int openFile(int task, int ns, Nameidata nd, int flags, int mode) {
        int dentry = lookup(task, ns, nd);
        if (dentry < 0) {
            return dentry;
        }
        if (dentry == NULL) {
            if ((flags & Fcntl.O_CREAT) == 0) {
                return -Errno.ENOENT;
            }
            dentry = vfs.creation.createFile(task, nd, mode);
            if (dentry < 0) {
                return dentry;
            }
        } else {
            int error = mayOpen(task, vfs.tables.dentries.inode(dentry), flags);
            if (error != 0) {
                vfs.dentries.put(dentry);
                return error;
            }
        }
        nd.stepTo(dentry);
        return vfs.opens.create(task, nd, flags & ~Fcntl.O_CLOEXEC);
    }

    /** The end of prepare_open(), of a queue that there is. */
    private int mayOpen(int task, int inode, int flags) {
        int exclusive = Fcntl.O_CREAT | Fcntl.O_EXCL;
        if ((flags & exclusive) == exclusive) {
            return -Errno.EEXIST;
        }
        int access = flags & Fcntl.O_ACCMODE;
        if (access == Fcntl.O_ACCMODE) {
            return -Errno.EINVAL;
        }
        int mask = access == Fcntl.O_RDONLY ? 0 : Permissions.MAY_WRITE;
        mask |= access == Fcntl.O_WRONLY ? 0 : Permissions.MAY_READ;
        return vfs.permissions.check(task, NULL, inode, mask);
    }

    /** lookup_noperm() in the namespace's root, where nd then stands: a dentry with a reference, NULL, or an errno. */
    private int lookup(int task, int ns, Nameidata nd) {
        int row = rowOf(ns);
        if (row == NULL) {
            return -Errno.ENOMEM;
        }
        int mount = namespaces.mount(row);
        return vfs.namei.lookupSingle(nd, task, mount, vfs.mounts.rootOf(mount));
    }

    /** mq_unlink(2) after getname(). */
    public int unlink(int task, int ns, Nameidata nd) {
        int dentry = lookup(task, ns, nd);
        int error = dentry < 0 ? dentry : 0;
        if (dentry > 0) {
            vfs.dentries.put(dentry);
        }
        if (error == 0) {
            error = vfs.removal.unlinkLast(task, nd);
        }
        nd.release();
        return error;
    }

    /** The queue of a task's descriptor; -EBADF. */
    private int fileOf(int task, int fd) {
        int file = vfs.files.usableFileOf(task, fd);
        return file == NULL || files.kind(file) != kind ? -Errno.EBADF : file;
    }

    private int queueOf(int file) {
        return inodes.handle(files.inode(file));
    }

    /** Whether the task is in a call that has begun to wait for a queue. */
    public boolean isWaiting(int task) {
        return queues.isWaiting(task);
    }

    /** The task has been woken: its call goes on. */
    public long goOn(int task, long to, long priorityTo) {
        return queues.goOn(task, to, priorityTo);
    }

    /** do_mq_timedsend(): EBADF, EMSGSIZE, EFAULT, EAGAIN, ETIMEDOUT, ERESTARTSYS, or BLOCKED. */
    public long send(int task, int fd, long from, long length, int priority, long deadlineNs) {
        int file = fileOf(task, fd);
        if (file < 0 || !vfs.files.hasMode(file, FileModes.FMODE_WRITE)) {
            return -Errno.EBADF;
        }
        int queue = queueOf(file);
        if (Long.compareUnsigned(length, table.msgsize(queue)) > 0) {
            return -Errno.EMSGSIZE;
        }
        int message = queues.load(task, from, (int) length, priority);
        return message < 0 ? message : queues.send(task, file, queue, message, deadlineNs);
    }

    /** do_mq_timedreceive(): EBADF, EMSGSIZE, EFAULT, EAGAIN, ETIMEDOUT, ERESTARTSYS, or BLOCKED. */
    public long receive(int task, int fd, long to, long length, long priorityTo, long deadlineNs) {
        int file = fileOf(task, fd);
        if (file < 0 || !vfs.files.hasMode(file, FileModes.FMODE_READ)) {
            return -Errno.EBADF;
        }
        int queue = queueOf(file);
        if (Long.compareUnsigned(length, table.msgsize(queue)) < 0) {
            return -Errno.EMSGSIZE;
        }
        return queues.receive(task, file, queue, to, priorityTo, deadlineNs);
    }

    /** The end of mq_notify(2) with a sigevent: 0, EBADF, EBUSY. */
    public int notify(int task, int fd, int notify, int signo, long value) {
        int file = fileOf(task, fd);
        if (file < 0) {
            return file;
        }
        int error = queues.setNotification(task, queueOf(file), notify, signo, value);
        if (error == 0) {
            vfs.inodes.touchAtimeAndCtime(files.inode(file));
        }
        return error;
    }

    /** mq_notify(2) without one: the process is no longer to be told. 0 or EBADF. */
    public int forget(int task, int fd) {
        int file = fileOf(task, fd);
        if (file < 0) {
            return file;
        }
        int queue = queueOf(file);
        if (table.notifyOwner(queue) == pids.tgid(task)) {
            queues.removeNotification(queue);
            vfs.inodes.touchAtimeAndCtime(files.inode(file));
        }
        return 0;
    }

    /** netlink_getsockbyfd(): there are no netlink sockets here but what lies outside. */
    public int cookieSocket(int task, int fd) {
        int file = vfs.files.usableFileOf(task, fd);
        if (file == NULL) {
            return -Errno.EBADF;
        }
        boolean isOutside = files.kind(file) == FileKinds.OUTSIDE;
        return isOutside ? -Outside.EOUTSIDE : -Errno.ENOTSOCK;
    }

    /** The file for mq_getsetattr(2): or EBADF. */
    public int attributesOf(int task, int fd) {
        return fileOf(task, fd);
    }

    public boolean isNonblocking(int file) {
        return vfs.files.isNonblocking(file);
    }

    public long maxmsg(int file) {
        return table.maxmsg(queueOf(file));
    }

    public long msgsize(int file) {
        return table.msgsize(queueOf(file));
    }

    public long curmsgs(int file) {
        return table.curmsgs(queueOf(file));
    }

    /** mq_getsetattr(2): O_NONBLOCK or not. */
    public void setNonblocking(int file, boolean isSet) {
        int flags = files.flags(file) & ~Fcntl.O_NONBLOCK;
        files.setFlags(file, isSet ? flags | Fcntl.O_NONBLOCK : flags);
        vfs.inodes.touchAtimeAndCtime(files.inode(file));
    }

    /**
     * mqueue_flush_file(): a process that closes the queue is no longer to be told. Of processes that share descriptors
     * any is taken for the one that closes.
     */
    @Override
    public void flush(int file, int struct) {
        int queue = queueOf(file);
        int owner = table.notifyOwner(queue);
        if (owner == NULL) {
            return;
        }
        if (queues.hasFiles(owner, struct)) {
            queues.removeNotification(queue);
        }
    }

    @Override
    public boolean canWrite() {
        return false;
    }

    /** mqueue_read_file(): one line about the queue. */
    @Override
    public long read(int task, int file, IovIter to, long pos) {
        int queue = queueOf(file);
        int owner = table.notifyOwner(queue);
        int at = field(0, "QSIZE:", table.qsize(queue), 10);
        at = field(at, " NOTIFY:", table.notify(queue), 5);
        at = field(at, " SIGNO:", table.notify(queue) == Time.SIGEV_SIGNAL ? table.signo(queue) : 0, 5);
        at = field(at, " NOTIFY_PID:", owner == NULL ? 0 : pids.pidNrNs(owner, pids.activeNs(task)), 6);
        line[at++] = '\n';
        if (pos >= at || to.remaining() == 0) {
            return 0;
        }
        int wanted = (int) Math.min(at - pos, to.remaining());
        int copied = to.copyTo(line, (int) pos, wanted);
        if (copied == 0) {
            return -Errno.EFAULT;
        }
        vfs.inodes.touchAtimeAndCtime(files.inode(file));
        return copied;
    }

    private int field(int from, String name, long number, int width) {
        int at = from;
        for (int i = 0; i < name.length(); i++) {
            line[at++] = (byte) name.charAt(i);
        }
        int end = at + width;
        at = Numbers.putDecimal(line, at, number);
        while (at < end) {
            line[at++] = ' ';
        }
        return at;
    }

    @Override
    public long llseek(int task, int file, long offset, int whence) {
        return vfs.readWrite.seekTo(file, offset, whence, inodes.size(files.inode(file)));
    }

    /** FIONREAD of a regular file is what lies behind the position. */
    @Override
    public long ioctl(int task, int file, int cmd, long arg) {
        if (cmd != FIONREAD) {
            return -Errno.ENOTTY;
        }
        int left = (int) (inodes.size(files.inode(file)) - files.pos(file));
        return vfs.below.memory().putInt(tasks.mm(task), arg, left);
    }

    @Override
    public int poll(int task, int file) {
        int queue = queueOf(file);
        int mask = table.curmsgs(queue) > 0 ? POLLIN | POLLRDNORM : 0;
        return table.curmsgs(queue) < table.maxmsg(queue) ? mask | POLLOUT | POLLWRNORM : mask;
    }

    @Override
    public int pollQueue(int file, int at) {
        return at == 0 ? table.waitQ(queueOf(file)) : NULL;
    }

    public void digest(StateHash hash) {
        namespaces.digest(hash);
        queues.digest(hash);
    }
}
