/** IPC namespaces; their objects are not modelled yet. May touch {@code fs} and below. Mirrors ipc/namespace.c. */
@NullMarked
package dev.nestor.ipc;

import org.jspecify.annotations.NullMarked;
