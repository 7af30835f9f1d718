/** Network namespaces; devices and sockets are not modelled yet. May touch {@code ipc} and below. Mirrors
 * net/core/net_namespace.c. */
@NullMarked
package dev.nestor.net;

import org.jspecify.annotations.NullMarked;
