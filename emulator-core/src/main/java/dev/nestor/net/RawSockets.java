package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.table.Chain;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Socket;

/** Raw sockets of IP: net/ipv4/raw.c, net/ipv6/raw.c. They see what comes in for their protocol before anybody else does. */
final class RawSockets extends DatagramSockets implements IpPackets.Tap {
    private static final int HASH = 0x1000; // with a protocol and a family the key of a bucket
    private static final int MTU_OF_LOOPBACK = 65_536;
    private static final int SUM_OF_ICMPV6 = 2; // offset, bytes

    private final RawSockTable raws;
    private final IpPackets ip;
    private final byte[] bytes = new byte[65_536 + IpHeaders.IP_SIZE];

    RawSockets(InetRoom room) {
        super(room);
        this.raws = room.raws();
        this.ip = room.ip();
        ip.setRaw(this);
    }

    /** raw_sk_init(), raw_hash_sk(): a sock, or NULL at a limit. */
    int create(int uid, int net, int family, int protocol, int place) {
        int raw = raws.alloc();
        int sk = raw == NULL ? NULL : allocInet(uid, net, family, Socket.SOCK_RAW, protocol, place);
        if (sk == NULL) {
            if (raw != NULL) {
                raws.free(raw);
            }
            return NULL;
        }
        int info = info(sk);
        inet.setRaw(info, raw);
        inet.setPort(info, protocol);
        raws.setProtocol(raw, protocol);
        if (family == Socket.AF_INET6 && protocol == Socket.IPPROTO_ICMPV6) {
            raws.setSum(raw, 1 + SUM_OF_ICMPV6);
        }
        sockets.set(sk, SockFlags.REUSEADDR, true);
        if (protocol == Socket.IPPROTO_RAW) {
            setOption(sk, InetFlags.HDRINCL, true);
        }
        if (!ports.join(sk, HASH | protocol, family)) {
            sockets.put(sk);
            return NULL;
        }
        return sk;
    }

    @Override
    void freeParts(int info) {
        raws.free(inet.raw(info));
    }

    /** raw_bind(), rawv6_bind(): EINVAL, EADDRNOTAVAIL. */
    @Override
    public long bind(int task, int sk, byte[] address, int length) {
        boolean is6 = table.family(sk) == Socket.AF_INET6;
        boolean isShort = length < (is6 ? InetAddress.IN6_LEAST : InetAddress.IN_SIZE);
        if (isShort || (is6 && Bytes.getShort(address, 0) != Socket.AF_INET6)) {
            return -Errno.EINVAL;
        }
        Bytes.putShort(address, 0, table.family(sk));
        given.take(address);
        if (is6 && InetAddress.isV4(given.high, given.low)) {
            return -Errno.EADDRNOTAVAIL;
        }
        if (table.state(sk) != Socket.TCP_CLOSE) {
            return -Errno.EINVAL;
        }
        if (!isAvailable(sk)) {
            return -Errno.EADDRNOTAVAIL;
        }
        setBound(info(sk), given.high, given.low);
        return 0;
    }

    private int protocol(int sk) {
        return raws.protocol(inet.raw(info(sk)));
    }

    /** raw_sendmsg(), rawv6_sendmsg(). */
    @Override
    public long sendmsg(int task, int sk, Message message) {
        boolean is4 = table.family(sk) == Socket.AF_INET;
        long length = message.iter.remaining();
        if (is4 && length > 0xffff) {
            return -Errno.EMSGSIZE;
        }
        if (message.is(Socket.MSG_OOB)) {
            return -Errno.EOPNOTSUPP;
        }
        long error = is4 ? address4(sk, message) : address6(sk, message);
        if (error != 0) {
            return error;
        }
        int info = info(sk);
        boolean hasHeader = isOption(sk, InetFlags.HDRINCL);
        boolean isIcmp = protocol(sk) == (is4 ? Socket.IPPROTO_ICMP : Socket.IPPROTO_ICMPV6);
        if (!hasHeader && isIcmp && length < 2) {
            return -Errno.EFAULT;
        }
        error = routing.connectTo(sk, given, inet.localHigh(info), inet.localLow(info));
        if (error != 0 && error != -Errno.EHOSTUNREACH) {
            return error;
        }
        routing.net = error == 0 ? routing.net : NULL;
        if (length > (hasHeader ? MTU_OF_LOOPBACK : IpPackets.MOST)) {
            return -Errno.EMSGSIZE;
        }
        if (hasHeader && length < IpHeaders.IP_SIZE) {
            return -Errno.EINVAL;
        }
        if (hasHeader) {
            error = sockets.waitForSendRoom(task, sk, message.is(Socket.MSG_DONTWAIT));
        } else if (table.wmemAlloc(sk) > 2L * table.sndbuf(sk)) {
            error = -Errno.ENOBUFS;
        } else {
            error = 0;
        }
        if (error != 0) {
            return error;
        }
        int taken = message.iter.copyFrom(bytes, 0, (int) length);
        if (taken != length) {
            return -Errno.EFAULT;
        }
        return hasHeader && is4 ? sendWhole(sk, (int) length) : sendPart(sk, (int) length);
    }

    /** Where it goes: 0, EINVAL, EAFNOSUPPORT, EDESTADDRREQ, EACCES. */
    private long address4(int sk, Message message) {
        if (message.nameLength == 0) {
            return peer(sk);
        }
        if (message.nameLength < InetAddress.IN_SIZE) {
            return -Errno.EINVAL;
        }
        int family = Bytes.getShort(message.name, 0);
        if (family != Socket.AF_INET && family != Socket.AF_UNSPEC) {
            return -Errno.EAFNOSUPPORT;
        }
        Bytes.putShort(message.name, 0, Socket.AF_INET);
        given.take(message.name);
        return 0;
    }

    private long address6(int sk, Message message) {
        if (message.nameLength == 0) {
            return peer(sk);
        }
        if (message.nameLength < InetAddress.IN6_LEAST) {
            return -Errno.EINVAL;
        }
        int family = Bytes.getShort(message.name, 0);
        if (family != 0 && family != Socket.AF_INET6) {
            return -Errno.EAFNOSUPPORT;
        }
        Bytes.putShort(message.name, 0, Socket.AF_INET6);
        given.take(message.name);
        boolean isOther = given.port != 0 && given.port != protocol(sk) && protocol(sk) != Socket.IPPROTO_RAW;
        return isOther || given.port > 255 ? -Errno.EINVAL : 0;
    }

    private long peer(int sk) {
        int info = info(sk);
        if (table.state(sk) != Socket.TCP_ESTABLISHED) {
            return -Errno.EDESTADDRREQ;
        }
        given.high = inet.peerHigh(info);
        given.low = inet.peerLow(info);
        return 0;
    }

    private int packet(int sk, int from, int length) {
        int skb = skBuffs.alloc(length);
        if (skb != NULL) {
            skBuffs.charge(skb, sk, SkBuffs.truesize(length, 0));
            skBuffs.putFrom(skb, bytes, from, length);
            skbs.setToHigh(skb, given.high);
            skbs.setToLow(skb, given.low);
            skbs.setNet(skb, routing.net);
            skbs.setDev(skb, routing.arrival);
        }
        return skb;
    }

    /** ip_append_data(), ip_push_pending_frames(); rawv6_push_pending_frames(). */
    private long sendPart(int sk, int length) {
        int info = info(sk);
        int sum = raws.sum(inet.raw(info)) - 1;
        if (sum >= 0 && sum + 2 > length) {
            return -Errno.EINVAL;
        }
        int skb = packet(sk, 0, length);
        if (skb == NULL) {
            return -Errno.ENOBUFS;
        }
        boolean isBound = !InetAddress.isAny(inet.localHigh(info), inet.localLow(info));
        skbs.setAddressHigh(skb, isBound ? inet.localHigh(info) : routing.source.high);
        skbs.setAddressLow(skb, isBound ? inet.localLow(info) : routing.source.low);
        skbs.setPort(skb, protocol(sk));
        skbs.setToPort(skb, ip.nextId());
        int ttl = inet.ttl(info) == 0 ? IpPackets.DEFAULT_TTL : inet.ttl(info);
        skbs.setDatum(skb, IpPackets.header(ttl, inet.tos(info), true));
        if (sum >= 0) {
            Bytes.putPort(bytes, sum, 0);
            long pseudo = IpHeaders.pseudo(skbs, skb, protocol(sk), length);
            Bytes.putPort(bytes, sum, IpHeaders.fold(IpHeaders.sum(bytes, 0, length, pseudo)));
            skBuffs.putFrom(skb, bytes, 0, length);
        }
        ip.send(table.net(sk), skb);
        return length;
    }

    /** raw_send_hdrinc(): its length, sum, and, where they are 0, identification and source are filled in. */
    private long sendWhole(int sk, int length) {
        int header = (bytes[0] & 15) * Integer.BYTES;
        if (header > length || header < IpHeaders.IP_SIZE) {
            return -Errno.EINVAL;
        }
        given.high = 0;
        given.low = InetAddress.ANY4 | (Bytes.getNetInt(bytes, 16) & 0xffffffffL);
        int skb = packet(sk, header, length - header);
        if (skb == NULL) {
            return -Errno.ENOBUFS;
        }
        int source = Bytes.getNetInt(bytes, 12);
        skbs.setAddressLow(skb, source == 0 ? routing.source.low : InetAddress.ANY4 | (source & 0xffffffffL));
        skbs.setPort(skb, bytes[9] & 0xff);
        int id = Bytes.getPort(bytes, 4);
        skbs.setToPort(skb, id == 0 ? ip.nextId() : id);
        boolean isWhole = (bytes[6] & 0x40) != 0;
        skbs.setDatum(skb, IpPackets.header(bytes[8], bytes[1], isWhole));
        ip.send(table.net(sk), skb);
        return length;
    }

    /** raw_local_deliver(), raw6_local_deliver(). */
    @Override
    public boolean see(int net, int skb, byte[] content, int length) {
        boolean is4 = InetAddress.isV4(skbs.toHigh(skb), skbs.toLow(skb));
        int bucket = ports.find(net, HASH | skbs.port(skb), is4 ? Socket.AF_INET : Socket.AF_INET6);
        boolean isSeen = false;
        Chain owners = ports.owners();
        for (int info = bucket == NULL ? NULL : owners.first(bucket); info != NULL; info = owners.next(info)) {
            if (matches(info, skb)) {
                isSeen = true;
                if (!isFiltered(info, skb, content, length)) {
                    deliver(inet.sk(info), skb, content, length, is4);
                }
            }
        }
        return isSeen;
    }

    /** raw_v4_match(), raw_v6_match(). */
    private boolean matches(int info, int skb) {
        int dev = table.boundDevIf(inet.sk(info));
        boolean isPeer = InetAddress.isAny(inet.peerHigh(info), inet.peerLow(info))
                || (inet.peerHigh(info) == skbs.addressHigh(skb) && inet.peerLow(info) == skbs.addressLow(skb));
        boolean isMine = InetAddress.isAny(inet.boundHigh(info), inet.boundLow(info))
                || (inet.boundHigh(info) == skbs.toHigh(skb) && inet.boundLow(info) == skbs.toLow(skb));
        return isPeer && isMine && (dev == 0 || dev == control.ifindex(skb));
    }

    /** icmp_filter(), icmpv6_filter(). */
    private boolean isFiltered(int info, int skb, byte[] content, int length) {
        int protocol = skbs.port(skb);
        if (length < IpHeaders.ICMP_SIZE) {
            return protocol == Socket.IPPROTO_ICMP;
        }
        int type = content[0] & 0xff;
        int raw = inet.raw(info);
        if (protocol == Socket.IPPROTO_ICMP) {
            return type < 32 && (raws.filter(raw, 0) >>> type & 1) != 0;
        }
        return protocol == Socket.IPPROTO_ICMPV6 && (raws.filter(raw, type >>> 6) >>> (type & 63) & 1) != 0;
    }

    private void deliver(int sk, int skb, byte[] content, int length, boolean is4) {
        int header = is4 ? IpHeaders.IP_SIZE : 0;
        int copy = skBuffs.alloc(header + length);
        if (copy == NULL) {
            return;
        }
        if (is4) {
            IpHeaders.put4(skbs, skb, length, bytes, 0);
        }
        System.arraycopy(content, 0, bytes, header, length);
        skBuffs.putFrom(copy, bytes, 0, header + length);
        skbs.setTruesize(copy, SkBuffs.truesize(header + length, 0));
        setPlaces(copy, skb);
        queue(sk, copy);
    }

    /** raw_recvmsg(), rawv6_recvmsg(). */
    @Override
    public long recvmsg(int task, int sk, Message message) {
        return message.is(Socket.MSG_OOB) ? -Errno.EOPNOTSUPP : receive(task, sk, message, true);
    }

    /** raw_ioctl(). */
    @Override
    public long ioctl(int task, int sk, int cmd, long arg) {
        return queueIoctl(task, sk, cmd, arg);
    }
}
