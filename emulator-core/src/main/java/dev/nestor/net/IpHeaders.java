package dev.nestor.net;

import dev.nestor.uapi.Socket;

/** Headers and sums of IP and ICMP, as bytes. */
final class IpHeaders {
    static final int IP_SIZE = 20; // bytes of a header of IPv4 without options
    static final int IP6_SIZE = 40; // bytes of struct ipv6hdr
    static final int ICMP_SIZE = 8; // bytes of struct icmphdr, struct icmp6hdr
    static final int UDP_SIZE = 8; // bytes of struct udphdr
    static final int ICMP_ECHOREPLY = 0;
    static final int ICMP_DEST_UNREACH = 3;
    static final int ICMP_SOURCE_QUENCH = 4;
    static final int ICMP_REDIRECT = 5;
    static final int ICMP_ECHO = 8;
    static final int ICMP_TIME_EXCEEDED = 11;
    static final int ICMP_PARAMETERPROB = 12;
    static final int ICMP_NET_UNREACH = 0;
    static final int ICMP_HOST_UNREACH = 1;
    static final int ICMP_PROT_UNREACH = 2;
    static final int ICMP_PORT_UNREACH = 3;
    static final int ICMPV6_ECHO_REQUEST = 128;
    static final int ICMPV6_ECHO_REPLY = 129;
    private static final int IP_DF = 0x4000;
    private static final int VERSION_AND_LENGTH = 0x45;

    private IpHeaders() {}

    /** The sum of 16 bit words in network order, not folded. */
    static long sum(byte[] bytes, int at, int length, long before) {
        long sum = before;
        int end = at + length;
        for (int i = at; i + 1 < end; i += 2) {
            sum += Bytes.getPort(bytes, i);
        }
        return (length & 1) == 0 ? sum : sum + ((bytes[end - 1] & 0xff) << 8);
    }

    /** csum_fold(): in network order. */
    static int fold(long sum) {
        long folded = sum;
        while (folded >>> 16 != 0) {
            folded = (folded & 0xffff) + (folded >>> 16);
        }
        return (int) ~folded & 0xffff;
    }

    private static long words(long half) {
        return (half >>> 48) + (half >>> 32 & 0xffff) + (half >>> 16 & 0xffff) + (half & 0xffff);
    }

    /** csum_ipv6_magic(), csum_tcpudp_nofold(): the pseudo header's part of a sum. */
    static long pseudo(SkBuffTable skbs, int skb, int protocol, int length) {
        boolean is4 = InetAddress.isV4(skbs.toHigh(skb), skbs.toLow(skb));
        long from = is4 ? words(skbs.addressLow(skb) & 0xffffffffL) : words(skbs.addressLow(skb));
        long to = is4 ? words(skbs.toLow(skb) & 0xffffffffL) : words(skbs.toLow(skb));
        return words(skbs.addressHigh(skb)) + from + words(skbs.toHigh(skb)) + to + protocol + length;
    }

    /** Writes the header of IPv4 of a packet that carries so many bytes. */
    static void put4(SkBuffTable skbs, int skb, int bytes, byte[] into, int at) {
        Bytes.putShort(into, at, VERSION_AND_LENGTH | IpPackets.tos(skbs.datum(skb)) << 8);
        Bytes.putPort(into, at + 2, IP_SIZE + bytes);
        Bytes.putPort(into, at + 4, skbs.toPort(skb));
        Bytes.putPort(into, at + 6, IpPackets.isWhole(skbs.datum(skb)) ? IP_DF : 0);
        into[at + 8] = (byte) IpPackets.ttl(skbs.datum(skb));
        into[at + 9] = (byte) skbs.port(skb);
        Bytes.putPort(into, at + 10, 0);
        Bytes.putNetInt(into, at + 12, (int) skbs.addressLow(skb));
        Bytes.putNetInt(into, at + 16, (int) skbs.toLow(skb));
        Bytes.putPort(into, at + 10, fold(sum(into, at, IP_SIZE, 0)));
    }

    /** Gives a header of IPv4 another protocol and identification. */
    static void name4(int protocol, int id, byte[] into, int at) {
        Bytes.putPort(into, at + 4, id);
        into[at + 9] = (byte) protocol;
        Bytes.putPort(into, at + 10, 0);
        Bytes.putPort(into, at + 10, fold(sum(into, at, IP_SIZE, 0)));
    }

    /** Writes the header of IPv6 of a packet that carries so many bytes. */
    static void put6(SkBuffTable skbs, int skb, int protocol, int bytes, byte[] into, int at) {
        Bytes.putNetInt(into, at, 6 << 28 | IpPackets.tos(skbs.datum(skb)) << 20);
        Bytes.putPort(into, at + 4, bytes);
        into[at + 6] = (byte) protocol;
        into[at + 7] = (byte) IpPackets.ttl(skbs.datum(skb));
        Bytes.putNetLong(into, at + 8, skbs.addressHigh(skb));
        Bytes.putNetLong(into, at + 16, skbs.addressLow(skb));
        Bytes.putNetLong(into, at + 24, skbs.toHigh(skb));
        Bytes.putNetLong(into, at + 32, skbs.toLow(skb));
    }

    /** Whether a message of ICMP has the sum that it should have. */
    static boolean isRight(SkBuffTable skbs, int skb, byte[] bytes, int length) {
        boolean is4 = InetAddress.isV4(skbs.toHigh(skb), skbs.toLow(skb));
        long sum = is4 ? 0 : pseudo(skbs, skb, Socket.IPPROTO_ICMPV6, length);
        return fold(sum(bytes, 0, length, sum)) == 0;
    }

    /** Puts the sum into a message of ICMP. */
    static void putSum(SkBuffTable skbs, int skb, byte[] bytes, int length) {
        boolean is4 = InetAddress.isV4(skbs.toHigh(skb), skbs.toLow(skb));
        Bytes.putPort(bytes, 2, 0);
        long sum = is4 ? 0 : pseudo(skbs, skb, Socket.IPPROTO_ICMPV6, length);
        Bytes.putPort(bytes, 2, fold(sum(bytes, 0, length, sum)));
    }
}
