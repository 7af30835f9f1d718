package dev.nestor.fs;

import static dev.nestor.table.Table.NULL;

/**
 * A directory whose entries are its dentries, as tmpfs has them (fs/libfs.c, simple_offset): each entry has a number that
 * grows with time, and the newest comes first.
 */
final class DirectoryOps extends ListedDirectory {
    /** The number of a directory's first entry, after . and .. and the place of the newest. */
    static final int FIRST_OFFSET = 3;

    private static final int NEWEST = 2;
    private static final int END = Integer.MAX_VALUE;

    private final DentryTable dentries;
    private final NameTable names;
    private final byte[] name = new byte[Namei.NAME_MAX + 1];

    DirectoryOps(Vfs vfs) {
        super(vfs);
        this.dentries = vfs.tables.dentries;
        this.names = vfs.tables.names;
    }

    @Override
    public long iterate(int task, int file, DirEmitter out) {
        int dir = files.dentry(file);
        if ((inodes.flags(files.inode(file)) & InodeFlags.INCOMPLETE) != 0) {
            return -Outside.EOUTSIDE;
        }
        if (!emitDots(file, out) || files.pos(file) == END) {
            return 0;
        }
        for (int child = dentries.children().last(dir); child != NULL; child = previous(child)) {
            boolean isNext = files.pos(file) == NEWEST || dentries.offset(child) <= files.pos(file);
            if (!isNext || dentries.inode(child) == NULL) {
                continue;
            }
            int inode = dentries.inode(child);
            int length = names.copy(dentries.name(child), name, 0);
            int type = DirEmitter.typeOf(inodes.mode(inode));
            files.setPos(file, dentries.offset(child));
            if (!out.emit(name, length, inodes.ino(inode), type, dentries.offset(child))) {
                return 0;
            }
        }
        files.setPos(file, END);
        return 0;
    }

    private int previous(int child) {
        return dentries.children().prev(child);
    }

    @Override
    public long fsync(int file) {
        return 0;
    }
}
