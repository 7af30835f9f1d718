package dev.nestor.fs.nsfs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileKinds;
import dev.nestor.fs.FileTable;
import dev.nestor.fs.FsType;
import dev.nestor.fs.InodeFlags;
import dev.nestor.fs.InodeTable;
import dev.nestor.fs.Nameidata;
import dev.nestor.fs.Numbers;
import dev.nestor.fs.Vfs;
import dev.nestor.kernel.ns.NsOps;
import dev.nestor.kernel.ns.NsTypes;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Stat;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;

/**
 * nsfs: one inode for each namespace that somebody looks at. The inode holds the namespace, and dies with the last link,
 * file or mount that leads to it.
 */
public final class NsFs extends FsType {
    public static final long NSFS_MAGIC = 0x6e736673L;

    private static final int DEVICE = 4;

    private final Vfs vfs;
    private final InodeTable inodes;
    private final FileTable files;
    private final NsTypes types;
    private final int mount;
    private final int noName;

    /** (kind, namespace) to the dentry that stands for it: look up, never walk. */
    private final Long2IntOpenHashMap stashed = new Long2IntOpenHashMap();

    public NsFs(Vfs vfs, int userNs) {
        super("nsfs", NSFS_MAGIC);
        this.vfs = vfs;
        this.inodes = vfs.tables.inodes;
        this.files = vfs.tables.files;
        this.types = vfs.below.nsTypes();
        this.noName = vfs.tables.names.intern("");
        int source = vfs.tables.names.intern("nsfs");
        this.mount = vfs.kernMount(vfs.types.register(this), userNs, source, DEVICE);
        vfs.tables.names.put(source);
        vfs.kinds.set(FileKinds.NSFS, new NsFsOps(vfs, this));
    }

    /** The kernel's own mount, which all its paths are in. */
    public int mount() {
        return mount;
    }

    /** PID and time namespaces are known by two names. */
    private static int kindOf(int type) {
        return switch (type) {
            case NsTypes.PID_FOR_CHILDREN -> NsTypes.PID;
            case NsTypes.TIME_FOR_CHILDREN -> NsTypes.TIME;
            default -> type;
        };
    }

    /** path_from_stashed(): the dentry of a namespace with a reference; takes over the one on ns. NULL at the limit. */
    public int dentryOf(int type, int ns) {
        int kind = kindOf(type);
        NsOps ops = types.ops(kind);
        int dentry = stashed.get(key(kind, ns));
        if (dentry != NULL) {
            ops.put(ns);
            return vfs.dentries.get(dentry);
        }
        int inode = vfs.inodes.create(vfs.tables.mounts.sb(mount), Stat.S_IFREG | 0444, 0, 0);
        if (inode == NULL) {
            ops.put(ns);
            return NULL;
        }
        inodes.setIno(inode, Integer.toUnsignedLong(ops.inum(ns)));
        inodes.setFlags(inode, InodeFlags.IMMUTABLE);
        inodes.setDatum(inode, kind);
        inodes.setHandle(inode, ns);
        dentry = vfs.dentries.addRoot(inodes.sb(inode), noName, inode);
        if (dentry == NULL) {
            vfs.inodes.put(inode);
            return NULL;
        }
        stashed.put(key(kind, ns), dentry);
        return dentry;
    }

    private static long key(int kind, int ns) {
        return (long) kind << 32 | ns;
    }

    @Override
    public void evict(int inode) {
        int ns = inodes.handle(inode);
        if (ns != NULL) {
            int kind = inodes.datum(inode);
            stashed.remove(key(kind, ns));
            inodes.setHandle(inode, NULL);
            types.ops(kind).put(ns);
        }
    }

    /**
     * An open file of a namespace: open_namespace(). Takes over the reference on ns; the descriptor, closed by execve, or
     * a negative errno.
     */
    public int open(int task, int type, int ns) {
        int fd = vfs.fileTables.unused(task, 0);
        if (fd < 0) {
            types.ops(kindOf(type)).put(ns);
            return fd;
        }
        int dentry = dentryOf(type, ns);
        int file = dentry == NULL ? NULL : vfs.files.create(task, mount, dentry, Fcntl.O_RDONLY, FileKinds.NSFS);
        if (dentry != NULL) {
            vfs.dentries.put(dentry);
        }
        if (file == NULL) {
            return -Errno.ENFILE;
        }
        vfs.fileTables.install(vfs.below.tasks().files(task), fd, file, true);
        return fd;
    }

    /** ns_get_path(): the walk goes to a task's namespace of a kind; ENOENT when it has none. */
    public int nsGetPath(int task, int type, Nameidata nd) {
        int ns = types.ops(type).get(task);
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
        int length = Numbers.bracket(into, NsTypes.realName(type), Integer.toUnsignedLong(ops.inum(ns)));
        ops.put(ns);
        return length;
    }

    /** proc_ns_file(). */
    public boolean isNsFile(int file) {
        return files.kind(file) == FileKinds.NSFS;
    }

    /** The kind of namespace that a file stands for: NsTypes. */
    public int typeOf(int file) {
        return inodes.datum(files.inode(file));
    }

    /** get_proc_ns(): the namespace, which the file holds. */
    public int nsOf(int file) {
        return inodes.handle(files.inode(file));
    }

    @Override
    public int mntNsOf(int dentry) {
        return nsHeldBy(vfs.tables.dentries.inode(dentry), NsTypes.MNT);
    }

    @Override
    public boolean isKernelOwn() {
        return true;
    }

    @Override
    public int nsHeldBy(int inode, int type) {
        return inodes.datum(inode) == type ? inodes.handle(inode) : NULL;
    }

    @Override
    public int fileKind(int inode) {
        return FileKinds.NSFS;
    }

    /** ns_dname(): {@code pid:[4026531836]}. */
    @Override
    public int dynamicName(int dentry, byte[] into) {
        int inode = vfs.tables.dentries.inode(dentry);
        return Numbers.bracket(into, NsTypes.realName(inodes.datum(inode)), inodes.ino(inode));
    }
}
