/** Nestor: a deterministic Linux kernel emulator. The rooms of the house are the packages below this one. */
@NullMarked
package dev.nestor;

import org.jspecify.annotations.NullMarked;
