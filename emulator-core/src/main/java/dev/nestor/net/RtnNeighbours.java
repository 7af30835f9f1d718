package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.proc.SeqFile;
import dev.nestor.table.Chain;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Socket;

/** RTM_NEWNEIGH, RTM_DELNEIGH, RTM_GETNEIGH, and /proc/net/arp: net/core/neighbour.c, arp_seq_show(). */
final class RtnNeighbours {
    private static final int HEADER = 12; // bytes of struct ndmsg
    private static final int NDA_DST = 1;
    private static final int NDA_LLADDR = 2;
    private static final int NDA_CACHEINFO = 3;
    private static final int NDA_PROBES = 4;
    private static final int NDA_IFINDEX = 8;
    private static final int NDA_MASTER = 9;
    private static final int NDA_PROTOCOL = 12;
    private static final int NTF_USE = 1;
    private static final int NTF_EXT_LEARNED = 0x10;
    private static final int RTN_UNICAST = 1;
    private static final int RTNLGRP_NEIGH = 3;
    private static final int ATF_COM = 2;
    private static final int ATF_PERM = 4;
    private static final int ATF_PUBL = 8;
    private static final long TICK_NS = 10_000_000; // of clock_t

    private final NetDevices devices;
    private final NetDeviceTable table;
    private final Neighbours neighbours;
    private final NeighbourTable neighs;
    private final NetlinkSockets netlink;
    private final DevConf conf;
    private final Sockets sockets;
    private final NlMessage note = new NlMessage();
    private final NlRequest nobody = new NlRequest();
    private final byte[] hardware = new byte[6];

    /* What a request names. */
    private int dev;
    private long high;
    private long low;

    RtnNeighbours(NetDevices devices, Neighbours neighbours, NetlinkSockets netlink, Sockets sockets, DevConf conf) {
        this.devices = devices;
        this.table = devices.table();
        this.neighbours = neighbours;
        this.neighs = neighbours.table();
        this.netlink = netlink;
        this.sockets = sockets;
        this.conf = conf;
        neighbours.setTold(this::tell);
    }

    NetlinkSockets netlink() {
        return netlink;
    }

    /** __neigh_notify(). */
    private void tell(int of, int neigh, int type) {
        int net = table.net(of);
        if (netlink.hasListeners(net, RTNLGRP_NEIGH)) {
            note.clear();
            fill(neigh, type, 0, nobody, note);
            netlink.tell(net, RTNLGRP_NEIGH, note);
        }
    }

    /** neigh_fill_info(), pneigh_fill_info(). */
    private void fill(int neigh, int type, int portid, NlRequest asked, NlMessage out) {
        int flags = Rtnetlink.isDump(asked) ? NlRequest.NLM_F_MULTI : 0;
        int at = out.begin(type, flags, asked.seq, portid, HEADER);
        byte[] bytes = out.bytes();
        boolean is4 = neighs.family(neigh) == Socket.AF_INET;
        int state = neighs.state(neigh);
        bytes[at] = (byte) neighs.family(neigh);
        Bytes.putInt(bytes, at + 4, table.ifindex(neighs.neighbours().owner(neigh)));
        Bytes.putShort(bytes, at + 8, state);
        bytes[at + 10] = (byte) neighs.flags(neigh);
        bytes[at + 11] = RTN_UNICAST;
        int place = out.attr(NDA_DST, is4 ? 4 : 16);
        if (is4) {
            Bytes.putNetInt(out.bytes(), place, (int) neighs.low(neigh));
        } else {
            Bytes.putNetLong(out.bytes(), place, neighs.high(neigh));
            Bytes.putNetLong(out.bytes(), place + 8, neighs.low(neigh));
        }
        if (!neighbours.isProxy(neigh)) {
            if ((state & Neighbours.NUD_VALID) != 0) {
                int to = out.attr(NDA_LLADDR, hardware.length);
                RtnLinks.putAddress(out.bytes(), to, neighs.hardware(neigh));
            }
            out.putInt(NDA_PROBES, neighs.probes(neigh));
            putTimes(neigh, out);
        }
        if (neighs.protocol(neigh) != 0) {
            out.putByte(NDA_PROTOCOL, neighs.protocol(neigh));
        }
        out.end();
    }

    private void putTimes(int neigh, NlMessage out) {
        int at = out.attr(NDA_CACHEINFO, 16);
        long now = sockets.time.monotonicNs();
        Bytes.putInt(out.bytes(), at, (int) ((now - neighs.confirmed(neigh)) / TICK_NS));
        Bytes.putInt(out.bytes(), at + 4, (int) ((now - neighs.used(neigh)) / TICK_NS));
        Bytes.putInt(out.bytes(), at + 8, (int) ((now - neighs.updated(neigh)) / TICK_NS));
    }

    /** neigh_dump_info(). */
    void dump(int net, int portid, NlRequest asked, NlMessage reply) {
        boolean isWhole = asked.hasHeader(HEADER);
        int family = asked.bytes[asked.body()] & 0xff;
        boolean wantsProxies = isWhole && asked.bytes[asked.body() + 10] == Neighbours.NTF_PROXY;
        int index = isWhole ? asked.find(NDA_IFINDEX) : -1;
        int master = isWhole && !wantsProxies ? asked.find(NDA_MASTER) : -1;
        for (int wanted = Socket.AF_INET; wanted <= Socket.AF_INET6; wanted += Socket.AF_INET6 - Socket.AF_INET) {
            for (int at = table.devices().first(net);
                    at != NULL && (family == 0 || family == wanted);
                    at = table.devices().next(at)) {
                boolean isAsked = (index < 0 || asked.intOf(index) == 0 || asked.intOf(index) == table.ifindex(at))
                        && (master < 0 || hasMaster(at, asked.intOf(master)));
                if (isAsked) {
                    dumpDevice(at, wanted, wantsProxies, portid, asked, reply);
                }
            }
        }
    }

    private boolean hasMaster(int of, int ifindex) {
        return ifindex == 0 || (table.master(of) != NULL && table.ifindex(table.master(of)) == ifindex);
    }

    private void dumpDevice(int of, int family, boolean proxies, int portid, NlRequest asked, NlMessage reply) {
        Chain chain = neighs.neighbours();
        for (int neigh = chain.first(of); neigh != NULL; neigh = chain.next(neigh)) {
            if (neighs.family(neigh) == family && neighbours.isProxy(neigh) == proxies) {
                fill(neigh, Rtnetlink.RTM_NEWNEIGH, portid, asked, reply);
            }
        }
    }

    /** What a request is about: 0, EINVAL, ENODEV, EAFNOSUPPORT. The device is NULL where none is named. */
    private int take(int net, NlRequest asked, boolean hasLinkAddress) {
        if (!asked.hasHeader(HEADER)) {
            return -Errno.EINVAL;
        }
        int family = asked.bytes[asked.body()] & 0xff;
        if (family == RtnLinks.AF_BRIDGE) {
            return -Errno.EOPNOTSUPP; // tables of bridges are not kept
        }
        int to = asked.find(NDA_DST);
        if (to < 0) {
            return asked.fail(-Errno.EINVAL, "Network address not specified");
        }
        int ifindex = asked.intOf(asked.body() + 4);
        dev = ifindex == 0 ? NULL : devices.byIndex(net, ifindex);
        if (ifindex != 0 && dev == NULL) {
            return -Errno.ENODEV;
        }
        int link = hasLinkAddress ? asked.find(NDA_LLADDR) : -1;
        if (link >= 0 && dev != NULL && asked.size(link) < table.addressLength(dev)) {
            return asked.fail(-Errno.EINVAL, "Invalid link address");
        }
        if (family != Socket.AF_INET && family != Socket.AF_INET6) {
            return -Errno.EAFNOSUPPORT;
        }
        boolean is4 = family == Socket.AF_INET;
        if (asked.size(to) < (is4 ? 4 : 16)) {
            return asked.fail(-Errno.EINVAL, "Invalid network address");
        }
        high = is4 ? 0 : Bytes.getNetLong(asked.bytes, to);
        low = is4
                ? InetAddress.ANY4 | (Bytes.getNetInt(asked.bytes, to) & 0xffffffffL)
                : Bytes.getNetLong(asked.bytes, to + 8);
        return 0;
    }

    /** neigh_add(): what take() says, EEXIST, ENOENT, ENOBUFS, EINVAL. */
    int make(int net, NlRequest asked) {
        int error = take(net, asked, true);
        if (error != 0) {
            return error;
        }
        int flags = asked.bytes[asked.body() + 10] & 0xff;
        if ((flags & Neighbours.NTF_PROXY) != 0) {
            return makeProxy(asked);
        }
        if (dev == NULL) {
            return asked.fail(-Errno.EINVAL, "Device not specified");
        }
        if (asked.bytes[asked.body()] == Socket.AF_INET6 && conf.get(dev, DevConf.DISABLE_IPV6) != 0) {
            return asked.fail(-Errno.EINVAL, "IPv6 is disabled on this device");
        }
        int state = Bytes.getShort(asked.bytes, asked.body() + 8);
        int neigh = neighbours.find(dev, high, low, false);
        int how = Neighbours.ADMIN | Neighbours.OVERRIDE;
        if (neigh == NULL) {
            if ((asked.flags & NlRequest.NLM_F_CREATE) == 0) {
                return -Errno.ENOENT;
            }
            boolean isKept = (state & Neighbours.NUD_PERMANENT) != 0 || (flags & NTF_EXT_LEARNED) != 0;
            neigh = neighbours.create(dev, high, low, 0, isKept);
            if (neigh < 0) {
                return neigh;
            }
        } else if ((asked.flags & NlRequest.NLM_F_EXCL) != 0) {
            return -Errno.EEXIST;
        } else if ((asked.flags & NlRequest.NLM_F_REPLACE) == 0) {
            how = Neighbours.ADMIN;
        }
        int protocol = asked.find(NDA_PROTOCOL);
        if (protocol >= 0) {
            neighs.setProtocol(neigh, asked.bytes[protocol] & 0xff);
        }
        if ((flags & NTF_USE) != 0) {
            neighbours.output(dev, high, low);
            return 0;
        }
        int link = asked.find(NDA_LLADDR);
        error = neighbours.update(neigh, link < 0 ? 0 : RtnLinks.addressAt(asked.bytes, link), state, how);
        return error == -Errno.EINVAL ? asked.fail(error, "No link layer address given") : error;
    }

    /** pneigh_create(). */
    private int makeProxy(NlRequest asked) {
        if (dev == NULL) {
            return -Errno.EOPNOTSUPP; // proxies on all devices are not kept
        }
        int proxy = neighbours.find(dev, high, low, true);
        proxy = proxy != NULL ? proxy : neighbours.create(dev, high, low, Neighbours.NTF_PROXY, true);
        int protocol = asked.find(NDA_PROTOCOL);
        if (proxy > NULL && protocol >= 0) {
            neighs.setProtocol(proxy, asked.bytes[protocol] & 0xff);
        }
        return Math.min(proxy, 0);
    }

    /** neigh_delete(): what take() says, ENOENT, EINVAL. */
    int delete(int net, NlRequest asked) {
        int error = take(net, asked, false);
        if (error != 0) {
            return error;
        }
        boolean isProxy = (asked.bytes[asked.body() + 10] & Neighbours.NTF_PROXY) != 0;
        if (dev == NULL) {
            return isProxy ? -Errno.ENOENT : -Errno.EINVAL;
        }
        int neigh = neighbours.find(dev, high, low, isProxy);
        if (neigh == NULL) {
            return -Errno.ENOENT;
        }
        if (!isProxy) {
            neighbours.update(neigh, 0, Neighbours.NUD_FAILED, Neighbours.ADMIN | Neighbours.OVERRIDE);
        }
        neighbours.remove(neigh);
        return 0;
    }

    /** neigh_get(): what take() says, ENOENT, EINVAL. */
    int get(int net, int portid, NlRequest asked, NlMessage reply) {
        int error = take(net, asked, false);
        if (error != 0) {
            return error;
        }
        boolean isProxy = (asked.bytes[asked.body() + 10] & Neighbours.NTF_PROXY) != 0;
        if (dev == NULL && !isProxy) {
            return asked.fail(-Errno.EINVAL, "No device specified");
        }
        int neigh = dev == NULL ? NULL : neighbours.find(dev, high, low, isProxy);
        if (neigh == NULL) {
            return asked.fail(-Errno.ENOENT, isProxy ? "Proxy neighbour entry not found" : "Neighbour entry not found");
        }
        fill(neigh, Rtnetlink.RTM_NEWNEIGH, portid, asked, reply);
        return 0;
    }

    /** arp_seq_show(): of IPv4, those that have been asked for, and then what is answered for others. */
    void showArp(int net, SeqFile out) {
        out.put("IP address       HW type     Flags       HW address            Mask     Device\n");
        for (int proxies = 0; proxies < 2; proxies++) {
            for (int at = table.devices().first(net);
                    at != NULL;
                    at = table.devices().next(at)) {
                showArpOf(at, proxies != 0, out);
            }
        }
    }

    private void showArpOf(int of, boolean proxies, SeqFile out) {
        Chain chain = neighs.neighbours();
        for (int neigh = chain.first(of); neigh != NULL; neigh = chain.next(neigh)) {
            int state = neighs.state(neigh);
            boolean isShown = neighs.family(neigh) == Socket.AF_INET
                    && neighbours.isProxy(neigh) == proxies
                    && (proxies || (state & ~Neighbours.NUD_NOARP) != 0);
            if (isShown) {
                int flags = (state & Neighbours.NUD_PERMANENT) != 0
                        ? ATF_PERM | ATF_COM
                        : (state & Neighbours.NUD_VALID) != 0 ? ATF_COM : 0;
                line(of, neigh, proxies ? ATF_PUBL | ATF_PERM : flags, out);
            }
        }
    }

    private void line(int of, int neigh, int flags, SeqFile out) {
        int start = out.mark();
        for (int shift = 24; shift >= 0; shift -= 8) {
            out.put(shift == 24 ? "" : ".").decimal(neighs.low(neigh) >>> shift & 0xff);
        }
        out.padTo(start, 16).put(" 0x");
        start = out.mark();
        out.put(Integer.toHexString(table.type(of))).padTo(start, 10).put("0x");
        start = out.mark();
        out.put(Integer.toHexString(flags)).padTo(start, 10);
        RtnLinks.putAddress(hardware, 0, neighs.hardware(neigh));
        for (int i = 0; i < hardware.length; i++) {
            out.put(i == 0 ? "" : ":").hex(hardware[i] & 0xff, 2);
        }
        out.put("     *        ").put(devices.nameOf(of)).put('\n');
    }
}
