/**
 * The machine: which CPUs there are and what they share, what work is done on them and what it costs. Knows no kernel
 * object; may touch {@code event} and {@code table}.
 */
@NullMarked
package dev.nestor.machine;

import org.jspecify.annotations.NullMarked;
