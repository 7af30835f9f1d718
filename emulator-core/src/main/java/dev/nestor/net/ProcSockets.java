package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.InodeTable;
import dev.nestor.fs.NameTable;
import dev.nestor.fs.proc.ProcFiles;
import dev.nestor.fs.proc.SeqFile;
import dev.nestor.table.Chain;
import dev.nestor.uapi.Socket;

/** Files of /proc/net about the sockets of a net. */
final class ProcSockets {
    private static final int TCP_LINE = 149; // bytes of a line, without the newline
    private static final int LINE = 127;
    private static final long CLOCK_TICK_NS = 10_000_000; // of USER_HZ
    private static final int ACCEPTCON = 1 << 16; // __SO_ACCEPTCON
    private static final int UDP_SLOTS = 8191; // mask of the hash table
    private static final String LONG_HEADER =
            "local_address                         remote_address                        st tx_queue rx_queue tr"
                    + " tm->when retrnsmt   uid  timeout inode";
    private static final String HEADER =
            "local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
    private static final String TAIL = " ref pointer drops";

    /** Protocols of netlink that the kernel itself has a socket of, in each net. */
    private static final int[] KERNEL_NETLINK = {0, 4, 6, 9, 10, 12, 15, 16};

    private final Sockets sockets;
    private final SockTable table;
    private final InetSockTable inet;
    private final NetlinkSockTable netlink;
    private final PacketSockTable packets;
    private final TimewaitTable timewaits;
    private final InodeTable inodes;
    private final NameTable names;
    private byte[] text = new byte[128];

    ProcSockets(
            Sockets sockets,
            InetSockTable inet,
            NetlinkSockTable netlink,
            PacketSockTable packets,
            TimewaitTable timewaits) {
        this.timewaits = timewaits;
        this.packets = packets;
        this.sockets = sockets;
        this.table = sockets.table;
        this.inet = inet;
        this.netlink = netlink;
        this.inodes = sockets.vfs.tables.inodes;
        this.names = sockets.vfs.tables.names;
    }

    void register(ProcFiles files, ProcNet net) {
        net.add(files, "tcp", (of, out) -> tcp(of, false, out));
        net.add(files, "tcp6", (of, out) -> tcp(of, true, out));
        net.add(files, "udp", (of, out) -> udp(of, Socket.IPPROTO_UDP, false, out));
        net.add(files, "udp6", (of, out) -> udp(of, Socket.IPPROTO_UDP, true, out));
        net.add(files, "udplite", (of, out) -> udp(of, Socket.IPPROTO_UDPLITE, false, out));
        net.add(files, "udplite6", (of, out) -> udp(of, Socket.IPPROTO_UDPLITE, true, out));
        net.add(files, "icmp6", (of, out) -> out.put("  sl  " + LONG_HEADER + TAIL + "\n"));
        net.add(files, "icmp", (of, out) -> {
            int start = out.mark();
            out.put("  sl  " + HEADER + TAIL).padTo(start, LINE).put('\n');
        });
        net.add(files, "packet", this::packet);
        net.add(files, "unix", this::unix);
        net.add(files, "netlink", this::netlink);
        net.add(files, "sockstat", this::sockstat);
        net.add(files, "sockstat6", this::sockstat6);
    }

    /** %pK: a number that stands for an address. */
    private void pointer(int sk, SeqFile out) {
        out.hex((sk * 0x9e37_79b9L ^ sk) & 0xffff_ffffL, 16);
    }

    private long ino(int sk) {
        int file = table.file(sk);
        return file == NULL ? 0 : inodes.ino(sockets.vfs.tables.files.inode(file));
    }

    private int unread(int sk) {
        Chain queue = table.receiveQueue();
        int bytes = 0;
        for (int skb = queue.first(sk); skb != NULL; skb = queue.next(skb)) {
            bytes += sockets.skBuffs.unread(skb);
        }
        return bytes;
    }

    private boolean isOf(int sk, int type, int protocol, boolean is6) {
        return table.family(sk) == (is6 ? Socket.AF_INET6 : Socket.AF_INET)
                && table.type(sk) == type
                && table.protocol(sk) == protocol
                && table.info(sk) != NULL;
    }

    /** tcp4_seq_show(), tcp6_seq_show(): those that listen, then the others. */
    private void tcp(int net, boolean is6, SeqFile out) {
        int start = out.mark();
        if (is6) {
            out.put("  sl  " + LONG_HEADER + "\n");
        } else {
            out.put("  sl  " + HEADER).padTo(start, TCP_LINE).put('\n');
        }
        int number = 0;
        for (int pass = 0; pass < 2; pass++) {
            for (int sk = table.sockets().first(net);
                    sk != NULL;
                    sk = table.sockets().next(sk)) {
                int state = table.state(sk);
                boolean listens = state == Socket.TCP_LISTEN;
                boolean isShown = isOf(sk, Socket.SOCK_STREAM, Socket.IPPROTO_TCP, is6)
                        && state != Socket.TCP_CLOSE
                        && listens == (pass == 0);
                if (isShown) {
                    start = out.mark();
                    out.decimal(number++, 4).put(": ");
                    addresses(sk, is6, out);
                    queues(sk, state, listens ? table.ackBacklog(sk) : unread(sk), out);
                    out.put(' ').decimal(listens ? 1 : 2).put(' ');
                    pointer(sk, out);
                    out.put(listens ? " 100 0 0 10 0" : " 20 0 0 10 -1");
                    if (!is6) {
                        out.padTo(start, TCP_LINE);
                    }
                    out.put('\n');
                }
            }
        }
        timewaits(net, is6, number, out);
    }

    /** get_timewait4_sock(), get_timewait6_sock(). */
    private void timewaits(int net, boolean is6, int first, SeqFile out) {
        int number = first;
        for (int tw = timewaits.sockets().first(net);
                tw != NULL;
                tw = timewaits.sockets().next(tw)) {
            if (timewaits.family(tw) != (is6 ? Socket.AF_INET6 : Socket.AF_INET)) {
                continue;
            }
            int start = out.mark();
            long left = Math.max(0, timewaits.expires(tw) - sockets.time.now());
            out.decimal(number++, 4).put(": ");
            address(timewaits.localHigh(tw), timewaits.localLow(tw), timewaits.port(tw), is6, out);
            out.put(' ');
            address(timewaits.peerHigh(tw), timewaits.peerLow(tw), timewaits.peerPort(tw), is6, out);
            out.put(' ');
            hex(timewaits.state(tw), 2, out);
            out.put(" 00000000:00000000 03:");
            hex(sockets.time.cyclesToNs(left) / CLOCK_TICK_NS, 8, out);
            out.put(" 00000000     0        0 0 3 ");
            pointer(tw, out);
            if (!is6) {
                out.padTo(start, TCP_LINE);
            }
            out.put('\n');
        }
    }

    /** udp4_seq_show(), udp6_seq_show(): those with a port. */
    private void udp(int net, int protocol, boolean is6, SeqFile out) {
        int start = out.mark();
        out.put(is6 ? "  sl  " + LONG_HEADER + TAIL : "   sl  " + HEADER + TAIL);
        if (!is6) {
            out.padTo(start, LINE);
        }
        out.put('\n');
        for (int sk = table.sockets().first(net);
                sk != NULL;
                sk = table.sockets().next(sk)) {
            if (!isOf(sk, Socket.SOCK_DGRAM, protocol, is6) || inet.port(table.info(sk)) == 0) {
                continue;
            }
            start = out.mark();
            out.decimal(inet.port(table.info(sk)) & UDP_SLOTS, 5).put(": ");
            addresses(sk, is6, out);
            boolean isConnected = inet.peerPort(table.info(sk)) != 0;
            queues(sk, isConnected ? Socket.TCP_ESTABLISHED : Socket.TCP_CLOSE, table.rmemAlloc(sk), out);
            out.put(" 2 ");
            pointer(sk, out);
            out.put(" 0");
            if (!is6) {
                out.padTo(start, LINE);
            }
            out.put('\n');
        }
    }

    private void addresses(int sk, boolean is6, SeqFile out) {
        int info = table.info(sk);
        address(inet.localHigh(info), inet.localLow(info), inet.port(info), is6, out);
        out.put(' ');
        address(inet.peerHigh(info), inet.peerLow(info), inet.peerPort(info), is6, out);
    }

    private static void address(long high, long low, int port, boolean is6, SeqFile out) {
        if (is6) {
            ProcNet.hex4((int) (high >>> 32), out);
            ProcNet.hex4((int) high, out);
            ProcNet.hex4((int) (low >>> 32), out);
        }
        ProcNet.hex4((int) low, out).put(':');
        hex(port, 4, out);
    }

    private static void hex(long number, int digits, SeqFile out) {
        for (int shift = 4 * digits - 4; shift >= 0; shift -= 4) {
            int digit = (int) (number >>> shift & 0xf);
            out.put((char) (digit < 10 ? '0' + digit : 'A' + digit - 10));
        }
    }

    private void queues(int sk, int state, int unread, SeqFile out) {
        out.put(' ');
        hex(state, 2, out);
        out.put(" 00000000:");
        hex(unread, 8, out);
        out.put(" 00:00000000 00000000 ");
        out.decimal(table.uid(sk), 5).put("        0 ").unsigned(ino(sk));
    }

    /** packet_seq_show(). */
    private void packet(int net, SeqFile out) {
        out.put("sk               RefCnt Type Proto  Iface R Rmem   User   Inode\n");
        Chain all = packets.sockets();
        for (int packet = all.first(net); packet != NULL; packet = all.next(packet)) {
            int sk = packets.sk(packet);
            pointer(sk, out);
            int start = out.put(' ').mark();
            out.decimal(2 + packets.running(packet)).padTo(start, 7);
            start = out.mark();
            out.decimal(table.type(sk))
                    .padTo(start, 5)
                    .hex(packets.protocol(packet), 4)
                    .put("   ");
            start = out.mark();
            out.decimal(packets.ifindex(packet))
                    .padTo(start, 6)
                    .decimal(packets.running(packet))
                    .put(' ');
            start = out.mark();
            out.decimal(table.rmemAlloc(sk)).padTo(start, 7);
            start = out.mark();
            out.unsigned(table.uid(sk)).padTo(start, 7);
            start = out.mark();
            out.unsigned(ino(sk)).padTo(start, 6).put('\n');
        }
    }

    /** unix_seq_show(). */
    private void unix(int net, SeqFile out) {
        out.put("Num       RefCount Protocol Flags    Type St Inode Path\n");
        for (int sk = table.sockets().first(net);
                sk != NULL;
                sk = table.sockets().next(sk)) {
            if (table.family(sk) != Socket.AF_UNIX) {
                continue;
            }
            boolean isConnected = table.state(sk) == Socket.TCP_ESTABLISHED;
            boolean hasSocket = table.file(sk) != NULL;
            pointer(sk, out);
            out.put(": ");
            hex(table.refcnt(sk) + 1, 8, out);
            out.put(" 00000000 ");
            hex(table.state(sk) == Socket.TCP_LISTEN ? ACCEPTCON : 0, 8, out);
            out.put(' ');
            hex(table.type(sk), 4, out);
            out.put(' ');
            hex(hasSocket ? isConnected ? 3 : 1 : isConnected ? 2 : 4, 2, out);
            out.put(' ').unsigned(ino(sk), 5);
            name(sk, out);
            out.put('\n');
        }
    }

    private void name(int sk, SeqFile out) {
        int name = table.name(sk);
        if (name == NULL) {
            return;
        }
        int length = names.length(name);
        text = text.length < length ? new byte[length] : text;
        names.copy(name, text, 0);
        out.put(' ');
        boolean isAbstract = length > 0 && text[0] == 0;
        for (int i = 0; i < length; i++) {
            if (text[i] != 0) {
                out.put((char) (text[i] & 0xff));
            } else if (isAbstract) {
                out.put('@');
            }
        }
    }

    /** netlink_native_seq_show(). */
    private void netlink(int net, SeqFile out) {
        out.put("sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode\n");
        for (int protocol : KERNEL_NETLINK) {
            pointer(protocol + net, out);
            netlinkLine(protocol, 0, 0, 0, 0, out);
            for (int sk = table.sockets().first(net);
                    sk != NULL;
                    sk = table.sockets().next(sk)) {
                boolean isShown = table.family(sk) == Socket.AF_NETLINK
                        && table.protocol(sk) == protocol
                        && table.info(sk) != NULL
                        && netlink.bound(table.info(sk)) != 0;
                if (isShown) {
                    int info = table.info(sk);
                    pointer(sk, out);
                    netlinkLine(protocol, netlink.portid(info), (int) netlink.groups(info), unread(sk), ino(sk), out);
                }
            }
        }
    }

    private static void netlinkLine(int protocol, int portid, int groups, int unread, long ino, SeqFile out) {
        out.put(' ');
        int start = out.mark();
        out.decimal(protocol).padTo(start, 3).put(' ');
        start = out.mark();
        out.unsigned(portid & 0xffff_ffffL).padTo(start, 10).put(' ');
        out.hex(groups & 0xffff_ffffL, 8).put(' ');
        start = out.mark();
        out.decimal(unread).padTo(start, 8);
        out.put(" 0        0     2        0        ");
        start = out.mark();
        out.unsigned(ino).padTo(start, 8).put('\n');
    }

    private int count(int net, int family, int type, int protocol) {
        int count = 0;
        for (int sk = table.sockets().first(net);
                sk != NULL;
                sk = table.sockets().next(sk)) {
            boolean isOne = table.family(sk) == family
                    && table.file(sk) != NULL
                    && (type == 0 || table.type(sk) == type)
                    && (protocol == 0 || table.protocol(sk) == protocol);
            count += isOne ? 1 : 0;
        }
        return count;
    }

    private int timewaitCount(int net) {
        int count = 0;
        for (int tw = timewaits.sockets().first(net);
                tw != NULL;
                tw = timewaits.sockets().next(tw)) {
            count++;
        }
        return count;
    }

    /** sockstat_seq_show(). */
    private void sockstat(int net, SeqFile out) {
        int used = 0;
        for (int sk = table.sockets().first(net);
                sk != NULL;
                sk = table.sockets().next(sk)) {
            used += table.file(sk) != NULL ? 1 : 0;
        }
        int tcp = count(net, Socket.AF_INET, Socket.SOCK_STREAM, 0);
        int tcp6 = count(net, Socket.AF_INET6, Socket.SOCK_STREAM, 0);
        out.put("sockets: used ").decimal(used).put("\nTCP: inuse ").decimal(tcp);
        out.put(" orphan 0 tw ")
                .decimal(timewaitCount(net))
                .put(" alloc ")
                .decimal(tcp + tcp6)
                .put(" mem 0\nUDP: inuse ");
        out.decimal(count(net, Socket.AF_INET, Socket.SOCK_DGRAM, Socket.IPPROTO_UDP))
                .put(" mem 0\nUDPLITE: inuse ");
        out.decimal(count(net, Socket.AF_INET, Socket.SOCK_DGRAM, Socket.IPPROTO_UDPLITE))
                .put("\nRAW: inuse ");
        out.decimal(count(net, Socket.AF_INET, Socket.SOCK_RAW, 0)).put("\nFRAG: inuse 0 memory 0\n");
    }

    private void sockstat6(int net, SeqFile out) {
        out.put("TCP6: inuse ")
                .decimal(count(net, Socket.AF_INET6, Socket.SOCK_STREAM, 0))
                .put("\nUDP6: inuse ");
        out.decimal(count(net, Socket.AF_INET6, Socket.SOCK_DGRAM, Socket.IPPROTO_UDP))
                .put("\nUDPLITE6: inuse ");
        out.decimal(count(net, Socket.AF_INET6, Socket.SOCK_DGRAM, Socket.IPPROTO_UDPLITE))
                .put("\nRAW6: inuse ");
        out.decimal(count(net, Socket.AF_INET6, Socket.SOCK_RAW, 0)).put("\nFRAG6: inuse 0 memory 0\n");
    }
}
