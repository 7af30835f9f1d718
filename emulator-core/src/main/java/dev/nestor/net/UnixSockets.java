package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileKinds;
import dev.nestor.fs.FileOps;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Signal;
import dev.nestor.uapi.Socket;

/** What streams and datagrams of AF_UNIX have in common: net/unix/af_unix.c. */
abstract class UnixSockets implements ProtoOps {
    static final int POLLRDHUP = 0x2000;
    static final int POLLWRBAND = 0x200;

    final Sockets sockets;
    final SockTable table;
    final SkBuffs skBuffs;
    final SkBuffTable skbs;
    final UnixNames names;
    final ScmMessages scm;
    final UnixGarbage garbage;
    private final UserMemory memory;

    UnixSockets(Sockets sockets, UnixNames names, ScmMessages scm, UnixGarbage garbage) {
        this.sockets = sockets;
        this.table = sockets.table;
        this.skBuffs = sockets.skBuffs;
        this.skbs = skBuffs.table();
        this.names = names;
        this.scm = scm;
        this.garbage = garbage;
        this.memory = sockets.vfs.below.memory();
    }

    static boolean isConnected(int type) {
        return type == Socket.SOCK_STREAM || type == Socket.SOCK_SEQPACKET;
    }

    /** unix_release(). */
    @Override
    public final void release(int sk) {
        releaseSock(sk, false);
        garbage.collect();
    }

    /** unix_release_sock(). */
    private void releaseSock(int sk, boolean isEmbryo) {
        names.unhash(sk);
        sockets.orphan(sk);
        table.setShutdown(sk, Socket.SHUTDOWN_MASK);
        boolean wasListening = table.state(sk) == Socket.TCP_LISTEN;
        table.setState(sk, Socket.TCP_CLOSE);
        int peer = table.peer(sk);
        table.setPeer(sk, NULL);
        sockets.wakeAllPeers(sk);
        table.setOobSkb(sk, NULL);
        table.setListener(sk, NULL);
        if (peer != NULL) {
            if (isConnected(table.type(sk))) {
                tellPeer(sk, peer, isEmbryo);
            }
            sockets.put(peer);
        }
        flush(sk, wasListening);
        sockets.put(sk);
    }

    private void tellPeer(int sk, int peer, boolean isEmbryo) {
        table.setShutdown(peer, Socket.SHUTDOWN_MASK);
        int skb = table.receiveQueue().first(sk);
        if (skb != NULL && table.type(sk) == Socket.SOCK_STREAM && skBuffs.unread(skb) == 0) {
            skb = table.receiveQueue().next(skb);
        }
        if (skb != NULL || isEmbryo) {
            table.setErr(peer, Errno.ECONNRESET);
        }
        if (!sockets.is(peer, SockFlags.DEAD)) {
            sockets.stateChange(peer);
            sockets.wakeAsync(peer, Signal.POLL_HUP);
        }
    }

    /** What nobody will read: messages are lost, connections that nobody has accepted are reset. */
    private void flush(int sk, boolean wasListening) {
        int skb = table.receiveQueue().first(sk);
        while (skb != NULL) {
            unlink(sk, skb);
            if (wasListening) {
                releaseSock(skbs.sk(skb), true);
            }
            skBuffs.free(skb);
            skb = table.receiveQueue().first(sk);
        }
    }

    /** skb_queue_tail(). */
    final void enqueue(int sk, int skb) {
        table.receiveQueue().addLast(sk, skb);
        table.setAckBacklog(sk, table.ackBacklog(sk) + 1);
    }

    final void unlink(int sk, int skb) {
        table.receiveQueue().remove(skb);
        table.setAckBacklog(sk, table.ackBacklog(sk) - 1);
    }

    /** unix_recvq_full(). */
    final boolean isFull(int sk) {
        return Integer.compareUnsigned(table.ackBacklog(sk), table.maxAckBacklog(sk)) > 0;
    }

    @Override
    public final long bind(int task, int sk, byte[] address, int length) {
        return names.bind(task, sk, address, length);
    }

    /** A socket that wants to be told who sends gets a name, so that it can be answered. */
    final int autobindIfPassing(int sk) {
        boolean passes = sockets.is(sk, SockFlags.PASSCRED | SockFlags.PASSPIDFD);
        return passes && table.name(sk) == NULL ? names.autobind(sk) : 0;
    }

    final void setPeer(int sk, int peer) {
        table.setPeer(sk, peer == NULL ? NULL : sockets.hold(peer));
    }

    /** unix_listen(). */
    @Override
    public final long listen(int task, int sk, int backlog) {
        if (!isConnected(table.type(sk))) {
            return -Errno.EOPNOTSUPP;
        }
        boolean isFree = table.state(sk) == Socket.TCP_CLOSE || table.state(sk) == Socket.TCP_LISTEN;
        if (table.name(sk) == NULL || !isFree) {
            return -Errno.EINVAL;
        }
        if (Integer.compareUnsigned(backlog, table.maxAckBacklog(sk)) > 0) {
            sockets.wakeAllPeers(sk);
        }
        table.setMaxAckBacklog(sk, backlog);
        table.setState(sk, Socket.TCP_LISTEN);
        sockets.setPeerCred(task, sk);
        return 0;
    }

    /** unix_accept(). */
    @Override
    public final long accept(int task, int sk, int flags) {
        if (!isConnected(table.type(sk))) {
            return -Errno.EOPNOTSUPP;
        }
        if (table.state(sk) != Socket.TCP_LISTEN) {
            return -Errno.EINVAL;
        }
        int error = sockets.takeError(sk);
        if (error != 0) {
            return error;
        }
        int skb = table.receiveQueue().first(sk);
        if (skb == NULL) {
            if ((table.shutdown(sk) & Socket.RCV_SHUTDOWN) != 0) {
                return -Errno.EINVAL;
            }
            boolean noblock = (flags & Fcntl.O_NONBLOCK) != 0;
            return sockets.sleepOn(task, table.wait(sk), sockets.rcvtimeo(sk, noblock), true);
        }
        int child = skbs.sk(skb);
        unlink(sk, skb);
        skBuffs.free(skb);
        sockets.wakePeers(sk);
        table.setListener(child, NULL);
        table.setSocketState(child, Socket.SS_CONNECTED);
        sockets.set(child, table.flags(sk) & SockFlags.INHERITED, true);
        return child;
    }

    @Override
    public final int getname(int task, int sk, boolean peer, byte[] into) {
        int of = peer ? table.peer(sk) : sk;
        return of == NULL ? -Errno.ENOTCONN : names.put(table.name(of), into);
    }

    /** unix_socketpair(). */
    @Override
    public final long socketpair(int task, int first, int second) {
        setPeer(first, second);
        setPeer(second, first);
        sockets.setPeerCred(task, first);
        sockets.setPeerCred(task, second);
        table.setState(first, Socket.TCP_ESTABLISHED);
        table.setState(second, Socket.TCP_ESTABLISHED);
        table.setSocketState(first, Socket.SS_CONNECTED);
        table.setSocketState(second, Socket.SS_CONNECTED);
        return 0;
    }

    /** unix_shutdown(). */
    @Override
    public final long shutdown(int task, int sk, int how) {
        if (how < Socket.SHUT_RD || how > Socket.SHUT_RDWR) {
            return -Errno.EINVAL;
        }
        int mode = how + 1;
        table.setShutdown(sk, table.shutdown(sk) | mode);
        int peer = table.peer(sk);
        sockets.stateChange(sk);
        if (peer != NULL && isConnected(table.type(sk))) {
            int peerMode = (mode & Socket.RCV_SHUTDOWN) != 0 ? Socket.SEND_SHUTDOWN : 0;
            peerMode |= (mode & Socket.SEND_SHUTDOWN) != 0 ? Socket.RCV_SHUTDOWN : 0;
            table.setShutdown(peer, table.shutdown(peer) | peerMode);
            sockets.stateChange(peer);
            if (peerMode == Socket.SHUTDOWN_MASK) {
                sockets.wakeAsync(peer, Signal.POLL_HUP);
            } else if ((peerMode & Socket.RCV_SHUTDOWN) != 0) {
                sockets.wakeAsync(peer, Signal.POLL_IN);
            }
        }
        return 0;
    }

    /** The room that unix_stream_sendmsg() and its kind charge, filled from the message: a buffer, or a negative errno. */
    final int newSkb(int task, int sk, Message message, int length, int truesize, boolean withFiles) {
        int skb = skBuffs.alloc(length);
        if (skb == NULL) {
            return -Errno.ENOBUFS;
        }
        skBuffs.charge(skb, sk, truesize);
        int error = scm.toSkb(task, skb, withFiles);
        if (error == 0 && !skBuffs.fill(skb, message.iter)) {
            error = -Errno.EFAULT;
        }
        if (error != 0) {
            skBuffs.free(skb);
            return error;
        }
        skBuffs.setName(skb, table.name(sk));
        return skb;
    }

    /** unix_writable(). */
    final boolean isWritable(int sk) {
        return table.state(sk) != Socket.TCP_LISTEN && (long) table.wmemAlloc(sk) << 2 <= table.sndbuf(sk);
    }

    @Override
    public final void writeSpace(int sk) {
        if (isWritable(sk)) {
            sockets.wakeWriters(sk);
        }
    }

    /** What unix_poll() and unix_dgram_poll() have in common. */
    final int pollState(int sk) {
        int mask = table.err(sk) != 0 ? FileOps.POLLERR : 0;
        if (table.shutdown(sk) == Socket.SHUTDOWN_MASK) {
            mask |= FileOps.POLLHUP;
        }
        if ((table.shutdown(sk) & Socket.RCV_SHUTDOWN) != 0) {
            mask |= POLLRDHUP | FileOps.POLLIN | FileOps.POLLRDNORM;
        }
        if (!table.receiveQueue().isEmpty(sk)) {
            mask |= FileOps.POLLIN | FileOps.POLLRDNORM;
        }
        return mask;
    }

    /** unix_ioctl(). */
    @Override
    public final long ioctl(int task, int sk, int cmd, long arg) {
        int mm = sockets.tasks.mm(task);
        return switch (cmd) {
            case Socket.TIOCOUTQ -> memory.putInt(mm, arg, table.wmemAlloc(sk));
            case Socket.FIONREAD -> {
                int amount = inq(sk);
                yield amount < 0 ? amount : memory.putInt(mm, arg, amount);
            }
            case Socket.SIOCUNIXFILE -> openFile(task, sk);
            case Socket.SIOCATMARK -> memory.putInt(mm, arg, isAtMark(sk) ? 1 : 0);
            default -> -Errno.ENOIOCTLCMD;
        };
    }

    /** unix_inq_len(). */
    final int inq(int sk) {
        if (table.state(sk) == Socket.TCP_LISTEN) {
            return -Errno.EINVAL;
        }
        int skb = table.receiveQueue().first(sk);
        if (!isConnected(table.type(sk))) {
            return skb == NULL ? 0 : skbs.length(skb);
        }
        int amount = 0;
        for (; skb != NULL; skb = table.receiveQueue().next(skb)) {
            amount += skBuffs.unread(skb);
        }
        return amount;
    }

    private boolean isAtMark(int sk) {
        int skb = table.receiveQueue().first(sk);
        if (skb == NULL) {
            return false;
        }
        int oob = table.oobSkb(sk);
        int next = table.receiveQueue().next(skb);
        return skb == oob || (skBuffs.unread(skb) == 0 && (oob == NULL || next == oob));
    }

    /** unix_open_file(): an O_PATH descriptor of the file that the socket is bound to. */
    private long openFile(int task, int sk) {
        if (!sockets.nsCapable(task, sk, Capability.CAP_NET_ADMIN)) {
            return -Errno.EPERM;
        }
        int dentry = table.pathDentry(sk);
        if (dentry == NULL) {
            return -Errno.ENOENT;
        }
        int fd = sockets.vfs.fileTables.unused(task, 0);
        if (fd < 0) {
            return fd;
        }
        int file = sockets.vfs.files.create(task, table.pathMnt(sk), dentry, Fcntl.O_PATH, FileKinds.PATH);
        if (file == NULL) {
            return -Errno.ENFILE;
        }
        sockets.vfs.fileTables.install(sockets.tasks.files(task), fd, file, true);
        return fd;
    }

    /** sk_peek_offset(). */
    final int peekOffset(int sk, boolean peek) {
        return peek ? Math.max(table.peekOff(sk) - 1, 0) : 0;
    }

    final void movePeekForward(int sk, int bytes) {
        if (table.peekOff(sk) > 0) {
            table.setPeekOff(sk, table.peekOff(sk) + bytes);
        }
    }

    final void movePeekBack(int sk, int bytes) {
        if (table.peekOff(sk) > 0) {
            table.setPeekOff(sk, Math.max(table.peekOff(sk) - bytes, 1));
        }
    }

    /** unix_copy_addr(): where the message is from, if it has a name. */
    final void putSender(Message message, int skb) {
        if (message.wantsName && skbs.name(skb) != NULL) {
            message.nameLength = names.put(skbs.name(skb), message.name);
        }
    }
}
