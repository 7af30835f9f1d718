/**
 * Putting a machine together and starting it: the one room that may see all others. Mirrors init/main.c and the
 * *_init() functions.
 */
@NullMarked
package dev.nestor.init;

import org.jspecify.annotations.NullMarked;
