package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Socket;

/** Options of SOL_IPV6 that are more than a number: do_ipv6_setsockopt(), do_ipv6_getsockopt(). */
final class Ip6Options {
    private static final int IPV6_ADDRFORM = 1;
    private static final int IPV6_2292PKTOPTIONS = 6;
    private static final int IPV6_CHECKSUM = 7;
    private static final int IPV6_UNICAST_HOPS = 16;
    private static final int IPV6_MULTICAST_IF = 17;
    private static final int IPV6_MTU = 24;
    private static final int IPV6_RECVERR = 25;
    private static final int IPV6_V6ONLY = 26;
    private static final int IPV6_FLOWLABEL_MGR = 32;
    private static final int IPV6_IPSEC_POLICY = 34;
    private static final int IPV6_XFRM_POLICY = 35;
    private static final int IPV6_HDRINCL = 36;
    private static final int IPV6_RECVPKTINFO = 49;
    static final int IPV6_PKTINFO = 50;
    private static final int IPV6_RECVHOPLIMIT = 51;
    private static final int IPV6_HOPOPTS = 54;
    private static final int IPV6_RTHDRDSTOPTS = 55;
    private static final int IPV6_RTHDR = 57;
    private static final int IPV6_DSTOPTS = 59;
    private static final int IPV6_PATHMTU = 61;
    private static final int IPV6_RECVTCLASS = 66;
    private static final int IPV6_TCLASS = 67;
    private static final int IPV6_ADDR_PREFERENCES = 72;
    private static final int IPV6_UNICAST_IF = 76;
    private static final int MCAST_MSFILTER = 48;
    private static final int IP6T_FIRST = 64;
    private static final int IP6T_REVISION = 68;
    private static final int IP6T_SO_ORIGINAL_DST = 80;
    private static final int PREFER_SRC_SCOPES = 0x103; // TMP, PUBLIC, PUBTMP_DEFAULT
    private static final int PREFER_SRC_PUBTMP_DEFAULT = 0x100;
    private static final int PREFER_SRC_COA = 4;
    private static final int PREFER_SRC_HOME = 0x400;
    private static final int PREFER_SRC_CGAS = 0x808; // CGA, NONCGA
    private static final int HEADER_UNIT = 8; // bytes that extension headers are counted in
    private static final int LEAST_MTU = 1280;
    private static final int PKTINFO_SIZE = 20; // bytes of struct in6_pktinfo
    private static final int MTUINFO_SIZE = 32; // bytes of struct ip6_mtuinfo
    private static final int GROUP_FILTER_SIZE = 144; // bytes of struct group_filter without its list
    private static final int DEFAULT_HOPS = 64;

    private final InetOptions all;
    private final SockTable table;
    private final InetSockTable inet;
    private final RawSockTable raws;

    Ip6Options(InetOptions all, RawSockTable raws) {
        this.all = all;
        this.table = all.table;
        this.inet = all.inet;
        this.raws = raws;
    }

    long set(int task, int sk, int option, int value, int length) {
        if (option == IPV6_2292PKTOPTIONS) {
            return 0;
        }
        boolean isPolicy = option == IPV6_IPSEC_POLICY || option == IPV6_XFRM_POLICY;
        if (isPolicy) {
            long error = policy(task, sk, option, length);
            return error;
        }
        boolean isHeader =
                option == IPV6_HOPOPTS || option == IPV6_RTHDRDSTOPTS || option == IPV6_RTHDR || option == IPV6_DSTOPTS;
        if (isHeader) {
            return header(task, sk, option, value, length);
        }
        if (!isKnown(sk, option)) {
            return -Errno.ENOPROTOOPT;
        }
        return length < Integer.BYTES ? -Errno.EINVAL : setNumber(sk, option, value, length);
    }

    /** ipv6_set_opt_hdr(), as far as its length goes: packets carry none. */
    private long header(int task, int sk, int option, int value, int length) {
        if (option != IPV6_RTHDR && !all.sockets.nsCapable(task, sk, Capability.CAP_NET_RAW)) {
            return -Errno.EPERM;
        }
        int wanted = (((value >>> 8) & 0xff) + 1) * HEADER_UNIT;
        boolean fits = length == 0 || (length >= HEADER_UNIT && length % HEADER_UNIT == 0 && wanted <= length);
        return fits ? 0 : -Errno.EINVAL;
    }

    private long policy(int task, int sk, int option, int length) {
        if (!all.mayAdmin(task, sk)) {
            return -Errno.EPERM;
        }
        if (length <= 0) {
            return -Errno.EMSGSIZE;
        }
        return option == IPV6_XFRM_POLICY && !all.isStream(sk) ? -Errno.EINVAL : -Errno.EOPNOTSUPP;
    }

    private boolean isKnown(int sk, int option) {
        return switch (option) {
            case IPV6_CHECKSUM, IPV6_HDRINCL -> all.isRaw(sk);
            case IPV6_MULTICAST_IF -> !all.isStream(sk);
            case IPV6_ADDRFORM,
                    IPV6_UNICAST_HOPS,
                    IPV6_MTU,
                    IPV6_RECVERR,
                    IPV6_V6ONLY,
                    IPV6_FLOWLABEL_MGR,
                    IPV6_RECVPKTINFO,
                    IPV6_RECVHOPLIMIT,
                    IPV6_RECVTCLASS,
                    IPV6_TCLASS,
                    IPV6_ADDR_PREFERENCES,
                    IPV6_UNICAST_IF -> true;
            default ->
                (option >= 20 && option <= 21)
                        || (option >= 27 && option <= 28)
                        || (option >= 42 && option <= MCAST_MSFILTER)
                        || option == IP6T_FIRST
                        || option == IP6T_FIRST + 1;
        };
    }

    private long setNumber(int sk, int option, int value, int length) {
        switch (option) {
            case IPV6_ADDRFORM -> {
                boolean isInet = value == Socket.AF_INET;
                return !isInet ? -Errno.EINVAL : all.isRaw(sk) ? -Errno.ENOPROTOOPT : -Errno.ENOTCONN;
            }
            case IPV6_CHECKSUM -> {
                return all.setChecksum(inet.raw(table.info(sk)), Socket.SOL_IPV6, option, value, length);
            }
            case IPV6_UNICAST_HOPS -> {
                if (value < -1 || value > 255) {
                    return -Errno.EINVAL;
                }
                inet.setTtl(table.info(sk), Math.max(value, 0));
                return all.store(sk, Socket.SOL_IPV6, option, value);
            }
            case IPV6_V6ONLY -> {
                if (all.isRaw(sk) || inet.port(table.info(sk)) != 0) {
                    return -Errno.EINVAL;
                }
                all.setFlag(sk, InetFlags.V6ONLY, value != 0);
            }
            case IPV6_RECVERR -> all.setFlag(sk, InetFlags.RECVERR, value != 0);
            case IPV6_HDRINCL -> all.setFlag(sk, InetFlags.HDRINCL, value != 0);
            case IPV6_RECVPKTINFO -> all.setFlag(sk, InetFlags.PKTINFO6, value != 0);
            case IPV6_RECVHOPLIMIT -> all.setFlag(sk, InetFlags.RECVHOPS, value != 0);
            case IPV6_RECVTCLASS -> all.setFlag(sk, InetFlags.RECVTCLASS, value != 0);
            case IPV6_TCLASS -> {
                if (value < -1 || value > 255) {
                    return -Errno.EINVAL;
                }
                int wanted = Math.max(value, 0);
                return all.store(sk, Socket.SOL_IPV6, option, all.isStream(sk) ? wanted & 0xfc : wanted);
            }
            case IPV6_MULTICAST_IF, IPV6_UNICAST_IF -> {
                return setDevice(sk, option, value);
            }
            case IPV6_MTU -> {
                return value == 0 || value >= LEAST_MTU ? 0 : -Errno.EINVAL;
            }
            case IPV6_ADDR_PREFERENCES -> {
                return setPreferences(sk, value);
            }
            default -> {
                return -Errno.EINVAL;
            }
        }
        return 0;
    }

    /** IPV6_PKTINFO: what is sent leaves by that device. EFAULT; EINVAL when it is too short or the sock is bound to another. */
    long setPktinfo(int sk, int mm, long from, int length) {
        if (from != 0 && length >= Integer.BYTES) {
            all.memory.getInt(mm, from);
            if (all.memory.faulted()) {
                return -Errno.EFAULT;
            }
        }
        if (from == 0 || length < PKTINFO_SIZE) {
            return -Errno.EINVAL;
        }
        int ifindex = all.memory.getInt(mm, from + PKTINFO_SIZE - Integer.BYTES);
        if (all.memory.faulted()) {
            return -Errno.EFAULT;
        }
        int bound = table.boundDevIf(sk);
        if (bound != 0 && bound != ifindex) {
            return -Errno.EINVAL;
        }
        table.setSendDevIf(sk, ifindex);
        return 0;
    }

    private long setDevice(int sk, int option, int value) {
        boolean isMulticast = option == IPV6_MULTICAST_IF;
        boolean isThere = isMulticast && value > 0 && all.devices.byIndex(table.net(sk), value) != NULL;
        if (value != 0 && !isThere) {
            return isMulticast ? -Errno.ENODEV : -Errno.EADDRNOTAVAIL;
        }
        return all.store(sk, Socket.SOL_IPV6, option, value);
    }

    private long setPreferences(int sk, int value) {
        boolean isTwice = Integer.bitCount(value & PREFER_SRC_SCOPES) > 1
                || Integer.bitCount(value & (PREFER_SRC_COA | PREFER_SRC_HOME)) > 1
                || Integer.bitCount(value & PREFER_SRC_CGAS) > 1;
        if (isTwice) {
            return -Errno.EINVAL;
        }
        int scope = (value & PREFER_SRC_SCOPES) == 0 ? PREFER_SRC_PUBTMP_DEFAULT : value & PREFER_SRC_SCOPES;
        int home = (value & PREFER_SRC_COA) != 0 ? PREFER_SRC_COA : PREFER_SRC_HOME;
        return all.store(sk, Socket.SOL_IPV6, IPV6_ADDR_PREFERENCES, scope | home);
    }

    private int stored(int sk, int option, int first, byte[] out) {
        int stored = all.stored(sk, Socket.SOL_IPV6, option);
        return InetOptions.number(out, stored == InetOptions.NO_VALUE ? first : stored);
    }

    /** The length of the answer, or a negative errno. */
    int value(int sk, int option, int room, byte[] out) {
        return switch (option) {
            case IPV6_ADDRFORM -> all.isRaw(sk) ? -Errno.ENOPROTOOPT : -Errno.ENOTCONN;
            case IPV6_2292PKTOPTIONS -> all.isStream(sk) ? 0 : -Errno.ENOPROTOOPT;
            case IPV6_CHECKSUM ->
                all.isRaw(sk) ? InetOptions.number(out, raws.sum(inet.raw(table.info(sk))) - 1) : -Errno.ENOPROTOOPT;
            case IPV6_UNICAST_HOPS -> {
                int stored = all.stored(sk, Socket.SOL_IPV6, option);
                yield InetOptions.number(out, stored < 0 ? DEFAULT_HOPS : stored);
            }
            case IPV6_MULTICAST_IF, IPV6_UNICAST_IF, IPV6_TCLASS -> stored(sk, option, 0, out);
            case IPV6_MTU -> -Errno.ENOTCONN;
            case IPV6_PATHMTU -> room < MTUINFO_SIZE ? -Errno.EINVAL : -Errno.ENOTCONN;
            case IPV6_RECVERR -> InetOptions.number(out, all.flag(sk, InetFlags.RECVERR));
            case IPV6_V6ONLY -> InetOptions.number(out, all.flag(sk, InetFlags.V6ONLY));
            case IPV6_HDRINCL ->
                all.isRaw(sk) ? InetOptions.number(out, all.flag(sk, InetFlags.HDRINCL)) : -Errno.ENOPROTOOPT;
            case IPV6_RECVPKTINFO -> InetOptions.number(out, all.flag(sk, InetFlags.PKTINFO6));
            case IPV6_RECVHOPLIMIT -> InetOptions.number(out, all.flag(sk, InetFlags.RECVHOPS));
            case IPV6_RECVTCLASS -> InetOptions.number(out, all.flag(sk, InetFlags.RECVTCLASS));
            case IPV6_HOPOPTS, IPV6_RTHDRDSTOPTS, IPV6_RTHDR, IPV6_DSTOPTS -> 0;
            case IPV6_ADDR_PREFERENCES -> stored(sk, option, PREFER_SRC_PUBTMP_DEFAULT | PREFER_SRC_HOME, out);
            case IPV6_FLOWLABEL_MGR -> -Errno.EINVAL;
            case MCAST_MSFILTER -> room < GROUP_FILTER_SIZE ? -Errno.EINVAL : -Errno.EADDRNOTAVAIL;
            case IP6T_SO_ORIGINAL_DST -> {
                int missing = room < InetAddress.IN6_SIZE ? -Errno.EINVAL : -Errno.ENOENT;
                yield all.isStream(sk) ? missing : -Errno.ENOPROTOOPT;
            }
            default -> {
                boolean isFilter =
                        option == IP6T_FIRST || option == IP6T_FIRST + 1 || option == IP6T_REVISION || option == 69;
                yield isFilter ? -Errno.EINVAL : -Errno.ENOPROTOOPT;
            }
        };
    }
}
