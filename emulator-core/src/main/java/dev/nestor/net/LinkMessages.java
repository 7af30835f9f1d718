package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

/** A device as netlink tells of it: rtnl_fill_ifinfo() of net/core/rtnetlink.c. */
final class LinkMessages {
    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_BROADCAST = 2;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_LINK = 5;
    private static final int IFLA_QDISC = 6;
    private static final int IFLA_STATS = 7;
    private static final int IFLA_MASTER = 10;
    private static final int IFLA_TXQLEN = 13;
    private static final int IFLA_MAP = 14;
    private static final int IFLA_OPERSTATE = 16;
    private static final int IFLA_LINKMODE = 17;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_STATS64 = 23;
    private static final int IFLA_AF_SPEC = 26;
    private static final int IFLA_GROUP = 27;
    private static final int IFLA_EXT_MASK = 29;
    private static final int SKIP_STATS = 8; // RTEXT_FILTER_SKIP_STATS
    private static final int IFLA_PROMISCUITY = 30;
    private static final int IFLA_NUM_TX_QUEUES = 31;
    private static final int IFLA_NUM_RX_QUEUES = 32;
    private static final int IFLA_CARRIER = 33;
    private static final int IFLA_CARRIER_CHANGES = 35;
    private static final int IFLA_LINK_NETNSID = 37;
    private static final int IFLA_PROTO_DOWN = 39;
    private static final int IFLA_XDP = 43;
    private static final int IFLA_CARRIER_UP_COUNT = 47;
    private static final int IFLA_CARRIER_DOWN_COUNT = 48;
    private static final int IFLA_MIN_MTU = 50;
    private static final int IFLA_MAX_MTU = 51;
    private static final int IFLA_ALT_IFNAME = 53;
    private static final int IFLA_PERM_ADDRESS = 54;
    private static final int IFLA_NETNS_IMMUTABLE = 67;
    private static final int INFO_KIND = 1; // IFLA_INFO_KIND
    private static final int GSO_MAX_SIZE = 65_536;
    private static final int TSO_MAX_SIZE = 524_280;
    private static final int IFLA_IFALIAS = 20;
    private static final int IFLA_NUM_VF = 21;
    private static final int IFLA_NEW_NETNSID = 45;
    private static final int IFLA_NEW_IFINDEX = 49;
    private static final int WITH_VF = 1; // RTEXT_FILTER_VF
    private static final int NONE = -1;
    private static final int IFLA_PROP_LIST = 52;
    private static final int IFLA_PARENT_DEV_NAME = 56;
    private static final int IFLA_PARENT_DEV_BUS_NAME = 57;
    private static final int IFLA_ALLMULTI = 61;
    private static final int INFO_SLAVE_KIND = 4; // IFLA_INFO_SLAVE_KIND
    private static final int TUN_QUEUES = 256; // MAX_TAP_QUEUES
    private static final int REACHABLE_TIME = 30_000; // ms, the middle of what it is drawn from

    private final NetDevices devices;
    private final NetDeviceTable table;
    private final TunTable tuns;
    private final DevConf conf;
    private final AltNames altNames;
    private final LinkData linkData;
    private final RtnNsids nsids;

    LinkMessages(NetDevices devices, Tuns tuns, DevConf conf, RtnNsids nsids) {
        this.devices = devices;
        this.table = devices.table();
        this.tuns = tuns.tuns();
        this.conf = conf;
        this.altNames = devices.altNames();
        this.linkData = new LinkData(devices, tuns.tuns());
        this.nsids = nsids;
    }

    private boolean withStats = true; // RTEXT_FILTER_SKIP_STATS is off

    private boolean withFunctions; // RTEXT_FILTER_VF is on
    private int newNsid = NONE; // IFLA_NEW_NETNSID, of a device that leaves
    private int newIfindex; // IFLA_NEW_IFINDEX

    void readMask(NlRequest asked) {
        int mask = asked.find(IFLA_EXT_MASK);
        withFunctions = mask >= 0 && (asked.intOf(mask) & WITH_VF) != 0;
        withStats = mask < 0 || (asked.intOf(mask) & SKIP_STATS) == 0;
    }

    void showAll() {
        withStats = true;
        withFunctions = false;
    }

    /** Where the device that is told of next goes to: the number of that net, and its index there if that is another. */
    void showNew(int nsid, int ifindex) {
        newNsid = nsid;
        newIfindex = ifindex;
    }

    /** rtnl_fill_ifinfo(). */
    void fill(int dev, int type, int change, NlRequest asked, int portid, NlMessage out) {
        int flags = Rtnetlink.isDump(asked) ? NlRequest.NLM_F_MULTI : 0;
        int at = out.begin(type, flags, asked.seq, portid, RtnLinks.HEADER);
        byte[] bytes = out.bytes();
        Bytes.putShort(bytes, at + 2, table.type(dev));
        Bytes.putInt(bytes, at + 4, table.ifindex(dev));
        Bytes.putInt(bytes, at + 8, devices.flags(dev));
        Bytes.putInt(bytes, at + 12, change);
        putNumbers(dev, out);
        putCarrier(dev, out);
        if (table.addressLength(dev) > 0) {
            putHardware(dev, out);
        }
        putCounters(dev, out);
        if (withFunctions && table.kind(dev) == NetDevices.PHYSICAL) {
            out.putInt(IFLA_NUM_VF, 0);
        }
        int xdp = out.nest(IFLA_XDP);
        out.putByte(2, 0);
        out.endNest(xdp);
        putKind(dev, out);
        if (newNsid != NONE) {
            out.putInt(IFLA_NEW_NETNSID, newNsid);
        }
        if (newIfindex != 0) {
            out.putInt(IFLA_NEW_IFINDEX, newIfindex);
        }
        if (table.permanent(dev) != 0) {
            int place = out.attr(IFLA_PERM_ADDRESS, 6);
            RtnLinks.putAddress(out.bytes(), place, table.permanent(dev));
        }
        putLower(dev, out);
        out.putText(IFLA_QDISC, qdisc(dev));
        if (table.alias(dev) != NULL) {
            out.putText(IFLA_IFALIAS, devices.text(table.alias(dev)));
        }
        if (type != Rtnetlink.RTM_DELLINK) {
            putFamilies(dev, out);
        }
        out.attr(IFLA_MAP, 32);
        putNames(dev, out);
        if (table.kind(dev) == NetDevices.PHYSICAL) {
            out.putText(IFLA_PARENT_DEV_NAME, "virtio2");
            out.putText(IFLA_PARENT_DEV_BUS_NAME, "virtio");
        }
        out.nest(62 | 0x8000); // IFLA_DEVLINK_PORT
        out.nest(65 | 0x8000); // IFLA_DPLL_PIN
        out.end();
    }

    private void putNumbers(int dev, NlMessage out) {
        boolean isVirtualEther = table.addressLength(dev) > 0
                && table.kind(dev) != NetDevices.LOOPBACK
                && table.kind(dev) != NetDevices.IFB;
        int queues = queues(dev);
        out.putText(IFLA_IFNAME, devices.nameOf(dev));
        out.putInt(IFLA_TXQLEN, table.txqlen(dev));
        out.putByte(IFLA_OPERSTATE, devices.operstate(dev));
        out.putByte(IFLA_LINKMODE, 0);
        out.putByte(IFLA_NETNS_IMMUTABLE, NetDevices.isLocal(table.kind(dev)) ? 1 : 0);
        out.putInt(IFLA_MTU, table.mtu(dev));
        out.putInt(IFLA_MIN_MTU, isVirtualEther || table.kind(dev) == NetDevices.TUN ? NetDevices.LEAST_MTU : 0);
        out.putInt(IFLA_MAX_MTU, NetDevices.mostMtu(table.kind(dev)));
        out.putInt(IFLA_GROUP, table.group(dev));
        out.putInt(IFLA_PROMISCUITY, table.promiscuity(dev));
        out.putInt(IFLA_ALLMULTI, table.allmulti(dev));
        out.putInt(IFLA_NUM_TX_QUEUES, queues);
        putOffload(dev, out);
        out.putInt(IFLA_NUM_RX_QUEUES, queues);
        if (table.master(dev) != NULL) {
            out.putInt(IFLA_MASTER, table.ifindex(table.master(dev)));
        }
    }

    private int queues(int dev) {
        int tun = table.tun(dev);
        if (tun != NULL && (tuns.flags(tun) & Tuns.IFF_MULTI_QUEUE) != 0) {
            return TUN_QUEUES;
        }
        return table.kind(dev) == NetDevices.VETH ? 2 : 1;
    }

    /** The queue discipline's name: noop until the device has been up. */
    private String qdisc(int dev) {
        if (table.qdisc(dev) == 0) {
            return "noop";
        }
        return switch (table.kind(dev)) {
            case NetDevices.PHYSICAL, NetDevices.IFB -> "pfifo_fast";
            case NetDevices.TUN, NetDevices.TAP -> queues(dev) > 1 ? "mq" : "pfifo_fast";
            default -> "noqueue";
        };
    }

    private void putNames(int dev, NlMessage out) {
        int first = altNames.first(dev);
        if (first == NULL) {
            return;
        }
        int list = out.nest(IFLA_PROP_LIST | 0x8000);
        for (int at = first; at != NULL; at = altNames.next(at)) {
            out.putText(IFLA_ALT_IFNAME, altNames.text(at));
        }
        out.endNest(list);
    }

    private void putOffload(int dev, NlMessage out) {
        boolean isLimited =
                switch (table.kind(dev)) {
                    case NetDevices.BRIDGE, NetDevices.PHYSICAL, NetDevices.TUN, NetDevices.TAP -> true;
                    default -> false;
                };
        out.putInt(40, 65_535); // IFLA_GSO_MAX_SEGS
        out.putInt(41, GSO_MAX_SIZE);
        out.putInt(58, GSO_MAX_SIZE); // IFLA_GRO_MAX_SIZE
        out.putInt(63, GSO_MAX_SIZE); // IFLA_GSO_IPV4_MAX_SIZE
        out.putInt(64, GSO_MAX_SIZE);
        out.putInt(59, isLimited ? GSO_MAX_SIZE : TSO_MAX_SIZE);
        out.putInt(60, 65_535); // IFLA_TSO_MAX_SEGS
        out.putInt(66, 0); // IFLA_MAX_PACING_OFFLOAD_HORIZON
    }

    private void putCarrier(int dev, NlMessage out) {
        out.putByte(IFLA_CARRIER, table.carrier(dev));
        out.putInt(IFLA_CARRIER_CHANGES, table.carrierUp(dev) + table.carrierDown(dev));
        out.putInt(IFLA_CARRIER_UP_COUNT, table.carrierUp(dev));
        out.putInt(IFLA_CARRIER_DOWN_COUNT, table.carrierDown(dev));
        out.putShort(68, table.kind(dev) == NetDevices.PHYSICAL ? 12 : 0); // IFLA_HEADROOM
        out.putShort(69, 0); // IFLA_TAILROOM
        out.putByte(IFLA_PROTO_DOWN, 0);
    }

    private void putHardware(int dev, NlMessage out) {
        int at = out.attr(IFLA_ADDRESS, 6);
        RtnLinks.putAddress(out.bytes(), at, table.address(dev));
        at = out.attr(IFLA_BROADCAST, 6);
        RtnLinks.putAddress(out.bytes(), at, table.kind(dev) == NetDevices.LOOPBACK ? 0 : -1L);
    }

    private void putCounters(int dev, NlMessage out) {
        int at = out.attr(IFLA_STATS64, 200);
        byte[] bytes = out.bytes();
        Bytes.putLong(bytes, at, table.rxPackets(dev));
        Bytes.putLong(bytes, at + 8, table.txPackets(dev));
        Bytes.putLong(bytes, at + 16, table.rxBytes(dev));
        Bytes.putLong(bytes, at + 24, table.txBytes(dev));
        Bytes.putLong(bytes, at + 48, table.rxDropped(dev));
        Bytes.putLong(bytes, at + 56, table.txDropped(dev));
        int old = out.attr(IFLA_STATS, 96);
        for (int i = 0; i < 8; i++) {
            Bytes.putInt(out.bytes(), old + 4 * i, Bytes.getInt(out.bytes(), at + 8 * i));
        }
    }

    private void putKind(int dev, NlMessage out) {
        String kind = RtnLinks.kindName(table.kind(dev));
        if (kind.isEmpty() && table.master(dev) == NULL) {
            return;
        }
        int info = out.nest(IFLA_LINKINFO);
        if (!kind.isEmpty()) {
            out.putText(INFO_KIND, kind);
            linkData.put(dev, out);
        }
        if (table.master(dev) != NULL) {
            out.putText(INFO_SLAVE_KIND, "bridge");
            linkData.putPort(dev, out);
        }
        out.endNest(info);
    }

    private void putLower(int dev, NlMessage out) {
        int link = table.link(dev);
        if (link != NULL) {
            if (table.net(link) != table.net(dev)) {
                out.putInt(IFLA_LINK_NETNSID, nsids.idOf(table.net(dev), table.net(link)));
            }
            out.putInt(IFLA_LINK, table.ifindex(link));
        }
    }

    private void putFamilies(int dev, NlMessage out) {
        int spec = out.nest(IFLA_AF_SPEC);
        int inet = out.nest(2);
        int at = out.attr(1, 4 * DevConf.count(false)); // IFLA_INET_CONF
        for (int i = 0; i < DevConf.count(false); i++) {
            Bytes.putInt(out.bytes(), at + 4 * i, conf.get(dev, i));
        }
        out.endNest(inet);
        int inet6 = out.nest(10);
        out.putInt(1, table.inet6Flags(dev)); // IFLA_INET6_FLAGS
        at = out.attr(5, 16); // IFLA_INET6_CACHEINFO
        Bytes.putInt(out.bytes(), at, 65_535);
        Bytes.putInt(out.bytes(), at + 4, (int) (table.inet6Stamp(dev) / 10_000_000));
        Bytes.putInt(out.bytes(), at + 8, REACHABLE_TIME);
        Bytes.putInt(out.bytes(), at + 12, 1000);
        at = out.attr(2, 4 * DevConf.count(true)); // IFLA_INET6_CONF
        for (int i = 0; i < DevConf.count(true); i++) {
            Bytes.putInt(out.bytes(), at + 4 * i, conf.get(dev, DevConf.V6 + i));
        }
        if (withStats) {
            at = out.attr(3, 304); // IFLA_INET6_STATS
            Bytes.putLong(out.bytes(), at, 38);
            at = out.attr(6, 56); // IFLA_INET6_ICMP6STATS
            Bytes.putLong(out.bytes(), at, 7);
        }
        out.attr(7, 16); // IFLA_INET6_TOKEN
        out.putByte(8, conf.get(dev, DevConf.V6 + 47)); // IFLA_INET6_ADDR_GEN_MODE
        out.endNest(inet6);
        out.endNest(spec);
    }
}
