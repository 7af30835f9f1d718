package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.event.Random;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Socket;

/** AF_UNIX: unix_create() of net/unix/af_unix.c. */
final class UnixFamily {
    private final Sockets sockets;
    private final UnixGarbage garbage;
    private final UnixNames names;
    private final int stream; // place of its ProtoOps
    private final int datagram;
    private final int seqpacket;

    UnixFamily(Sockets sockets, ScmMessages scm, Random random) {
        this.sockets = sockets;
        this.garbage = new UnixGarbage(sockets);
        this.names = new UnixNames(sockets, random);
        UnixStream streams = new UnixStream(sockets, names, scm, garbage);
        this.stream = sockets.register(streams);
        this.datagram = sockets.register(new UnixDatagram(sockets, names, scm, garbage));
        this.seqpacket = sockets.register(new UnixSeqpacket(sockets, streams, scm));
    }

    UnixNames names() {
        return names;
    }

    void setKind(int kind) {
        garbage.setKind(kind);
    }

    /** A sock, or EPROTONOSUPPORT, ESOCKTNOSUPPORT, ENFILE. */
    int create(int task, int net, int type, int protocol) {
        if (protocol != 0 && protocol != Socket.AF_UNIX) {
            return -Errno.EPROTONOSUPPORT;
        }
        int place =
                switch (type) {
                    case Socket.SOCK_STREAM -> stream;
                    case Socket.SOCK_DGRAM, Socket.SOCK_RAW -> datagram;
                    case Socket.SOCK_SEQPACKET -> seqpacket;
                    default -> NULL;
                };
        if (place == NULL) {
            return -Errno.ESOCKTNOSUPPORT;
        }
        int kept = type == Socket.SOCK_RAW ? Socket.SOCK_DGRAM : type;
        int sk = sockets.alloc(task, net, Socket.AF_UNIX, kept, protocol, place);
        if (sk == NULL) {
            return -Errno.ENFILE;
        }
        sockets.table.setMaxAckBacklog(sk, sockets.nets.table().maxDgramQlen(net));
        return sk;
    }
}
