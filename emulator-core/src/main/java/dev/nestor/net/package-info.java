/** Network namespaces, and the sockets in them. May touch {@code ipc} and below. Mirrors net/core, net/socket.c, net/unix. */
@NullMarked
package dev.nestor.net;

import org.jspecify.annotations.NullMarked;
