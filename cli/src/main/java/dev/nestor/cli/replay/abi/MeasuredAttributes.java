package dev.nestor.cli.replay.abi;

/**
 * Attributes in messages of NETLINK_ROUTE that hold what was measured on the recorded machine: counters of devices, and when an
 * address was made or changed. Their places and lengths are compared, as everything else is.
 */
final class MeasuredAttributes {

    private static final int RTM_NEWLINK = 16;
    private static final int RTM_NEWADDR = 20;
    private static final int LINK_HEADER = 16; // bytes of struct ifinfomsg
    private static final int ADDRESS_HEADER = 8; // bytes of struct ifaddrmsg
    private static final int ATTRIBUTE = 4; // bytes of struct nlattr
    private static final int IFA_CACHEINFO = 6;
    private static final int STAMPS = 8; // where cstamp and tstamp stand in struct ifa_cacheinfo
    private static final int IFLA_STATS = 7;
    private static final int IFLA_STATS64 = 23;
    private static final int IFLA_AF_SPEC = 26;
    private static final int AF_INET6 = 10;
    private static final int IFLA_INET6_STATS = 3;
    private static final int IFLA_INET6_CACHEINFO = 5;
    private static final int IFLA_INET6_ICMP6STATS = 6;

    private MeasuredAttributes() {}

    /**
     * The payload that is shown, with what was found where something was measured.
     *
     * @param isCut whether more followed that is not shown
     */
    static byte[] likened(int type, byte[] shown, boolean isCut, byte[] found) {
        int header = type == RTM_NEWLINK ? LINK_HEADER : type == RTM_NEWADDR ? ADDRESS_HEADER : shown.length;
        if (header >= shown.length || !isWhole(shown, header, shown.length, isCut)) {
            return shown;
        }
        byte[] likened = shown.clone();
        for (int at = header; at + ATTRIBUTE <= shown.length; at = next(shown, at)) {
            int attribute = type(shown, at);
            if (type == RTM_NEWADDR && attribute == IFA_CACHEINFO) {
                take(likened, found, at, STAMPS);
            } else if (type == RTM_NEWLINK && (attribute == IFLA_STATS || attribute == IFLA_STATS64)) {
                take(likened, found, at, 0);
            } else if (type == RTM_NEWLINK && attribute == IFLA_AF_SPEC) {
                likenFamilies(likened, found, at);
            }
        }
        return likened;
    }

    private static void likenFamilies(byte[] likened, byte[] found, int at) {
        int end = at + length(likened, at);
        if (end > likened.length || !isWhole(likened, at + ATTRIBUTE, end, false)) {
            return;
        }
        for (int family = at + ATTRIBUTE; family < end; family = next(likened, family)) {
            int last = family + length(likened, family);
            if (type(likened, family) != AF_INET6 || !isWhole(likened, family + ATTRIBUTE, last, false)) {
                continue;
            }
            for (int inner = family + ATTRIBUTE; inner < last; inner = next(likened, inner)) {
                int kind = type(likened, inner);
                if (kind == IFLA_INET6_STATS || kind == IFLA_INET6_CACHEINFO || kind == IFLA_INET6_ICMP6STATS) {
                    take(likened, found, inner, 0);
                }
            }
        }
    }

    private static void take(byte[] likened, byte[] found, int at, int from) {
        int start = at + ATTRIBUTE + from;
        int end = Math.min(at + length(likened, at), likened.length);
        if (start < end) {
            System.arraycopy(found, start, likened, start, end - start);
        }
    }

    /** Whether attributes follow each other as far as the end. */
    private static boolean isWhole(byte[] bytes, int from, int end, boolean isCut) {
        int at = from;
        while (at < end) {
            if (end - at < ATTRIBUTE) {
                return isCut;
            }
            if (length(bytes, at) < ATTRIBUTE || (length(bytes, at) > end - at && !isCut)) {
                return false;
            }
            at = next(bytes, at);
        }
        return true;
    }

    private static int next(byte[] bytes, int at) {
        return at + ((length(bytes, at) + 3) & -4);
    }

    private static int length(byte[] bytes, int at) {
        return (bytes[at] & 0xff) | (bytes[at + 1] & 0xff) << 8;
    }

    private static int type(byte[] bytes, int at) {
        return (bytes[at + 2] & 0xff) | (bytes[at + 3] & 0x3f) << 8;
    }
}
