/**
 * Columns of task_struct, signal_struct and sighand_struct. May touch {@code table} and {@code uapi} only: a task holds
 * handles of rooms above without knowing them. Mirrors include/linux/sched.h, sched/signal.h.
 */
@NullMarked
package dev.nestor.kernel.task;

import org.jspecify.annotations.NullMarked;
