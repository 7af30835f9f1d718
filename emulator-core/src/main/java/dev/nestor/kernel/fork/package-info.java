/** Making tasks. May touch every room of the kernel above it in the house. Mirrors kernel/fork.c. */
@NullMarked
package dev.nestor.kernel.fork;

import org.jspecify.annotations.NullMarked;
