package dev.nestor.fs;

/** Locks of files: fs/locks.c. */
public final class FileLocks {
    FileLocks() {}

    /** locks_remove_file(): an open file's last reference is gone. */
    void removeFile(int file) {}

    /** locks_remove_posix(): a descriptor of the table was closed, and with it go the table's locks on the inode. */
    void removePosix(int file, int filesStruct) {}
}
