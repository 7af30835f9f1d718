package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileOps;
import dev.nestor.table.Chain;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Socket;

/**
 * Streams of AF_UNIX, and how SOCK_SEQPACKET connects. A call that waits keeps in restart word 1 how many bytes it has
 * moved.
 */
class UnixStream extends UnixSockets {
    private static final int FRAGMENTS = 32_768; // UNIX_SKB_FRAGS_SZ, bytes
    private static final int PAGE_MASK = 4095;
    private static final int MOVED = 1; // restart word

    private long copied; // by the call that reads, bytes
    private long wanted; // more
    private int skip; // where a peek begins in what comes next
    private boolean checksCreds;
    private int firstSkbPid;
    private int firstSkbUid;
    private int firstSkbGid;
    private int carrier; // the skb whose credentials and files the receiver is told
    private boolean carrierIsUnlinked;

    UnixStream(Sockets sockets, UnixNames names, ScmMessages scm, UnixGarbage garbage) {
        super(sockets, names, scm, garbage);
    }

    /** unix_stream_connect(). */
    @Override
    public long connect(int task, int sk, byte[] address, int length, int flags) {
        int error = names.validate(address, length);
        if (error == 0) {
            error = autobindIfPassing(sk);
        }
        if (error != 0) {
            return error;
        }
        int other = names.find(task, table.net(sk), address, length, table.type(sk));
        if (other < 0) {
            return other;
        }
        if (table.state(other) != Socket.TCP_LISTEN || (table.shutdown(other) & Socket.RCV_SHUTDOWN) != 0) {
            return -Errno.ECONNREFUSED;
        }
        if (isFull(other)) {
            boolean noblock = (flags & Fcntl.O_NONBLOCK) != 0;
            return sockets.sleepOn(task, table.peerWait(other), sockets.sndtimeo(sk, noblock), true);
        }
        if (table.state(sk) != Socket.TCP_CLOSE) {
            return table.state(sk) == Socket.TCP_ESTABLISHED ? -Errno.EISCONN : -Errno.EINVAL;
        }
        return connectTo(task, sk, other);
    }

    private long connectTo(int task, int sk, int other) {
        int child = sockets.alloc(task, table.net(sk), Socket.AF_UNIX, table.type(sk), 0, table.ops(sk));
        if (child == NULL) {
            return -Errno.ENOMEM;
        }
        int skb = skBuffs.alloc(0);
        if (skb == NULL) {
            sockets.put(child);
            return -Errno.ENOMEM;
        }
        skBuffs.charge(skb, child, SkBuffs.truesize(1, 0));
        skbs.setFlags(skb, SkBuffs.CONNECTION);
        table.setMaxAckBacklog(child, table.maxAckBacklog(sk));
        setPeer(child, sk);
        table.setState(child, Socket.TCP_ESTABLISHED);
        sockets.setPeerCred(task, child);
        table.setListener(child, other);
        names.share(other, child);
        sockets.copyPeerCred(sk, other);
        table.setSocketState(sk, Socket.SS_CONNECTED);
        table.setState(sk, Socket.TCP_ESTABLISHED);
        setPeer(sk, child);
        sockets.set(child, table.flags(other) & SockFlags.INHERITED, true);
        enqueue(other, skb);
        sockets.dataReady(other);
        return 0;
    }

    /** unix_stream_sendmsg(). */
    @Override
    public long sendmsg(int task, int sk, Message message) {
        int error = scm.parse(task, sk, message);
        if (error != 0) {
            return error;
        }
        garbage.collectIfMany();
        long total = message.iter.remaining();
        boolean isUrgent = message.is(Socket.MSG_OOB);
        if (isUrgent && total == 0) {
            return -Errno.EOPNOTSUPP;
        }
        if (message.nameLength != 0) {
            return table.state(sk) == Socket.TCP_ESTABLISHED ? -Errno.EISCONN : -Errno.EOPNOTSUPP;
        }
        if (table.peer(sk) == NULL) {
            return -Errno.ENOTCONN;
        }
        long sent = sockets.tasks.restart(task, MOVED);
        if ((table.shutdown(sk) & Socket.SEND_SHUTDOWN) != 0) {
            return sent > 0 ? sent : sockets.brokenPipe(task, message);
        }
        message.iter.advance(sent);
        long plain = isUrgent ? total - 1 : total;
        while (sent < plain) {
            long result = sendPart(task, sk, message, (int) Math.min(plain - sent, Integer.MAX_VALUE), sent == 0);
            if (result < 0) {
                return stopped(task, message, sent, result);
            }
            sent += result;
        }
        if (isUrgent) {
            long result = sendUrgent(task, sk, message, sent == 0);
            if (result != 0) {
                return stopped(task, message, sent, result);
            }
            sent++;
        }
        return sent;
    }

    private long stopped(int task, Message message, long sent, long result) {
        if (result == BLOCKED) {
            sockets.tasks.setRestart(task, MOVED, sent);
            return BLOCKED;
        }
        boolean isBroken = result == -Errno.EPIPE && sent == 0;
        return sent > 0 ? sent : isBroken ? sockets.brokenPipe(task, message) : result;
    }

    /** One buffer: how many bytes, or why not. */
    private long sendPart(int task, int sk, Message message, int left, boolean withFiles) {
        long error = sockets.waitForSendRoom(task, sk, message.is(Socket.MSG_DONTWAIT));
        if (error != 0) {
            return error;
        }
        int size = Math.min(Math.min(left, (table.sndbuf(sk) >> 1) - 64), SkBuffs.SKB_MAX_HEAD + FRAGMENTS);
        int pages = Math.min(size, (Math.max(0, size - SkBuffs.SKB_MAX_HEAD) + PAGE_MASK) & ~PAGE_MASK);
        int skb = newSkb(task, sk, message, size, SkBuffs.truesize(size - pages, pages), withFiles);
        if (skb < 0) {
            return skb;
        }
        int refused = deliver(task, sk, skb);
        return refused != 0 ? refused : size;
    }

    /** Hands a buffer to the peer: 0, EPIPE, EPERM. */
    private int deliver(int task, int sk, int skb) {
        int other = table.peer(sk);
        boolean isGone = sockets.is(other, SockFlags.DEAD) || (table.shutdown(other) & Socket.RCV_SHUTDOWN) != 0;
        boolean isForbidden = !skbs.files().isEmpty(skb) && sockets.is(other, SockFlags.NO_RIGHTS);
        if (isGone || isForbidden) {
            skBuffs.free(skb);
            return isGone ? -Errno.EPIPE : -Errno.EPERM;
        }
        scm.addCreds(task, skb, sk, other);
        enqueue(other, skb);
        sockets.dataReady(other);
        return 0;
    }

    /** queue_oob(): the last byte is urgent, and takes the place of an earlier one. */
    private long sendUrgent(int task, int sk, Message message, boolean withFiles) {
        long error = sockets.waitForSendRoom(task, sk, message.is(Socket.MSG_DONTWAIT));
        if (error != 0) {
            return error;
        }
        int skb = newSkb(task, sk, message, 1, SkBuffs.truesize(1, 0), withFiles);
        if (skb < 0) {
            return skb;
        }
        int other = table.peer(sk);
        int refused = deliver(task, sk, skb);
        if (refused == 0) {
            table.setOobSkb(other, skb);
            sockets.sendUrg(other);
        }
        return refused;
    }

    /** unix_stream_read_generic(). */
    @Override
    public long recvmsg(int task, int sk, Message message) {
        if (table.state(sk) != Socket.TCP_ESTABLISHED) {
            return -Errno.EINVAL;
        }
        boolean peek = message.is(Socket.MSG_PEEK);
        if (message.is(Socket.MSG_OOB)) {
            return receiveUrgent(sk, message, peek);
        }
        long before = sockets.tasks.restart(task, MOVED);
        int target = sockets.rcvlowat(sk, message.is(Socket.MSG_WAITALL), message.iter.remaining());
        message.iter.advance(before);
        copied = before;
        wanted = message.iter.remaining();
        skip = peekOffset(sk, peek);
        checksCreds = false;
        carrier = NULL;
        carrierIsUnlinked = false;
        long result = peek ? peekAll(task, sk, message, target) : readAll(task, sk, message, target);
        if (result == BLOCKED) {
            sockets.tasks.setRestart(task, MOVED, copied);
            return BLOCKED;
        }
        scm.receive(task, sk, message, carrier, peek);
        if (carrierIsUnlinked) {
            skBuffs.free(carrier);
        }
        if (sockets.is(sk, SockFlags.INQ) && copied >= 0 && result >= 0) {
            putInq(sk, message);
        }
        return copied != 0 ? copied : result;
    }

    private final byte[] number = new byte[4];

    /** SCM_INQ: what is left to be read. */
    private void putInq(int sk, Message message) {
        Bytes.putInt(number, 0, inq(sk));
        message.putCmsg(Socket.SOL_SOCKET, Socket.SO_INQ, number, number.length);
    }

    private long readAll(int task, int sk, Message message, int target) {
        Chain queue = table.receiveQueue();
        do {
            int skb = queue.first(sk);
            if (skb != NULL) {
                skb = manageOob(sk, skb, false);
                if (skb == NULL && copied > 0) {
                    return 0;
                }
            }
            if (skb == NULL) {
                return nothing(task, sk, message, target);
            }
            if (!isOfSameSender(sk, skb)) {
                return 0;
            }
            putSender(message, skb);
            int chunk = (int) Math.min(skBuffs.unread(skb), wanted);
            if (!skBuffs.drain(skb, skbs.consumed(skb), message.iter, chunk)) {
                copied = copied == 0 ? -Errno.EFAULT : copied;
                return 0;
            }
            copied += chunk;
            wanted -= chunk;
            skbs.setConsumed(skb, skbs.consumed(skb) + chunk);
            movePeekBack(sk, chunk);
            boolean hasFiles = !skbs.files().isEmpty(skb);
            if (skBuffs.unread(skb) > 0) {
                carrier = hasFiles || carrier == NULL ? skb : carrier;
                return 0;
            }
            take(sk, skb, hasFiles);
            if (hasFiles) {
                return 0;
            }
        } while (wanted > 0);
        return 0;
    }

    /** A buffer has been read to its end. The last one is kept until the receiver has been told what came with it. */
    private void take(int sk, int skb, boolean hasFiles) {
        unlink(sk, skb);
        if (carrierIsUnlinked) {
            if (!hasFiles) {
                skBuffs.free(skb);
                return;
            }
            skBuffs.free(carrier);
        }
        carrier = skb;
        carrierIsUnlinked = true;
    }

    private long peekAll(int task, int sk, Message message, int target) {
        Chain queue = table.receiveQueue();
        int skb = queue.first(sk);
        while (true) {
            if (skb != NULL) {
                skb = manageOob(sk, skb, true);
                if (skb == NULL && copied > 0) {
                    return 0;
                }
            }
            while (skb != NULL && skip >= skBuffs.unread(skb)) {
                skip -= skBuffs.unread(skb);
                skb = queue.next(skb);
            }
            if (skb == NULL) {
                return nothing(task, sk, message, target);
            }
            if (!isOfSameSender(sk, skb)) {
                return 0;
            }
            putSender(message, skb);
            int chunk = (int) Math.min(skBuffs.unread(skb) - skip, wanted);
            if (!skBuffs.drain(skb, skbs.consumed(skb) + skip, message.iter, chunk)) {
                copied = copied == 0 ? -Errno.EFAULT : copied;
                return 0;
            }
            copied += chunk;
            wanted -= chunk;
            movePeekForward(sk, chunk);
            boolean hasFiles = !skbs.files().isEmpty(skb);
            carrier = hasFiles || carrier == NULL ? skb : carrier;
            skip = 0;
            skb = queue.next(skb);
            if (hasFiles || skb == NULL || wanted == 0) {
                return 0;
            }
        }
    }

    /** The queue holds nothing more to read: what read() answers, or BLOCKED. */
    private long nothing(int task, int sk, Message message, int target) {
        if (copied >= target) {
            return 0;
        }
        int error = sockets.takeError(sk);
        if (error != 0) {
            return error;
        }
        if ((table.shutdown(sk) & Socket.RCV_SHUTDOWN) != 0) {
            return 0;
        }
        return sockets.sleepOn(task, table.wait(sk), sockets.rcvtimeo(sk, message.is(Socket.MSG_DONTWAIT)), false);
    }

    /** Whether a buffer may be glued to what has been read: only if one has sent both, when the receiver asks who. */
    private boolean isOfSameSender(int sk, int skb) {
        if (checksCreds) {
            return skbs.pid(skb) == firstSkbPid && skbs.uid(skb) == firstSkbUid && skbs.gid(skb) == firstSkbGid;
        }
        if (sockets.is(sk, SockFlags.PASSCRED | SockFlags.PASSPIDFD)) {
            checksCreds = true;
            firstSkbPid = skbs.pid(skb);
            firstSkbUid = skbs.uid(skb);
            firstSkbGid = skbs.gid(skb);
        }
        return true;
    }

    /** manage_oob(): the buffer to read from, if not the one given; NULL for none, or when a read stops before it. */
    private int manageOob(int sk, int first, boolean peek) {
        Chain queue = table.receiveQueue();
        int skb = first;
        if (skBuffs.unread(skb) > 0 && skb != table.oobSkb(sk)) {
            return skb;
        }
        if (skBuffs.unread(skb) == 0) {
            if (copied > 0 && (table.oobSkb(sk) == NULL || skb == table.oobSkb(sk))) {
                return NULL;
            }
            int read = skb;
            skb = queue.next(skb);
            if (!peek) {
                unlink(sk, read);
                skBuffs.free(read);
            }
            if (skb == NULL) {
                return NULL;
            }
        }
        if (skb != table.oobSkb(sk)) {
            return skb;
        }
        if (copied > 0) {
            return NULL;
        }
        boolean isInline = sockets.is(sk, SockFlags.URGINLINE);
        if (!peek) {
            table.setOobSkb(sk, NULL);
            if (!isInline) {
                unlink(sk, skb);
                skBuffs.free(skb);
                skb = queue.first(sk);
            }
        } else if (!isInline) {
            skb = queue.next(skb);
        }
        return skb;
    }

    /** unix_stream_recv_urg(). */
    private long receiveUrgent(int sk, Message message, boolean peek) {
        int skb = table.oobSkb(sk);
        if (sockets.is(sk, SockFlags.URGINLINE) || skb == NULL) {
            return -Errno.EINVAL;
        }
        if (!peek) {
            table.setOobSkb(sk, NULL);
            int before = table.receiveQueue().prev(skb);
            if (before != NULL && skBuffs.unread(before) == 0) {
                unlink(sk, before);
                skBuffs.free(before);
            }
        }
        boolean isWritten = skBuffs.drain(skb, skbs.consumed(skb), message.iter, 1);
        if (!peek) {
            skbs.setConsumed(skb, skbs.consumed(skb) + 1);
        }
        if (!isWritten) {
            return -Errno.EFAULT;
        }
        message.outFlags |= Socket.MSG_OOB;
        return 1;
    }

    /** unix_poll(). */
    @Override
    public int poll(int task, int sk) {
        int mask = pollState(sk);
        if (table.oobSkb(sk) != NULL) {
            mask |= FileOps.POLLPRI;
        }
        if (table.state(sk) == Socket.TCP_CLOSE) {
            mask |= FileOps.POLLHUP;
        }
        if (isWritable(sk)) {
            mask |= FileOps.POLLOUT | FileOps.POLLWRNORM | POLLWRBAND;
        }
        return mask;
    }
}
