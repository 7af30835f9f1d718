/** Files without a name whose inode they all share. May touch {@code fs} and all rooms before it. Mirrors fs/anon_inodes.c. */
@NullMarked
package dev.nestor.fs.anon;

import org.jspecify.annotations.NullMarked;
