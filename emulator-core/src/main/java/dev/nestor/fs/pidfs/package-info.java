/** pidfs: processes as files. May touch {@code fs} and below. Mirrors fs/pidfs.c. */
@NullMarked
package dev.nestor.fs.pidfs;

import org.jspecify.annotations.NullMarked;
