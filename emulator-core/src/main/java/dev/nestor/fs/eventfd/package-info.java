/** Descriptors that count events. May touch {@code fs} and all rooms before it. Mirrors fs/eventfd.c. */
@NullMarked
package dev.nestor.fs.eventfd;

import org.jspecify.annotations.NullMarked;
