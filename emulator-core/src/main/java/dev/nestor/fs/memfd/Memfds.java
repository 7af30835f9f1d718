package dev.nestor.fs.memfd;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileKinds;
import dev.nestor.fs.FileModes;
import dev.nestor.fs.FsType;
import dev.nestor.fs.InodeFlags;
import dev.nestor.fs.InodeTable;
import dev.nestor.fs.NameTable;
import dev.nestor.fs.Numbers;
import dev.nestor.fs.Vfs;
import dev.nestor.kernel.pid.PidNamespaces;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Memfd;
import dev.nestor.uapi.Stat;
import java.nio.charset.StandardCharsets;

/** memfd_create(2) and F_ADD_SEALS: mm/memfd.c, and the tmpfs that nobody has mounted. */
public final class Memfds extends FsType {
    public static final int NAME_MAX = 249; // bytes: with "memfd:" it fits a name

    private static final long TMPFS_MAGIC = 0x01021994;
    private static final int FALLOCATE_MODES = 3; // FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE
    private static final int DEVICE = 1;
    private static final int KNOWN =
            Memfd.MFD_CLOEXEC | Memfd.MFD_ALLOW_SEALING | Memfd.MFD_NOEXEC_SEAL | Memfd.MFD_EXEC;
    private static final int NO_WRITE = Memfd.F_SEAL_WRITE | Memfd.F_SEAL_FUTURE_WRITE;
    private static final int ALL_SEALS = 0x3f;

    private final Vfs vfs;
    private final InodeTable inodes;
    private final NameTable names;
    private final TaskTable tasks;
    private final PidNamespaces pidNamespaces;
    private final int mount;
    private final byte[] text = new byte[NAME_MAX];

    public Memfds(Vfs vfs, int userNs) {
        super("tmpfs", TMPFS_MAGIC);
        this.vfs = vfs;
        this.inodes = vfs.tables.inodes;
        this.names = vfs.tables.names;
        this.tasks = vfs.below.tasks();
        this.pidNamespaces = vfs.below.pidNamespaces();
        int source = names.intern("tmpfs");
        this.mount = vfs.kernMount(vfs.types.register(this), userNs, source, DEVICE);
        names.put(source);
    }

    /** sanitize_flags(): the flags with what vm.memfd_noexec makes of them, EINVAL or EACCES. */
    public int checkFlags(int task, int flags) {
        int both = Memfd.MFD_EXEC | Memfd.MFD_NOEXEC_SEAL;
        if ((flags & ~KNOWN) != 0 || (flags & both) == both) {
            return -Errno.EINVAL;
        }
        int scope = pidNamespaces.memfdNoexecScope(vfs.below.pids().activeNs(task));
        int wanted = flags;
        if ((flags & both) == 0) {
            wanted |= scope >= Memfd.MEMFD_NOEXEC_SCOPE_NOEXEC_SEAL ? Memfd.MFD_NOEXEC_SEAL : Memfd.MFD_EXEC;
        }
        boolean isRefused = (wanted & Memfd.MFD_NOEXEC_SEAL) == 0 && scope >= Memfd.MEMFD_NOEXEC_SCOPE_NOEXEC_ENFORCED;
        return isRefused ? -Errno.EACCES : wanted;
    }

    /** memfd_create(2) with flags from checkFlags(): a descriptor, or EMFILE, ENFILE. */
    public int create(int task, byte[] name, int length, int flags) {
        int fd = vfs.fileTables.unused(task, 0);
        if (fd < 0) {
            return fd;
        }
        boolean isNoexec = (flags & Memfd.MFD_NOEXEC_SEAL) != 0;
        int mode = Stat.S_IFREG | (isNoexec ? 0666 : 0777);
        int inode = vfs.inodes.create(
                vfs.tables.mounts.sb(mount), mode, vfs.permissions.fsuid(task), vfs.permissions.fsgid(task));
        int handle = inode == NULL ? NULL : names.intern(name, 0, length);
        int dentry = handle == NULL ? NULL : vfs.dentries.addRoot(inodes.sb(inode), handle, inode);
        names.put(handle);
        if (dentry == NULL) {
            vfs.inodes.put(inode);
            return -Errno.ENFILE;
        }
        inodes.setNlink(inode, 0);
        int seals = isNoexec ? Memfd.F_SEAL_EXEC : (flags & Memfd.MFD_ALLOW_SEALING) != 0 ? 0 : Memfd.F_SEAL_SEAL;
        inodes.setFlags(inode, InodeFlags.withSeals(inodes.flags(inode), seals));
        int file = vfs.files.create(task, mount, dentry, Fcntl.O_RDWR | Fcntl.O_LARGEFILE, FileKinds.REGULAR);
        vfs.dentries.put(dentry);
        if (file == NULL) {
            return -Errno.ENFILE;
        }
        vfs.fileTables.install(tasks.files(task), fd, file, (flags & Memfd.MFD_CLOEXEC) != 0);
        return fd;
    }

    private boolean canBeSealed(int inode) {
        boolean isRegular = (inodes.mode(inode) & Stat.S_IFMT) == Stat.S_IFREG;
        return isRegular && vfs.superBlocks.type(inodes.sb(inode)).magic() == TMPFS_MAGIC;
    }

    /** memfd_get_seals(). */
    public int seals(int file) {
        int inode = vfs.tables.files.inode(file);
        return canBeSealed(inode) ? InodeFlags.seals(inodes.flags(inode)) : -Errno.EINVAL;
    }

    /**
     * memfd_add_seals(): 0, EPERM, EINVAL, EBUSY.
     *
     * @param isMapped whether somebody has a shared mapping of the file that can be written
     */
    public int addSeals(int file, int seals, boolean isMapped) {
        if (!vfs.files.hasMode(file, FileModes.FMODE_WRITE)) {
            return -Errno.EPERM;
        }
        int inode = vfs.tables.files.inode(file);
        if ((seals & ~ALL_SEALS) != 0 || !canBeSealed(inode)) {
            return -Errno.EINVAL;
        }
        int has = InodeFlags.seals(inodes.flags(inode));
        if ((has & Memfd.F_SEAL_SEAL) != 0) {
            return -Errno.EPERM;
        }
        if ((seals & ~has & Memfd.F_SEAL_WRITE) != 0 && isMapped) {
            return -Errno.EBUSY;
        }
        boolean isProgram = (seals & Memfd.F_SEAL_EXEC) != 0 && (inodes.mode(inode) & 0111) != 0;
        int more = isProgram ? Memfd.F_SEAL_SHRINK | Memfd.F_SEAL_GROW | NO_WRITE : 0;
        inodes.setFlags(inode, InodeFlags.withSeals(inodes.flags(inode), has | seals | more));
        return 0;
    }

    @Override
    public boolean hasXattrs() {
        return true;
    }

    @Override
    public boolean hasAcls() {
        return true;
    }

    @Override
    public int fallocateModes() {
        return FALLOCATE_MODES;
    }

    @Override
    public boolean isKernelOwn() {
        return true;
    }

    @Override
    public int mayChange() {
        return 0;
    }

    @Override
    public int fileKind(int inode) {
        return (inodes.mode(inode) & Stat.S_IFMT) == Stat.S_IFREG ? FileKinds.REGULAR : FileKinds.NONE;
    }

    /** simple_dname(). */
    @Override
    public int dynamicName(int dentry, byte[] into) {
        int at = Numbers.text(into, "/memfd:");
        int length = names.copy(vfs.tables.dentries.name(dentry), text, 0);
        System.arraycopy(text, 0, into, at, length);
        byte[] end = " (deleted)".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(end, 0, into, at + length, end.length);
        return at + length + end.length;
    }
}
