package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import java.nio.charset.StandardCharsets;

/** Links over netlink: rtnl_fill_ifinfo(), rtnl_newlink(), rtnl_dellink() of net/core/rtnetlink.c. */
final class RtnLinks {
    private static final int HEADER = 16; // bytes of struct ifinfomsg
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
    private static final int IFLA_NET_NS_PID = 19;
    private static final int IFLA_STATS64 = 23;
    private static final int IFLA_AF_SPEC = 26;
    private static final int IFLA_GROUP = 27;
    private static final int IFLA_NET_NS_FD = 28;
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
    private static final int IFLA_NEW_IFINDEX = 49;
    private static final int IFLA_MIN_MTU = 50;
    private static final int IFLA_MAX_MTU = 51;
    private static final int IFLA_ALT_IFNAME = 53;
    private static final int IFLA_PERM_ADDRESS = 54;
    private static final int IFLA_TARGET_NETNSID = 46;
    private static final int IFLA_NETNS_IMMUTABLE = 67;
    private static final int INFO_KIND = 1; // IFLA_INFO_KIND
    private static final int INFO_DATA = 2; // IFLA_INFO_DATA
    private static final int VETH_INFO_PEER = 1;
    private static final int GSO_MAX_SIZE = 65_536;
    private static final int TSO_MAX_SIZE = 524_280;
    private static final int RTNLGRP_LINK = 1;

    private final NetDevices devices;
    private final NetDeviceTable table;
    private final NetlinkSockets netlink;
    private final RtnNsids nsids;
    private final Sockets sockets;
    private final NlMessage note = new NlMessage();
    private final NlRequest nobody = new NlRequest(); // who asks for a notification

    RtnLinks(NetDevices devices, NetlinkSockets netlink, RtnNsids nsids, Sockets sockets) {
        this.devices = devices;
        this.table = devices.table();
        this.netlink = netlink;
        this.nsids = nsids;
        this.sockets = sockets;
    }

    private boolean isOfKind(int dev, NlRequest asked) {
        int info = asked.find(IFLA_LINKINFO);
        if (info < 0) {
            return true;
        }
        int kind = asked.find(info, info + asked.size(info), INFO_KIND);
        return kind < 0 || textAt(asked, kind).equals(kindName(table.kind(dev)));
    }

    /** rtnl_dump_ifinfo(). */
    int dump(int net, int portid, NlRequest asked, NlMessage reply) {
        boolean isFull = asked.hasHeader(HEADER);
        readMask(asked);
        int of = net;
        if (isFull && asked.find(IFLA_TARGET_NETNSID) >= 0) {
            of = nsids.netOf(net, asked.intOf(asked.find(IFLA_TARGET_NETNSID)));
            if (of == NULL) {
                return -Errno.EINVAL;
            }
        }
        int master = isFull ? asked.find(IFLA_MASTER) : -1;
        for (int dev = table.devices().first(of);
                dev != NULL;
                dev = table.devices().next(dev)) {
            boolean isPort = master < 0
                    || (table.master(dev) != NULL && table.ifindex(table.master(dev)) == asked.intOf(master));
            if (isPort && (!isFull || isOfKind(dev, asked))) {
                fill(dev, Rtnetlink.RTM_NEWLINK, 0, asked, portid, reply);
            }
        }
        return 0;
    }

    /** rtnl_getlink(): ENODEV, EINVAL. */
    int get(int net, int portid, NlRequest asked, NlMessage reply) {
        if (!asked.hasHeader(HEADER)) {
            return asked.fail(-Errno.EINVAL, "Invalid header for get link");
        }
        int dev = deviceOf(net, asked);
        if (dev < 0) {
            return dev;
        }
        readMask(asked);
        fill(dev, Rtnetlink.RTM_NEWLINK, 0, asked, portid, reply);
        return 0;
    }

    /** The device that a request names, by index or name: ENODEV, EINVAL. */
    private int deviceOf(int net, NlRequest asked) {
        int ifindex = asked.intOf(asked.body() + 4);
        int name = asked.find(IFLA_IFNAME);
        if (name < 0) {
            name = asked.find(IFLA_ALT_IFNAME);
        }
        if (ifindex <= 0 && name < 0) {
            return -Errno.EINVAL;
        }
        int dev = ifindex > 0
                ? devices.byIndex(net, ifindex)
                : devices.byName(net, asked.bytes, name, Math.min(asked.size(name), NetDevices.IFNAMSIZ));
        return dev == NULL ? -Errno.ENODEV : dev;
    }

    static String kindName(int kind) {
        return switch (kind) {
            case NetDevices.VETH -> "veth";
            case NetDevices.BRIDGE -> "bridge";
            case NetDevices.IFB -> "ifb";
            case NetDevices.MACVLAN -> "macvlan";
            case NetDevices.TUN, NetDevices.TAP -> "tun";
            default -> "";
        };
    }

    private static int kindOf(String name) {
        return switch (name) {
            case "veth" -> NetDevices.VETH;
            case "bridge" -> NetDevices.BRIDGE;
            case "ifb" -> NetDevices.IFB;
            case "macvlan" -> NetDevices.MACVLAN;
            default -> NULL;
        };
    }

    private String textAt(NlRequest asked, int payload) {
        int length = NetDevices.length(asked.bytes, payload, asked.size(payload));
        return new String(asked.bytes, payload, length, StandardCharsets.ISO_8859_1);
    }

    private boolean withStats = true; // RTEXT_FILTER_SKIP_STATS is off

    private void readMask(NlRequest asked) {
        int mask = asked.find(IFLA_EXT_MASK);
        withStats = mask < 0 || (asked.intOf(mask) & SKIP_STATS) == 0;
    }

    /** rtnl_fill_ifinfo(). */
    private void fill(int dev, int type, int change, NlRequest asked, int portid, NlMessage out) {
        int flags = Rtnetlink.isDump(asked) ? NlRequest.NLM_F_MULTI : 0;
        int at = out.begin(type, flags, asked.seq, portid, HEADER);
        byte[] bytes = out.bytes();
        Bytes.putShort(bytes, at + 2, table.type(dev));
        Bytes.putInt(bytes, at + 4, table.ifindex(dev));
        Bytes.putInt(bytes, at + 8, devices.flags(dev));
        Bytes.putInt(bytes, at + 12, change);
        boolean isLoopback = table.kind(dev) == NetDevices.LOOPBACK;
        int queues = isLoopback || table.kind(dev) != NetDevices.VETH ? 1 : 2;
        out.putText(IFLA_IFNAME, devices.nameOf(dev));
        out.putInt(IFLA_TXQLEN, table.txqlen(dev));
        out.putByte(IFLA_OPERSTATE, table.operstate(dev));
        out.putByte(IFLA_LINKMODE, 0);
        out.putByte(IFLA_NETNS_IMMUTABLE, NetDevices.isLocal(table.kind(dev)) ? 1 : 0);
        out.putInt(IFLA_MTU, table.mtu(dev));
        out.putInt(IFLA_MIN_MTU, isLoopback ? 0 : 68);
        out.putInt(IFLA_MAX_MTU, isLoopback ? 0 : 65_535);
        out.putInt(IFLA_GROUP, table.group(dev));
        out.putInt(IFLA_PROMISCUITY, table.promiscuity(dev));
        out.putInt(61, 0); // IFLA_ALLMULTI
        out.putInt(IFLA_NUM_TX_QUEUES, queues);
        putOffload(out);
        out.putInt(IFLA_NUM_RX_QUEUES, queues);
        if (table.master(dev) != NULL) {
            out.putInt(IFLA_MASTER, table.ifindex(table.master(dev)));
        }
        putCarrier(dev, out);
        if (table.addressLength(dev) > 0) {
            putHardware(dev, out);
        }
        putCounters(dev, out);
        int xdp = out.nest(IFLA_XDP);
        out.putByte(2, 0);
        out.endNest(xdp);
        putKind(dev, out);
        putLower(dev, out);
        boolean isUp = devices.isUp(dev);
        out.putText(IFLA_QDISC, isUp ? table.kind(dev) == NetDevices.PHYSICAL ? "pfifo_fast" : "noqueue" : "noop");
        if (table.permanent(dev) != 0) {
            int place = out.attr(IFLA_PERM_ADDRESS, 6);
            putAddress(out.bytes(), place, table.permanent(dev));
        }
        putFamilies(withStats, out);
        out.attr(IFLA_MAP, 32);
        out.nest(62 | 0x8000); // IFLA_DEVLINK_PORT
        out.nest(65 | 0x8000); // IFLA_DPLL_PIN
        out.end();
    }

    private static void putOffload(NlMessage out) {
        out.putInt(40, 65_535); // IFLA_GSO_MAX_SEGS
        out.putInt(41, GSO_MAX_SIZE);
        out.putInt(58, GSO_MAX_SIZE); // IFLA_GRO_MAX_SIZE
        out.putInt(63, GSO_MAX_SIZE); // IFLA_GSO_IPV4_MAX_SIZE
        out.putInt(64, GSO_MAX_SIZE);
        out.putInt(59, TSO_MAX_SIZE);
        out.putInt(60, 65_535); // IFLA_TSO_MAX_SEGS
        out.putInt(66, 0); // IFLA_MAX_PACING_OFFLOAD_HORIZON
    }

    private void putCarrier(int dev, NlMessage out) {
        out.putByte(IFLA_CARRIER, table.carrier(dev));
        out.putInt(IFLA_CARRIER_CHANGES, table.carrierUp(dev) + table.carrierDown(dev));
        out.putInt(IFLA_CARRIER_UP_COUNT, table.carrierUp(dev));
        out.putInt(IFLA_CARRIER_DOWN_COUNT, table.carrierDown(dev));
        out.putShort(68, 0); // IFLA_HEADROOM
        out.putShort(69, 0); // IFLA_TAILROOM
        out.putByte(IFLA_PROTO_DOWN, 0);
    }

    private void putHardware(int dev, NlMessage out) {
        int at = out.attr(IFLA_ADDRESS, 6);
        putAddress(out.bytes(), at, table.address(dev));
        at = out.attr(IFLA_BROADCAST, 6);
        putAddress(out.bytes(), at, table.kind(dev) == NetDevices.LOOPBACK ? 0 : -1L);
    }

    static void putAddress(byte[] bytes, int at, long address) {
        for (int i = 0; i < 6; i++) {
            bytes[at + i] = (byte) (address >>> (40 - 8 * i));
        }
    }

    private void putCounters(int dev, NlMessage out) {
        int at = out.attr(IFLA_STATS64, 200);
        byte[] bytes = out.bytes();
        Bytes.putLong(bytes, at, table.rxPackets(dev));
        Bytes.putLong(bytes, at + 8, table.txPackets(dev));
        Bytes.putLong(bytes, at + 16, table.rxBytes(dev));
        Bytes.putLong(bytes, at + 24, table.txBytes(dev));
        Bytes.putLong(bytes, at + 56, table.txDropped(dev));
        int old = out.attr(IFLA_STATS, 96);
        for (int i = 0; i < 8; i++) {
            Bytes.putInt(out.bytes(), old + 4 * i, Bytes.getInt(out.bytes(), at + 8 * i));
        }
    }

    private void putKind(int dev, NlMessage out) {
        String kind = kindName(table.kind(dev));
        if (!kind.isEmpty()) {
            int info = out.nest(IFLA_LINKINFO);
            out.putText(INFO_KIND, kind);
            out.endNest(info);
        }
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

    private static void putFamilies(boolean withStats, NlMessage out) {
        int spec = out.nest(IFLA_AF_SPEC);
        int inet = out.nest(2);
        out.attr(1, 132); // IFLA_INET_CONF
        out.endNest(inet);
        int inet6 = out.nest(10);
        out.putInt(1, 0); // IFLA_INET6_FLAGS
        out.attr(5, 16); // IFLA_INET6_CACHEINFO
        out.attr(2, 240); // IFLA_INET6_CONF
        if (withStats) {
            out.attr(3, 304); // IFLA_INET6_STATS
            out.attr(6, 56); // IFLA_INET6_ICMP6STATS
        }
        out.attr(7, 16); // IFLA_INET6_TOKEN
        out.putByte(8, 0); // IFLA_INET6_ADDR_GEN_MODE
        out.endNest(inet6);
        out.endNest(spec);
    }

    /** rtmsg_ifinfo(): tells who listens to RTNLGRP_LINK. */
    void tell(int dev, int type, int change) {
        if (netlink.hasListeners(table.net(dev), RTNLGRP_LINK)) {
            note.clear();
            withStats = true;
            fill(dev, type, change, nobody, 0, note);
            netlink.tell(table.net(dev), RTNLGRP_LINK, note);
        }
    }

    /** rtnl_newlink(): a change of the device named, or a new one. */
    int make(int task, int net, NlRequest asked) {
        if (!asked.hasHeader(HEADER)) {
            return -Errno.EINVAL;
        }
        int ifindex = asked.intOf(asked.body() + 4);
        int name = asked.find(IFLA_IFNAME);
        int dev = ifindex > 0 || name >= 0 ? deviceOf(net, asked) : NULL;
        if (dev > NULL) {
            boolean isExclusive = (asked.flags & NlRequest.NLM_F_EXCL) != 0;
            return isExclusive ? -Errno.EEXIST : changeDevice(task, net, dev, asked);
        }
        if ((asked.flags & NlRequest.NLM_F_CREATE) == 0) {
            return -Errno.ENODEV;
        }
        int info = asked.find(IFLA_LINKINFO);
        int kind = info < 0 ? -1 : asked.find(info, info + asked.size(info), INFO_KIND);
        int wanted = kind < 0 ? NULL : kindOf(textAt(asked, kind));
        if (wanted == NULL) {
            return asked.fail(-Errno.EOPNOTSUPP, "Unknown device type");
        }
        return create(task, net, wanted, asked);
    }

    private int create(int task, int net, int kind, NlRequest asked) {
        int target = targetNet(task, net, asked);
        if (target < 0) {
            return target;
        }
        int name = asked.find(IFLA_IFNAME);
        byte[] given = name < 0 ? NetDevices.bytes(kindName(kind) + "%d") : nameAt(asked, name);
        int address = asked.find(IFLA_ADDRESS);
        long hardware = address < 0 || asked.size(address) < 6 ? 0 : addressAt(asked.bytes, address);
        int wantedIndex = asked.intOf(asked.body() + 4);
        if (kind == NetDevices.MACVLAN) {
            int link = asked.find(IFLA_LINK);
            int lower = link < 0 ? NULL : devices.byIndex(net, asked.intOf(link));
            if (lower == NULL) {
                return link < 0 ? -Errno.EINVAL : -Errno.ENODEV;
            }
            int dev = devices.create(target, kind, given, hardware, wantedIndex);
            return dev < 0 ? dev : finish(dev, lower, asked);
        }
        if (kind != NetDevices.VETH) {
            int dev = devices.create(target, kind, given, hardware, wantedIndex);
            return dev < 0 ? dev : finish(dev, NULL, asked);
        }
        return createVeth(task, net, target, given, asked);
    }

    private int createVeth(int task, int net, int target, byte[] given, NlRequest asked) {
        int info = asked.find(IFLA_LINKINFO);
        int address = asked.find(IFLA_ADDRESS);
        long hardware = address < 0 || asked.size(address) < 6 ? 0 : addressAt(asked.bytes, address);
        int data = asked.find(info, info + asked.size(info), INFO_DATA);
        int peer = data < 0 ? -1 : asked.find(data, data + asked.size(data), VETH_INFO_PEER);
        int peerNet = target;
        byte[] peerName = NetDevices.bytes("veth%d");
        if (peer >= 0) {
            int from = peer + HEADER;
            int to = peer + asked.size(peer);
            int name = asked.find(from, to, IFLA_IFNAME);
            peerName = name < 0 ? peerName : nameAt(asked, name);
            peerNet = netAt(task, net, asked, from, to);
            peerNet = peerNet == NULL ? target : peerNet;
        }
        if (peerNet < 0) {
            return peerNet;
        }
        int other = devices.create(peerNet, NetDevices.VETH, peerName, 0, 0);
        if (other < 0) {
            return other;
        }
        int dev = devices.create(target, NetDevices.VETH, given, hardware, asked.intOf(asked.body() + 4));
        if (dev < 0) {
            devices.delete(other);
            return dev;
        }
        devices.pair(dev, other);
        tell(other, Rtnetlink.RTM_NEWLINK, -1);
        return finish(dev, other, asked);
    }

    private int finish(int dev, int link, NlRequest asked) {
        if (link != NULL) {
            table.setLink(dev, link);
        }
        int error = setNumbers(dev, asked);
        int wanted = asked.intOf(asked.body() + 8);
        tell(dev, Rtnetlink.RTM_NEWLINK, -1);
        if (error == 0 && (wanted & NetDevices.IFF_UP) != 0) {
            devices.changeFlags(dev, table.flags(dev) | NetDevices.IFF_UP);
        }
        return error;
    }

    private static byte[] nameAt(NlRequest asked, int payload) {
        int length = NetDevices.length(asked.bytes, payload, asked.size(payload));
        return java.util.Arrays.copyOfRange(asked.bytes, payload, payload + length);
    }

    static long addressAt(byte[] bytes, int at) {
        long address = 0;
        for (int i = 0; i < 6; i++) {
            address = (address << 8) | (bytes[at + i] & 0xff);
        }
        return address;
    }

    /** rtnl_link_get_net_capable(): the net asked for, or this one; EINVAL, ESRCH, EPERM. */
    private int targetNet(int task, int net, NlRequest asked) {
        int from = asked.body() + HEADER;
        int found = netAt(task, net, asked, from, asked.at + asked.length);
        return found == NULL ? net : found;
    }

    private int netAt(int task, int net, NlRequest asked, int from, int to) {
        int pid = asked.find(from, to, IFLA_NET_NS_PID);
        int fd = asked.find(from, to, IFLA_NET_NS_FD);
        int nsid = asked.find(from, to, IFLA_TARGET_NETNSID);
        int found = NULL;
        if (pid >= 0) {
            found = nsids.netOfPid(task, asked.intOf(pid));
            found = found == NULL ? -Errno.ESRCH : found;
        } else if (fd >= 0) {
            found = nsids.netOfFd(task, asked.intOf(fd));
        } else if (nsid >= 0) {
            found = nsids.netOf(net, asked.intOf(nsid));
            found = found == NULL ? -Errno.EINVAL : found;
        }
        boolean mayReach = found <= NULL
                || sockets.capabilities.nsCapable(task, sockets.nets.owner(found), Capability.CAP_NET_ADMIN);
        return mayReach ? found : -Errno.EPERM;
    }

    /** rtnl_setlink(). */
    int change(int task, int net, NlRequest asked) {
        if (!asked.hasHeader(HEADER)) {
            return -Errno.EINVAL;
        }
        int dev = deviceOf(net, asked);
        return dev < 0 ? dev : changeDevice(task, net, dev, asked);
    }

    /** do_setlink(). */
    private int changeDevice(int task, int net, int dev, NlRequest asked) {
        int target = targetNet(task, net, asked);
        if (target < 0) {
            return target;
        }
        int name = asked.find(IFLA_IFNAME);
        int index = asked.find(IFLA_NEW_IFINDEX);
        if (target != net || asked.find(IFLA_NET_NS_PID) >= 0 || asked.find(IFLA_NET_NS_FD) >= 0) {
            if (NetDevices.isLocal(table.kind(dev))) {
                return asked.fail(-Errno.EINVAL, "The interface netns is immutable");
            }
            byte[] given = name < 0 ? new byte[0] : nameAt(asked, name);
            int error = devices.move(dev, target, given, given.length, index < 0 ? 0 : asked.intOf(index));
            if (error == -Errno.EEXIST) {
                asked.extack = "An interface with the same name exists in the target netns";
            }
            if (error != 0) {
                return error;
            }
        } else if (name >= 0 && asked.intOf(asked.body() + 4) > 0) {
            byte[] given = nameAt(asked, name);
            int error = devices.rename(dev, given, given.length);
            if (error != 0) {
                return error;
            }
        }
        int error = setNumbers(dev, asked);
        if (error != 0) {
            return error;
        }
        int wanted = asked.intOf(asked.body() + 8);
        int mask = asked.intOf(asked.body() + 12);
        if (wanted != 0 || mask != 0) {
            int all = mask == 0 ? wanted : (table.flags(dev) & ~mask) | (wanted & mask);
            devices.changeFlags(dev, all);
        }
        return 0;
    }

    private int setNumbers(int dev, NlRequest asked) {
        int address = asked.find(IFLA_ADDRESS);
        if (address >= 0 && asked.size(address) >= 6) {
            table.setAddress(dev, addressAt(asked.bytes, address));
        }
        int mtu = asked.find(IFLA_MTU);
        if (mtu >= 0) {
            int value = asked.intOf(mtu);
            if (value < 68 || value > 65_535) {
                return asked.fail(
                        -Errno.EINVAL, value < 68 ? "mtu less than device minimum" : "mtu greater than device maximum");
            }
            table.setMtu(dev, value);
        }
        int txqlen = asked.find(IFLA_TXQLEN);
        if (txqlen >= 0) {
            table.setTxqlen(dev, asked.intOf(txqlen));
        }
        int group = asked.find(IFLA_GROUP);
        if (group >= 0) {
            table.setGroup(dev, asked.intOf(group));
        }
        int master = asked.find(IFLA_MASTER);
        if (master >= 0) {
            int index = asked.intOf(master);
            int bridge = index == 0 ? NULL : devices.byIndex(table.net(dev), index);
            if (index != 0 && (bridge == NULL || table.kind(bridge) != NetDevices.BRIDGE)) {
                return bridge == NULL ? -Errno.EINVAL : -Errno.EOPNOTSUPP;
            }
            table.setMaster(dev, bridge);
        }
        return 0;
    }

    /** rtnl_dellink(): ENODEV, EOPNOTSUPP, EINVAL. */
    int delete(int net, NlRequest asked) {
        if (!asked.hasHeader(HEADER)) {
            return -Errno.EINVAL;
        }
        int dev = deviceOf(net, asked);
        if (dev < 0) {
            return dev;
        }
        int kind = table.kind(dev);
        if (kind == NetDevices.LOOPBACK || kind == NetDevices.PHYSICAL) {
            return -Errno.EOPNOTSUPP;
        }
        devices.delete(dev);
        return 0;
    }
}
