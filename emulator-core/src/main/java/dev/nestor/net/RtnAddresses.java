package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Socket;

/** Addresses over netlink: inet_rtm_newaddr() of net/ipv4/devinet.c, inet6_rtm_newaddr() of net/ipv6/addrconf.c. */
final class RtnAddresses {
    static final int HEADER = 8; // bytes of struct ifaddrmsg
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_BROADCAST = 4;
    private static final int IFA_FLAGS = 8;

    private final NetDevices devices;
    private final Interfaces interfaces;
    private final InetAddrTable table;
    private final AddressMessages messages;

    RtnAddresses(NetDevices devices, Interfaces interfaces, AddressMessages messages) {
        this.messages = messages;
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
                        messages.fill(dev, ifa, Rtnetlink.RTM_NEWADDR, portid, asked, reply);
                    }
                }
            }
        }
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
            String why = own < 0 ? "ipv4: Local address is not supplied" : "ipv4: Invalid prefix length";
            return asked.fail(-Errno.EINVAL, is4 ? why : "");
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
                    : asked.fail(
                            -Errno.EEXIST, is4 ? "ipv4: Address already assigned" : "ipv6: address already assigned");
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
        if (is4) {
            interfaces.announce(dev, ifa);
        } else {
            interfaces.dad().start(dev, ifa);
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
