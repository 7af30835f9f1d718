package dev.nestor.net;

/** What the kernel tells on its own to those who listen to groups of NETLINK_ROUTE: rtnl_notify(). */
final class RtnNotes {
    private static final int RTNLGRP_LINK = 1;
    private static final int RTNLGRP_IPV4_IFADDR = 5;
    private static final int RTNLGRP_IPV6_IFADDR = 9;
    private static final int RTNLGRP_IPV4_NETCONF = 24;
    private static final int RTNLGRP_IPV6_NETCONF = 25;
    private static final int RTNLGRP_NSID = 28;
    private static final int NETCONFA_IFINDEX = 1;
    private static final int NETCONFA_FORWARDING = 2;
    private static final int NETCONFA_RP_FILTER = 3;
    private static final int NETCONFA_MC_FORWARDING = 4;
    private static final int NETCONFA_PROXY_NEIGH = 5;
    private static final int NETCONFA_IGNORE_LINKDOWN = 6;
    private static final int NETCONFA_BC_FORWARDING = 8;
    private static final int NETNSA_NSID = 1;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;

    private final NetDeviceTable table;
    private final NetlinkSockets netlink;
    private final LinkMessages links;
    private final AddressMessages addresses;
    private final DevConf conf;
    private final NlMessage note = new NlMessage();
    private final NlRequest nobody = new NlRequest(); // who asks for a notification

    RtnNotes(NetDevices devices, NetlinkSockets netlink, LinkMessages links, AddressMessages addresses, DevConf conf) {
        this.table = devices.table();
        this.netlink = netlink;
        this.links = links;
        this.addresses = addresses;
        this.conf = conf;
    }

    private boolean begin(int net, int group) {
        note.clear();
        return netlink.hasListeners(net, group);
    }

    /** rtmsg_ifinfo(). */
    void link(int dev, int type, int change) {
        int net = table.net(dev);
        if (begin(net, RTNLGRP_LINK)) {
            links.showAll();
            links.fill(dev, type, change, nobody, 0, note);
            netlink.tell(net, RTNLGRP_LINK, note);
        }
    }

    /** rtmsg_ifinfo_newnet(): the device goes to a net, where it may have another index. */
    void leaving(int dev, int nsid, int ifindex) {
        links.showNew(nsid, ifindex == table.ifindex(dev) ? 0 : ifindex);
        link(dev, Rtnetlink.RTM_DELLINK, -1);
        links.showNew(-1, 0);
    }

    /** rtmsg_ifa(), inet6_ifa_notify(). */
    void address(int dev, int ifa, int type, boolean is4) {
        int net = table.net(dev);
        int group = is4 ? RTNLGRP_IPV4_IFADDR : RTNLGRP_IPV6_IFADDR;
        if (begin(net, group)) {
            addresses.fill(dev, ifa, type, 0, nobody, note);
            netlink.tell(net, group, note);
        }
    }

    /** inet_netconf_notify_devconf(), inet6_netconf_notify_devconf() of all there is to tell. */
    void netconf(int dev, boolean is4, boolean isGone) {
        int net = table.net(dev);
        int group = is4 ? RTNLGRP_IPV4_NETCONF : RTNLGRP_IPV6_NETCONF;
        if (begin(net, group)) {
            fillNetconf(dev, is4, isGone, 0, nobody, note);
            netlink.tell(net, group, note);
        }
    }

    void fillNetconf(int dev, boolean is4, boolean isGone, int portid, NlRequest asked, NlMessage out) {
        int flags = Rtnetlink.isDump(asked) ? NlRequest.NLM_F_MULTI : 0;
        int type = isGone ? Rtnetlink.RTM_DELNETCONF : Rtnetlink.RTM_NEWNETCONF;
        int at = out.begin(type, flags, asked.seq, portid, 1);
        out.bytes()[at] = (byte) (is4 ? AF_INET : AF_INET6);
        out.putInt(NETCONFA_IFINDEX, table.ifindex(dev));
        if (!isGone) {
            out.putInt(NETCONFA_FORWARDING, conf.get(dev, is4 ? DevConf.FORWARDING : DevConf.FORWARDING6));
            if (is4) {
                out.putInt(NETCONFA_RP_FILTER, conf.get(dev, DevConf.RP_FILTER));
            }
            out.putInt(NETCONFA_MC_FORWARDING, conf.get(dev, is4 ? DevConf.MC_FORWARDING : DevConf.MC_FORWARDING6));
            if (is4) {
                out.putInt(NETCONFA_BC_FORWARDING, conf.get(dev, DevConf.BC_FORWARDING));
            }
            out.putInt(NETCONFA_PROXY_NEIGH, conf.get(dev, is4 ? DevConf.PROXY_ARP : DevConf.PROXY_NDP6));
            out.putInt(
                    NETCONFA_IGNORE_LINKDOWN, conf.get(dev, is4 ? DevConf.IGNORE_LINKDOWN : DevConf.IGNORE_LINKDOWN6));
        }
        out.end();
    }

    /** rtnl_net_notifyid(). */
    void nsid(int net, int id, int type, int portid, int seq) {
        if (begin(net, RTNLGRP_NSID)) {
            note.begin(type, 0, seq, portid, 1);
            note.putInt(NETNSA_NSID, id);
            note.end();
            netlink.tell(net, RTNLGRP_NSID, note);
        }
    }
}
