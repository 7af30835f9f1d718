/** Faults put into the emulator's classes by tests, in class loaders of their own: the product has no switch for any. */
@NullMarked
package dev.nestor.property.fault;

import org.jspecify.annotations.NullMarked;
