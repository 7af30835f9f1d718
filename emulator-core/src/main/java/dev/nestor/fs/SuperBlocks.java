package dev.nestor.fs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.table.StateHash;
import dev.nestor.uapi.Errno;

/** Instances of file systems: fs/super.c. */
public final class SuperBlocks {
    private final SuperBlockTable superBlocks;
    private final MountTable mounts;
    private final NameTable names;
    private final Dentries dentries;
    private final FsNotify notify;
    private final FsTypes types;
    private final UserNamespaces userNamespaces;
    private int firstDevice = 1;
    private int initialUserNs; // of the first instance, which the kernel booted with
    private final IdSet devs = new IdSet();

    SuperBlocks(FsTables tables, Dentries dentries, FsNotify notify, FsTypes types, UserNamespaces userNamespaces) {
        this.superBlocks = tables.superBlocks;
        this.mounts = tables.mounts;
        this.names = tables.names;
        this.dentries = dentries;
        this.notify = notify;
        this.types = types;
        this.userNamespaces = userNamespaces;
    }

    /** sget(): an instance with one reference and no root yet; NULL at the limit. */
    public int create(int type, int userNs) {
        int sb = superBlocks.alloc();
        if (sb == NULL) {
            return NULL;
        }
        superBlocks.setCount(sb, 1);
        superBlocks.setType(sb, type);
        userNamespaces.hold(userNs);
        superBlocks.setUserNs(sb, userNs);
        initialUserNs = initialUserNs == NULL ? userNs : initialUserNs;
        superBlocks.setDev(sb, devs.alloc(firstDevice));
        superBlocks.setBlocksize(sb, 4096);
        return sb;
    }

    /** Gives the instance the device number of a block device, as the root file system has it. */
    public void setDevice(int sb, int dev) {
        devs.free(superBlocks.dev(sb));
        superBlocks.setDev(sb, dev);
    }

    /** The next anonymous devices get numbers from here on, as if so many had been made. */
    public void reserveDevices(int first) {
        firstDevice = first;
    }

    public int get(int sb) {
        superBlocks.setCount(sb, superBlocks.count(sb) + 1);
        return sb;
    }

    /** deactivate_super(): with the last mount the tree goes. */
    public void put(int sb) {
        int count = superBlocks.count(sb) - 1;
        superBlocks.setCount(sb, count);
        if (count > 0) {
            return;
        }
        int root = superBlocks.root(sb);
        notify.superGone(sb);
        if (root != NULL) {
            dentries.dropTree(root);
            dentries.put(root);
        }
        types.get(superBlocks.type(sb)).kill(sb);
        int userNs = superBlocks.userNs(sb);
        names.put(superBlocks.options(sb));
        devs.free(superBlocks.dev(sb));
        superBlocks.free(sb);
        userNamespaces.put(userNs);
    }

    /**
     * f_fsid of statfs(2): the number of the device. Where it comes from the file system's own identity, drawn when that was
     * made, it is unknown: all bytes are {@link Outside#UNKNOWN_BYTE}.
     */
    public long fsid(int sb) {
        return switch (type(sb).name()) {
            case "tmpfs", "devtmpfs", "sysfs", "cgroup", "cgroup2", "ext4" -> 0xfefe_fefe_fefe_fefeL;
            default -> Integer.toUnsignedLong(superBlocks.dev(sb));
        };
    }

    /** init_user_ns. */
    int initialUserNs() {
        return initialUserNs;
    }

    /** sb_prepare_remount_readonly(): EBUSY while anything of it is open for writing, or open without a name. */
    public int remountReadOnly(int sb, boolean on) {
        if (on && !superBlocks.readOnly(sb)) {
            for (int mnt = mounts.instances().first(sb);
                    mnt != NULL;
                    mnt = mounts.instances().next(mnt)) {
                if (mounts.writers(mnt) > 0) {
                    return -Errno.EBUSY;
                }
            }
            if (superBlocks.unlinked(sb) > 0) {
                return -Errno.EBUSY;
            }
        }
        superBlocks.setReadOnly(sb, on);
        return 0;
    }

    void digest(StateHash hash) {
        devs.digest(hash);
    }

    public FsType type(int sb) {
        return types.get(superBlocks.type(sb));
    }
}
