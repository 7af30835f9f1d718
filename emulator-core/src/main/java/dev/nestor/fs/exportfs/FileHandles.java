package dev.nestor.fs.exportfs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.DentryTable;
import dev.nestor.fs.InodeTable;
import dev.nestor.fs.Vfs;
import dev.nestor.fs.nsfs.NsFs;
import dev.nestor.fs.pidfs.PidFds;
import dev.nestor.kernel.ns.NamespaceTable;
import dev.nestor.kernel.ns.NsTypes;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Stat;
import java.util.Arrays;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Handles of files, by which they are found again without a name: fs/exportfs/expfs.c. The first eight bytes of each kind
 * are what finds the file: the number of its inode, or the id of a namespace.
 */
public final class FileHandles {
    public static final int MAX_HANDLE_SZ = 128; // bytes
    public static final int FILEID_NSFS = 0xf1;
    public static final int FILEID_KERNFS = 0xfe;

    private static final int FILEID_INO32_GEN = 1;
    private static final int FILEID_INO64_GEN = 0x81;
    private static final int NSFS_SIZE = 16; // bytes: struct nsfs_file_handle
    private static final int SHMEM_SIZE = 12; // bytes: inode number and generation
    private static final int NUMBER_SIZE = 8; // bytes

    private final Vfs vfs;
    private final InodeTable inodes;
    private final DentryTable dentries;
    private final NsFs nsFs;
    private final PidFds pidFds;
    private final IntFunction<@Nullable NamespaceTable> namespaces; // by kind
    private final byte[] handle = new byte[MAX_HANDLE_SZ];
    private int type; // of handle: FILEID_*

    public FileHandles(Vfs vfs, NsFs nsFs, PidFds pidFds, IntFunction<@Nullable NamespaceTable> namespaces) {
        this.vfs = vfs;
        this.inodes = vfs.tables.inodes;
        this.dentries = vfs.tables.dentries;
        this.nsFs = nsFs;
        this.pidFds = pidFds;
        this.namespaces = namespaces;
    }

    /** The bytes of a handle: written by {@link #encode}, to be filled before {@link #decode}. */
    public byte[] handle() {
        return handle;
    }

    /** handle_type of what has been encoded. */
    public int type() {
        return type;
    }

    private String fileSystem(int sb) {
        return vfs.superBlocks.type(sb).name();
    }

    /** exportfs_can_decode_fh(): whether handles of a file system lead back to its files. */
    private boolean canDecode(int sb) {
        return switch (fileSystem(sb)) {
            case "tmpfs", "devtmpfs", "ext4", "cgroup", "cgroup2", "nsfs", "pidfs" -> true;
            default -> false;
        };
    }

    /**
     * exportfs_encode_fh(): how many bytes the handle of an inode has, EOPNOTSUPP.
     *
     * @param isId AT_HANDLE_FID: it need not lead back
     * @param isConnectable AT_HANDLE_CONNECTABLE: it has to lead to the name, too
     */
    public int encode(int inode, boolean isId, boolean isConnectable) {
        int sb = inodes.sb(inode);
        boolean isOnDisk = fileSystem(sb).equals("ext4");
        if ((!isId && !canDecode(sb)) || (isConnectable && !isOnDisk)) {
            return -Errno.EOPNOTSUPP;
        }
        Arrays.fill(handle, (byte) 0);
        put(0, inodes.ino(inode), Long.BYTES);
        if (!canDecode(sb)) {
            type = FILEID_INO64_GEN;
            return SHMEM_SIZE;
        }
        return switch (fileSystem(sb)) {
            case "nsfs" -> encodeNamespace(inode);
            case "pidfs", "cgroup", "cgroup2" -> {
                type = FILEID_KERNFS;
                yield NUMBER_SIZE;
            }
            default -> {
                type = FILEID_INO32_GEN;
                yield isOnDisk ? NUMBER_SIZE : SHMEM_SIZE;
            }
        };
    }

    /** nsfs_encode_fh(). */
    private int encodeNamespace(int inode) {
        put(0, vfs.below.inums().id((int) inodes.ino(inode)), Long.BYTES);
        put(8, NsTypes.cloneFlag(inodes.datum(inode)), Integer.BYTES);
        put(12, inodes.ino(inode), Integer.BYTES);
        type = FILEID_NSFS;
        return NSFS_SIZE;
    }

    private void put(int at, long value, int size) {
        for (int i = 0; i < size; i++) {
            handle[at + i] = (byte) (value >>> (8 * i));
        }
    }

    private long number(int at, int size) {
        long value = 0;
        for (int i = size - 1; i >= 0; i--) {
            value = value << 8 | (handle[at + i] & 0xff);
        }
        return value;
    }

    /**
     * exportfs_decode_fh(): a dentry, held, that the handle stands for on the file system of a mount, or ESTALE.
     *
     * @param mnt whose file system is searched
     * @param mustBeDirectory FILEID_IS_DIR
     */
    public int decode(int task, int mnt, int size, int wantedType, boolean mustBeDirectory) {
        int sb = vfs.tables.mounts.sb(mnt);
        int dentry =
                switch (fileSystem(sb)) {
                    case "nsfs" -> wantedType != FILEID_NSFS || size < NSFS_SIZE ? NULL : namespace();
                    case "pidfs" -> wantedType != FILEID_KERNFS || size < NUMBER_SIZE ? NULL : process(task);
                    case "tmpfs", "devtmpfs" -> size < SHMEM_SIZE ? NULL : find(sb, number(0, Long.BYTES));
                    default -> size < NUMBER_SIZE || !canDecode(sb) ? NULL : find(sb, number(0, Long.BYTES));
                };
        if (dentry == NULL) {
            return -Errno.ESTALE;
        }
        boolean isDirectory = (inodes.mode(dentries.inode(dentry)) & Stat.S_IFMT) == Stat.S_IFDIR;
        if (mustBeDirectory && !isDirectory) {
            vfs.dentries.put(dentry);
            return -Errno.ESTALE;
        }
        return dentry;
    }

    /** d_find_alias() of the inode that has a number; one that has a name first. */
    private int find(int sb, long ino) {
        int found = NULL;
        for (int row = 1; row < dentries.rows(); row++) {
            int dentry = dentries.handleInRow(row);
            int inode = dentry == NULL || dentries.sb(dentry) != sb ? NULL : dentries.inode(dentry);
            if (inode != NULL && inodes.ino(inode) == ino && (found == NULL || dentries.hashed(dentry))) {
                found = dentry;
            }
        }
        return found == NULL ? NULL : vfs.dentries.get(found);
    }

    private int process(int task) {
        return pidFds.dentryOfIno(vfs.below.pids().activeNs(task), number(0, Long.BYTES));
    }

    /** nsfs_fh_to_dentry(): the type and the inode number have to be right where they are given, both or none. */
    private int namespace() {
        long id = number(0, Long.BYTES);
        long flag = number(8, Integer.BYTES);
        long inum = number(12, Integer.BYTES);
        if (id == 0 || (flag == 0) != (inum == 0)) {
            return NULL;
        }
        for (int kind = 0; kind < NsTypes.COUNT; kind++) {
            NamespaceTable table = namespaces.apply(kind);
            boolean isWanted = table != null && (flag == 0 || flag == NsTypes.cloneFlag(kind));
            int ns = isWanted ? withId(table, id, (int) inum) : NULL;
            if (ns != NULL) {
                table.setCount(ns, table.count(ns) + 1);
                return nsFs.dentryOf(kind, ns);
            }
        }
        return NULL;
    }

    private int withId(NamespaceTable table, long id, int inum) {
        for (int row = 1; row < table.rows(); row++) {
            int ns = table.handleInRow(row);
            if (ns != NULL && vfs.below.inums().id(table.inum(ns)) == id && (inum == 0 || inum == table.inum(ns))) {
                return ns;
            }
        }
        return NULL;
    }

    /** The mount of nsfs. */
    public int nsMount() {
        return nsFs.mount();
    }

    /** The mount of pidfs. */
    public int pidMount() {
        return pidFds.mount();
    }

    public boolean isNsFs(int mnt) {
        return mnt == nsFs.mount();
    }

    public boolean isPidFs(int mnt) {
        return mnt == pidFds.mount();
    }
}
