package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Socket;

/** Addresses over netlink: inet_rtm_newaddr() of net/ipv4/devinet.c, inet6_rtm_newaddr() of net/ipv6/addrconf.c. */
final class RtnAddresses {
    private static final int HEADER = 8; // bytes of struct ifaddrmsg
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_LABEL = 3;
    private static final int IFA_BROADCAST = 4;
    private static final int IFA_CACHEINFO = 6;
    private static final int IFA_FLAGS = 8;
    private static final int IFA_PROTO = 11;

    private final NetDevices devices;
    private final Interfaces interfaces;
    private final InetAddrTable table;

    RtnAddresses(NetDevices devices, Interfaces interfaces) {
        this.devices = devices;
        this.interfaces = interfaces;
        this.table = interfaces.addresses();
    }

    void dump(int net, int portid, NlRequest asked, NlMessage reply) {
        int family = asked.bytes[asked.body()] & 0xff;
        int ifindex = asked.hasHeader(HEADER) ? asked.intOf(asked.body() + 4) : 0;
        NetDeviceTable devs = devices.table();
        for (int wanted = Socket.AF_INET; wanted <= Socket.AF_INET6; wanted += Socket.AF_INET6 - Socket.AF_INET) {
            for (int dev = devs.devices().first(net);
                    dev != NULL;
                    dev = devs.devices().next(dev)) {
                boolean isAsked = (family == 0 || family == wanted) && (ifindex == 0 || devs.ifindex(dev) == ifindex);
                for (int ifa = isAsked ? table.addresses().first(dev) : NULL;
                        ifa != NULL;
                        ifa = table.addresses().next(ifa)) {
                    if (table.family(ifa) == wanted) {
                        fill(dev, ifa, portid, asked, reply);
                    }
                }
            }
        }
    }

    private void putInet(NlMessage out, int type, int ifa, boolean peer) {
        boolean is4 = table.family(ifa) == Socket.AF_INET;
        int at = out.attr(type, is4 ? 4 : 16);
        long low = peer ? table.peerLow(ifa) : table.low(ifa);
        if (is4) {
            Bytes.putNetInt(out.bytes(), at, (int) low);
        } else {
            Bytes.putNetLong(out.bytes(), at, peer ? table.peerHigh(ifa) : table.high(ifa));
            Bytes.putNetLong(out.bytes(), at + 8, low);
        }
    }

    /** inet_fill_ifaddr(), inet6_fill_ifaddr(). */
    private void fill(int dev, int ifa, int portid, NlRequest asked, NlMessage out) {
        int at = out.begin(Rtnetlink.RTM_NEWADDR, NlRequest.NLM_F_MULTI, asked.seq, portid, HEADER);
        byte[] bytes = out.bytes();
        boolean is4 = table.family(ifa) == Socket.AF_INET;
        bytes[at] = (byte) table.family(ifa);
        bytes[at + 1] = (byte) table.prefix(ifa);
        bytes[at + 2] = (byte) table.flags(ifa);
        bytes[at + 3] = (byte) table.scope(ifa);
        Bytes.putInt(bytes, at + 4, devices.table().ifindex(dev));
        putInet(out, IFA_ADDRESS, ifa, true);
        if (is4) {
            putInet(out, IFA_LOCAL, ifa, false);
            if (table.broadcast(ifa) != 0) {
                int place = out.attr(IFA_BROADCAST, 4);
                Bytes.putNetInt(out.bytes(), place, table.broadcast(ifa));
            }
            out.putText(IFA_LABEL, devices.nameOf(dev));
            out.putInt(IFA_FLAGS, table.flags(ifa));
            putCache(ifa, out);
        } else {
            putCache(ifa, out);
            out.putInt(IFA_FLAGS, table.flags(ifa));
            if (table.protocol(ifa) != 0) {
                out.putByte(IFA_PROTO, table.protocol(ifa));
            }
        }
        out.end();
    }

    private void putCache(int ifa, NlMessage out) {
        int at = out.attr(IFA_CACHEINFO, 16);
        int stamp = (int) (table.tstamp(ifa) / 10_000_000);
        Bytes.putInt(out.bytes(), at, table.preferredLft(ifa));
        Bytes.putInt(out.bytes(), at + 4, table.validLft(ifa));
        Bytes.putInt(out.bytes(), at + 8, stamp);
        Bytes.putInt(out.bytes(), at + 12, stamp);
    }

    private static long low(NlRequest asked, int payload, boolean is4) {
        return is4
                ? InetAddress.ANY4 | (Bytes.getNetInt(asked.bytes, payload) & 0xffffffffL)
                : Bytes.getNetLong(asked.bytes, payload + 8);
    }

    private static long high(NlRequest asked, int payload, boolean is4) {
        return is4 ? 0 : Bytes.getNetLong(asked.bytes, payload);
    }

    /** EINVAL, ENODEV, EEXIST, EAFNOSUPPORT, ENOBUFS. */
    int make(int net, NlRequest asked) {
        if (!asked.hasHeader(HEADER)) {
            return -Errno.EINVAL;
        }
        int family = asked.bytes[asked.body()] & 0xff;
        boolean is4 = family == Socket.AF_INET;
        if (!is4 && family != Socket.AF_INET6) {
            return -Errno.EOPNOTSUPP;
        }
        int prefix = asked.bytes[asked.body() + 1] & 0xff;
        int local = asked.find(IFA_LOCAL);
        int address = asked.find(IFA_ADDRESS);
        int own = local >= 0 ? local : is4 ? -1 : address;
        if (own < 0 || prefix > (is4 ? 32 : 128)) {
            return asked.fail(-Errno.EINVAL, is4 && own < 0 ? "ipv4: Local address is not supplied" : "");
        }
        int dev = devices.byIndex(net, asked.intOf(asked.body() + 4));
        if (dev == NULL) {
            return asked.fail(-Errno.ENODEV, is4 ? "ipv4: Device not found" : "Unable to find the interface");
        }
        int flags = asked.find(IFA_FLAGS);
        int wanted = flags >= 0 ? asked.intOf(flags) : asked.bytes[asked.body() + 2] & 0xff;
        long high = high(asked, own, is4);
        long low = low(asked, own, is4);
        int existing = interfaces.find(dev, high, low, prefix);
        if (existing != NULL) {
            boolean replaces = (asked.flags & NlRequest.NLM_F_REPLACE) != 0;
            return replaces
                    ? 0
                    : asked.fail(-Errno.EEXIST, is4 ? "ipv4: Address already assigned" : "address already assigned");
        }
        int scope = is4 ? asked.bytes[asked.body() + 3] & 0xff : scopeOf(high, low);
        int ifa = interfaces.add(dev, high, low, prefix, wanted | Interfaces.IFA_F_PERMANENT, scope);
        if (ifa < 0) {
            return ifa;
        }
        if (address >= 0 && local >= 0) {
            table.setPeerHigh(ifa, high(asked, address, is4));
            table.setPeerLow(ifa, low(asked, address, is4));
        }
        int broadcast = asked.find(IFA_BROADCAST);
        if (is4 && broadcast >= 0) {
            table.setBroadcast(ifa, Bytes.getNetInt(asked.bytes, broadcast));
        }
        return 0;
    }

    private static int scopeOf(long high, long low) {
        if (high == 0 && low == 1) {
            return Interfaces.RT_SCOPE_HOST;
        }
        return high >>> 54 == 0xfe80 >>> 6 ? Interfaces.RT_SCOPE_LINK : Interfaces.RT_SCOPE_UNIVERSE;
    }

    /** EINVAL, ENODEV, EADDRNOTAVAIL. */
    int delete(int net, NlRequest asked) {
        if (!asked.hasHeader(HEADER)) {
            return -Errno.EINVAL;
        }
        boolean is4 = asked.bytes[asked.body()] == Socket.AF_INET;
        int prefix = asked.bytes[asked.body() + 1] & 0xff;
        int dev = devices.byIndex(net, asked.intOf(asked.body() + 4));
        if (dev == NULL) {
            return is4 ? asked.fail(-Errno.ENODEV, "ipv4: Device not found") : -Errno.ENODEV;
        }
        int local = asked.find(IFA_LOCAL);
        int own = local >= 0 ? local : asked.find(IFA_ADDRESS);
        int ifa = own < 0 ? NULL : interfaces.find(dev, high(asked, own, is4), low(asked, own, is4), prefix);
        if (ifa == NULL) {
            return asked.fail(-Errno.EADDRNOTAVAIL, is4 ? "ipv4: Address not found" : "address not found");
        }
        interfaces.remove(ifa);
        return 0;
    }
}
