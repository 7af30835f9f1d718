/**
 * Files that stand for processes: pidfds. May touch {@code fs} and all rooms before it. Mirrors fs/pidfs.c.
 */
@NullMarked
package dev.nestor.fs.pidfs;

import org.jspecify.annotations.NullMarked;
