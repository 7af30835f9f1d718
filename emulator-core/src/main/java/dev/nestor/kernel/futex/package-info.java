/** Fast user-space locking: waiting for a word of memory to be woken. */
@NullMarked
package dev.nestor.kernel.futex;

import org.jspecify.annotations.NullMarked;
