package dev.nestor.fs;

import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Memfd;

/** A regular file whose bytes are {@link Contents}. */
final class RegularOps implements FileOps {
    private static final int FIONREAD = 0x541B;
    private static final long PAGE_SIZE = 4096; // bytes

    private final FileTable files;
    private final InodeTable inodes;
    private final MountTable mounts;
    private final Inodes inodeLife;
    private final Contents contents;
    private final Vfs vfs;

    RegularOps(Vfs vfs) {
        this.files = vfs.tables.files;
        this.inodes = vfs.tables.inodes;
        this.mounts = vfs.tables.mounts;
        this.inodeLife = vfs.inodes;
        this.contents = vfs.contents;
        this.vfs = vfs;
    }

    @Override
    public boolean canPoll(int file) {
        return false;
    }

    @Override
    public long read(int task, int file, IovIter to, long pos) {
        int inode = files.inode(file);
        long result = contents.read(inode, to, pos);
        boolean keepsAtime = (files.flags(file) & Fcntl.O_NOATIME) != 0
                || (mounts.flags(files.mnt(file)) & MountFlags.MNT_NOATIME) != 0;
        if (result > 0 && !keepsAtime) {
            inodeLife.touchAtime(inode);
        }
        return result;
    }

    @Override
    public long write(int task, int file, IovIter from, long pos) {
        if (from.remaining() == 0) {
            return 0;
        }
        int inode = files.inode(file);
        int error = checkSeals(inode, from, pos);
        if (error != 0) {
            return error;
        }
        vfs.attributes.removePrivileges(task, files.mnt(file), inode);
        inodeLife.touchMtime(inode);
        boolean isLost =
                (inodes.flags(inode) & InodeFlags.SIZE_UNKNOWN) != 0 && (files.flags(file) & Fcntl.O_APPEND) != 0;
        return isLost ? from.skipAll() : contents.write(inode, from, pos);
    }

    /** shmem_write_begin(), page by page: what would make a file longer that may not grow is not written. */
    private int checkSeals(int inode, IovIter from, long pos) {
        int seals = InodeFlags.seals(inodes.flags(inode));
        if ((seals & (Memfd.F_SEAL_WRITE | Memfd.F_SEAL_FUTURE_WRITE)) != 0) {
            return -Errno.EPERM;
        }
        if ((seals & Memfd.F_SEAL_GROW) != 0 && pos + from.remaining() > inodes.size(inode)) {
            long whole = inodes.size(inode) & -PAGE_SIZE;
            if (whole <= pos) {
                return -Errno.EPERM;
            }
            from.truncate(whole - pos);
        }
        return 0;
    }

    @Override
    public long llseek(int task, int file, long offset, int whence) {
        int inode = files.inode(file);
        boolean needsSize = whence != Fcntl.SEEK_SET && whence != Fcntl.SEEK_CUR;
        if (needsSize && (inodes.flags(inode) & InodeFlags.SIZE_UNKNOWN) != 0) {
            return -Outside.EOUTSIDE;
        }
        if (whence == Fcntl.SEEK_DATA || whence == Fcntl.SEEK_HOLE) {
            long to = contents.seekData(inode, offset, whence == Fcntl.SEEK_DATA);
            if (to >= 0) {
                files.setPos(file, to);
            }
            return to;
        }
        return vfs.readWrite.seekTo(file, offset, whence, inodes.size(inode));
    }

    @Override
    public long ioctl(int task, int file, int cmd, long arg) {
        if (cmd != FIONREAD) {
            return -Errno.ENOTTY;
        }
        int inode = files.inode(file);
        if ((inodes.flags(inode) & InodeFlags.SIZE_UNKNOWN) != 0) {
            return -Outside.EOUTSIDE;
        }
        return vfs.below.memory().putInt(vfs.below.tasks().mm(task), arg, (int) (inodes.size(inode) - files.pos(file)));
    }

    @Override
    public long fsync(int file) {
        return 0;
    }
}
