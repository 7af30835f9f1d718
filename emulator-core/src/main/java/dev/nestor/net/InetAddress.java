package dev.nestor.net;

import dev.nestor.uapi.Socket;

/** Addresses of IP in two halves; those of IPv4 are mapped, ::ffff:a.b.c.d. One object holds one address with its port. */
final class InetAddress {
    static final int IN_SIZE = 16; // bytes of sockaddr_in
    static final int IN6_SIZE = 28; // bytes of sockaddr_in6
    static final int IN6_LEAST = 24; // SIN6_LEN_RFC2133

    /** 0.0.0.0. */
    static final long ANY4 = 0xffff_0000_0000L;

    static final long LOOPBACK4 = ANY4 | 0x7f00_0001L;

    long high;
    long low;
    int port;

    static boolean isV4(long high, long low) {
        return high == 0 && low >>> 32 == 0xffff;
    }

    static boolean isAny(long high, long low) {
        return high == 0 && (low == 0 || low == ANY4);
    }

    static boolean isLoopback(long high, long low) {
        return high == 0 && (low == 1 || (low >>> 24) == (LOOPBACK4 >>> 24));
    }

    static boolean isMulticast(long high, long low) {
        return isV4(high, low) ? ((low >>> 28) & 15) == 14 : high >>> 56 == 0xff;
    }

    /** inet_rcv_saddr_equal() with wildcards: whether two addresses that sockets are bound to overlap. */
    static boolean overlap(long high, long low, boolean v6only, long otherHigh, long otherLow, boolean otherV6only) {
        boolean isAny6 = high == 0 && low == 0;
        boolean otherIsAny6 = otherHigh == 0 && otherLow == 0;
        boolean is4 = isV4(high, low);
        boolean otherIs4 = isV4(otherHigh, otherLow);
        if (is4 && otherIs4) {
            return low == ANY4 || otherLow == ANY4 || low == otherLow;
        }
        if (is4 || otherIs4) {
            return is4 ? otherIsAny6 && !otherV6only : isAny6 && !v6only;
        }
        return isAny6 || otherIsAny6 || (high == otherHigh && low == otherLow);
    }

    /** Takes a sockaddr_in or sockaddr_in6. */
    InetAddress take(byte[] address) {
        port = Bytes.getPort(address, 2);
        if (Bytes.getShort(address, 0) == Socket.AF_INET6) {
            high = Bytes.getNetLong(address, 8);
            low = Bytes.getNetLong(address, 16);
        } else {
            high = 0;
            low = ANY4 | (Bytes.getNetInt(address, 4) & 0xffffffffL);
        }
        return this;
    }

    /** Writes a sockaddr of a family; its length. */
    static int put(int family, long high, long low, int port, byte[] into) {
        java.util.Arrays.fill(into, 0, IN6_SIZE, (byte) 0);
        Bytes.putShort(into, 0, family);
        Bytes.putPort(into, 2, port);
        if (family == Socket.AF_INET6) {
            Bytes.putNetLong(into, 8, high);
            Bytes.putNetLong(into, 16, low);
            return IN6_SIZE;
        }
        Bytes.putNetInt(into, 4, (int) low);
        return IN_SIZE;
    }
}
