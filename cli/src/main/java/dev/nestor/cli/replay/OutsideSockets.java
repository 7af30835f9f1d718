package dev.nestor.cli.replay;

import dev.nestor.cli.replay.abi.Ports;
import dev.nestor.cli.strace.TraceCall;
import dev.nestor.cli.strace.Value;
import dev.nestor.net.LearnedSockets;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Ports and names of sockets that the kernel was free to choose: the emulator's choice gives way to the recorded one as soon as
 * the log shows that, in the decoration of a descriptor or in what getsockname(2) answers. So a program that goes on to use
 * such a number finds what it found.
 */
final class OutsideSockets {
    private static final int AUTOBIND_BYTES = 6;
    private static final int LINK_HEADER = 32; // bytes of nlmsghdr and ifinfomsg
    private static final int IP_HEADER = 20; // bytes
    private static final int TUNSETIFF = 0x400454ca;
    private static final int RTM_NEWLINK = 16;
    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_IFNAME = 3;
    private static final int FIONREAD = 0x541B;

    private final LearnedSockets learned;

    OutsideSockets(Machine machine) {
        learned = machine.kernel().fileSystems().network().learned();
    }

    void before(ReplayedTask member, TraceCall call) {
        int task = member.task();
        for (var arg : call.args()) {
            if (arg.value() instanceof Value.Fd fd) {
                int port = localPort(fd.target());
                if (port > 0) {
                    learned.choosePort(task, (int) fd.value(), port);
                }
            }
        }
        if (call.nr() == Nr.NR_getsockname && call.result().value() == 0) {
            fromAnswer(task, call);
        } else if (call.nr() == Nr.NR_recvmsg || call.nr() == Nr.NR_recvfrom || call.nr() == Nr.NR_read) {
            fromMessage(task, call);
        }
    }

    /** Identifications of packets and hardware addresses are random: those of the links that a message tells of, where its bytes are shown. */
    private void fromMessage(int task, TraceCall call) {
        Value descriptor = call.arg(0);
        Value shown = call.arg(1);
        boolean isRaw = descriptor instanceof Value.Fd raw && raw.target().startsWith("RAW:");
        if (!(descriptor instanceof Value.Fd named)
                || !(isRaw || named.target().startsWith("NETLINK"))
                || shown == null
                || call.result().value() <= 0) {
            return;
        }
        int fd = (int) named.value();
        if (shown.atExit() instanceof Value.Struct message && message.field("msg_iov") instanceof Value.Array vectors) {
            for (Value vector : vectors.elements()) {
                if (vector instanceof Value.Struct part && part.field("iov_base") != null) {
                    from(task, fd, isRaw, part.field("iov_base"));
                }
            }
        } else {
            from(task, fd, isRaw, shown.atExit());
        }
    }

    private void from(int task, int fd, boolean isRaw, @Nullable Value shown) {
        if (!isRaw) {
            fromBytes(task, fd, shown);
        } else if (shown instanceof Value.Str packet && packet.bytes().length >= IP_HEADER) {
            byte[] bytes = packet.bytes();
            learned.chooseIdentification(task, fd, (bytes[4] & 0xff) << 8 | (bytes[5] & 0xff));
        }
    }

    /** Messages as bytes; or each as its header, with the bytes behind it; or several of these. */
    private void fromBytes(int task, int fd, @Nullable Value shown) {
        if (shown instanceof Value.Str bytes) {
            links(task, fd, bytes.bytes());
        }
        if (!(shown instanceof Value.Array parts)) {
            return;
        }
        boolean isMessage = parts.elements().size() == 2
                && parts.elements().get(0) instanceof Value.Struct header
                && header.field("nlmsg_type") instanceof Value.Num type
                && type.value() == RTM_NEWLINK;
        if (isMessage && parts.elements().get(1) instanceof Value.Str bytes) {
            addresses(task, fd, bytes.bytes(), 0, bytes.bytes().length);
        } else if (isDecoded(parts)) {
            fromLink(task, fd, parts);
        } else if (!isMessage) {
            for (Value part : parts.elements()) {
                fromBytes(task, fd, part instanceof Value.Array ? part : null);
            }
        }
    }

    /** A link that is taken apart: header, struct ifinfomsg, attributes. */
    private static boolean isDecoded(Value.Array parts) {
        return parts.elements().size() == 3
                && parts.elements().get(0) instanceof Value.Struct header
                && header.field("nlmsg_type") instanceof Value.Num type
                && type.value() == RTM_NEWLINK
                && parts.elements().get(1) instanceof Value.Struct
                && parts.elements().get(2) instanceof Value.Array;
    }

    private void fromLink(int task, int fd, Value.Array parts) {
        Value index = ((Value.Struct) parts.elements().get(1)).field("ifi_index");
        if (index == null || !index.isNumber()) {
            return;
        }
        byte[] name = attribute(parts, IFLA_IFNAME);
        if (name.length > 0) {
            byte[] text = trim(name);
            learned.chooseIfindex(task, fd, text, text.length, (int) index.number());
        }
        byte[] address = attribute(parts, IFLA_ADDRESS);
        if (address.length == 6) {
            learned.chooseHardwareAddress(task, fd, (int) index.number(), address, 0);
        }
    }

    /** The bytes of an attribute; none where it is not shown. */
    private static byte[] attribute(Value.Array parts, int wanted) {
        for (Value one : ((Value.Array) parts.elements().get(2)).elements()) {
            boolean isPair = one instanceof Value.Array pair && pair.elements().size() == 2;
            if (isPair
                    && ((Value.Array) one).elements().get(0) instanceof Value.Struct header
                    && header.field("nla_type") instanceof Value.Num type
                    && type.value() == wanted
                    && ((Value.Array) one).elements().get(1) instanceof Value.Str bytes) {
                return bytes.bytes();
            }
        }
        return new byte[0];
    }

    private void links(int task, int fd, byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int at = 0;
        while (at + LINK_HEADER <= bytes.length) {
            int length = buffer.getInt(at);
            if (length < LINK_HEADER) {
                return;
            }
            int end = Math.min(at + length, bytes.length);
            if (buffer.getShort(at + 4) == RTM_NEWLINK) {
                addresses(task, fd, bytes, at + LINK_HEADER / 2, end);
            }
            at += (length + 3) & ~3;
        }
    }

    /** @param at of struct ifinfomsg */
    private void addresses(int task, int fd, byte[] bytes, int at, int end) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int place = at + LINK_HEADER / 2;
        while (place + 4 <= end && buffer.getShort(place) >= 4) {
            boolean isAddress = buffer.getShort(place + 2) == IFLA_ADDRESS && buffer.getShort(place) == 10;
            if (isAddress && place + 10 <= end) {
                learned.chooseHardwareAddress(task, fd, buffer.getInt(at + 4), bytes, place + 4);
            }
            place += (buffer.getShort(place) + 3) & ~3;
        }
    }

    /** A device that an ioctl finds and the emulator does not: "" or what was learned. */
    String learn(ReplayedTask member, TraceCall call, long result) {
        Value descriptor = call.arg(0);
        Value argument = call.arg(2);
        if (isUntoldDevice(call, result) && descriptor != null && argument != null && argument.isNumber()) {
            boolean isOpen = learned.addTun(member.task(), (int) descriptor.number());
            return isOpen ? "a network device whose name the log does not show" : "";
        }
        boolean isMissing = call.nr() == Nr.NR_ioctl
                && result == -Errno.ENODEV
                && call.result().value() >= 0;
        if (!isMissing
                || descriptor == null
                || argument == null
                || !(argument.atEntry() instanceof Value.Struct request)
                || !(request.field("ifr_name") instanceof Value.Str name)) {
            return "";
        }
        boolean isNew = learned.addDevice(member.task(), (int) descriptor.number(), trim(name.bytes()));
        return isNew ? "a network device that another call has made" : "";
    }

    /** TUNSETIFF, of whose argument the log has only where it is. */
    private static boolean isUntoldDevice(TraceCall call, long result) {
        Value command = call.nr() == Nr.NR_ioctl ? call.arg(1) : null;
        return command != null
                && command.isNumber()
                && (int) command.number() == TUNSETIFF
                && result == -Errno.EINVAL
                && call.result().value() == 0;
    }

    private static byte[] trim(byte[] name) {
        int length = 0;
        while (length < name.length && name[length] != 0) {
            length++;
        }
        return Arrays.copyOf(name, length);
    }

    /**
     * How much of a TCP stream has come when it is looked at while the other side sends: Nagle's algorithm and delayed
     * acknowledgements decide, and other processors.
     */
    boolean isTiming(TraceCall call, long result) {
        Value descriptor = call.arg(0);
        boolean isTcp = descriptor instanceof Value.Fd fd && fd.target().startsWith("TCP");
        boolean reads = call.nr() == Nr.NR_recvfrom || call.nr() == Nr.NR_recvmsg || call.nr() == Nr.NR_read;
        boolean asks = call.nr() == Nr.NR_ioctl && result == 0 && call.result().value() == 0 && isQuestion(call);
        return isTcp
                && (asks
                        || (reads
                                && result > 0
                                && call.result().value() > 0
                                && result != call.result().value()));
    }

    private static boolean isQuestion(TraceCall call) {
        Value command = call.arg(1);
        return command != null && command.isNumber() && command.number() == FIONREAD;
    }

    private void fromAnswer(int task, TraceCall call) {
        Value descriptor = call.arg(0);
        Value shown = call.arg(1);
        if (descriptor == null || !descriptor.isNumber() || shown == null) {
            return;
        }
        if (!(shown.atExit() instanceof Value.Struct address)) {
            return;
        }
        int fd = (int) descriptor.number();
        Value path = address.field("sun_path");
        if (path instanceof Value.Str name && name.bytes().length == AUTOBIND_BYTES && name.bytes()[0] == 0) {
            learned.chooseName(task, fd, name.bytes());
        }
        Value portid = address.field("nl_pid");
        if (portid != null && portid.isNumber()) {
            learned.choosePortid(task, fd, (int) portid.number());
        }
        Value port = address.field("sin_port") == null ? address.field("sin6_port") : address.field("sin_port");
        if (port != null && Ports.isShown(port)) {
            learned.choosePort(task, fd, Ports.of(port));
        }
    }

    /** The port behind the first address of {@code TCP:[127.0.0.1:40000->127.0.0.1:80]}; 0 when none is shown. */
    static int localPort(String target) {
        boolean isInet = target.startsWith("TCP") || target.startsWith("UDP");
        int open = target.indexOf(":[");
        if (!isInet || open < 0) {
            return 0;
        }
        int arrow = target.indexOf("->", open);
        int end = arrow < 0 ? target.lastIndexOf(']') : arrow;
        int colon = target.lastIndexOf(':', end);
        if (end < 0 || colon <= open) {
            return 0;
        }
        try {
            return Integer.parseInt(target.substring(colon + 1, end));
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
