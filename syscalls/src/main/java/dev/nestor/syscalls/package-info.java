/** The x86-64 Linux ABI: one Sys* class per man-page family. */
@NullMarked
package dev.nestor.syscalls;

import org.jspecify.annotations.NullMarked;
