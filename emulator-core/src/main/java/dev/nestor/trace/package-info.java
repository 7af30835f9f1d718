/**
 * The one sink that observers listen to. Knows nothing but numbers; may touch {@code machine} and what is before it.
 * Mirrors include/trace/events/sched.h, include/trace/events/syscalls.h.
 */
@NullMarked
package dev.nestor.trace;

import org.jspecify.annotations.NullMarked;
