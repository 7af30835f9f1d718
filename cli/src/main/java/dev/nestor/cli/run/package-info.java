/**
 * {@code nestor run}: a log's tasks as programs on emulated CPUs, and what is reported of it. Touches the readers of logs,
 * what replay learns of the time before a log, and the kernel by its public verbs. Mirrors nothing of Linux.
 */
@NullMarked
package dev.nestor.cli.run;

import org.jspecify.annotations.NullMarked;
