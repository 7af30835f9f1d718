package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileKinds;
import dev.nestor.fs.LookupFlags;
import dev.nestor.fs.MountAttrs;
import dev.nestor.fs.MountChanges;
import dev.nestor.fs.MountTrees;
import dev.nestor.fs.Namei;
import dev.nestor.fs.Nameidata;
import dev.nestor.fs.Vfs;
import dev.nestor.fs.nsfs.NsFs;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.ns.NsTypes;
import dev.nestor.kernel.nsproxy.NsProxyTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;

/** open_tree(2), open_tree_attr(2), move_mount(2), mount_setattr(2): fs/namespace.c. */
public final class SysMountTree {
    private static final int OPEN_TREE_CLONE = 1;
    private static final int OPEN_TREE_CLOEXEC = Fcntl.O_CLOEXEC;
    private static final int AT_RECURSIVE = 0x8000;
    private static final int AT_FLAGS =
            Fcntl.AT_EMPTY_PATH | Fcntl.AT_NO_AUTOMOUNT | Fcntl.AT_SYMLINK_NOFOLLOW | AT_RECURSIVE;
    private static final int MOVE_MOUNT_F_SYMLINKS = 1;
    private static final int MOVE_MOUNT_F_EMPTY_PATH = 4;
    private static final int MOVE_MOUNT_T_SYMLINKS = 0x10;
    private static final int MOVE_MOUNT_T_EMPTY_PATH = 0x40;
    private static final int MOVE_MOUNT_SET_GROUP = 0x100;
    private static final int MOVE_MOUNT_BENEATH = 0x200;
    private static final int MOVE_MOUNT_MASK = 0x377;
    private static final int MOUNT_ATTR_SIZE = 32; // bytes: struct mount_attr
    private static final int PAGE_SIZE = 4096;

    private final TaskTable tasks;
    private final NsProxyTable proxies;
    private final Capabilities capabilities;
    private final UserMemory memory;
    private final Vfs vfs;
    private final Namei namei;
    private final NsFs nsFs;
    private final MountChanges changes;
    private final MountTrees trees;
    private final int initialUserNs;
    private final MountAttrs attrs = new MountAttrs();
    private final byte[] attr = new byte[PAGE_SIZE];

    public SysMountTree(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.proxies = kernel.nsProxyTable();
        this.capabilities = kernel.capabilities();
        this.memory = kernel.userMemory();
        this.vfs = kernel.vfs();
        this.namei = vfs.namei;
        this.nsFs = kernel.fileSystems().nsFs();
        this.changes = vfs.mountChanges;
        this.trees = vfs.mountTrees;
        this.initialUserNs = kernel.credTable().userNs(kernel.tasks().cred(kernel.initTask()));
    }

    public void register(SyscallTable.Builder calls) {
        calls.full(Nr.NR_open_tree, "open_tree", this::openTree)
                .full(Nr.NR_open_tree_attr, "open_tree_attr", this::openTreeAttr)
                .full(Nr.NR_move_mount, "move_mount", this::moveMount)
                .full(Nr.NR_mount_setattr, "mount_setattr", this::mountSetattr);
    }

    private int ns(int task) {
        return proxies.mntNs(tasks.nsproxy(task));
    }

    private long openTree(int task, SyscallArgs args) {
        return install(task, openTree(task, args.intAt(0), args.get(1), args.intAt(2)), args.intAt(2));
    }

    private long install(int task, int file, int flags) {
        if (file < 0) {
            return file;
        }
        int fd = vfs.fileTables.installLowest(task, 0, file, (flags & OPEN_TREE_CLOEXEC) != 0);
        if (fd < 0) {
            vfs.files.put(file);
        }
        return fd;
    }

    /** vfs_open_tree(): an O_PATH file of a place, or of a copy of what is there; a negative errno. */
    private int openTree(int task, int dfd, long path, int flags) {
        if ((flags & ~(AT_FLAGS | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC)) != 0
                || (flags & (AT_RECURSIVE | OPEN_TREE_CLONE)) == AT_RECURSIVE) {
            return -Errno.EINVAL;
        }
        boolean copies = (flags & OPEN_TREE_CLONE) != 0;
        if (copies && !changes.mayMount(task, ns(task))) {
            return -Errno.EPERM;
        }
        int error = lookup(task, dfd, path, flags);
        if (error != 0) {
            return error;
        }
        Nameidata nd = namei.first();
        int file = copies
                ? trees.openCopy(task, ns(task), nd.mnt(), nd.dentry(), (flags & AT_RECURSIVE) != 0)
                : vfs.files.create(task, nd.mnt(), nd.dentry(), Fcntl.O_PATH, FileKinds.PATH);
        nd.release();
        return file == NULL ? -Errno.ENFILE : file;
    }

    /** A path as AT_* say: to the place in namei.first(), which the caller releases. */
    private int lookup(int task, int dfd, long path, int flags) {
        int lookup = (flags & Fcntl.AT_SYMLINK_NOFOLLOW) == 0 ? LookupFlags.FOLLOW : 0;
        lookup |= (flags & Fcntl.AT_EMPTY_PATH) != 0 ? LookupFlags.EMPTY : 0;
        int error = namei.getname(namei.first(), task, path, lookup);
        return error == 0 ? namei.lookup(namei.first(), task, dfd, lookup) : error;
    }

    private long openTreeAttr(int task, SyscallArgs args) {
        int flags = args.intAt(2);
        long address = args.get(3);
        long size = args.get(4);
        if (address == 0 && size != 0) {
            return -Errno.EINVAL;
        }
        int file = openTree(task, args.intAt(0), args.get(1), flags);
        if (file < 0 || address == 0) {
            return install(task, file, flags);
        }
        boolean copies = (flags & OPEN_TREE_CLONE) != 0;
        int wanted = build(task, address, size, attrs.begin((flags & AT_RECURSIVE) != 0, copies));
        int error = wanted <= 0
                ? wanted
                : trees.setattr(task, ns(task), vfs.tables.files.mnt(file), vfs.tables.files.dentry(file), attrs);
        if (error != 0) {
            vfs.files.put(file);
            return error;
        }
        return install(task, file, flags);
    }

    private long mountSetattr(int task, SyscallArgs args) {
        int flags = args.intAt(2);
        if ((flags & ~AT_FLAGS) != 0) {
            return -Errno.EINVAL;
        }
        int wanted = build(task, args.get(3), args.get(4), attrs.begin((flags & AT_RECURSIVE) != 0, false));
        if (wanted <= 0) {
            return wanted;
        }
        int error = lookup(task, args.intAt(0), args.get(1), flags);
        if (error != 0) {
            return error;
        }
        Nameidata nd = namei.first();
        error = trees.setattr(task, ns(task), nd.mnt(), nd.dentry(), attrs);
        nd.release();
        return error;
    }

    /** wants_mount_setattr(): 1 when there is something to do, 0, or E2BIG, EINVAL, EPERM, EFAULT, EBADF. */
    private int build(int task, long address, long size, MountAttrs into) {
        if (Long.compareUnsigned(size, PAGE_SIZE) > 0) {
            return -Errno.E2BIG;
        }
        if (size < MOUNT_ATTR_SIZE) {
            return -Errno.EINVAL;
        }
        if (!changes.mayMount(task, ns(task))) {
            return -Errno.EPERM;
        }
        if (memory.copyFromUser(tasks.mm(task), address, attr, 0, (int) size) != 0) {
            return -Errno.EFAULT;
        }
        for (int i = MOUNT_ATTR_SIZE; i < size; i++) {
            if (attr[i] != 0) {
                return -Errno.E2BIG;
            }
        }
        long set = Bytes.getLong(attr, 0);
        long clear = Bytes.getLong(attr, 8);
        long propagation = Bytes.getLong(attr, 16);
        if (set == 0 && clear == 0 && propagation == 0) {
            return 0;
        }
        int error = into.build(set, clear, propagation);
        if (error == 0) {
            error = buildIdmap(task, Bytes.getLong(attr, 24), into);
        }
        return error == 0 ? 1 : error;
    }

    /** build_mount_idmapped(). */
    private int buildIdmap(int task, long fd, MountAttrs into) {
        if (into.clearsIdmap() && !into.replaces()) {
            return -Errno.EINVAL;
        }
        if (!into.setsIdmap()) {
            return 0;
        }
        if (Long.compareUnsigned(fd, Integer.MAX_VALUE) > 0) {
            return -Errno.EINVAL;
        }
        int file = vfs.files.usableFileOf(task, (int) fd);
        if (file == NULL) {
            return -Errno.EBADF;
        }
        if (!nsFs.isNsFile(file) || nsFs.typeOf(file) != NsTypes.USER) {
            return -Errno.EINVAL;
        }
        int userNs = nsFs.nsOf(file);
        if (userNs == initialUserNs || !capabilities.nsCapable(task, userNs, Capability.CAP_SYS_ADMIN)) {
            return -Errno.EPERM;
        }
        into.setIdmapNs(userNs);
        return 0;
    }

    private long moveMount(int task, SyscallArgs args) {
        int ns = ns(task);
        int flags = args.intAt(4);
        int both = MOVE_MOUNT_BENEATH | MOVE_MOUNT_SET_GROUP;
        if (!changes.mayMount(task, ns)) {
            return -Errno.EPERM;
        }
        if ((flags & ~MOVE_MOUNT_MASK) != 0 || (flags & both) == both) {
            return -Errno.EINVAL;
        }
        int lookup = (flags & MOVE_MOUNT_T_SYMLINKS) != 0 ? LookupFlags.FOLLOW : 0;
        lookup |= (flags & MOVE_MOUNT_T_EMPTY_PATH) != 0 ? LookupFlags.EMPTY : 0;
        Nameidata to = namei.second();
        int error = find(to, task, args.intAt(2), args.get(3), lookup);
        if (error != 0) {
            return error;
        }
        lookup = (flags & MOVE_MOUNT_F_SYMLINKS) != 0 ? LookupFlags.FOLLOW : 0;
        lookup |= (flags & MOVE_MOUNT_F_EMPTY_PATH) != 0 ? LookupFlags.EMPTY : 0;
        Nameidata from = namei.first();
        error = find(from, task, args.intAt(0), args.get(1), lookup);
        if (error == 0) {
            boolean beneath = (flags & MOVE_MOUNT_BENEATH) != 0;
            int rootMnt = beneath ? vfs.tables.fsStructs.rootMnt(tasks.fs(task)) : NULL;
            error = (flags & MOVE_MOUNT_SET_GROUP) != 0
                    ? changes.setGroup(task, from.mnt(), from.dentry(), to.mnt(), to.dentry())
                    : changes.move(ns, from.mnt(), from.dentry(), to.mnt(), to.dentry(), rootMnt);
            from.release();
        }
        to.release();
        return error;
    }

    /** A path, or with none and EMPTY what a descriptor is open at. */
    private int find(Nameidata nd, int task, int dfd, long path, int lookup) {
        if (path == 0 && (lookup & LookupFlags.EMPTY) != 0 && dfd >= 0) {
            nd.set("");
        } else {
            int error = namei.getname(nd, task, path, lookup);
            if (error != 0) {
                return error;
            }
        }
        return namei.lookup(nd, task, dfd, lookup);
    }
}
