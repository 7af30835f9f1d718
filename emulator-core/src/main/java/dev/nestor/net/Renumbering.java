package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.table.Chain;
import dev.nestor.uapi.Socket;

/** Indexes of devices in messages that wait at the netlink sockets of a net, when the devices have got others. */
final class Renumbering {
    private static final int IFINDEX = NlMessage.HEADER + 4; // in messages of links, addresses, neighbours

    private Renumbering() {}

    static void shift(Sockets sockets, int net, int from, int by) {
        SockTable table = sockets.table;
        Chain queue = table.receiveQueue();
        for (int sk = table.sockets().first(net);
                sk != NULL;
                sk = table.sockets().next(sk)) {
            boolean isRoute =
                    table.family(sk) == Socket.AF_NETLINK && table.protocol(sk) == NetlinkSockets.NETLINK_ROUTE;
            for (int skb = isRoute ? queue.first(sk) : NULL; skb != NULL; skb = queue.next(skb)) {
                int length = sockets.skBuffs.table().length(skb);
                byte[] bytes = new byte[length];
                sockets.skBuffs.get(skb, 0, bytes, length);
                messages(bytes, from, by);
                sockets.skBuffs.putFrom(skb, bytes, 0, length);
            }
        }
    }

    private static void messages(byte[] bytes, int from, int by) {
        int at = 0;
        while (at + NlMessage.HEADER <= bytes.length) {
            int size = Bytes.getInt(bytes, at);
            if (size < NlMessage.HEADER || at + size > bytes.length) {
                return;
            }
            switch (Bytes.getShort(bytes, at + 4)) {
                case Rtnetlink.RTM_NEWLINK, Rtnetlink.RTM_DELLINK -> {
                    number(bytes, at + IFINDEX, from, by);
                    attribute(bytes, at + RtnLinks.HEADER + NlMessage.HEADER, at + size, RtnLinks.IFLA_LINK, from, by);
                    attribute(
                            bytes, at + RtnLinks.HEADER + NlMessage.HEADER, at + size, RtnLinks.IFLA_MASTER, from, by);
                }
                case Rtnetlink.RTM_NEWADDR, Rtnetlink.RTM_DELADDR -> number(bytes, at + IFINDEX, from, by);
                case Rtnetlink.RTM_NEWNETCONF, Rtnetlink.RTM_DELNETCONF ->
                    attribute(bytes, at + NlMessage.HEADER + 4, at + size, 1, from, by);
                default -> {
                    // without an index
                }
            }
            at += (size + 3) & -4;
        }
    }

    private static void number(byte[] bytes, int at, int from, int by) {
        int value = Bytes.getInt(bytes, at);
        if (value >= from) {
            Bytes.putInt(bytes, at, value + by);
        }
    }

    private static void attribute(byte[] bytes, int start, int end, int type, int from, int by) {
        int at = start;
        while (at + 4 <= end && Bytes.getShort(bytes, at) >= 4) {
            if (Bytes.getShort(bytes, at + 2) == type) {
                number(bytes, at + 4, from, by);
            }
            at += (Bytes.getShort(bytes, at) + 3) & -4;
        }
    }
}
