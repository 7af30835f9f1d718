package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileOps;
import dev.nestor.table.Chain;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Socket;

/** Datagrams of AF_UNIX: unix_dgram_ops. */
class UnixDatagram extends UnixSockets {
    private static final int MAX_FRAGMENTS = 17 * 4096; // MAX_SKB_FRAGS pages
    private static final int PAGE_MASK = 4095;

    UnixDatagram(Sockets sockets, UnixNames names, ScmMessages scm, UnixGarbage garbage) {
        super(sockets, names, scm, garbage);
    }

    /** unix_dgram_connect(). */
    @Override
    public long connect(int task, int sk, byte[] address, int length, int flags) {
        if (length < UnixNames.PATH) {
            return -Errno.EINVAL;
        }
        int other = NULL;
        if (Bytes.getShort(address, 0) != Socket.AF_UNSPEC) {
            int error = names.validate(address, length);
            if (error == 0) {
                error = autobindIfPassing(sk);
            }
            if (error != 0) {
                return error;
            }
            other = names.find(task, table.net(sk), address, length, table.type(sk));
            if (other < 0) {
                return other;
            }
            if (!maySend(sk, other)) {
                return -Errno.EPERM;
            }
            table.setState(sk, Socket.TCP_ESTABLISHED);
            table.setState(other, Socket.TCP_ESTABLISHED);
        }
        reconnect(sk, other);
        table.setSocketState(sk, Socket.SS_UNCONNECTED);
        return 0;
    }

    private void reconnect(int sk, int other) {
        int old = table.peer(sk);
        setPeer(sk, other);
        if (old == NULL) {
            return;
        }
        if (other == NULL) {
            table.setState(sk, Socket.TCP_CLOSE);
        }
        if (other != old) {
            disconnected(sk, old);
            if (table.peer(old) == NULL) {
                table.setState(old, Socket.TCP_CLOSE);
            }
        }
        sockets.put(old);
    }

    /** unix_dgram_disconnected(): what waits is lost, and a peer that was connected back is told. */
    private void disconnected(int sk, int old) {
        if (table.receiveQueue().isEmpty(sk)) {
            return;
        }
        int skb = table.receiveQueue().first(sk);
        while (skb != NULL) {
            unlink(sk, skb);
            skBuffs.free(skb);
            skb = table.receiveQueue().first(sk);
        }
        sockets.wakeAllPeers(sk);
        if (!sockets.is(old, SockFlags.DEAD) && table.peer(old) == sk) {
            table.setErr(old, Errno.ECONNRESET);
            sockets.stateChange(old);
        }
    }

    /** unix_may_send(): the other is connected to nobody, or to us. */
    private boolean maySend(int sk, int other) {
        return table.peer(other) == NULL || table.peer(other) == sk;
    }

    /** unix_dgram_sendmsg(). */
    @Override
    public long sendmsg(int task, int sk, Message message) {
        int error = scm.parse(task, sk, message);
        if (error != 0) {
            return error;
        }
        garbage.collectIfMany();
        if (message.is(Socket.MSG_OOB)) {
            return -Errno.EOPNOTSUPP;
        }
        boolean isNamed = message.nameLength != 0;
        if (isNamed) {
            error = names.validate(message.name, message.nameLength);
        } else if (table.peer(sk) == NULL) {
            error = -Errno.ENOTCONN;
        }
        if (error == 0) {
            error = autobindIfPassing(sk);
        }
        if (error != 0) {
            return error;
        }
        long length = message.iter.remaining();
        if (length > table.sndbuf(sk) - 32) {
            return -Errno.EMSGSIZE;
        }
        boolean noblock = message.is(Socket.MSG_DONTWAIT);
        long room = sockets.waitForSendRoom(task, sk, noblock);
        if (room != 0) {
            return room;
        }
        int skb = newDatagram(task, sk, message, (int) length);
        if (skb < 0) {
            return skb;
        }
        long result = send(task, sk, message, skb, isNamed);
        if (result != 0) {
            skBuffs.free(skb);
            return result;
        }
        return length;
    }

    private int newDatagram(int task, int sk, Message message, int length) {
        int pages = 0;
        if (length > SkBuffs.SKB_MAX_ALLOC) {
            pages = (Math.min(length - SkBuffs.SKB_MAX_ALLOC, MAX_FRAGMENTS) + PAGE_MASK) & ~PAGE_MASK;
        }
        return newSkb(task, sk, message, length, SkBuffs.truesize(length - pages, pages), true);
    }

    /** Finds the receiver and hands the message over: 0, or why not. */
    private long send(int task, int sk, Message message, int skb, boolean isNamed) {
        int other = table.peer(sk);
        if (isNamed) {
            other = names.find(task, table.net(sk), message.name, message.nameLength, table.type(sk));
            if (other < 0) {
                return other;
            }
        }
        if (!maySend(sk, other)) {
            return -Errno.EPERM;
        }
        if (sockets.is(other, SockFlags.DEAD)) {
            return peerIsDead(sk, other);
        }
        if ((table.shutdown(other) & Socket.RCV_SHUTDOWN) != 0) {
            return -Errno.EPIPE;
        }
        if (!skbs.files().isEmpty(skb) && sockets.is(other, SockFlags.NO_RIGHTS)) {
            return -Errno.EPERM;
        }
        if (other != sk && table.peer(other) != sk && isFull(other)) {
            boolean noblock = message.is(Socket.MSG_DONTWAIT);
            return sockets.sleepOn(task, table.peerWait(other), sockets.sndtimeo(sk, noblock), true);
        }
        scm.addCreds(task, skb, sk, other);
        skbs.setTstamp(skb, sockets.time.realtimeNs());
        enqueue(other, skb);
        sockets.dataReady(other);
        return 0;
    }

    private long peerIsDead(int sk, int other) {
        if (table.type(sk) == Socket.SOCK_SEQPACKET) {
            return -Errno.EPIPE;
        }
        table.setPeer(sk, NULL);
        table.setState(sk, Socket.TCP_CLOSE);
        disconnected(sk, other);
        sockets.put(other);
        return -Errno.ECONNREFUSED;
    }

    /** unix_dgram_recvmsg(). */
    @Override
    public long recvmsg(int task, int sk, Message message) {
        if (message.is(Socket.MSG_OOB)) {
            return -Errno.EOPNOTSUPP;
        }
        boolean peek = message.is(Socket.MSG_PEEK);
        int skip = peekOffset(sk, peek);
        Chain queue = table.receiveQueue();
        int error = sockets.takeError(sk);
        if (error != 0) {
            return error;
        }
        int skb = queue.first(sk);
        while (peek && skb != NULL && skip >= skbs.length(skb) && skbs.length(skb) > 0 && skip > 0) {
            skip -= skbs.length(skb);
            skb = queue.next(skb);
        }
        if (skb == NULL) {
            if ((table.shutdown(sk) & Socket.RCV_SHUTDOWN) != 0) {
                boolean fails = message.is(Socket.MSG_DONTWAIT) && table.type(sk) == Socket.SOCK_DGRAM;
                return fails ? -Errno.EAGAIN : 0;
            }
            long timeo = sockets.rcvtimeo(sk, message.is(Socket.MSG_DONTWAIT));
            return sockets.sleepOn(task, table.wait(sk), timeo, true);
        }
        if (!peek) {
            unlink(sk, skb);
        }
        sockets.wakePeers(sk);
        return hand(task, sk, message, skb, skip);
    }

    private long hand(int task, int sk, Message message, int skb, int skip) {
        boolean peek = message.is(Socket.MSG_PEEK);
        putSender(message, skb);
        int length = skbs.length(skb) - skip;
        int size = (int) Math.min(message.iter.remaining(), length);
        if (size < length) {
            message.outFlags |= Socket.MSG_TRUNC;
        }
        long result = message.is(Socket.MSG_TRUNC) ? length : size;
        if (!skBuffs.drain(skb, skip, message.iter, size)) {
            result = -Errno.EFAULT;
        } else {
            if (peek) {
                movePeekForward(sk, size);
            } else {
                movePeekBack(sk, skbs.length(skb));
            }
            scm.receive(task, sk, message, skb, peek);
        }
        if (!peek) {
            skBuffs.free(skb);
        }
        return result;
    }

    @Override
    public int secondPollQueue(int sk) {
        int peer = table.peer(sk);
        return peer != NULL && table.peer(peer) != sk ? table.peerWait(peer) : NULL;
    }

    /** unix_dgram_poll(). */
    @Override
    public int poll(int task, int sk) {
        int mask = pollState(sk);
        if (table.type(sk) == Socket.SOCK_SEQPACKET && table.state(sk) == Socket.TCP_CLOSE) {
            mask |= FileOps.POLLHUP;
        }
        int peer = table.peer(sk);
        boolean isBlocked = peer != NULL && table.peer(peer) != sk && isFull(peer);
        if (isWritable(sk) && !isBlocked) {
            mask |= FileOps.POLLOUT | FileOps.POLLWRNORM | POLLWRBAND;
        }
        return mask;
    }
}
