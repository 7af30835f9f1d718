package dev.nestor.fs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Stat;

/** Taking names away and moving them: vfs_unlink(), vfs_rmdir(), vfs_rename() of fs/namei.c. */
public final class Removal {
    public static final int RENAME_NOREPLACE = 1;
    public static final int RENAME_EXCHANGE = 2;
    public static final int RENAME_WHITEOUT = 4;

    private final InodeTable inodes;
    private final DentryTable dentryTable;
    private final NameTable names;
    private final MountTable mountTable;
    private final Inodes inodeLife;
    private final Dentries dentries;
    private final SuperBlocks superBlocks;
    private final Permissions permissions;
    private final FsNotify notify;
    private final Namei namei;
    private final Creation creation;
    private final Mounts mounts;

    Removal(Vfs vfs) {
        this.inodes = vfs.tables.inodes;
        this.dentryTable = vfs.tables.dentries;
        this.names = vfs.tables.names;
        this.mountTable = vfs.tables.mounts;
        this.inodeLife = vfs.inodes;
        this.dentries = vfs.dentries;
        this.superBlocks = vfs.superBlocks;
        this.permissions = vfs.permissions;
        this.notify = vfs.notify;
        this.namei = vfs.namei;
        this.creation = vfs.creation;
        this.mounts = vfs.mounts;
    }

    /** do_unlinkat() after getname(). */
    public int unlink(int task, int dfd, Nameidata nd) {
        int error = namei.parent(nd, task, dfd, 0);
        if (error != 0) {
            return error;
        }
        error = nd.lastType == Nameidata.LAST_NORM ? unlinkLast(task, nd) : -Errno.EISDIR;
        nd.release();
        return error;
    }

    /** vfs_unlink() of the last name in the directory where nd stands. */
    public int unlinkLast(int task, Nameidata nd) {
        if (creation.isReadOnly(nd.mnt)) {
            return -Errno.EROFS;
        }
        int dentry = namei.lookupLast(nd);
        if (dentry <= 0) {
            return dentry == NULL ? -Errno.ENOENT : dentry;
        }
        int error;
        if (nd.trailingSlash) {
            error = namei.isDirectory(dentry) ? -Errno.EISDIR : -Errno.ENOTDIR;
        } else {
            error = mayDelete(task, nd, dentry, false);
        }
        if (error == 0) {
            error = superBlocks.type(dentryTable.sb(dentry)).mayChange();
        }
        if (error == 0 && isMountpointIn(nd.mnt, dentry)) {
            error = -Errno.EBUSY;
        }
        if (error == 0) {
            int inode = dentryTable.inode(dentry);
            left(nd.dentry, dentry);
            forget(nd.dentry, dentry);
            inodes.setNlink(inode, inodes.nlink(inode) - 1);
            inodeLife.touchCtime(inode);
            notify.inode(FsNotify.FS_ATTRIB, inode);
        }
        putGone(nd.dentry, dentry, error == 0 ? FsNotify.FS_DELETE : 0);
        return error;
    }

    /** d_delete_notify(): who watches the inode hears first that it is gone, if it is. */
    private void putGone(int dir, int dentry, int mask) {
        if (mask == 0 || notify.isIdle()) {
            dentries.put(dentry);
            return;
        }
        int name = names.get(dentryTable.name(dentry));
        int inode = inodeLife.get(dentryTable.inode(dentry));
        dentries.put(dentry);
        notify.deleted(mask, dentryTable.inode(dir), name, inode);
        names.put(name);
        inodeLife.put(inode);
    }

    /** do_rmdir() after getname(). */
    public int rmdir(int task, int dfd, Nameidata nd) {
        int error = namei.parent(nd, task, dfd, 0);
        if (error != 0) {
            return error;
        }
        error = switch (nd.lastType) {
            case Nameidata.LAST_DOTDOT -> -Errno.ENOTEMPTY;
            case Nameidata.LAST_DOT -> -Errno.EINVAL;
            case Nameidata.LAST_ROOT -> -Errno.EBUSY;
            default -> rmdirLast(task, nd);
        };
        nd.release();
        return error;
    }

    private int rmdirLast(int task, Nameidata nd) {
        if (creation.isReadOnly(nd.mnt)) {
            return -Errno.EROFS;
        }
        int dentry = namei.lookupLast(nd);
        if (dentry <= 0) {
            return dentry == NULL ? -Errno.ENOENT : dentry;
        }
        int error = mayDelete(task, nd, dentry, true);
        if (error == 0) {
            error = rmdir(nd, dentry);
        }
        putGone(nd.dentry, dentry, error == 0 ? FsNotify.FS_DELETE | FsNotify.FS_ISDIR : 0);
        return error;
    }

    private int rmdir(Nameidata nd, int dentry) {
        boolean isMountpoint = isMountpointIn(nd.mnt, dentry);
        FsType type = superBlocks.type(dentryTable.sb(dentry));
        int error = isMountpoint ? FsType.GENERIC : type.rmdir(dentry);
        if (error == FsType.GENERIC) {
            error = type.mayChange();
            if (isMountpoint && (error == 0 || type.removesDirectories())) {
                error = -Errno.EBUSY;
            }
            if (error == 0) {
                error = checkEmpty(dentry);
            }
        }
        if (error == 0) {
            kill(nd.dentry, dentry);
        }
        return error;
    }

    /** ENOTEMPTY; outside when names may be there that are not known. */
    private int checkEmpty(int dir) {
        for (int child = dentryTable.children().first(dir);
                child != NULL;
                child = dentryTable.children().next(child)) {
            if (!dentries.isNegative(child)) {
                return -Errno.ENOTEMPTY;
            }
        }
        int flags = inodes.flags(dentryTable.inode(dir));
        return (flags & InodeFlags.INCOMPLETE) != 0 ? -Outside.EOUTSIDE : 0;
    }

    /** An empty directory goes. */
    private void kill(int parent, int dentry) {
        int inode = dentryTable.inode(dentry);
        dentries.dropNegativeChildren(dentry);
        inodes.setNlink(inode, 0);
        inodes.setFlags(inode, (inodes.flags(inode) | InodeFlags.DEAD) & ~InodeFlags.INCOMPLETE);
        inodeLife.touchCtime(inode);
        int parentInode = dentryTable.inode(parent);
        inodes.setNlink(parentInode, inodes.nlink(parentInode) - 1);
        left(parent, dentry);
        forget(parent, dentry);
    }

    /** A name has left a directory. */
    private void left(int dir, int dentry) {
        assert dentryTable.parent(dentry) == dir;
        int inode = dentryTable.inode(dir);
        inodes.setSize(
                inode, inodes.size(inode) - superBlocks.type(inodes.sb(inode)).direntSize());
        inodeLife.touchMtime(inode);
    }

    /** d_delete(): the name is gone, and where others may be that are not known, it is known that it is. */
    private void forget(int dir, int dentry) {
        mounts.detachMountsOn(dentry);
        int name = names.get(dentryTable.name(dentry));
        dentries.drop(dentry);
        rememberAbsent(dir, name);
        names.put(name);
    }

    private void rememberAbsent(int dir, int name) {
        int flags = inodes.flags(dentryTable.inode(dir));
        if ((flags & InodeFlags.INCOMPLETE) != 0) {
            int absent = dentries.add(dir, name, NULL);
            if (absent != NULL) {
                dentries.pin(absent);
                dentries.put(absent);
            }
        }
    }

    /** may_delete(). */
    private int mayDelete(int task, Nameidata from, int victim, boolean wantsDir) {
        int dirInode = dentryTable.inode(from.dentry);
        int inode = dentryTable.inode(victim);
        if (permissions.hasUnmappedId(from.mnt, inode)) {
            return -Errno.EOVERFLOW;
        }
        int error = permissions.check(task, from.mnt, dirInode, Permissions.MAY_WRITE | Permissions.MAY_EXEC);
        if (error != 0) {
            return error;
        }
        if (isSticky(task, from.mnt, dirInode, inode)) {
            return -Errno.EPERM;
        }
        boolean isDir = (inodes.mode(inode) & Stat.S_IFMT) == Stat.S_IFDIR;
        if (wantsDir && !isDir) {
            return -Errno.ENOTDIR;
        }
        if (wantsDir && dentryTable.parent(victim) == NULL) {
            return -Errno.EBUSY;
        }
        if (!wantsDir && isDir) {
            return -Errno.EISDIR;
        }
        return (inodes.flags(dirInode) & InodeFlags.DEAD) != 0 ? -Errno.ENOENT : 0;
    }

    /** check_sticky(). */
    private boolean isSticky(int task, int mnt, int dir, int inode) {
        if ((inodes.mode(dir) & Stat.S_ISVTX) == 0) {
            return false;
        }
        int fsuid = permissions.fsuid(task);
        return permissions.vfsuid(mnt, inode) != fsuid
                && permissions.vfsuid(mnt, dir) != fsuid
                && !permissions.isCapable(task, mnt, inode, Capability.CAP_FOWNER);
    }

    /** is_local_mountpoint(): other namespaces' mounts on it go with it. */
    private boolean isMountpointIn(int mnt, int dentry) {
        if (dentryTable.mounted(dentry) == 0) {
            return false;
        }
        int ns = mountTable.ns(mnt);
        for (int row = 1; row < mountTable.rows(); row++) {
            int other = mountTable.handleInRow(row);
            if (other != NULL && mountTable.mountpoint(other) == dentry && mountTable.ns(other) == ns) {
                return true;
            }
        }
        return false;
    }

    /** do_renameat2() after both getname(). */
    public int rename(int task, int oldDfd, Nameidata old, int newDfd, Nameidata to, int flags) {
        int error = namei.parent(old, task, oldDfd, 0);
        if (error != 0) {
            return error;
        }
        error = namei.parent(to, task, newDfd, 0);
        if (error == 0) {
            error = checkLast(old, to, flags);
            if (error == 0) {
                error = renameLast(task, old, to, flags);
            }
            to.release();
        }
        old.release();
        return error;
    }

    private int checkLast(Nameidata old, Nameidata to, int flags) {
        if (old.mnt != to.mnt) {
            return -Errno.EXDEV;
        }
        if (old.lastType != Nameidata.LAST_NORM) {
            return -Errno.EBUSY;
        }
        if (to.lastType != Nameidata.LAST_NORM) {
            return (flags & RENAME_NOREPLACE) != 0 ? -Errno.EEXIST : -Errno.EBUSY;
        }
        return creation.isReadOnly(old.mnt) ? -Errno.EROFS : 0;
    }

    private int renameLast(int task, Nameidata old, Nameidata to, int flags) {
        int source = namei.lookupLast(old);
        if (source <= 0) {
            return source == NULL ? -Errno.ENOENT : source;
        }
        int target = namei.lookupLast(to);
        int error = target < 0 ? target : checkPair(old, to, source, target, flags);
        if (error == 0 && (target == NULL || dentryTable.inode(source) != dentryTable.inode(target))) {
            error = renamePair(task, old, to, source, target, flags);
        }
        dentries.put(source);
        if (target > 0) {
            dentries.put(target);
        }
        return error;
    }

    private int checkPair(Nameidata old, Nameidata to, int source, int target, int flags) {
        boolean exchange = (flags & RENAME_EXCHANGE) != 0;
        if (target != NULL && (flags & RENAME_NOREPLACE) != 0) {
            return -Errno.EEXIST;
        }
        if (exchange && target == NULL) {
            return -Errno.ENOENT;
        }
        if (exchange && to.trailingSlash && !namei.isDirectory(target)) {
            return -Errno.ENOTDIR;
        }
        if (!namei.isDirectory(source) && (old.trailingSlash || (!exchange && to.trailingSlash))) {
            return -Errno.ENOTDIR;
        }
        if (dentries.isBelow(to.dentry, source)) {
            return -Errno.EINVAL;
        }
        if (target != NULL && dentries.isBelow(old.dentry, target)) {
            return exchange ? -Errno.EINVAL : -Errno.ENOTEMPTY;
        }
        return 0;
    }

    /** vfs_rename(). */
    private int renamePair(int task, Nameidata old, Nameidata to, int source, int target, int flags) {
        boolean exchange = (flags & RENAME_EXCHANGE) != 0;
        boolean isDir = namei.isDirectory(source);
        int error = mayDelete(task, old, source, isDir);
        if (error == 0) {
            error = target == NULL
                    ? creation.mayCreate(task, to)
                    : mayDelete(task, to, target, exchange ? namei.isDirectory(target) : isDir);
        }
        if (error == 0) {
            error = superBlocks.type(dentryTable.sb(source)).mayMake(0);
        }
        if (error == 0 && isDir && old.dentry != to.dentry) {
            error = permissions.check(task, old.mnt, dentryTable.inode(source), Permissions.MAY_WRITE);
        }
        if (error == 0 && (isMountpointIn(old.mnt, source) || (target != NULL && isMountpointIn(to.mnt, target)))) {
            error = -Errno.EBUSY;
        }
        if (error != 0) {
            return error;
        }
        error = renameByType(to, source, target, flags);
        if (error != FsType.GENERIC) {
            return error;
        }
        error = !exchange && target != NULL && isDir ? checkEmpty(target) : 0;
        if (error != 0) {
            return error;
        }
        int oldName = names.get(dentryTable.name(source));
        if (exchange) {
            exchange(old.dentry, to.dentry, source, target);
        } else {
            replace(old, to, source, target);
        }
        notify.moved(
                dentryTable.inode(old.dentry),
                oldName,
                source,
                exchange || target == NULL ? NULL : dentryTable.inode(target));
        if (exchange) {
            notify.moved(dentryTable.inode(to.dentry), dentryTable.name(source), target, NULL);
        }
        names.put(oldName);
        return 0;
    }

    private int renameByType(Nameidata to, int source, int target, int flags) {
        int name = names.intern(to.text, to.lastOffset, to.lastLength);
        int error = superBlocks.type(dentryTable.sb(source)).rename(source, to.dentry, name, target, flags);
        names.put(name);
        return error;
    }

    private void replace(Nameidata old, Nameidata to, int source, int target) {
        boolean isDir = namei.isDirectory(source);
        int place = 0;
        int before = NULL;
        if (target != NULL) {
            place = dentryTable.offset(target);
            before = dentryTable.children().prev(target);
            before = before == source ? dentryTable.children().prev(source) : before;
            int victim = dentryTable.inode(target);
            left(to.dentry, target);
            if (isDir) {
                dentries.dropNegativeChildren(target);
                inodes.setFlags(victim, inodes.flags(victim) | InodeFlags.DEAD);
                linkParent(to.dentry, -1);
            }
            inodes.setNlink(victim, isDir ? 0 : inodes.nlink(victim) - 1);
            inodeLife.touchCtime(victim);
            mounts.detachMountsOn(target);
            dentries.drop(target);
        }
        move(source, old.dentry, to.dentry, to);
        if (target != NULL) {
            dentries.placeAfter(before, source);
            creation.tookPlace(to.dentry, source, place);
        }
        if (isDir && old.dentry != to.dentry) {
            linkParent(old.dentry, -1);
            linkParent(to.dentry, 1);
        }
    }

    private void move(int source, int oldDir, int newDir, Nameidata to) {
        int oldName = names.get(dentryTable.name(source));
        int newName = names.intern(to.text, to.lastOffset, to.lastLength);
        int absent = dentries.lookup(newDir, newName);
        if (absent != NULL) {
            dentries.drop(dentries.get(absent));
            dentries.put(absent);
        }
        left(oldDir, source);
        dentries.move(source, newDir, newName);
        creation.entered(newDir, source);
        inodeLife.touchCtime(dentryTable.inode(source));
        if (oldDir != newDir || oldName != newName) {
            rememberAbsent(oldDir, oldName);
        }
        names.put(oldName);
        names.put(newName);
    }

    /** RENAME_EXCHANGE: the two dentries swap places; a name of its own keeps them apart meanwhile. */
    private void exchange(int oldDir, int newDir, int source, int target) {
        int oldName = names.get(dentryTable.name(source));
        int newName = names.get(dentryTable.name(target));
        int between = names.intern("/exchange");
        dentries.move(source, oldDir, between);
        dentries.move(target, oldDir, oldName);
        dentries.move(source, newDir, newName);
        names.put(between);
        names.put(oldName);
        names.put(newName);
        if (oldDir != newDir && namei.isDirectory(source) != namei.isDirectory(target)) {
            linkParent(oldDir, namei.isDirectory(source) ? -1 : 1);
            linkParent(newDir, namei.isDirectory(source) ? 1 : -1);
        }
        inodeLife.touchMtime(dentryTable.inode(oldDir));
        inodeLife.touchMtime(dentryTable.inode(newDir));
    }

    private void linkParent(int dir, int change) {
        int inode = dentryTable.inode(dir);
        inodes.setNlink(inode, inodes.nlink(inode) + change);
    }
}
