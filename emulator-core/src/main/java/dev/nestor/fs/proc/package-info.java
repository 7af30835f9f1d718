/**
 * procfs: what {@code /proc} shows of tasks and of the kernel. An entry is a name, a mode, a function that writes its text
 * and perhaps one that takes what is written to it; other rooms add theirs through {@link dev.nestor.fs.proc.ProcFiles}.
 * May touch {@code fs}, {@code fs.nsfs} and all rooms before them. Mirrors fs/proc/, fs/seq_file.c.
 */
@NullMarked
package dev.nestor.fs.proc;

import org.jspecify.annotations.NullMarked;
