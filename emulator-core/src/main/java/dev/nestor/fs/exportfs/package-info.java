/** Handles of files. May touch {@code fs}, {@code fs.nsfs}, {@code fs.pidfs} and all rooms before them. Mirrors fs/exportfs, fs/fhandle.c. */
@NullMarked
package dev.nestor.fs.exportfs;

import org.jspecify.annotations.NullMarked;
