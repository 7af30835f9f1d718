package dev.nestor.fs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;

/** Trees of mounts in hand: open_tree(2), the end of fsmount(2), mount_setattr(2): fs/namespace.c. */
public final class MountTrees {
    private final MountTable mounts;
    private final DentryTable dentryTable;
    private final SuperBlockTable superBlocks;
    private final SuperBlocks superBlockLife;
    private final FileTable files;
    private final Files fileLife;
    private final FileTables descriptors;
    private final Mounts life;
    private final MntNamespaces nsLife;
    private final MountChanges changes;
    private final PeerGroups peers;
    private final TaskTable tasks;
    private final CredTable creds;
    private final Capabilities capabilities;
    private final UserNamespaces userNamespaces;

    MountTrees(Vfs vfs) {
        this.mounts = vfs.tables.mounts;
        this.dentryTable = vfs.tables.dentries;
        this.superBlocks = vfs.tables.superBlocks;
        this.superBlockLife = vfs.superBlocks;
        this.files = vfs.tables.files;
        this.fileLife = vfs.files;
        this.descriptors = vfs.fileTables;
        this.life = vfs.mounts;
        this.nsLife = vfs.mntNamespaces;
        this.changes = vfs.mountChanges;
        this.peers = vfs.mounts.peers();
        this.tasks = vfs.below.tasks();
        this.creds = vfs.below.credTable();
        this.capabilities = vfs.below.capabilities();
        this.userNamespaces = vfs.below.userNamespaces();
    }

    private int kuid(int task) {
        return creds.euid(tasks.cred(task));
    }

    /**
     * The end of fsmount(2): a mount of an instance's root, in an anonymous namespace, which goes with the file that it is
     * opened by. The descriptor, EMFILE, ENFILE, ENOMEM, ENOSPC.
     */
    public long openNew(int task, int ns, int root, int source, int flags, boolean cloexec) {
        int mnt = life.create(dentryTable.sb(root), root, source);
        if (mnt == NULL) {
            return -Errno.ENOMEM;
        }
        mounts.setFlags(mnt, flags);
        return openTree(task, ns, mnt, NULL, cloexec);
    }

    /** open_detached_copy(): a copy of what is at a place is opened, as above; EINVAL, EPERM, ENOSPC, ENOMEM. */
    public int openCopy(int task, int ns, int mnt, int dentry, boolean recursive) {
        int copy = changes.copyOf(ns, mnt, dentry, recursive);
        if (copy < 0) {
            return copy;
        }
        return openAnon(task, ns, copy, mounts.ns(mnt));
    }

    private long openTree(int task, int ns, int tree, int source, boolean cloexec) {
        int fd = descriptors.unused(task, 0);
        if (fd < 0) {
            life.umountTree(tree, Mounts.UMOUNT_SYNC);
            return fd;
        }
        int file = openAnon(task, ns, tree, source);
        if (file > 0) {
            descriptors.install(tasks.files(task), fd, file, cloexec);
        }
        return file < 0 ? file : fd;
    }

    /** An O_PATH file of a tree that it takes along when it goes. */
    private int openAnon(int task, int ns, int tree, int source) {
        int anon = nsLife.createAnon(tree, ns, kuid(task), source);
        if (anon < 0) {
            life.umountTree(tree, Mounts.UMOUNT_SYNC);
            return anon;
        }
        int file = fileLife.create(task, tree, mounts.root(tree), Fcntl.O_PATH, FileKinds.PATH);
        if (file == NULL) {
            nsLife.dissolve(tree);
            return -Errno.ENFILE;
        }
        files.setMode(file, files.mode(file) | FileModes.FMODE_NEED_UNMOUNT);
        return file;
    }

    /** do_mount_setattr(): all or nothing, of one mount or of the tree below it. EINVAL, EPERM, EBUSY. */
    public int setattr(int task, int ns, int mnt, int dentry, MountAttrs attrs) {
        if (mounts.root(mnt) != dentry || (!nsLife.isAnonRoot(mnt) && !life.isIn(mnt, ns))) {
            return -Errno.EINVAL;
        }
        if (attrs.idmapNs() != NULL && !hasMaps(attrs.idmapNs())) {
            return -Errno.EINVAL;
        }
        for (int at = mnt; at != NULL; at = attrs.recursive() ? life.next(at, mnt) : NULL) {
            int error = maySet(task, at, attrs);
            if (error != 0) {
                return error;
            }
        }
        for (int at = mnt; at != NULL; at = attrs.recursive() ? life.next(at, mnt) : NULL) {
            if (attrs.idmapNs() != NULL || attrs.clearsIdmap()) {
                life.setIdmap(at, attrs.idmapNs());
            }
            mounts.setFlags(at, attrs.applied(mounts.flags(at)));
            if (attrs.propagation() != 0) {
                changes.changePropagation(at, attrs.propagation());
            }
        }
        life.touch(mounts.ns(mnt));
        return 0;
    }

    /** alloc_mnt_idmap(): a user namespace whose maps have not been written is of no use. */
    private boolean hasMaps(int userNs) {
        return userNamespaces.extentCount(userNs, UserNamespaces.UID) > 0
                && userNamespaces.extentCount(userNs, UserNamespaces.GID) > 0;
    }

    /** mount_setattr_prepare() of one mount. */
    private int maySet(int task, int mnt, MountAttrs attrs) {
        if (!changes.canChangeLocked(mnt, attrs.applied(mounts.flags(mnt)))) {
            return -Errno.EPERM;
        }
        int error = attrs.idmapNs() == NULL ? 0 : mayIdmap(task, mnt, attrs.idmapNs(), attrs.replaces());
        if (error != 0) {
            return error;
        }
        boolean stopsWriters = attrs.makesReadOnly(mounts.flags(mnt)) || attrs.idmapNs() != NULL;
        return stopsWriters && mounts.writers(mnt) > 0 ? -Errno.EBUSY : 0;
    }

    /** can_idmap_mount(). */
    private int mayIdmap(int task, int mnt, int idmapNs, boolean replaces) {
        int sb = mounts.sb(mnt);
        int owner = superBlocks.userNs(sb);
        if (idmapNs == owner) {
            return -Errno.EINVAL;
        }
        if (!replaces && mounts.idmap(mnt) != NULL) {
            return -Errno.EPERM;
        }
        if (!superBlockLife.type(sb).allowsIdmap()) {
            return -Errno.EINVAL;
        }
        if (!capabilities.nsCapable(task, owner, Capability.CAP_SYS_ADMIN)) {
            return -Errno.EPERM;
        }
        return nsLife.isInAnon(mnt) ? 0 : -Errno.EINVAL;
    }

    /** MS_* of a mount: mnt_to_propagation_flags(). */
    long propagationOf(int mnt) {
        long flags = peers.isShared(mnt) ? MountChanges.MS_SHARED : 0;
        flags |= peers.isSlave(mnt) ? MountChanges.MS_SLAVE : 0;
        flags |= peers.isUnbindable(mnt) ? MountChanges.MS_UNBINDABLE : 0;
        return flags == 0 ? MountChanges.MS_PRIVATE : flags;
    }
}
