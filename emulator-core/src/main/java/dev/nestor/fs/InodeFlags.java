package dev.nestor.fs;

/** The bits of {@link InodeTable#flags}: S_* of include/linux/fs.h where it has them, and what is not known of an object. */
public final class InodeFlags {
    /** S_DEAD: a directory that has been removed. */
    public static final int DEAD = 1;

    /** Its contents or behaviour stand outside the emulator: see {@link Outside}. */
    public static final int OUTSIDE = 2;

    /** A directory that may have names which are not known. */
    public static final int INCOMPLETE = 4;

    /** A file whose length is not known. */
    public static final int SIZE_UNKNOWN = 8;

    /** A file whose bytes are not known where nothing was learned or written. */
    public static final int CONTENT_UNKNOWN = 0x10;

    /** S_IMMUTABLE. */
    public static final int IMMUTABLE = 0x80;

    /** A file that nobody can link again: O_TMPFILE without O_EXCL clears it. */
    public static final int LINKABLE = 0x40;

    /** make_empty_dir_inode(): a directory that nothing can ever be in, for something to be mounted on. */
    public static final int EMPTY_DIR = 0x100;

    /** F_SEAL_SEAL: whoever makes a file that can be sealed takes it away. */
    private static final int NO_SEALS_TO_ADD = 1;

    private static final int SEALS_SHIFT = 16;
    private static final int ALL_SEALS = 0x3f;

    /** F_SEAL_* of a file by its flags: those of one that cannot be sealed are F_SEAL_SEAL alone. */
    public static int seals(int flags) {
        return (flags >>> SEALS_SHIFT & ALL_SEALS) ^ NO_SEALS_TO_ADD;
    }

    /** The same flags with other seals. */
    public static int withSeals(int flags, int seals) {
        return (flags & ~(ALL_SEALS << SEALS_SHIFT)) | (seals ^ NO_SEALS_TO_ADD) << SEALS_SHIFT;
    }

    private InodeFlags() {}
}
