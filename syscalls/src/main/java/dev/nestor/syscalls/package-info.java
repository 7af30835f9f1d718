/**
 * The system call boundary of x86-64: one Sys class for each man-page family, which copies in, validates, calls a verb
 * of {@code emulator-core} and copies out; the table of all calls; entry and re-entry. Mirrors the SYSCALL_DEFINEs of
 * the kernel and arch/x86/entry.
 */
@NullMarked
package dev.nestor.syscalls;

import org.jspecify.annotations.NullMarked;
