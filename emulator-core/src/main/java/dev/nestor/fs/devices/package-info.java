/**
 * Character devices that are nothing but kernel code: null, zero, full, random. May touch {@code fs} and all rooms before
 * it. Mirrors drivers/char/mem.c, random.c.
 */
@NullMarked
package dev.nestor.fs.devices;

import org.jspecify.annotations.NullMarked;
