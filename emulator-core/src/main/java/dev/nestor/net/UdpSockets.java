package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileOps;
import dev.nestor.table.Chain;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Socket;

/** UDP between sockets of this machine: net/ipv4/udp.c. A datagram is a packet that goes through the event queue. */
final class UdpSockets extends InetSockets {
    private static final int MOST = 65_507; // bytes of one datagram over IPv4

    private final int datagram; // types of packets
    private final int unreachable;
    private final InetAddress from = new InetAddress();

    UdpSockets(InetRoom room) {
        super(room);
        datagram = rx.register(this::receive);
        unreachable = rx.register(this::receiveUnreachable);
    }

    @Override
    public void release(int sk) {
        int corked = inet.corked(info(sk));
        if (corked != NULL) {
            inet.setCorked(info(sk), NULL);
            skBuffs.free(corked);
        }
        sockets.orphan(sk);
        table.setState(sk, Socket.TCP_CLOSE);
        ports.drop(sk);
        sockets.purge(sk);
        sockets.put(sk);
    }

    /** inet_dgram_connect(). */
    @Override
    public long connect(int task, int sk, byte[] address, int length, int flags) {
        if (length < 2) {
            return -Errno.EINVAL;
        }
        if (Bytes.getShort(address, 0) == Socket.AF_UNSPEC) {
            disconnect(sk);
            return 0;
        }
        if (!autobind(sk)) {
            return -Errno.EAGAIN;
        }
        int error = check(sk, address, length);
        if (error != 0) {
            return error;
        }
        given.take(address);
        error = routing.connectTo(sk, given, inet.localHigh(info(sk)), inet.localLow(info(sk)));
        if (error != 0 && error != -Errno.EHOSTUNREACH) {
            return error;
        }
        int info = info(sk);
        if (InetAddress.isAny(inet.localHigh(info), inet.localLow(info))) {
            setLocal(info, routing.source.high, routing.source.low);
        }
        setPeerAddress(info, given);
        table.setState(sk, Socket.TCP_ESTABLISHED);
        return 0;
    }

    private void setLocal(int info, long high, long low) {
        inet.setLocalHigh(info, high);
        inet.setLocalLow(info, low);
        inet.setBoundHigh(info, high);
        inet.setBoundLow(info, low);
    }

    /** udp_disconnect(). */
    private void disconnect(int sk) {
        int info = info(sk);
        table.setState(sk, Socket.TCP_CLOSE);
        table.setErr(sk, 0);
        long any = table.family(sk) == Socket.AF_INET ? InetAddress.ANY4 : 0;
        inet.setPeerHigh(info, 0);
        inet.setPeerLow(info, any);
        inet.setPeerPort(info, 0);
        if (!isOption(sk, InetFlags.PORT_LOCKED)) {
            setLocal(info, 0, any);
            ports.drop(sk);
            inet.setPort(info, 0);
        }
    }

    /** inet_shutdown(). */
    @Override
    public long shutdown(int task, int sk, int how) {
        int mode = how + 1;
        if ((mode & ~Socket.SHUTDOWN_MASK) != 0 || mode == 0) {
            return -Errno.EINVAL;
        }
        table.setShutdown(sk, table.shutdown(sk) | mode);
        sockets.stateChange(sk);
        return table.state(sk) == Socket.TCP_CLOSE ? -Errno.ENOTCONN : 0;
    }

    /** udp_sendmsg(). */
    @Override
    public long sendmsg(int task, int sk, Message message) {
        long length = message.iter.remaining();
        if (length > 0xffff) {
            return -Errno.EMSGSIZE;
        }
        if (message.is(Socket.MSG_OOB)) {
            return -Errno.EOPNOTSUPP;
        }
        int info = info(sk);
        int pending = inet.corked(info);
        long error = pending != NULL ? 0 : address(sk, message);
        if (error != 0) {
            return error;
        }
        if (!autobind(sk)) {
            return -Errno.EAGAIN;
        }
        if (pending == NULL) {
            error = routing.connectTo(sk, given, inet.localHigh(info), inet.localLow(info));
            if (error != 0 && error != -Errno.EHOSTUNREACH) {
                return error;
            }
            routing.net = error == 0 ? routing.net : NULL;
        }
        int held = pending == NULL ? 0 : skbs.length(pending);
        if (held + length > MOST) {
            return -Errno.EMSGSIZE;
        }
        error = sockets.waitForSendRoom(task, sk, message.is(Socket.MSG_DONTWAIT));
        if (error != 0) {
            return error;
        }
        return append(sk, message, pending, (int) length);
    }

    /** Where it goes: 0, EINVAL, EAFNOSUPPORT, EDESTADDRREQ, EACCES. */
    private long address(int sk, Message message) {
        int info = info(sk);
        if (message.nameLength == 0) {
            if (table.state(sk) != Socket.TCP_ESTABLISHED) {
                return -Errno.EDESTADDRREQ;
            }
            given.high = inet.peerHigh(info);
            given.low = inet.peerLow(info);
            given.port = inet.peerPort(info);
            return 0;
        }
        int family = Bytes.getShort(message.name, 0);
        boolean isOld = family == Socket.AF_UNSPEC && message.nameLength >= InetAddress.IN_SIZE;
        int error = isOld ? 0 : check(sk, message.name, message.nameLength);
        if (error != 0) {
            return error;
        }
        given.take(message.name);
        if (given.port == 0) {
            return -Errno.EINVAL;
        }
        boolean isBroadcast = given.high == 0 && given.low == (InetAddress.ANY4 | 0xffff_ffffL);
        return isBroadcast && !sockets.is(sk, SockFlags.BROADCAST) ? -Errno.EACCES : 0;
    }

    /** ip_append_data(): with MSG_MORE the datagram grows, else it is sent. */
    private long append(int sk, Message message, int pending, int length) {
        int info = info(sk);
        int held = pending == NULL ? 0 : skbs.length(pending);
        int skb = skBuffs.alloc(held + length);
        if (skb == NULL) {
            return -Errno.ENOBUFS;
        }
        skBuffs.charge(skb, sk, SkBuffs.truesize(held + length, 0));
        if (!skBuffs.fillFrom(skb, held, message.iter, length)) {
            skBuffs.free(skb);
            return -Errno.EFAULT;
        }
        if (pending != NULL) {
            skBuffs.copy(pending, skb);
            skbs.setToHigh(skb, skbs.toHigh(pending));
            skbs.setToLow(skb, skbs.toLow(pending));
            skbs.setToPort(skb, skbs.toPort(pending));
            skbs.setAddressHigh(skb, skbs.addressHigh(pending));
            skbs.setAddressLow(skb, skbs.addressLow(pending));
            skbs.setNet(skb, skbs.net(pending));
            skBuffs.free(pending);
        } else {
            boolean isBound = !InetAddress.isAny(inet.localHigh(info), inet.localLow(info));
            skbs.setToHigh(skb, given.high);
            skbs.setToLow(skb, given.low);
            skbs.setToPort(skb, given.port);
            skbs.setAddressHigh(skb, isBound ? inet.localHigh(info) : routing.source.high);
            skbs.setAddressLow(skb, isBound ? inet.localLow(info) : routing.source.low);
            skbs.setNet(skb, routing.net);
        }
        skbs.setPort(skb, inet.port(info));
        boolean more = message.is(Socket.MSG_MORE) || isOption(sk, InetFlags.CORK);
        inet.setCorked(info, more ? skb : NULL);
        if (!more) {
            rx.send(skb, datagram, 0);
        }
        return length;
    }

    @Override
    void optionsChanged(int sk) {
        int corked = inet.corked(info(sk));
        if (corked != NULL && !isOption(sk, InetFlags.CORK)) {
            inet.setCorked(info(sk), NULL);
            rx.send(corked, datagram, 0);
        }
    }

    /** udp_rcv(). */
    private void receive(int skb) {
        int net = skbs.net(skb);
        given.high = skbs.toHigh(skb);
        given.low = skbs.toLow(skb);
        given.port = skbs.toPort(skb);
        from.high = skbs.addressHigh(skb);
        from.low = skbs.addressLow(skb);
        from.port = skbs.port(skb);
        int sender = skbs.sk(skb);
        boolean isAlive = net != NULL && sockets.nets.table().isLive(net);
        int sk = isAlive ? ports.lookup(net, table.protocol(sender), given, from, 0) : NULL;
        if (sk == NULL) {
            int back = isAlive ? skBuffs.alloc(0) : NULL;
            if (back != NULL) {
                skBuffs.charge(back, sender, 0);
                skbs.setToPort(back, given.port);
                rx.send(back, unreachable, 0);
            }
            skBuffs.free(skb);
            return;
        }
        if (table.rmemAlloc(sk) + skbs.truesize(skb) > table.rcvbuf(sk) && table.rmemAlloc(sk) > 0) {
            skBuffs.free(skb);
            return;
        }
        skBuffs.unchargeSender(skb);
        skBuffs.chargeReceiver(skb, sk);
        skbs.setTstamp(skb, sockets.time.realtimeNs());
        table.receiveQueue().addLast(sk, skb);
        sockets.dataReady(sk);
    }

    /** __udp4_lib_err(): nobody listens there. Only a connected socket is told. */
    private void receiveUnreachable(int skb) {
        int sk = skbs.sk(skb);
        if (table.state(sk) == Socket.TCP_ESTABLISHED && !sockets.is(sk, SockFlags.DEAD)) {
            table.setErr(sk, Errno.ECONNREFUSED);
            sockets.dataReady(sk);
        }
        skBuffs.free(skb);
    }

    /** udp_recvmsg(). */
    @Override
    public long recvmsg(int task, int sk, Message message) {
        if (message.is(Socket.MSG_ERRQUEUE)) {
            return -Errno.EAGAIN;
        }
        int error = sockets.takeError(sk);
        if (error != 0) {
            return error;
        }
        Chain queue = table.receiveQueue();
        int skb = queue.first(sk);
        if (skb == NULL) {
            if ((table.shutdown(sk) & Socket.RCV_SHUTDOWN) != 0) {
                return 0;
            }
            boolean noblock = message.is(Socket.MSG_DONTWAIT);
            return sockets.sleepOn(task, table.wait(sk), sockets.rcvtimeo(sk, noblock), true);
        }
        boolean peek = message.is(Socket.MSG_PEEK);
        int length = skbs.length(skb);
        int size = (int) Math.min(length, message.iter.remaining());
        if (size < length) {
            message.outFlags |= Socket.MSG_TRUNC;
        }
        boolean isWritten = skBuffs.drain(skb, 0, message.iter, size);
        if (message.wantsName) {
            message.nameLength = InetAddress.put(
                    table.family(sk), skbs.addressHigh(skb), skbs.addressLow(skb), skbs.port(skb), message.name);
        }
        if (!peek) {
            queue.remove(skb);
            skBuffs.free(skb);
        }
        if (!isWritten) {
            return -Errno.EFAULT;
        }
        return message.is(Socket.MSG_TRUNC) ? length : size;
    }

    /** udp_poll(). */
    @Override
    public int poll(int task, int sk) {
        int mask = table.err(sk) != 0 ? FileOps.POLLERR : 0;
        int shutdown = table.shutdown(sk);
        if ((shutdown & Socket.RCV_SHUTDOWN) != 0) {
            mask |= UnixSockets.POLLRDHUP | FileOps.POLLIN | FileOps.POLLRDNORM;
        }
        if (shutdown == Socket.SHUTDOWN_MASK) {
            mask |= FileOps.POLLHUP;
        }
        if (!table.receiveQueue().isEmpty(sk)) {
            mask |= FileOps.POLLIN | FileOps.POLLRDNORM;
        }
        if ((long) table.wmemAlloc(sk) << 1 <= table.sndbuf(sk)) {
            mask |= FileOps.POLLOUT | FileOps.POLLWRNORM | UnixSockets.POLLWRBAND;
        }
        return mask;
    }

    /** udp_ioctl(). */
    @Override
    public long ioctl(int task, int sk, int cmd, long arg) {
        int mm = sockets.tasks.mm(task);
        int skb = table.receiveQueue().first(sk);
        return switch (cmd) {
            case Socket.FIONREAD -> memory.putInt(mm, arg, skb == NULL ? 0 : skbs.length(skb));
            case Socket.TIOCOUTQ -> memory.putInt(mm, arg, table.wmemAlloc(sk));
            default -> -Errno.ENOIOCTLCMD;
        };
    }
}
