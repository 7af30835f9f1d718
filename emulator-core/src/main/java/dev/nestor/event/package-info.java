/**
 * Simulated time and what is to happen in it: the clock, the event queue, the loop that empties it, and seeded random
 * numbers. Knows no kernel word; may touch {@code table}.
 */
@NullMarked
package dev.nestor.event;

import org.jspecify.annotations.NullMarked;
