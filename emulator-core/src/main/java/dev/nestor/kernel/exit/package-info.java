/**
 * The end of tasks, and waiting for it. May touch every room of the kernel above it in the house. Mirrors kernel/exit.c and
 * zap_pid_ns_processes() of kernel/pid_namespace.c.
 */
@NullMarked
package dev.nestor.kernel.exit;

import org.jspecify.annotations.NullMarked;
