package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.InodeTable;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Socket;

/** Sockets of TCP and UDP as NETLINK_SOCK_DIAG tells them: net/ipv4/inet_diag.c, tcp_diag.c, udp_diag.c. */
final class InetDiag {
    private static final int MESSAGE = 72; // bytes of struct inet_diag_msg
    private static final int ID = 8; // where struct inet_diag_sockid is in a request
    private static final int MEMINFO = 1;
    private static final int CONG = 4;
    private static final int TOS = 5;
    private static final int TCLASS = 6;
    private static final int SKMEMINFO = 7;
    private static final int SHUTDOWN = 8;
    private static final int SKV6ONLY = 11;
    private static final int MARK = 15;
    private static final int CLASS_ID = 17;
    private static final int CGROUP_ID = 21;
    private static final int SOCKOPT = 22;
    private static final int IS_ICSK = 2; // bits of struct inet_diag_sockopt
    private static final int MC_LOOP = 0x10;
    private static final int MC_ALL = 0x40;
    private static final int RECVERR = 1;
    private static final int FREEBIND = 4;
    private static final int TIMEWAIT = 3; // idiag_timer
    private static final long MS_NS = 1_000_000;

    private final Sockets sockets;
    private final SockTable table;
    private final InetSockTable inet;
    private final TimewaitTable timewaits;
    private final InodeTable inodes;
    private final InetAddress given = new InetAddress();

    InetDiag(Sockets sockets, InetSockTable inet, TimewaitTable timewaits) {
        this.sockets = sockets;
        this.table = sockets.table;
        this.inet = inet;
        this.timewaits = timewaits;
        this.inodes = sockets.vfs.tables.inodes;
    }

    private static boolean isKnown(int protocol) {
        return protocol == Socket.IPPROTO_TCP || protocol == Socket.IPPROTO_UDP || protocol == Socket.IPPROTO_UDPLITE;
    }

    private boolean isOf(int sk, int family, int protocol) {
        return table.family(sk) == family
                && table.protocol(sk) == protocol
                && table.type(sk) != Socket.SOCK_RAW
                && table.info(sk) != NULL;
    }

    /** inet_sk_state(), as far as UDP has one. */
    private int state(int sk) {
        boolean isTcp = table.type(sk) == Socket.SOCK_STREAM;
        return isTcp || table.state(sk) == Socket.TCP_ESTABLISHED ? table.state(sk) : Socket.TCP_CLOSE;
    }

    /** inet_diag_dump(): of TCP first those that listen. 0, ENOENT for a protocol that tells nothing. */
    int dump(int task, int asker, int portid, NlRequest asked, NlMessage reply) {
        int body = asked.body();
        int family = asked.bytes[body];
        int protocol = asked.bytes[body + 1] & 0xff;
        if (!isKnown(protocol)) {
            return -Errno.ENOENT;
        }
        int states = Bytes.getInt(asked.bytes, body + 4);
        int net = table.net(asker);
        for (int pass = 0; pass < 2; pass++) {
            for (int sk = table.sockets().first(net);
                    sk != NULL;
                    sk = table.sockets().next(sk)) {
                boolean listens = table.state(sk) == Socket.TCP_LISTEN;
                boolean isShown = isOf(sk, family, protocol)
                        && listens == (pass == 0)
                        && isHashed(sk)
                        && (states >>> state(sk) & 1) != 0
                        && isPort(asked, inet.port(table.info(sk)), inet.peerPort(table.info(sk)));
                if (isShown) {
                    put(task, sk, portid, NlRequest.NLM_F_MULTI, asked, reply);
                }
            }
        }
        for (int tw = timewaits.sockets().first(net);
                tw != NULL && protocol == Socket.IPPROTO_TCP;
                tw = timewaits.sockets().next(tw)) {
            boolean isShown = timewaits.family(tw) == family
                    && (states >>> timewaits.state(tw) & 1) != 0
                    && isPort(asked, timewaits.port(tw), timewaits.peerPort(tw));
            if (isShown) {
                putTimewait(task, asker, tw, portid, asked, reply);
            }
        }
        return 0;
    }

    /** Whether a socket can be found: of TCP none that is closed, of UDP those with a port. */
    private boolean isHashed(int sk) {
        boolean isTcp = table.type(sk) == Socket.SOCK_STREAM;
        boolean isDead = sockets.is(sk, SockFlags.DEAD);
        return isTcp ? table.state(sk) != Socket.TCP_CLOSE && !isDead : inet.port(table.info(sk)) != 0;
    }

    private static boolean isPort(NlRequest asked, int port, int peerPort) {
        int wanted = Bytes.getPort(asked.bytes, asked.body() + ID);
        int wantedPeer = Bytes.getPort(asked.bytes, asked.body() + ID + 2);
        return (wanted == 0 || wanted == port) && (wantedPeer == 0 || wantedPeer == peerPort);
    }

    /** inet_diag_find_one_icsk(), udp_dump_one(), which takes the two sides the other way round: ENOENT, ESTALE. */
    int one(int task, int asker, int portid, NlRequest asked, NlMessage reply) {
        int body = asked.body();
        int family = asked.bytes[body];
        int protocol = asked.bytes[body + 1] & 0xff;
        if (!isKnown(protocol)) {
            return -Errno.ENOENT;
        }
        boolean isTcp = protocol == Socket.IPPROTO_TCP;
        int found = NULL;
        int net = table.net(asker);
        for (int sk = table.sockets().first(net);
                sk != NULL;
                sk = table.sockets().next(sk)) {
            if (isOf(sk, family, protocol) && isHashed(sk) && isNamed(sk, asked, isTcp)) {
                boolean isBetter = found == NULL || inet.peerPort(table.info(sk)) != 0;
                found = isBetter ? sk : found;
            }
        }
        if (found == NULL) {
            return -Errno.ENOENT;
        }
        long cookie = Bytes.getLong(asked.bytes, body + ID + 40);
        if (cookie != -1 && cookie != sockets.cookie(found)) {
            return -Errno.ESTALE;
        }
        put(task, found, portid, 0, asked, reply);
        return 0;
    }

    private boolean isNamed(int sk, NlRequest asked, boolean isTcp) {
        int info = table.info(sk);
        int id = asked.body() + ID;
        int mine = isTcp ? id : id + 2;
        int other = isTcp ? id + 2 : id;
        take(sk, asked.bytes, isTcp ? id + 4 : id + 20);
        boolean isMine = inet.port(info) == Bytes.getPort(asked.bytes, mine)
                && (InetAddress.isAny(inet.localHigh(info), inet.localLow(info))
                        || (inet.localHigh(info) == given.high && inet.localLow(info) == given.low));
        if (inet.peerPort(info) == 0 || !isMine) {
            return isMine;
        }
        take(sk, asked.bytes, isTcp ? id + 20 : id + 4);
        return inet.peerPort(info) == Bytes.getPort(asked.bytes, other)
                && inet.peerHigh(info) == given.high
                && inet.peerLow(info) == given.low;
    }

    private void take(int sk, byte[] bytes, int at) {
        if (table.family(sk) == Socket.AF_INET) {
            given.high = 0;
            given.low = InetAddress.ANY4 | (Bytes.getNetInt(bytes, at) & 0xffff_ffffL);
        } else {
            given.high = Bytes.getNetLong(bytes, at);
            given.low = Bytes.getNetLong(bytes, at + 8);
        }
    }

    private static void putAddress(boolean is6, long high, long low, byte[] into, int at) {
        if (is6) {
            Bytes.putNetLong(into, at, high);
            Bytes.putNetLong(into, at + 8, low);
        } else {
            Bytes.putNetInt(into, at, (int) low);
        }
    }

    /** inet_sk_diag_fill(). */
    private void put(int task, int sk, int portid, int flags, NlRequest asked, NlMessage reply) {
        int info = table.info(sk);
        boolean is6 = table.family(sk) == Socket.AF_INET6;
        boolean isTcp = table.type(sk) == Socket.SOCK_STREAM;
        boolean listens = isTcp && table.state(sk) == Socket.TCP_LISTEN;
        int at = reply.begin(SockDiag.SOCK_DIAG_BY_FAMILY, flags, asked.seq, portid, MESSAGE);
        byte[] bytes = reply.bytes();
        bytes[at] = (byte) table.family(sk);
        bytes[at + 1] = (byte) state(sk);
        Bytes.putPort(bytes, at + 4, inet.port(info));
        Bytes.putPort(bytes, at + 6, inet.peerPort(info));
        putAddress(is6, inet.localHigh(info), inet.localLow(info), bytes, at + 8);
        putAddress(is6, inet.peerHigh(info), inet.peerLow(info), bytes, at + 24);
        Bytes.putInt(bytes, at + 40, table.boundDevIf(sk));
        Bytes.putLong(bytes, at + 44, sockets.cookie(sk));
        Bytes.putInt(bytes, at + 56, listens ? table.ackBacklog(sk) : isTcp ? unread(info) : table.rmemAlloc(sk));
        Bytes.putInt(bytes, at + 60, listens ? table.maxAckBacklog(sk) : isTcp ? 0 : table.wmemAlloc(sk));
        Bytes.putInt(bytes, at + 64, table.uid(sk));
        int file = table.file(sk);
        Bytes.putInt(bytes, at + 68, file == NULL ? 0 : (int) inodes.ino(sockets.vfs.tables.files.inode(file)));
        putAttributes(task, sk, asked.bytes[asked.body() + 2] & 0xff, reply);
        reply.end();
    }

    private int unread(int info) {
        return (int) (inet.receivedSeq(info) - inet.copiedSeq(info));
    }

    private static boolean wants(int extensions, int attribute) {
        return (extensions >>> (attribute - 1) & 1) != 0;
    }

    /** inet_diag_msg_attrs_fill(), and what follows it. */
    private void putAttributes(int task, int sk, int extensions, NlMessage reply) {
        int info = table.info(sk);
        int flags = inet.flags(info);
        boolean is6 = table.family(sk) == Socket.AF_INET6;
        boolean isTcp = table.type(sk) == Socket.SOCK_STREAM;
        reply.putByte(SHUTDOWN, table.shutdown(sk));
        if (wants(extensions, TOS)) {
            reply.putByte(TOS, inet.tos(info));
        }
        if (is6 && wants(extensions, TCLASS)) {
            reply.putByte(TCLASS, 0);
        }
        boolean tellsFamily = is6 && (state(sk) == Socket.TCP_LISTEN || state(sk) == Socket.TCP_CLOSE);
        if (tellsFamily) {
            boolean isOnly6 =
                    (flags & InetFlags.V6ONLY) != 0 || !InetAddress.isAny(inet.boundHigh(info), inet.boundLow(info));
            reply.putByte(SKV6ONLY, isOnly6 ? 1 : 0);
        }
        if (sockets.nsCapable(task, sk, Capability.CAP_NET_ADMIN)) {
            reply.putInt(MARK, table.mark(sk));
        }
        if (wants(extensions, TCLASS)) {
            reply.putInt(CLASS_ID, table.priority(sk));
        }
        Bytes.putLong(reply.bytes(), reply.attr(CGROUP_ID, Long.BYTES), SockDiag.cgroupId());
        int options = (isTcp ? IS_ICSK : 0) | MC_LOOP | (is6 ? 0 : MC_ALL);
        options |= (flags & InetFlags.RECVERR) != 0 ? RECVERR : 0;
        options |= (flags & InetFlags.FREEBIND) != 0 ? FREEBIND : 0;
        reply.putShort(SOCKOPT, options);
        if (wants(extensions, MEMINFO)) {
            int at = reply.attr(MEMINFO, 16);
            Bytes.putInt(reply.bytes(), at, table.rmemAlloc(sk));
            Bytes.putInt(reply.bytes(), at + 12, table.wmemAlloc(sk));
        }
        if (wants(extensions, SKMEMINFO)) {
            int at = reply.attr(SKMEMINFO, 36);
            Bytes.putInt(reply.bytes(), at, table.rmemAlloc(sk));
            Bytes.putInt(reply.bytes(), at + 4, table.rcvbuf(sk));
            Bytes.putInt(reply.bytes(), at + 8, table.wmemAlloc(sk));
            Bytes.putInt(reply.bytes(), at + 12, table.sndbuf(sk));
        }
        if (isTcp && wants(extensions, CONG)) {
            reply.putText(CONG, "bbr");
        }
    }

    /** inet_twsk_diag_fill(). */
    private void putTimewait(int task, int asker, int tw, int portid, NlRequest asked, NlMessage reply) {
        boolean is6 = timewaits.family(tw) == Socket.AF_INET6;
        int at = reply.begin(SockDiag.SOCK_DIAG_BY_FAMILY, NlRequest.NLM_F_MULTI, asked.seq, portid, MESSAGE);
        byte[] bytes = reply.bytes();
        bytes[at] = (byte) timewaits.family(tw);
        bytes[at + 1] = (byte) timewaits.state(tw);
        bytes[at + 2] = TIMEWAIT;
        Bytes.putPort(bytes, at + 4, timewaits.port(tw));
        Bytes.putPort(bytes, at + 6, timewaits.peerPort(tw));
        putAddress(is6, timewaits.localHigh(tw), timewaits.localLow(tw), bytes, at + 8);
        putAddress(is6, timewaits.peerHigh(tw), timewaits.peerLow(tw), bytes, at + 24);
        Bytes.putLong(bytes, at + 44, timewaits.cookie(tw));
        long left = Math.max(0, timewaits.expires(tw) - sockets.time.now());
        Bytes.putInt(bytes, at + 52, (int) (sockets.time.cyclesToNs(left) / MS_NS));
        if (sockets.nsCapable(task, asker, Capability.CAP_NET_ADMIN)) {
            reply.putInt(MARK, timewaits.mark(tw));
        }
        reply.end();
    }
}
