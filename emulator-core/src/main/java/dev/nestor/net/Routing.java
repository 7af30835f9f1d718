package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.Outside;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Socket;

/** Where a packet goes: fib_lookup() and ip6_route_output() over addresses and routes. One object answers one question at a time. */
final class Routing {
    private static final int MAX_HOPS = 16;
    private static final int ETHERNET_HEADER = 14;

    /** Nobody on the way has sent the packet back. */
    static final int NOT_REFUSED = -1;

    private final NetDevices devices;
    private final NetDeviceTable table;
    private final InetAddrTable addresses;
    private final RouteTable routes;
    private final SockTable socks;
    private final Neighbours neighbours;
    private final InetAddress next = new InetAddress();
    private final int[] routers = new int[MAX_HOPS + 1]; // net
    private int firstArrival; // net_device of the first of them, or NULL
    private boolean isDirect; // what nextDevice has found
    private int home; // the initial net, whose neighbours are outside

    /** The net that the destination is in. */
    int net;

    /** The device that a packet leaves by. */
    int dev;

    /** The address on the link that it is handed to. */
    final InetAddress hop = new InetAddress();

    /** How many machines pass it on. */
    int hops;

    /** ICMP_NET_UNREACH or ICMP_HOST_UNREACH of the last of these, or NOT_REFUSED. */
    int refusal;

    /** The device that it arrives by. */
    int arrival;

    /** The address that it is sent from. */
    final InetAddress source = new InetAddress();

    Routing(NetDevices devices, InetAddrTable addresses, RouteTable routes, SockTable socks, Neighbours neighbours) {
        this.neighbours = neighbours;
        this.devices = devices;
        this.table = devices.table();
        this.addresses = addresses;
        this.routes = routes;
        this.socks = socks;
        neighbours.setAnswering(this::answers);
    }

    /** Who answers for an address on the link of a device: the device there, or NULL. */
    private int answers(int out, long high, long low) {
        int before = arrival;
        next.high = high;
        next.low = low;
        int found = devices.isUp(out) && owner(out, next, 0) != NULL ? arrival : NULL;
        arrival = before;
        return found;
    }

    /** ip_finish_output2(): a packet leaves, for the device that it arrives by, or NULL. */
    void transmit(int to, int bytes) {
        neighbours.output(dev, hop.high, hop.low);
        int reached = to != NULL ? to : firstArrival;
        if (reached != NULL || neighbours.isResolved(dev, hop.high, hop.low)) {
            neighbours.carry(dev, reached, bytes + (table.addressLength(dev) == 0 ? 0 : ETHERNET_HEADER));
        }
    }

    /** The net of a machine that passes the packet on, from 0 to {@link #hops} - 1. */
    int router(int place) {
        return routers[place];
    }

    /** Whether what is sent to {@link #hop} leaves by {@link #dev}, and does not wait for an answer. */
    boolean leaves() {
        return dev != NULL && neighbours.isResolved(dev, hop.high, hop.low);
    }

    /** The hardware address of {@link #hop}. */
    long hardware() {
        return neighbours.hardware(dev, hop.high, hop.low);
    }

    /** A connection begins: both ends come to know each other. */
    void greet() {
        if (arrival != devices.loopback(net)) {
            neighbours.output(dev, hop.high, hop.low);
            if (hops == 0) {
                neighbours.output(arrival, source.high, source.low);
                neighbours.confirm(arrival, source.high, source.low);
            }
        }
    }

    void setHome(int initial) {
        home = initial;
    }

    boolean isLoopback(int ofNet, int by) {
        return by == devices.loopback(ofNet);
    }

    /** A packet that goes by loopback, if it does, is counted there both ways. */
    void looped(int ofNet, int by, int bytes) {
        if (by == devices.loopback(ofNet)) {
            table.setTxPackets(by, table.txPackets(by) + 1);
            table.setTxBytes(by, table.txBytes(by) + bytes);
            table.setRxPackets(by, table.rxPackets(by) + 1);
            table.setRxBytes(by, table.rxBytes(by) + bytes);
        }
    }

    /** inet_addr_type() of an address that a socket wants to be bound to. */
    boolean mayBind(int ofNet, InetAddress address) {
        boolean is4 = InetAddress.isV4(address.high, address.low);
        if (is4 && InetAddress.isLoopback(address.high, address.low)) {
            return true; // whether loopback is up or not
        }
        return localDevice(ofNet, address.high, address.low) != NULL;
    }

    /** The device with an address, if it is up or the address is of IPv4; 127.0.0.0/8 belongs to loopback as a whole. */
    int localDevice(int ofNet, long high, long low) {
        boolean isLoopback4 = InetAddress.isV4(high, low) && InetAddress.isLoopback(high, low);
        for (int at = table.devices().first(ofNet);
                at != NULL;
                at = table.devices().next(at)) {
            if (!devices.isUp(at) && !InetAddress.isV4(high, low)) {
                continue; // of IPv4 what is local stays so while its device is down
            }
            for (int ifa = addresses.addresses().first(at);
                    ifa != NULL;
                    ifa = addresses.addresses().next(ifa)) {
                boolean isOne = addresses.high(ifa) == high && addresses.low(ifa) == low;
                boolean isOfLoopback = isLoopback4
                        && addresses.prefix(ifa) == 8
                        && InetAddress.isLoopback(addresses.high(ifa), addresses.low(ifa));
                if (isOne || isOfLoopback) {
                    source.high = high;
                    source.low = isOfLoopback ? addresses.low(ifa) : low;
                    return at;
                }
            }
        }
        return NULL;
    }

    private static boolean matches(long high, long low, long otherHigh, long otherLow, int prefix) {
        if (prefix > 64) {
            return high == otherHigh && (low ^ otherLow) >>> (128 - prefix) == 0;
        }
        return prefix == 0 || (high ^ otherHigh) >>> (64 - prefix) == 0;
    }

    /** The bits of a prefix in an address of 128. */
    static int mappedPrefix(int family, int prefix) {
        return family == Socket.AF_INET ? prefix + 96 : prefix;
    }

    /**
     * ip_route_connect(): fills in net, dev and source. 0, ENETUNREACH, or EOUTSIDE where other machines answer.
     *
     * @param to its unspecified address becomes loopback's
     */
    int connectTo(int sk, InetAddress to, long fromHigh, long fromLow) {
        if (InetAddress.isAny(to.high, to.low)) {
            boolean is4 = InetAddress.isV4(to.high, to.low) || socks.family(sk) == Socket.AF_INET;
            to.high = 0;
            to.low = is4 ? InetAddress.LOOPBACK4 : 1;
        }
        int bound = socks.boundDevIf(sk);
        boolean isBound = bound != 0 || socks.type(sk) == Socket.SOCK_STREAM;
        return find(socks.net(sk), to, isBound ? bound : socks.sendDevIf(sk));
    }

    int find(int from, InetAddress to, int boundDev) {
        hops = 0;
        refusal = NOT_REFUSED;
        firstArrival = NULL;
        int local = localDevice(from, to.high, to.low);
        if (local != NULL) {
            net = from;
            dev = local;
            arrival = devices.loopback(from);
            return 0;
        }
        int out = connected(from, to, boundDev);
        boolean isOnLink = true;
        hop.high = to.high;
        hop.low = to.low;
        if (out == NULL) {
            int route = route(from, to);
            if (route == NULL) {
                return -Errno.ENETUNREACH;
            }
            out = routes.dev(route);
            setSource(out, to);
            isOnLink = routes.gatewayHigh(route) == 0 && routes.gatewayLow(route) == 0;
            if (!isOnLink) {
                hop.high = routes.gatewayHigh(route);
                hop.low = routes.gatewayLow(route);
            }
        }
        dev = out;
        if (from == home && table.kind(out) == NetDevices.PHYSICAL) {
            return -Outside.EOUTSIDE;
        }
        net = isOnLink ? owner(out, to, 0) : NULL;
        if (net == NULL) {
            net = forwarded(out, to, isOnLink);
        }
        return net == NULL ? -Errno.EHOSTUNREACH : 0;
    }

    /** ip_route_input(): the way of a packet that has come to a net and is not for it. That net is the first of the routers then. */
    void findThrough(int through, InetAddress to) {
        int error = find(through, to, 0);
        if (error == -Errno.EHOSTUNREACH && hops == 0 && firstArrival == NULL) {
            neighbours.output(dev, hop.high, hop.low);
            refusal = neighbours.isResolved(dev, hop.high, hop.low) ? NOT_REFUSED : IpHeaders.ICMP_HOST_UNREACH;
        } else if (error == -Errno.ENETUNREACH) {
            refusal = IpHeaders.ICMP_NET_UNREACH;
            dev = NULL;
        }
        if (error != 0) {
            net = NULL;
        }
        System.arraycopy(routers, 0, routers, 1, hops);
        routers[0] = through;
        hops++;
    }

    /** ip_forward(): the net that the packet ends in when the machines on its way pass it on, or NULL. */
    private int forwarded(int out, InetAddress to, boolean isOnLink) {
        int from = table.net(out);
        int leaves = out;
        boolean is4 = InetAddress.isV4(to.high, to.low);
        boolean onLink = isOnLink;
        while (hops < MAX_HOPS && !onLink) {
            int route = route(from, to);
            next.high = routes.gatewayHigh(route);
            next.low = routes.gatewayLow(route);
            int router = owner(leaves, next, 0);
            firstArrival = firstArrival == NULL && router != NULL ? arrival : firstArrival;
            if (router == NULL || holds(router, to)) {
                return router;
            }
            if (!devices.forwards(router, is4)) {
                return NULL;
            }
            routers[hops++] = router;
            leaves = nextDevice(router, to);
            if (leaves == NULL) {
                refusal = IpHeaders.ICMP_NET_UNREACH;
                return NULL;
            }
            from = router;
            onLink = isDirect;
        }
        if (!onLink || leaves == out) {
            return NULL;
        }
        neighbours.output(leaves, to.high, to.low);
        int end = owner(leaves, to, 0);
        boolean isMissed = end == NULL && !neighbours.isResolved(leaves, to.high, to.low);
        refusal = isMissed ? IpHeaders.ICMP_HOST_UNREACH : NOT_REFUSED;
        return end;
    }

    /** Where a router sends a packet on; {@code isDirect} says whether its destination is on that link. */
    private int nextDevice(int router, InetAddress to) {
        long high = source.high;
        long low = source.low;
        int leaves = connected(router, to, 0);
        source.high = high;
        source.low = low;
        isDirect = leaves != NULL;
        int route = isDirect ? NULL : route(router, to);
        if (route != NULL) {
            leaves = routes.dev(route);
            isDirect = routes.gatewayHigh(route) == 0 && routes.gatewayLow(route) == 0;
        }
        return leaves;
    }

    /** The device that is on one link with an address. */
    private int connected(int from, InetAddress to, int boundDev) {
        int best = NULL;
        int bestPrefix = -1;
        for (int at = table.devices().first(from);
                at != NULL;
                at = table.devices().next(at)) {
            if (!devices.isUp(at) || (boundDev != 0 && table.ifindex(at) != boundDev)) {
                continue;
            }
            for (int ifa = addresses.addresses().first(at);
                    ifa != NULL;
                    ifa = addresses.addresses().next(ifa)) {
                int prefix = mappedPrefix(addresses.family(ifa), addresses.prefix(ifa));
                boolean fits = prefix > bestPrefix
                        && matches(addresses.peerHigh(ifa), addresses.peerLow(ifa), to.high, to.low, prefix);
                if (fits) {
                    best = at;
                    bestPrefix = prefix;
                    source.high = addresses.high(ifa);
                    source.low = addresses.low(ifa);
                }
            }
        }
        return best;
    }

    private int route(int from, InetAddress to) {
        int best = NULL;
        int bestPrefix = -1;
        int family = InetAddress.isV4(to.high, to.low) ? Socket.AF_INET : Socket.AF_INET6;
        for (int at = routes.routes().first(from);
                at != NULL;
                at = routes.routes().next(at)) {
            int prefix = mappedPrefix(routes.family(at), routes.prefix(at));
            boolean fits = routes.family(at) == family
                    && prefix > bestPrefix
                    && routes.dev(at) != NULL
                    && devices.isUp(routes.dev(at))
                    && matches(routes.high(at), routes.low(at), to.high, to.low, prefix);
            if (fits) {
                best = at;
                bestPrefix = prefix;
            }
        }
        return best;
    }

    private void setSource(int out, InetAddress to) {
        boolean is4 = InetAddress.isV4(to.high, to.low);
        for (int ifa = addresses.addresses().first(out);
                ifa != NULL;
                ifa = addresses.addresses().next(ifa)) {
            if (is4 == (addresses.family(ifa) == Socket.AF_INET)) {
                source.high = addresses.high(ifa);
                source.low = addresses.low(ifa);
                return;
            }
        }
    }

    /** Who answers for an address on the link behind a device: its net, or NULL. */
    private int owner(int out, InetAddress to, int hops) {
        int kind = table.kind(out);
        int other = table.link(out);
        if (hops > MAX_HOPS) {
            return NULL;
        }
        if (kind == NetDevices.BRIDGE) {
            return behindBridge(out, to, hops);
        }
        if (kind != NetDevices.VETH || other == NULL || !devices.isUp(other)) {
            return NULL;
        }
        if (table.master(other) != NULL) {
            return atBridge(table.master(other), to, hops);
        }
        arrival = other;
        return holds(table.net(other), to) ? table.net(other) : NULL;
    }

    private boolean holds(int ofNet, InetAddress to) {
        long high = source.high;
        long low = source.low;
        boolean found = localDevice(ofNet, to.high, to.low) != NULL;
        source.high = high;
        source.low = low;
        return found;
    }

    private int atBridge(int bridge, InetAddress to, int hops) {
        if (!devices.isUp(bridge)) {
            return NULL;
        }
        if (holds(table.net(bridge), to)) {
            arrival = bridge;
            return table.net(bridge);
        }
        return behindBridge(bridge, to, hops);
    }

    private int behindBridge(int bridge, InetAddress to, int hops) {
        int ofNet = table.net(bridge);
        for (int at = table.devices().first(ofNet);
                at != NULL;
                at = table.devices().next(at)) {
            if (table.master(at) == bridge && devices.isUp(at)) {
                int found = owner(at, to, hops + 1);
                if (found != NULL) {
                    return found;
                }
            }
        }
        return NULL;
    }
}
