package dev.nestor.net;

import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Socket;

/** Options of SOL_IP, SOL_IPV6, SOL_TCP, SOL_UDP, SOL_RAW and SOL_ICMPV6: what programs set to be told, or to tune. */
final class InetOptions {
    private static final int IP_TOS = 1;
    private static final int IP_TTL = 2;
    private static final int IP_HDRINCL = 3;
    private static final int IP_PKTINFO = 8;
    private static final int IP_MTU_DISCOVER = 10;
    private static final int IP_RECVERR = 11;
    private static final int IP_RECVTTL = 12;
    private static final int IP_MTU = 14;
    private static final int IP_FREEBIND = 15;
    private static final int IP_MULTICAST_TTL = 33;
    private static final int IP_MULTICAST_LOOP = 34;
    private static final int ICMP_FILTER = 1;
    private static final int FILTER6_SIZE = 32; // bytes of struct icmp6_filter
    private static final int IPV6_CHECKSUM = 7;
    private static final int IPV6_UNICAST_HOPS = 16;
    private static final int IPV6_V6ONLY = 26;
    private static final int IPV6_RECVERR = 25;
    private static final int TCP_NODELAY = 1;
    private static final int TCP_MAXSEG = 2;
    private static final int TCP_CORK = 3;
    private static final int TCP_CONGESTION = 13;
    private static final int UDP_CORK = 1;
    private static final int MSS_LOOPBACK = 32_768; // TCP_MAXSEG of a connection over loopback
    private static final int MSS_DEFAULT = 536;
    private static final int LOOPBACK_MTU = 65_535;
    private static final int DEFAULT_TTL = 64;

    private final Sockets sockets;
    private final SockTable table;
    private final InetSockTable inet;
    private final RawSockTable raws;
    private final UserMemory memory;
    private final byte[] out = new byte[256];

    InetOptions(Sockets sockets, InetSockTable inet, RawSockTable raws) {
        this.sockets = sockets;
        this.table = sockets.table;
        this.inet = inet;
        this.raws = raws;
        this.memory = sockets.vfs.below.memory();
    }

    private boolean isTcp(int sk) {
        return table.type(sk) == Socket.SOCK_STREAM;
    }

    private boolean has(int sk, int level) {
        return switch (level) {
            case Socket.SOL_IP -> true;
            case Socket.SOL_IPV6 -> table.family(sk) == Socket.AF_INET6;
            case Socket.SOL_TCP -> isTcp(sk);
            case Socket.SOL_UDP -> table.type(sk) == Socket.SOCK_DGRAM;
            case Socket.SOL_RAW -> table.type(sk) == Socket.SOCK_RAW;
            case Socket.SOL_ICMPV6 -> table.type(sk) == Socket.SOCK_RAW && table.family(sk) == Socket.AF_INET6;
            default -> false;
        };
    }

    private void setFlag(int sk, int flag, boolean on) {
        int info = table.info(sk);
        inet.setFlags(info, on ? inet.flags(info) | flag : inet.flags(info) & ~flag);
    }

    long set(int task, int sk, int level, int option, long address, int length) {
        if (!has(sk, level)) {
            return -Errno.EOPNOTSUPP;
        }
        int mm = sockets.tasks.mm(task);
        if (level == Socket.SOL_RAW || level == Socket.SOL_ICMPV6) {
            return setRaw(sk, level, option, address, length, mm);
        }
        int value = 0;
        if (length >= Integer.BYTES) {
            value = memory.getInt(mm, address);
        } else if (length > 0) {
            value = memory.getByte(mm, address) & 0xff;
        }
        if (memory.faulted()) {
            return -Errno.EFAULT;
        }
        return switch (level) {
            case Socket.SOL_IP -> setIp(task, sk, option, value, length);
            case Socket.SOL_IPV6 -> setIp6(sk, option, value, length);
            case Socket.SOL_TCP -> setTcp(sk, option, value, length);
            case Socket.SOL_UDP -> {
                if (option == UDP_CORK) {
                    setFlag(sk, InetFlags.CORK, value != 0);
                }
                yield option == UDP_CORK ? 0 : -Errno.ENOPROTOOPT;
            }
            default -> -Errno.ENOPROTOOPT;
        };
    }

    /** ICMP_FILTER, ICMPV6_FILTER, IPV6_CHECKSUM of raw sockets. */
    private long setRaw(int sk, int level, int option, long address, int length, int mm) {
        int raw = inet.raw(table.info(sk));
        boolean is4 = table.family(sk) == Socket.AF_INET;
        if (!is4 && level == Socket.SOL_RAW) {
            return setChecksum(raw, level, option, memory.getInt(mm, address), length);
        }
        if (option != ICMP_FILTER) {
            return -Errno.ENOPROTOOPT;
        }
        if (raws.protocol(raw) != (is4 ? Socket.IPPROTO_ICMP : Socket.IPPROTO_ICMPV6)) {
            return -Errno.EOPNOTSUPP;
        }
        int bytes = Math.min(length, is4 ? Integer.BYTES : FILTER6_SIZE);
        putFilter(raw, is4);
        boolean isThere = memory.copyFromUser(mm, address, out, 0, bytes) == 0;
        if (!isThere) {
            java.util.Arrays.fill(out, 0, bytes, (byte) 0); // as copy_from_user() leaves it
        }
        for (int word = 0; word < RawSockTable.WORDS; word++) {
            raws.setFilter(raw, word, Bytes.getLong(out, word * Long.BYTES));
        }
        return isThere ? 0 : -Errno.EFAULT;
    }

    private void putFilter(int raw, boolean is4) {
        for (int word = 0; word < RawSockTable.WORDS; word++) {
            Bytes.putLong(out, word * Long.BYTES, is4 && word > 0 ? 0 : raws.filter(raw, word));
        }
    }

    private long setChecksum(int raw, int level, int option, int value, int length) {
        if (option != IPV6_CHECKSUM) {
            return -Errno.ENOPROTOOPT;
        }
        if (length < Integer.BYTES) {
            return -Errno.EINVAL;
        }
        boolean isFixed = raws.protocol(raw) == Socket.IPPROTO_ICMPV6 && level == Socket.SOL_IPV6;
        if (isFixed || (value > 0 && (value & 1) != 0)) {
            return -Errno.EINVAL;
        }
        raws.setSum(raw, value < 0 ? 0 : value + 1);
        return 0;
    }

    private long setIp(int task, int sk, int option, int value, int length) {
        switch (option) {
            case IP_TOS -> inet.setTos(table.info(sk), value & 0xff);
            case IP_TTL -> {
                if (length < 1 || (value != -1 && (value < 1 || value > 255))) {
                    return -Errno.EINVAL;
                }
                inet.setTtl(table.info(sk), value == -1 ? 0 : value);
            }
            case IP_HDRINCL -> {
                if (table.type(sk) != Socket.SOCK_RAW) {
                    return -Errno.ENOPROTOOPT;
                }
                setFlag(sk, InetFlags.HDRINCL, value != 0);
            }
            case IP_PKTINFO -> setFlag(sk, InetFlags.PKTINFO, value != 0);
            case IP_RECVERR -> setFlag(sk, InetFlags.RECVERR, value != 0);
            case IP_RECVTTL -> setFlag(sk, InetFlags.RECVTTL, value != 0);
            case IP_FREEBIND -> setFlag(sk, InetFlags.FREEBIND, value != 0);
            case IP_MTU -> {
                return -Errno.ENOPROTOOPT;
            }
            default -> {
                return isKnownIp(option) ? 0 : option >= 64 && option < 70 ? filter(task, sk) : -Errno.ENOPROTOOPT;
            }
        }
        return 0;
    }

    private long filter(int task, int sk) {
        return sockets.nsCapable(task, sk, Capability.CAP_NET_ADMIN) ? -Errno.EINVAL : -Errno.EPERM;
    }

    /** Those that are taken, and do nothing here. */
    private static boolean isKnownIp(int option) {
        return (option >= 4 && option <= 24) || (option >= 32 && option <= 51);
    }

    private long setIp6(int sk, int option, int value, int length) {
        switch (option) {
            case IPV6_V6ONLY -> {
                if (length < Integer.BYTES || inet.port(table.info(sk)) != 0) {
                    return -Errno.EINVAL;
                }
                setFlag(sk, InetFlags.V6ONLY, value != 0);
            }
            case IPV6_CHECKSUM -> {
                return table.type(sk) == Socket.SOCK_RAW
                        ? setChecksum(inet.raw(table.info(sk)), Socket.SOL_IPV6, option, value, length)
                        : -Errno.ENOPROTOOPT;
            }
            case IPV6_UNICAST_HOPS -> inet.setTtl(table.info(sk), value);
            case IPV6_RECVERR -> setFlag(sk, InetFlags.RECVERR, value != 0);
            default -> {
                return option > 0 && option <= 80 ? 0 : -Errno.ENOPROTOOPT;
            }
        }
        return 0;
    }

    private long setTcp(int sk, int option, int value, int length) {
        if (option == TCP_CONGESTION) {
            return length < 1 ? -Errno.EINVAL : 0;
        }
        if (length < Integer.BYTES) {
            return -Errno.EINVAL;
        }
        switch (option) {
            case TCP_NODELAY -> setFlag(sk, InetFlags.NODELAY, value != 0);
            case TCP_CORK -> setFlag(sk, InetFlags.CORK, value != 0);
            case TCP_MAXSEG -> {
                return value != 0 && (value < 88 || value > 32_767) ? -Errno.EINVAL : 0;
            }
            default -> {
                return option > 0 && option <= 44 ? 0 : -Errno.ENOPROTOOPT;
            }
        }
        return 0;
    }

    long get(int task, int sk, int level, int option, long address, long lengthAt) {
        if (!has(sk, level)) {
            return -Errno.EOPNOTSUPP;
        }
        int mm = sockets.tasks.mm(task);
        int room = memory.getInt(mm, lengthAt);
        if (memory.faulted()) {
            return -Errno.EFAULT;
        }
        if (room < 0) {
            return -Errno.EINVAL;
        }
        boolean hasFilter = option == ICMP_FILTER && (level == Socket.SOL_RAW || level == Socket.SOL_ICMPV6);
        if (hasFilter) {
            return filter(sk, mm, room, address, lengthAt);
        }
        long value = value(sk, level, option);
        if (value < -1) {
            return value;
        }
        Bytes.putInt(out, 0, (int) value);
        int length = Math.min(room, Integer.BYTES);
        if (level == Socket.SOL_TCP && option == TCP_CONGESTION) {
            java.util.Arrays.fill(out, 0, 16, (byte) 0);
            System.arraycopy(NetDevices.bytes("bbr"), 0, out, 0, 3);
            length = Math.min(room, 16);
        }
        if (memory.putInt(mm, lengthAt, length) != 0) {
            return -Errno.EFAULT;
        }
        return memory.copyToUser(mm, address, out, 0, length);
    }

    private long filter(int sk, int mm, int room, long address, long lengthAt) {
        int raw = inet.raw(table.info(sk));
        boolean is4 = table.family(sk) == Socket.AF_INET;
        if (raws.protocol(raw) != (is4 ? Socket.IPPROTO_ICMP : Socket.IPPROTO_ICMPV6)) {
            return -Errno.EOPNOTSUPP;
        }
        int length = Math.min(room, is4 ? Integer.BYTES : FILTER6_SIZE);
        if (memory.putInt(mm, lengthAt, length) != 0) {
            return -Errno.EFAULT;
        }
        putFilter(raw, is4);
        return memory.copyToUser(mm, address, out, 0, length);
    }

    private int flag(int sk, int flag) {
        return (inet.flags(table.info(sk)) & flag) != 0 ? 1 : 0;
    }

    private long value(int sk, int level, int option) {
        return switch (level) {
            case Socket.SOL_IP -> ipValue(sk, option);
            case Socket.SOL_IPV6 -> ip6Value(sk, option);
            case Socket.SOL_TCP -> tcpValue(sk, option);
            case Socket.SOL_UDP -> option == UDP_CORK ? flag(sk, InetFlags.CORK) : -Errno.ENOPROTOOPT;
            default -> isChecksum(sk, option) ? raws.sum(inet.raw(table.info(sk))) - 1 : -Errno.ENOPROTOOPT;
        };
    }

    private boolean isChecksum(int sk, int option) {
        return option == IPV6_CHECKSUM && table.type(sk) == Socket.SOCK_RAW && table.family(sk) == Socket.AF_INET6;
    }

    private long ipValue(int sk, int option) {
        int info = table.info(sk);
        return switch (option) {
            case IP_TOS -> inet.tos(info);
            case IP_TTL -> inet.ttl(info) == 0 ? DEFAULT_TTL : inet.ttl(info);
            case IP_HDRINCL -> flag(sk, InetFlags.HDRINCL);
            case IP_PKTINFO -> flag(sk, InetFlags.PKTINFO);
            case IP_RECVERR -> flag(sk, InetFlags.RECVERR);
            case IP_RECVTTL -> flag(sk, InetFlags.RECVTTL);
            case IP_FREEBIND -> flag(sk, InetFlags.FREEBIND);
            case IP_MTU_DISCOVER, IP_MULTICAST_TTL, IP_MULTICAST_LOOP -> 1;
            case IP_MTU -> table.state(sk) == Socket.TCP_ESTABLISHED ? LOOPBACK_MTU : -Errno.ENOTCONN;
            default -> isKnownIp(option) ? 0 : -Errno.ENOPROTOOPT;
        };
    }

    private long ip6Value(int sk, int option) {
        int info = table.info(sk);
        return switch (option) {
            case IPV6_V6ONLY -> flag(sk, InetFlags.V6ONLY);
            case IPV6_CHECKSUM -> isChecksum(sk, option) ? raws.sum(inet.raw(info)) - 1 : -Errno.ENOPROTOOPT;
            case IPV6_UNICAST_HOPS -> inet.ttl(info) == 0 ? DEFAULT_TTL : inet.ttl(info);
            default -> option > 0 && option <= 80 ? 0 : -Errno.ENOPROTOOPT;
        };
    }

    private long tcpValue(int sk, int option) {
        boolean isConnected = table.state(sk) == Socket.TCP_ESTABLISHED || table.state(sk) == Socket.TCP_CLOSE_WAIT;
        return switch (option) {
            case TCP_NODELAY -> flag(sk, InetFlags.NODELAY);
            case TCP_CORK -> flag(sk, InetFlags.CORK);
            case TCP_MAXSEG -> isConnected ? MSS_LOOPBACK : MSS_DEFAULT;
            case 4 -> 7200; // TCP_KEEPIDLE, s
            case 5 -> 75; // TCP_KEEPINTVL, s
            case 6 -> 9; // TCP_KEEPCNT
            case 7 -> 6; // TCP_SYNCNT
            case 8 -> 60; // TCP_LINGER2, s
            case 12 -> isConnected ? 0 : 1; // TCP_QUICKACK
            default -> option > 0 && option <= 44 ? 0 : -Errno.ENOPROTOOPT;
        };
    }
}
