/** Running a new program in a task. May touch every room but {@code init}. Mirrors fs/exec.c, fs/binfmt_script.c. */
@NullMarked
package dev.nestor.fs.exec;

import org.jspecify.annotations.NullMarked;
