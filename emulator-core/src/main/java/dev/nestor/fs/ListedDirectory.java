package dev.nestor.fs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;

/** What directories of all kinds have in common as open files: they are listed, and neither read nor written. */
public abstract class ListedDirectory implements FileOps {
    protected final Vfs vfs;
    protected final FileTable files;
    protected final InodeTable inodes;
    private final byte[] dots = {'.', '.'};

    protected ListedDirectory(Vfs vfs) {
        this.vfs = vfs;
        this.files = vfs.tables.files;
        this.inodes = vfs.tables.inodes;
    }

    @Override
    public boolean canPoll(int file) {
        return false;
    }

    @Override
    public final long read(int task, int file, IovIter to, long pos) {
        return -Errno.EISDIR;
    }

    /** A position is one of the list's own; from the end nobody can count. */
    @Override
    public long llseek(int task, int file, long offset, int whence) {
        return whence == Fcntl.SEEK_SET || whence == Fcntl.SEEK_CUR
                ? vfs.readWrite.seekTo(file, offset, whence, 0)
                : -Errno.EINVAL;
    }

    @Override
    public final boolean canWrite() {
        return false;
    }

    /** dir_emit_dots(): the directory and the one above, at positions 0 and 1; false when there was no room. */
    protected final boolean emitDots(int file, DirEmitter out) {
        DentryTable dentries = vfs.tables.dentries;
        int dir = files.dentry(file);
        int parent = dentries.parent(dir) == NULL ? dir : dentries.parent(dir);
        if (files.pos(file) == 0) {
            if (!out.emit(dots, 1, inodes.ino(files.inode(file)), DirEmitter.DT_DIR, 0)) {
                return false;
            }
            files.setPos(file, 1);
        }
        if (files.pos(file) == 1) {
            if (!out.emit(dots, 2, inodes.ino(dentries.inode(parent)), DirEmitter.DT_DIR, 1)) {
                return false;
            }
            files.setPos(file, 2);
        }
        return true;
    }
}
