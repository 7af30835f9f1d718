package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.event.Random;
import dev.nestor.fs.NameTable;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.table.Chain;
import dev.nestor.table.StateHash;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Socket;

/** Addresses and routes, and what becomes of them with their devices and nets: net/ipv4/devinet.c, net/ipv6/addrconf.c. */
final class Interfaces implements Nets.Contents, NetDevices.Listener {
    /** Bits of struct inet6_dev's if_flags. */
    static final int IF_READY = 0x80000000;

    static final int IF_RS_SENT = 0x10;
    static final int IFA_F_SECONDARY = 1;
    static final int IFA_F_NODAD = 2;
    static final int IFA_F_OPTIMISTIC = 4;
    static final int IFA_F_TENTATIVE = 0x40;
    static final int IFA_F_STABLE_PRIVACY = 0x800;
    static final int IFA_F_PERMANENT = 0x80;
    static final int RT_SCOPE_UNIVERSE = 0;
    static final int RT_SCOPE_LINK = 253;
    static final int RT_SCOPE_HOST = 254;
    private static final int IFAPROT_KERNEL_LO = 1;
    private static final int IFAPROT_KERNEL_LL = 3;
    private static final int RT_TABLE_MAIN = 254;
    private static final int RTPROT_BOOT = 3;
    private static final int RTN_UNICAST = 1;

    /** fe80::. */
    private static final long LINK_LOCAL = 0xfe80L << 48;

    private static final int BOOT_DEVICES = 4;
    private static final int REFERENCE_MTU = 1400;
    private static final long REFERENCE_ADDRESS = 0x02fc_0000_0001L;

    private final NetDevices devices;
    private final NetDeviceTable table;
    private final InetAddrTable addresses;
    private final RouteTable routes;
    private final NameTable names;
    private final Timekeeping time;
    private final Random random;
    private final DevConf conf;
    private final Dad dad;
    private Told notes = (dev, ifa, type, is4) -> {};

    /** Is told of addresses that come and go. */
    interface Told {
        void address(int dev, int ifa, int type, boolean is4);
    }

    private int home;

    Interfaces(
            NetDevices devices,
            InetAddrTable addresses,
            RouteTable routes,
            DevConf conf,
            NetBelow below,
            Random random) {
        this.conf = conf;
        this.random = random;
        this.dad = new Dad(this, addresses, devices.table(), conf, below, random);
        this.devices = devices;
        this.table = devices.table();
        this.addresses = addresses;
        this.routes = routes;
        this.names = below.vfs().tables.names;
        this.time = below.timekeeping();
        devices.setListener(this);
    }

    NetDevices devices() {
        return devices;
    }

    InetAddrTable addresses() {
        return addresses;
    }

    RouteTable routes() {
        return routes;
    }

    DevConf conf() {
        return conf;
    }

    Dad dad() {
        return dad;
    }

    /** The devices of the reference machine, in the initial net. */
    void boot(int net) {
        home = net;
        devices.initNet(net);
        int lo = devices.loopback(net);
        devices.changeFlags(lo, NetDevices.IFF_UP);
        devices.create(net, NetDevices.IFB, NetDevices.bytes("ifb0"), 0, 0);
        devices.create(net, NetDevices.IFB, NetDevices.bytes("ifb1"), 0, 0);
        int eth = devices.create(net, NetDevices.PHYSICAL, NetDevices.bytes("eth0"), REFERENCE_ADDRESS, 0);
        table.setMtu(eth, REFERENCE_MTU);
        table.setPermanent(eth, REFERENCE_ADDRESS);
        conf.put(eth, DevConf.ACCEPT_RA6, 0);
        table.setCarrierUp(eth, 1);
        table.setCarrierDown(eth, 1);
        devices.changeFlags(eth, table.flags(eth) | NetDevices.IFF_UP);
        long low = InetAddress.ANY4 | 0xc000_0202L;
        add(eth, 0, low, 24, IFA_F_PERMANENT, RT_SCOPE_UNIVERSE);
        add(eth, 0xfd00L << 48, 2, 64, IFA_F_PERMANENT | IFA_F_NODAD, RT_SCOPE_UNIVERSE);
        int route = routes.alloc();
        routes.setNet(route, net);
        routes.setFamily(route, Socket.AF_INET);
        routes.setDev(route, eth);
        routes.setTable(route, RT_TABLE_MAIN);
        routes.setProtocol(route, RTPROT_BOOT);
        routes.setType(route, RTN_UNICAST);
        routes.setLow(route, InetAddress.ANY4);
        routes.setGatewayLow(route, InetAddress.ANY4 | 0xc000_0201L);
        routes.routes().addLast(net, route);
    }

    /** The highest index that a net's devices had when it began. */
    int bootIndex(int net) {
        return net == home ? BOOT_DEVICES : 1;
    }

    @Override
    public void initNet(int net) {
        devices.initNet(net);
    }

    @Override
    public void exitNet(int net) {
        devices.exitNet(net, home);
        int route = routes.routes().first(net);
        while (route != NULL) {
            drop(route);
            route = routes.routes().first(net);
        }
    }

    /** inet_insert_ifa(), ipv6_add_addr(): the address, EEXIST, or ENOBUFS. */
    int add(int dev, long high, long low, int prefix, int flags, int scope) {
        if (find(dev, high, low, prefix) != NULL) {
            return -Errno.EEXIST;
        }
        int ifa = addresses.alloc();
        if (ifa == NULL) {
            return -Errno.ENOBUFS;
        }
        boolean is4 = InetAddress.isV4(high, low);
        addresses.setFamily(ifa, is4 ? Socket.AF_INET : Socket.AF_INET6);
        addresses.setHigh(ifa, high);
        addresses.setLow(ifa, low);
        addresses.setPeerHigh(ifa, high);
        addresses.setPeerLow(ifa, low);
        addresses.setPrefix(ifa, prefix);
        addresses.setFlags(ifa, flags | (is4 && isSecondary(dev, low, prefix) ? IFA_F_SECONDARY : 0));
        addresses.setScope(ifa, scope);
        addresses.setValidLft(ifa, -1);
        addresses.setPreferredLft(ifa, -1);
        addresses.setTstamp(ifa, time.monotonicNs());
        if (is4) {
            addresses.setLabel(ifa, names.get(table.name(dev)));
        }
        list(dev, ifa, is4);
        return ifa;
    }

    /** ipv6_link_dev_addr(): the widest scope first, and the newest of one scope; of IPv4 the newest comes last. */
    private void list(int dev, int ifa, boolean is4) {
        Chain chain = addresses.addresses();
        int next = is4 ? NULL : chain.first(dev);
        while (next != NULL && (addresses.family(next) == Socket.AF_INET || isWider(next, ifa))) {
            next = chain.next(next);
        }
        if (next == NULL) {
            chain.addLast(dev, ifa);
        } else if (chain.prev(next) == NULL) {
            chain.addFirst(dev, ifa);
        } else {
            chain.addAfter(chain.prev(next), ifa);
        }
    }

    /** Of two scopes of IPv6, where that of loopback counts as a link's. */
    private boolean isWider(int one, int other) {
        return Math.min(addresses.scope(one), RT_SCOPE_LINK) < Math.min(addresses.scope(other), RT_SCOPE_LINK);
    }

    private boolean isSecondary(int dev, long low, int prefix) {
        for (int ifa = addresses.addresses().first(dev);
                ifa != NULL;
                ifa = addresses.addresses().next(ifa)) {
            boolean isSame = addresses.family(ifa) == Socket.AF_INET
                    && addresses.prefix(ifa) == prefix
                    && prefix > 0
                    && (addresses.low(ifa) ^ low) >>> (32 - prefix) == 0;
            if (isSame) {
                return true;
            }
        }
        return false;
    }

    int find(int dev, long high, long low, int prefix) {
        for (int ifa = addresses.addresses().first(dev);
                ifa != NULL;
                ifa = addresses.addresses().next(ifa)) {
            boolean isOne = addresses.high(ifa) == high && addresses.low(ifa) == low;
            if (isOne && (prefix < 0 || addresses.prefix(ifa) == prefix)) {
                return ifa;
            }
        }
        return NULL;
    }

    void remove(int ifa) {
        int dev = addresses.addresses().owner(ifa);
        notes.address(dev, ifa, Rtnetlink.RTM_DELADDR, addresses.family(ifa) == Socket.AF_INET);
        if (addresses.label(ifa) != NULL) {
            names.put(addresses.label(ifa));
        }
        addresses.addresses().remove(ifa);
        addresses.free(ifa);
    }

    void drop(int route) {
        routes.routes().remove(route);
        routes.free(route);
    }

    @Override
    public void changed(int dev, int change) {
        if ((change & NetDevices.IFF_UP) == 0) {
            return;
        }
        if (devices.isUp(dev)) {
            cameUp(dev);
        } else {
            wentDown(dev);
        }
    }

    /** inetdev_event(NETDEV_UP): loopback has its address. */
    private void cameUp(int dev) {
        if (table.kind(dev) == NetDevices.LOOPBACK && firstV4(dev) == NULL) {
            int ifa = add(dev, 0, InetAddress.LOOPBACK4, 8, IFA_F_PERMANENT, RT_SCOPE_HOST);
            announce(dev, ifa);
        }
        ready(dev);
    }

    private int firstV4(int dev) {
        int ifa = addresses.addresses().first(dev);
        while (ifa != NULL && addresses.family(ifa) != Socket.AF_INET) {
            ifa = addresses.addresses().next(ifa);
        }
        return ifa;
    }

    /** addrconf_notify(NETDEV_UP), (NETDEV_CHANGE): with the link IPv6 comes up. */
    void ready(int dev) {
        boolean isReady = devices.isUp(dev) && table.carrier(dev) != 0;
        if (!isReady || (table.inet6Flags(dev) & IF_READY) != 0 || conf.get(dev, DevConf.DISABLE_IPV6) != 0) {
            return;
        }
        table.setInet6Flags(dev, table.inet6Flags(dev) | IF_READY);
        table.setInet6Stamp(dev, time.monotonicNs());
        if (table.kind(dev) == NetDevices.LOOPBACK) {
            int ifa = add(dev, 0, 1, 128, IFA_F_PERMANENT, RT_SCOPE_HOST);
            if (ifa > NULL) {
                addresses.setProtocol(ifa, IFAPROT_KERNEL_LO);
                announce(dev, ifa);
            }
        } else if (table.kind(dev) != NetDevices.IFB) {
            boolean hasAddress = table.addressLength(dev) == 6;
            long low = hasAddress ? eui64(table.address(dev)) : random.nextLong();
            int flags = IFA_F_PERMANENT | (hasAddress ? 0 : IFA_F_STABLE_PRIVACY);
            int ifa = add(dev, LINK_LOCAL, low, 64, flags, RT_SCOPE_LINK);
            if (ifa > NULL) {
                addresses.setProtocol(ifa, IFAPROT_KERNEL_LL);
                dad.start(dev, ifa);
            }
        }
        for (int ifa = addresses.addresses().first(dev);
                ifa != NULL;
                ifa = addresses.addresses().next(ifa)) {
            boolean waits = addresses.family(ifa) == Socket.AF_INET6
                    && addresses.scope(ifa) != RT_SCOPE_LINK
                    && (addresses.flags(ifa) & IFA_F_TENTATIVE) != 0;
            if (waits) {
                dad.start(dev, ifa);
            }
        }
    }

    /** Who listens is told of a new address. */
    void announce(int dev, int ifa) {
        if (ifa > NULL) {
            notes.address(dev, ifa, Rtnetlink.RTM_NEWADDR, addresses.family(ifa) == Socket.AF_INET);
        }
    }

    /** The link-local address follows the hardware address. */
    void renumber(int dev, long before, long after) {
        int ifa = find(dev, LINK_LOCAL, eui64(before), 64);
        if (ifa != NULL) {
            addresses.setLow(ifa, eui64(after));
            addresses.setPeerLow(ifa, eui64(after));
        }
    }

    private static long eui64(long address) {
        long upper = (address >>> 24) ^ 0x02_0000L;
        return (upper << 40) | (0xfffeL << 24) | (address & 0xffffffL);
    }

    /** What goes with a device that is down: IPv6 addresses, and routes over it. */
    private void wentDown(int dev) {
        table.setInet6Flags(dev, 0);
        dropV6(dev);
        dropRoutes(dev);
    }

    private void dropV6(int dev) {
        int ifa = addresses.addresses().first(dev);
        while (ifa != NULL) {
            int next = addresses.addresses().next(ifa);
            if (addresses.family(ifa) == Socket.AF_INET6) {
                remove(ifa);
            }
            ifa = next;
        }
    }

    /** disable_ipv6 has been written. */
    void disableChanged(int dev) {
        if (conf.get(dev, DevConf.DISABLE_IPV6) != 0) {
            table.setInet6Flags(dev, 0);
            dropV6(dev);
        } else {
            ready(dev);
        }
    }

    private void dropRoutes(int dev) {
        int route = routes.routes().first(table.net(dev));
        while (route != NULL) {
            int next = routes.routes().next(route);
            if (routes.dev(route) == dev) {
                drop(route);
            }
            route = next;
        }
    }

    @Override
    public void unregistering(int dev) {
        dropRoutes(dev);
        int ifa = addresses.addresses().first(dev);
        while (ifa != NULL) {
            remove(ifa);
            ifa = addresses.addresses().first(dev);
        }
    }

    @Override
    public void leaving(int dev, int toNet, int ifindex) {
        unregistering(dev);
    }

    void setNotes(Told told) {
        notes = told;
    }

    void digest(StateHash hash) {
        devices.digest(hash);
        addresses.digest(hash);
        routes.digest(hash);
    }
}
