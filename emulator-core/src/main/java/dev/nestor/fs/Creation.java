package dev.nestor.fs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.task.TaskTable;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Stat;

/** Making names: vfs_create(), vfs_mkdir(), vfs_mknod(), vfs_symlink(), vfs_link() of fs/namei.c. */
public final class Creation {
    private static final int S_IALLUGO = 07777;

    private final InodeTable inodes;
    private final DentryTable dentryTable;
    private final NameTable names;
    private final FsStructTable fsStructs;
    private final MountTable mountTable;
    private final SuperBlockTable superBlockTable;
    private final Inodes inodeLife;
    private final Dentries dentries;
    private final SuperBlocks superBlocks;
    private final Permissions permissions;
    private final FsNotify notify;
    private final Namei namei;
    private final TaskTable tasks;
    private final boolean protectedHardlinks;

    Creation(Vfs vfs, boolean protectedHardlinks) {
        this.inodes = vfs.tables.inodes;
        this.dentryTable = vfs.tables.dentries;
        this.names = vfs.tables.names;
        this.fsStructs = vfs.tables.fsStructs;
        this.mountTable = vfs.tables.mounts;
        this.superBlockTable = vfs.tables.superBlocks;
        this.inodeLife = vfs.inodes;
        this.dentries = vfs.dentries;
        this.superBlocks = vfs.superBlocks;
        this.permissions = vfs.permissions;
        this.notify = vfs.notify;
        this.namei = vfs.namei;
        this.tasks = vfs.below.tasks();
        this.protectedHardlinks = protectedHardlinks;
    }

    /** O_CREAT of a name that is not there: the dentry with a reference, or a negative errno. */
    public int createFile(int task, Nameidata nd, int mode) {
        int dir = nd.dentry;
        int error = isReadOnly(nd.mnt) ? -Errno.EROFS : mayCreate(task, nd);
        if (error != 0) {
            return error;
        }
        if (superBlocks.type(dentryTable.sb(dir)).mayChange() != 0) {
            return -Errno.EACCES;
        }
        int dentry = make(task, nd, Stat.S_IFREG | (mode & S_IALLUGO & ~umask(task)), NULL, 0);
        if (dentry > 0) {
            notify.created(dir, dentry);
        }
        return dentry;
    }

    /** vfs_tmpfile(): a file without a name. */
    int createTmpfile(int task, Nameidata nd, int mode, boolean linkable) {
        int dir = nd.dentry;
        int error = isReadOnly(nd.mnt) ? -Errno.EROFS : 0;
        if (error == 0) {
            error = permissions.check(
                    task, nd.mnt, dentryTable.inode(dir), Permissions.MAY_WRITE | Permissions.MAY_EXEC);
        }
        if (error == 0 && superBlocks.type(dentryTable.sb(dir)).mayMake(0) != 0) {
            error = -Errno.EOPNOTSUPP;
        }
        if (error == 0 && !permissions.hasMapping(task, nd.mnt, dentryTable.sb(dir))) {
            error = -Errno.EOVERFLOW;
        }
        if (error != 0) {
            return error;
        }
        int inode = newInode(task, nd, Stat.S_IFREG | (mode & S_IALLUGO & ~umask(task)));
        int name = inode == NULL ? NULL : unnamed(inode);
        int dentry = name == NULL ? NULL : dentries.addUnlisted(dir, name, inode);
        names.put(name);
        if (dentry == NULL) {
            inodeLife.put(inode);
            return -Errno.ENOSPC;
        }
        inodes.setNlink(inode, 0);
        inodes.setFlags(inode, inodes.flags(inode) | (linkable ? InodeFlags.LINKABLE : 0));
        return dentry;
    }

    /** The name that d_path shows of a file without one: its inode number. */
    private int unnamed(int inode) {
        return names.intern("#" + inodes.ino(inode));
    }

    /**
     * filename_create(): walks to the directory and sees that the last name is free there. On success the caller releases
     * nd.
     */
    public int prepare(Nameidata nd, int task, int dfd, boolean directory) {
        int error = namei.parent(nd, task, dfd, 0);
        if (error != 0) {
            return error;
        }
        error = checkName(nd, directory);
        if (error != 0) {
            nd.release();
        }
        return error;
    }

    private int checkName(Nameidata nd, boolean directory) {
        if (nd.lastType != Nameidata.LAST_NORM) {
            return -Errno.EEXIST;
        }
        int dentry = namei.lookupLast(nd);
        if (dentry < 0) {
            return dentry;
        }
        if (dentry != NULL) {
            dentries.put(dentry);
            return -Errno.EEXIST;
        }
        if (nd.trailingSlash && !directory) {
            return -Errno.ENOENT;
        }
        return isReadOnly(nd.mnt) ? -Errno.EROFS : 0;
    }

    /** vfs_mkdir() of a prepared name. */
    public int mkdir(int task, Nameidata nd, int mode) {
        int error = mayCreate(task, nd);
        if (error != 0) {
            return error;
        }
        int dir = dentryTable.inode(nd.dentry);
        int bits = mode & (0777 | Stat.S_ISVTX) & ~umask(task);
        error = makeOwnDirectory(task, nd, bits);
        if (error != FsType.GENERIC) {
            return error;
        }
        error = superBlocks.type(dentryTable.sb(nd.dentry)).mayMake(Stat.S_IFDIR);
        if (error != 0) {
            return error;
        }
        int dentry = make(task, nd, Stat.S_IFDIR | bits, NULL, 0);
        if (dentry < 0) {
            return dentry;
        }
        inodes.setNlink(dir, inodes.nlink(dir) + 1);
        notify.created(nd.dentry, dentry);
        dentries.put(dentry);
        return 0;
    }

    private int makeOwnDirectory(int task, Nameidata nd, int bits) {
        int name = names.intern(nd.text, nd.lastOffset, nd.lastLength);
        if (name == NULL) {
            return -Errno.ENOSPC;
        }
        int result = superBlocks.type(dentryTable.sb(nd.dentry)).mkdir(task, nd.dentry, name, bits);
        if (result == 0) {
            notify.name(FsNotify.FS_CREATE | FsNotify.FS_ISDIR, dentryTable.inode(nd.dentry), name, NULL, 0);
        }
        names.put(name);
        return result;
    }

    /** do_mknodat() of a prepared name. */
    public int mknod(int task, Nameidata nd, int mode, int dev) {
        int type = (mode & Stat.S_IFMT) == 0 ? Stat.S_IFREG : mode & Stat.S_IFMT;
        int error = mayCreate(task, nd);
        if (error != 0) {
            return error;
        }
        boolean isDevice = type == Stat.S_IFCHR || type == Stat.S_IFBLK;
        boolean isWhiteout = type == Stat.S_IFCHR && dev == 0;
        if (isDevice && !isWhiteout && !permissions.isCapable(task, Capability.CAP_MKNOD)) {
            return -Errno.EPERM;
        }
        error = superBlocks.type(dentryTable.sb(nd.dentry)).mayMake(type);
        if (error != 0) {
            return type == Stat.S_IFREG ? -Errno.EACCES : error;
        }
        int dentry = make(task, nd, type | (mode & S_IALLUGO & ~umask(task)), NULL, isDevice ? dev : 0);
        if (dentry < 0) {
            return dentry;
        }
        notify.created(nd.dentry, dentry);
        dentries.put(dentry);
        return 0;
    }

    /** vfs_symlink() of a prepared name. */
    public int symlink(int task, Nameidata nd, byte[] text, int length) {
        int error = mayMake(task, nd, Stat.S_IFLNK);
        if (error != 0) {
            return error;
        }
        int link = names.intern(text, 0, length);
        if (link == NULL) {
            return -Errno.ENOSPC;
        }
        int dentry = make(task, nd, Stat.S_IFLNK | 0777, link, 0);
        if (dentry < 0) {
            names.put(link);
            return dentry;
        }
        notify.created(nd.dentry, dentry);
        dentries.put(dentry);
        return 0;
    }

    /** vfs_link(): a prepared name for an inode that exists. */
    public int link(int task, int oldMnt, int oldDentry, Nameidata nd) {
        if (mountTable.sb(oldMnt) != mountTable.sb(nd.mnt) || oldMnt != nd.mnt) {
            return -Errno.EXDEV;
        }
        int inode = dentryTable.inode(oldDentry);
        int error = mayLinkat(task, oldMnt, inode);
        if (error == 0) {
            error = mayCreate(task, nd);
        }
        if (error != 0) {
            return error;
        }
        boolean isDir = (inodes.mode(inode) & Stat.S_IFMT) == Stat.S_IFDIR;
        boolean isUnmapped = permissions.hasUnmappedId(oldMnt, inode);
        if (isDir || isUnmapped || superBlocks.type(inodes.sb(inode)).mayMake(0) != 0) {
            return -Errno.EPERM;
        }
        if (inodes.nlink(inode) == 0 && (inodes.flags(inode) & InodeFlags.LINKABLE) == 0) {
            return -Errno.ENOENT;
        }
        int dentry = addName(nd, inodeLife.get(inode));
        if (dentry < 0) {
            inodeLife.put(inode);
            return dentry;
        }
        inodes.setFlags(inode, inodes.flags(inode) & ~InodeFlags.LINKABLE);
        inodes.setNlink(inode, inodes.nlink(inode) + 1);
        inodeLife.touchCtime(inode);
        notify.inode(FsNotify.FS_ATTRIB, inode);
        notify.created(nd.dentry, dentry);
        dentries.put(dentry);
        return 0;
    }

    /** may_linkat() with fs.protected_hardlinks: only what one owns or could read and write. */
    private int mayLinkat(int task, int mnt, int inode) {
        if (permissions.hasUnmappedId(mnt, inode)) {
            return -Errno.EOVERFLOW;
        }
        if (!protectedHardlinks || permissions.isOwnerOrCapable(task, mnt, inode)) {
            return 0;
        }
        int mode = inodes.mode(inode);
        boolean isSafe = (mode & Stat.S_IFMT) == Stat.S_IFREG
                && (mode & Stat.S_ISUID) == 0
                && (mode & (Stat.S_ISGID | 010)) != (Stat.S_ISGID | 010)
                && permissions.check(task, mnt, inode, Permissions.MAY_READ | Permissions.MAY_WRITE) == 0;
        return isSafe ? 0 : -Errno.EPERM;
    }

    /** may_create(), and whether the file system makes such things at all. */
    private int mayMake(int task, Nameidata nd, int format) {
        int error = mayCreate(task, nd);
        return error != 0 ? error : superBlocks.type(dentryTable.sb(nd.dentry)).mayMake(format);
    }

    /** may_create(). */
    int mayCreate(int task, Nameidata nd) {
        int inode = dentryTable.inode(nd.dentry);
        if ((inodes.flags(inode) & InodeFlags.DEAD) != 0) {
            return -Errno.ENOENT;
        }
        if (!permissions.hasMapping(task, nd.mnt, inodes.sb(inode))) {
            return -Errno.EOVERFLOW;
        }
        return permissions.check(task, nd.mnt, inode, Permissions.MAY_WRITE | Permissions.MAY_EXEC);
    }

    /** A new inode under the last name of nd: its dentry with a reference, or -ENOSPC and what the file system says. Takes over link. */
    private int make(int task, Nameidata nd, int mode, int link, int rdev) {
        int inode = newInode(task, nd, mode);
        if (inode == NULL) {
            return -Errno.ENOSPC;
        }
        boolean isRegular = (mode & Stat.S_IFMT) == Stat.S_IFREG;
        int error = isRegular ? superBlocks.type(inodes.sb(inode)).created(task, inode) : 0;
        if (error != 0) {
            inodeLife.put(inode);
            return error;
        }
        int dentry = addName(nd, inode);
        if (dentry < 0) {
            inodeLife.put(inode);
            return dentry;
        }
        inodes.setRdev(inode, rdev);
        inodes.setLink(inode, link);
        if (link != NULL) {
            inodes.setSize(inode, names.length(link));
        }
        return dentry;
    }

    /** inode_init_owner(): a new inode in a directory, which may pass on its group. */
    private int newInode(int task, Nameidata nd, int mode) {
        int dirInode = dentryTable.inode(nd.dentry);
        int sb = dentryTable.sb(nd.dentry);
        if (superBlockTable.maxInodes(sb) > 0 && superBlockTable.inodes(sb) >= superBlockTable.maxInodes(sb)) {
            return NULL;
        }
        int gid = permissions.mappedFsgid(task, nd.mnt, sb);
        int bits = mode;
        if ((inodes.mode(dirInode) & Stat.S_ISGID) != 0) {
            gid = inodes.gid(dirInode);
            boolean isDir = (mode & Stat.S_IFMT) == Stat.S_IFDIR;
            bits |= isDir ? Stat.S_ISGID : 0;
            bits = isDir ? bits : withoutForeignSgid(task, nd.mnt, bits, dirInode);
        }
        int inode = inodeLife.create(sb, bits, permissions.mappedFsuid(task, nd.mnt, sb), gid);
        if (inode != NULL && (bits & Stat.S_IFMT) == Stat.S_IFDIR) {
            inodes.setSize(inode, superBlocks.type(sb).emptyDirSize());
        }
        return inode;
    }

    /** mode_strip_sgid(). */
    private int withoutForeignSgid(int task, int mnt, int mode, int dir) {
        boolean keeps = (mode & (Stat.S_ISGID | 010)) != (Stat.S_ISGID | 010)
                || permissions.isInGroupOrCapable(task, mnt, dir, permissions.vfsgid(mnt, dir));
        return keeps ? mode : mode & ~Stat.S_ISGID;
    }

    /** d_instantiate() under the last name of nd; takes over the reference on inode unless it fails with -ENOSPC. */
    private int addName(Nameidata nd, int inode) {
        int dir = nd.dentry;
        int dentry = dentries.lookup(dir, nd.text, nd.lastOffset, nd.lastLength);
        if (dentry != NULL) {
            dentries.instantiate(dentries.get(dentry), inode);
        } else {
            int name = names.intern(nd.text, nd.lastOffset, nd.lastLength);
            dentry = name == NULL ? NULL : dentries.add(dir, name, inode);
            names.put(name);
            if (dentry == NULL) {
                return -Errno.ENOSPC;
            }
        }
        dentries.pin(dentry);
        entered(dir, dentry);
        return dentry;
    }

    /** A name has come into a directory: its place there, and what changes of the directory. */
    void entered(int dir, int dentry) {
        int inode = dentryTable.inode(dir);
        int offset = Math.max(inodes.dirOffset(inode), DirectoryOps.FIRST_OFFSET);
        dentryTable.setOffset(dentry, offset);
        inodes.setDirOffset(inode, offset + 1);
        inodes.setSize(
                inode, inodes.size(inode) + superBlocks.type(inodes.sb(inode)).direntSize());
        inodeLife.touchMtime(inode);
    }

    /** The same for the names that a machine boots with. */
    public void enteredAtBoot(int dir, int dentry) {
        entered(dir, dentry);
    }

    /** A name that has just come into a directory took the place of another. */
    void tookPlace(int dir, int dentry, int offset) {
        int inode = dentryTable.inode(dir);
        dentryTable.setOffset(dentry, offset);
        inodes.setDirOffset(inode, inodes.dirOffset(inode) - 1);
    }

    /** __mnt_is_readonly(): the mount or the whole file system. */
    public boolean isReadOnly(int mnt) {
        return (mountTable.flags(mnt) & MountFlags.MNT_READONLY) != 0 || superBlockTable.readOnly(mountTable.sb(mnt));
    }

    int umask(int task) {
        return fsStructs.umask(tasks.fs(task));
    }
}
