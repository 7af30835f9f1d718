package dev.nestor.net;

import dev.nestor.fs.FileTable;
import dev.nestor.table.Chain;
import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct sock columns, with those of the struct socket above it and of struct unix_sock around it. */
public final class SockTable extends Table {
    private int[] refcnt = new int[initialRows()]; // references: its file, its peer, a queue that it waits in
    private int[] net = new int[initialRows()]; // net
    private int[] file =
            new int[initialRows()]; // file that it is open as; NULL while nobody has accepted it, and once it is closed
    private int[] family = new int[initialRows()]; // AF_*
    private int[] type = new int[initialRows()]; // SOCK_*
    private int[] protocol = new int[initialRows()]; // IPPROTO_*, NETLINK_*
    private int[] ops = new int[initialRows()]; // place of its ProtoOps
    private int[] info = new int[initialRows()]; // row of what its family adds: inet_sock, netlink_sock, packet_sock
    private int[] socketState = new int[initialRows()]; // SS_*
    private int[] state = new int[initialRows()]; // TCP_*
    private int[] shutdown = new int[initialRows()]; // RCV_SHUTDOWN, SEND_SHUTDOWN
    private int[] err = new int[initialRows()]; // errno that is told once
    private int[] flags = new int[initialRows()]; // SockFlags
    private int[] sndbuf = new int[initialRows()]; // bytes
    private int[] rcvbuf = new int[initialRows()]; // bytes
    private int[] wmemAlloc = new int[initialRows()]; // bytes sent that nobody has read, as the allocator counts them
    private int[] rmemAlloc = new int[initialRows()]; // bytes that wait to be read, the same way
    private int[] wait = new int[initialRows()]; // wait queue of who waits for it
    private int[] peerWait =
            new int[initialRows()]; // wait queue of who waits until its queue of messages or connections has room
    private int[] peer = new int[initialRows()]; // sock, held
    private int[] maxAckBacklog =
            new int[initialRows()]; // connections that may wait for accept, or datagrams of others than the peer
    private int[] ackBacklog = new int[initialRows()]; // connections that wait
    private int[] rcvlowat = new int[initialRows()]; // bytes
    private int[] priority = new int[initialRows()]; // SO_PRIORITY
    private int[] mark = new int[initialRows()]; // SO_MARK
    private int[] boundDevIf = new int[initialRows()]; // index of a device; 0 for any
    private int[] sendDevIf = new int[initialRows()]; // index of the device of IPV6_PKTINFO; 0 for any
    private int[] linger = new int[initialRows()]; // seconds; with SockFlags.LINGER
    private int[] peekOff = new int[initialRows()]; // where MSG_PEEK begins; stored as one more, 0 for off
    private int[] peerPid = new int[initialRows()]; // pid, held: who has made the connection or called listen
    private int[] peerUid = new int[initialRows()]; // kuid
    private int[] peerGid = new int[initialRows()]; // kgid
    private int[] peerCred = new int[initialRows()]; // cred of the peer, held; NULL
    private int[] uid = new int[initialRows()]; // kuid of who has made it
    private int[] name = new int[initialRows()]; // name that it is bound to, as sun_path has it; NULL for none
    private int[] boundInode = new int[initialRows()]; // inode of that name in a file system
    private int[] pathMnt = new int[initialRows()]; // mount of that name, held
    private int[] pathDentry = new int[initialRows()]; // dentry of that name, held
    private int[] oobSkb = new int[initialRows()]; // sk_buff with the urgent byte
    private int[] listener = new int[initialRows()]; // sock whose accept takes it; NULL once taken
    private int[] gcMark = new int[initialRows()]; // what the search for descriptors in circles has found
    private long[] rcvtimeo = new long[initialRows()]; // ns; Long.MAX_VALUE for ever
    private long[] sndtimeo = new long[initialRows()]; // ns; Long.MAX_VALUE for ever
    private long[] cookie = new long[initialRows()]; // SO_COOKIE; 0 until it is asked for
    private final Chain receiveQueue; // sk_receive_queue
    private final Chain fasync; // files that SIGIO is sent for
    private final Chain sockets; // of a net

    public SockTable(int limit, SkBuffTable skBuffs, FileTable files, NetTable nets) {
        super("sock", 57, limit);
        receiveQueue = new Chain(this, skBuffs);
        fasync = new Chain(this, files);
        sockets = new Chain(nets, this);
    }

    public int refcnt(int sk) {
        return refcnt[row(sk)];
    }

    void setRefcnt(int sk, int value) {
        refcnt[row(sk)] = value;
    }

    public int net(int sk) {
        return net[row(sk)];
    }

    void setNet(int sk, int value) {
        net[row(sk)] = value;
    }

    public int file(int sk) {
        return file[row(sk)];
    }

    void setFile(int sk, int value) {
        file[row(sk)] = value;
    }

    public int family(int sk) {
        return family[row(sk)];
    }

    void setFamily(int sk, int value) {
        family[row(sk)] = value;
    }

    public int type(int sk) {
        return type[row(sk)];
    }

    void setType(int sk, int value) {
        type[row(sk)] = value;
    }

    public int protocol(int sk) {
        return protocol[row(sk)];
    }

    void setProtocol(int sk, int value) {
        protocol[row(sk)] = value;
    }

    public int ops(int sk) {
        return ops[row(sk)];
    }

    void setOps(int sk, int value) {
        ops[row(sk)] = value;
    }

    public int info(int sk) {
        return info[row(sk)];
    }

    void setInfo(int sk, int value) {
        info[row(sk)] = value;
    }

    public int socketState(int sk) {
        return socketState[row(sk)];
    }

    void setSocketState(int sk, int value) {
        socketState[row(sk)] = value;
    }

    public int state(int sk) {
        return state[row(sk)];
    }

    void setState(int sk, int value) {
        state[row(sk)] = value;
    }

    public int shutdown(int sk) {
        return shutdown[row(sk)];
    }

    void setShutdown(int sk, int value) {
        shutdown[row(sk)] = value;
    }

    public int err(int sk) {
        return err[row(sk)];
    }

    void setErr(int sk, int value) {
        err[row(sk)] = value;
    }

    public int flags(int sk) {
        return flags[row(sk)];
    }

    void setFlags(int sk, int value) {
        flags[row(sk)] = value;
    }

    public int sndbuf(int sk) {
        return sndbuf[row(sk)];
    }

    void setSndbuf(int sk, int value) {
        sndbuf[row(sk)] = value;
    }

    public int rcvbuf(int sk) {
        return rcvbuf[row(sk)];
    }

    void setRcvbuf(int sk, int value) {
        rcvbuf[row(sk)] = value;
    }

    public int wmemAlloc(int sk) {
        return wmemAlloc[row(sk)];
    }

    void setWmemAlloc(int sk, int value) {
        wmemAlloc[row(sk)] = value;
    }

    public int rmemAlloc(int sk) {
        return rmemAlloc[row(sk)];
    }

    void setRmemAlloc(int sk, int value) {
        rmemAlloc[row(sk)] = value;
    }

    public int wait(int sk) {
        return wait[row(sk)];
    }

    void setWait(int sk, int value) {
        wait[row(sk)] = value;
    }

    public int peerWait(int sk) {
        return peerWait[row(sk)];
    }

    void setPeerWait(int sk, int value) {
        peerWait[row(sk)] = value;
    }

    public int peer(int sk) {
        return peer[row(sk)];
    }

    void setPeer(int sk, int value) {
        peer[row(sk)] = value;
    }

    public int maxAckBacklog(int sk) {
        return maxAckBacklog[row(sk)];
    }

    void setMaxAckBacklog(int sk, int value) {
        maxAckBacklog[row(sk)] = value;
    }

    public int ackBacklog(int sk) {
        return ackBacklog[row(sk)];
    }

    void setAckBacklog(int sk, int value) {
        ackBacklog[row(sk)] = value;
    }

    public int rcvlowat(int sk) {
        return rcvlowat[row(sk)];
    }

    void setRcvlowat(int sk, int value) {
        rcvlowat[row(sk)] = value;
    }

    public int priority(int sk) {
        return priority[row(sk)];
    }

    void setPriority(int sk, int value) {
        priority[row(sk)] = value;
    }

    public int mark(int sk) {
        return mark[row(sk)];
    }

    void setMark(int sk, int value) {
        mark[row(sk)] = value;
    }

    public int sendDevIf(int sk) {
        return sendDevIf[row(sk)];
    }

    public void setSendDevIf(int sk, int value) {
        sendDevIf[row(sk)] = value;
    }

    public int boundDevIf(int sk) {
        return boundDevIf[row(sk)];
    }

    void setBoundDevIf(int sk, int value) {
        boundDevIf[row(sk)] = value;
    }

    public int linger(int sk) {
        return linger[row(sk)];
    }

    void setLinger(int sk, int value) {
        linger[row(sk)] = value;
    }

    public int peekOff(int sk) {
        return peekOff[row(sk)];
    }

    void setPeekOff(int sk, int value) {
        peekOff[row(sk)] = value;
    }

    public int peerPid(int sk) {
        return peerPid[row(sk)];
    }

    void setPeerPid(int sk, int value) {
        peerPid[row(sk)] = value;
    }

    public int peerUid(int sk) {
        return peerUid[row(sk)];
    }

    void setPeerUid(int sk, int value) {
        peerUid[row(sk)] = value;
    }

    public int peerCred(int sk) {
        return peerCred[row(sk)];
    }

    void setPeerCred(int sk, int value) {
        peerCred[row(sk)] = value;
    }

    public int peerGid(int sk) {
        return peerGid[row(sk)];
    }

    void setPeerGid(int sk, int value) {
        peerGid[row(sk)] = value;
    }

    public int uid(int sk) {
        return uid[row(sk)];
    }

    void setUid(int sk, int value) {
        uid[row(sk)] = value;
    }

    public int name(int sk) {
        return name[row(sk)];
    }

    void setName(int sk, int value) {
        name[row(sk)] = value;
    }

    public int boundInode(int sk) {
        return boundInode[row(sk)];
    }

    void setBoundInode(int sk, int value) {
        boundInode[row(sk)] = value;
    }

    public int pathMnt(int sk) {
        return pathMnt[row(sk)];
    }

    void setPathMnt(int sk, int value) {
        pathMnt[row(sk)] = value;
    }

    public int pathDentry(int sk) {
        return pathDentry[row(sk)];
    }

    void setPathDentry(int sk, int value) {
        pathDentry[row(sk)] = value;
    }

    public int oobSkb(int sk) {
        return oobSkb[row(sk)];
    }

    void setOobSkb(int sk, int value) {
        oobSkb[row(sk)] = value;
    }

    public int listener(int sk) {
        return listener[row(sk)];
    }

    void setListener(int sk, int value) {
        listener[row(sk)] = value;
    }

    public int gcMark(int sk) {
        return gcMark[row(sk)];
    }

    void setGcMark(int sk, int value) {
        gcMark[row(sk)] = value;
    }

    public long rcvtimeo(int sk) {
        return rcvtimeo[row(sk)];
    }

    void setRcvtimeo(int sk, long value) {
        rcvtimeo[row(sk)] = value;
    }

    public long sndtimeo(int sk) {
        return sndtimeo[row(sk)];
    }

    void setSndtimeo(int sk, long value) {
        sndtimeo[row(sk)] = value;
    }

    public long cookie(int sk) {
        return cookie[row(sk)];
    }

    void setCookie(int sk, long value) {
        cookie[row(sk)] = value;
    }

    public Chain receiveQueue() {
        return receiveQueue;
    }

    public Chain fasync() {
        return fasync;
    }

    public Chain sockets() {
        return sockets;
    }

    @Override
    protected void clearRow(int row) {
        refcnt[row] = 0;
        net[row] = 0;
        file[row] = 0;
        family[row] = 0;
        type[row] = 0;
        protocol[row] = 0;
        ops[row] = 0;
        info[row] = 0;
        socketState[row] = 0;
        state[row] = 0;
        shutdown[row] = 0;
        err[row] = 0;
        flags[row] = 0;
        sndbuf[row] = 0;
        rcvbuf[row] = 0;
        wmemAlloc[row] = 0;
        rmemAlloc[row] = 0;
        wait[row] = 0;
        peerWait[row] = 0;
        peer[row] = 0;
        maxAckBacklog[row] = 0;
        ackBacklog[row] = 0;
        rcvlowat[row] = 0;
        priority[row] = 0;
        mark[row] = 0;
        boundDevIf[row] = 0;
        sendDevIf[row] = 0;
        linger[row] = 0;
        peekOff[row] = 0;
        peerPid[row] = 0;
        peerUid[row] = 0;
        peerGid[row] = 0;
        peerCred[row] = 0;
        uid[row] = 0;
        name[row] = 0;
        boundInode[row] = 0;
        pathMnt[row] = 0;
        pathDentry[row] = 0;
        oobSkb[row] = 0;
        listener[row] = 0;
        gcMark[row] = 0;
        rcvtimeo[row] = 0;
        sndtimeo[row] = 0;
        cookie[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        refcnt = columns.ints(refcnt);
        net = columns.ints(net);
        file = columns.ints(file);
        family = columns.ints(family);
        type = columns.ints(type);
        protocol = columns.ints(protocol);
        ops = columns.ints(ops);
        info = columns.ints(info);
        socketState = columns.ints(socketState);
        state = columns.ints(state);
        shutdown = columns.ints(shutdown);
        err = columns.ints(err);
        flags = columns.ints(flags);
        sndbuf = columns.ints(sndbuf);
        rcvbuf = columns.ints(rcvbuf);
        wmemAlloc = columns.ints(wmemAlloc);
        rmemAlloc = columns.ints(rmemAlloc);
        wait = columns.ints(wait);
        peerWait = columns.ints(peerWait);
        peer = columns.ints(peer);
        maxAckBacklog = columns.ints(maxAckBacklog);
        ackBacklog = columns.ints(ackBacklog);
        rcvlowat = columns.ints(rcvlowat);
        priority = columns.ints(priority);
        mark = columns.ints(mark);
        boundDevIf = columns.ints(boundDevIf);
        sendDevIf = columns.ints(sendDevIf);
        linger = columns.ints(linger);
        peekOff = columns.ints(peekOff);
        peerPid = columns.ints(peerPid);
        peerUid = columns.ints(peerUid);
        peerGid = columns.ints(peerGid);
        peerCred = columns.ints(peerCred);
        uid = columns.ints(uid);
        name = columns.ints(name);
        boundInode = columns.ints(boundInode);
        pathMnt = columns.ints(pathMnt);
        pathDentry = columns.ints(pathDentry);
        oobSkb = columns.ints(oobSkb);
        listener = columns.ints(listener);
        gcMark = columns.ints(gcMark);
        rcvtimeo = columns.longs(rcvtimeo);
        sndtimeo = columns.longs(sndtimeo);
        cookie = columns.longs(cookie);
    }
}
