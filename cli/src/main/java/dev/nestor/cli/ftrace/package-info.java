/** Traces of the scheduler as ftrace writes them: read and written. */
@NullMarked
package dev.nestor.cli.ftrace;

import org.jspecify.annotations.NullMarked;
