package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Socket;

/** Datagram sockets of ICMP, which send echo requests and receive the replies: net/ipv4/ping.c, net/ipv6/ping.c. */
final class PingSockets extends DatagramSockets implements IpPackets.Tap {
    private final IpPackets ip;
    private final byte[] bytes = new byte[65_536];

    PingSockets(InetRoom room) {
        super(room);
        this.ip = room.ip();
        ip.setEchoes(this);
    }

    /** ping_bind(): EINVAL, EAFNOSUPPORT, EADDRNOTAVAIL, EADDRINUSE. */
    @Override
    public long bind(int task, int sk, byte[] address, int length) {
        boolean is6 = table.family(sk) == Socket.AF_INET6;
        if (length < (is6 ? InetAddress.IN6_SIZE : InetAddress.IN_SIZE)) {
            return -Errno.EINVAL;
        }
        if (!takeLocal(sk, address)) {
            return -Errno.EAFNOSUPPORT;
        }
        if (!isAvailable(sk)) {
            return -Errno.EADDRNOTAVAIL;
        }
        return bindTo(sk);
    }

    /** ping_v4_sendmsg(), ping_v6_sendmsg(). */
    @Override
    public long sendmsg(int task, int sk, Message message) {
        long length = message.iter.remaining();
        if (!autobind(sk)) {
            return -Errno.EAGAIN;
        }
        if (length > 0xffff) {
            return -Errno.EMSGSIZE;
        }
        if (length < IpHeaders.ICMP_SIZE) {
            return -Errno.EINVAL;
        }
        if (message.is(Socket.MSG_OOB)) {
            return -Errno.EOPNOTSUPP;
        }
        if (message.iter.copyFrom(bytes, 0, IpHeaders.ICMP_SIZE) != IpHeaders.ICMP_SIZE) {
            return -Errno.EFAULT;
        }
        boolean is4 = table.family(sk) == Socket.AF_INET;
        int request = is4 ? IpHeaders.ICMP_ECHO : IpHeaders.ICMPV6_ECHO_REQUEST;
        if ((bytes[0] & 0xff) != request || bytes[1] != 0) {
            return -Errno.EINVAL;
        }
        long error = address(sk, message, is4);
        if (error != 0) {
            return error;
        }
        int info = info(sk);
        error = routing.connectTo(sk, given, inet.localHigh(info), inet.localLow(info));
        if (error != 0 && error != -Errno.EHOSTUNREACH) {
            return error;
        }
        routing.net = error == 0 ? routing.net : NULL;
        if (length > IpPackets.MOST) {
            return -Errno.EMSGSIZE;
        }
        error = sockets.waitForSendRoom(task, sk, message.is(Socket.MSG_DONTWAIT));
        if (error != 0) {
            return error;
        }
        int rest = (int) length - IpHeaders.ICMP_SIZE;
        if (message.iter.copyFrom(bytes, IpHeaders.ICMP_SIZE, rest) != rest) {
            return -Errno.EFAULT;
        }
        return send(sk, (int) length, is4);
    }

    /** Where it goes: 0, EINVAL, EAFNOSUPPORT, EDESTADDRREQ. */
    private long address(int sk, Message message, boolean is4) {
        int info = info(sk);
        if (message.nameLength == 0) {
            if (table.state(sk) != Socket.TCP_ESTABLISHED) {
                return -Errno.EDESTADDRREQ;
            }
            given.high = inet.peerHigh(info);
            given.low = inet.peerLow(info);
            return 0;
        }
        if (message.nameLength < (is4 ? InetAddress.IN_SIZE : InetAddress.IN6_SIZE)) {
            return -Errno.EINVAL;
        }
        if (Bytes.getShort(message.name, 0) != table.family(sk)) {
            return -Errno.EAFNOSUPPORT;
        }
        given.take(message.name);
        return 0;
    }

    private long send(int sk, int length, boolean is4) {
        int info = info(sk);
        int skb = skBuffs.alloc(length);
        if (skb == NULL) {
            return -Errno.ENOBUFS;
        }
        skBuffs.charge(skb, sk, SkBuffs.truesize(length, 0));
        boolean isBound = !InetAddress.isAny(inet.localHigh(info), inet.localLow(info));
        skbs.setAddressHigh(skb, isBound ? inet.localHigh(info) : routing.source.high);
        skbs.setAddressLow(skb, isBound ? inet.localLow(info) : routing.source.low);
        skbs.setToHigh(skb, given.high);
        skbs.setToLow(skb, given.low);
        skbs.setNet(skb, routing.net);
        skbs.setDev(skb, routing.arrival);
        skbs.setPort(skb, is4 ? Socket.IPPROTO_ICMP : Socket.IPPROTO_ICMPV6);
        skbs.setToPort(skb, ip.nextId());
        int ttl = inet.ttl(info) == 0 ? IpPackets.DEFAULT_TTL : inet.ttl(info);
        skbs.setDatum(skb, IpPackets.header(ttl, inet.tos(info), true));
        Bytes.putPort(bytes, 4, inet.port(info));
        IpHeaders.putSum(skbs, skb, bytes, length);
        skBuffs.putFrom(skb, bytes, 0, length);
        ip.send(table.net(sk), skb);
        return length;
    }

    /** ping_rcv(): the reply goes to who has its identifier. */
    @Override
    public boolean see(int net, int skb, byte[] content, int length) {
        given.high = skbs.toHigh(skb);
        given.low = skbs.toLow(skb);
        given.port = Bytes.getPort(content, 4);
        int sk = ports.lookup(net, skbs.port(skb), given, given, control.ifindex(skb));
        int copy = sk == NULL ? NULL : skBuffs.alloc(length);
        if (copy == NULL) {
            return false;
        }
        skBuffs.putFrom(copy, content, 0, length);
        skbs.setTruesize(copy, SkBuffs.truesize(length, 0));
        setPlaces(copy, skb);
        return queue(sk, copy);
    }

    /** ping_recvmsg(). */
    @Override
    public long recvmsg(int task, int sk, Message message) {
        return message.is(Socket.MSG_OOB) ? -Errno.EOPNOTSUPP : receive(task, sk, message, false);
    }
}
