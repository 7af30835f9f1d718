package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.LookupFlags;
import dev.nestor.fs.MountChanges;
import dev.nestor.fs.Namei;
import dev.nestor.fs.Nameidata;
import dev.nestor.fs.Umounts;
import dev.nestor.fs.Vfs;
import dev.nestor.init.FsContexts;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.nsproxy.NsProxyTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;

/** mount(2), umount2(2), pivot_root(2): fs/namespace.c. */
public final class SysMount {
    private static final int PAGE_SIZE = 4096;

    /** Of mount(2)'s flags those of the file system. */
    private static final int SB_FLAGS = 0x20100d1; // RDONLY, SYNCHRONOUS, MANDLOCK, DIRSYNC, POSIXACL, LAZYTIME

    private final TaskTable tasks;
    private final NsProxyTable proxies;
    private final Capabilities capabilities;
    private final UserMemory memory;
    private final Vfs vfs;
    private final Namei namei;
    private final MountChanges changes;
    private final FsContexts contexts;
    private final byte[] type = new byte[PAGE_SIZE];
    private final byte[] source = new byte[PAGE_SIZE];
    private final byte[] data = new byte[PAGE_SIZE];
    private int sourceLength; // -1 for none
    private int dataLength;

    public SysMount(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.proxies = kernel.nsProxyTable();
        this.capabilities = kernel.capabilities();
        this.memory = kernel.userMemory();
        this.vfs = kernel.vfs();
        this.namei = vfs.namei;
        this.changes = vfs.mountChanges;
        this.contexts = kernel.fileSystems().contexts();
    }

    public void register(SyscallTable.Builder calls) {
        String lacks = "file systems on devices, what overlay, FUSE and the kernel's own show";
        calls.partial(Nr.NR_mount, "mount", this::mount, lacks)
                .full(Nr.NR_umount2, "umount2", this::umount)
                .full(Nr.NR_pivot_root, "pivot_root", this::pivotRoot);
    }

    private int ns(int task) {
        return proxies.mntNs(tasks.nsproxy(task));
    }

    /** copy_mount_string(): the length, -1 for NULL, EFAULT or EINVAL. */
    private int copyString(int task, long address, byte[] into) {
        if (address == 0) {
            return -1;
        }
        int length = memory.strncpyFromUser(tasks.mm(task), address, into, PAGE_SIZE);
        return length == -Errno.ENAMETOOLONG ? -Errno.EINVAL : length;
    }

    private static boolean isError(int length) {
        return length < -1;
    }

    private long mount(int task, SyscallArgs args) {
        int typeLength = copyString(task, args.get(2), type);
        if (isError(typeLength)) {
            return typeLength;
        }
        sourceLength = copyString(task, args.get(0), source);
        if (isError(sourceLength)) {
            return sourceLength;
        }
        dataLength = 0;
        if (args.get(4) != 0 && !copyData(task, args.get(4))) {
            return -Errno.EFAULT;
        }
        Nameidata nd = namei.first();
        int error = namei.getname(nd, task, args.get(1), 0);
        if (error == 0) {
            error = namei.lookup(nd, task, Fcntl.AT_FDCWD, LookupFlags.FOLLOW);
        }
        if (error != 0) {
            return error;
        }
        long result = pathMount(task, nd, (int) args.get(3), typeLength);
        nd.release();
        return result;
    }

    /** copy_mount_options(): a page, or less of it where memory ends; what is behind the first NUL does not matter. */
    private boolean copyData(int task, long address) {
        if (memory.copyFromUser(tasks.mm(task), address, data, 0, PAGE_SIZE) != 0 && memory.copied() == 0) {
            return false;
        }
        int end = memory.copied();
        while (dataLength < Math.min(end, PAGE_SIZE - 1) && data[dataLength] != 0) {
            dataLength++;
        }
        return true;
    }

    /** path_mount(). */
    private long pathMount(int task, Nameidata at, int givenFlags, int typeLength) {
        boolean hasMagic = (givenFlags & MountChanges.MS_MGC_MSK) == MountChanges.MS_MGC_VAL;
        int flags = hasMagic ? givenFlags & ~MountChanges.MS_MGC_MSK : givenFlags;
        if ((flags & MountChanges.MS_NOUSER) != 0) {
            return -Errno.EINVAL;
        }
        int ns = ns(task);
        if (!changes.mayMount(task, ns)) {
            return -Errno.EPERM;
        }
        int mountFlags = changes.mountFlags(flags, at.mnt());
        int both = MountChanges.MS_REMOUNT | MountChanges.MS_BIND;
        if ((flags & both) == both) {
            return changes.reconfigure(ns, at.mnt(), at.dentry(), mountFlags);
        }
        if ((flags & MountChanges.MS_REMOUNT) != 0) {
            return remount(task, ns, at, flags, mountFlags);
        }
        if ((flags & MountChanges.MS_BIND) != 0) {
            return bindOrMove(task, ns, at, flags);
        }
        if ((flags & MountChanges.MS_PROPAGATION) != 0) {
            return changes.changeType(task, at.mnt(), at.dentry(), flags);
        }
        if ((flags & MountChanges.MS_MOVE) != 0) {
            return bindOrMove(task, ns, at, flags);
        }
        return mountNew(task, ns, at, typeLength, flags, mountFlags);
    }

    private long bindOrMove(int task, int ns, Nameidata at, int flags) {
        if (sourceLength <= 0) {
            return -Errno.EINVAL;
        }
        Nameidata from = namei.second().set(source, 0, sourceLength);
        int error = namei.lookup(from, task, Fcntl.AT_FDCWD, LookupFlags.FOLLOW);
        if (error != 0) {
            return error;
        }
        boolean recursive = (flags & MountChanges.MS_REC) != 0;
        error = (flags & MountChanges.MS_BIND) != 0
                ? changes.bind(ns, from.mnt(), from.dentry(), at.mnt(), at.dentry(), recursive)
                : changes.move(ns, from.mnt(), from.dentry(), at.mnt(), at.dentry());
        from.release();
        return error;
    }

    /** do_remount(): the flags of a mount, and the options of its file system. */
    private long remount(int task, int ns, Nameidata at, int flags, int mountFlags) {
        int mnt = at.mnt();
        int error = changes.mayRemount(ns, mnt, at.dentry(), mountFlags);
        if (error != 0) {
            return error;
        }
        int fc = contexts.createFor(vfs.tables.mounts.root(mnt));
        if (fc < 0) {
            return fc;
        }
        contexts.table().setSbFlags(fc, flags & FsContexts.MS_RMT_MASK);
        contexts.table().setSbFlagsMask(fc, FsContexts.MS_RMT_MASK);
        error = contexts.monolithic(task, fc, data, dataLength);
        int owner = vfs.tables.superBlocks.userNs(vfs.tables.mounts.sb(mnt));
        if (error == 0 && !capabilities.nsCapable(task, owner, Capability.CAP_SYS_ADMIN)) {
            error = -Errno.EPERM;
        }
        if (error == 0) {
            error = contexts.reconfigure(fc);
        }
        contexts.free(fc);
        if (error == 0) {
            changes.setFlags(mnt, mountFlags);
        }
        return error;
    }

    /** do_new_mount(). */
    private long mountNew(int task, int ns, Nameidata at, int typeLength, int flags, int mountFlags) {
        if (typeLength < 0) {
            return -Errno.EINVAL;
        }
        int fc = contexts.create(task, type, typeLength);
        if (fc < 0) {
            return fc;
        }
        contexts.table().setSbFlags(fc, flags & SB_FLAGS);
        if (sourceLength >= 0) {
            contexts.setSource(fc, source, sourceLength);
        }
        int error = contexts.monolithic(task, fc, data, dataLength);
        if (error == 0) {
            error = contexts.isCapable(task, fc) ? contexts.getTree(task, fc) : -Errno.EPERM;
        }
        if (error == 0) {
            int label = contexts.table().source(fc);
            int none = label == NULL ? vfs.tables.names.intern("none") : NULL;
            int root = contexts.table().root(fc);
            error = changes.addNew(ns, root, label == NULL ? none : label, mountFlags, at.mnt(), at.dentry());
            vfs.tables.names.put(none);
        }
        contexts.free(fc);
        return error;
    }

    private long umount(int task, SyscallArgs args) {
        int flags = args.intAt(1);
        int known = Umounts.MNT_FORCE | Umounts.MNT_DETACH | Umounts.MNT_EXPIRE | Umounts.UMOUNT_NOFOLLOW;
        if ((flags & ~known) != 0) {
            return -Errno.EINVAL;
        }
        int lookup = (flags & Umounts.UMOUNT_NOFOLLOW) != 0 ? 0 : LookupFlags.FOLLOW;
        Nameidata nd = namei.first();
        int error = namei.getname(nd, task, args.get(0), 0);
        if (error == 0) {
            error = namei.lookup(nd, task, Fcntl.AT_FDCWD, lookup);
        }
        if (error != 0) {
            return error;
        }
        namei.crossMounts(nd);
        int mnt = nd.mnt();
        int result = changes.mayMount(task, ns(task))
                ? vfs.umounts.umount(task, ns(task), mnt, nd.dentry(), flags)
                : -Errno.EPERM;
        boolean isMarked = result == -Errno.EAGAIN || (vfs.tables.mounts.expiryMark(mnt) && result != 0);
        nd.release();
        if (isMarked) { // mntput_no_expire(): that it was looked at for this call is no use of it
            vfs.umounts.markUnused(mnt);
        }
        return result;
    }

    private long pivotRoot(int task, SyscallArgs args) {
        int ns = ns(task);
        if (!changes.mayMount(task, ns)) {
            return -Errno.EPERM;
        }
        Nameidata fresh = namei.first();
        int follow = LookupFlags.FOLLOW | LookupFlags.DIRECTORY;
        int error = namei.getname(fresh, task, args.get(0), 0);
        if (error == 0) {
            error = namei.lookup(fresh, task, Fcntl.AT_FDCWD, follow);
        }
        if (error != 0) {
            return error;
        }
        Nameidata old = namei.second();
        error = namei.getname(old, task, args.get(1), 0);
        if (error == 0) {
            error = namei.lookup(old, task, Fcntl.AT_FDCWD, follow);
        }
        if (error == 0) {
            error = vfs.umounts.pivotRoot(task, ns, fresh.mnt(), fresh.dentry(), old.mnt(), old.dentry());
            old.release();
        }
        fresh.release();
        return error;
    }
}
