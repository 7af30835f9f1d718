/**
 * Clocks, timers, and time namespaces. May touch {@code kernel.utsname} and what is before it. Mirrors
 * kernel/time/timekeeping.c, kernel/time/hrtimer.c, kernel/time/namespace.c.
 */
@NullMarked
package dev.nestor.kernel.time;

import org.jspecify.annotations.NullMarked;
