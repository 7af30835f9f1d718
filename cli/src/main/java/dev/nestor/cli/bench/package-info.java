/**
 * {@code nestor bench}: the benchmarks that people run of a kernel, as programs that make the same calls, with the originals'
 * names, options and output. Touches the room that plays programs, and what {@code nestor run} has for options.
 */
@NullMarked
package dev.nestor.cli.bench;

import org.jspecify.annotations.NullMarked;
