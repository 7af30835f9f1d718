package dev.nestor.fs.sysfs;

import dev.nestor.fs.FileModes;
import dev.nestor.fs.FileOps;
import dev.nestor.fs.FileTable;
import dev.nestor.fs.InodeTable;
import dev.nestor.fs.IovIter;
import dev.nestor.fs.Vfs;
import dev.nestor.fs.proc.SeqFile;
import dev.nestor.uapi.Errno;

/** Attributes of objects as open files: fs/kernfs/file.c, fs/sysfs/file.c. The text is made for each read. */
final class SysFileOps implements FileOps {
    private static final int PAGE = 4096;

    private final Vfs vfs;
    private final FileTable files;
    private final InodeTable inodes;
    private final SysFs fs;
    private final SeqFile text = new SeqFile();
    private final byte[] written = new byte[PAGE + 1];

    SysFileOps(Vfs vfs, SysFs fs) {
        this.vfs = vfs;
        this.files = vfs.tables.files;
        this.inodes = vfs.tables.inodes;
        this.fs = fs;
    }

    /** kernfs_fop_open(): nobody reads or writes what has no such operation, whatever the rights. */
    @Override
    public long open(int task, int file) {
        SysEntry entry = fs.entryOf(files.inode(file));
        if (entry == null || fs.isDead(files.inode(file))) {
            return -Errno.ENODEV;
        }
        int mode = inodes.mode(files.inode(file));
        boolean writes = (files.mode(file) & FileModes.FMODE_WRITE) != 0;
        boolean reads = (files.mode(file) & FileModes.FMODE_READ) != 0;
        boolean isRefused = (writes && (entry.store == null || (mode & 0222) == 0))
                || (reads && (entry.show == null || (mode & 0444) == 0));
        return isRefused ? -Errno.EACCES : 0;
    }

    @Override
    public long read(int task, int file, IovIter to, long pos) {
        int inode = files.inode(file);
        SysEntry entry = fs.entryOf(inode);
        if (entry == null || entry.show == null || fs.isDead(inode)) {
            return -Errno.ENODEV;
        }
        text.clear();
        int error = entry.show.show(inodes.handle(inode), text);
        if (error != 0) {
            return error;
        }
        if (pos >= text.length()) {
            return 0;
        }
        int length = (int) Math.min(to.remaining(), text.length() - pos);
        int copied = to.copyTo(text.bytes(), (int) pos, length);
        return copied == 0 && length > 0 ? -Errno.EFAULT : copied;
    }

    /** kernfs_fop_write_iter(), sysfs_kf_write(): of each write a page at most, and of none nothing. */
    @Override
    public long write(int task, int file, IovIter from, long pos) {
        int inode = files.inode(file);
        int length = (int) Math.min(from.remaining(), PAGE);
        if (from.copyFrom(written, 0, length) != length) {
            return -Errno.EFAULT;
        }
        SysEntry entry = fs.entryOf(inode);
        if (entry == null || entry.store == null || fs.isDead(inode)) {
            return -Errno.ENODEV;
        }
        written[length] = 0;
        return length == 0 ? 0 : entry.store.store(task, inodes.handle(inode), written, length);
    }

    @Override
    public long llseek(int task, int file, long offset, int whence) {
        return vfs.readWrite.seekTo(file, offset, whence, PAGE);
    }
}
