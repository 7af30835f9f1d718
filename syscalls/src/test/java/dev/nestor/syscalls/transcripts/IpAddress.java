package dev.nestor.syscalls.transcripts;

import dev.nestor.syscalls.transcripts.Netlink.Answer;
import dev.nestor.syscalls.transcripts.Netlink.Request;
import dev.nestor.uapi.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** ip address: show and add. */
final class IpAddress {
    private static final int HEADER = 8; // bytes of struct ifaddrmsg
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_LABEL = 3;
    private static final int IFA_BROADCAST = 4;
    private static final int IFA_CACHEINFO = 6;
    private static final int IFA_FLAGS = 8;
    private static final int IFA_F_SECONDARY = 1;
    private static final int IFA_F_TENTATIVE = 0x40;
    private static final int IFA_F_PERMANENT = 0x80;
    private static final Map<Integer, String> SCOPES = Map.of(0, "global", 253, "link", 254, "host");

    private final UserProcess process;
    private final Netlink netlink;
    private final boolean isBrief;
    private final IpLink links;

    IpAddress(UserProcess process, Netlink netlink, boolean isBrief) {
        this.process = process;
        this.netlink = netlink;
        this.isBrief = isBrief;
        links = new IpLink(process, netlink, isBrief);
    }

    int run(List<String> words) {
        return !words.isEmpty() && words.getFirst().equals("add") ? add(words.get(1), words.get(3)) : show(words);
    }

    /** ip address add ADDRESS/PREFIX dev NAME. */
    private int add(String address, String name) {
        Answer link = links.named(name);
        if (link == null) {
            return links.noSuchDevice(name);
        }
        String[] parts = address.split("/", -1);
        byte[] bytes = new byte[4];
        String[] numbers = parts[0].split("[.]", -1);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Integer.parseInt(numbers[i]);
        }
        int prefix = Integer.parseInt(parts[1]);
        Request request = new Request().header(Socket.AF_INET | prefix << 8, link.headerInt(4));
        request.put(IFA_LOCAL, bytes).put(IFA_ADDRESS, bytes);
        return netlink.talk(Netlink.RTM_NEWADDR, Netlink.NLM_F_CREATE_EXCL, request) ? 0 : 2;
    }

    private int show(List<String> words) {
        String wanted = words.isEmpty() ? "" : words.getLast();
        List<Answer> shown = new ArrayList<>();
        if (wanted.isEmpty()) {
            shown.addAll(links.all());
        } else {
            Answer link = links.named(wanted);
            if (link == null) {
                return process.err("Device \"" + wanted + "\" does not exist.");
            }
            shown.add(link);
        }
        List<Answer> addresses = netlink.dump(Netlink.RTM_GETADDR, HEADER, new Request().header(0, 0));
        for (Answer link : shown) {
            StringBuilder text = new StringBuilder(isBrief ? links.brief(link) : links.lines(link, false));
            for (Answer address : addresses) {
                if (address.headerInt(4) == link.headerInt(4)) {
                    text.append(isBrief ? local(address) + " " : lines(address));
                }
            }
            process.out(text + (isBrief ? "\n" : ""));
        }
        return 0;
    }

    private static String local(Answer address) {
        byte[] bytes = address.bytes(address.has(IFA_LOCAL) ? IFA_LOCAL : IFA_ADDRESS);
        return text(bytes) + "/" + address.headerByte(1);
    }

    /** print_addrinfo(). */
    private static String lines(Answer address) {
        boolean is4 = address.headerByte(0) == Socket.AF_INET;
        StringBuilder text = new StringBuilder(is4 ? "    inet " : "    inet6 ");
        text.append(local(address)).append(' ');
        if (address.has(IFA_BROADCAST)) {
            text.append("brd ").append(text(address.bytes(IFA_BROADCAST))).append(' ');
        }
        text.append("scope ").append(SCOPES.get(address.headerByte(3))).append(' ');
        int flags = address.number(IFA_FLAGS);
        text.append((flags & IFA_F_SECONDARY) != 0 ? "secondary " : "");
        text.append((flags & IFA_F_TENTATIVE) != 0 ? "tentative " : "");
        text.append((flags & IFA_F_PERMANENT) != 0 ? "" : "dynamic ");
        text.append(address.text(IFA_LABEL)).append("\n       valid_lft ");
        text.append(lifetime(address, 4)).append(" preferred_lft ").append(lifetime(address, 0));
        return text.append('\n').toString();
    }

    private static String lifetime(Answer address, int at) {
        byte[] cache = address.bytes(IFA_CACHEINFO);
        int seconds = java.nio.ByteBuffer.wrap(cache)
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .getInt(at);
        return seconds == -1 ? "forever" : Integer.toUnsignedString(seconds) + "sec";
    }

    /** inet_ntop(3). */
    static String text(byte[] address) {
        if (address.length == 4) {
            return (address[0] & 0xff) + "." + (address[1] & 0xff) + "." + (address[2] & 0xff) + "."
                    + (address[3] & 0xff);
        }
        int bestAt = -1;
        int best = 1;
        for (int at = 0; at < 8; at++) {
            int run = 0;
            while (at + run < 8 && word(address, at + run) == 0) {
                run++;
            }
            if (run > best) {
                best = run;
                bestAt = at;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < 8; at++) {
            if (at == bestAt) {
                text.append("::");
                at += best - 1;
                continue;
            }
            boolean needsColon = !text.isEmpty() && text.charAt(text.length() - 1) != ':';
            text.append(needsColon ? ":" : "").append(Integer.toHexString(word(address, at)));
        }
        return text.toString();
    }

    private static int word(byte[] address, int at) {
        return (address[2 * at] & 0xff) << 8 | (address[2 * at + 1] & 0xff);
    }
}
