package dev.nestor.fs.nsfs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileKinds;
import dev.nestor.fs.FileOps;
import dev.nestor.fs.FileTable;
import dev.nestor.fs.FsType;
import dev.nestor.fs.InodeTable;
import dev.nestor.fs.Nameidata;
import dev.nestor.fs.Permissions;
import dev.nestor.fs.Vfs;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.UserNamespaceTable;
import dev.nestor.kernel.ns.NsOps;
import dev.nestor.kernel.ns.NsTypes;
import dev.nestor.kernel.pid.PidNamespaces;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Stat;
import it.unimi.dsi.fastutil.ints.Int2IntOpenHashMap;

/**
 * Namespaces as files. A namespace has one inode as long as any file, mount or walk is at it; the inode holds the
 * namespace. Its number is the namespace's, and its link reads {@code kind:[number]}.
 */
public final class NsFs extends FsType implements FileOps {
    public static final long NSFS_MAGIC = 0x6e736673L;

    private static final int DEVICE = 4; // st_dev: the first anonymous devices of a booting kernel are always the same
    private static final int NS_GET_USERNS = 0xb701;
    private static final int NS_GET_PARENT = 0xb702;
    private static final int NS_GET_NSTYPE = 0xb703;
    private static final int NS_GET_OWNER_UID = 0xb704;

    private final Vfs vfs;
    private final InodeTable inodes;
    private final FileTable files;
    private final CredTable creds;
    private final UserNamespaceTable userNamespaces;
    private final PidNamespaces pidNamespaces;
    private final NsTypes types;
    private final int mount;
    private final int noName;
    private final Int2IntOpenHashMap dentries = new Int2IntOpenHashMap(); // by inode number; looked up, never walked

    public NsFs(Vfs vfs, UserNamespaceTable userNamespaces, PidNamespaces pidNamespaces, int userNs) {
        super("nsfs", NSFS_MAGIC);
        this.vfs = vfs;
        this.inodes = vfs.tables.inodes;
        this.files = vfs.tables.files;
        this.creds = vfs.below.credTable();
        this.userNamespaces = userNamespaces;
        this.pidNamespaces = pidNamespaces;
        this.types = vfs.below.nsTypes();
        this.noName = vfs.tables.names.intern("");
        this.mount = vfs.kernMount(vfs.types.register(this), userNs, noName);
        vfs.superBlocks.setDevice(vfs.tables.mounts.sb(mount), DEVICE);
        vfs.kinds.set(FileKinds.NSFS, this);
    }

    /** ns_get_path(): the walk goes to a task's namespace of a kind; ENOENT when it has none. */
    public int nsGetPath(int task, int type, Nameidata nd) {
        NsOps ops = types.ops(type);
        int ns = ops.get(task);
        if (ns == NULL) {
            return -Errno.ENOENT;
        }
        int dentry = dentryOf(type, ns);
        if (dentry == NULL) {
            return -Errno.ENOMEM;
        }
        nd.jump(mount, dentry);
        vfs.dentries.put(dentry);
        return 0;
    }

    /** ns_get_name(): {@code kind:[number]}, or ENOENT when the task has no such namespace. */
    public int nsGetName(int task, int type, byte[] into) {
        NsOps ops = types.ops(type);
        int ns = ops.get(task);
        if (ns == NULL) {
            return -Errno.ENOENT;
        }
        int length = write(type, ops.inum(ns), into);
        ops.put(ns);
        return length;
    }

    /** open_namespace(): a descriptor for a namespace; takes over the reference on it. */
    private long open(int task, int type, int ns) {
        int dentry = dentryOf(type, ns);
        if (dentry == NULL) {
            return -Errno.ENOMEM;
        }
        int file = vfs.files.create(task, mount, dentry, Fcntl.O_RDONLY, FileKinds.NSFS);
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

    /** The dentry of a namespace, with a reference; takes over the one on the namespace. NULL without memory. */
    private int dentryOf(int type, int ns) {
        NsOps ops = types.ops(type);
        int inum = ops.inum(ns);
        int found = dentries.get(inum);
        if (found != NULL) {
            ops.put(ns);
            return vfs.dentries.get(found);
        }
        int inode = vfs.inodes.create(vfs.tables.mounts.sb(mount), Stat.S_IFREG | 0444, 0, 0);
        int dentry = inode == NULL ? NULL : vfs.dentries.addRoot(inodes.sb(inode), noName, inode);
        if (dentry == NULL) {
            vfs.inodes.put(inode);
            ops.put(ns);
            return NULL;
        }
        inodes.setIno(inode, Integer.toUnsignedLong(inum));
        inodes.setDatum(inode, type);
        inodes.setHandle(inode, ns);
        dentries.put(inum, dentry);
        return dentry;
    }

    /** proc_ns_file(). */
    public boolean isNsFile(int file) {
        return files.kind(file) == FileKinds.NSFS;
    }

    /** The kind of namespace that an nsfs file stands for. */
    public int typeOf(int file) {
        return inodes.datum(files.inode(file));
    }

    public int nsOf(int file) {
        return inodes.handle(files.inode(file));
    }

    @Override
    public long ioctl(int task, int file, int cmd, long arg) {
        int type = typeOf(file);
        int ns = nsOf(file);
        return switch (cmd) {
            case NS_GET_USERNS -> openUserNs(task, types.ops(type).owner(ns));
            case NS_GET_PARENT -> openParent(task, type, ns);
            case NS_GET_NSTYPE -> NsTypes.cloneFlag(type);
            case NS_GET_OWNER_UID -> ownerUid(task, type, ns, arg);
            default -> -Errno.ENOTTY;
        };
    }

    /** ns_get_owner(): EPERM unless the caller's own user namespace is the wanted one or an ancestor of it. */
    private long openUserNs(int task, int wanted) {
        int own = creds.userNs(vfs.below.tasks().cred(task));
        if (wanted == NULL || !vfs.below.userNamespaces().isAncestorOrSelf(own, wanted)) {
            return -Errno.EPERM;
        }
        vfs.below.userNamespaces().hold(wanted);
        return open(task, NsTypes.USER, wanted);
    }

    private long openParent(int task, int type, int ns) {
        if (type == NsTypes.USER) {
            return openUserNs(task, userNamespaces.parent(ns));
        }
        if (type != NsTypes.PID && type != NsTypes.PID_FOR_CHILDREN) {
            return -Errno.EINVAL;
        }
        int parent = types.ops(type).parent(ns);
        if (parent == NULL || !pidNamespaces.isAncestorOrSelf(vfs.below.pids().activeNs(task), parent)) {
            return -Errno.EPERM;
        }
        return open(task, NsTypes.PID, pidNamespaces.get(parent));
    }

    private long ownerUid(int task, int type, int ns, long address) {
        if (type != NsTypes.USER) {
            return -Errno.EINVAL;
        }
        int own = creds.userNs(vfs.below.tasks().cred(task));
        int uid = vfs.below.userNamespaces().fromKuidMunged(own, userNamespaces.owner(ns));
        return vfs.below.memory().putInt(vfs.below.tasks().mm(task), address, uid) < 0 ? -Errno.EFAULT : 0;
    }

    @Override
    public int permission(int task, int inode, int mask, Permissions generic) {
        return (mask & Permissions.MAY_WRITE) != 0 ? -Errno.EPERM : generic.generic(task, inode, mask);
    }

    @Override
    public int maySetattr(int task, int inode) {
        return -Errno.EPERM;
    }

    @Override
    public int mayChange() {
        return -Errno.EPERM;
    }

    @Override
    public int fileKind(int inode) {
        return FileKinds.NSFS;
    }

    @Override
    public boolean isMntNs(int dentry) {
        return inodes.datum(vfs.tables.dentries.inode(dentry)) == NsTypes.MNT;
    }

    /** ns_dname(). */
    @Override
    public int dynamicName(int dentry, byte[] into) {
        int inode = vfs.tables.dentries.inode(dentry);
        return write(inodes.datum(inode), (int) inodes.ino(inode), into);
    }

    private static int write(int type, int inum, byte[] into) {
        String name = NsTypes.realName(type);
        int at = 0;
        while (at < name.length()) {
            into[at] = (byte) name.charAt(at);
            at++;
        }
        into[at++] = ':';
        into[at++] = '[';
        long rest = Integer.toUnsignedLong(inum);
        for (int digit = at + 9; digit >= at; digit--) {
            into[digit] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        into[at + 10] = ']';
        return at + 11;
    }

    @Override
    public void evict(int inode) {
        int ns = inodes.handle(inode);
        if (ns != NULL) {
            dentries.remove((int) inodes.ino(inode));
            inodes.setHandle(inode, NULL);
            types.ops(inodes.datum(inode)).put(ns);
        }
    }
}
