/**
 * The command {@code nestor conform}: replays logs in recorded order and reports, as text and as JSON, how the answers of
 * the emulator compare with those of the kernel that the logs were recorded on.
 */
@NullMarked
package dev.nestor.cli.conform;

import org.jspecify.annotations.NullMarked;
