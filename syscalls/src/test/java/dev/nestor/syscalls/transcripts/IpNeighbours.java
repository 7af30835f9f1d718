package dev.nestor.syscalls.transcripts;

import dev.nestor.syscalls.transcripts.Netlink.Answer;
import dev.nestor.syscalls.transcripts.Netlink.Request;
import java.util.HashMap;
import java.util.Map;

/** ip neigh: whom a machine knows on its links. */
final class IpNeighbours {
    private static final int HEADER = 12; // bytes of struct ndmsg
    private static final int NDA_DST = 1;
    private static final int NDA_LLADDR = 2;
    private static final int NUD_NOARP = 0x40;
    private static final String[] STATES = {
        "INCOMPLETE", "REACHABLE", "STALE", "DELAY", "PROBE", "FAILED", "NOARP", "PERMANENT"
    };

    private final UserProcess process;
    private final Netlink netlink;

    IpNeighbours(UserProcess process, Netlink netlink) {
        this.process = process;
        this.netlink = netlink;
    }

    int run() {
        Map<Integer, String> names = new HashMap<>();
        for (Answer neighbour : netlink.dump(Netlink.RTM_GETNEIGH, HEADER, new Request().header(0, 0, 0))) {
            if (names.isEmpty()) {
                new IpLink(process, netlink, false)
                        .all()
                        .forEach(link -> names.put(link.headerInt(4), link.text(IpLink.IFLA_IFNAME)));
            }
            process.out(line(neighbour, names));
        }
        return 0;
    }

    /** print_neigh(). */
    private static String line(Answer neighbour, Map<Integer, String> names) {
        int state = neighbour.headerByte(8);
        if (state == 0 || state == NUD_NOARP) {
            return "";
        }
        StringBuilder text = new StringBuilder(IpAddress.text(neighbour.bytes(NDA_DST)));
        text.append(" dev ").append(names.get(neighbour.headerInt(4))).append(' ');
        if (neighbour.has(NDA_LLADDR)) {
            text.append("lladdr ");
            byte[] address = neighbour.bytes(NDA_LLADDR);
            for (int i = 0; i < address.length; i++) {
                text.append(i == 0 ? "" : ":")
                        .append(Character.forDigit(address[i] >> 4 & 15, 16))
                        .append(Character.forDigit(address[i] & 15, 16));
            }
            text.append(' ');
        }
        return text.append(STATES[Integer.numberOfTrailingZeros(state)])
                .append(" \n")
                .toString();
    }
}
