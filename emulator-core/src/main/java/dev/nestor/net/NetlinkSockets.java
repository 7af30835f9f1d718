package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.event.Random;
import dev.nestor.fs.FileOps;
import dev.nestor.fs.Outside;
import dev.nestor.mm.UserMemory;
import dev.nestor.table.Chain;
import dev.nestor.table.StateHash;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Socket;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;

/** AF_NETLINK: net/netlink/af_netlink.c. The kernel's own side of NETLINK_ROUTE is {@link Rtnetlink}. */
final class NetlinkSockets implements ProtoOps {
    static final int NETLINK_ROUTE = 0;
    private static final int NETLINK_AUDIT = 9;
    private static final int NETLINK_KOBJECT_UEVENT = 15;
    private static final int NETLINK_GENERIC = 16;
    private static final int MAX_LINKS = 32;

    /** ROUTE, USERSOCK, SOCK_DIAG, XFRM, NFLOG…: those that the reference kernel has. */
    private static final int KNOWN = 0b1_1001_1110_1101_0101;

    private static final int ADDRESS_SIZE = 12; // bytes of struct sockaddr_nl
    private static final int NLMSG_ERROR = 2;
    private static final int NLMSG_MIN_TYPE = 16;
    private static final int GOODSIZE = 3776; // bytes: NLMSG_GOODSIZE
    private static final int LARGEST = 32_448; // bytes of one part of a dump
    private static final int MAX_GROUPS = 64;

    /** Bits of {@link NetlinkSockTable#flags}: options by their number. */
    private static final int ADD_MEMBERSHIP = 1;

    private static final int DROP_MEMBERSHIP = 2;
    private static final int PKTINFO = 3;
    private static final int LIST_MEMBERSHIPS = 9;
    private static final int CAP_ACK = 10;
    private static final int EXT_ACK = 11;
    private static final int GET_STRICT_CHK = 12;
    private static final int HAS_GROUPS = 31; // no option: whether there is room for memberships

    private static final int ACK_MSG = 1; // NLMSGERR_ATTR_MSG
    private static final int ACK_OFFS = 2; // NLMSGERR_ATTR_OFFS
    private static final int ACK_POLICY = 4 | 0x8000; // NLMSGERR_ATTR_POLICY
    private static final int POLICY_TYPE = 1; // NL_POLICY_TYPE_ATTR_TYPE
    private static final int POLICY_MAX_LENGTH = 7;
    private static final int POLICY_STRING = 11; // NL_ATTR_TYPE_NUL_STRING
    private static final int CAPPED = 0x100; // NLM_F_CAPPED
    private static final int TLVS = 0x200; // NLM_F_ACK_TLVS

    private final Sockets sockets;
    private final SockTable table;
    private final SkBuffs skBuffs;
    private final SkBuffTable skbs;
    private final NetlinkSockTable netlink;
    private final ScmMessages scm;
    private final UserMemory memory;
    private final Random random;
    private final NetTable nets;
    private final NlMessage answer = new NlMessage();
    private final NlRequest request = new NlRequest();
    private final byte[] number = new byte[8];
    private final int place;
    private Handler route = (task, sk, asked, reply) -> -Errno.EOPNOTSUPP;
    private Handler diag = (task, sk, asked, reply) -> -Errno.EOPNOTSUPP;
    private byte[] buffer = new byte[4096];

    /* By (net, protocol, portid): look up, never walk. */
    private final Long2IntOpenHashMap[] byPortid = new Long2IntOpenHashMap[MAX_LINKS];

    /** The kernel's side of a protocol: writes its answers; 0 or a negative errno. */
    interface Handler {
        int handle(int task, int sk, NlRequest asked, NlMessage reply);
    }

    NetlinkSockets(Sockets sockets, NetlinkSockTable netlink, ScmMessages scm, Random random) {
        this.sockets = sockets;
        this.table = sockets.table;
        this.skBuffs = sockets.skBuffs;
        this.skbs = skBuffs.table();
        this.netlink = netlink;
        this.scm = scm;
        this.random = random;
        this.nets = sockets.nets.table();
        this.memory = sockets.vfs.below.memory();
        for (int i = 0; i < MAX_LINKS; i++) {
            byPortid[i] = new Long2IntOpenHashMap();
        }
        this.place = sockets.register(this);
    }

    void setDiag(Handler handler) {
        diag = handler;
    }

    void setRoute(Handler handler) {
        route = handler;
    }

    /** netlink_create(): ESOCKTNOSUPPORT, EPROTONOSUPPORT, ENOBUFS. */
    int create(int task, int net, int type, int protocol) {
        if (type != Socket.SOCK_RAW && type != Socket.SOCK_DGRAM) {
            return -Errno.ESOCKTNOSUPPORT;
        }
        if (protocol < 0
                || protocol >= MAX_LINKS
                || (protocol < 17 && ((KNOWN >>> protocol) & 1) == 0)
                || protocol > 16) {
            return -Errno.EPROTONOSUPPORT;
        }
        int info = netlink.alloc();
        int sk = info == NULL ? NULL : sockets.alloc(task, net, Socket.AF_NETLINK, type, protocol, place);
        if (sk == NULL) {
            if (info != NULL) {
                netlink.free(info);
            }
            return -Errno.ENOBUFS;
        }
        table.setInfo(sk, info);
        netlink.setSk(info, sk);
        return sk;
    }

    private static long key(int net, int portid) {
        return ((long) net << 32) | (portid & 0xffffffffL);
    }

    private int info(int sk) {
        return table.info(sk);
    }

    int portid(int sk) {
        return netlink.portid(info(sk));
    }

    private boolean insert(int sk, int portid) {
        Long2IntOpenHashMap map = byPortid[table.protocol(sk)];
        long key = key(table.net(sk), portid);
        if (map.containsKey(key)) {
            return false;
        }
        map.put(key, sk);
        netlink.setPortid(info(sk), portid);
        netlink.setBound(info(sk), 1);
        return true;
    }

    /** netlink_autobind(): the number of its process, or any that is free. */
    private void autobind(int task, int sk) {
        int portid = sockets.pids.taskTgidNr(task, sockets.pids.activeNs(task));
        while (!insert(sk, portid)) {
            portid = Integer.MIN_VALUE + random.nextInt(Integer.MAX_VALUE - 4096);
        }
    }

    /** For a driver that knows the number: it has that one, if it is free. */
    void choose(int sk, int portid) {
        int before = portid(sk);
        if (before < 0 && portid < 0 && before != portid) {
            byPortid[table.protocol(sk)].remove(key(table.net(sk), before), sk);
            if (!insert(sk, portid)) {
                insert(sk, before);
            }
        }
    }

    @Override
    public void release(int sk) {
        int info = info(sk);
        if (netlink.bound(info) != 0) {
            byPortid[table.protocol(sk)].remove(key(table.net(sk), netlink.portid(info)), sk);
        }
        setGroups(sk, 0);
        sockets.orphan(sk);
        sockets.purge(sk);
        sockets.put(sk);
    }

    @Override
    public void destroy(int sk) {
        netlink.free(info(sk));
        table.setInfo(sk, NULL);
    }

    private boolean mayListen(int task, int sk) {
        int protocol = table.protocol(sk);
        return protocol == NETLINK_ROUTE
                || protocol == NETLINK_KOBJECT_UEVENT
                || sockets.nsCapable(task, sk, Capability.CAP_NET_ADMIN);
    }

    /** netlink_bind(). */
    @Override
    public long bind(int task, int sk, byte[] address, int length) {
        if (length < ADDRESS_SIZE || Bytes.getShort(address, 0) != Socket.AF_NETLINK) {
            return -Errno.EINVAL;
        }
        int wanted = Bytes.getInt(address, 4);
        int groups = Bytes.getInt(address, 8);
        if (groups != 0 && !mayListen(task, sk)) {
            return -Errno.EPERM;
        }
        int info = info(sk);
        if (groups != 0) {
            makeGroups(info);
        }
        if (netlink.bound(info) != 0) {
            if (wanted != netlink.portid(info)) {
                return -Errno.EINVAL;
            }
        } else if (wanted == 0) {
            autobind(task, sk);
        } else if (!insert(sk, wanted)) {
            return -Errno.EADDRINUSE;
        }
        setGroups(sk, (netlink.groups(info) & ~0xffffffffL) | (groups & 0xffffffffL));
        return 0;
    }

    /** netlink_connect(). */
    @Override
    public long connect(int task, int sk, byte[] address, int length, int flags) {
        if (length < 2) {
            return -Errno.EINVAL;
        }
        int info = info(sk);
        int family = Bytes.getShort(address, 0);
        if (family == Socket.AF_UNSPEC) {
            netlink.setDstPortid(info, 0);
            netlink.setDstGroup(info, 0);
            return 0;
        }
        if (family != Socket.AF_NETLINK || length < ADDRESS_SIZE) {
            return -Errno.EINVAL;
        }
        int group = Bytes.getInt(address, 8);
        if ((group != 0 || Bytes.getInt(address, 4) != 0) && !mayListen(task, sk)) {
            return -Errno.EPERM;
        }
        if (netlink.bound(info) == 0) {
            autobind(task, sk);
        }
        netlink.setDstPortid(info, Bytes.getInt(address, 4));
        netlink.setDstGroup(info, group == 0 ? 0 : 1 + Integer.numberOfTrailingZeros(group));
        return 0;
    }

    @Override
    public int getname(int task, int sk, boolean peer, byte[] into) {
        int info = info(sk);
        int group = netlink.dstGroup(info);
        int portid = peer ? netlink.dstPortid(info) : netlink.portid(info);
        int groups = peer ? group == 0 ? 0 : 1 << (group - 1) : (int) netlink.groups(info);
        return putAddress(into, portid, groups);
    }

    private static int putAddress(byte[] into, int portid, int groups) {
        Bytes.putInt(into, 0, Socket.AF_NETLINK);
        Bytes.putInt(into, 4, portid);
        Bytes.putInt(into, 8, groups);
        return ADDRESS_SIZE;
    }

    /** netlink_sendmsg(). */
    @Override
    public long sendmsg(int task, int sk, Message message) {
        if (message.is(Socket.MSG_OOB)) {
            return -Errno.EOPNOTSUPP;
        }
        long length = message.iter.remaining();
        if (length == 0) {
            return -Errno.ENODATA;
        }
        int error = scm.parse(task, sk, message);
        if (error != 0) {
            return error;
        }
        int info = info(sk);
        int to = netlink.dstPortid(info);
        int group = netlink.dstGroup(info);
        if (message.nameLength != 0) {
            if (message.nameLength < ADDRESS_SIZE || Bytes.getShort(message.name, 0) != Socket.AF_NETLINK) {
                return -Errno.EINVAL;
            }
            to = Bytes.getInt(message.name, 4);
            int groups = Bytes.getInt(message.name, 8);
            group = groups == 0 ? 0 : 1 + Integer.numberOfTrailingZeros(groups);
            if ((groups != 0 || to != 0)
                    && table.protocol(sk) != 2
                    && !sockets.nsCapable(task, sk, Capability.CAP_NET_ADMIN)) {
                return -Errno.EPERM;
            }
        }
        if (netlink.bound(info) == 0) {
            autobind(task, sk);
        }
        if (length > table.sndbuf(sk) - 32) {
            return -Errno.EMSGSIZE;
        }
        if (buffer.length < length) {
            buffer = new byte[(int) length];
        }
        if (message.iter.copyFrom(buffer, 0, (int) length) != length) {
            return -Errno.EFAULT;
        }
        return send(task, sk, to, group, (int) length);
    }

    private long send(int task, int sk, int to, int group, int length) {
        if (group != 0) {
            multicast(table.net(sk), table.protocol(sk), group, length, portid(sk), task);
        }
        if (to != 0) {
            int other = byPortid[table.protocol(sk)].get(key(table.net(sk), to));
            if (other == NULL) {
                return -Errno.ECONNREFUSED;
            }
            deliver(other, buffer, length, portid(sk), group, task);
            return length;
        }
        if (group != 0) {
            return length;
        }
        if (table.protocol(sk) == NETLINK_ROUTE) {
            receiveRequests(task, sk, length, route);
            return length;
        }
        if (table.protocol(sk) == SockDiag.NETLINK_SOCK_DIAG) {
            receiveRequests(task, sk, length, diag);
            return length;
        }
        if (table.protocol(sk) == NETLINK_AUDIT) {
            receiveRequests(task, sk, length, this::audit);
            return length;
        }
        return table.protocol(sk) == 2 ? -Errno.ECONNREFUSED : -Outside.EOUTSIDE;
    }

    /** netlink_rcv_skb(). */
    private void receiveRequests(int task, int sk, int length, Handler handler) {
        int at = 0;
        while (length - at >= NlMessage.HEADER) {
            int size = Bytes.getInt(buffer, at);
            if (size < NlMessage.HEADER || size > length - at) {
                return;
            }
            request.set(buffer, at, size);
            boolean isRequest = (request.flags & NlRequest.NLM_F_REQUEST) != 0;
            answer.clear();
            int error = 0;
            boolean isDump = false;
            if (isRequest && request.type >= NLMSG_MIN_TYPE) {
                error = handler.handle(task, sk, request, answer);
                isDump = error == 0 && answer.length() > 0;
            }
            if (isDump) {
                giveAnswer(sk);
            }
            boolean isAcked = (request.flags & NlRequest.NLM_F_ACK) != 0
                    && !Rtnetlink.isDump(request)
                    && !(table.protocol(sk) == SockDiag.NETLINK_SOCK_DIAG && SockDiag.isDump(request));
            if (isRequest && (error != 0 || isAcked)) {
                acknowledge(sk, error);
            }
            at += (size + 3) & -4;
        }
    }

    /** audit_receive_msg(), of a kernel whose auditing is off: what programs report goes nowhere. */
    private int audit(int task, int sk, NlRequest asked, NlMessage reply) {
        int userNs = sockets.creds.userNs(sockets.tasks.cred(task));
        if (!isInitial(userNs)) {
            return -Errno.ECONNREFUSED;
        }
        boolean reports = (asked.type >= 1100 && asked.type < 1200) || (asked.type >= 2100 && asked.type < 3000);
        int capability = reports ? Capability.CAP_AUDIT_WRITE : Capability.CAP_AUDIT_CONTROL;
        if (!sockets.capabilities.capable(task, capability)) {
            return -Errno.EPERM;
        }
        return reports ? 0 : -Errno.EINVAL;
    }

    private boolean isInitial(int userNs) {
        return sockets.userNamespaces.parent(userNs) == NULL;
    }

    /** What was written goes into as few buffers as it fits, but the end of a dump into one of its own. */
    private void giveAnswer(int sk) {
        int info = info(sk);
        int room = Math.max(GOODSIZE, Math.min(netlink.maxRecv(info), LARGEST));
        byte[] all = answer.bytes();
        int from = 0;
        int at = 0;
        while (at < answer.length()) {
            int size = (Bytes.getInt(all, at) + 3) & -4;
            boolean isDone = Bytes.getShort(all, at + 4) == Rtnetlink.NLMSG_DONE && !Rtnetlink.endsInPlace(request);
            if (at > from && (isDone || at + size - from > room)) {
                give(sk, all, from, at - from);
                from = at;
                room = LARGEST;
            }
            at += size;
        }
        give(sk, all, from, answer.length() - from);
    }

    /** netlink_ack(). */
    private void acknowledge(int sk, int error) {
        int flags = netlink.flags(info(sk));
        boolean isCapped = (flags & (1 << CAP_ACK)) != 0 || error == 0;
        boolean hasWords = (flags & (1 << EXT_ACK)) != 0 && (!request.extack.isEmpty() || request.badAttr >= 0);
        int payload = isCapped ? NlMessage.HEADER : request.length;
        answer.clear();
        int at = answer.begin(NLMSG_ERROR, 0, request.seq, portid(sk), Integer.BYTES + payload);
        Bytes.putInt(answer.bytes(), at, error);
        System.arraycopy(request.bytes, request.at, answer.bytes(), at + 4, payload);
        if (hasWords && !request.extack.isEmpty()) {
            answer.putText(ACK_MSG, request.extack);
        }
        if (hasWords && request.badAttr >= 0) {
            answer.putInt(ACK_OFFS, request.badAttr);
        }
        if (hasWords && request.mostLength > 0) {
            int policy = answer.nest(ACK_POLICY);
            answer.putInt(POLICY_MAX_LENGTH, request.mostLength);
            answer.putInt(POLICY_TYPE, POLICY_STRING);
            answer.endNest(policy);
        }
        answer.setFlags((isCapped ? CAPPED : 0) | (hasWords ? TLVS : 0));
        answer.end();
        give(sk, answer.bytes(), 0, answer.length());
    }

    /** nlmsg_notify(): the kernel tells all who listen to a group of NETLINK_ROUTE. */
    void tell(int net, int group, NlMessage note) {
        byte[] own = buffer;
        buffer = note.bytes();
        multicast(net, NETLINK_ROUTE, group, note.length(), 0, NULL);
        buffer = own;
    }

    /** netlink_broadcast() of what the buffer holds. */
    private void multicast(int net, int protocol, int group, int length, int from, int task) {
        for (int sk = table.sockets().first(net);
                sk != NULL;
                sk = table.sockets().next(sk)) {
            boolean isMember = table.family(sk) == Socket.AF_NETLINK
                    && table.protocol(sk) == protocol
                    && table.info(sk) != NULL
                    && group <= MAX_GROUPS
                    && ((netlink.groups(info(sk)) >>> (group - 1)) & 1) != 0
                    && netlink.portid(info(sk)) != from;
            if (isMember) {
                deliver(sk, buffer, length, from, group, task);
            }
        }
    }

    /** netlink_has_listeners() of NETLINK_ROUTE in a net. */
    boolean hasListeners(int net, int group) {
        if (nets.listeners(net) == 0) {
            return false;
        }
        for (int sk = table.sockets().first(net);
                sk != NULL;
                sk = table.sockets().next(sk)) {
            boolean isMember = table.family(sk) == Socket.AF_NETLINK
                    && table.protocol(sk) == NETLINK_ROUTE
                    && table.info(sk) != NULL
                    && ((netlink.groups(info(sk)) >>> (group - 1)) & 1) != 0;
            if (isMember) {
                return true;
            }
        }
        return false;
    }

    /** The groups that a socket listens to; its net counts who listens to any. */
    private void setGroups(int sk, long groups) {
        int info = info(sk);
        boolean listened = netlink.groups(info) != 0;
        netlink.setGroups(info, groups);
        if (listened != (groups != 0)) {
            int net = table.net(sk);
            nets.setListeners(net, nets.listeners(net) + (listened ? -1 : 1));
        }
    }

    private void deliver(int sk, byte[] bytes, int length, int from, int group, int task) {
        int skb = give(sk, bytes, 0, length);
        if (skb != NULL) {
            skbs.setPort(skb, from);
            skbs.setDatum(skb, group);
            if (task != NULL) {
                int cred = sockets.tasks.cred(task);
                skBuffs.setCreds(skb, sockets.pids.tgid(task), sockets.creds.uid(cred), sockets.creds.gid(cred));
            }
        }
    }

    /** netlink_sendskb(), from the kernel: the buffer, or NULL when there is no room. */
    private int give(int sk, byte[] bytes, int at, int length) {
        int skb = skBuffs.alloc(length);
        if (skb == NULL) {
            table.setErr(sk, Errno.ENOBUFS);
            return NULL;
        }
        skBuffs.putFrom(skb, bytes, at, length);
        table.receiveQueue().addLast(sk, skb);
        sockets.dataReady(sk);
        return skb;
    }

    /** netlink_recvmsg(). */
    @Override
    public long recvmsg(int task, int sk, Message message) {
        if (message.is(Socket.MSG_OOB)) {
            return -Errno.EOPNOTSUPP;
        }
        int error = sockets.takeError(sk);
        if (error != 0) {
            return error;
        }
        Chain queue = table.receiveQueue();
        int skb = queue.first(sk);
        if (skb == NULL) {
            boolean noblock = message.is(Socket.MSG_DONTWAIT);
            return sockets.sleepOn(task, table.wait(sk), sockets.rcvtimeo(sk, noblock), true);
        }
        int info = info(sk);
        int length = skbs.length(skb);
        int size = (int) Math.min(length, message.iter.remaining());
        netlink.setMaxRecv(info, (int) Math.max(netlink.maxRecv(info), Math.min(message.iter.remaining(), LARGEST)));
        if (size < length) {
            message.outFlags |= Socket.MSG_TRUNC;
        }
        if (!skBuffs.drain(skb, 0, message.iter, size)) {
            return -Errno.EFAULT;
        }
        int group = skbs.datum(skb);
        if (message.wantsName) {
            int groups = group == 0 || group > 32 ? 0 : 1 << (group - 1);
            message.nameLength = putAddress(message.name, skbs.port(skb), groups);
        }
        if ((netlink.flags(info) & (1 << PKTINFO)) != 0) {
            Bytes.putInt(number, 0, group);
            message.putCmsg(Socket.SOL_NETLINK, PKTINFO, number, Integer.BYTES);
        }
        if (sockets.is(sk, SockFlags.PASSCRED)) {
            scm.putCreds(task, message, skbs.pid(skb), skbs.uid(skb), skbs.gid(skb));
        }
        if (!message.is(Socket.MSG_PEEK)) {
            queue.remove(skb);
            skBuffs.free(skb);
        }
        return message.is(Socket.MSG_TRUNC) ? length : size;
    }

    /** netlink_setsockopt(). */
    @Override
    public long setsockopt(int task, int sk, int level, int option, long value, int length) {
        if (level != Socket.SOL_NETLINK) {
            return -Errno.ENOPROTOOPT;
        }
        int wanted = 0;
        if (length >= Integer.BYTES) {
            wanted = memory.getInt(sockets.tasks.mm(task), value);
            if (memory.faulted()) {
                return -Errno.EFAULT;
            }
        }
        int info = info(sk);
        switch (option) {
            case ADD_MEMBERSHIP, DROP_MEMBERSHIP -> {
                if (!mayListen(task, sk)) {
                    return -Errno.EPERM;
                }
                makeGroups(info);
                if (wanted <= 0 || wanted > MAX_GROUPS) {
                    return -Errno.EINVAL;
                }
                long bit = 1L << (wanted - 1);
                long groups = netlink.groups(info);
                setGroups(sk, option == ADD_MEMBERSHIP ? groups | bit : groups & ~bit);
            }
            case PKTINFO, 4, 5, CAP_ACK, EXT_ACK, GET_STRICT_CHK -> {
                int bit = 1 << option;
                netlink.setFlags(info, wanted != 0 ? netlink.flags(info) | bit : netlink.flags(info) & ~bit);
            }
            case 8 -> { // NETLINK_LISTEN_ALL_NSID
                return sockets.capabilities.capable(task, Capability.CAP_NET_ADMIN) ? 0 : -Errno.EPERM;
            }
            default -> {
                return -Errno.ENOPROTOOPT;
            }
        }
        return 0;
    }

    /** netlink_realloc_groups(). */
    private void makeGroups(int info) {
        netlink.setFlags(info, netlink.flags(info) | 1 << HAS_GROUPS);
    }

    /** netlink_getsockopt(). */
    @Override
    public long getsockopt(int task, int sk, int level, int option, long value, long lengthAt) {
        if (level != Socket.SOL_NETLINK) {
            return -Errno.ENOPROTOOPT;
        }
        int mm = sockets.tasks.mm(task);
        int room = sockets.optionRoom(mm, lengthAt);
        if (room < 0) {
            return room;
        }
        int info = info(sk);
        int length = Integer.BYTES;
        switch (option) {
            case LIST_MEMBERSHIPS -> {
                Bytes.putLong(number, 0, netlink.groups(info));
                boolean hasMany = table.protocol(sk) == NETLINK_ROUTE || table.protocol(sk) == NETLINK_GENERIC;
                length = (netlink.flags(info) & 1 << HAS_GROUPS) == 0 ? 0 : hasMany ? Long.BYTES : Integer.BYTES;
                room &= -Integer.BYTES; // in whole words
            }
            case PKTINFO, 4, 5, 8, CAP_ACK, EXT_ACK, GET_STRICT_CHK -> {
                if (room < Integer.BYTES) {
                    return -Errno.EINVAL;
                }
                Bytes.putInt(number, 0, (netlink.flags(info) >>> option) & 1);
            }
            default -> {
                return -Errno.ENOPROTOOPT;
            }
        }
        if (memory.copyToUser(mm, value, number, 0, Math.min(room, length)) != 0) {
            return -Errno.EFAULT;
        }
        return memory.putInt(mm, lengthAt, length);
    }

    @Override
    public int poll(int task, int sk) {
        int mask = table.err(sk) != 0 ? FileOps.POLLERR : 0;
        if (!table.receiveQueue().isEmpty(sk)) {
            mask |= FileOps.POLLIN | FileOps.POLLRDNORM;
        }
        return mask | FileOps.POLLOUT | FileOps.POLLWRNORM | UnixSockets.POLLWRBAND;
    }

    @Override
    public void writeSpace(int sk) {
        sockets.wakeWriters(sk);
    }

    void digest(StateHash hash) {
        netlink.digest(hash);
    }
}
