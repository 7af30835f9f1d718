package dev.nestor.fs;

/** struct kstat: what is known of an inode, as the stat calls see it before ids are translated. */
public final class KStat {
    public int mode;
    public int nlink;
    public int uid; // kuid; INVALID_ID where the mount has none for the owner
    public int gid; // kgid
    public int dev;
    public int rdev;
    public int blksize; // bytes
    public long ino;
    public long size; // bytes
    public long blocks; // of 512 bytes
    public long atime; // ns since 1970
    public long mtime;
    public long ctime;
}
