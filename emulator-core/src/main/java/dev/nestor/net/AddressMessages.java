package dev.nestor.net;

import dev.nestor.uapi.Socket;

/** An address as netlink tells of it: inet_fill_ifaddr(), inet6_fill_ifaddr(). */
final class AddressMessages {
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_LABEL = 3;
    private static final int IFA_BROADCAST = 4;
    private static final int IFA_CACHEINFO = 6;
    private static final int IFA_FLAGS = 8;
    private static final int IFA_PROTO = 11;

    private final NetDevices devices;
    private final InetAddrTable table;

    AddressMessages(NetDevices devices, InetAddrTable table) {
        this.devices = devices;
        this.table = table;
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
    void fill(int dev, int ifa, int type, int portid, NlRequest asked, NlMessage out) {
        int flags = Rtnetlink.isDump(asked) ? NlRequest.NLM_F_MULTI : 0;
        int at = out.begin(type, flags, asked.seq, portid, RtnAddresses.HEADER);
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
}
