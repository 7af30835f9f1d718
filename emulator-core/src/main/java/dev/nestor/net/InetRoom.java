package dev.nestor.net;

/** What the sockets of IP share. */
record InetRoom(Sockets sockets, InetSockTable inet, Ports ports, Routing routing, NetRx rx, InetOptions options) {}
