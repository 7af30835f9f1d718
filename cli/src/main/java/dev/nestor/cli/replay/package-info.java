/**
 * Replays a log on the emulated kernel: walks its calls, signals and ends, has the emulator answer each call, and compares.
 * What stood on the machine before the log began is learned by {@link dev.nestor.cli.replay.Prehistory}.
 */
@NullMarked
package dev.nestor.cli.replay;

import org.jspecify.annotations.NullMarked;
