/**
 * File systems in memory: tmpfs, ramfs, and the root file system, which stands for one on a disk. May touch {@code fs} and
 * all rooms before it. Mirrors mm/shmem.c, fs/ramfs/.
 */
@NullMarked
package dev.nestor.fs.tmpfs;

import org.jspecify.annotations.NullMarked;
