/** Traces of a run as other programs read them: Perfetto's protobuf, Chrome's JSON. Ftrace's text has a room of its own. */
@NullMarked
package dev.nestor.cli.trace;

import org.jspecify.annotations.NullMarked;
