package dev.nestor.net;

/** What the sockets of IP share. */
record InetRoom(
        Sockets sockets,
        InetSockTable inet,
        RawSockTable raws,
        Ports ports,
        Routing routing,
        NetRx rx,
        IpPackets ip,
        InetControl control,
        InetOptions options) {}
