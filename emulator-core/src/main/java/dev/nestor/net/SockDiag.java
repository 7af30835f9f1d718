package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.InodeTable;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Socket;

/**
 * NETLINK_SOCK_DIAG: net/core/sock_diag.c, and inet_diag, unix_diag, packet_diag, netlink_diag. What is told of a socket are its
 * names, queues and inode; struct tcp_info is not.
 */
final class SockDiag implements NetlinkSockets.Handler {
    static final int NETLINK_SOCK_DIAG = 4;
    static final int SOCK_DIAG_BY_FAMILY = 20;

    private static final int INET_REQUEST = 56; // bytes of struct inet_diag_req_v2
    private static final int UNIX_REQUEST = 24; // bytes of struct unix_diag_req
    private static final int OTHER_REQUEST = 20; // bytes of struct packet_diag_req, struct netlink_diag_req
    private static final int UNIX_MESSAGE = 16; // bytes of struct unix_diag_msg, struct packet_diag_msg
    private static final int NETLINK_MESSAGE = 28; // bytes of struct netlink_diag_msg
    private static final int ALL_PROTOCOLS = 0xff;
    private static final int ROOT_CGROUP = 1;

    private static final int UNIX_NAME = 0;
    private static final int UNIX_VFS = 1;
    private static final int UNIX_PEER = 2;
    private static final int UNIX_ICONS = 3;
    private static final int UNIX_RQLEN = 4;
    private static final int UNIX_MEMINFO = 5;
    private static final int UNIX_SHUTDOWN = 6;
    private static final int UNIX_UID = 7;
    private static final int PACKET_INFO = 0;
    private static final int PACKET_UID = 5;
    private static final int PACKET_MEMINFO = 6;
    private static final int MEMINFO = 36; // bytes of the nine words of SK_MEMINFO_*

    private final Sockets sockets;
    private final SockTable table;
    private final NetlinkSockTable netlinks;
    private final PacketSockTable packets;
    private final InodeTable inodes;
    private final NetlinkSockets netlink;
    private final InetDiag inet;
    private byte[] text = new byte[128];

    SockDiag(
            NetlinkSockets netlink,
            NetlinkSockTable netlinks,
            PacketSockTable packets,
            InetDiag inet,
            Sockets sockets) {
        this.netlink = netlink;
        this.netlinks = netlinks;
        this.packets = packets;
        this.inet = inet;
        this.sockets = sockets;
        this.table = sockets.table;
        this.inodes = sockets.vfs.tables.inodes;
        netlink.setDiag(this);
    }

    static boolean isDump(NlRequest asked) {
        return (asked.flags & NlRequest.NLM_F_DUMP) == NlRequest.NLM_F_DUMP;
    }

    /** sock_diag_rcv_msg(): EINVAL, ENOENT, EOPNOTSUPP, ESTALE, EPERM. */
    @Override
    public int handle(int task, int sk, NlRequest asked, NlMessage reply) {
        boolean destroys = asked.type == SOCK_DIAG_BY_FAMILY + 1;
        if (asked.type != SOCK_DIAG_BY_FAMILY && !destroys) {
            return -Errno.EINVAL;
        }
        if (asked.length < NlMessage.HEADER + 2) {
            return -Errno.EINVAL;
        }
        int family = asked.bytes[asked.body()] & 0xff;
        int size =
                switch (family) {
                    case Socket.AF_INET, Socket.AF_INET6 -> INET_REQUEST;
                    case Socket.AF_UNIX -> UNIX_REQUEST;
                    case Socket.AF_PACKET, Socket.AF_NETLINK -> OTHER_REQUEST;
                    default -> 0;
                };
        if (size == 0) {
            return family >= Socket.AF_MAX ? -Errno.EINVAL : -Errno.ENOENT;
        }
        if (asked.length < NlMessage.HEADER + size) {
            return -Errno.EINVAL;
        }
        if (destroys) {
            return -Errno.EOPNOTSUPP;
        }
        int net = table.net(sk);
        return isDump(asked) ? dump(task, sk, family, asked, reply) : one(task, sk, net, asked, reply);
    }

    private int one(int task, int sk, int net, NlRequest asked, NlMessage reply) {
        int family = asked.bytes[asked.body()];
        if (family == Socket.AF_UNIX) {
            return oneOfUnix(net, netlink.portid(sk), asked, reply);
        }
        return family == Socket.AF_PACKET || family == Socket.AF_NETLINK
                ? -Errno.EOPNOTSUPP
                : inet.one(task, sk, netlink.portid(sk), asked, reply);
    }

    private int dump(int task, int sk, int family, NlRequest asked, NlMessage reply) {
        int net = table.net(sk);
        int portid = netlink.portid(sk);
        int error = 0;
        if (family == Socket.AF_INET || family == Socket.AF_INET6) {
            error = inet.dump(task, sk, portid, asked, reply);
        } else {
            for (int at = table.sockets().first(net);
                    at != NULL;
                    at = table.sockets().next(at)) {
                if (table.family(at) == family && table.state(at) != 0) {
                    put(at, family, portid, asked, reply);
                }
            }
        }
        int at = reply.begin(Rtnetlink.NLMSG_DONE, NlRequest.NLM_F_MULTI, asked.seq, portid, Integer.BYTES);
        Bytes.putInt(reply.bytes(), at, error);
        reply.end();
        return 0;
    }

    private void put(int sk, int family, int portid, NlRequest asked, NlMessage reply) {
        int body = asked.body();
        switch (family) {
            case Socket.AF_UNIX -> {
                if ((Bytes.getInt(asked.bytes, body + 4) >>> table.state(sk) & 1) != 0) {
                    putUnix(sk, portid, NlRequest.NLM_F_MULTI, asked, reply);
                }
            }
            case Socket.AF_PACKET -> {
                if (table.info(sk) != NULL) {
                    putPacket(sk, portid, asked, reply);
                }
            }
            default -> {
                int protocol = asked.bytes[body + 1] & 0xff;
                if (table.info(sk) != NULL && (protocol == ALL_PROTOCOLS || protocol == table.protocol(sk))) {
                    putNetlink(sk, portid, asked, reply);
                }
            }
        }
    }

    /** unix_get_exact(). */
    private int oneOfUnix(int net, int portid, NlRequest asked, NlMessage reply) {
        int ino = Bytes.getInt(asked.bytes, asked.body() + 8);
        if (ino == 0) {
            return -Errno.EINVAL;
        }
        for (int sk = table.sockets().first(net);
                sk != NULL;
                sk = table.sockets().next(sk)) {
            if (table.family(sk) == Socket.AF_UNIX && (int) ino(sk) == ino) {
                if (!isCookie(sk, asked.bytes, asked.body() + 16)) {
                    return -Errno.ESTALE;
                }
                putUnix(sk, portid, 0, asked, reply);
                return 0;
            }
        }
        return -Errno.ENOENT;
    }

    /** sock_diag_check_cookie(): all bits for any. */
    boolean isCookie(int sk, byte[] bytes, int at) {
        long wanted = Bytes.getLong(bytes, at);
        return wanted == -1 || wanted == sockets.cookie(sk);
    }

    long ino(int sk) {
        int file = table.file(sk);
        return file == NULL ? 0 : inodes.ino(sockets.vfs.tables.files.inode(file));
    }

    /** sk_get_meminfo(). */
    void putMemory(int type, int sk, NlMessage reply) {
        int at = reply.attr(type, MEMINFO);
        byte[] bytes = reply.bytes();
        Bytes.putInt(bytes, at, table.rmemAlloc(sk));
        Bytes.putInt(bytes, at + 4, table.rcvbuf(sk));
        Bytes.putInt(bytes, at + 8, table.wmemAlloc(sk));
        Bytes.putInt(bytes, at + 12, table.sndbuf(sk));
    }

    /** sk_diag_fill() of net/unix/diag.c. */
    private void putUnix(int sk, int portid, int flags, NlRequest asked, NlMessage reply) {
        int show = Bytes.getInt(asked.bytes, asked.body() + 12);
        int at = reply.begin(SOCK_DIAG_BY_FAMILY, flags, asked.seq, portid, UNIX_MESSAGE);
        byte[] bytes = reply.bytes();
        bytes[at] = Socket.AF_UNIX;
        bytes[at + 1] = (byte) table.type(sk);
        bytes[at + 2] = (byte) table.state(sk);
        Bytes.putInt(bytes, at + 4, (int) ino(sk));
        Bytes.putLong(bytes, at + 8, sockets.cookie(sk));
        if (shows(show, UNIX_NAME) && table.name(sk) != NULL) {
            putName(sk, reply);
        }
        if (shows(show, UNIX_VFS) && table.boundInode(sk) != NULL) {
            int inode = table.boundInode(sk);
            at = reply.attr(UNIX_VFS, 8);
            Bytes.putInt(reply.bytes(), at, (int) inodes.ino(inode));
            Bytes.putInt(reply.bytes(), at + 4, sockets.vfs.tables.superBlocks.dev(inodes.sb(inode)));
        }
        if (shows(show, UNIX_PEER) && table.peer(sk) != NULL) {
            reply.putInt(UNIX_PEER, (int) ino(table.peer(sk)));
        }
        boolean listens = table.state(sk) == Socket.TCP_LISTEN;
        if (shows(show, UNIX_ICONS) && listens) {
            putConnections(sk, reply);
        }
        if (shows(show, UNIX_RQLEN)) {
            at = reply.attr(UNIX_RQLEN, 8);
            Bytes.putInt(reply.bytes(), at, listens ? table.ackBacklog(sk) : unread(sk));
            Bytes.putInt(reply.bytes(), at + 4, listens ? table.maxAckBacklog(sk) : table.wmemAlloc(sk));
        }
        if (shows(show, UNIX_MEMINFO)) {
            putMemory(UNIX_MEMINFO, sk, reply);
        }
        reply.putByte(UNIX_SHUTDOWN, table.shutdown(sk));
        if (shows(show, UNIX_UID - 1)) {
            reply.putInt(UNIX_UID, table.uid(sk));
        }
        reply.end();
    }

    private static boolean shows(int show, int what) {
        return (show >>> what & 1) != 0;
    }

    private void putName(int sk, NlMessage reply) {
        int name = table.name(sk);
        int length = sockets.vfs.tables.names.length(name);
        text = text.length < length ? new byte[length] : text;
        sockets.vfs.tables.names.copy(name, text, 0);
        boolean isPath = length > 0 && text[0] != 0;
        int at = reply.attr(UNIX_NAME, length + (isPath && text[length - 1] != 0 ? 1 : 0));
        System.arraycopy(text, 0, reply.bytes(), at, length);
    }

    /** sk_diag_dump_icons(): who has connected, and is not accepted yet. */
    private void putConnections(int sk, NlMessage reply) {
        int count = 0;
        for (int skb = table.receiveQueue().first(sk);
                skb != NULL;
                skb = table.receiveQueue().next(skb)) {
            count++;
        }
        int at = reply.attr(UNIX_ICONS, Integer.BYTES * count);
        SkBuffTable skbs = sockets.skBuffs.table();
        for (int skb = table.receiveQueue().first(sk);
                skb != NULL;
                skb = table.receiveQueue().next(skb)) {
            int peer = skbs.sk(skb) == NULL ? NULL : table.peer(skbs.sk(skb));
            Bytes.putInt(reply.bytes(), at, peer == NULL ? 0 : (int) ino(peer));
            at += Integer.BYTES;
        }
    }

    /** unix_inq_len(): of a stream all that waits, else the first message. */
    private int unread(int sk) {
        int bytes = 0;
        for (int skb = table.receiveQueue().first(sk);
                skb != NULL;
                skb = table.receiveQueue().next(skb)) {
            bytes += sockets.skBuffs.unread(skb);
            if (table.type(sk) == Socket.SOCK_DGRAM) {
                return bytes;
            }
        }
        return bytes;
    }

    /** sk_diag_fill() of net/packet/diag.c. */
    private void putPacket(int sk, int portid, NlRequest asked, NlMessage reply) {
        int show = Bytes.getInt(asked.bytes, asked.body() + 8);
        int packet = table.info(sk);
        int at = reply.begin(SOCK_DIAG_BY_FAMILY, NlRequest.NLM_F_MULTI, asked.seq, portid, UNIX_MESSAGE);
        byte[] bytes = reply.bytes();
        bytes[at] = Socket.AF_PACKET;
        bytes[at + 1] = (byte) table.type(sk);
        Bytes.putShort(bytes, at + 2, packets.protocol(packet));
        Bytes.putInt(bytes, at + 4, (int) ino(sk));
        Bytes.putLong(bytes, at + 8, sockets.cookie(sk));
        if (shows(show, PACKET_INFO)) {
            at = reply.attr(PACKET_INFO, 24);
            Bytes.putInt(reply.bytes(), at, packets.ifindex(packet));
            Bytes.putInt(reply.bytes(), at + 4, packets.version(packet));
            Bytes.putInt(reply.bytes(), at + 8, packets.reserve(packet));
            Bytes.putInt(reply.bytes(), at + 12, packets.copyThresh(packet));
            Bytes.putInt(reply.bytes(), at + 16, packets.timestamp(packet));
            Bytes.putInt(reply.bytes(), at + 20, packets.running(packet));
            reply.putInt(PACKET_UID, table.uid(sk));
        }
        if (shows(show, PACKET_MEMINFO - 2)) {
            putMemory(PACKET_MEMINFO, sk, reply);
        }
        reply.end();
    }

    /** sk_diag_fill() of net/netlink/diag.c. */
    private void putNetlink(int sk, int portid, NlRequest asked, NlMessage reply) {
        int show = Bytes.getInt(asked.bytes, asked.body() + 8);
        int info = table.info(sk);
        int at = reply.begin(SOCK_DIAG_BY_FAMILY, NlRequest.NLM_F_MULTI, asked.seq, portid, NETLINK_MESSAGE);
        byte[] bytes = reply.bytes();
        bytes[at] = Socket.AF_NETLINK;
        bytes[at + 1] = (byte) table.type(sk);
        bytes[at + 2] = (byte) table.protocol(sk);
        bytes[at + 3] = (byte) table.state(sk);
        Bytes.putInt(bytes, at + 4, netlinks.portid(info));
        Bytes.putInt(bytes, at + 8, netlinks.dstPortid(info));
        Bytes.putInt(bytes, at + 12, netlinks.dstGroup(info));
        Bytes.putInt(bytes, at + 16, (int) ino(sk));
        Bytes.putLong(bytes, at + 20, sockets.cookie(sk));
        if (shows(show, 0)) {
            putMemory(0, sk, reply);
        }
        reply.end();
    }

    /** cgroup_id() of the cgroup of sockets: that of the root. */
    static long cgroupId() {
        return ROOT_CGROUP;
    }
}
