package dev.nestor.fs.tmpfs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileKinds;
import dev.nestor.fs.FsType;
import dev.nestor.fs.InodeTable;
import dev.nestor.fs.KStat;
import dev.nestor.fs.Vfs;
import dev.nestor.fs.devices.MemDevices;
import dev.nestor.uapi.Stat;

/** A file system whose files are nothing but inodes, dentries and pages. */
public final class TmpFs extends FsType {
    public static final long TMPFS_MAGIC = 0x01021994L;
    public static final long RAMFS_MAGIC = 0x858458f6L;
    public static final long EXT4_SUPER_MAGIC = 0xEF53L;

    /** BOGO_DIRENT_SIZE: what an entry adds to the size that tmpfs shows of a directory. */
    private static final int BOGO_DIRENT_SIZE = 20;

    private static final int DISK_DIR_SIZE = 4096;
    private static final int BLOCK_SIZE = 512; // of st_blocks
    private static final int SHMEM_ATTRIBUTES = 0x70; // STATX_ATTR_IMMUTABLE, APPEND, NODUMP
    private static final int EXT4_ATTRIBUTES = 0x100874; // and COMPRESSED, ENCRYPTED, VERITY
    private static final int FALLOC_FL_KEEP_SIZE = 1;
    private static final int FALLOC_FL_PUNCH_HOLE = 2;
    private static final int FALLOC_FL_ZERO_RANGE = 0x10;

    private final Vfs vfs;
    private final MemDevices devices;
    private final InodeTable inodes;
    private final int index;
    private final int emptyDirSize;
    private final int direntSize;

    private TmpFs(Vfs vfs, MemDevices devices, String name, long magic, int emptyDirSize, int direntSize) {
        super(name, magic);
        this.vfs = vfs;
        this.devices = devices;
        this.inodes = vfs.tables.inodes;
        this.emptyDirSize = emptyDirSize;
        this.direntSize = direntSize;
        this.index = vfs.types.register(this);
    }

    public static TmpFs tmpfs(Vfs vfs, MemDevices devices) {
        return new TmpFs(vfs, devices, "tmpfs", TMPFS_MAGIC, 2 * BOGO_DIRENT_SIZE, BOGO_DIRENT_SIZE);
    }

    public static TmpFs ramfs(Vfs vfs, MemDevices devices) {
        return new TmpFs(vfs, devices, "ramfs", RAMFS_MAGIC, 0, 0);
    }

    /** A file system of the kernel's own objects whose names are not known here: cgroup, devpts. */
    public static TmpFs special(Vfs vfs, MemDevices devices, String name, long magic) {
        return new TmpFs(vfs, devices, name, magic, 0, 0);
    }

    /** Stands for a file system on a disk. */
    public static TmpFs disk(Vfs vfs, MemDevices devices, String name, long magic) {
        return new TmpFs(vfs, devices, name, magic, DISK_DIR_SIZE, 0);
    }

    /** shmem_fill_super(): an instance with a root directory, owned by global root; NULL at a limit. */
    public int create(int userNs, int rootMode) {
        return create(userNs, rootMode, 0, 0);
    }

    /** The same, with another owner: kids. */
    public int create(int userNs, int rootMode, int uid, int gid) {
        int sb = vfs.superBlocks.create(index, userNs);
        if (sb == NULL) {
            return NULL;
        }
        int inode = vfs.inodes.create(sb, Stat.S_IFDIR | rootMode, uid, gid);
        int name = vfs.tables.names.intern("/");
        int root = inode == NULL ? NULL : vfs.dentries.addRoot(sb, name, inode);
        vfs.tables.names.put(name);
        if (root == NULL) {
            vfs.inodes.put(inode);
            vfs.superBlocks.put(sb);
            return NULL;
        }
        inodes.setSize(inode, emptyDirSize);
        vfs.tables.superBlocks.setRoot(sb, root);
        return sb;
    }

    @Override
    public int mayChange() {
        return 0;
    }

    @Override
    public int statxAttributes() {
        boolean inMemory = name().equals("tmpfs") || name().equals("devtmpfs");
        return emptyDirSize == DISK_DIR_SIZE ? EXT4_ATTRIBUTES : inMemory ? SHMEM_ATTRIBUTES : 0;
    }

    @Override
    public boolean hasMultigrainTimes() {
        return statxAttributes() != 0;
    }

    @Override
    public boolean allowsIdmap() {
        return name().equals("tmpfs") || name().equals("hugetlbfs") || emptyDirSize == DISK_DIR_SIZE;
    }

    @Override
    public boolean hasXattrs() {
        return !name().equals("ramfs") && !name().equals("devpts");
    }

    @Override
    public boolean hasAcls() {
        return name().equals("tmpfs") || name().equals("devtmpfs") || name().equals("ext4");
    }

    @Override
    public int fallocateModes() {
        return switch (name()) {
            case "tmpfs" -> FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE;
            case "ext4" -> FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE;
            default -> -1;
        };
    }

    /** Directories on a disk have their blocks, devices their own size of them. */
    @Override
    public void getattr(int inode, KStat stat) {
        boolean isDir = (stat.mode & Stat.S_IFMT) == Stat.S_IFDIR;
        if (isDir && stat.blocks == 0 && emptyDirSize == DISK_DIR_SIZE) {
            stat.blocks = stat.size / BLOCK_SIZE;
        }
        int ioMin = (stat.mode & Stat.S_IFMT) == Stat.S_IFBLK ? devices.loops().ioMin(stat.rdev) : 0;
        stat.blksize = ioMin != 0 ? ioMin : stat.blksize;
    }

    @Override
    public int emptyDirSize() {
        return emptyDirSize;
    }

    @Override
    public int direntSize() {
        return direntSize;
    }

    @Override
    public int fileKind(int inode) {
        return switch (inodes.mode(inode) & Stat.S_IFMT) {
            case Stat.S_IFREG -> FileKinds.REGULAR;
            case Stat.S_IFDIR -> FileKinds.DIRECTORY;
            case Stat.S_IFIFO -> FileKinds.PIPE;
            case Stat.S_IFCHR, Stat.S_IFBLK -> devices.kindOf(inodes.mode(inode), inodes.rdev(inode));
            default -> FileKinds.NONE;
        };
    }
}
