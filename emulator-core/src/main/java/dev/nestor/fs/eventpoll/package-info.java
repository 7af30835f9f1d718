/** Descriptors that watch others. May touch {@code fs} and all rooms before it. Mirrors fs/eventpoll.c. */
@NullMarked
package dev.nestor.fs.eventpoll;

import org.jspecify.annotations.NullMarked;
