/**
 * Recorded shell sessions on the emulated machine: a shell and its programs, each an emulated process that knows of the
 * kernel what its system calls answer. May touch {@code syscalls} and {@code uapi}.
 */
@NullMarked
package dev.nestor.syscalls.transcripts;

import org.jspecify.annotations.NullMarked;
