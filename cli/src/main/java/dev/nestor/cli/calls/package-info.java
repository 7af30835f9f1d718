/** {@code nestor syscalls}: which calls are there. Touches the call table. Mirrors nothing of Linux. */
@NullMarked
package dev.nestor.cli.calls;

import org.jspecify.annotations.NullMarked;
