package dev.nestor.cli.replay;

import dev.nestor.cli.replay.abi.Ports;
import dev.nestor.cli.strace.TraceCall;
import dev.nestor.cli.strace.Value;
import dev.nestor.net.LearnedSockets;
import dev.nestor.uapi.Nr;

/**
 * Ports and names of sockets that the kernel was free to choose: the emulator's choice gives way to the recorded one as soon as
 * the log shows that, in the decoration of a descriptor or in what getsockname(2) answers. So a program that goes on to use
 * such a number finds what it found.
 */
final class OutsideSockets {
    private static final int AUTOBIND_BYTES = 6;

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
        }
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
