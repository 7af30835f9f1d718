/**
 * Constants as the kernel's user-visible headers (include/uapi) spell them, one class for each header or pair of
 * headers. Touches nothing.
 */
@NullMarked
package dev.nestor.uapi;

import org.jspecify.annotations.NullMarked;
