package dev.nestor.net;

import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Socket;

/** Options of SOL_IP that are more than a number: do_ip_setsockopt(), do_ip_getsockopt(). */
final class IpOptions {
    /** The highest byte of what groups that a socket has joined are kept under. */
    static final int MEMBERSHIPS = 0x7f;

    private static final int IP_TOS = 1;
    private static final int IP_TTL = 2;
    private static final int IP_HDRINCL = 3;
    private static final int IP_OPTIONS = 4;
    private static final int IP_PKTINFO = 8;
    private static final int IP_PKTOPTIONS = 9;
    private static final int IP_RECVERR = 11;
    private static final int IP_RECVTTL = 12;
    private static final int IP_RECVTOS = 13;
    private static final int IP_MTU = 14;
    private static final int IP_FREEBIND = 15;
    private static final int IP_IPSEC_POLICY = 16;
    private static final int IP_XFRM_POLICY = 17;
    private static final int IP_MULTICAST_IF = 32;
    private static final int IP_MULTICAST_TTL = 33;
    private static final int IP_ADD_MEMBERSHIP = 35;
    private static final int IP_DROP_MEMBERSHIP = 36;
    private static final int IP_UNBLOCK_SOURCE = 37;
    private static final int IP_MSFILTER = 41;
    private static final int MCAST_JOIN_GROUP = 42;
    private static final int MCAST_LEAVE_GROUP = 45;
    private static final int MCAST_MSFILTER = 48;
    private static final int IP_UNICAST_IF = 50;
    private static final int IP_PROTOCOL = 52;
    private static final int IPV6_JOIN_GROUP = 20;
    private static final int IPV6_LEAVE_GROUP = 21;
    private static final int SO_ORIGINAL_DST = 80;
    private static final int EBT_SO_GET_ENTRIES = 83; // of netfilter, asked with much room
    private static final int MSFILTER_SIZE = 16; // bytes of struct ip_msfilter
    private static final int IPT_FIRST = 64;
    private static final int IPT_LAST = 67;
    private static final int GROUP_REQ_SIZE = 136; // bytes of struct group_req
    private static final int MREQ_SIZE = 8; // bytes of struct ip_mreq
    private static final int MREQ6_SIZE = 20; // bytes of struct ipv6_mreq
    private static final int LOOPBACK_MTU = 65_535;
    private static final int DEFAULT_TTL = 64;

    private final InetOptions all;
    private final SockTable table;
    private final InetSockTable inet;
    private final byte[] group = new byte[GROUP_REQ_SIZE];

    IpOptions(InetOptions all) {
        this.all = all;
        this.table = all.table;
        this.inet = all.inet;
    }

    long set(int task, int sk, int option, int value, int length) {
        int info = table.info(sk);
        switch (option) {
            case IP_TOS -> inet.setTos(info, all.isStream(sk) ? (value & 0xfc) | (inet.tos(info) & 3) : value & 0xff);
            case IP_TTL -> {
                if (length < 1 || (value != -1 && (value < 1 || value > 255))) {
                    return -Errno.EINVAL;
                }
                inet.setTtl(info, value == -1 ? 0 : value);
            }
            case IP_HDRINCL -> {
                if (!all.isRaw(sk)) {
                    return -Errno.ENOPROTOOPT;
                }
                all.setFlag(sk, InetFlags.HDRINCL, value != 0);
            }
            case IP_PKTINFO -> all.setFlag(sk, InetFlags.PKTINFO, value != 0);
            case IP_RECVERR -> all.setFlag(sk, InetFlags.RECVERR, value != 0);
            case IP_RECVTTL -> all.setFlag(sk, InetFlags.RECVTTL, value != 0);
            case IP_RECVTOS -> all.setFlag(sk, InetFlags.RECVTOS, value != 0);
            case IP_FREEBIND -> {
                if (length < 1) {
                    return -Errno.EINVAL;
                }
                all.setFlag(sk, InetFlags.FREEBIND, value != 0);
            }
            default -> {
                return setRest(task, sk, option, value, length);
            }
        }
        return 0;
    }

    private long setRest(int task, int sk, int option, int value, int length) {
        return switch (option) {
            case IP_OPTIONS -> {
                if (length == 0) {
                    all.forget(sk, Socket.SOL_IP, option);
                    yield 0;
                }
                yield (value & 0xff) <= 1 ? all.store(sk, Socket.SOL_IP, option, value) : -Errno.EINVAL;
            }
            case IP_IPSEC_POLICY, IP_XFRM_POLICY -> policy(task, sk, option == IP_XFRM_POLICY, length);
            case IP_MULTICAST_IF, IP_UNICAST_IF -> {
                if (length < Integer.BYTES || (option == IP_MULTICAST_IF && all.isStream(sk))) {
                    yield -Errno.EINVAL;
                }
                yield value == 0 ? 0 : -Errno.EADDRNOTAVAIL;
            }
            case IP_MULTICAST_TTL -> {
                if (all.isStream(sk) || length < 1 || value < -1 || value > 255) {
                    yield -Errno.EINVAL;
                }
                yield all.store(sk, Socket.SOL_IP, option, value == -1 ? 1 : value);
            }
            default -> {
                if (option >= IP_UNBLOCK_SOURCE && option <= MCAST_MSFILTER) {
                    yield -Errno.EINVAL;
                }
                boolean isFilter = option == IPT_FIRST || option == IPT_FIRST + 1;
                yield isFilter ? all.mayAdmin(task, sk) ? -Errno.EINVAL : -Errno.EPERM : -Errno.ENOPROTOOPT;
            }
        };
    }

    /** xfrm_user_policy(): none can be made. */
    long policy(int task, int sk, boolean isXfrm, int length) {
        if (!all.mayAdmin(task, sk)) {
            return -Errno.EPERM;
        }
        return length <= 0
                ? -Errno.EMSGSIZE
                : isXfrm && table.family(sk) == Socket.AF_INET ? -Errno.EINVAL : -Errno.EOPNOTSUPP;
    }

    static boolean isMembership(int level, int option) {
        return switch (level) {
            case Socket.SOL_IP ->
                option == IP_ADD_MEMBERSHIP
                        || option == IP_DROP_MEMBERSHIP
                        || option == MCAST_JOIN_GROUP
                        || option == MCAST_LEAVE_GROUP;
            case Socket.SOL_IPV6 ->
                option == IPV6_JOIN_GROUP
                        || option == IPV6_LEAVE_GROUP
                        || option == MCAST_JOIN_GROUP
                        || option == MCAST_LEAVE_GROUP;
            default -> false;
        };
    }

    private static int level(int name) {
        return MEMBERSHIPS << 16 | (name >>> 8 & 0xffff);
    }

    /** ip_mc_join_group(), ip_mc_leave_group(), and those of IPv6: who has joined a group, not what is sent there. */
    long setMembership(int sk, int level, int option, int mm, long address, int length) {
        boolean isReq = option == MCAST_JOIN_GROUP || option == MCAST_LEAVE_GROUP;
        boolean is4 = level == Socket.SOL_IP;
        if (is4 && !isReq && all.isStream(sk)) {
            return -Errno.EPROTO;
        }
        int least = isReq ? GROUP_REQ_SIZE : is4 ? MREQ_SIZE : MREQ6_SIZE;
        if (length < least) {
            return -Errno.EINVAL;
        }
        if (all.memory.copyFromUser(mm, address, group, 0, least) != 0) {
            return -Errno.EFAULT;
        }
        int at = isReq ? (is4 ? 12 : 16) : 0;
        boolean isMulticast = is4 ? (group[at] >>> 4 & 15) == 14 : group[at] == -1;
        int name = 0;
        for (int i = 0; i < (is4 ? 4 : 16); i++) {
            name = name * 31 + group[at + i];
        }
        boolean joins = option == MCAST_JOIN_GROUP || option == IP_ADD_MEMBERSHIP || option == IPV6_JOIN_GROUP;
        if (!joins) {
            return all.forget(sk, level(name), name & 0xff) ? 0 : -Errno.EADDRNOTAVAIL;
        }
        if (!isMulticast) {
            return -Errno.EINVAL;
        }
        return all.stored(sk, level(name), name & 0xff) != InetOptions.NO_VALUE
                ? -Errno.EADDRINUSE
                : all.store(sk, level(name), name & 0xff, name);
    }

    /** The length of the answer, or a negative errno. */
    int value(int sk, int option, int room, byte[] out) {
        int info = table.info(sk);
        return switch (option) {
            case IP_TOS -> InetOptions.number(out, inet.tos(info));
            case IP_TTL -> InetOptions.number(out, inet.ttl(info) == 0 ? DEFAULT_TTL : inet.ttl(info));
            case IP_HDRINCL -> InetOptions.number(out, all.flag(sk, InetFlags.HDRINCL));
            case IP_OPTIONS -> {
                int stored = all.stored(sk, Socket.SOL_IP, option);
                yield stored == InetOptions.NO_VALUE ? 0 : InetOptions.number(out, stored);
            }
            case IP_PKTINFO -> InetOptions.number(out, all.flag(sk, InetFlags.PKTINFO));
            case IP_RECVERR -> InetOptions.number(out, all.flag(sk, InetFlags.RECVERR));
            case IP_RECVTTL -> InetOptions.number(out, all.flag(sk, InetFlags.RECVTTL));
            case IP_RECVTOS -> InetOptions.number(out, all.flag(sk, InetFlags.RECVTOS));
            case IP_FREEBIND -> InetOptions.number(out, all.flag(sk, InetFlags.FREEBIND));
            case IP_PKTOPTIONS -> all.isStream(sk) ? 0 : -Errno.ENOPROTOOPT;
            case IP_MTU -> mtu(sk, out);
            case IP_MULTICAST_IF, IP_UNICAST_IF -> InetOptions.number(out, 0);
            case IP_MULTICAST_TTL -> {
                int stored = all.stored(sk, Socket.SOL_IP, option);
                yield InetOptions.number(out, stored == InetOptions.NO_VALUE ? 1 : stored);
            }
            case IP_MSFILTER -> room <= MSFILTER_SIZE ? -Errno.EINVAL : -Errno.ENODEV;
            case MCAST_MSFILTER -> -Errno.EINVAL;
            case IP_PROTOCOL -> InetOptions.number(out, all.isRaw(sk) ? table.protocol(sk) : 0);
            case SO_ORIGINAL_DST -> {
                int missing = room < InetAddress.IN_SIZE ? -Errno.EINVAL : -Errno.ENOENT;
                yield all.isStream(sk) ? missing : -Errno.ENOPROTOOPT;
            }
            case EBT_SO_GET_ENTRIES -> -Errno.EBADMSG;
            default -> option >= IPT_FIRST && option <= IPT_LAST ? -Errno.EINVAL : -Errno.ENOPROTOOPT;
        };
    }

    /** The route that it keeps says so, to its end: also when the other side has closed. */
    private int mtu(int sk, byte[] out) {
        int info = table.info(sk);
        boolean isConnected = inet.peerPort(info) != 0 && table.state(sk) != Socket.TCP_SYN_SENT;
        return isConnected ? InetOptions.number(out, LOOPBACK_MTU) : -Errno.ENOTCONN;
    }
}
