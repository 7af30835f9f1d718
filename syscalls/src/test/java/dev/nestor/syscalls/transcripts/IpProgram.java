package dev.nestor.syscalls.transcripts;

import java.util.ArrayList;
import java.util.List;

/** ip(8) of iproute2 6.1: its objects. */
final class IpProgram {
    private IpProgram() {}

    static int run(UserProcess process, List<String> argv) {
        List<String> words = new ArrayList<>(argv.subList(1, argv.size()));
        boolean isBrief = words.getFirst().equals("-br");
        if (isBrief) {
            words.removeFirst();
        }
        String object = words.removeFirst();
        if (object.equals("netns")) {
            return new IpNetns(process).run(words);
        }
        if (object.equals("tuntap")) {
            return IpTuntap.run(process, words);
        }
        Netlink netlink = new Netlink(process);
        int status;
        if ("link".startsWith(object)) {
            status = new IpLink(process, netlink, isBrief).run(words);
        } else if (object.equals("a") || object.equals("addr")) {
            status = new IpAddress(process, netlink, isBrief).run(words);
        } else if (object.equals("route")) {
            status = new IpRoute(process, netlink).run();
        } else if (object.equals("neigh")) {
            status = new IpNeighbours(process, netlink).run();
        } else {
            throw new IllegalArgumentException(object);
        }
        netlink.close();
        return status;
    }
}
