package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import java.nio.charset.StandardCharsets;

/** Links over netlink: rtnl_fill_ifinfo(), rtnl_newlink(), rtnl_dellink() of net/core/rtnetlink.c. */
final class RtnLinks {
    static final int HEADER = 16; // bytes of struct ifinfomsg
    static final int AF_BRIDGE = 7;
    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_MTU = 4;
    static final int IFLA_LINK = 5;
    static final int IFLA_MASTER = 10;
    private static final int IFLA_TXQLEN = 13;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_NET_NS_PID = 19;
    private static final int IFLA_GROUP = 27;
    private static final int IFLA_NET_NS_FD = 28;
    private static final int IFLA_NEW_IFINDEX = 49;
    private static final int IFLA_ALT_IFNAME = 53;
    private static final int IFLA_TARGET_NETNSID = 46;
    private static final int IFLA_IFALIAS = 20;
    private static final int IFLA_PROP_LIST = 52;
    private static final int INFO_KIND = 1; // IFLA_INFO_KIND
    private static final int INFO_DATA = 2; // IFLA_INFO_DATA
    private static final int VETH_INFO_PEER = 1;

    private final NetDevices devices;
    private final NetDeviceTable table;
    private final RtnNsids nsids;
    private final Sockets sockets;
    private final LinkMessages messages;
    private final RtnNotes notes;

    RtnLinks(NetDevices devices, LinkMessages messages, RtnNotes notes, RtnNsids nsids, Sockets sockets) {
        this.devices = devices;
        this.table = devices.table();
        this.messages = messages;
        this.notes = notes;
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
        messages.readMask(asked);
        if (asked.bytes[asked.body()] == AF_BRIDGE) {
            return 0; // rtnl_bridge_getlink() has ports only, and what is asked of those is not kept
        }
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
                messages.fill(dev, Rtnetlink.RTM_NEWLINK, 0, asked, portid, reply);
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
        messages.readMask(asked);
        messages.fill(dev, Rtnetlink.RTM_NEWLINK, 0, asked, portid, reply);
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

    static void putAddress(byte[] bytes, int at, long address) {
        for (int i = 0; i < 6; i++) {
            bytes[at + i] = (byte) (address >>> (40 - 8 * i));
        }
    }

    /** rtnl_newlink(): a change of the device named, or a new one. */
    int make(int task, int net, NlRequest asked) {
        if (!asked.hasHeader(HEADER)) {
            return -Errno.EINVAL;
        }
        int ifindex = asked.intOf(asked.body() + 4);
        int name = asked.find(IFLA_IFNAME);
        if (name >= 0 && !isShortName(asked, name)) {
            asked.badAttr = name - 4 - asked.at;
            asked.mostLength = NetDevices.IFNAMSIZ - 1;
            return asked.fail(-Errno.ERANGE, "Attribute failed policy validation");
        }
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
            boolean isTun = kind >= 0 && textAt(asked, kind).equals("tun");
            return asked.fail(
                    -Errno.EOPNOTSUPP,
                    isTun ? "tun/tap creation via rtnetlink is not supported." : "Unknown device type");
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
        long peerHardware = 0;
        boolean isPeerNamed = false;
        int peerIndex = 0;
        if (peer >= 0) {
            int from = peer + HEADER;
            int to = peer + asked.size(peer);
            int name = asked.find(from, to, IFLA_IFNAME);
            peerName = name < 0 ? peerName : nameAt(asked, name);
            isPeerNamed = name >= 0;
            int hardwareAt = asked.find(from, to, IFLA_ADDRESS);
            peerHardware = hardwareAt < 0 || asked.size(hardwareAt) < 6 ? 0 : addressAt(asked.bytes, hardwareAt);
            peerNet = netAt(task, net, asked, from, to);
            peerNet = peerNet == NULL ? target : peerNet;
            peerIndex = asked.intOf(peer + 4);
        }
        if (peerNet < 0) {
            return peerNet;
        }
        int other = devices.create(peerNet, NetDevices.VETH, peerName, peerHardware, peerIndex);
        if (other < 0) {
            return other;
        }
        table.setAddressSet(other, peerHardware != 0 ? 1 : 0);
        table.setNameAssignType(other, isPeerNamed ? NetDevices.NET_NAME_USER : NetDevices.NET_NAME_ENUM);
        int dev = devices.create(target, NetDevices.VETH, given, hardware, asked.intOf(asked.body() + 4));
        if (dev < 0) {
            devices.delete(other);
            return dev;
        }
        devices.pair(dev, other);
        notes.link(other, Rtnetlink.RTM_NEWLINK, -1);
        return finish(dev, other, asked);
    }

    private int finish(int dev, int link, NlRequest asked) {
        boolean isNamed = asked.find(IFLA_IFNAME) >= 0;
        table.setNameAssignType(dev, isNamed ? NetDevices.NET_NAME_USER : NetDevices.NET_NAME_ENUM);
        table.setAddressSet(dev, asked.find(IFLA_ADDRESS) >= 0 ? 1 : 0);
        if (link != NULL && table.kind(dev) == NetDevices.MACVLAN) {
            devices.standOn(dev, link);
        }
        if (table.kind(dev) == NetDevices.BRIDGE && table.addressSet(dev) != 0) {
            devices.selectPortStates(dev);
        }
        int error = setNumbers(dev, asked, true);
        int wanted = asked.intOf(asked.body() + 8);
        notes.link(dev, Rtnetlink.RTM_NEWLINK, -1);
        if (error == 0 && (wanted & NetDevices.IFF_UP) != 0) {
            devices.changeFlags(dev, table.flags(dev) | NetDevices.IFF_UP);
        }
        return error;
    }

    /** The policy of IFLA_IFNAME. */
    private static boolean isShortName(NlRequest asked, int payload) {
        return NetDevices.length(asked.bytes, payload, asked.size(payload)) < NetDevices.IFNAMSIZ;
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
        if (name >= 0 && !isShortName(asked, name)) {
            return asked.fail(-Errno.ERANGE, "Attribute failed policy validation");
        }
        if (target != net) {
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
        int error = setNumbers(dev, asked, false);
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

    private int setNumbers(int dev, NlRequest asked, boolean isNew) {
        int address = asked.find(IFLA_ADDRESS);
        if (address >= 0 && !isNew) {
            if (table.addressLength(dev) == 0) {
                return -Errno.EOPNOTSUPP;
            }
            int error =
                    asked.size(address) < 6 ? -Errno.EINVAL : devices.setAddress(dev, addressAt(asked.bytes, address));
            if (error != 0) {
                return error;
            }
        }
        int error = setMtu(dev, asked);
        if (error != 0) {
            return error;
        }
        int txqlen = asked.find(IFLA_TXQLEN);
        if (txqlen >= 0) {
            table.setTxqlen(dev, asked.intOf(txqlen));
        }
        int group = asked.find(IFLA_GROUP);
        if (group >= 0) {
            table.setGroup(dev, asked.intOf(group));
        }
        int alias = asked.find(IFLA_IFALIAS);
        if (alias >= 0) {
            error = devices.setAlias(dev, asked.bytes, alias, asked.size(alias));
            if (error != 0) {
                return error;
            }
        }
        return setMaster(dev, asked);
    }

    private int setMtu(int dev, NlRequest asked) {
        int mtu = asked.find(IFLA_MTU);
        if (mtu < 0) {
            return 0;
        }
        int check = devices.checkMtu(dev, asked.intOf(mtu));
        if (check != 0) {
            return asked.fail(
                    -Errno.EINVAL, check < 0 ? "mtu less than device minimum" : "mtu greater than device maximum");
        }
        table.setMtu(dev, asked.intOf(mtu));
        return 0;
    }

    /** do_set_master(): EINVAL, EOPNOTSUPP, ELOOP. */
    private int setMaster(int dev, NlRequest asked) {
        int master = asked.find(IFLA_MASTER);
        if (master < 0) {
            return 0;
        }
        int index = asked.intOf(master);
        int bridge = index == 0 ? NULL : devices.byIndex(table.net(dev), index);
        if (bridge != table.master(dev)) {
            devices.enslave(dev, NULL);
        }
        if (index != 0 && (bridge == NULL || table.kind(bridge) != NetDevices.BRIDGE)) {
            return bridge == NULL ? -Errno.EINVAL : -Errno.EOPNOTSUPP;
        }
        if (bridge != NULL && bridge != table.master(dev)) {
            int error = devices.mayEnslave(dev);
            if (error != 0) {
                asked.extack = error == -Errno.ELOOP ? "Can not enslave a bridge to a bridge" : "";
                return error;
            }
        }
        devices.enslave(dev, bridge);
        return 0;
    }

    /** rtnl_linkprop(): other names are added or taken away. EINVAL, ENODEV, EEXIST, ENOENT, EOPNOTSUPP. */
    int linkProperties(int net, NlRequest asked) {
        if (!asked.hasHeader(HEADER)) {
            return -Errno.EINVAL;
        }
        int dev = deviceOf(net, asked);
        if (dev < 0) {
            return dev;
        }
        int list = asked.find(IFLA_PROP_LIST);
        if (list < 0) {
            return 0;
        }
        boolean isNew = asked.type == Rtnetlink.RTM_NEWLINKPROP;
        int error = 0;
        int end = list + asked.size(list);
        for (int at = list; at + 4 <= end && error == 0; at += (asked.size(at + 4) + 7) & -4) {
            int size = asked.size(at + 4);
            if (size < 0 || at + 4 + size > end) {
                return -Errno.EINVAL;
            }
            int length = NetDevices.length(asked.bytes, at + 4, size);
            boolean isName = (Bytes.getShort(asked.bytes, at + 2) & 0x3fff) == IFLA_ALT_IFNAME;
            if (!isName || length == 0 || length >= AltNames.ALTIFNAMSIZ) {
                return -Errno.EINVAL;
            }
            error = isNew
                    ? devices.altNames().add(dev, asked.bytes, at + 4, length)
                    : devices.altNames().remove(dev, asked.bytes, at + 4, length);
        }
        if (error == 0) {
            devices.stateChange(dev);
        }
        return error;
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
