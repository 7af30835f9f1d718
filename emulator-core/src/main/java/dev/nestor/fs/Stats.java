package dev.nestor.fs;

/** Looking at inodes: fs/stat.c. */
public final class Stats {
    private final InodeTable inodes;
    private final SuperBlocks superBlocks;
    private final Permissions permissions;

    Stats(Vfs vfs) {
        this.inodes = vfs.tables.inodes;
        this.superBlocks = vfs.superBlocks;
        this.permissions = vfs.permissions;
    }

    /** vfs_getattr(), as a mount shows it: 0, -EOUTSIDE when its length is not known, or what its file system says. */
    public int getattr(int task, int mnt, int inode, KStat into) {
        FsType type = superBlocks.type(inodes.sb(inode));
        int error = type.mayGetattr(task, inode);
        if (error != 0) {
            return error;
        }
        into.mode = inodes.mode(inode);
        into.nlink = inodes.nlink(inode);
        into.uid = permissions.vfsuid(mnt, inode);
        into.gid = permissions.vfsgid(mnt, inode);
        into.dev = inodes.dev(inode);
        into.rdev = inodes.rdev(inode);
        into.blksize = inodes.blksize(inode);
        into.ino = inodes.ino(inode);
        into.size = inodes.size(inode);
        into.blocks = inodes.blocks(inode) + inodes.nrPages(inode) * 8;
        into.atime = inodes.atime(inode);
        into.mtime = inodes.mtime(inode);
        into.ctime = inodes.ctime(inode);
        type.getattr(inode, into);
        return (inodes.flags(inode) & InodeFlags.SIZE_UNKNOWN) != 0 ? -Outside.EOUTSIDE : 0;
    }
}
