/**
 * Network namespaces, their devices, addresses and routes, and the sockets in them. May touch {@code ipc} and below. Mirrors
 * net/core, net/socket.c, net/unix, net/ipv4, net/ipv6, net/netlink.
 */
@NullMarked
package dev.nestor.net;

import org.jspecify.annotations.NullMarked;
