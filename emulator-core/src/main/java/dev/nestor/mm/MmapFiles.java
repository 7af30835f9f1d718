package dev.nestor.mm;

import dev.nestor.uapi.Errno;

/**
 * What memory calls ask of files; implemented where files are known. A file is the handle that {@link VmFile} holds: a
 * struct file, not a descriptor.
 */
public interface MmapFiles {
    /** FMODE_READ. */
    int READ = 1;
    /** FMODE_WRITE. */
    int WRITE = 2;
    /** The inode is append-only. */
    int APPEND = 4;
    /** The mount is noexec. */
    int NOEXEC = 8;
    /** It has an mmap operation: regular files and some devices; not directories, pipes, sockets. */
    int MAPPABLE = 0x10;
    /** Large mappings lie at 2 MiB boundaries, as with ext4 and xfs; not tmpfs. */
    int ALIGNED = 0x20;

    /** F_SEAL_WRITE or F_SEAL_FUTURE_WRITE: shared mappings can't be written. */
    int SEALED = 0x40;

    /** fdget(): the file behind a descriptor of a task, or -EBADF. */
    int find(int task, int fd);

    /** READ, WRITE and so on. */
    int mode(int file);

    /** vfs_fallocate() that makes a hole (MADV_REMOVE): 0 or a negative errno, in bytes. */
    int punch(int file, long offset, long length);

    /** No files: every descriptor is bad. */
    MmapFiles NONE = new MmapFiles() {
        @Override
        public int find(int task, int fd) {
            return -Errno.EBADF;
        }

        @Override
        public int mode(int file) {
            return 0;
        }

        @Override
        public int punch(int file, long offset, long length) {
            return -Errno.EOPNOTSUPP;
        }
    };
}
