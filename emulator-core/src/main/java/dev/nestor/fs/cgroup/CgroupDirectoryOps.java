package dev.nestor.fs.cgroup;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.DentryTable;
import dev.nestor.fs.DirEmitter;
import dev.nestor.fs.ListedDirectory;
import dev.nestor.fs.Vfs;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;

/** Listing a directory in the order of its names' hashes, which are the positions: kernfs_fop_readdir(). */
final class CgroupDirectoryOps extends ListedDirectory {
    private static final int NAME_MAX = 255;

    private final DentryTable dentries;
    private final byte[] name = new byte[NAME_MAX + 1];

    CgroupDirectoryOps(Vfs vfs) {
        super(vfs);
        this.dentries = vfs.tables.dentries;
    }

    @Override
    public long llseek(int task, int file, long offset, int whence) {
        return whence >= Fcntl.SEEK_SET && whence <= Fcntl.SEEK_END
                ? vfs.readWrite.seekTo(file, offset, whence, 0)
                : -Errno.EINVAL;
    }

    @Override
    public long iterate(int task, int file, DirEmitter out) {
        if (!emitDots(file, out)) {
            return 0;
        }
        int dir = files.dentry(file);
        for (int child = dentries.children().first(dir);
                child != NULL;
                child = dentries.children().next(child)) {
            int offset = dentries.offset(child);
            int inode = dentries.inode(child);
            if (offset < files.pos(file) || inode == NULL) {
                continue;
            }
            files.setPos(file, offset);
            int length = vfs.tables.names.copy(dentries.name(child), name, 0);
            if (!out.emit(name, length, inodes.ino(inode), DirEmitter.typeOf(inodes.mode(inode)), offset)) {
                return 0;
            }
        }
        files.setPos(file, Integer.MAX_VALUE);
        return 0;
    }
}
