package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Socket;

/** What TCP, UDP and raw sockets have in common: net/ipv4/af_inet.c, net/ipv6/af_inet6.c. */
abstract class InetSockets implements ProtoOps {
    final Sockets sockets;
    final SockTable table;
    final SkBuffs skBuffs;
    final SkBuffTable skbs;
    final InetSockTable inet;
    final Ports ports;
    final Routing routing;
    final NetRx rx;
    final UserMemory memory;
    final InetAddress given = new InetAddress();
    final InetControl control;
    final InetOptions options;

    InetSockets(InetRoom room) {
        this.sockets = room.sockets();
        this.table = sockets.table;
        this.skBuffs = sockets.skBuffs;
        this.skbs = skBuffs.table();
        this.inet = room.inet();
        this.ports = room.ports();
        this.routing = room.routing();
        this.rx = room.rx();
        this.control = room.control();
        this.options = room.options();
        this.memory = sockets.vfs.below.memory();
    }

    final int info(int sk) {
        return table.info(sk);
    }

    final boolean isOption(int sk, int flag) {
        return (inet.flags(info(sk)) & flag) != 0;
    }

    final void setOption(int sk, int flag, boolean on) {
        int flags = inet.flags(info(sk));
        inet.setFlags(info(sk), on ? flags | flag : flags & ~flag);
    }

    /** A new sock with its inet_sock; NULL at a limit. */
    final int allocInet(int uid, int net, int family, int type, int protocol, int place) {
        int info = inet.alloc();
        if (info == NULL) {
            return NULL;
        }
        int sk = sockets.allocFor(uid, net, family, type, protocol, place);
        if (sk == NULL) {
            inet.free(info);
            return NULL;
        }
        table.setInfo(sk, info);
        inet.setSk(info, sk);
        if (family == Socket.AF_INET) {
            inet.setBoundLow(info, InetAddress.ANY4);
            inet.setLocalLow(info, InetAddress.ANY4);
            inet.setPeerLow(info, InetAddress.ANY4);
        }
        return sk;
    }

    @Override
    public final void destroy(int sk) {
        int info = info(sk);
        ports.drop(sk);
        options.forgetAll(info);
        freeParts(info);
        table.setInfo(sk, NULL);
        inet.free(info);
    }

    /** What else a sock has, for {@link #destroy}. */
    void freeParts(int info) {}

    /** Whether an address is one of this socket's family, and long enough: 0, EINVAL, EAFNOSUPPORT. */
    final int check(int sk, byte[] address, int length) {
        int family = Bytes.getShort(address, 0);
        if (table.family(sk) == Socket.AF_INET) {
            if (length < InetAddress.IN_SIZE) {
                return -Errno.EINVAL;
            }
            return family == Socket.AF_INET ? 0 : -Errno.EAFNOSUPPORT;
        }
        if (family == Socket.AF_INET) {
            return isOption(sk, InetFlags.V6ONLY)
                    ? -Errno.ENETUNREACH
                    : length < InetAddress.IN_SIZE ? -Errno.EINVAL : 0;
        }
        if (length < InetAddress.IN6_LEAST) {
            return -Errno.EINVAL;
        }
        return family == Socket.AF_INET6 ? 0 : -Errno.EAFNOSUPPORT;
    }

    /** Takes the address to bind to; false when it is of another family: none at all is the old way to say any of AF_INET. */
    final boolean takeLocal(int sk, byte[] address) {
        int family = Bytes.getShort(address, 0);
        given.take(address);
        boolean isOldAny =
                table.family(sk) == Socket.AF_INET && family == Socket.AF_UNSPEC && given.low == InetAddress.ANY4;
        return family == table.family(sk) || isOldAny;
    }

    /** inet_bind(), inet6_bind(): EINVAL, EAFNOSUPPORT, EADDRNOTAVAIL, EACCES, EADDRINUSE. */
    @Override
    public long bind(int task, int sk, byte[] address, int length) {
        boolean is6 = table.family(sk) == Socket.AF_INET6;
        if (length < (is6 ? InetAddress.IN6_LEAST : InetAddress.IN_SIZE)) {
            return -Errno.EINVAL;
        }
        if (!takeLocal(sk, address)) {
            return -Errno.EAFNOSUPPORT;
        }
        boolean isAvailable = isAvailable(sk);
        if (is6 && InetAddress.isV4(given.high, given.low) && isOption(sk, InetFlags.V6ONLY)) {
            return -Errno.EINVAL;
        }
        if (!isAvailable) {
            return -Errno.EADDRNOTAVAIL;
        }
        if (given.port != 0
                && given.port < ports.settings().unprivileged(table.net(sk))
                && !sockets.nsCapable(task, sk, Capability.CAP_NET_BIND_SERVICE)) {
            return -Errno.EACCES;
        }
        return bindTo(sk);
    }

    /** inet_addr_valid_or_nonlocal() of the address that is given. */
    final boolean isAvailable(int sk) {
        return InetAddress.isAny(given.high, given.low)
                || InetAddress.isMulticast(given.high, given.low)
                || isOption(sk, InetFlags.FREEBIND)
                || routing.mayBind(table.net(sk), given);
    }

    final long bindTo(int sk) {
        int info = info(sk);
        if (table.state(sk) != Socket.TCP_CLOSE || inet.port(info) != 0) {
            return -Errno.EINVAL;
        }
        setBound(info, given.high, given.low);
        if (!ports.take(sk, given.port)) {
            long any = table.family(sk) == Socket.AF_INET ? InetAddress.ANY4 : 0;
            setBound(info, 0, any);
            return -Errno.EADDRINUSE;
        }
        setOption(sk, InetFlags.PORT_LOCKED, given.port != 0);
        return 0;
    }

    final void setBound(int info, long high, long low) {
        inet.setBoundHigh(info, high);
        inet.setBoundLow(info, low);
        inet.setLocalHigh(info, high);
        inet.setLocalLow(info, low);
    }

    /** inet_autobind(): false when no port is free. */
    final boolean autobind(int sk) {
        return inet.port(info(sk)) != 0 || table.type(sk) == Socket.SOCK_RAW || ports.take(sk, 0);
    }

    final void setPeerAddress(int info, InetAddress to) {
        inet.setPeerHigh(info, to.high);
        inet.setPeerLow(info, to.low);
        inet.setPeerPort(info, to.port);
    }

    /** What a connection that has come to nothing leaves: the local address that was bound to, or none. */
    final void forgetPeer(int sk) {
        int info = info(sk);
        inet.setPeerPort(info, 0);
        inet.setPeerHigh(info, 0);
        inet.setPeerLow(info, table.family(sk) == Socket.AF_INET ? InetAddress.ANY4 : 0);
        inet.setLocalHigh(info, inet.boundHigh(info));
        inet.setLocalLow(info, inet.boundLow(info));
    }

    @Override
    public final int getname(int task, int sk, boolean peer, byte[] into) {
        int info = info(sk);
        if (peer) {
            boolean isSet = inet.peerPort(info) != 0
                    && table.state(sk) != Socket.TCP_CLOSE
                    && table.state(sk) != Socket.TCP_SYN_SENT;
            return isSet
                    ? InetAddress.put(
                            table.family(sk), inet.peerHigh(info), inet.peerLow(info), inet.peerPort(info), into)
                    : -Errno.ENOTCONN;
        }
        return InetAddress.put(table.family(sk), inet.localHigh(info), inet.localLow(info), inet.port(info), into);
    }

    @Override
    public final long setsockopt(int task, int sk, int level, int option, long value, int length) {
        long result = options.set(task, sk, level, option, value, length);
        optionsChanged(sk);
        return result;
    }

    /** TCP_CORK, UDP_CORK and their kind may have been switched off. */
    void optionsChanged(int sk) {}

    @Override
    public final long getsockopt(int task, int sk, int level, int option, long value, long length) {
        return options.get(task, sk, level, option, value, length);
    }

    @Override
    public void writeSpace(int sk) {
        if ((long) table.wmemAlloc(sk) << 1 <= table.sndbuf(sk)) {
            sockets.wakeWriters(sk);
        }
    }
}
