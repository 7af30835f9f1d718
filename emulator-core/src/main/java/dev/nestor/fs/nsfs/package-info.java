/** nsfs: namespaces as files. May touch {@code fs} and below. Mirrors fs/nsfs.c. */
@NullMarked
package dev.nestor.fs.nsfs;

import org.jspecify.annotations.NullMarked;
