package dev.nestor.net;

import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Socket;

/** Records of AF_UNIX: they connect as streams do, and are sent and received as datagrams. unix_seqpacket_ops. */
final class UnixSeqpacket extends UnixDatagram {
    private final UnixStream stream;

    UnixSeqpacket(Sockets sockets, UnixStream stream, ScmMessages scm) {
        super(sockets, stream.names, scm, stream.garbage);
        this.stream = stream;
    }

    @Override
    public long connect(int task, int sk, byte[] address, int length, int flags) {
        return stream.connect(task, sk, address, length, flags);
    }

    @Override
    public long sendmsg(int task, int sk, Message message) {
        int error = sockets.takeError(sk);
        if (error != 0) {
            return error;
        }
        if (table.state(sk) != Socket.TCP_ESTABLISHED) {
            return -Errno.ENOTCONN;
        }
        message.nameLength = 0;
        return super.sendmsg(task, sk, message);
    }

    @Override
    public long recvmsg(int task, int sk, Message message) {
        return table.state(sk) != Socket.TCP_ESTABLISHED ? -Errno.ENOTCONN : super.recvmsg(task, sk, message);
    }
}
