package dev.nestor.fs.sysfs;

import dev.nestor.fs.FileKinds;
import dev.nestor.fs.FileModes;
import dev.nestor.fs.FileOps;
import dev.nestor.fs.FileTable;
import dev.nestor.fs.InodeTable;
import dev.nestor.fs.IovIter;
import dev.nestor.fs.Vfs;
import dev.nestor.fs.proc.SeqFile;
import dev.nestor.uapi.Errno;
import java.util.ArrayList;
import java.util.List;

/**
 * Attributes that show a text: struct device_attribute. An inode's datum says which attribute it is, and of which object.
 * The text is made for each read; a file is a page long, whatever there is to read.
 */
public final class SysAttributes implements FileOps {
    /** The most objects that share an attribute. */
    public static final int MAX_OBJECTS = 1 << 20;

    private static final int PAGE = 4096;

    /** What an attribute shows of an object, a line or more. */
    @FunctionalInterface
    public interface Show {
        void show(int object, SeqFile out);
    }

    private final Vfs vfs;
    private final FileTable files;
    private final InodeTable inodes;
    private final List<Show> attributes = new ArrayList<>();
    private final SeqFile text = new SeqFile();

    public SysAttributes(Vfs vfs) {
        this.vfs = vfs;
        this.files = vfs.tables.files;
        this.inodes = vfs.tables.inodes;
        vfs.kinds.set(FileKinds.SYSFS, this);
    }

    /** The number of a new attribute. */
    public int add(Show show) {
        attributes.add(show);
        return attributes.size();
    }

    /** An inode of sysfs shows an attribute of an object, from 0 to {@link #MAX_OBJECTS} - 1. */
    public void bind(int inode, int attribute, int object) {
        assert object < MAX_OBJECTS;
        inodes.setDatum(inode, attribute * MAX_OBJECTS + object);
    }

    /** kernfs_fop_open(): nobody writes what has no store(), whatever the rights. */
    @Override
    public long open(int task, int file) {
        return (files.mode(file) & FileModes.FMODE_WRITE) != 0 ? -Errno.EACCES : 0;
    }

    @Override
    public long read(int task, int file, IovIter to, long pos) {
        int datum = inodes.datum(files.inode(file));
        text.clear();
        attributes.get(datum / MAX_OBJECTS - 1).show(datum % MAX_OBJECTS, text);
        if (pos >= text.length()) {
            return 0;
        }
        int length = (int) Math.min(to.remaining(), text.length() - pos);
        int copied = to.copyTo(text.bytes(), (int) pos, length);
        return copied == 0 && length > 0 ? -Errno.EFAULT : copied;
    }

    @Override
    public long llseek(int task, int file, long offset, int whence) {
        return vfs.readWrite.seekTo(file, offset, whence, PAGE);
    }
}
