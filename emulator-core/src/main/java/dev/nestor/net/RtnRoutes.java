package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.Outside;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Socket;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Routes over netlink: net/ipv4/fib_frontend.c, net/ipv6/route.c. Those of addresses are made up as they are asked for. */
final class RtnRoutes {
    static final int HEADER = 12; // bytes of struct rtmsg
    private static final int RTA_DST = 1;
    private static final int RTA_OIF = 4;
    private static final int RTA_GATEWAY = 5;
    private static final int RTA_PRIORITY = 6;
    private static final int RTA_PREFSRC = 7;
    private static final int RTA_TABLE = 15;
    private static final int RTN_UNICAST = 1;
    private static final int RTN_LOCAL = 2;
    private static final int RTN_BROADCAST = 3;
    private static final int RT_TABLE_MAIN = 254;
    private static final int RT_TABLE_LOCAL = 255;
    private static final int RTPROT_KERNEL = 2;

    private final NetDevices devices;
    private final Interfaces interfaces;
    private final InetAddrTable addresses;
    private final RouteTable table;
    private final Routing routing;
    private final Routes6 routes6;
    private final InetAddress to = new InetAddress();

    RtnRoutes(NetDevices devices, Interfaces interfaces, Routing routing) {
        this.devices = devices;
        this.interfaces = interfaces;
        this.addresses = interfaces.addresses();
        this.table = interfaces.routes();
        this.routing = routing;
        this.routes6 = new Routes6(devices, interfaces);
    }

    /** inet_dump_fib(): the main table, the local one, and IPv6's. */
    void dump(int net, int portid, NlRequest asked, NlMessage reply) {
        int family = asked.bytes[asked.body()] & 0xff;
        int wanted = asked.hasHeader(HEADER) ? asked.bytes[asked.body() + 4] & 0xff : 0;
        if (family == 0 || family == Socket.AF_INET) {
            if (wanted == 0 || wanted == RT_TABLE_MAIN) {
                dumpMain(net, portid, asked, reply);
            }
            if (wanted == 0 || wanted == RT_TABLE_LOCAL) {
                dumpLocal(net, portid, asked, reply);
            }
        }
        if (family == 0 || family == Socket.AF_INET6) {
            routes6.dump(net, wanted, portid, asked, reply);
        }
    }

    /** What is local, in the order of a trie: by address, the longest prefix first. */
    private void dumpLocal(int net, int portid, NlRequest asked, NlMessage reply) {
        NetDeviceTable devs = devices.table();
        List<long[]> found = new ArrayList<>(); // address, prefix, device, type, source
        for (int dev = devs.devices().first(net);
                dev != NULL;
                dev = devs.devices().next(dev)) {
            for (int ifa = addresses.addresses().first(dev);
                    ifa != NULL;
                    ifa = addresses.addresses().next(ifa)) {
                if (addresses.family(ifa) == Socket.AF_INET) {
                    addLocal(dev, ifa, found);
                }
            }
        }
        found.sort(Comparator.<long[]>comparingLong(one -> one[0]).thenComparingLong(one -> -one[1]));
        for (long[] one : found) {
            int scopeNr = one[3] == RTN_LOCAL ? Interfaces.RT_SCOPE_HOST : Interfaces.RT_SCOPE_LINK;
            kind(RT_TABLE_LOCAL, scopeNr, (int) one[3], one[4]);
            put((int) one[2], one[0], (int) one[1], portid, asked, reply);
        }
    }

    /** fib_add_ifaddr(): its own address is local even while the device is down. */
    private void addLocal(int dev, int ifa, List<long[]> found) {
        int prefix = addresses.prefix(ifa);
        long low = addresses.low(ifa) & 0xffff_ffffL;
        boolean isLoopback = devices.table().kind(dev) == NetDevices.LOOPBACK;
        found.add(new long[] {low, 32, dev, RTN_LOCAL, low});
        if (devices.isUp(dev) && isLoopback && prefix < 32) {
            found.add(new long[] {network(low, prefix) & 0xffff_ffffL, prefix, dev, RTN_LOCAL, low});
        }
        if (devices.isUp(dev) && prefix < 31) {
            long last = (network(low, prefix) & 0xffff_ffffL) | ((1L << (32 - prefix)) - 1);
            found.add(new long[] {last, 32, dev, RTN_BROADCAST, low});
        }
    }

    private static long network(long low, int prefix) {
        return prefix == 0 ? InetAddress.ANY4 : low & -(1L << (32 - prefix));
    }

    private void dumpMain(int net, int portid, NlRequest asked, NlMessage reply) {
        for (long[] one : main(net)) {
            if (one[5] != NULL) {
                fill((int) one[5], portid, asked, reply);
            } else {
                kind(RT_TABLE_MAIN, Interfaces.RT_SCOPE_LINK, RTN_UNICAST, one[6]);
                put((int) one[2], one[0], (int) one[1], portid, asked, reply);
            }
        }
    }

    Routes6 routes6() {
        return routes6;
    }

    /** One route of IPv4. */
    interface Each {
        void route(int dev, int to, int prefix, int gateway, int metric);
    }

    /** The main table of IPv4, those with the lowest destinations first. */
    void forEachMain(int net, Each each) {
        for (long[] one : main(net)) {
            each.route((int) one[2], (int) one[0], (int) one[1], (int) one[3], (int) one[4]);
        }
    }

    /** The main table: destination, prefix, device, gateway, metric, the route that has been added or NULL, source. */
    private List<long[]> main(int net) {
        List<long[]> found = new ArrayList<>();
        for (int route = table.routes().first(net);
                route != NULL;
                route = table.routes().next(route)) {
            if (table.family(route) == Socket.AF_INET) {
                found.add(new long[] {
                    table.low(route) & 0xffff_ffffL,
                    table.prefix(route),
                    table.dev(route),
                    table.gatewayLow(route),
                    table.priority(route),
                    route,
                    0
                });
            }
        }
        NetDeviceTable devs = devices.table();
        for (int dev = devs.devices().first(net);
                dev != NULL;
                dev = devs.devices().next(dev)) {
            for (int ifa = addresses.addresses().first(dev);
                    ifa != NULL;
                    ifa = addresses.addresses().next(ifa)) {
                if (isConnected(dev, ifa)) {
                    long to = network(addresses.low(ifa), addresses.prefix(ifa)) & 0xffff_ffffL;
                    found.add(new long[] {to, addresses.prefix(ifa), dev, 0, 0, NULL, addresses.low(ifa)});
                }
            }
        }
        found.sort(Comparator.<long[]>comparingLong(one -> one[0])
                .thenComparingLong(one -> -one[1])
                .thenComparingLong(one -> one[4]));
        return found;
    }

    /** Whether an address of IPv4 brings a route to its network with it. */
    private boolean isConnected(int dev, int ifa) {
        return addresses.family(ifa) == Socket.AF_INET
                && devices.isUp(dev)
                && devices.table().kind(dev) != NetDevices.LOOPBACK
                && addresses.prefix(ifa) < 32
                && (addresses.flags(ifa) & Interfaces.IFA_F_SECONDARY) == 0;
    }

    /** A route that an address brings with it, of what the fields say. */
    private void put(int dev, long low, int prefix, int portid, NlRequest asked, NlMessage out) {
        int flags = Rtnetlink.isDump(asked) ? NlRequest.NLM_F_MULTI : 0;
        int at = out.begin(Rtnetlink.RTM_NEWROUTE, flags, asked.seq, portid, HEADER);
        byte[] bytes = out.bytes();
        bytes[at] = Socket.AF_INET;
        bytes[at + 1] = (byte) prefix;
        bytes[at + 4] = (byte) ofTable;
        bytes[at + 5] = RTPROT_KERNEL;
        bytes[at + 6] = (byte) scope;
        bytes[at + 7] = (byte) type;
        out.putInt(RTA_TABLE, ofTable);
        putV4(out, RTA_DST, low);
        putV4(out, RTA_PREFSRC, source);
        out.putInt(RTA_OIF, devices.table().ifindex(dev));
        out.end();
    }

    private int ofTable; // of the routes that are made up
    private int scope;
    private int type;
    private long source;

    private void kind(int tableNr, int scopeNr, int typeNr, long from) {
        ofTable = tableNr;
        scope = scopeNr;
        type = typeNr;
        source = from;
    }

    private static void putV4(NlMessage out, int type, long low) {
        int at = out.attr(type, 4);
        Bytes.putNetInt(out.bytes(), at, (int) low);
    }

    private void fill(int route, int portid, NlRequest asked, NlMessage out) {
        int at = out.begin(Rtnetlink.RTM_NEWROUTE, NlRequest.NLM_F_MULTI, asked.seq, portid, HEADER);
        byte[] bytes = out.bytes();
        bytes[at] = (byte) table.family(route);
        bytes[at + 1] = (byte) table.prefix(route);
        bytes[at + 4] = (byte) table.table(route);
        bytes[at + 5] = (byte) table.protocol(route);
        bytes[at + 6] = (byte) table.scope(route);
        bytes[at + 7] = (byte) table.type(route);
        out.putInt(RTA_TABLE, table.table(route));
        boolean is4 = table.family(route) == Socket.AF_INET;
        if (table.prefix(route) > 0) {
            putAddress(out, RTA_DST, is4, table.high(route), table.low(route));
        }
        if (table.priority(route) != 0 || !is4) {
            out.putInt(RTA_PRIORITY, table.priority(route));
        }
        if (table.gatewayHigh(route) != 0 || table.gatewayLow(route) != 0) {
            putAddress(out, RTA_GATEWAY, is4, table.gatewayHigh(route), table.gatewayLow(route));
        }
        if (table.dev(route) != NULL) {
            out.putInt(RTA_OIF, devices.table().ifindex(table.dev(route)));
        }
        out.end();
    }

    private static void putAddress(NlMessage out, int type, boolean is4, long high, long low) {
        if (is4) {
            putV4(out, type, low);
        } else {
            int at = out.attr(type, 16);
            Bytes.putNetLong(out.bytes(), at, high);
            Bytes.putNetLong(out.bytes(), at + 8, low);
        }
    }

    private static long low(NlRequest asked, int payload, boolean is4) {
        if (payload < 0) {
            return is4 ? InetAddress.ANY4 : 0;
        }
        return is4
                ? InetAddress.ANY4 | (Bytes.getNetInt(asked.bytes, payload) & 0xffffffffL)
                : Bytes.getNetLong(asked.bytes, payload + 8);
    }

    private static long high(NlRequest asked, int payload, boolean is4) {
        return is4 || payload < 0 ? 0 : Bytes.getNetLong(asked.bytes, payload);
    }

    /** inet_rtm_newroute(): EINVAL, ENODEV, ENETDOWN, ENETUNREACH, EEXIST, ENOBUFS. */
    int make(int net, NlRequest asked) {
        if (!asked.hasHeader(HEADER)) {
            return -Errno.EINVAL;
        }
        int body = asked.body();
        boolean is4 = asked.bytes[body] == Socket.AF_INET;
        int gateway = asked.find(RTA_GATEWAY);
        int oif = asked.find(RTA_OIF);
        int dev = oif < 0 ? NULL : devices.byIndex(net, asked.intOf(oif));
        if (oif >= 0 && dev == NULL) {
            return -Errno.ENODEV;
        }
        if (dev != NULL && !devices.isUp(dev)) {
            return asked.fail(-Errno.ENETDOWN, "Device for nexthop is not up");
        }
        if (gateway >= 0) {
            to.high = high(asked, gateway, is4);
            to.low = low(asked, gateway, is4);
            int error = routing.find(net, to, 0);
            boolean isReached = error == 0 || error == -Errno.EHOSTUNREACH || error == -Outside.EOUTSIDE;
            if (!isReached) {
                return asked.fail(-Errno.ENETUNREACH, "Nexthop has invalid gateway");
            }
            dev = dev == NULL ? routing.dev : dev;
        }
        int dst = asked.find(RTA_DST);
        int prefix = asked.bytes[body + 1] & 0xff;
        int existing = find(net, is4, prefix, high(asked, dst, is4), low(asked, dst, is4));
        if (existing != NULL && (asked.flags & NlRequest.NLM_F_EXCL) != 0) {
            return -Errno.EEXIST;
        }
        int route = table.alloc();
        if (route == NULL) {
            return -Errno.ENOBUFS;
        }
        table.setNet(route, net);
        table.setFamily(route, asked.bytes[body]);
        table.setPrefix(route, prefix);
        table.setTable(route, asked.bytes[body + 4] & 0xff);
        table.setProtocol(route, asked.bytes[body + 5] & 0xff);
        table.setScope(route, asked.bytes[body + 6] & 0xff);
        table.setType(route, asked.bytes[body + 7] & 0xff);
        table.setDev(route, dev);
        table.setHigh(route, high(asked, dst, is4));
        table.setLow(route, low(asked, dst, is4));
        if (gateway >= 0) {
            table.setGatewayHigh(route, high(asked, gateway, is4));
            table.setGatewayLow(route, low(asked, gateway, is4));
        }
        int priority = asked.find(RTA_PRIORITY);
        int metric = priority < 0 ? 0 : asked.intOf(priority);
        table.setPriority(route, metric == 0 && !is4 ? Routes6.USER_METRIC : metric);
        table.routes().addLast(net, route);
        return 0;
    }

    private int find(int net, boolean is4, int prefix, long high, long low) {
        int family = is4 ? Socket.AF_INET : Socket.AF_INET6;
        for (int route = table.routes().first(net);
                route != NULL;
                route = table.routes().next(route)) {
            boolean isOne = table.family(route) == family
                    && table.prefix(route) == prefix
                    && table.high(route) == high
                    && table.low(route) == low;
            if (isOne) {
                return route;
            }
        }
        return NULL;
    }

    /** inet_rtm_delroute(): ESRCH. */
    int delete(int net, NlRequest asked) {
        if (!asked.hasHeader(HEADER)) {
            return -Errno.EINVAL;
        }
        boolean is4 = asked.bytes[asked.body()] == Socket.AF_INET;
        int dst = asked.find(RTA_DST);
        int route = find(net, is4, asked.bytes[asked.body() + 1] & 0xff, high(asked, dst, is4), low(asked, dst, is4));
        if (route == NULL) {
            return -Errno.ESRCH;
        }
        interfaces.drop(route);
        return 0;
    }

    /** inet_rtm_getroute(): ENETUNREACH. */
    int get(int net, int portid, NlRequest asked, NlMessage reply) {
        if (!asked.hasHeader(HEADER)) {
            return -Errno.EINVAL;
        }
        boolean is4 = asked.bytes[asked.body()] == Socket.AF_INET;
        int dst = asked.find(RTA_DST);
        to.high = high(asked, dst, is4);
        to.low = low(asked, dst, is4);
        int error = routing.find(net, to, 0);
        if (error == -Errno.ENETUNREACH || !is4) {
            return -Errno.ENETUNREACH;
        }
        kind(RT_TABLE_MAIN, 0, RTN_UNICAST, routing.source.low);
        put(routing.dev, to.low, 32, portid, asked, reply);
        return 0;
    }
}
