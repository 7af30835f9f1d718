package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.table.StateHash;
import dev.nestor.uapi.Socket;

/**
 * Packets of IP that programs see the headers of, and ICMP: net/ipv4/ip_input.c, ip_output.c, icmp.c, net/ipv6/icmp.c. Here a
 * buffer holds what the packet carries; of its header the table keeps the addresses, {@code port} the protocol, {@code toPort}
 * the identification, and {@code datum} what else there is: {@link #header}.
 */
final class IpPackets {
    static final int MOST = 65_515; // bytes that a packet of IPv4 carries
    static final int DEFAULT_TTL = 64;
    private static final int WHOLE = 1 << 16; // IP_DF
    private static final int TOS_OF_ERRORS = 0xc0; // IPTOS_PREC_INTERNETCONTROL
    private static final long NEIGHBOUR_FAILS_NS = 3_000_000_000L; // after it has been asked for in vain
    private static final int QUOTED6 = 1232; // of IPv6
    private static final int QUOTED = 548; // bytes of a packet that an error shows

    /** The sockets that see packets of IP with their headers. */
    interface Tap {
        /** @return whether a socket has taken it */
        boolean see(int net, int skb, byte[] bytes, int length);
    }

    private final Sockets sockets;
    private final SkBuffs skBuffs;
    private final SkBuffTable skbs;
    private final RawSockTable raws;
    private final Routing routing;
    private final NetRx rx;
    private final int packet; // type of packet
    private final InetAddress to = new InetAddress();
    private final byte[] bytes = new byte[65_536 + IpHeaders.IP_SIZE];
    private final byte[] reply = new byte[65_536 + IpHeaders.IP_SIZE];
    private Tap raw = (net, skb, content, length) -> false;
    private Tap echoes = (net, skb, content, length) -> false;
    private Tap datagrams = (net, skb, content, length) -> false;
    private int lastId; // identification of the packet before

    IpPackets(Sockets sockets, RawSockTable raws, Routing routing, NetRx rx) {
        this.raws = raws;
        this.sockets = sockets;
        this.skBuffs = sockets.skBuffs;
        this.skbs = skBuffs.table();
        this.routing = routing;
        this.rx = rx;
        this.packet = rx.register(this::receive);
    }

    void setRaw(Tap tap) {
        raw = tap;
    }

    /** @param tap where replies to pings go */
    void setEchoes(Tap tap) {
        echoes = tap;
    }

    /** @param tap where datagrams of UDP go that were made by hand */
    void setDatagrams(Tap tap) {
        datagrams = tap;
    }

    static int header(int ttl, int tos, boolean isWhole) {
        return (ttl & 0xff) | (tos & 0xff) << 8 | (isWhole ? WHOLE : 0);
    }

    static int ttl(int header) {
        return header & 0xff;
    }

    static int tos(int header) {
        return header >>> 8 & 0xff;
    }

    static boolean isWhole(int header) {
        return (header & WHOLE) != 0;
    }

    /** ip_select_ident(). */
    int nextId() {
        lastId = (lastId + 1) & 0xffff;
        return lastId;
    }

    /** ip_local_out(): off it goes to where routing has found; nowhere if that is nobody. */
    void send(int skb) {
        looped(skb, 0);
        if (routing.hops > 0) {
            int length = skbs.length(skb);
            skBuffs.get(skb, 0, bytes, length);
            if (!forward(skb, bytes, length)) {
                skbs.setNet(skb, NULL);
            }
        }
        rx.send(skb, packet, 0);
    }

    /**
     * ip_forward() of each machine on the way: its time to live is counted down. False when one of them drops it, and says so.
     *
     * @param content what the packet carries
     */
    boolean forward(int skb, byte[] content, int length) {
        int datum = skbs.datum(skb);
        int hops = routing.hops;
        int ttl = ttl(datum);
        boolean isExceeded = ttl <= hops && (ttl < hops || routing.refusal != IpHeaders.ICMP_NET_UNREACH);
        if (!isExceeded && routing.refusal == Routing.NOT_REFUSED) {
            skbs.setDatum(skb, header(ttl - hops, tos(datum), isWhole(datum)));
            return true;
        }
        int last = isExceeded ? Math.max(ttl, 1) - 1 : hops - 1;
        boolean isLate = !isExceeded && routing.refusal == IpHeaders.ICMP_HOST_UNREACH;
        skbs.setDatum(skb, header(ttl - last - (isLate ? 1 : 0), tos(datum), isWhole(datum)));
        int type = isExceeded ? IpHeaders.ICMP_TIME_EXCEEDED : IpHeaders.ICMP_DEST_UNREACH;
        int code = isExceeded ? 0 : routing.refusal;
        if (InetAddress.isV4(skbs.toHigh(skb), skbs.toLow(skb))) {
            int quoted = quote(skb, type, code, content, length);
            int net = routing.router(last);
            answer(net, skb, quoted, tos(datum) | TOS_OF_ERRORS, true, isLate ? NEIGHBOUR_FAILS_NS : 0);
        }
        return false;
    }

    /**
     * ip_finish_output(): counted where it goes. Routing has found the way just before.
     *
     * @param header bytes between the header of IP and what the packet carries
     */
    void looped(int skb, int header) {
        int net = skbs.net(skb);
        boolean is4 = InetAddress.isV4(skbs.toHigh(skb), skbs.toLow(skb));
        int size = (is4 ? IpHeaders.IP_SIZE : IpHeaders.IP6_SIZE) + header + skbs.length(skb);
        if (net != NULL && routing.isLoopback(net, skbs.dev(skb))) {
            routing.looped(net, skbs.dev(skb), size);
        } else {
            routing.transmit(net == NULL ? NULL : skbs.dev(skb), size);
        }
    }

    /** icmp_send() about a packet, whose header says so many bytes more: counted where it goes. */
    void countError(int net, int about, int header) {
        boolean is4 = InetAddress.isV4(skbs.toHigh(about), skbs.toLow(about));
        int ip = is4 ? IpHeaders.IP_SIZE : IpHeaders.IP6_SIZE;
        int quoted = Math.min(ip + header + skbs.length(about), is4 ? QUOTED : QUOTED6);
        to.high = skbs.addressHigh(about);
        to.low = skbs.addressLow(about);
        if (routing.find(net, to, 0) != 0) {
            return;
        }
        int size = ip + IpHeaders.ICMP_SIZE + quoted;
        if (routing.isLoopback(net, routing.arrival)) {
            routing.looped(net, routing.arrival, size);
        } else {
            routing.transmit(routing.arrival, size);
        }
    }

    /** Whether there is a socket that would see a packet with its headers. */
    boolean isSeen() {
        return raws.size() > 0;
    }

    /** A packet that has come by other ways: raw sockets see it, or what ICMP answers to it. */
    void mirror(int net, int skb, byte[] content, int length, boolean isUnreachable) {
        if (isUnreachable) {
            unreachable(net, skb, IpHeaders.ICMP_PORT_UNREACH, content, length);
        } else {
            raw.see(net, skb, content, length);
        }
    }

    /** A packet from an address to another, with a buffer of its own; NULL at a limit. */
    private int make(int from, int protocol, byte[] content, int length) {
        int skb = skBuffs.alloc(length);
        if (skb == NULL) {
            return NULL;
        }
        skBuffs.putFrom(skb, content, 0, length);
        skbs.setTruesize(skb, SkBuffs.truesize(length, 0));
        skbs.setAddressHigh(skb, skbs.toHigh(from));
        skbs.setAddressLow(skb, skbs.toLow(from));
        skbs.setToHigh(skb, skbs.addressHigh(from));
        skbs.setToLow(skb, skbs.addressLow(from));
        skbs.setPort(skb, protocol);
        skbs.setToPort(skb, nextId());
        return skb;
    }

    /** ip_local_deliver(). */
    private void receive(int skb) {
        int net = skbs.net(skb);
        if (net == NULL || !sockets.nets.table().isLive(net)) {
            skBuffs.free(skb);
            return;
        }
        int length = skbs.length(skb);
        skBuffs.get(skb, 0, bytes, length);
        boolean isSeen = raw.see(net, skb, bytes, length);
        switch (skbs.port(skb)) {
            case Socket.IPPROTO_ICMP, Socket.IPPROTO_ICMPV6 -> icmp(net, skb, length);
            case Socket.IPPROTO_UDP -> datagrams.see(net, skb, bytes, length);
            case Socket.IPPROTO_IGMP, Socket.IPPROTO_TCP, Socket.IPPROTO_PIM, Socket.IPPROTO_UDPLITE -> {
                // has a handler, which finds nothing for it
            }
            default -> {
                if (!isSeen) {
                    unreachable(net, skb, IpHeaders.ICMP_PROT_UNREACH, bytes, length);
                }
            }
        }
        skBuffs.free(skb);
    }

    /** icmp_rcv(), icmpv6_rcv(). */
    private void icmp(int net, int skb, int length) {
        if (length < IpHeaders.ICMP_SIZE || !IpHeaders.isRight(skbs, skb, bytes, length)) {
            return;
        }
        boolean is4 = InetAddress.isV4(skbs.toHigh(skb), skbs.toLow(skb));
        int type = bytes[0] & 0xff;
        if (type == (is4 ? IpHeaders.ICMP_ECHO : IpHeaders.ICMPV6_ECHO_REQUEST)) {
            System.arraycopy(bytes, 0, reply, 0, length);
            reply[0] = (byte) (is4 ? IpHeaders.ICMP_ECHOREPLY : IpHeaders.ICMPV6_ECHO_REPLY);
            answer(net, skb, length, tos(skbs.datum(skb)), false, 0);
        } else if (type == (is4 ? IpHeaders.ICMP_ECHOREPLY : IpHeaders.ICMPV6_ECHO_REPLY)) {
            echoes.see(net, skb, bytes, length);
        }
    }

    /**
     * icmp_reply(), icmp_send(): what stands in {@code reply} goes back to where a packet came from.
     *
     * @param isOwn from an address of who answers, and not from the one that the packet was for
     * @param ns after which it goes
     */
    private void answer(int net, int skb, int length, int tos, boolean isOwn, long ns) {
        boolean is4 = InetAddress.isV4(skbs.toHigh(skb), skbs.toLow(skb));
        to.high = skbs.addressHigh(skb);
        to.low = skbs.addressLow(skb);
        if (routing.find(net, to, 0) != 0) {
            return;
        }
        int back = make(skb, is4 ? Socket.IPPROTO_ICMP : Socket.IPPROTO_ICMPV6, reply, length);
        if (back == NULL) {
            return;
        }
        if (isOwn) {
            skbs.setAddressHigh(back, routing.source.high);
            skbs.setAddressLow(back, routing.source.low);
        }
        IpHeaders.putSum(skbs, back, reply, length);
        skBuffs.putFrom(back, reply, 0, length);
        skbs.setDatum(back, header(DEFAULT_TTL, tos, false));
        skbs.setNet(back, routing.net);
        skbs.setDev(back, routing.arrival);
        if (ns == 0) {
            send(back);
        } else {
            looped(back, 0);
            rx.send(back, packet, sockets.time.nsToCycles(ns));
        }
    }

    /** icmp_send(ICMP_DEST_UNREACH): with the header and the beginning of the packet that is meant. IPv4 only. */
    void unreachable(int net, int skb, int code, byte[] content, int length) {
        if (!InetAddress.isV4(skbs.toHigh(skb), skbs.toLow(skb))) {
            return;
        }
        int all = quote(skb, IpHeaders.ICMP_DEST_UNREACH, code, content, length);
        answer(net, skb, all, tos(skbs.datum(skb)) | TOS_OF_ERRORS, false, 0);
    }

    /** Puts an error into {@code reply}: its length. */
    private int quote(int skb, int type, int code, byte[] content, int length) {
        int quoted = Math.min(length, QUOTED - IpHeaders.IP_SIZE);
        java.util.Arrays.fill(reply, 0, IpHeaders.ICMP_SIZE, (byte) 0);
        reply[0] = (byte) type;
        reply[1] = (byte) code;
        IpHeaders.put4(skbs, skb, length, reply, IpHeaders.ICMP_SIZE);
        System.arraycopy(content, 0, reply, IpHeaders.ICMP_SIZE + IpHeaders.IP_SIZE, quoted);
        return IpHeaders.ICMP_SIZE + IpHeaders.IP_SIZE + quoted;
    }

    void digest(StateHash hash) {
        hash.add(lastId);
    }
}
