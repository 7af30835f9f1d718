/**
 * struct pid and PID namespaces: which task has which number, seen from where. May touch {@code kernel.task} and below.
 * Mirrors kernel/pid.c, kernel/pid_namespace.c, include/linux/pid.h.
 */
@NullMarked
package dev.nestor.kernel.pid;

import org.jspecify.annotations.NullMarked;
