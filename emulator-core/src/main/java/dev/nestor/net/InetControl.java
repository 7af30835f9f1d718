package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.uapi.Socket;
import java.util.Arrays;

/** Control messages that come with datagrams: sock_recv_cmsgs(), ip_cmsg_recv(), ip6_datagram_recv_ctl(). */
final class InetControl {
    private static final int IP_TOS = 1;
    private static final int IP_TTL = 2;
    private static final int IP_PKTINFO = 8;
    private static final int IPV6_PKTINFO = 50;
    private static final int IPV6_HOPLIMIT = 52;
    private static final int IPV6_TCLASS = 67;
    private static final long SECOND_NS = 1_000_000_000;

    private final Sockets sockets;
    private final SockTable table;
    private final SkBuffTable skbs;
    private final InetSockTable inet;
    private final NetDeviceTable devices;
    private final byte[] bytes = new byte[24];

    InetControl(Sockets sockets, InetSockTable inet, NetDeviceTable devices) {
        this.sockets = sockets;
        this.table = sockets.table;
        this.skbs = sockets.skBuffs.table();
        this.inet = inet;
        this.devices = devices;
    }

    /** What the options of a socket ask to be told of a packet. */
    void receive(int sk, int skb, Message message) {
        stamp(sk, skb, message);
        int flags = inet.flags(table.info(sk));
        if ((flags & InetFlags.TOLD) == 0) {
            return;
        }
        if (InetAddress.isV4(skbs.toHigh(skb), skbs.toLow(skb))) {
            tell4(sk, flags, skb, message);
        } else {
            tell6(flags, skb, message);
        }
    }

    /** __sock_recv_timestamp(). */
    void stamp(int sk, int skb, Message message) {
        if (!sockets.is(sk, SockFlags.TIMESTAMP | SockFlags.TIMESTAMPNS)) {
            return;
        }
        long ns = skbs.tstamp(skb);
        boolean isNs = sockets.is(sk, SockFlags.TIMESTAMPNS);
        Bytes.putLong(bytes, 0, ns / SECOND_NS);
        Bytes.putLong(bytes, 8, isNs ? ns % SECOND_NS : ns % SECOND_NS / 1000);
        message.putCmsg(Socket.SOL_SOCKET, isNs ? Socket.SO_TIMESTAMPNS : Socket.SO_TIMESTAMP, bytes, 16);
    }

    /** The number of the device that a packet came by, or 0. */
    int ifindex(int skb) {
        int dev = skbs.dev(skb);
        return dev != NULL && devices.isLive(dev) ? devices.ifindex(dev) : 0;
    }

    private void tell4(int sk, int flags, int skb, Message message) {
        if ((flags & InetFlags.PKTINFO) != 0) {
            Bytes.putInt(bytes, 0, ifindex(skb));
            boolean isPing = table.protocol(sk) == Socket.IPPROTO_ICMP && table.type(sk) == Socket.SOCK_DGRAM;
            Bytes.putNetInt(bytes, 4, isPing ? 0 : (int) skbs.toLow(skb));
            Bytes.putNetInt(bytes, 8, (int) skbs.toLow(skb));
            message.putCmsg(Socket.SOL_IP, IP_PKTINFO, bytes, 12);
        }
        if ((flags & InetFlags.RECVTTL) != 0) {
            Bytes.putInt(bytes, 0, IpPackets.ttl(skbs.datum(skb)));
            message.putCmsg(Socket.SOL_IP, IP_TTL, bytes, Integer.BYTES);
        }
        if ((flags & InetFlags.RECVTOS) != 0) {
            bytes[0] = (byte) IpPackets.tos(skbs.datum(skb));
            message.putCmsg(Socket.SOL_IP, IP_TOS, bytes, 1);
        }
    }

    private void tell6(int flags, int skb, Message message) {
        if ((flags & InetFlags.PKTINFO6) != 0) {
            Arrays.fill(bytes, (byte) 0);
            Bytes.putNetLong(bytes, 0, skbs.toHigh(skb));
            Bytes.putNetLong(bytes, 8, skbs.toLow(skb));
            Bytes.putInt(bytes, 16, ifindex(skb));
            message.putCmsg(Socket.SOL_IPV6, IPV6_PKTINFO, bytes, 20);
        }
        if ((flags & InetFlags.RECVHOPS) != 0) {
            Bytes.putInt(bytes, 0, IpPackets.ttl(skbs.datum(skb)));
            message.putCmsg(Socket.SOL_IPV6, IPV6_HOPLIMIT, bytes, Integer.BYTES);
        }
        if ((flags & InetFlags.RECVTCLASS) != 0) {
            Bytes.putInt(bytes, 0, IpPackets.tos(skbs.datum(skb)));
            message.putCmsg(Socket.SOL_IPV6, IPV6_TCLASS, bytes, Integer.BYTES);
        }
    }
}
