package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

/**
 * Packets of IP that come by a device as bytes: ip_rcv() of net/ipv4/ip_input.c, ip6_rcv_core(), and what
 * fib_validate_source() refuses. What is for this net becomes a row of the table of sk_buff; what is for others goes on, where the
 * net forwards. Fragments are dropped.
 */
final class IpInput {
    private static final int FRAGMENT = 0x3fff; // IP_MF and the offset
    private static final long BROADCAST = InetAddress.ANY4 | 0xffff_ffffL;

    private final SkBuffs skBuffs;
    private final SkBuffTable skbs;
    private final NetTable nets;
    private final NetDeviceTable devs;
    private final NetDevices devices;
    private final Routing routing;
    private final IpPackets ip;
    private final InetAddress to = new InetAddress();
    private final InetAddress from = new InetAddress();

    IpInput(Sockets sockets, NetDevices devices, Routing routing, IpPackets ip) {
        this.skBuffs = sockets.skBuffs;
        this.skbs = skBuffs.table();
        this.nets = sockets.nets.table();
        this.devices = devices;
        this.devs = devices.table();
        this.routing = routing;
        this.ip = ip;
    }

    /** ip_rcv(), ip_rcv_finish(). */
    void receive4(int dev, byte[] bytes, int at, int length) {
        if (length < IpHeaders.IP_SIZE) {
            return;
        }
        int header = (bytes[at] & 15) * Integer.BYTES;
        int total = Bytes.getPort(bytes, at + 2);
        boolean isRight = (bytes[at] >> 4 & 15) == 4
                && header >= IpHeaders.IP_SIZE
                && total >= header
                && total <= length
                && IpHeaders.fold(IpHeaders.sum(bytes, at, header, 0)) == 0;
        if (!isRight || (Bytes.getPort(bytes, at + 6) & FRAGMENT) != 0) {
            return;
        }
        from.high = 0;
        from.low = InetAddress.ANY4 | (Bytes.getNetInt(bytes, at + 12) & 0xffff_ffffL);
        to.high = 0;
        to.low = InetAddress.ANY4 | (Bytes.getNetInt(bytes, at + 16) & 0xffff_ffffL);
        boolean isOdd = InetAddress.isLoopback(0, from.low)
                || InetAddress.isLoopback(0, to.low)
                || InetAddress.isMulticast(0, from.low)
                || from.low == BROADCAST
                || (InetAddress.isAny(0, from.low) && to.low != BROADCAST);
        if (isOdd) {
            return;
        }
        boolean isWhole = (bytes[at + 6] & 0x40) != 0;
        int datum = IpPackets.header(bytes[at + 8] & 0xff, bytes[at + 1] & 0xff, isWhole);
        int skb = packet(bytes, at + header, total - header, bytes[at + 9] & 0xff, datum);
        if (skb != NULL) {
            skbs.setToPort(skb, Bytes.getPort(bytes, at + 4));
            route(dev, skb);
        }
    }

    /** ipv6_rcv(). */
    void receive6(int dev, byte[] bytes, int at, int length) {
        if (length < IpHeaders.IP6_SIZE || (bytes[at] >> 4 & 15) != 6) {
            return;
        }
        int size = Bytes.getPort(bytes, at + 4);
        from.high = Bytes.getNetLong(bytes, at + 8);
        from.low = Bytes.getNetLong(bytes, at + 16);
        to.high = Bytes.getNetLong(bytes, at + 24);
        to.low = Bytes.getNetLong(bytes, at + 32);
        boolean isOnLoopback = devs.kind(dev) == NetDevices.LOOPBACK;
        boolean isLoopback = (from.high == 0 && from.low == 1) || (to.high == 0 && to.low == 1);
        boolean isOdd = InetAddress.isMulticast(from.high, from.low) || (isLoopback && !isOnLoopback);
        if (size > length - IpHeaders.IP6_SIZE || isOdd) {
            return;
        }
        int tos = Bytes.getPort(bytes, at) >> 4 & 0xff;
        int datum = IpPackets.header(bytes[at + 7] & 0xff, tos, false);
        int skb = packet(bytes, at + IpHeaders.IP6_SIZE, size, bytes[at + 6] & 0xff, datum);
        if (skb != NULL) {
            route(dev, skb);
        }
    }

    private int packet(byte[] bytes, int at, int length, int protocol, int datum) {
        int skb = skBuffs.alloc(length);
        if (skb == NULL) {
            return NULL;
        }
        skBuffs.putFrom(skb, bytes, at, length);
        skbs.setTruesize(skb, SkBuffs.truesize(length, 0));
        skbs.setAddressHigh(skb, from.high);
        skbs.setAddressLow(skb, from.low);
        skbs.setToHigh(skb, to.high);
        skbs.setToLow(skb, to.low);
        skbs.setPort(skb, protocol);
        skbs.setDatum(skb, datum);
        return skb;
    }

    /** ip_route_input(): to this net, or on to another. */
    private void route(int dev, int skb) {
        int net = devs.net(dev);
        boolean is4 = InetAddress.isV4(to.high, to.low);
        boolean isFromHere = is4 && routing.localDevice(net, from.high, from.low) != NULL;
        if (isFromHere) {
            skBuffs.free(skb);
            return;
        }
        boolean isForAll = is4 && to.low == BROADCAST;
        if (isForAll || routing.localDevice(net, to.high, to.low) != NULL) {
            skbs.setNet(skb, net);
            skbs.setDev(skb, dev);
            ip.arrive(skb);
            return;
        }
        boolean goesOn = devices.forwards(net, is4) && nets.isLive(net) && !InetAddress.isMulticast(to.high, to.low);
        if (!goesOn) {
            skBuffs.free(skb);
            return;
        }
        routing.findThrough(net, to);
        skbs.setNet(skb, routing.net);
        skbs.setDev(skb, routing.arrival);
        ip.forward(net, skb);
    }
}
