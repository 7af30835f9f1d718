package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Socket;

/**
 * Options of other levels than SOL_SOCKET on sockets of IP. Plain numbers are in {@link InetOptionSpecs}, what does something in
 * {@link IpOptions}, {@link Ip6Options} and {@link TcpOptions}; here is what all have in common, and raw sockets' own.
 */
final class InetOptions {
    /** What {@link #stored} answers where an option is as at first. */
    static final int NO_VALUE = Integer.MIN_VALUE;

    private static final int ICMP_FILTER = 1;
    private static final int FILTER6_SIZE = 32; // bytes of struct icmp6_filter
    private static final int IPV6_CHECKSUM = 7;
    private static final int UDP_CORK = 1;
    private static final int IP_NODEFRAG = 22;
    private static final int IP_TRANSPARENT = 19;
    private static final int IPV6_TRANSPARENT = 75;

    final Sockets sockets;
    final SockTable table;
    final InetSockTable inet;
    final NetDevices devices;
    final UserMemory memory;
    private final RawSockTable raws;
    private final InetOptionTable options;
    private final InetOptionSpecs specs = new InetOptionSpecs();
    private final IpOptions ip;
    private final Ip6Options ip6;
    private final TcpOptions tcp;
    private final byte[] out = new byte[256];

    InetOptions(Sockets sockets, InetSockTable inet, RawSockTable raws, InetOptionTable options, NetDevices devices) {
        this.sockets = sockets;
        this.table = sockets.table;
        this.inet = inet;
        this.raws = raws;
        this.options = options;
        this.devices = devices;
        this.memory = sockets.vfs.below.memory();
        this.ip = new IpOptions(this);
        this.ip6 = new Ip6Options(this, raws);
        this.tcp = new TcpOptions(this);
    }

    boolean isStream(int sk) {
        return table.type(sk) == Socket.SOCK_STREAM;
    }

    boolean isRaw(int sk) {
        return table.type(sk) == Socket.SOCK_RAW;
    }

    private boolean has(int sk, int level) {
        boolean is6 = table.family(sk) == Socket.AF_INET6;
        return switch (level) {
            case Socket.SOL_IP -> !is6 || !isRaw(sk);
            case Socket.SOL_IPV6 -> is6;
            case Socket.SOL_TCP -> isStream(sk);
            case Socket.SOL_UDP -> isUdp(sk);
            case Socket.SOL_RAW -> isRaw(sk);
            case Socket.SOL_ICMPV6 -> isRaw(sk) && is6;
            default -> false;
        };
    }

    private boolean isUdp(int sk) {
        int protocol = table.protocol(sk);
        return protocol == Socket.IPPROTO_UDP || protocol == Socket.IPPROTO_UDPLITE;
    }

    void setFlag(int sk, int flag, boolean on) {
        int info = table.info(sk);
        inet.setFlags(info, on ? inet.flags(info) | flag : inet.flags(info) & ~flag);
    }

    int flag(int sk, int flag) {
        return (inet.flags(table.info(sk)) & flag) != 0 ? 1 : 0;
    }

    /** What has been set, or NO_VALUE. */
    int stored(int sk, int level, int option) {
        int row = find(sk, InetOptionSpecs.key(level, option));
        return row == NULL ? NO_VALUE : options.value(row);
    }

    private int find(int sk, int key) {
        int row = options.options().first(table.info(sk));
        while (row != NULL && options.key(row) != key) {
            row = options.options().next(row);
        }
        return row;
    }

    /** Keeps a value; ENOBUFS at the table's limit. */
    long store(int sk, int level, int option, int value) {
        int key = InetOptionSpecs.key(level, option);
        int row = find(sk, key);
        if (row == NULL) {
            row = options.alloc();
            if (row == NULL) {
                return -Errno.ENOBUFS;
            }
            options.setKey(row, key);
            options.options().addLast(table.info(sk), row);
        }
        options.setValue(row, value);
        return 0;
    }

    /** Drops what has been set; false where nothing was. */
    boolean forget(int sk, int level, int option) {
        int row = find(sk, InetOptionSpecs.key(level, option));
        if (row == NULL) {
            return false;
        }
        options.options().remove(row);
        options.free(row);
        return true;
    }

    /** All that was set, when a sock goes. */
    void forgetAll(int info) {
        for (int row = options.options().first(info);
                row != NULL;
                row = options.options().first(info)) {
            options.options().remove(row);
            options.free(row);
        }
    }

    /** sk_clone(): an accepted socket begins with what its listener has. */
    void inherit(int child, int listener) {
        for (int row = options.options().first(table.info(listener));
                row != NULL;
                row = options.options().next(row)) {
            int key = options.key(row);
            if (key >>> 24 != IpOptions.MEMBERSHIPS) {
                store(child, key >>> 8, key & 0xff, options.value(row));
            }
        }
    }

    boolean mayAdmin(int task, int sk) {
        return sockets.nsCapable(task, sk, Capability.CAP_NET_ADMIN);
    }

    long set(int task, int sk, int level, int option, long address, int length) {
        int mm = sockets.tasks.mm(task);
        boolean is6 = table.family(sk) == Socket.AF_INET6;
        if (!has(sk, level)) {
            boolean isOfRaw = isRaw(sk) && !is6 && level == Socket.SOL_ICMPV6;
            return isOfRaw || !isRaw(sk) || level == Socket.SOL_IP ? -Errno.ENOPROTOOPT : -Errno.EOPNOTSUPP;
        }
        if (level == Socket.SOL_RAW || level == Socket.SOL_ICMPV6) {
            return setRaw(sk, level, option, address, length, mm);
        }
        if (level == Socket.SOL_TCP && TcpOptions.isText(option)) {
            return tcp.setText(sk, option, mm, address, length);
        }
        if (level == Socket.SOL_IPV6 && option == Ip6Options.IPV6_PKTINFO) {
            return ip6.setPktinfo(sk, mm, address, length);
        }
        if (IpOptions.isMembership(level, option)) {
            return ip.setMembership(sk, level, option, mm, address, length);
        }
        int value = 0;
        if (length >= Integer.BYTES) {
            value = memory.getInt(mm, address);
        } else if (length > 0 && level == Socket.SOL_IP) {
            value = memory.getByte(mm, address) & 0xff;
        }
        if (memory.faulted()) {
            return -Errno.EFAULT;
        }
        return setValue(task, sk, level, option, value, length);
    }

    private long setValue(int task, int sk, int level, int option, int value, int length) {
        int spec = specs.find(level, option);
        if (spec != InetOptionSpecs.NONE && (level != Socket.SOL_TCP || length >= Integer.BYTES)) {
            return setNumber(task, sk, level, option, value, length);
        }
        return switch (level) {
            case Socket.SOL_IP -> ip.set(task, sk, option, value, length);
            case Socket.SOL_IPV6 -> ip6.set(task, sk, option, value, length);
            case Socket.SOL_TCP -> tcp.set(task, sk, option, value, length);
            default -> {
                if (length < Integer.BYTES) {
                    yield -Errno.EINVAL;
                }
                if (option == UDP_CORK) {
                    setFlag(sk, InetFlags.CORK, value != 0);
                }
                yield option == UDP_CORK ? 0 : -Errno.ENOPROTOOPT;
            }
        };
    }

    private long setNumber(int task, int sk, int level, int option, int value, int length) {
        int spec = specs.find(level, option);
        if (!specs.has(spec, table.type(sk))) {
            return level == Socket.SOL_IPV6 ? -Errno.ENOPROTOOPT : -Errno.EINVAL;
        }
        boolean isOfRaw = level == Socket.SOL_IP && option == IP_NODEFRAG && isRaw(sk);
        int error = isOfRaw ? 0 : specs.check(spec, value, length);
        if (error != 0) {
            return error;
        }
        boolean isTransparent = level == Socket.SOL_IP
                ? option == IP_TRANSPARENT
                : level == Socket.SOL_IPV6 && option == IPV6_TRANSPARENT;
        if (isTransparent
                && value != 0
                && !mayAdmin(task, sk)
                && !sockets.nsCapable(task, sk, Capability.CAP_NET_RAW)) {
            return -Errno.EPERM;
        }
        return store(sk, level, option, isOfRaw ? (value != 0 ? 1 : 0) : specs.kept(spec, value));
    }

    /** ICMP_FILTER, ICMPV6_FILTER, IPV6_CHECKSUM of raw sockets. */
    private long setRaw(int sk, int level, int option, long address, int length, int mm) {
        int raw = inet.raw(table.info(sk));
        boolean is4 = table.family(sk) == Socket.AF_INET;
        if (!is4 && level == Socket.SOL_RAW) {
            return setChecksum(raw, level, option, memory.getInt(mm, address), length);
        }
        if (option != ICMP_FILTER) {
            return is4 || isIcmp(sk) ? -Errno.ENOPROTOOPT : -Errno.EOPNOTSUPP;
        }
        if (!isIcmp(sk)) {
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

    private boolean isIcmp(int sk) {
        boolean is4 = table.family(sk) == Socket.AF_INET;
        return raws.protocol(inet.raw(table.info(sk))) == (is4 ? Socket.IPPROTO_ICMP : Socket.IPPROTO_ICMPV6);
    }

    private void putFilter(int raw, boolean is4) {
        for (int word = 0; word < RawSockTable.WORDS; word++) {
            Bytes.putLong(out, word * Long.BYTES, is4 && word > 0 ? 0 : raws.filter(raw, word));
        }
    }

    long setChecksum(int raw, int level, int option, int value, int length) {
        if (length < Integer.BYTES) {
            return -Errno.EINVAL;
        }
        if (option != IPV6_CHECKSUM) {
            return -Errno.ENOPROTOOPT;
        }
        boolean isFixed = raws.protocol(raw) == Socket.IPPROTO_ICMPV6 && level == Socket.SOL_IPV6;
        if (isFixed || (value > 0 && (value & 1) != 0)) {
            return -Errno.EINVAL;
        }
        raws.setSum(raw, value < 0 ? 0 : value + 1);
        return 0;
    }

    long get(int task, int sk, int level, int option, long address, long lengthAt) {
        if (!has(sk, level)) {
            return table.family(sk) == Socket.AF_INET ? -Errno.EOPNOTSUPP : -Errno.ENOPROTOOPT;
        }
        int mm = sockets.tasks.mm(task);
        int room = sockets.optionRoom(mm, lengthAt);
        if (room < 0) {
            return room;
        }
        if (level == Socket.SOL_ICMPV6 && !isIcmp(sk)) {
            return -Errno.EOPNOTSUPP;
        }
        boolean hasFilter = option == ICMP_FILTER && (level == Socket.SOL_RAW || level == Socket.SOL_ICMPV6);
        if (hasFilter) {
            return filter(sk, mm, room, address, lengthAt);
        }
        int length = value(sk, level, option, room);
        if (length < 0) {
            return length;
        }
        int shown = Math.min(room, length);
        boolean isByte = level == Socket.SOL_IP && length == Integer.BYTES && room > 0 && room < Integer.BYTES;
        if (isByte && Bytes.getInt(out, 0) >= 0 && Bytes.getInt(out, 0) <= 255) {
            shown = 1;
        }
        if (memory.putInt(mm, lengthAt, shown) != 0) {
            return -Errno.EFAULT;
        }
        return memory.copyToUser(mm, address, out, 0, shown);
    }

    /** Puts a number into the answer; its length. */
    static int number(byte[] into, int value) {
        Bytes.putInt(into, 0, value);
        return Integer.BYTES;
    }

    private int value(int sk, int level, int option, int room) {
        int spec = specs.find(level, option);
        if (spec != InetOptionSpecs.NONE && (level != Socket.SOL_TCP || !TcpOptions.isOwn(option))) {
            int stored = stored(sk, level, option);
            return number(out, stored == NO_VALUE ? specs.first(spec) : stored);
        }
        return switch (level) {
            case Socket.SOL_IP -> ip.value(sk, option, room, out);
            case Socket.SOL_IPV6 -> ip6.value(sk, option, room, out);
            case Socket.SOL_TCP -> tcp.value(sk, option, room, out);
            case Socket.SOL_UDP -> option == UDP_CORK ? number(out, flag(sk, InetFlags.CORK)) : -Errno.ENOPROTOOPT;
            default ->
                option == IPV6_CHECKSUM && level == Socket.SOL_RAW && table.family(sk) == Socket.AF_INET6
                        ? number(out, raws.sum(inet.raw(table.info(sk))) - 1)
                        : -Errno.ENOPROTOOPT;
        };
    }

    /** ICMP_FILTER, ICMPV6_FILTER. */
    private long filter(int sk, int mm, int room, long address, long lengthAt) {
        int raw = inet.raw(table.info(sk));
        boolean is4 = table.family(sk) == Socket.AF_INET;
        if (!isIcmp(sk)) {
            return -Errno.EOPNOTSUPP;
        }
        int length = Math.min(room, is4 ? Integer.BYTES : FILTER6_SIZE);
        if (memory.putInt(mm, lengthAt, length) != 0) {
            return -Errno.EFAULT;
        }
        putFilter(raw, is4);
        return memory.copyToUser(mm, address, out, 0, length);
    }
}
