package dev.nestor.init;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileKinds;
import dev.nestor.fs.FileModes;
import dev.nestor.fs.FileTable;
import dev.nestor.fs.InodeFlags;
import dev.nestor.fs.InodeTable;
import dev.nestor.fs.MountFlags;
import dev.nestor.fs.Vfs;
import dev.nestor.fs.tmpfs.TmpFs;
import dev.nestor.mm.Frames;
import dev.nestor.mm.MmapFiles;
import dev.nestor.mm.VmFile;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Memfd;

/** Open files as memory sees them: what backs mappings (VmFile), and what mmap(2) asks (MmapFiles). */
public final class FileMappings implements VmFile, MmapFiles {
    private final Vfs vfs;
    private final FileTable files;
    private final InodeTable inodes;
    private final Frames frames;

    FileMappings(Vfs vfs, Frames frames) {
        this.vfs = vfs;
        this.files = vfs.tables.files;
        this.inodes = vfs.tables.inodes;
        this.frames = frames;
    }

    @Override
    public void hold(int file) {
        vfs.files.get(file);
    }

    @Override
    public void release(int file) {
        vfs.files.put(file);
    }

    /** filemap_fault(): a page that is not there is made, unless nothing is known of it and it is only read. */
    @Override
    public int frame(int file, long pageIndex, boolean write) {
        if (files.kind(file) != FileKinds.REGULAR) {
            return NULL;
        }
        int inode = files.inode(file);
        boolean sizeKnown = (inodes.flags(inode) & InodeFlags.SIZE_UNKNOWN) == 0;
        if (sizeKnown && pageIndex >= (inodes.size(inode) + Frames.PAGE_MASK) >>> Frames.PAGE_SHIFT) {
            return -Errno.EFAULT;
        }
        boolean unknown = (inodes.flags(inode) & InodeFlags.CONTENT_UNKNOWN) != 0;
        if (unknown && !write) {
            return vfs.contents.frame(inode, pageIndex);
        }
        int frame = vfs.contents.makeFrame(inode, pageIndex);
        return frame < 0 ? -Errno.EFAULT : frame;
    }

    @Override
    public int find(int task, int fd) {
        int file = vfs.files.usableFileOf(task, fd);
        return file == NULL ? -Errno.EBADF : file;
    }

    @Override
    public int mode(int file) {
        int fmode = files.mode(file);
        int kind = files.kind(file);
        boolean noexec = (vfs.tables.mounts.flags(files.mnt(file)) & MountFlags.MNT_NOEXEC) != 0;
        int seals = InodeFlags.seals(inodes.flags(files.inode(file)));
        return ((fmode & FileModes.FMODE_READ) != 0 ? READ : 0)
                | ((seals & (Memfd.F_SEAL_WRITE | Memfd.F_SEAL_FUTURE_WRITE)) != 0 ? SEALED : 0)
                | ((fmode & FileModes.FMODE_WRITE) != 0 ? WRITE : 0)
                | (noexec ? NOEXEC : 0)
                | (kind == FileKinds.REGULAR || kind == FileKinds.OUTSIDE ? MAPPABLE : 0)
                | (kind == FileKinds.REGULAR && isOnDisk(file) ? ALIGNED : 0);
    }

    private boolean isOnDisk(int file) {
        int sb = inodes.sb(files.inode(file));
        return vfs.superBlocks.type(sb).magic() == TmpFs.EXT4_SUPER_MAGIC;
    }

    /** A hole; mappings that have the old frames see the zeros in them. */
    @Override
    public int punch(int file, long offset, long length) {
        if (files.kind(file) != FileKinds.REGULAR) {
            return -Errno.EOPNOTSUPP;
        }
        int inode = files.inode(file);
        for (long at = offset; at < offset + length; at += Frames.PAGE_SIZE) {
            int frame = vfs.contents.frame(inode, at >>> Frames.PAGE_SHIFT);
            if (frame != NULL) {
                frames.clear(frame, 0, Frames.PAGE_SIZE);
            }
        }
        vfs.contents.punch(inode, offset, offset + length);
        return 0;
    }
}
