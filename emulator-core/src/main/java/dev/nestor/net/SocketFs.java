package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileKinds;
import dev.nestor.fs.FileOps;
import dev.nestor.fs.FileTable;
import dev.nestor.fs.FsType;
import dev.nestor.fs.InodeTable;
import dev.nestor.fs.IovIter;
import dev.nestor.fs.Numbers;
import dev.nestor.fs.Vfs;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Socket;
import dev.nestor.uapi.Stat;

/** sockfs, and sockets as files: net/socket.c. */
final class SocketFs extends FsType implements FileOps {
    private static final long SOCKFS_MAGIC = 0x534F434BL;
    private static final int DEVICE = 8;

    private final Vfs vfs;
    private final FileTable files;
    private final InodeTable inodes;
    private final Sockets sockets;
    private final SockTable table;
    private final UserMemory memory;
    private final SocketIoctls ioctls;
    private final Message message;
    private final int mount;
    private final int noName;
    private final int kind;

    SocketFs(Sockets sockets, SocketIoctls ioctls, int userNs) {
        super("sockfs", SOCKFS_MAGIC);
        this.vfs = sockets.vfs;
        this.files = vfs.tables.files;
        this.inodes = vfs.tables.inodes;
        this.sockets = sockets;
        this.table = sockets.table;
        this.memory = vfs.below.memory();
        this.ioctls = ioctls;
        this.message = new Message(memory);
        this.noName = vfs.tables.names.intern("");
        int source = vfs.tables.names.intern("sockfs");
        this.mount = vfs.kernMount(vfs.types.register(this), userNs, source, DEVICE);
        vfs.tables.names.put(source);
        this.kind = vfs.kinds.add(this);
    }

    int kind() {
        return kind;
    }

    /** The sock of an open file, or NULL. */
    int sockOf(int file) {
        return sockets.sockOf(file, kind);
    }

    /**
     * sock_alloc_file(): a file that takes over the reference on the sock; NULL at a limit, and then that stays the
     * caller's.
     */
    int open(int task, int sk, int flags) {
        int sb = vfs.tables.mounts.sb(mount);
        int inode =
                vfs.inodes.create(sb, Stat.S_IFSOCK | 0777, vfs.permissions.fsuid(task), vfs.permissions.fsgid(task));
        int dentry = inode == NULL ? NULL : vfs.dentries.addRoot(sb, noName, inode);
        if (dentry == NULL) {
            vfs.inodes.put(inode);
            return NULL;
        }
        int file = vfs.files.create(task, mount, dentry, Fcntl.O_RDWR | (flags & Fcntl.O_NONBLOCK), kind);
        vfs.dentries.put(dentry);
        if (file == NULL) {
            return NULL;
        }
        vfs.files.makeStream(file);
        files.setHandle(file, sk);
        table.setFile(sk, file);
        table.setUid(sk, inodes.uid(inode));
        return file;
    }

    /** sock_close(). */
    @Override
    public void release(int file) {
        int sk = files.handle(file);
        if (sk != NULL) {
            sockets.ops(sk).release(sk);
        }
    }

    @Override
    public long read(int task, int file, IovIter to, long pos) {
        if (to.remaining() == 0) {
            return 0;
        }
        int sk = files.handle(file);
        message.clear(sockets.tasks.mm(task), noblock(file));
        message.setIter(to);
        return sockets.endWait(task, file, sockets.ops(sk).recvmsg(task, sk, message));
    }

    @Override
    public long write(int task, int file, IovIter from, long pos) {
        int sk = files.handle(file);
        int end = table.type(sk) == Socket.SOCK_SEQPACKET ? Socket.MSG_EOR : 0;
        message.clear(sockets.tasks.mm(task), noblock(file) | end);
        message.setIter(from);
        return sockets.endWait(task, file, sockets.ops(sk).sendmsg(task, sk, message));
    }

    private int noblock(int file) {
        return vfs.files.isNonblocking(file) ? Socket.MSG_DONTWAIT : 0;
    }

    @Override
    public long llseek(int task, int file, long offset, int whence) {
        return -Errno.ESPIPE;
    }

    @Override
    public int poll(int task, int file) {
        int sk = files.handle(file);
        return sockets.ops(sk).poll(task, sk);
    }

    @Override
    public int pollQueue(int file, int index) {
        int sk = files.handle(file);
        if (index == 0) {
            return table.wait(sk);
        }
        return index == 1 ? sockets.ops(sk).secondPollQueue(sk) : NULL;
    }

    @Override
    public long ioctl(int task, int file, int cmd, long arg) {
        return ioctls.ioctl(task, file, files.handle(file), cmd, arg);
    }

    @Override
    public int fasync(int file, boolean on) {
        vfs.fasync.helper(table.fasync(), files.handle(file), file, on);
        return 0;
    }

    @Override
    public int fileKind(int inode) {
        return FileKinds.NONE;
    }

    /** sockfs_dname(): {@code socket:[17]}. */
    @Override
    public int dynamicName(int dentry, byte[] into) {
        return Numbers.bracket(into, "socket", inodes.ino(vfs.tables.dentries.inode(dentry)));
    }
}
