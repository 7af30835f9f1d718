/**
 * Files: super blocks, inodes, dentries, mounts and mount namespaces, struct file, descriptor tables, path walk, and the
 * verbs of the file calls. Kinds of file and of file system live in rooms of their own below it and are known here by
 * {@link dev.nestor.fs.FsType} and {@link dev.nestor.fs.FileOps}. May touch {@code mm} and all rooms before it. Mirrors
 * fs/namei.c, open.c, file.c, file_table.c, read_write.c, dcache.c, inode.c, namespace.c, fs_struct.c, stat.c, locks.c.
 */
@NullMarked
package dev.nestor.fs;

import org.jspecify.annotations.NullMarked;
