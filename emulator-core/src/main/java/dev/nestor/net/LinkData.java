package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

/** What kinds of devices tell of themselves: br_fill_info(), br_port_fill_attrs(), macvlan_fill_info(), tun_fill_info(). */
final class LinkData {
    private static final int INFO_DATA = 2; // IFLA_INFO_DATA
    private static final int INFO_SLAVE_DATA = 5; // IFLA_INFO_SLAVE_DATA
    private static final int BRIDGE_ID = -1; // 8 bytes: priority and hardware address
    private static final int PORT_ID = -2; // 2 bytes: priority and number
    private static final int PORT_NUMBER = -3; // 2 bytes
    private static final int PORT_STATE = -4; // 1 byte
    private static final long PRIORITY = 0x8000_0000_0000_0000L;
    private static final int FORWARDING = 3; // BR_STATE_FORWARDING

    /** Of a bridge as it is born: attribute, bytes, value; or attribute, what it is made of. */
    private static final long[][] BRIDGE = {
        {16, 8, 0},
        {17, 8, 0},
        {18, 8, 0},
        {19, 8, 0},
        {1, 4, 1500},
        {2, 4, 200},
        {3, 4, 2000},
        {4, 4, 30_000},
        {5, 4, 0},
        {6, 2, 32_768},
        {7, 1, 0},
        {9, 2, 0},
        {11, BRIDGE_ID, 0},
        {10, BRIDGE_ID, 0},
        {12, 2, 0},
        {13, 4, 0},
        {14, 1, 0},
        {15, 1, 0},
        {20, 6, 0xc28001L},
        {46, 8, 0x1f_0000_0000L},
        {48, 4, 0},
        {49, 4, 0},
        {22, 1, 1},
        {23, 1, 1},
        {24, 1, 0},
        {25, 1, 0},
        {42, 1, 0},
        {26, 4, 16},
        {27, 4, 4096},
        {28, 4, 2},
        {29, 4, 2},
        {43, 1, 2},
        {44, 1, 1},
        {30, 8, 100},
        {31, 8, 26_000},
        {32, 8, 25_500},
        {33, 8, 12_500},
        {34, 8, 1000},
        {35, 8, 3124},
        {36, 1, 0},
        {37, 1, 0},
        {38, 1, 0},
    };

    /** Of a port of a bridge. */
    private static final long[][] PORT = {
        {1, PORT_STATE, 0},
        {2, 2, 32},
        {3, 4, 2},
        {4, 1, 0},
        {5, 1, 0},
        {6, 1, 0},
        {7, 1, 0},
        {28, 1, 0},
        {8, 1, 1},
        {9, 1, 1},
        {27, 1, 1},
        {30, 1, 1},
        {10, 1, 0},
        {12, 1, 0},
        {13, BRIDGE_ID, 0},
        {14, BRIDGE_ID, 0},
        {15, PORT_ID, 0},
        {16, 2, 0},
        {17, PORT_ID, 0},
        {18, PORT_NUMBER, 0},
        {19, 1, 0},
        {20, 1, 0},
        {29, 1, 0},
        {31, 2, 0},
        {32, 1, 0},
        {35, 1, 0},
        {36, 1, 0},
        {33, 1, 0},
        {39, 1, 0},
        {40, 1, 0},
        {43, 1, 0},
        {21, 8, 0},
        {22, 8, 0},
        {23, 8, 0},
        {25, 1, 1},
        {37, 4, 512},
        {38, 4, 0},
        {41, 4, 1},
        {42, 4, 0},
    };

    /** Of a macvlan of mode VEPA. */
    private static final long[][] MACVLAN = {{1, 4, 2}, {2, 2, 0}, {6, 4, 0}, {7, 4, 1000}, {8, 4, 1000}};

    private final NetDeviceTable table;
    private final NetDevices devices;
    private final TunTable tuns;

    LinkData(NetDevices devices, TunTable tuns) {
        this.devices = devices;
        this.table = devices.table();
        this.tuns = tuns;
    }

    /** IFLA_INFO_DATA of those kinds that have some. */
    void put(int dev, NlMessage out) {
        switch (table.kind(dev)) {
            case NetDevices.BRIDGE -> putAll(INFO_DATA, BRIDGE, dev, dev, out);
            case NetDevices.MACVLAN -> putAll(INFO_DATA, MACVLAN, dev, dev, out);
            case NetDevices.TUN, NetDevices.TAP -> putTun(dev, out);
            default -> {
                // nothing more to tell
            }
        }
    }

    void putPort(int dev, NlMessage out) {
        putAll(INFO_SLAVE_DATA, PORT, dev, table.master(dev), out);
    }

    private void putAll(int nest, long[][] all, int dev, int bridge, NlMessage out) {
        int data = out.nest(nest);
        for (long[] one : all) {
            int type = (int) one[0];
            switch ((int) one[1]) {
                case BRIDGE_ID -> {
                    int at = out.attr(type, 8);
                    boolean hasPorts = !table.ports().isEmpty(bridge);
                    Bytes.putNetLong(out.bytes(), at, PRIORITY | (hasPorts ? table.address(bridge) : 0));
                }
                case PORT_ID -> out.putShort(type, 0x8000 | number(dev));
                case PORT_NUMBER -> out.putShort(type, number(dev));
                case PORT_STATE -> out.putByte(type, isForwarding(dev) ? FORWARDING : 0);
                default -> {
                    int at = out.attr(type, (int) one[1]);
                    for (int i = 0; i < one[1]; i++) {
                        out.bytes()[at + i] = (byte) (one[2] >>> (8 * i));
                    }
                }
            }
        }
        out.endNest(data);
    }

    private boolean isForwarding(int dev) {
        return devices.isUp(dev) && table.carrier(dev) != 0 && devices.isUp(table.master(dev));
    }

    /** The place of a port among those of its bridge. */
    private int number(int dev) {
        int number = 1;
        for (int port = table.ports().prev(dev);
                port != NULL;
                port = table.ports().prev(port)) {
            number++;
        }
        return number;
    }

    private void putTun(int dev, NlMessage out) {
        int tun = table.tun(dev);
        if (tun == NULL) {
            return;
        }
        int flags = tuns.flags(tun);
        int data = out.nest(INFO_DATA);
        if (tuns.owner(tun) != -1) {
            out.putInt(1, tuns.owner(tun));
        }
        if (tuns.group(tun) != -1) {
            out.putInt(2, tuns.group(tun));
        }
        boolean isMulti = (flags & Tuns.IFF_MULTI_QUEUE) != 0;
        out.putByte(3, flags & 3);
        out.putByte(4, (flags & Tuns.IFF_NO_PI) == 0 ? 1 : 0);
        out.putByte(5, (flags & Tuns.IFF_VNET_HDR) != 0 ? 1 : 0);
        out.putByte(6, (flags & Tuns.IFF_PERSIST) != 0 ? 1 : 0);
        out.putByte(7, isMulti ? 1 : 0);
        if (isMulti) {
            out.putInt(8, tuns.queues(tun));
            out.putInt(9, tuns.disabled(tun));
        }
        out.endNest(data);
    }
}
