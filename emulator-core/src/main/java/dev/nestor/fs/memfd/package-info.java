/** Files in memory without a name, and their seals. May touch {@code fs} and all rooms before it. Mirrors mm/memfd.c. */
@NullMarked
package dev.nestor.fs.memfd;

import org.jspecify.annotations.NullMarked;
