package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.table.Chain;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Socket;

/** Reading from TCP sockets: tcp_recvmsg() of net/ipv4/tcp.c. */
final class TcpReceive {
    private final Sockets sockets;
    private final SockTable table;
    private final SkBuffs skBuffs;
    private final SkBuffTable skbs;
    private final InetSockTable inet;
    private final byte[] one = new byte[1];

    TcpReceive(Sockets sockets, InetSockTable inet) {
        this.sockets = sockets;
        this.table = sockets.table;
        this.skBuffs = sockets.skBuffs;
        this.skbs = skBuffs.table();
        this.inet = inet;
    }

    private boolean isDone(int sk) {
        return (inet.flags(table.info(sk)) & InetFlags.DONE) != 0;
    }

    /** tcp_recvmsg(). */
    long recvmsg(int task, int sk, Message message) {
        if (message.is(Socket.MSG_ERRQUEUE)) {
            return -Errno.EAGAIN;
        }
        if (table.state(sk) == Socket.TCP_LISTEN) {
            return -Errno.ENOTCONN;
        }
        boolean peek = message.is(Socket.MSG_PEEK);
        if (message.is(Socket.MSG_OOB)) {
            return receiveUrgent(sk, message, peek);
        }
        long before = sockets.tasks.restart(task, TcpSockets.MOVED);
        int target = sockets.rcvlowat(sk, message.is(Socket.MSG_WAITALL), message.iter.remaining());
        message.iter.advance(before);
        copied = before;
        long result = readAll(task, sk, message, target, peek);
        if (result == ProtoOps.BLOCKED) {
            sockets.tasks.setRestart(task, TcpSockets.MOVED, peek ? 0 : copied);
            return ProtoOps.BLOCKED;
        }
        return copied > 0 ? copied : result;
    }

    private long copied; // by the call that reads, bytes

    private long readAll(int task, int sk, Message message, int target, boolean peek) {
        int info = table.info(sk);
        long seq = inet.copiedSeq(info);
        while (message.iter.remaining() > 0) {
            boolean isAtUrgent = inet.urgState(info) != 0 && inet.urgSeq(info) == seq;
            if (isAtUrgent && copied > 0) {
                return 0;
            }
            int skb = bufferAt(sk, seq);
            if (skb == NULL) {
                return nothing(task, sk, message, target);
            }
            int offset = (int) (seq - skbs.addressLow(skb));
            int used = (int) Math.min(skbs.length(skb) - offset, message.iter.remaining());
            if (inet.urgState(info) != 0) {
                long ahead = inet.urgSeq(info) - seq;
                if (ahead == 0 && !sockets.is(sk, SockFlags.URGINLINE)) {
                    seq++;
                    offset++;
                    used = Math.min(used, skbs.length(skb) - offset);
                } else if (ahead > 0 && ahead < used) {
                    used = (int) ahead;
                }
            }
            boolean drops = message.is(Socket.MSG_TRUNC);
            if (!drops && !skBuffs.drain(skb, offset, message.iter, used)) {
                return copied > 0 ? 0 : -Errno.EFAULT;
            }
            if (drops) {
                message.iter.advance(used);
            }
            seq += used;
            copied += used;
            if (!peek) {
                inet.setCopiedSeq(info, seq);
                eat(sk, skb, seq);
            }
            if (inet.urgState(info) != 0 && inet.copiedSeq(info) > inet.urgSeq(info)) {
                inet.setUrgState(info, 0);
            }
        }
        return 0;
    }

    private int bufferAt(int sk, long seq) {
        Chain queue = table.receiveQueue();
        int skb = queue.first(sk);
        while (skb != NULL && seq >= skbs.addressLow(skb) + skbs.length(skb)) {
            skb = queue.next(skb);
        }
        return skb;
    }

    /** sk_eat_skb(), of all that has been read. */
    private void eat(int sk, int upTo, long seq) {
        Chain queue = table.receiveQueue();
        int skb = queue.first(sk);
        while (skb != NULL && seq >= skbs.addressLow(skb) + skbs.length(skb)) {
            int next = skb == upTo ? NULL : queue.next(skb);
            queue.remove(skb);
            skBuffs.free(skb);
            skb = next;
        }
    }

    private long nothing(int task, int sk, Message message, int target) {
        boolean noblock = message.is(Socket.MSG_DONTWAIT);
        if (copied >= target && copied > 0) {
            return 0;
        }
        boolean isClosed = table.state(sk) == Socket.TCP_CLOSE;
        boolean isShut = (table.shutdown(sk) & Socket.RCV_SHUTDOWN) != 0;
        if (copied > 0 && (table.err(sk) != 0 || isClosed || isShut || noblock)) {
            return 0;
        }
        if (copied == 0) {
            if (isDone(sk)) {
                return 0;
            }
            int error = sockets.takeError(sk);
            if (error != 0) {
                return error;
            }
            if (isShut) {
                return 0;
            }
            if (isClosed) {
                return -Errno.ENOTCONN;
            }
        }
        return sockets.sleepOn(task, table.wait(sk), sockets.rcvtimeo(sk, noblock), false);
    }

    /** tcp_recv_urg(). */
    private long receiveUrgent(int sk, Message message, boolean peek) {
        int info = table.info(sk);
        int state = inet.urgState(info);
        if (sockets.is(sk, SockFlags.URGINLINE) || state == 0 || state == TcpSockets.URG_READ) {
            return -Errno.EINVAL;
        }
        if (table.state(sk) == Socket.TCP_CLOSE && !isDone(sk)) {
            return -Errno.ENOTCONN;
        }
        if (state == TcpSockets.URG_VALID) {
            one[0] = (byte) inet.urgByte(info);
            if (!peek) {
                inet.setUrgState(info, TcpSockets.URG_READ);
            }
            message.outFlags |= Socket.MSG_OOB;
            if (message.iter.remaining() == 0) {
                message.outFlags |= Socket.MSG_TRUNC;
                return 0;
            }
            return message.iter.copyTo(one, 0, 1) == 1 ? 1 : -Errno.EFAULT;
        }
        boolean isOver = table.state(sk) == Socket.TCP_CLOSE || (table.shutdown(sk) & Socket.RCV_SHUTDOWN) != 0;
        return isOver ? 0 : -Errno.EAGAIN;
    }

    /** tcp_inq(): what can be read before the urgent byte. */
    int unread(int sk) {
        int info = table.info(sk);
        long answer = inet.receivedSeq(info) - inet.copiedSeq(info);
        boolean stops = inet.urgState(info) != 0
                && !sockets.is(sk, SockFlags.URGINLINE)
                && inet.urgSeq(info) >= inet.copiedSeq(info)
                && inet.urgSeq(info) < inet.receivedSeq(info);
        if (stops) {
            answer = inet.urgSeq(info) - inet.copiedSeq(info);
        }
        return (int) Math.min(answer, Integer.MAX_VALUE);
    }
}
