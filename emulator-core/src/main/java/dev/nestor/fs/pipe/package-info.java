/**
 * Pipes and FIFOs. May touch {@code fs} and all rooms before it. Mirrors fs/pipe.c.
 */
@NullMarked
package dev.nestor.fs.pipe;

import org.jspecify.annotations.NullMarked;
