package dev.nestor.syscalls.transcripts;

import dev.nestor.syscalls.transcripts.Netlink.Answer;
import dev.nestor.syscalls.transcripts.Netlink.Request;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** ip link: show, add, set and del; and the first two lines of a device in ip address. */
final class IpLink {
    static final int HEADER = 16; // bytes of struct ifinfomsg
    static final int IFLA_IFNAME = 3;
    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_BROADCAST = 2;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_LINK = 5;
    private static final int IFLA_QDISC = 6;
    private static final int IFLA_TXQLEN = 13;
    private static final int IFLA_OPERSTATE = 16;
    private static final int IFLA_LINKMODE = 17;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_NET_NS_PID = 19;
    private static final int IFLA_NET_NS_FD = 28;
    private static final int IFLA_EXT_MASK = 29;
    private static final int IFLA_LINK_NETNSID = 37;
    private static final int IFLA_INFO_KIND = 1;
    private static final int IFLA_INFO_DATA = 2;
    private static final int VETH_INFO_PEER = 1;
    private static final int WITHOUT_STATS = 9; // RTEXT_FILTER_VF, RTEXT_FILTER_SKIP_STATS
    private static final int IFF_UP = 1;
    private static final int IFF_RUNNING = 0x40;
    private static final String[] STATES = {
        "UNKNOWN", "NOTPRESENT", "DOWN", "LOWERLAYERDOWN", "TESTING", "DORMANT", "UP"
    };
    private static final Map<Integer, String> TYPES = Map.of(1, "ether", 772, "loopback", 0xfffe, "none");

    /** In the order in which they are shown. */
    private static final Object[][] FLAGS = {
        {0x8, "LOOPBACK"},
        {0x2, "BROADCAST"},
        {0x10, "POINTOPOINT"},
        {0x1000, "MULTICAST"},
        {0x80, "NOARP"},
        {0x200, "ALLMULTI"},
        {0x100, "PROMISC"},
        {IFF_UP, "UP"},
        {0x10000, "LOWER_UP"}
    };

    private final UserProcess process;
    private final Netlink netlink;
    private final boolean isBrief;

    IpLink(UserProcess process, Netlink netlink, boolean isBrief) {
        this.process = process;
        this.netlink = netlink;
        this.isBrief = isBrief;
    }

    int run(List<String> words) {
        String command = words.isEmpty() ? "show" : words.getFirst();
        List<String> rest = words.isEmpty() ? List.of() : words.subList(1, words.size());
        return switch (command) {
            case "add" -> add(rest);
            case "set" -> set(rest);
            case "del" -> delete(rest.getFirst());
            default -> show(rest);
        };
    }

    static Request ifinfo(int ifindex, int flags, int change) {
        return new Request().header(0, ifindex, flags, change);
    }

    /** ll_name_to_index(): its message, or null. */
    @Nullable
    Answer named(String name) {
        return netlink.get(
                Netlink.RTM_GETLINK,
                HEADER,
                ifinfo(0, 0, 0).put(IFLA_EXT_MASK, WITHOUT_STATS).put(IFLA_IFNAME, name));
    }

    /** ll_link_get(): its message, or null. */
    private @Nullable Answer numbered(int ifindex) {
        return netlink.get(Netlink.RTM_GETLINK, HEADER, ifinfo(ifindex, 0, 0).put(IFLA_EXT_MASK, WITHOUT_STATS));
    }

    int noSuchDevice(String name) {
        return process.err("Cannot find device \"" + name + "\"");
    }

    /** ip link add NAME type KIND [peer name NAME]. */
    private int add(List<String> words) {
        Request info = new Request().put(IFLA_INFO_KIND, words.get(2));
        int peer = words.indexOf("peer");
        if (peer > 0) {
            Request other = ifinfo(0, 0, 0).put(IFLA_IFNAME, words.get(peer + 2));
            info.put(IFLA_INFO_DATA, new Request().put(VETH_INFO_PEER, other));
        }
        Request request = ifinfo(0, 0, 0).put(IFLA_IFNAME, words.getFirst()).put(IFLA_LINKINFO, info);
        return netlink.talk(Netlink.RTM_NEWLINK, Netlink.NLM_F_CREATE_EXCL, request) ? 0 : 2;
    }

    private int delete(String name) {
        Answer link = named(name);
        if (link == null) {
            return noSuchDevice(name);
        }
        return netlink.talk(Netlink.RTM_DELLINK, 0, ifinfo(link.headerInt(4), 0, 0)) ? 0 : 2;
    }

    /** ip link set NAME up|down|name NAME|netns NET. */
    private int set(List<String> words) {
        Answer link = named(words.getFirst());
        if (link == null) {
            return noSuchDevice(words.getFirst());
        }
        String what = words.get(1);
        boolean isUpOrDown = what.equals("up") || what.equals("down");
        Request request = ifinfo(link.headerInt(4), what.equals("up") ? IFF_UP : 0, isUpOrDown ? IFF_UP : 0);
        long fd = -1;
        if (what.equals("name")) {
            request.put(IFLA_IFNAME, words.get(2));
        } else if (what.equals("netns")) {
            fd = IpNetns.open(process, words.get(2));
            if (fd >= 0) {
                request.put(IFLA_NET_NS_FD, (int) fd);
            } else {
                request.put(IFLA_NET_NS_PID, Integer.parseInt(words.get(2)));
            }
        }
        boolean isDone = netlink.talk(Netlink.RTM_NEWLINK, 0, request);
        if (fd >= 0) {
            process.close(fd);
        }
        return isDone ? 0 : 2;
    }

    /** ip link show [NAME] [type KIND]. */
    private int show(List<String> words) {
        boolean hasName = !words.isEmpty() && !words.getFirst().equals("type");
        if (hasName) {
            Answer link = named(words.getFirst());
            if (link == null) {
                return process.err("Device \"" + words.getFirst() + "\" does not exist.");
            }
            process.out(lines(link, true));
            return 0;
        }
        Request request = ifinfo(0, 0, 0).put(IFLA_EXT_MASK, WITHOUT_STATS);
        if (!words.isEmpty()) {
            request.put(IFLA_LINKINFO, new Request().put(IFLA_INFO_KIND, words.get(1)));
        }
        for (Answer link : netlink.dump(Netlink.RTM_GETLINK, HEADER, request)) {
            process.out(isBrief ? brief(link) + hardware(link) + flags(link) + "\n" : lines(link, true));
        }
        return 0;
    }

    List<Answer> all() {
        return netlink.dump(Netlink.RTM_GETLINK, HEADER, ifinfo(0, 0, 0).put(IFLA_EXT_MASK, WITHOUT_STATS));
    }

    /** Name and state of a device, at the beginning of its only line. */
    String brief(Answer link) {
        return "%-16s %-14s ".formatted(name(link), state(link));
    }

    private static String state(Answer link) {
        return STATES[link.number(IFLA_OPERSTATE)];
    }

    private static String hardware(Answer link) {
        return link.has(IFLA_ADDRESS) ? hardware(link.bytes(IFLA_ADDRESS)) + " " : "";
    }

    private static String hardware(byte[] address) {
        StringBuilder text = new StringBuilder();
        for (byte one : address) {
            text.append(text.isEmpty() ? "" : ":").append("%02x".formatted(one & 0xff));
        }
        return text.toString();
    }

    /** Its name, and with an @ that of the one that it stands on, or the index of one in another net. */
    private String name(Answer link) {
        String name = link.text(IFLA_IFNAME);
        int below = link.number(IFLA_LINK);
        if (!link.has(IFLA_LINK)) {
            return name;
        }
        if (below == 0) {
            return name + "@NONE";
        }
        Answer lower = link.has(IFLA_LINK_NETNSID) ? null : numbered(below);
        return name + "@" + (lower == null ? "if" + below : lower.text(IFLA_IFNAME));
    }

    /** print_link_flags(). */
    private String flags(Answer link) {
        int flags = link.headerInt(8);
        StringBuilder text = new StringBuilder();
        if ((flags & IFF_UP) != 0 && (flags & IFF_RUNNING) == 0) {
            text.append(",NO-CARRIER");
        }
        for (Object[] flag : FLAGS) {
            if ((flags & (Integer) flag[0]) != 0) {
                text.append(',').append(flag[1]);
            }
        }
        int below = link.number(IFLA_LINK);
        Answer lower = below == 0 || link.has(IFLA_LINK_NETNSID) ? null : numbered(below);
        if (lower != null && (lower.headerInt(8) & IFF_UP) == 0) {
            text.append(",M-DOWN");
        }
        return "<" + text.substring(Math.min(1, text.length())) + "> ";
    }

    /** print_linkinfo(): two lines. */
    String lines(Answer link, boolean showsMode) {
        StringBuilder text = new StringBuilder();
        text.append(link.headerInt(4))
                .append(": ")
                .append(name(link))
                .append(": ")
                .append(flags(link));
        text.append("mtu ").append(link.number(IFLA_MTU)).append(" qdisc ").append(link.text(IFLA_QDISC));
        text.append(" state ").append(state(link));
        if (showsMode) {
            text.append(" mode ").append(link.number(IFLA_LINKMODE) == 0 ? "DEFAULT" : "DORMANT");
        }
        text.append(" group default ");
        if (link.number(IFLA_TXQLEN) != 0) {
            text.append("qlen ").append(link.number(IFLA_TXQLEN));
        }
        int type = link.header().getShort(2) & 0xffff;
        text.append("\n    link/").append(TYPES.get(type)).append(' ');
        if (link.has(IFLA_ADDRESS)) {
            text.append(hardware(link.bytes(IFLA_ADDRESS)));
        }
        if (link.has(IFLA_BROADCAST)) {
            text.append(" brd ").append(hardware(link.bytes(IFLA_BROADCAST)));
        }
        if (link.has(IFLA_LINK_NETNSID)) {
            int id = link.number(IFLA_LINK_NETNSID);
            String net = IpNetns.nameOf(process, netlink, id);
            text.append(net == null ? " link-netnsid " + id : " link-netns " + net);
        }
        return text.append('\n').toString();
    }
}
