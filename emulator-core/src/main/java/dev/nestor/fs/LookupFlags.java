package dev.nestor.fs;

/** LOOKUP_* of include/linux/namei.h, as far as they are used. */
public final class LookupFlags {
    /** A symlink at the end is followed. */
    public static final int FOLLOW = 1;

    /** What is at the end has to be a directory. */
    public static final int DIRECTORY = 2;

    /** An empty path is the starting point itself: AT_EMPTY_PATH. */
    public static final int EMPTY = 0x4000;

    /** RESOLVE_* of openat2(2). */
    public static final int NO_SYMLINKS = 0x10000;

    public static final int NO_MAGICLINKS = 0x20000;
    public static final int NO_XDEV = 0x40000;
    public static final int BENEATH = 0x80000;
    public static final int IN_ROOT = 0x100000;

    static final int IS_SCOPED = BENEATH | IN_ROOT;

    private LookupFlags() {}
}
