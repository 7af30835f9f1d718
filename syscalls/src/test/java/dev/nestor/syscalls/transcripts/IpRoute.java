package dev.nestor.syscalls.transcripts;

import dev.nestor.syscalls.transcripts.Netlink.Answer;
import dev.nestor.syscalls.transcripts.Netlink.Request;
import dev.nestor.uapi.Socket;
import java.util.HashMap;
import java.util.Map;

/** ip route: the main table of IPv4. */
final class IpRoute {
    private static final int HEADER = 12; // bytes of struct rtmsg
    private static final int RTA_DST = 1;
    private static final int RTA_OIF = 4;
    private static final int RTA_GATEWAY = 5;
    private static final int RTA_PREFSRC = 7;
    private static final int RT_TABLE_MAIN = 254;
    private static final int RTPROT_KERNEL = 2;
    private static final int RT_SCOPE_LINK = 253;

    private final UserProcess process;
    private final Netlink netlink;

    IpRoute(UserProcess process, Netlink netlink) {
        this.process = process;
        this.netlink = netlink;
    }

    int run() {
        Map<Integer, String> names = new HashMap<>();
        Request request = new Request().header(Socket.AF_INET, RT_TABLE_MAIN, 0);
        for (Answer route : netlink.dump(Netlink.RTM_GETROUTE, HEADER, request)) {
            if (names.isEmpty()) {
                new IpLink(process, netlink, false)
                        .all()
                        .forEach(link -> names.put(link.headerInt(4), link.text(IpLink.IFLA_IFNAME)));
            }
            process.out(line(route, names));
        }
        return 0;
    }

    /** print_route(). */
    private static String line(Answer route, Map<Integer, String> names) {
        StringBuilder text = new StringBuilder();
        int prefix = route.headerByte(1);
        String to = route.has(RTA_DST) ? IpAddress.text(route.bytes(RTA_DST)) : "";
        text.append(prefix == 0 ? "default" : prefix == 32 ? to : to + "/" + prefix)
                .append(' ');
        if (route.has(RTA_GATEWAY)) {
            text.append("via ").append(IpAddress.text(route.bytes(RTA_GATEWAY))).append(' ');
        }
        text.append("dev ").append(names.get(route.number(RTA_OIF))).append(' ');
        text.append(route.headerByte(5) == RTPROT_KERNEL ? "proto kernel " : "");
        text.append(route.headerByte(6) == RT_SCOPE_LINK ? "scope link " : "");
        if (route.has(RTA_PREFSRC)) {
            text.append("src ").append(IpAddress.text(route.bytes(RTA_PREFSRC))).append(' ');
        }
        return text.append('\n').toString();
    }
}
