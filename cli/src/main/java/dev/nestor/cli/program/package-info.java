/** Tasks that play programs: what computes, makes real calls, and goes on by their answers. Knows the kernel by its calls only. */
@NullMarked
package dev.nestor.cli.program;

import org.jspecify.annotations.NullMarked;
