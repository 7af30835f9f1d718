package dev.nestor.fs;

import dev.nestor.uapi.Errno;

/** struct mount_attr, and what its MOUNT_ATTR_* are as MNT_*: fs/namespace.c. */
public final class MountAttrs {
    public static final int MOUNT_ATTR_IDMAP = 0x100000;

    private static final int MOUNT_ATTR_RDONLY = 1;
    private static final int MOUNT_ATTR_NOSUID = 2;
    private static final int MOUNT_ATTR_NODEV = 4;
    private static final int MOUNT_ATTR_NOEXEC = 8;
    private static final int MOUNT_ATTR_ATIME = 0x70;
    private static final int MOUNT_ATTR_NOATIME = 0x10;
    private static final int MOUNT_ATTR_STRICTATIME = 0x20;
    private static final int MOUNT_ATTR_NODIRATIME = 0x80;
    private static final int MOUNT_ATTR_NOSYMFOLLOW = 0x200000;
    private static final int FSMOUNT_VALID_FLAGS = 0x2000ff;
    private static final int PROPAGATION_FLAGS = MountChanges.MS_PROPAGATION;

    private int set; // MNT_*
    private int clear; // MNT_*
    private int propagation; // MS_*, or 0
    private boolean setsIdmap;
    private boolean clearsIdmap;
    private boolean recursive; // the whole tree below the mount
    private boolean replaces; // the mount may be idmapped already: it is a copy that nobody has seen
    private int idmapNs; // user_namespace that is to show the owners; NULL for none

    /** attr_flags_to_mnt_flags() of fsmount(2)'s flags; EINVAL for unknown ones, or two ways of atime. */
    public static int fsmountFlags(int attr) {
        if ((attr & ~FSMOUNT_VALID_FLAGS) != 0) {
            return -Errno.EINVAL;
        }
        int atime = atimeFlags(attr);
        return atime < 0 ? atime : toMountFlags(attr) | atime;
    }

    private static int toMountFlags(long attr) {
        int flags = (attr & MOUNT_ATTR_RDONLY) != 0 ? MountFlags.MNT_READONLY : 0;
        flags |= (attr & MOUNT_ATTR_NOSUID) != 0 ? MountFlags.MNT_NOSUID : 0;
        flags |= (attr & MOUNT_ATTR_NODEV) != 0 ? MountFlags.MNT_NODEV : 0;
        flags |= (attr & MOUNT_ATTR_NOEXEC) != 0 ? MountFlags.MNT_NOEXEC : 0;
        flags |= (attr & MOUNT_ATTR_NODIRATIME) != 0 ? MountFlags.MNT_NODIRATIME : 0;
        return flags | ((attr & MOUNT_ATTR_NOSYMFOLLOW) != 0 ? MountFlags.MNT_NOSYMFOLLOW : 0);
    }

    private static int atimeFlags(long attr) {
        return switch ((int) attr & MOUNT_ATTR_ATIME) {
            case 0 -> MountFlags.MNT_RELATIME;
            case MOUNT_ATTR_NOATIME -> MountFlags.MNT_NOATIME;
            case MOUNT_ATTR_STRICTATIME -> 0;
            default -> -Errno.EINVAL;
        };
    }

    /** mnt_to_attr_flags(). */
    static long ofMount(int flags, boolean isIdmapped) {
        long attr = (flags & MountFlags.MNT_READONLY) != 0 ? MOUNT_ATTR_RDONLY : 0;
        attr |= (flags & MountFlags.MNT_NOSUID) != 0 ? MOUNT_ATTR_NOSUID : 0;
        attr |= (flags & MountFlags.MNT_NODEV) != 0 ? MOUNT_ATTR_NODEV : 0;
        attr |= (flags & MountFlags.MNT_NOEXEC) != 0 ? MOUNT_ATTR_NOEXEC : 0;
        attr |= (flags & MountFlags.MNT_NODIRATIME) != 0 ? MOUNT_ATTR_NODIRATIME : 0;
        attr |= (flags & MountFlags.MNT_NOSYMFOLLOW) != 0 ? MOUNT_ATTR_NOSYMFOLLOW : 0;
        if ((flags & MountFlags.MNT_NOATIME) != 0) {
            attr |= MOUNT_ATTR_NOATIME;
        } else if ((flags & MountFlags.MNT_RELATIME) == 0) {
            attr |= MOUNT_ATTR_STRICTATIME;
        }
        return isIdmapped ? attr | MOUNT_ATTR_IDMAP : attr;
    }

    /** How far what is built next goes. */
    public MountAttrs begin(boolean ofTree, boolean ofCopy) {
        recursive = ofTree;
        replaces = ofCopy;
        idmapNs = 0;
        return this;
    }

    public void setIdmapNs(int ns) {
        idmapNs = ns;
    }

    boolean recursive() {
        return recursive;
    }

    public boolean replaces() {
        return replaces;
    }

    int idmapNs() {
        return idmapNs;
    }

    /** build_mount_kattr() without its user namespace: 0, or EINVAL. */
    public int build(long attrSet, long attrClear, long propagate) {
        if ((propagate & ~PROPAGATION_FLAGS) != 0 || Long.bitCount(propagate) > 1) {
            return -Errno.EINVAL;
        }
        if (((attrSet | attrClear) & ~(long) (FSMOUNT_VALID_FLAGS | MOUNT_ATTR_IDMAP)) != 0) {
            return -Errno.EINVAL;
        }
        propagation = (int) propagate;
        set = toMountFlags(attrSet);
        clear = toMountFlags(attrClear);
        setsIdmap = (attrSet & MOUNT_ATTR_IDMAP) != 0;
        clearsIdmap = (attrClear & MOUNT_ATTR_IDMAP) != 0;
        if ((attrClear & MOUNT_ATTR_ATIME) == 0) {
            return (attrSet & MOUNT_ATTR_ATIME) == 0 ? 0 : -Errno.EINVAL;
        }
        int atime = atimeFlags(attrSet);
        if ((attrClear & MOUNT_ATTR_ATIME) != MOUNT_ATTR_ATIME || atime < 0) {
            return -Errno.EINVAL;
        }
        clear |= MountFlags.MNT_RELATIME | MountFlags.MNT_NOATIME;
        set |= atime;
        return 0;
    }

    /** recalc_flags(). */
    int applied(int flags) {
        return (flags & ~clear) | set;
    }

    boolean makesReadOnly(int flags) {
        return (set & ~flags & MountFlags.MNT_READONLY) != 0;
    }

    int propagation() {
        return propagation;
    }

    public boolean setsIdmap() {
        return setsIdmap;
    }

    public boolean clearsIdmap() {
        return clearsIdmap;
    }
}
