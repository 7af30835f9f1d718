package dev.nestor.fs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.Creds;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.machine.Work;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Stat;

/**
 * Who may do what with an inode: generic_permission() and its kind, fs/namei.c, fs/inode.c, fs/attr.c; and whose it is when it is
 * seen through an idmapped mount: fs/mnt_idmapping.c.
 *
 * <p>A mount stands for its mnt_idmap(): NULL, like a mount without one, is nop_mnt_idmap. Ids that a mount shows (vfsuid_t) are
 * kids too, INVALID_ID where it has none for an owner.
 */
public final class Permissions {
    public static final int MAY_EXEC = 1;
    public static final int MAY_WRITE = 2;
    public static final int MAY_READ = 4;

    private final InodeTable inodes;
    private final MountTable mounts;
    private final SuperBlockTable superBlocks;
    private final FsTypes types;
    private final TaskTable tasks;
    private final CredTable credTable;
    private final Creds creds;
    private final Capabilities capabilities;
    private final UserNamespaces userNamespaces;
    private final Work work;

    Permissions(FsTables tables, FsTypes types, Vfs.Below below) {
        this.inodes = tables.inodes;
        this.mounts = tables.mounts;
        this.superBlocks = tables.superBlocks;
        this.types = types;
        this.tasks = below.tasks();
        this.credTable = below.credTable();
        this.creds = below.creds();
        this.capabilities = below.capabilities();
        this.userNamespaces = below.userNamespaces();
        this.work = below.work();
    }

    /** make_vfsuid(), make_vfsgid(): the id that a mount shows instead of one of a file system; INVALID_ID for none. */
    private int shown(int mnt, int sb, int kind, int kid) {
        int idmap = mnt == NULL ? NULL : mounts.idmap(mnt);
        if (idmap == NULL) {
            return kid;
        }
        int id = userNamespaces.fromKid(superBlocks.userNs(sb), kind, kid);
        return id == UserNamespaces.INVALID_ID ? id : userNamespaces.makeKid(idmap, kind, id);
    }

    /** from_vfsuid(), from_vfsgid(): the id that a file system writes down for one that a mount shows; INVALID_ID for none. */
    private int written(int mnt, int sb, int kind, int kid) {
        int idmap = mnt == NULL ? NULL : mounts.idmap(mnt);
        if (idmap == NULL) {
            return kid;
        }
        int id = userNamespaces.fromKid(idmap, kind, kid);
        return id == UserNamespaces.INVALID_ID ? id : userNamespaces.makeKid(superBlocks.userNs(sb), kind, id);
    }

    /** i_uid_into_vfsuid(). */
    public int vfsuid(int mnt, int inode) {
        return shown(mnt, inodes.sb(inode), UserNamespaces.UID, inodes.uid(inode));
    }

    /** make_vfsuid() of an id that the file system keeps beside an inode's owner. */
    int vfsuidOf(int mnt, int inode, int kuid) {
        return shown(mnt, inodes.sb(inode), UserNamespaces.UID, kuid);
    }

    /** i_gid_into_vfsgid(). */
    public int vfsgid(int mnt, int inode) {
        return shown(mnt, inodes.sb(inode), UserNamespaces.GID, inodes.gid(inode));
    }

    /** from_vfsuid() of a kuid that is to own an inode. */
    public int fromVfsuid(int mnt, int inode, int kuid) {
        return written(mnt, inodes.sb(inode), UserNamespaces.UID, kuid);
    }

    /** from_vfsgid(). */
    public int fromVfsgid(int mnt, int inode, int kgid) {
        return written(mnt, inodes.sb(inode), UserNamespaces.GID, kgid);
    }

    /** vfsuid_has_fsmapping() and vfsgid_has_fsmapping(): whether the file system can write an owner down. */
    boolean hasFsMapping(int mnt, int inode, int kind, int kid) {
        int sb = inodes.sb(inode);
        int id = written(mnt, sb, kind, kid);
        return id != UserNamespaces.INVALID_ID
                && userNamespaces.fromKid(superBlocks.userNs(sb), kind, id) != UserNamespaces.INVALID_ID;
    }

    /** mapped_fsuid(): who owns what the task makes there. */
    int mappedFsuid(int task, int mnt, int sb) {
        return written(mnt, sb, UserNamespaces.UID, fsuid(task));
    }

    /** mapped_fsgid(). */
    int mappedFsgid(int task, int mnt, int sb) {
        return written(mnt, sb, UserNamespaces.GID, fsgid(task));
    }

    /** inode_permission(): 0, -EACCES, or -EROFS when the whole file system is read-only. */
    public int check(int task, int mnt, int inode, int mask) {
        work.add(Work.PERMISSION);
        int sb = inodes.sb(inode);
        if ((mask & MAY_WRITE) != 0) {
            int type = inodes.mode(inode) & Stat.S_IFMT;
            boolean ofTheFs = type == Stat.S_IFREG || type == Stat.S_IFDIR || type == Stat.S_IFLNK;
            if (ofTheFs && superBlocks.readOnly(sb)) {
                return -Errno.EROFS;
            }
            if ((inodes.flags(inode) & InodeFlags.IMMUTABLE) != 0) {
                return -Errno.EPERM;
            }
            if (hasUnmappedId(mnt, inode)) {
                return -Errno.EACCES;
            }
        }
        FsType type = types.get(superBlocks.type(sb));
        return mnt == NULL || mounts.idmap(mnt) == NULL
                ? type.permission(task, inode, mask, this)
                : generic(task, mnt, inode, mask);
    }

    /** generic_permission() of what no mount shows otherwise. */
    public int generic(int task, int inode, int mask) {
        return generic(task, NULL, inode, mask);
    }

    /** generic_permission(): the mode bits, then the capabilities that override them. */
    private int generic(int task, int mnt, int inode, int mask) {
        int wanted = mask & (MAY_READ | MAY_WRITE | MAY_EXEC);
        if ((wanted & ~granted(task, mnt, inode)) == 0) {
            return 0;
        }
        int mode = inodes.mode(inode);
        boolean isDir = (mode & Stat.S_IFMT) == Stat.S_IFDIR;
        if ((isDir || wanted == MAY_READ)
                && (wanted & MAY_WRITE) == 0
                && isCapable(task, mnt, inode, Capability.CAP_DAC_READ_SEARCH)) {
            return 0;
        }
        boolean canBe = isDir || (wanted & MAY_EXEC) == 0 || (mode & 0111) != 0;
        return canBe && isCapable(task, mnt, inode, Capability.CAP_DAC_OVERRIDE) ? 0 : -Errno.EACCES;
    }

    /** acl_permission_check() without lists: the bits of the class that the task is in. */
    private int granted(int task, int mnt, int inode) {
        int mode = inodes.mode(inode);
        int cred = tasks.cred(task);
        if (vfsuid(mnt, inode) == credTable.fsuid(cred)) {
            return mode >> 6 & 7;
        }
        boolean groupMatters = ((mode >> 3 ^ mode) & 7) != 0;
        return groupMatters && isInGroup(task, vfsgid(mnt, inode)) ? mode >> 3 & 7 : mode & 7;
    }

    /** capable_wrt_inode_uidgid(): in the task's own namespace, which must know both ids of the inode. */
    public boolean isCapable(int task, int mnt, int inode, int cap) {
        int ns = credTable.userNs(tasks.cred(task));
        return capabilities.nsCapable(task, ns, cap)
                && hasId(ns, UserNamespaces.UID, vfsuid(mnt, inode))
                && hasId(ns, UserNamespaces.GID, vfsgid(mnt, inode));
    }

    private boolean hasId(int ns, int kind, int kid) {
        return kid != UserNamespaces.INVALID_ID && userNamespaces.fromKid(ns, kind, kid) != UserNamespaces.INVALID_ID;
    }

    /** ns_capable(current_user_ns()) where it is asked for in the initial one: capable(). */
    public boolean isCapable(int task, int cap) {
        return capabilities.capable(task, cap);
    }

    /** ns_capable() in the user namespace of an inode's file system. */
    boolean isCapableInFs(int task, int inode, int cap) {
        return capabilities.nsCapable(task, superBlocks.userNs(inodes.sb(inode)), cap);
    }

    /** inode_owner_or_capable(). */
    public boolean isOwnerOrCapable(int task, int mnt, int inode) {
        int cred = tasks.cred(task);
        int owner = vfsuid(mnt, inode);
        if (credTable.fsuid(cred) == owner) {
            return true;
        }
        int ns = credTable.userNs(cred);
        return hasId(ns, UserNamespaces.UID, owner) && capabilities.nsCapable(task, ns, Capability.CAP_FOWNER);
    }

    /** in_group_or_capable(): who may leave the set-group-id bit of what this group owns. */
    boolean isInGroupOrCapable(int task, int mnt, int inode, int kgid) {
        return isInGroup(task, kgid) || isCapable(task, mnt, inode, Capability.CAP_FSETID);
    }

    /** HAS_UNMAPPED_ID(). */
    public boolean hasUnmappedId(int mnt, int inode) {
        return vfsuid(mnt, inode) == UserNamespaces.INVALID_ID || vfsgid(mnt, inode) == UserNamespaces.INVALID_ID;
    }

    /** fsuidgid_has_mapping(): whether the file system can write down who the task is. */
    public boolean hasMapping(int task, int mnt, int sb) {
        int ns = superBlocks.userNs(sb);
        return hasId(ns, UserNamespaces.UID, mappedFsuid(task, mnt, sb))
                && hasId(ns, UserNamespaces.GID, mappedFsgid(task, mnt, sb));
    }

    public int fsuid(int task) {
        return credTable.fsuid(tasks.cred(task));
    }

    public int fsgid(int task) {
        return credTable.fsgid(tasks.cred(task));
    }

    /** vfsgid_in_group_p(). */
    public boolean isInGroup(int task, int kgid) {
        return kgid != UserNamespaces.INVALID_ID && creds.isInGroup(tasks.cred(task), kgid);
    }
}
