package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.table.StateHash;
import dev.nestor.uapi.Errno;
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
    private static final int TCP_SIZE = 20; // bytes of struct tcphdr
    private static final int TCP_FIN = 1;
    private static final int TCP_SYN = 2;
    private static final int TCP_RST = 4;
    private static final int TCP_ACK = 0x10;
    private static final int QUOTED = 548; // bytes of a packet that an error shows

    /** The sockets that see packets of IP with their headers. */
    interface Tap {
        /** @return whether a socket has taken it */
        boolean see(int net, int skb, byte[] bytes, int length);
    }

    /** Sees what the stack of a net sends. */
    interface Watcher {
        default boolean isWatching() {
            return false;
        }

        /** @param protocol IPPROTO_* */
        default void leave(int net, int skb, int protocol) {}
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
    private Tap segments = (net, skb, content, length) -> true;
    private Tap datagrams = (net, skb, content, length) -> false;
    private Watcher watcher = new Watcher() {};
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

    void setWatcher(Watcher seer) {
        watcher = seer;
    }

    /** @param tap whether somebody listens for a segment of TCP that was made by hand */
    void setSegments(Tap tap) {
        segments = tap;
    }

    /** What goes by other ways than {@link #send} is seen too. */
    void leaves(int net, int skb, int protocol) {
        watcher.leave(net, skb, protocol);
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
    void send(int net, int skb) {
        looped(skb, 0);
        watcher.leave(net, skb, skbs.port(skb));
        pass(skb);
    }

    /** ip_forward() of a net that a packet has come to, which routing knows as the first of those that pass it on. */
    void forward(int net, int skb) {
        boolean leaves = ttl(skbs.datum(skb)) > 1 && routing.leaves();
        if (leaves) {
            int datum = skbs.datum(skb);
            looped(skb, 0);
            skbs.setDatum(skb, datum - 1);
            watcher.leave(net, skb, skbs.port(skb));
            skbs.setDatum(skb, datum);
        }
        pass(skb);
    }

    private void pass(int skb) {
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
        if (isError(skb, content, length)) {
            return false;
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

    /** icmp_send(): nothing is said of an error. */
    private boolean isError(int skb, byte[] content, int length) {
        if (skbs.port(skb) != Socket.IPPROTO_ICMP || length == 0) {
            return false;
        }
        return switch (content[0]) {
            case IpHeaders.ICMP_DEST_UNREACH,
                    IpHeaders.ICMP_SOURCE_QUENCH,
                    IpHeaders.ICMP_REDIRECT,
                    IpHeaders.ICMP_TIME_EXCEEDED,
                    IpHeaders.ICMP_PARAMETERPROB -> true;
            default -> false;
        };
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
        return raws.size() > 0 || watcher.isWatching();
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
            case Socket.IPPROTO_TCP -> segment(net, skb, length);
            case Socket.IPPROTO_IGMP, Socket.IPPROTO_PIM, Socket.IPPROTO_UDPLITE -> {
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

    /** A packet has come by a device: it is received as if it had been sent by loopback. */
    void arrive(int skb) {
        rx.send(skb, packet, 0);
    }

    /** tcp_v4_send_reset(): to who has sent what nobody listens for. What somebody listens for goes no further. */
    private void segment(int net, int skb, int length) {
        boolean isRight = length >= TCP_SIZE
                && IpHeaders.fold(IpHeaders.sum(
                                bytes, 0, length, IpHeaders.pseudo(skbs, skb, Socket.IPPROTO_TCP, length)))
                        == 0;
        if (!isRight || (bytes[13] & TCP_RST) != 0 || segments.see(net, skb, bytes, length)) {
            return;
        }
        int flags = bytes[13];
        boolean isAck = (flags & TCP_ACK) != 0;
        int data = length - ((bytes[12] >> 4) & 15) * Integer.BYTES;
        int next = Bytes.getNetInt(bytes, 4) + data + ((flags & TCP_SYN) != 0 ? 1 : 0) + (flags & TCP_FIN);
        java.util.Arrays.fill(reply, 0, TCP_SIZE, (byte) 0);
        System.arraycopy(bytes, 2, reply, 0, 2);
        System.arraycopy(bytes, 0, reply, 2, 2);
        Bytes.putNetInt(reply, 4, isAck ? Bytes.getNetInt(bytes, 8) : 0);
        Bytes.putNetInt(reply, 8, isAck ? 0 : next);
        reply[12] = (TCP_SIZE / Integer.BYTES) << 4;
        reply[13] = (byte) (TCP_RST | (isAck ? 0 : TCP_ACK));
        send(net, skb, Socket.IPPROTO_TCP, TCP_SIZE);
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

    /** ip_send_unicast_reply(): what stands in {@code reply}, its sum made, goes back. */
    private void send(int net, int skb, int protocol, int length) {
        int back = back(net, skb, protocol, length);
        if (back == NULL) {
            return;
        }
        Bytes.putPort(reply, 16, 0);
        long pseudo = IpHeaders.pseudo(skbs, back, protocol, length);
        Bytes.putPort(reply, 16, IpHeaders.fold(IpHeaders.sum(reply, 0, length, pseudo)));
        skBuffs.putFrom(back, reply, 0, length);
        skbs.setToPort(back, 0);
        skbs.setDatum(back, header(DEFAULT_TTL, 0, true));
        send(net, back);
    }

    /**
     * icmp_reply(), icmp_send(): what stands in {@code reply} goes back to where a packet came from.
     *
     * @param isOwn from an address of who answers, and not from the one that the packet was for
     * @param ns after which it goes
     */
    private void answer(int net, int skb, int length, int tos, boolean isOwn, long ns) {
        boolean is4 = InetAddress.isV4(skbs.toHigh(skb), skbs.toLow(skb));
        int back = back(net, skb, is4 ? Socket.IPPROTO_ICMP : Socket.IPPROTO_ICMPV6, length);
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
        if (ns == 0) {
            send(net, back);
        } else {
            looped(back, 0);
            watcher.leave(net, back, skbs.port(back));
            rx.send(back, packet, sockets.time.nsToCycles(ns));
        }
    }

    /** A packet on its way to where another came from; NULL where no way leads, or at a limit. */
    private int back(int net, int skb, int protocol, int length) {
        to.high = skbs.addressHigh(skb);
        to.low = skbs.addressLow(skb);
        int error = routing.find(net, to, 0);
        if (error != 0 && error != -Errno.EHOSTUNREACH) {
            return NULL;
        }
        int back = make(skb, protocol, reply, length);
        if (back != NULL && error == 0) {
            skbs.setNet(back, routing.net);
            skbs.setDev(back, routing.arrival);
        }
        return back;
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
