package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.table.StateHash;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;

/** Settings of interfaces: struct ipv4_devconf, struct ipv6_devconf, /proc/sys/net/ipv4/conf and ipv6/conf. */
final class DevConf {
    /** conf/all and conf/default of a net, in the place of a device. */
    static final int ALL = 0x10000;

    static final int DEFAULT = 0x20000;

    /** A setting of the net itself, by its place in NetSysctls. */
    static final int SETTING = 0x40000;

    /** Indexes of IPv6 begin here. */
    static final int V6 = 64;

    static final int FORWARDING = 0;
    static final int MC_FORWARDING = 1;
    static final int PROXY_ARP = 2;
    static final int RP_FILTER = 7;
    static final int NOXFRM = 14;
    static final int NOPOLICY = 15;
    static final int IGNORE_LINKDOWN = 28;
    static final int BC_FORWARDING = 31;
    static final int FORWARDING6 = V6;
    static final int HOP_LIMIT6 = V6 + 1;
    static final int MTU6 = V6 + 2;
    static final int ACCEPT_RA6 = V6 + 3;
    static final int DAD_TRANSMITS6 = V6 + 6;
    static final int USE_TEMPADDR6 = V6 + 10;
    static final int MC_FORWARDING6 = V6 + 25;
    static final int PROXY_NDP6 = V6 + 22;
    static final int DISABLE_IPV6 = V6 + 26;
    static final int ACCEPT_DAD6 = V6 + 27;
    static final int STABLE_SECRET6 = V6 + 36;
    static final int IGNORE_LINKDOWN6 = V6 + 39;

    /** By index, as the kernel is compiled. */
    private static final int[] V4_BORN = {
        0, 0, 0, 1, 1, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10_000, 1000, 0, 0, 0, 0, 1
    };

    private static final int[] V6_BORN = {
        0, 64, 1280, 1, 1, 1, 1, -1, 4000, 1000, 0, 604_800, 86_400, 3, 600, 16, 0, 1, 1, 1, 60_000, 0, 0, 0, 0, 0, 0,
        1, 0, 0, 10_000, 1000, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 3_600_000, 0, 0, 1, 0, 0, 0, 0, 0, 1024, 0, 65_535, -1,
        1, 0, 0, 0
    };

    private final DevConfTable table;
    private final NetDeviceTable devices;
    private int home; // the initial net, whose settings of IPv4 others are born with

    /* By (device or net, index) the row: look up, never walk. */
    private final Long2IntOpenHashMap set = new Long2IntOpenHashMap();

    DevConf(int limit, NetTable nets, NetDeviceTable devices) {
        this.devices = devices;
        this.table = new DevConfTable(limit, nets, devices);
    }

    static int count(boolean is6) {
        return is6 ? V6_BORN.length : V4_BORN.length;
    }

    private static long key(int owner, int index) {
        return ((long) owner << 32) | index;
    }

    /** The value of a device. */
    int get(int dev, int index) {
        int row = set.get(key(dev, index));
        if (row != NULL) {
            return table.data(row);
        }
        int kind = devices.kind(dev);
        boolean isLoopback = kind == NetDevices.LOOPBACK;
        switch (index) {
            case NOXFRM, NOPOLICY -> {
                if (isLoopback) {
                    return 1;
                }
            }
            case MTU6 -> {
                return devices.mtu(dev);
            }
            case USE_TEMPADDR6 -> {
                if (isLoopback || kind == NetDevices.TUN) {
                    return -1;
                }
            }
            case ACCEPT_DAD6 -> {
                if (isLoopback || (devices.flags(dev) & NetDevices.IFF_NOARP) != 0) {
                    return -1;
                }
            }
            default -> {
                // as those of the net
            }
        }
        return index < V6 ? ofNet(devices.net(dev), DEFAULT, index) : V6_BORN[index - V6];
    }

    /** The value of conf/all or conf/default. */
    int ofNet(int net, int which, int index) {
        int row = set.get(key(net, which | index));
        return row != NULL ? table.data(row) : index < V6 ? V4_BORN[index] : V6_BORN[index - V6];
    }

    /** A setting of the net itself. */
    int setting(int net, int index, int born) {
        int row = set.get(key(net, SETTING | index));
        return row == NULL ? born : table.data(row);
    }

    /** False at the limit. */
    boolean put(int dev, int index, int value) {
        return put(devices.net(dev), dev, index, value);
    }

    boolean putOfNet(int net, int which, int index, int value) {
        return put(net, NULL, which | index, value);
    }

    private boolean put(int net, int dev, int index, int value) {
        long key = key(dev == NULL ? net : dev, index);
        int row = set.get(key);
        if (row == NULL) {
            row = table.alloc();
            if (row == NULL) {
                return false;
            }
            table.setNet(row, net);
            table.setDev(row, dev);
            table.setIndex(row, index);
            if (dev == NULL) {
                table.ofNet().addLast(net, row);
            } else {
                table.ofDevice().addLast(dev, row);
            }
            set.put(key, row);
        }
        table.setData(row, value);
        return true;
    }

    /** devinet_init_net(), addrconf_init_net(): those of IPv4 are as the initial net has them. */
    void initNet(int net) {
        if (home == NULL) {
            home = net;
            return;
        }
        for (int row = table.ofNet().first(home);
                row != NULL;
                row = table.ofNet().next(row)) {
            boolean isOfDevices = (table.index(row) & SETTING) == 0;
            if (isOfDevices && (table.index(row) & 0xffff) < V6) {
                put(net, NULL, table.index(row), table.data(row));
            }
        }
    }

    void exitNet(int net) {
        int row = table.ofNet().first(net);
        while (row != NULL) {
            table.ofNet().remove(row);
            set.remove(key(net, table.index(row)));
            table.free(row);
            row = table.ofNet().first(net);
        }
    }

    /** ipv6_add_dev(): a device is born with its net's default. */
    void registered(int dev) {
        for (int row = table.ofNet().first(devices.net(dev));
                row != NULL;
                row = table.ofNet().next(row)) {
            int index = table.index(row);
            if ((index & DEFAULT) != 0 && (index & 0xffff) >= V6) {
                put(dev, index & 0xffff, table.data(row));
            }
        }
    }

    /** The device goes, or goes to another net. */
    void unregistering(int dev) {
        int row = table.ofDevice().first(dev);
        while (row != NULL) {
            table.ofDevice().remove(row);
            set.remove(key(dev, table.index(row)));
            table.free(row);
            row = table.ofDevice().first(dev);
        }
    }

    void digest(StateHash hash) {
        table.digest(hash);
    }
}
