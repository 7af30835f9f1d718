package dev.nestor.fs;

import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.Creds;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.machine.Work;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Stat;

/** Who may do what with an inode: generic_permission() and its kind, fs/namei.c, fs/inode.c, fs/attr.c. */
public final class Permissions {
    public static final int MAY_EXEC = 1;
    public static final int MAY_WRITE = 2;
    public static final int MAY_READ = 4;

    private final InodeTable inodes;
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
        this.superBlocks = tables.superBlocks;
        this.types = types;
        this.tasks = below.tasks();
        this.credTable = below.credTable();
        this.creds = below.creds();
        this.capabilities = below.capabilities();
        this.userNamespaces = below.userNamespaces();
        this.work = below.work();
    }

    /** inode_permission(): 0, -EACCES, or -EROFS when the whole file system is read-only. */
    public int check(int task, int inode, int mask) {
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
            if (hasUnmappedId(inode)) {
                return -Errno.EACCES;
            }
        }
        return types.get(superBlocks.type(sb)).permission(task, inode, mask, this);
    }

    /** generic_permission(): the mode bits, then the capabilities that override them. */
    public int generic(int task, int inode, int mask) {
        int wanted = mask & (MAY_READ | MAY_WRITE | MAY_EXEC);
        if ((wanted & ~granted(task, inode)) == 0) {
            return 0;
        }
        int mode = inodes.mode(inode);
        boolean isDir = (mode & Stat.S_IFMT) == Stat.S_IFDIR;
        if ((isDir || wanted == MAY_READ)
                && (wanted & MAY_WRITE) == 0
                && isCapable(task, inode, Capability.CAP_DAC_READ_SEARCH)) {
            return 0;
        }
        boolean canBe = isDir || (wanted & MAY_EXEC) == 0 || (mode & 0111) != 0;
        return canBe && isCapable(task, inode, Capability.CAP_DAC_OVERRIDE) ? 0 : -Errno.EACCES;
    }

    /** acl_permission_check() without lists: the bits of the class that the task is in. */
    private int granted(int task, int inode) {
        int mode = inodes.mode(inode);
        int cred = tasks.cred(task);
        if (inodes.uid(inode) == credTable.fsuid(cred)) {
            return mode >> 6 & 7;
        }
        boolean groupMatters = ((mode >> 3 ^ mode) & 7) != 0;
        return groupMatters && creds.isInGroup(cred, inodes.gid(inode)) ? mode >> 3 & 7 : mode & 7;
    }

    /** capable_wrt_inode_uidgid(): in the task's own namespace, which must know both ids of the inode. */
    public boolean isCapable(int task, int inode, int cap) {
        int ns = credTable.userNs(tasks.cred(task));
        return capabilities.nsCapable(task, ns, cap)
                && userNamespaces.fromKid(ns, UserNamespaces.UID, inodes.uid(inode)) != UserNamespaces.INVALID_ID
                && userNamespaces.fromKid(ns, UserNamespaces.GID, inodes.gid(inode)) != UserNamespaces.INVALID_ID;
    }

    /** ns_capable(current_user_ns()) where it is asked for in the initial one: capable(). */
    public boolean isCapable(int task, int cap) {
        return capabilities.capable(task, cap);
    }

    /** inode_owner_or_capable(). */
    public boolean isOwnerOrCapable(int task, int inode) {
        int cred = tasks.cred(task);
        if (credTable.fsuid(cred) == inodes.uid(inode)) {
            return true;
        }
        int ns = credTable.userNs(cred);
        return userNamespaces.fromKid(ns, UserNamespaces.UID, inodes.uid(inode)) != UserNamespaces.INVALID_ID
                && capabilities.nsCapable(task, ns, Capability.CAP_FOWNER);
    }

    /** HAS_UNMAPPED_ID(). */
    public boolean hasUnmappedId(int inode) {
        return inodes.uid(inode) == UserNamespaces.INVALID_ID || inodes.gid(inode) == UserNamespaces.INVALID_ID;
    }

    /** fsuidgid_has_mapping(): whether the file system can write down who the task is. */
    public boolean hasMapping(int task, int sb) {
        int cred = tasks.cred(task);
        int ns = superBlocks.userNs(sb);
        return userNamespaces.fromKid(ns, UserNamespaces.UID, credTable.fsuid(cred)) != UserNamespaces.INVALID_ID
                && userNamespaces.fromKid(ns, UserNamespaces.GID, credTable.fsgid(cred)) != UserNamespaces.INVALID_ID;
    }

    public int fsuid(int task) {
        return credTable.fsuid(tasks.cred(task));
    }

    public int fsgid(int task) {
        return credTable.fsgid(tasks.cred(task));
    }

    public boolean isInGroup(int task, int kgid) {
        return creds.isInGroup(tasks.cred(task), kgid);
    }
}
