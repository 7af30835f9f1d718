/** Descriptors that signals are read from. May touch {@code fs} and all rooms before it. Mirrors fs/signalfd.c. */
@NullMarked
package dev.nestor.fs.signalfd;

import org.jspecify.annotations.NullMarked;
