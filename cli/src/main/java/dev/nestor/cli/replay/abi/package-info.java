/**
 * Between the text of a log and the registers and user memory of the emulated machine: lays out the arguments of a
 * recorded call as its program had them, and compares what the emulator answers and wrote with what the log shows.
 * Signatures and layouts are data, in {@code signatures.txt} and {@code structures.txt}. It may touch the reader of logs,
 * {@code mm}, {@code kernel.task} for a task's row, and {@code uapi}.
 */
@NullMarked
package dev.nestor.cli.replay.abi;

import org.jspecify.annotations.NullMarked;
