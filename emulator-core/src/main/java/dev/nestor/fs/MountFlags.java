package dev.nestor.fs;

/** MNT_* of include/linux/mount.h, and the bits of {@link MountTable#propagation}. */
public final class MountFlags {
    public static final int MNT_NOSUID = 1;
    public static final int MNT_NODEV = 2;
    public static final int MNT_NOEXEC = 4;
    public static final int MNT_NOATIME = 8;
    public static final int MNT_NODIRATIME = 0x10;
    public static final int MNT_RELATIME = 0x20;
    public static final int MNT_READONLY = 0x40;
    public static final int MNT_NOSYMFOLLOW = 0x80;

    /** The bits that mount(2) sets. */
    public static final int MNT_USER_SETTABLE_MASK = 0xff;

    public static final int MNT_LOCK_ATIME = 0x40000;
    public static final int MNT_LOCK_NOEXEC = 0x80000;
    public static final int MNT_LOCK_NOSUID = 0x100000;
    public static final int MNT_LOCK_NODEV = 0x200000;
    public static final int MNT_LOCK_READONLY = 0x400000;
    /** It can't be parted from its parent: it came with it into a namespace of less privilege. */
    public static final int MNT_LOCKED = 0x800000;

    /** It has been unmounted, or is about to be. */
    public static final int MNT_UMOUNT = 0x8000000;

    static final int ATIME_MASK = MNT_NOATIME | MNT_NODIRATIME | MNT_RELATIME;

    /** Not copied with a mount. */
    static final int MNT_INTERNAL_FLAGS = MNT_LOCKED | MNT_UMOUNT;

    /** Bits of {@link MountTable#propagation}; a slave is known by its master. */
    public static final int SHARED = 1;

    public static final int UNBINDABLE = 2;

    /** T_MARKED, T_UMOUNT_CANDIDATE: set and cleared within one operation. */
    static final int MARKED = 4;

    static final int CANDIDATE = 8;

    private MountFlags() {}
}
