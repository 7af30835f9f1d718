package dev.nestor.fs;

/** FMODE_* of include/linux/fs.h, as far as they are used. */
public final class FileModes {
    public static final int FMODE_READ = 1;
    public static final int FMODE_WRITE = 2;
    public static final int FMODE_LSEEK = 4;
    public static final int FMODE_PREAD = 8;
    public static final int FMODE_PWRITE = 0x10;
    public static final int FMODE_EXEC = 0x20;
    public static final int FMODE_PATH = 0x4000;

    /** It counts among the writers of its inode and its mount. */
    public static final int FMODE_WRITER = 0x10000;

    /** Its open made it. */
    public static final int FMODE_CREATED = 0x100000;

    /** It has no position at all. */
    public static final int FMODE_STREAM = 0x200000;

    /** FMODE_NONOTIFY: nobody is told of what is done with it. */
    public static final int FMODE_NONOTIFY = 0x0400_0000;

    /** Its mount is the top of a detached tree, which goes with it. */
    public static final int FMODE_NEED_UNMOUNT = 0x10000000;

    private FileModes() {}
}
