package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileOps;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Socket;

/** What UDP, ping and raw sockets have in common: net/ipv4/datagram.c, net/core/datagram.c. */
abstract class DatagramSockets extends InetSockets {
    DatagramSockets(InetRoom room) {
        super(room);
    }

    @Override
    public void release(int sk) {
        sockets.orphan(sk);
        table.setState(sk, Socket.TCP_CLOSE);
        ports.drop(sk);
        sockets.purge(sk);
        sockets.put(sk);
    }

    /** inet_dgram_connect(). */
    @Override
    public final long connect(int task, int sk, byte[] address, int length, int flags) {
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

    final void setLocal(int info, long high, long low) {
        inet.setLocalHigh(info, high);
        inet.setLocalLow(info, low);
        inet.setBoundHigh(info, high);
        inet.setBoundLow(info, low);
    }

    /** udp_disconnect(), ping_disconnect(), __udp_disconnect() of raw sockets. */
    void disconnect(int sk) {
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
    public final long shutdown(int task, int sk, int how) {
        int mode = how + 1;
        if ((mode & ~Socket.SHUTDOWN_MASK) != 0 || mode == 0) {
            return -Errno.EINVAL;
        }
        table.setShutdown(sk, table.shutdown(sk) | mode);
        sockets.stateChange(sk);
        return table.state(sk) == Socket.TCP_CLOSE ? -Errno.ENOTCONN : 0;
    }

    /** __skb_wait_for_more_packets(): 0 when nothing more will come, or as {@link Sockets#sleepOn}. */
    final long waitForMessage(int task, int sk, Message message) {
        if ((table.shutdown(sk) & Socket.RCV_SHUTDOWN) != 0) {
            return 0;
        }
        boolean noblock = message.is(Socket.MSG_DONTWAIT);
        return sockets.sleepOn(task, table.wait(sk), sockets.rcvtimeo(sk, noblock), true);
    }

    /** __sock_queue_rcv_skb(): false, and the packet is dropped, where there is no room. */
    final boolean queue(int sk, int skb) {
        if (table.rmemAlloc(sk) + skbs.truesize(skb) > table.rcvbuf(sk) && table.rmemAlloc(sk) > 0) {
            skBuffs.free(skb);
            return false;
        }
        skBuffs.unchargeSender(skb);
        skBuffs.chargeReceiver(skb, sk);
        skbs.setTstamp(skb, sockets.time.realtimeNs());
        table.receiveQueue().addLast(sk, skb);
        sockets.dataReady(sk);
        return true;
    }

    /** A copy of a packet comes from where that came from, and went where that went. */
    final void setPlaces(int copy, int skb) {
        skbs.setAddressHigh(copy, skbs.addressHigh(skb));
        skbs.setAddressLow(copy, skbs.addressLow(skb));
        skbs.setToHigh(copy, skbs.toHigh(skb));
        skbs.setToLow(copy, skbs.toLow(skb));
        skbs.setDatum(copy, skbs.datum(skb));
        skbs.setDev(copy, skbs.dev(skb));
    }

    /**
     * The first message and who sent it; waits for one. Its bytes copied, EAGAIN, EFAULT, or what stands against the socket.
     *
     * @param tellsLength whether MSG_TRUNC asks for the length of the whole message
     */
    final long receive(int task, int sk, Message message, boolean tellsLength) {
        if (message.is(Socket.MSG_ERRQUEUE)) {
            return -Errno.EAGAIN;
        }
        int error = sockets.takeError(sk);
        if (error != 0) {
            return error;
        }
        int skb = table.receiveQueue().first(sk);
        if (skb == NULL) {
            return waitForMessage(task, sk, message);
        }
        if (message.wantsName) {
            message.nameLength = InetAddress.put(
                    table.family(sk), skbs.addressHigh(skb), skbs.addressLow(skb), skbs.port(skb), message.name);
        }
        int length = skbs.length(skb);
        long copied = take(sk, skb, message);
        return copied >= 0 && tellsLength && message.is(Socket.MSG_TRUNC) ? length : copied;
    }

    /** udp_ioctl(), raw_ioctl(): how long the first message is, and how much is on its way. */
    final long queueIoctl(int task, int sk, int cmd, long arg) {
        int mm = sockets.tasks.mm(task);
        int skb = table.receiveQueue().first(sk);
        return switch (cmd) {
            case Socket.FIONREAD -> memory.putInt(mm, arg, skb == NULL ? 0 : skbs.length(skb));
            case Socket.TIOCOUTQ -> memory.putInt(mm, arg, table.wmemAlloc(sk));
            default -> -Errno.ENOIOCTLCMD;
        };
    }

    /** The first message, as much as there is room for; with MSG_PEEK it stays. Its bytes copied, or EFAULT. */
    final long take(int sk, int skb, Message message) {
        int length = skbs.length(skb);
        int size = (int) Math.min(length, message.iter.remaining());
        if (size < length) {
            message.outFlags |= Socket.MSG_TRUNC;
        }
        boolean isWritten = skBuffs.drain(skb, 0, message.iter, size);
        control.receive(sk, skb, message);
        if (!message.is(Socket.MSG_PEEK)) {
            table.receiveQueue().remove(skb);
            skBuffs.free(skb);
        }
        return isWritten ? size : -Errno.EFAULT;
    }

    /** udp_poll(), datagram_poll(). */
    @Override
    public final int poll(int task, int sk) {
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
}
