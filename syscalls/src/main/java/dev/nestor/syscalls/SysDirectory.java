package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.DirEmitter;
import dev.nestor.fs.FileTable;
import dev.nestor.fs.Files;
import dev.nestor.fs.FsNotify;
import dev.nestor.fs.InodeFlags;
import dev.nestor.fs.Vfs;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Stat;

/** getdents(2), getdents64(2): fs/readdir.c. */
public final class SysDirectory implements DirEmitter {
    private static final int HEADER = 19; // bytes before the name in struct linux_dirent64
    private static final int OLD_HEADER = 18; // in struct linux_dirent, which has its type at the end

    private final TaskTable tasks;
    private final UserMemory memory;
    private final Vfs vfs;
    private final Files files;
    private final FileTable fileTable;
    private final byte[] record = new byte[512];
    private int mm;
    private long address; // where the next record goes
    private long room; // bytes
    private long previous; // address of the last record, or 0
    private boolean isOld;
    private int error;

    public SysDirectory(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.memory = kernel.userMemory();
        this.vfs = kernel.vfs();
        this.files = vfs.files;
        this.fileTable = vfs.tables.files;
    }

    public void register(SyscallTable.Builder calls) {
        calls.full(Nr.NR_getdents64, "getdents64", (task, args) -> getdents(task, args, false))
                .full(Nr.NR_getdents, "getdents", (task, args) -> getdents(task, args, true));
    }

    private long getdents(int task, SyscallArgs args, boolean old) {
        int file = files.usableFileOf(task, args.intAt(0));
        if (file == NULL) {
            return -Errno.EBADF;
        }
        int inode = fileTable.inode(file);
        if ((vfs.tables.inodes.mode(inode) & Stat.S_IFMT) != Stat.S_IFDIR) {
            return -Errno.ENOTDIR;
        }
        if ((vfs.tables.inodes.flags(inode) & InodeFlags.DEAD) != 0) {
            return -Errno.ENOENT;
        }
        mm = tasks.mm(task);
        address = args.get(1);
        room = Integer.toUnsignedLong(args.intAt(2));
        previous = 0;
        isOld = old;
        error = 0;
        long result = files.ops(file).iterate(task, file, this);
        if (result < 0) {
            return result;
        }
        vfs.notify.file(FsNotify.FS_ACCESS, file);
        if (previous == 0) {
            return error;
        }
        if (memory.putLong(mm, previous + 8, fileTable.pos(file)) != 0) {
            return -Errno.EFAULT;
        }
        vfs.inodes.touchAtime(inode);
        return address - args.get(1);
    }

    /** filldir64(). */
    @Override
    public boolean emit(byte[] name, int length, long ino, int type, long pos) {
        int header = isOld ? OLD_HEADER : HEADER;
        int size = (header + length + (isOld ? 2 : 1) + 7) & -8;
        if (size > room) {
            error = -Errno.EINVAL;
            return false;
        }
        if (previous != 0 && memory.putLong(mm, previous + 8, pos) != 0) {
            error = -Errno.EFAULT;
            return false;
        }
        Bytes.putLong(record, 0, ino);
        Bytes.putLong(record, 8, 0);
        record[16] = (byte) size;
        record[17] = (byte) (size >>> 8);
        if (!isOld) {
            record[18] = (byte) type;
        }
        System.arraycopy(name, 0, record, header, length);
        for (int at = header + length; at < size; at++) {
            record[at] = 0;
        }
        if (isOld) {
            record[size - 1] = (byte) type;
        }
        if (memory.copyToUser(mm, address, record, 0, size) != 0) {
            error = -Errno.EFAULT;
            return false;
        }
        previous = address;
        address += size;
        room -= size;
        return true;
    }
}
