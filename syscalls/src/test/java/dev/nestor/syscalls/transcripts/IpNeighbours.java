package dev.nestor.syscalls.transcripts;

import dev.nestor.syscalls.transcripts.Netlink.Answer;
import dev.nestor.syscalls.transcripts.Netlink.Request;

/** ip neigh: whom a machine knows on its links. */
final class IpNeighbours {
    private static final int HEADER = 12; // bytes of struct ndmsg
    private static final int NDA_DST = 1;

    private final UserProcess process;
    private final Netlink netlink;

    IpNeighbours(UserProcess process, Netlink netlink) {
        this.process = process;
        this.netlink = netlink;
    }

    int run() {
        for (Answer neighbour : netlink.dump(Netlink.RTM_GETNEIGH, HEADER, new Request().header(0, 0, 0))) {
            process.out(IpAddress.text(neighbour.bytes(NDA_DST)) + "\n");
        }
        return 0;
    }
}
