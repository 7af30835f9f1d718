package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.Outside;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Socket;

/** AF_INET and AF_INET6: inet_create(), inet6_create(). */
final class InetFamily {
    private final Sockets sockets;
    private final TcpSockets tcp;
    private final UdpSockets udp;
    private final int tcpOps;
    private final int udpOps;

    InetFamily(InetRoom room) {
        this.sockets = room.sockets();
        this.tcp = new TcpSockets(room);
        this.udp = new UdpSockets(room);
        this.tcpOps = sockets.register(tcp);
        this.udpOps = sockets.register(udp);
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
                int ping = family == Socket.AF_INET ? Socket.IPPROTO_ICMP : Socket.IPPROTO_ICMPV6;
                if (protocol == ping) {
                    return -Errno.EACCES;
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
                return mayRaw ? -Outside.EOUTSIDE : -Errno.EPERM;
            }
            default -> {
                return type == Socket.SOCK_PACKET && family == Socket.AF_INET
                        ? -Outside.EOUTSIDE
                        : -Errno.ESOCKTNOSUPPORT;
            }
        }
        return sk == NULL ? -Errno.ENOBUFS : sk;
    }
}
