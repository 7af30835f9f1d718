package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.proc.SeqFile;
import dev.nestor.uapi.Socket;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The routes of IPv6 of a net: those that have been added, and those that come with addresses and devices, which are made up as
 * they are asked for. net/ipv6/route.c, ip6_fib.c.
 */
final class Routes6 {
    /** IP6_RT_PRIO_USER. */
    static final int USER_METRIC = 1024;

    private static final int ADDRCONF_METRIC = 256; // IP6_RT_PRIO_ADDRCONF
    private static final int RTA_DST = 1;
    private static final int RTA_OIF = 4;
    private static final int RTA_GATEWAY = 5;
    private static final int RTA_PRIORITY = 6;
    private static final int RTA_CACHEINFO = 12;
    private static final int RTA_TABLE = 15;
    private static final int RTA_PREF = 20;
    private static final int RTN_UNICAST = 1;
    private static final int RTN_LOCAL = 2;
    private static final int RTN_MULTICAST = 5;
    private static final int RTPROT_KERNEL = 2;
    private static final int MAIN = 254;
    private static final int LOCAL = 255;
    private static final int RTF_UP = 1;
    private static final int RTF_GATEWAY = 2;
    private static final int RTF_LOCAL = 0x8020_0000; // with RTF_NONEXTHOP
    private static final String NOWHERE = "00000000000000000000000000000000 00 00000000000000000000000000000000 00"
            + " 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo\n";

    private final NetDevices devices;
    private final NetDeviceTable devs;
    private final InetAddrTable addresses;
    private final RouteTable table;

    Routes6(NetDevices devices, Interfaces interfaces) {
        this.devices = devices;
        this.devs = devices.table();
        this.addresses = interfaces.addresses();
        this.table = interfaces.routes();
    }

    /** One of them, as long as it is looked at. */
    private record Route(
            int ofTable,
            long high,
            long low,
            int prefix,
            int dev,
            int type,
            int metric,
            int protocol,
            long gatewayHigh,
            long gatewayLow) {}

    /** fib6_walk(): the main table before the local one, and what lies in a prefix before it. */
    private List<Route> all(int net, int wanted) {
        List<Route> found = new ArrayList<>();
        for (int route = table.routes().first(net);
                route != NULL;
                route = table.routes().next(route)) {
            if (table.family(route) == Socket.AF_INET6) {
                found.add(new Route(
                        table.table(route),
                        table.high(route),
                        table.low(route),
                        table.prefix(route),
                        table.dev(route),
                        table.type(route),
                        table.priority(route),
                        table.protocol(route),
                        table.gatewayHigh(route),
                        table.gatewayLow(route)));
            }
        }
        for (int dev = devs.devices().first(net);
                dev != NULL;
                dev = devs.devices().next(dev)) {
            if ((devs.inet6Flags(dev) & Interfaces.IF_READY) != 0) {
                ofDevice(dev, found);
            }
        }
        found.removeIf(route -> wanted != 0 && route.ofTable != wanted);
        found.sort(Comparator.comparingInt(Route::ofTable).thenComparing(Routes6::compare));
        return found;
    }

    private static int compare(Route one, Route other) {
        int common = Math.min(one.prefix, other.prefix);
        int high = Long.compareUnsigned(masked(one.high, common), masked(other.high, common));
        int low = Long.compareUnsigned(masked(one.low, common - 64), masked(other.low, common - 64));
        if (high != 0 || low != 0) {
            return high != 0 ? high : low;
        }
        return one.prefix != other.prefix
                ? Integer.compare(other.prefix, one.prefix)
                : Integer.compare(one.metric, other.metric);
    }

    private static long masked(long bits, int prefix) {
        return prefix <= 0 ? 0 : prefix >= 64 ? bits : bits & -(1L << (64 - prefix));
    }

    private void ofDevice(int dev, List<Route> found) {
        for (int ifa = addresses.addresses().first(dev);
                ifa != NULL;
                ifa = addresses.addresses().next(ifa)) {
            if (addresses.family(ifa) != Socket.AF_INET6) {
                continue;
            }
            int prefix = addresses.prefix(ifa);
            long high = addresses.high(ifa);
            long low = addresses.low(ifa);
            if ((addresses.flags(ifa) & Interfaces.IFA_F_TENTATIVE) == 0) {
                found.add(new Route(LOCAL, high, low, 128, dev, RTN_LOCAL, 0, RTPROT_KERNEL, 0, 0));
            }
            Route net = new Route(
                    MAIN,
                    masked(high, prefix),
                    masked(low, prefix - 64),
                    prefix,
                    dev,
                    RTN_UNICAST,
                    ADDRCONF_METRIC,
                    RTPROT_KERNEL,
                    0,
                    0);
            if (prefix < 128 && !found.contains(net)) {
                found.add(net);
            }
        }
        if (devs.kind(dev) != NetDevices.LOOPBACK) {
            found.add(new Route(LOCAL, 0xffL << 56, 0, 8, dev, RTN_MULTICAST, ADDRCONF_METRIC, RTPROT_KERNEL, 0, 0));
        }
    }

    /**
     * inet6_dump_fib().
     *
     * @param wanted RT_TABLE_*, or 0 for all
     */
    void dump(int net, int wanted, int portid, NlRequest asked, NlMessage out) {
        for (Route route : all(net, wanted)) {
            int at = out.begin(Rtnetlink.RTM_NEWROUTE, NlRequest.NLM_F_MULTI, asked.seq, portid, RtnRoutes.HEADER);
            byte[] bytes = out.bytes();
            bytes[at] = Socket.AF_INET6;
            bytes[at + 1] = (byte) route.prefix;
            bytes[at + 4] = (byte) route.ofTable;
            bytes[at + 5] = (byte) route.protocol;
            bytes[at + 7] = (byte) route.type;
            out.putInt(RTA_TABLE, route.ofTable);
            if (route.prefix > 0) {
                putAddress(out, RTA_DST, route.high, route.low);
            }
            out.putInt(RTA_PRIORITY, route.metric);
            if (route.gatewayHigh != 0 || route.gatewayLow != 0) {
                putAddress(out, RTA_GATEWAY, route.gatewayHigh, route.gatewayLow);
            }
            if (route.dev != NULL) {
                out.putInt(RTA_OIF, devs.ifindex(route.dev));
            }
            out.attr(RTA_CACHEINFO, 32);
            out.putByte(RTA_PREF, 0);
            out.end();
        }
    }

    private static void putAddress(NlMessage out, int type, long high, long low) {
        int at = out.attr(type, 16);
        Bytes.putNetLong(out.bytes(), at, high);
        Bytes.putNetLong(out.bytes(), at + 8, low);
    }

    /** ipv6_route_seq_show(): each table ends in the entry that leads nowhere. */
    void show(int net, SeqFile out) {
        boolean isMain = true;
        for (Route route : all(net, 0)) {
            if (isMain && route.ofTable == LOCAL) {
                out.put(NOWHERE);
                isMain = false;
            }
            boolean isLocal = route.type == RTN_LOCAL;
            boolean hasGateway = route.gatewayHigh != 0 || route.gatewayLow != 0;
            out.hex(route.high, 16).hex(route.low, 16).put(' ').hex(route.prefix, 2);
            out.put(" 00000000000000000000000000000000 00 ");
            out.hex(route.gatewayHigh, 16).hex(route.gatewayLow, 16).put(' ').hex(route.metric, 8);
            out.put(isLocal ? " 00000002 00000000 " : " 00000001 00000000 ");
            out.hex((RTF_UP | (hasGateway ? RTF_GATEWAY : 0) | (isLocal ? RTF_LOCAL : 0)) & 0xffff_ffffL, 8)
                    .put(' ');
            int start = out.mark();
            out.put(route.dev == NULL ? "" : devices.nameOf(route.dev));
            out.alignFrom(start, 8).put('\n');
        }
        out.put(NOWHERE);
    }
}
