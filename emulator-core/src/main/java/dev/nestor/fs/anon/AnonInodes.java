package dev.nestor.fs.anon;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileKinds;
import dev.nestor.fs.FileModes;
import dev.nestor.fs.FsType;
import dev.nestor.fs.NameTable;
import dev.nestor.fs.Numbers;
import dev.nestor.fs.Vfs;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;

/** anon_inodefs: one inode for all files of kinds that need none of their own. */
public final class AnonInodes extends FsType {
    private static final long ANON_INODE_FS_MAGIC = 0x09041934L;
    private static final int DEVICE = 15;

    private final Vfs vfs;
    private final int mount;
    private final int inode;
    private final byte[] text = new byte[32];

    public AnonInodes(Vfs vfs, int userNs) {
        super("anon_inodefs", ANON_INODE_FS_MAGIC);
        this.vfs = vfs;
        int source = vfs.tables.names.intern("anon_inodefs");
        this.mount = vfs.kernMount(vfs.types.register(this), userNs, source, DEVICE);
        vfs.tables.names.put(source);
        this.inode = vfs.inodes.create(vfs.tables.mounts.sb(mount), 0600, 0, 0);
    }

    /**
     * anon_inode_getfd(): a descriptor for a file of a kind, or EMFILE, ENFILE. What stands behind the file stays the
     * caller's when it fails.
     *
     * @param name in brackets, as /proc/PID/fd shows it
     * @param flags O_*, of which O_CLOEXEC goes to the descriptor
     * @param handle f_handle
     */
    public int open(int task, String name, int kind, int flags, int handle) {
        int fd = vfs.fileTables.unused(task, 0);
        if (fd < 0) {
            return fd;
        }
        int nameHandle = vfs.tables.names.intern(name);
        int dentry = vfs.dentries.addRoot(vfs.tables.mounts.sb(mount), nameHandle, vfs.inodes.get(inode));
        vfs.tables.names.put(nameHandle);
        if (dentry == NULL) {
            vfs.inodes.put(inode);
            return -Errno.ENFILE;
        }
        int file = vfs.files.create(task, mount, dentry, flags & ~Fcntl.O_CLOEXEC, kind);
        vfs.dentries.put(dentry);
        if (file == NULL) {
            return -Errno.ENFILE;
        }
        int mode = vfs.tables.files.mode(file);
        int kept = mode & ~(FileModes.FMODE_PREAD | FileModes.FMODE_PWRITE);
        vfs.tables.files.setMode(file, kept | FileModes.FMODE_STREAM | FileModes.FMODE_NONOTIFY);
        vfs.tables.files.setHandle(file, handle);
        int struct = vfs.below.tasks().files(task);
        vfs.fileTables.install(struct, fd, file, (flags & Fcntl.O_CLOEXEC) != 0);
        return fd;
    }

    @Override
    public int fileKind(int inode) {
        return FileKinds.NONE;
    }

    @Override
    public int maySetattr(int task, int inode, int what) {
        return -Errno.EOPNOTSUPP;
    }

    /** anon_inodefs_dname(). */
    @Override
    public int dynamicName(int dentry, byte[] into) {
        NameTable names = vfs.tables.names;
        int name = vfs.tables.dentries.name(dentry);
        int length = names.copy(name, text, 0);
        int at = Numbers.text(into, "anon_inode:");
        System.arraycopy(text, 0, into, at, length);
        return at + length;
    }
}
