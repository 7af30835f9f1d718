package dev.nestor.net;

import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Socket;

/** NETLINK_ROUTE: which request goes where. net/core/rtnetlink.c. */
final class Rtnetlink implements NetlinkSockets.Handler {
    static final int NLMSG_DONE = 3;
    static final int RTM_NEWLINK = 16;
    static final int RTM_DELLINK = 17;
    static final int RTM_GETLINK = 18;
    static final int RTM_SETLINK = 19;
    static final int RTM_NEWADDR = 20;
    static final int RTM_DELADDR = 21;
    static final int RTM_GETADDR = 22;
    static final int RTM_NEWROUTE = 24;
    static final int RTM_DELROUTE = 25;
    static final int RTM_GETROUTE = 26;
    static final int RTM_NEWNEIGH = 28;
    static final int RTM_DELNEIGH = 29;
    private static final int RTM_GETNEIGH = 30;
    private static final int RTM_NEWRULE = 32;
    private static final int RTM_GETRULE = 34;
    private static final int RTM_GETQDISC = 38;
    private static final int RTM_GETNEIGHTBL = 66;
    static final int RTM_NEWNETCONF = 80;
    static final int RTM_DELNETCONF = 81;
    private static final int RTM_GETNETCONF = 82;
    static final int RTM_NEWLINKPROP = 108;
    private static final int RTM_DELLINKPROP = 109;
    static final int RTM_NEWNSID = 88;
    static final int RTM_DELNSID = 89;
    private static final int RTM_GETNSID = 90;
    private static final int RTM_MAX = 123;

    private static final int FRA_TABLE = 15;
    private static final int FRA_SUPPRESS_PREFIXLEN = 14;
    private static final int FRA_PROTOCOL = 21;
    private static final int FRA_PRIORITY = 6;
    private static final int RTPROT_KERNEL = 2;
    private static final int FR_ACT_TO_TBL = 1;
    private static final int RTNL_FAMILY_IPMR = 128;
    private static final int RTNL_FAMILY_IP6MR = 129;
    private static final int RULE_HEADER = 12; // bytes of struct fib_rule_hdr

    private final Sockets sockets;
    private final RtnLinks links;
    private final RtnAddresses addresses;
    private final RtnRoutes routes;
    private final RtnNeighbours neighbours;
    private final RtnNsids nsids;
    private final NetlinkSockets netlink;

    Rtnetlink(
            Sockets sockets,
            RtnLinks links,
            RtnAddresses addresses,
            RtnRoutes routes,
            RtnNeighbours neighbours,
            RtnNsids nsids) {
        this.netlink = neighbours.netlink();
        this.sockets = sockets;
        this.links = links;
        this.addresses = addresses;
        this.routes = routes;
        this.neighbours = neighbours;
        this.nsids = nsids;
        netlink.setRoute(this);
    }

    static boolean isDump(NlRequest asked) {
        boolean gets = (asked.type & 3) == 2;
        return gets && (asked.flags & NlRequest.NLM_F_DUMP) == NlRequest.NLM_F_DUMP;
    }

    /** Whether the end of a dump stands in one buffer with what is before it: its function does not say how much it has written. */
    static boolean endsInPlace(NlRequest asked) {
        return asked.type == RTM_GETRULE || asked.type == RTM_GETNSID || asked.type == RTM_GETNEIGH;
    }

    /** rtnetlink_rcv_msg(): EOPNOTSUPP, EPERM, EINVAL, and what the request's handler answers. */
    @Override
    public int handle(int task, int sk, NlRequest asked, NlMessage reply) {
        if (asked.type > RTM_MAX) {
            return -Errno.EOPNOTSUPP;
        }
        if (asked.length < NlMessage.HEADER + 1) {
            return 0;
        }
        boolean gets = (asked.type & 3) == 2;
        if (!gets && !sockets.nsCapable(task, sk, Capability.CAP_NET_ADMIN)) {
            return -Errno.EPERM;
        }
        int net = sockets.sockNet(sk);
        int portid = netlink.portid(sk);
        if (isDump(asked)) {
            int error = dump(net, portid, asked, reply);
            if (error == 0) {
                int at = reply.begin(NLMSG_DONE, NlRequest.NLM_F_MULTI, asked.seq, portid, Integer.BYTES);
                Bytes.putInt(reply.bytes(), at, 0);
                reply.end();
            }
            return error;
        }
        return one(task, net, portid, asked, reply);
    }

    private int dump(int net, int portid, NlRequest asked, NlMessage reply) {
        switch (asked.type) {
            case RTM_GETLINK -> {
                return links.dump(net, portid, asked, reply);
            }
            case RTM_GETADDR -> addresses.dump(net, portid, asked, reply);
            case RTM_GETROUTE -> routes.dump(net, portid, asked, reply);
            case RTM_GETRULE -> dumpRules(portid, asked, reply);
            case RTM_GETNSID -> nsids.dump(net, portid, asked, reply);
            case RTM_GETNEIGH -> neighbours.dump(net, portid, asked, reply);
            case RTM_GETNEIGHTBL, RTM_GETQDISC, RTM_GETNETCONF -> {
                // there are none
            }
            default -> {
                return -Errno.EOPNOTSUPP;
            }
        }
        return 0;
    }

    private int one(int task, int net, int portid, NlRequest asked, NlMessage reply) {
        return switch (asked.type) {
            case RTM_GETLINK -> links.get(net, portid, asked, reply);
            case RTM_NEWLINK -> links.make(task, net, asked);
            case RTM_SETLINK -> links.change(task, net, asked);
            case RTM_NEWLINKPROP, RTM_DELLINKPROP -> links.linkProperties(net, asked);
            case RTM_DELLINK -> links.delete(net, asked);
            case RTM_NEWADDR -> addresses.make(net, asked);
            case RTM_DELADDR -> addresses.delete(net, asked);
            case RTM_NEWROUTE -> routes.make(net, asked);
            case RTM_DELROUTE -> routes.delete(net, asked);
            case RTM_GETROUTE -> routes.get(net, portid, asked, reply);
            case RTM_NEWNEIGH -> neighbours.make(net, asked);
            case RTM_DELNEIGH -> neighbours.delete(net, asked);
            case RTM_GETNEIGH -> neighbours.get(net, portid, asked, reply);
            case RTM_NEWNSID -> nsids.make(task, net, asked);
            case RTM_GETNSID -> nsids.get(task, net, portid, asked, reply);
            case RTM_NEWRULE -> asked.fail(-Errno.EAFNOSUPPORT, "Rule family not supported");
            default -> -Errno.EOPNOTSUPP;
        };
    }

    /** The rules that there are from the beginning: local, main, default. */
    private static void dumpRules(int portid, NlRequest asked, NlMessage reply) {
        int family = asked.bytes[asked.body()] & 0xff;
        if (family == 0 || family == Socket.AF_INET) {
            putRule(portid, asked, reply, Socket.AF_INET, 255, 0);
            putRule(portid, asked, reply, Socket.AF_INET, 254, 32_766);
            putRule(portid, asked, reply, Socket.AF_INET, 253, 32_767);
        }
        if (family == 0) {
            putRule(portid, asked, reply, RTNL_FAMILY_IPMR, 253, 32_767);
            putRule(portid, asked, reply, RTNL_FAMILY_IP6MR, 254, 32_767);
        }
        if (family == 0 || family == Socket.AF_INET6) {
            putRule(portid, asked, reply, Socket.AF_INET6, 255, 0);
            putRule(portid, asked, reply, Socket.AF_INET6, 254, 32_766);
        }
    }

    private static void putRule(int portid, NlRequest asked, NlMessage reply, int family, int table, int priority) {
        int at = reply.begin(RTM_NEWRULE, NlRequest.NLM_F_MULTI, asked.seq, portid, RULE_HEADER);
        byte[] bytes = reply.bytes();
        bytes[at] = (byte) family;
        bytes[at + 4] = (byte) table;
        bytes[at + 7] = FR_ACT_TO_TBL;
        reply.putInt(FRA_TABLE, table);
        reply.putInt(FRA_SUPPRESS_PREFIXLEN, -1);
        reply.putByte(FRA_PROTOCOL, RTPROT_KERNEL);
        if (priority != 0) {
            reply.putInt(FRA_PRIORITY, priority);
        }
        reply.end();
    }
}
