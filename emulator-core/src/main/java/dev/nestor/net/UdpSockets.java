package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Socket;

/** UDP between sockets of this machine: net/ipv4/udp.c. A datagram is a packet that goes through the event queue. */
final class UdpSockets extends DatagramSockets implements IpPackets.Tap {
    private static final int MOST = 65_507; // bytes of one datagram over IPv4

    private final int datagram; // types of packets
    private final int unreachable;
    private final InetAddress from = new InetAddress();
    private final IpPackets ip;
    private final byte[] bytes = new byte[65_536];
    private final byte[] payload = new byte[65_536];

    UdpSockets(InetRoom room) {
        super(room);
        this.ip = room.ip();
        ip.setDatagrams(this);
        datagram = rx.register(this::receive);
        unreachable = rx.register(this::receiveUnreachable);
    }

    @Override
    public void release(int sk) {
        int corked = inet.corked(info(sk));
        if (corked != NULL) {
            inet.setCorked(info(sk), NULL);
            skBuffs.free(corked);
        }
        super.release(sk);
    }

    /** udp_sendmsg(). */
    @Override
    public long sendmsg(int task, int sk, Message message) {
        long length = message.iter.remaining();
        if (length > 0xffff) {
            return -Errno.EMSGSIZE;
        }
        if (message.is(Socket.MSG_OOB)) {
            return -Errno.EOPNOTSUPP;
        }
        int info = info(sk);
        int pending = inet.corked(info);
        long error = pending != NULL ? 0 : address(sk, message);
        if (error != 0) {
            return error;
        }
        if (!autobind(sk)) {
            return -Errno.EAGAIN;
        }
        if (pending == NULL) {
            error = routing.connectTo(sk, given, inet.localHigh(info), inet.localLow(info));
            if (error != 0 && error != -Errno.EHOSTUNREACH) {
                return error;
            }
            routing.net = error == 0 ? routing.net : NULL;
        }
        int held = pending == NULL ? 0 : skbs.length(pending);
        if (held + length > MOST) {
            return -Errno.EMSGSIZE;
        }
        error = sockets.waitForSendRoom(task, sk, message.is(Socket.MSG_DONTWAIT));
        if (error != 0) {
            return error;
        }
        return append(sk, message, pending, (int) length);
    }

    /** Where it goes: 0, EINVAL, EAFNOSUPPORT, EDESTADDRREQ, EACCES. */
    private long address(int sk, Message message) {
        int info = info(sk);
        if (message.nameLength == 0) {
            if (table.state(sk) != Socket.TCP_ESTABLISHED) {
                return -Errno.EDESTADDRREQ;
            }
            given.high = inet.peerHigh(info);
            given.low = inet.peerLow(info);
            given.port = inet.peerPort(info);
            return 0;
        }
        int family = Bytes.getShort(message.name, 0);
        boolean isOld = family == Socket.AF_UNSPEC && message.nameLength >= InetAddress.IN_SIZE;
        int error = isOld ? 0 : check(sk, message.name, message.nameLength);
        if (error != 0) {
            return error;
        }
        given.take(message.name);
        if (given.port == 0) {
            return -Errno.EINVAL;
        }
        boolean isBroadcast = given.high == 0 && given.low == (InetAddress.ANY4 | 0xffff_ffffL);
        return isBroadcast && !sockets.is(sk, SockFlags.BROADCAST) ? -Errno.EACCES : 0;
    }

    /** ip_append_data(): with MSG_MORE the datagram grows, else it is sent. */
    private long append(int sk, Message message, int pending, int length) {
        int info = info(sk);
        int held = pending == NULL ? 0 : skbs.length(pending);
        int skb = skBuffs.alloc(held + length);
        if (skb == NULL) {
            return -Errno.ENOBUFS;
        }
        skBuffs.charge(skb, sk, SkBuffs.truesize(held + length, 0));
        if (!skBuffs.fillFrom(skb, held, message.iter, length)) {
            skBuffs.free(skb);
            return -Errno.EFAULT;
        }
        if (pending != NULL) {
            skBuffs.copy(pending, skb);
            skbs.setToHigh(skb, skbs.toHigh(pending));
            skbs.setToLow(skb, skbs.toLow(pending));
            skbs.setToPort(skb, skbs.toPort(pending));
            skbs.setAddressHigh(skb, skbs.addressHigh(pending));
            skbs.setAddressLow(skb, skbs.addressLow(pending));
            skbs.setNet(skb, skbs.net(pending));
            skbs.setDev(skb, skbs.dev(pending));
            skbs.setDatum(skb, skbs.datum(pending));
            skBuffs.free(pending);
        } else {
            boolean isBound = !InetAddress.isAny(inet.localHigh(info), inet.localLow(info));
            skbs.setToHigh(skb, given.high);
            skbs.setToLow(skb, given.low);
            skbs.setToPort(skb, given.port);
            skbs.setAddressHigh(skb, isBound ? inet.localHigh(info) : routing.source.high);
            skbs.setAddressLow(skb, isBound ? inet.localLow(info) : routing.source.low);
            skbs.setNet(skb, routing.net);
            skbs.setDev(skb, routing.arrival);
            int ttl = inet.ttl(info) == 0 ? IpPackets.DEFAULT_TTL : inet.ttl(info);
            skbs.setDatum(skb, IpPackets.header(ttl, inet.tos(info), true));
        }
        skbs.setPort(skb, inet.port(info));
        boolean more = message.is(Socket.MSG_MORE) || isOption(sk, InetFlags.CORK);
        inet.setCorked(info, more ? skb : NULL);
        if (!more) {
            push(sk, skb, pending != NULL);
        }
        return length;
    }

    @Override
    void optionsChanged(int sk) {
        int corked = inet.corked(info(sk));
        if (corked != NULL && !isOption(sk, InetFlags.CORK)) {
            inet.setCorked(info(sk), NULL);
            push(sk, corked, true);
        }
    }

    /** udp_send_skb(): one that has waited looks for its way again. */
    private void push(int sk, int skb, boolean hasWaited) {
        if (hasWaited) {
            given.high = skbs.toHigh(skb);
            given.low = skbs.toLow(skb);
            long error = routing.connectTo(sk, given, skbs.addressHigh(skb), skbs.addressLow(skb));
            if (error != 0 && error != -Errno.EHOSTUNREACH) {
                skBuffs.free(skb);
                return;
            }
        }
        ip.looped(skb, IpHeaders.UDP_SIZE);
        ip.leaves(table.net(sk), skb, table.protocol(sk));
        if (routing.hops > 0) {
            forward(skb);
        }
        rx.send(skb, datagram, 0);
    }

    /** It passes other machines; what one of them drops is for nobody. */
    private void forward(int skb) {
        int packet = packetOf(skb);
        if (packet == NULL) {
            return;
        }
        if (ip.forward(packet, bytes, IpHeaders.UDP_SIZE + skbs.length(skb))) {
            skbs.setDatum(skb, skbs.datum(packet));
        } else {
            skbs.setNet(skb, NULL);
        }
        skBuffs.free(packet);
    }

    /** udp_rcv(). */
    private void receive(int skb) {
        int net = skbs.net(skb);
        given.high = skbs.toHigh(skb);
        given.low = skbs.toLow(skb);
        given.port = skbs.toPort(skb);
        from.high = skbs.addressHigh(skb);
        from.low = skbs.addressLow(skb);
        from.port = skbs.port(skb);
        int sender = skbs.sk(skb);
        boolean isAlive = net != NULL && sockets.nets.table().isLive(net);
        if (isAlive) {
            mirror(skb, false);
        }
        int sk = isAlive ? ports.lookup(net, protocol(sender), given, from, control.ifindex(skb)) : NULL;
        if (sk == NULL) {
            if (isAlive) {
                tellUnreachable(net, skb);
            }
            int back = isAlive ? skBuffs.alloc(0) : NULL;
            if (back != NULL) {
                skBuffs.charge(back, sender, 0);
                skbs.setToPort(back, given.port);
                rx.send(back, unreachable, 0);
            }
            skBuffs.free(skb);
            return;
        }
        queue(sk, skb);
    }

    /** Raw sockets see what ICMP says; it is counted on its way. */
    private void tellUnreachable(int net, int skb) {
        if (ip.isSeen()) {
            mirror(skb, true);
        } else {
            ip.countError(net, skb, IpHeaders.UDP_SIZE);
        }
    }

    private int protocol(int sender) {
        return table.type(sender) == Socket.SOCK_RAW ? Socket.IPPROTO_UDP : table.protocol(sender);
    }

    /**
     * The datagram as a packet of IP: for raw sockets that see UDP, or, where nobody listens, for those that see what ICMP
     * tells of it.
     */
    private void mirror(int skb, boolean isUnreachable) {
        int packet = ip.isSeen() ? packetOf(skb) : NULL;
        if (packet != NULL) {
            ip.mirror(skbs.net(skb), packet, bytes, IpHeaders.UDP_SIZE + skbs.length(skb), isUnreachable);
            skBuffs.free(packet);
        }
    }

    /** The header of IP of a datagram; what the packet carries stands in {@code bytes} then. NULL at a limit. */
    private int packetOf(int skb) {
        int length = IpHeaders.UDP_SIZE + skbs.length(skb);
        int packet = skBuffs.alloc(length);
        if (packet == NULL) {
            return NULL;
        }
        int protocol = protocol(skbs.sk(skb));
        skbs.setToHigh(packet, skbs.toHigh(skb));
        skbs.setToLow(packet, skbs.toLow(skb));
        skbs.setAddressHigh(packet, skbs.addressHigh(skb));
        skbs.setAddressLow(packet, skbs.addressLow(skb));
        skbs.setDev(packet, skbs.dev(skb));
        skbs.setDatum(packet, skbs.datum(skb));
        skbs.setPort(packet, protocol);
        skbs.setToPort(packet, ip.nextId());
        Bytes.putPort(bytes, 0, skbs.port(skb));
        Bytes.putPort(bytes, 2, skbs.toPort(skb));
        Bytes.putPort(bytes, 4, length);
        skBuffs.get(skb, 0, payload, skbs.length(skb));
        System.arraycopy(payload, 0, bytes, IpHeaders.UDP_SIZE, skbs.length(skb));
        Bytes.putPort(bytes, 6, IpHeaders.fold(IpHeaders.pseudo(skbs, packet, protocol, length)) ^ 0xffff);
        return packet;
    }

    /** A datagram that was made by hand. */
    @Override
    public boolean see(int net, int skb, byte[] content, int length) {
        if (length < IpHeaders.UDP_SIZE || Bytes.getPort(content, 4) < IpHeaders.UDP_SIZE) {
            return false;
        }
        int size = Bytes.getPort(content, 4);
        boolean is4 = InetAddress.isV4(skbs.toHigh(skb), skbs.toLow(skb));
        boolean hasSum = Bytes.getPort(content, 6) != 0;
        long pseudo = IpHeaders.pseudo(skbs, skb, Socket.IPPROTO_UDP, size);
        boolean isWrong = hasSum && IpHeaders.fold(IpHeaders.sum(content, 0, size, pseudo)) != 0;
        if (size > length || isWrong || (!hasSum && !is4)) {
            return false;
        }
        int data = size - IpHeaders.UDP_SIZE;
        given.high = skbs.toHigh(skb);
        given.low = skbs.toLow(skb);
        given.port = Bytes.getPort(content, 2);
        from.high = skbs.addressHigh(skb);
        from.low = skbs.addressLow(skb);
        from.port = Bytes.getPort(content, 0);
        int sk = ports.lookup(net, Socket.IPPROTO_UDP, given, from, control.ifindex(skb));
        if (sk == NULL) {
            ip.mirror(net, skb, content, length, true);
            return false;
        }
        int copy = skBuffs.alloc(data);
        if (copy == NULL) {
            return false;
        }
        System.arraycopy(content, IpHeaders.UDP_SIZE, payload, 0, data);
        skBuffs.putFrom(copy, payload, 0, data);
        skbs.setTruesize(copy, SkBuffs.truesize(data, 0));
        skbs.setToHigh(copy, given.high);
        skbs.setToLow(copy, given.low);
        skbs.setAddressHigh(copy, from.high);
        skbs.setAddressLow(copy, from.low);
        skbs.setPort(copy, from.port);
        skbs.setDatum(copy, skbs.datum(skb));
        skbs.setDev(copy, skbs.dev(skb));
        return queue(sk, copy);
    }

    /** __udp4_lib_err(): nobody listens there. Only a connected socket is told. */
    private void receiveUnreachable(int skb) {
        int sk = skbs.sk(skb);
        if (table.state(sk) == Socket.TCP_ESTABLISHED && !sockets.is(sk, SockFlags.DEAD)) {
            table.setErr(sk, Errno.ECONNREFUSED);
            sockets.dataReady(sk);
        }
        skBuffs.free(skb);
    }

    /** udp_recvmsg(). */
    @Override
    public long recvmsg(int task, int sk, Message message) {
        return receive(task, sk, message, true);
    }

    /** udp_ioctl(). */
    @Override
    public long ioctl(int task, int sk, int cmd, long arg) {
        return queueIoctl(task, sk, cmd, arg);
    }
}
