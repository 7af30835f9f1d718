package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Socket;

/** AF_INET and AF_INET6: inet_create(), inet6_create(). */
final class InetFamily {
    private final Sockets sockets;
    private final TcpSockets tcp;
    private final UdpSockets udp;
    private final RawSockets raw;
    private final PingSockets ping;
    private final int tcpOps;
    private final int udpOps;
    private final int rawOps;
    private final int pingOps;

    InetFamily(InetRoom room, Timewaits timewaits) {
        this.sockets = room.sockets();
        this.tcp = new TcpSockets(room, timewaits);
        this.udp = new UdpSockets(room);
        this.raw = new RawSockets(room);
        this.ping = new PingSockets(room);
        this.tcpOps = sockets.register(tcp);
        this.udpOps = sockets.register(udp);
        this.rawOps = sockets.register(raw);
        this.pingOps = sockets.register(ping);
    }

    /** A sock, or EINVAL, ESOCKTNOSUPPORT, EPROTONOSUPPORT, EPERM, EACCES, ENOBUFS. */
    int create(int task, int net, int family, int type, int protocol) {
        if (protocol < 0 || protocol >= Socket.IPPROTO_MAX) {
            return -Errno.EINVAL;
        }
        int uid = sockets.creds.fsuid(sockets.tasks.cred(task));
        int sk;
        switch (type) {
            case Socket.SOCK_STREAM -> {
                boolean isKnown = protocol == 0 || protocol == Socket.IPPROTO_TCP || protocol == Socket.IPPROTO_MPTCP;
                if (!isKnown) {
                    return -Errno.EPROTONOSUPPORT;
                }
                int kept = protocol == 0 ? Socket.IPPROTO_TCP : protocol;
                sk = tcp.allocInet(uid, net, family, type, kept, tcpOps);
                if (sk != NULL) {
                    sockets.table.setSndbuf(sk, TcpSockets.SNDBUF);
                    sockets.table.setRcvbuf(sk, TcpSockets.RCVBUF);
                }
            }
            case Socket.SOCK_DGRAM -> {
                int echo = family == Socket.AF_INET ? Socket.IPPROTO_ICMP : Socket.IPPROTO_ICMPV6;
                if (protocol == echo) {
                    return createPing(task, net, family, protocol);
                }
                boolean isKnown = protocol == 0 || protocol == Socket.IPPROTO_UDP || protocol == Socket.IPPROTO_UDPLITE;
                if (!isKnown) {
                    return -Errno.EPROTONOSUPPORT;
                }
                int kept = protocol == 0 ? Socket.IPPROTO_UDP : protocol;
                sk = udp.allocInet(uid, net, family, type, kept, udpOps);
            }
            case Socket.SOCK_RAW -> {
                if (protocol == 0) {
                    return -Errno.EPROTONOSUPPORT;
                }
                boolean mayRaw = sockets.capabilities.nsCapable(task, sockets.nets.owner(net), Capability.CAP_NET_RAW);
                if (!mayRaw) {
                    return -Errno.EPERM;
                }
                sk = raw.create(uid, net, family, protocol, rawOps);
            }
            default -> {
                return -Errno.ESOCKTNOSUPPORT;
            }
        }
        return sk == NULL ? -Errno.ENOBUFS : sk;
    }

    /** ping_init_sock(): only for the groups that net.ipv4.ping_group_range lets. */
    private int createPing(int task, int net, int family, int protocol) {
        int cred = sockets.tasks.cred(task);
        if (!sockets.mayPing(cred, net)) {
            return -Errno.EACCES;
        }
        int sk = ping.allocInet(sockets.creds.fsuid(cred), net, family, Socket.SOCK_DGRAM, protocol, pingOps);
        if (sk == NULL) {
            return -Errno.ENOBUFS;
        }
        sockets.set(sk, SockFlags.REUSEADDR, true);
        return sk;
    }
}
