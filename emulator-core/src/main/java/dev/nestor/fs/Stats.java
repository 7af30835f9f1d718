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

    /** vfs_getattr(), as a mount shows it: 0, or -EOUTSIDE when its length is not known. */
    public int getattr(int mnt, int inode, KStat into) {
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
        superBlocks.type(inodes.sb(inode)).getattr(inode, into);
        return (inodes.flags(inode) & InodeFlags.SIZE_UNKNOWN) != 0 ? -Outside.EOUTSIDE : 0;
    }
}
