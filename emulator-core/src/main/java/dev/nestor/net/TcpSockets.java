package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileOps;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Signal;
import dev.nestor.uapi.Socket;

/**
 * TCP between sockets of this machine: net/ipv4/tcp.c, tcp_input.c, tcp_output.c. A segment is a packet that goes through the
 * event queue; nothing is lost or reordered, so there are no sequence numbers on the wire, and what a segment does when it
 * arrives is told by its type. A call that waits keeps in restart word 1 how many bytes it has moved.
 *
 * <pre>
 *   CLOSE ── connect ──► SYN_SENT ──► ESTABLISHED ── close, shutdown ──► FIN_WAIT1 ──► FIN_WAIT2 ──► CLOSE
 *   CLOSE ── listen ───► LISTEN ── SYN arrives ──► a child that is ESTABLISHED
 *   ESTABLISHED ── FIN arrives ──► CLOSE_WAIT ── close, shutdown ──► LAST_ACK ──► CLOSE
 * </pre>
 */
final class TcpSockets extends InetSockets {
    static final int SNDBUF = 16_384; // tcp_wmem[1], bytes
    static final int RCVBUF = 131_072; // tcp_rmem[1], bytes
    private static final int SNDBUF_CONNECTED = 3_939_840; // what a connection over loopback grows to
    private static final int SEGMENT = 32_768; // bytes in one buffer
    private static final int MSS = 65_483; // of loopback: more is never held back by MSG_MORE
    private static final long CORK_NS = 200_000_000;
    private static final long SYN_RETRY_NS = 1_000_000_000;
    static final int MOVED = 1; // restart word

    static final int URG_NOTYET = 1;
    static final int URG_VALID = 2;
    static final int URG_READ = 3;

    private final int syn; // types of packets
    private final int data;
    private final int fin;
    private final int reset;
    private final int push;
    private final InetAddress from = new InetAddress();
    private final TcpReceive receive;
    private final Timewaits timewaits;

    TcpSockets(InetRoom room, Timewaits timewaits) {
        super(room);
        this.timewaits = timewaits;
        receive = new TcpReceive(sockets, inet);
        syn = rx.register(this::receiveSyn);
        data = rx.register(this::receiveData);
        fin = rx.register(this::receiveFin);
        reset = rx.register(this::receiveReset);
        room.ip().setSegments(this::isListenedFor);
        push = rx.register(this::pushLate);
    }

    /** Whether somebody listens for a segment that was made by hand. */
    private boolean isListenedFor(int net, int skb, byte[] content, int length) {
        given.high = skbs.toHigh(skb);
        given.low = skbs.toLow(skb);
        given.port = Bytes.getPort(content, 2);
        return ports.find(net, Socket.IPPROTO_TCP, given.port) != NULL;
    }

    private int packet(int sk, int bytes) {
        int skb = skBuffs.alloc(bytes);
        if (skb != NULL) {
            skBuffs.charge(skb, sk, bytes == 0 ? 0 : SkBuffs.truesize(bytes, 0));
        }
        return skb;
    }

    private void signal(int sk, int type) {
        int skb = packet(sk, 0);
        if (skb != NULL) {
            rx.send(skb, type, 0);
        }
    }

    /** inet_stream_connect(). */
    @Override
    public long connect(int task, int sk, byte[] address, int length, int flags) {
        if (length < 2) {
            return -Errno.EINVAL;
        }
        if (Bytes.getShort(address, 0) == Socket.AF_UNSPEC) {
            disconnect(sk);
            return 0;
        }
        boolean again = table.socketState(sk) == Socket.SS_CONNECTING;
        if (table.socketState(sk) == Socket.SS_CONNECTED) {
            return -Errno.EISCONN;
        }
        if (!again) {
            if (table.state(sk) != Socket.TCP_CLOSE) {
                return -Errno.EISCONN;
            }
            long error = start(sk, address, length);
            if (error != 0) {
                return error;
            }
        }
        if (table.state(sk) == Socket.TCP_SYN_SENT) {
            if ((flags & Fcntl.O_NONBLOCK) != 0) {
                return again ? -Errno.EALREADY : -Errno.EINPROGRESS;
            }
            long slept = sockets.sleepOn(task, table.wait(sk), table.sndtimeo(sk), false);
            return slept == -Errno.EAGAIN ? -Errno.EINPROGRESS : slept;
        }
        if (table.state(sk) == Socket.TCP_CLOSE) {
            int error = sockets.takeError(sk);
            table.setSocketState(sk, Socket.SS_UNCONNECTED);
            return error != 0 ? error : -Errno.ECONNABORTED;
        }
        table.setSocketState(sk, Socket.SS_CONNECTED);
        return 0;
    }

    /** tcp_v4_connect(). */
    private long start(int sk, byte[] address, int length) {
        int error = check(sk, address, length);
        if (error != 0) {
            return error;
        }
        given.take(address);
        error = routing.connectTo(sk, given, inet.localHigh(info(sk)), inet.localLow(info(sk)));
        if (error != 0) {
            return error;
        }
        int info = info(sk);
        if (InetAddress.isAny(inet.localHigh(info), inet.localLow(info))) {
            inet.setLocalHigh(info, routing.source.high);
            inet.setLocalLow(info, routing.source.low);
        }
        setPeerAddress(info, given);
        if (!autobind(sk)) {
            forgetPeer(sk);
            return -Errno.EADDRNOTAVAIL;
        }
        int skb = packet(sk, 0);
        if (skb == NULL) {
            return -Errno.ENOBUFS;
        }
        skbs.setNet(skb, routing.net);
        routing.greet();
        table.setState(sk, Socket.TCP_SYN_SENT);
        table.setSocketState(sk, Socket.SS_CONNECTING);
        rx.send(skb, syn, 0);
        return 0;
    }

    /** tcp_v4_conn_request() and what follows it until the connection stands. */
    private void receiveSyn(int skb) {
        int sk = skbs.sk(skb);
        if (table.state(sk) != Socket.TCP_SYN_SENT) {
            skBuffs.free(skb);
            return;
        }
        int net = skbs.net(skb);
        int info = info(sk);
        given.high = inet.peerHigh(info);
        given.low = inet.peerLow(info);
        given.port = inet.peerPort(info);
        int listener = ports.lookup(net, Socket.IPPROTO_TCP, given, from, 0);
        if (listener == NULL) {
            skBuffs.free(skb);
            refused(sk);
            return;
        }
        if (table.ackBacklog(listener) > table.maxAckBacklog(listener)) {
            rx.send(skb, syn, sockets.time.nsToCycles(SYN_RETRY_NS));
            return;
        }
        int child = newChild(sk, listener);
        skBuffs.free(skb);
        if (child == NULL) {
            refused(sk);
        }
    }

    private void refused(int sk) {
        table.setErr(sk, Errno.ECONNREFUSED);
        close(sk);
        if (!isOption(sk, InetFlags.PORT_LOCKED)) {
            ports.drop(sk);
            inet.setPort(info(sk), 0);
        }
        forgetPeer(sk);
        sockets.stateChange(sk);
    }

    private int newChild(int sk, int listener) {
        int child = allocInet(
                table.uid(listener),
                table.net(listener),
                table.family(listener),
                Socket.SOCK_STREAM,
                table.protocol(listener),
                table.ops(listener));
        int skb = child == NULL ? NULL : packet(child, 0);
        if (skb == NULL) {
            if (child != NULL) {
                sockets.put(child);
            }
            return NULL;
        }
        int info = info(child);
        int mine = info(sk);
        skbs.setFlags(skb, SkBuffs.CONNECTION);
        table.setFlags(child, table.flags(listener) & ~SockFlags.DEAD);
        inet.setFlags(info, inet.flags(info(listener)) & ~InetFlags.PORT_LOCKED);
        table.setRcvlowat(child, table.rcvlowat(listener));
        table.setRcvtimeo(child, table.rcvtimeo(listener));
        table.setSndtimeo(child, table.sndtimeo(listener));
        table.setLinger(child, table.linger(listener));
        table.setPriority(child, table.priority(listener));
        inet.setBoundHigh(info, inet.peerHigh(mine));
        inet.setBoundLow(info, inet.peerLow(mine));
        inet.setLocalHigh(info, inet.peerHigh(mine));
        inet.setLocalLow(info, inet.peerLow(mine));
        inet.setPeerHigh(info, inet.localHigh(mine));
        inet.setPeerLow(info, inet.localLow(mine));
        inet.setPeerPort(info, inet.port(mine));
        options.inherit(child, listener);
        ports.share(child, listener);
        establish(child, sk);
        establish(sk, child);
        copyBuffers(child, listener);
        table.setSocketState(child, Socket.SS_UNCONNECTED);
        table.setListener(child, listener);
        table.receiveQueue().addLast(listener, skb);
        table.setAckBacklog(listener, table.ackBacklog(listener) + 1);
        sockets.dataReady(listener);
        sockets.stateChange(sk);
        return child;
    }

    private void copyBuffers(int child, int listener) {
        if (sockets.is(listener, SockFlags.RCVBUF_LOCKED)) {
            table.setRcvbuf(child, table.rcvbuf(listener));
        }
        if (sockets.is(listener, SockFlags.SNDBUF_LOCKED)) {
            table.setSndbuf(child, table.sndbuf(listener));
        }
    }

    private void establish(int sk, int peer) {
        table.setPeer(sk, sockets.hold(peer));
        table.setState(sk, Socket.TCP_ESTABLISHED);
        if (!sockets.is(sk, SockFlags.SNDBUF_LOCKED)) {
            table.setSndbuf(sk, SNDBUF_CONNECTED);
        }
    }

    /** tcp_disconnect(). */
    private void disconnect(int sk) {
        if (table.state(sk) == Socket.TCP_LISTEN) {
            dropConnections(sk);
        } else if (table.peer(sk) != NULL) {
            resetPeer(sk);
        }
        sockets.purge(sk);
        close(sk);
        table.setErr(sk, 0);
        table.setShutdown(sk, 0);
        setOption(sk, InetFlags.DONE, false);
        if (!isOption(sk, InetFlags.PORT_LOCKED)) {
            ports.drop(sk);
            inet.setPort(info(sk), 0);
        }
        forgetPeer(sk);
        table.setSocketState(sk, Socket.SS_UNCONNECTED);
    }

    /** tcp_done(): it is in TCP_CLOSE and has no peer. */
    private void close(int sk) {
        table.setState(sk, Socket.TCP_CLOSE);
        dropPeer(sk);
    }

    private void dropPeer(int sk) {
        int peer = table.peer(sk);
        if (peer != NULL) {
            table.setPeer(sk, NULL);
            sockets.put(peer);
        }
    }

    /** inet_listen(). */
    @Override
    public long listen(int task, int sk, int backlog) {
        boolean isFree = table.state(sk) == Socket.TCP_CLOSE || table.state(sk) == Socket.TCP_LISTEN;
        if (table.socketState(sk) != Socket.SS_UNCONNECTED || !isFree) {
            return -Errno.EINVAL;
        }
        table.setMaxAckBacklog(sk, backlog);
        if (table.state(sk) == Socket.TCP_CLOSE) {
            if (!autobind(sk) || ports.isListenedTo(sk)) {
                return -Errno.EADDRINUSE;
            }
            table.setState(sk, Socket.TCP_LISTEN);
        }
        return 0;
    }

    /** inet_csk_accept(). */
    @Override
    public long accept(int task, int sk, int flags) {
        if (table.state(sk) != Socket.TCP_LISTEN) {
            return -Errno.EINVAL;
        }
        int skb = table.receiveQueue().first(sk);
        if (skb == NULL) {
            boolean noblock = (flags & Fcntl.O_NONBLOCK) != 0;
            return sockets.sleepOn(task, table.wait(sk), sockets.rcvtimeo(sk, noblock), true);
        }
        int child = skbs.sk(skb);
        table.receiveQueue().remove(skb);
        table.setAckBacklog(sk, table.ackBacklog(sk) - 1);
        skBuffs.free(skb);
        table.setListener(child, NULL);
        table.setSocketState(child, Socket.SS_CONNECTED);
        return child;
    }

    private void dropConnections(int sk) {
        int skb = table.receiveQueue().first(sk);
        while (skb != NULL) {
            int child = skbs.sk(skb);
            table.receiveQueue().remove(skb);
            table.setAckBacklog(sk, table.ackBacklog(sk) - 1);
            table.setListener(child, NULL);
            sockets.orphan(child);
            resetPeer(child);
            sockets.purge(child);
            ports.drop(child);
            close(child);
            skBuffs.free(skb);
            sockets.put(child);
            skb = table.receiveQueue().first(sk);
        }
    }

    /** inet_release(), tcp_close(). */
    @Override
    public void release(int sk) {
        int corked = inet.corked(info(sk));
        boolean hasUnread = !table.receiveQueue().isEmpty(sk) && table.state(sk) != Socket.TCP_LISTEN;
        boolean aborts = hasUnread || (sockets.is(sk, SockFlags.LINGER) && table.linger(sk) == 0);
        if (table.state(sk) == Socket.TCP_LISTEN) {
            dropConnections(sk);
        }
        if (corked != NULL) {
            flushCork(sk);
        }
        sockets.orphan(sk);
        sockets.purge(sk);
        table.setShutdown(sk, Socket.SHUTDOWN_MASK);
        if (table.peer(sk) != NULL && aborts) {
            resetPeer(sk);
            close(sk);
        } else if (table.peer(sk) != NULL) {
            closeGracefully(sk);
        } else {
            table.setState(sk, Socket.TCP_CLOSE);
        }
        ports.drop(sk);
        sockets.put(sk);
    }

    /** tcp_close_state(): who closes first leaves its port to a row of its own. */
    private void closeGracefully(int sk) {
        int state = table.state(sk);
        boolean isFirst = state == Socket.TCP_ESTABLISHED;
        if (isFirst || state == Socket.TCP_CLOSE_WAIT) {
            signal(sk, fin);
            table.setState(sk, isFirst ? Socket.TCP_FIN_WAIT1 : Socket.TCP_LAST_ACK);
        }
        if (isFirst || state == Socket.TCP_FIN_WAIT1 || state == Socket.TCP_FIN_WAIT2) {
            timewaits.begin(sk, isFirst ? Socket.TCP_FIN_WAIT1 : state);
        }
        boolean isDone = state == Socket.TCP_FIN_WAIT2 || state == Socket.TCP_CLOSE;
        if (isDone) {
            dropPeer(sk);
        }
    }

    /** tcp_send_active_reset(). */
    private void resetPeer(int sk) {
        int peer = table.peer(sk);
        if (peer != NULL) {
            int skb = packet(peer, 0);
            if (skb != NULL) {
                rx.send(skb, reset, 0);
            }
        }
    }

    /** tcp_reset(): the sock that a reset packet is charged to is who receives it. */
    private void receiveReset(int skb) {
        int sk = skbs.sk(skb);
        boolean isOpen = table.state(sk) != Socket.TCP_CLOSE;
        timewaits.end(sk);
        if (isOpen && !sockets.is(sk, SockFlags.DEAD)) {
            boolean waitsToClose = table.state(sk) == Socket.TCP_CLOSE_WAIT;
            table.setErr(sk, waitsToClose ? Errno.EPIPE : Errno.ECONNRESET);
            table.setShutdown(sk, Socket.SHUTDOWN_MASK);
            close(sk);
            sockets.stateChange(sk);
            sockets.wakeAsync(sk, Signal.POLL_HUP);
        } else if (isOpen) {
            close(sk);
        }
        skBuffs.free(skb);
    }

    /** tcp_fin(): the sock that the packet is charged to has closed its side. */
    private void receiveFin(int skb) {
        int sk = skbs.sk(skb);
        int peer = table.peer(sk);
        if (peer != NULL && !sockets.is(peer, SockFlags.DEAD) && table.state(peer) != Socket.TCP_CLOSE) {
            table.setShutdown(peer, table.shutdown(peer) | Socket.RCV_SHUTDOWN);
            setOption(peer, InetFlags.DONE, true);
            boolean isOpen = table.state(peer) == Socket.TCP_ESTABLISHED;
            if (!isOpen) {
                timewaits.begin(peer, Socket.TCP_TIME_WAIT);
            }
            table.setState(peer, isOpen ? Socket.TCP_CLOSE_WAIT : Socket.TCP_CLOSE);
            sockets.stateChange(peer);
            sockets.wakeAsync(peer, isOpen ? Signal.POLL_IN : Signal.POLL_HUP);
        } else if (peer != NULL) {
            timewaits.closed(peer);
        }
        int state = table.state(sk);
        if (state == Socket.TCP_FIN_WAIT1) {
            table.setState(sk, Socket.TCP_FIN_WAIT2);
            timewaits.acknowledged(sk);
        } else if (state == Socket.TCP_LAST_ACK) {
            table.setState(sk, Socket.TCP_CLOSE);
        }
        if (sockets.is(sk, SockFlags.DEAD)) {
            dropPeer(sk);
        }
        skBuffs.free(skb);
    }

    /** inet_shutdown(). */
    @Override
    public long shutdown(int task, int sk, int how) {
        int mode = how + 1;
        if ((mode & ~Socket.SHUTDOWN_MASK) != 0 || mode == 0) {
            return -Errno.EINVAL;
        }
        long error = 0;
        int state = table.state(sk);
        if (state == Socket.TCP_LISTEN || state == Socket.TCP_SYN_SENT) {
            if (state == Socket.TCP_SYN_SENT || (mode & Socket.RCV_SHUTDOWN) != 0) {
                disconnect(sk);
            }
        } else {
            error = state == Socket.TCP_CLOSE ? -Errno.ENOTCONN : 0;
            table.setShutdown(sk, table.shutdown(sk) | mode);
            if ((mode & Socket.SEND_SHUTDOWN) != 0) {
                sendFin(sk);
            }
        }
        sockets.stateChange(sk);
        return error;
    }

    private void sendFin(int sk) {
        int state = table.state(sk);
        if (state == Socket.TCP_ESTABLISHED || state == Socket.TCP_CLOSE_WAIT) {
            flushCork(sk);
            table.setState(sk, state == Socket.TCP_ESTABLISHED ? Socket.TCP_FIN_WAIT1 : Socket.TCP_LAST_ACK);
            signal(sk, fin);
        }
    }

    /** tcp_sendmsg(). */
    @Override
    public long sendmsg(int task, int sk, Message message) {
        long sent = sockets.tasks.restart(task, MOVED);
        long total = message.iter.remaining();
        message.iter.advance(sent);
        long result = mayNotSend(task, sk, message);
        while (result == 0 && sent < total) {
            result = room(task, sk, message);
            if (result == 0) {
                int part = (int) Math.min(total - sent, SEGMENT);
                boolean last = sent + part == total;
                result = sendPart(sk, message, part, last);
                sent += result == 0 ? part : 0;
            }
        }
        if (result == BLOCKED) {
            sockets.tasks.setRestart(task, MOVED, sent);
            return BLOCKED;
        }
        if (sent > 0 || result == 0) {
            return sent;
        }
        if (result == -Errno.EPIPE) {
            int error = sockets.takeError(sk);
            return error != 0 && error != -Errno.EPIPE ? error : sockets.brokenPipe(task, message);
        }
        return result;
    }

    private long mayNotSend(int task, int sk, Message message) {
        int state = table.state(sk);
        if (state == Socket.TCP_SYN_SENT) {
            int error = sockets.takeError(sk);
            return error != 0
                    ? error
                    : sockets.sleepOn(
                            task, table.wait(sk), sockets.sndtimeo(sk, message.is(Socket.MSG_DONTWAIT)), false);
        }
        boolean isOpen = state == Socket.TCP_ESTABLISHED || state == Socket.TCP_CLOSE_WAIT;
        boolean isShut = (table.shutdown(sk) & Socket.SEND_SHUTDOWN) != 0;
        return table.err(sk) != 0 || isShut || !isOpen ? -Errno.EPIPE : 0;
    }

    private long room(int task, int sk, Message message) {
        if (table.err(sk) != 0 || (table.shutdown(sk) & Socket.SEND_SHUTDOWN) != 0) {
            return -Errno.EPIPE;
        }
        if (table.wmemAlloc(sk) < table.sndbuf(sk)) {
            return 0;
        }
        return sockets.sleepOn(task, table.wait(sk), sockets.sndtimeo(sk, message.is(Socket.MSG_DONTWAIT)), false);
    }

    private long sendPart(int sk, Message message, int part, boolean last) {
        int skb = packet(sk, part);
        if (skb == NULL) {
            return -Errno.ENOBUFS;
        }
        if (!skBuffs.fill(skb, message.iter)) {
            skBuffs.free(skb);
            return -Errno.EFAULT;
        }
        int info = info(sk);
        inet.setSentSeq(info, inet.sentSeq(info) + part);
        if (last && message.is(Socket.MSG_OOB)) {
            skbs.setDatum(skb, 1);
        }
        boolean more = message.is(Socket.MSG_MORE) || isOption(sk, InetFlags.CORK);
        hold(sk, skb);
        if (!more || part >= SEGMENT) {
            flushCork(sk);
        } else {
            int timer = packet(sk, 0);
            if (timer != NULL) {
                rx.send(timer, push, sockets.time.nsToCycles(CORK_NS));
            }
        }
        return 0;
    }

    /** A buffer waits behind the others that wait to be sent. */
    private void hold(int sk, int skb) {
        int info = info(sk);
        int first = inet.corked(info);
        if (first == NULL) {
            inet.setCorked(info, skb);
            return;
        }
        int at = first;
        int bytes = skbs.length(at);
        while (skbs.toPort(at) != NULL) {
            at = skbs.toPort(at);
            bytes += skbs.length(at);
        }
        skbs.setToPort(at, skb);
        if (bytes + skbs.length(skb) >= MSS) {
            flushCork(sk);
        }
    }

    /** tcp_push_pending_frames(). */
    private void flushCork(int sk) {
        int info = info(sk);
        int skb = inet.corked(info);
        inet.setCorked(info, NULL);
        while (skb != NULL) {
            int next = skbs.toPort(skb);
            skbs.setToPort(skb, NULL);
            rx.send(skb, data, 0);
            skb = next;
        }
    }

    private void pushLate(int skb) {
        int sk = skbs.sk(skb);
        if (table.info(sk) != NULL) {
            flushCork(sk);
        }
        skBuffs.free(skb);
    }

    @Override
    void optionsChanged(int sk) {
        if (inet.corked(info(sk)) != NULL && !isOption(sk, InetFlags.CORK)) {
            flushCork(sk);
        }
    }

    /** tcp_data_queue(). */
    private void receiveData(int skb) {
        int sender = skbs.sk(skb);
        int sk = table.peer(sender);
        boolean isGone = sk == NULL || sockets.is(sk, SockFlags.DEAD) || table.state(sk) == Socket.TCP_CLOSE;
        if (isGone) {
            if (sk != NULL) {
                timewaits.end(sk);
            }
            int back = sk == NULL ? NULL : packet(sender, 0);
            skBuffs.free(skb);
            if (back != NULL) {
                rx.send(back, reset, 0);
            }
            return;
        }
        int info = info(sk);
        boolean isUrgent = skbs.datum(skb) != 0;
        if (isUrgent) {
            checkUrgent(sk, inet.receivedSeq(info) + skbs.length(skb) - 1);
        }
        inet.setReceivedSeq(info, inet.receivedSeq(info) + skbs.length(skb));
        skbs.setAddressLow(skb, inet.receivedSeq(info) - skbs.length(skb));
        if (isUrgent) {
            skBuffs.get(skb, skbs.length(skb) - 1, one, 1);
            inet.setUrgByte(info, one[0] & 0xff);
            inet.setUrgState(info, URG_VALID);
        }
        table.receiveQueue().addLast(sk, skb);
        sockets.dataReady(sk);
    }

    private final byte[] one = new byte[1];

    /** tcp_check_urg(): an urgent byte is announced; one that was not read becomes ordinary data. */
    private void checkUrgent(int sk, long at) {
        int info = info(sk);
        sockets.sendUrg(sk);
        boolean replaces = inet.urgState(info) != 0
                && inet.urgSeq(info) == inet.copiedSeq(info)
                && !sockets.is(sk, SockFlags.URGINLINE)
                && inet.copiedSeq(info) != inet.receivedSeq(info);
        if (replaces) {
            int skb = table.receiveQueue().first(sk);
            inet.setCopiedSeq(info, inet.copiedSeq(info) + 1);
            if (skb != NULL && inet.copiedSeq(info) >= skbs.addressLow(skb) + skbs.length(skb)) {
                table.receiveQueue().remove(skb);
                skBuffs.free(skb);
            }
        }
        inet.setUrgState(info, URG_NOTYET);
        inet.setUrgSeq(info, at);
    }

    @Override
    public long recvmsg(int task, int sk, Message message) {
        return receive.recvmsg(task, sk, message);
    }

    /** tcp_poll(). */
    @Override
    public int poll(int task, int sk) {
        int state = table.state(sk);
        if (state == Socket.TCP_LISTEN) {
            return table.receiveQueue().isEmpty(sk) ? 0 : FileOps.POLLIN | FileOps.POLLRDNORM;
        }
        int mask = 0;
        int shutdown = table.shutdown(sk);
        if (shutdown == Socket.SHUTDOWN_MASK || state == Socket.TCP_CLOSE) {
            mask |= FileOps.POLLHUP;
        }
        if ((shutdown & Socket.RCV_SHUTDOWN) != 0) {
            mask |= FileOps.POLLIN | FileOps.POLLRDNORM | UnixSockets.POLLRDHUP;
        }
        if (state != Socket.TCP_SYN_SENT) {
            mask |= pollData(sk);
        }
        return table.err(sk) != 0 ? mask | FileOps.POLLERR : mask;
    }

    private int pollData(int sk) {
        int info = info(sk);
        boolean isUrgent = inet.urgState(info) != 0;
        boolean isHole = isUrgent && inet.urgSeq(info) == inet.copiedSeq(info) && !sockets.is(sk, SockFlags.URGINLINE);
        long target = (long) table.rcvlowat(sk) + (isHole ? 1 : 0);
        int mask = 0;
        if (inet.receivedSeq(info) - inet.copiedSeq(info) >= target) {
            mask |= FileOps.POLLIN | FileOps.POLLRDNORM;
        }
        boolean isShut = (table.shutdown(sk) & Socket.SEND_SHUTDOWN) != 0;
        if (isShut || table.wmemAlloc(sk) < table.sndbuf(sk)) {
            mask |= FileOps.POLLOUT | FileOps.POLLWRNORM;
        }
        return inet.urgState(info) == URG_VALID ? mask | FileOps.POLLPRI : mask;
    }

    /** tcp_ioctl(). */
    @Override
    public long ioctl(int task, int sk, int cmd, long arg) {
        int mm = sockets.tasks.mm(task);
        int info = info(sk);
        boolean isListening = table.state(sk) == Socket.TCP_LISTEN;
        return switch (cmd) {
            case Socket.FIONREAD -> isListening ? -Errno.EINVAL : memory.putInt(mm, arg, receive.unread(sk));
            case Socket.SIOCATMARK -> {
                boolean isAtMark = inet.urgState(info) != 0 && inet.urgSeq(info) == inet.copiedSeq(info);
                yield memory.putInt(mm, arg, isAtMark ? 1 : 0);
            }
            case Socket.TIOCOUTQ -> isListening ? -Errno.EINVAL : memory.putInt(mm, arg, 0);
            default -> -Errno.ENOIOCTLCMD;
        };
    }

    @Override
    public void writeSpace(int sk) {
        if (table.wmemAlloc(sk) < table.sndbuf(sk)) {
            sockets.wakeWriters(sk);
        }
    }
}
