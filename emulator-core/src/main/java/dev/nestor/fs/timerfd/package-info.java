/** Descriptors that tell of time. May touch {@code fs} and all rooms before it. Mirrors fs/timerfd.c. */
@NullMarked
package dev.nestor.fs.timerfd;

import org.jspecify.annotations.NullMarked;
