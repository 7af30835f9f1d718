package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.pidfs.PidFds;
import dev.nestor.kernel.cred.Creds;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Socket;

/** Options of SOL_SOCKET: sk_setsockopt(), sk_getsockopt() of net/core/sock.c. */
final class SocketOptions {
    /** net.core.wmem_max, rmem_max, bytes. */
    private static final int BUFFER_MAX = 4_194_304;

    private static final int SOCK_MIN_SNDBUF = 4608; // bytes
    private static final int SOCK_MIN_RCVBUF = 2304;
    private static final long TICK_NS = 4_000_000; // a jiffy
    private static final long SECOND_NS = 1_000_000_000;

    private final Sockets sockets;
    private final SockTable table;
    private final UserMemory memory;
    private final PidFds pidFds;
    private final NetDevices devices;
    private final byte[] out = new byte[Message.STORAGE + 8];

    SocketOptions(Sockets sockets, NetDevices devices, PidFds pidFds) {
        this.devices = devices;
        this.sockets = sockets;
        this.table = sockets.table;
        this.memory = sockets.vfs.below.memory();
        this.pidFds = pidFds;
    }

    /** The bit that an option switches, or 0. */
    private static int flagOf(int option) {
        return switch (option) {
            case Socket.SO_DEBUG -> SockFlags.DEBUG;
            case Socket.SO_REUSEADDR -> SockFlags.REUSEADDR;
            case Socket.SO_REUSEPORT -> SockFlags.REUSEPORT;
            case Socket.SO_DONTROUTE -> SockFlags.DONTROUTE;
            case Socket.SO_BROADCAST -> SockFlags.BROADCAST;
            case Socket.SO_KEEPALIVE -> SockFlags.KEEPALIVE;
            case Socket.SO_OOBINLINE -> SockFlags.URGINLINE;
            case Socket.SO_NO_CHECK -> SockFlags.NO_CHECK;
            case Socket.SO_PASSCRED -> SockFlags.PASSCRED;
            case Socket.SO_PASSPIDFD -> SockFlags.PASSPIDFD;
            case Socket.SO_PASSSEC -> SockFlags.PASSSEC;
            case Socket.SO_TIMESTAMP, Socket.SO_TIMESTAMP_NEW -> SockFlags.TIMESTAMP;
            case Socket.SO_TIMESTAMPNS, Socket.SO_TIMESTAMPNS_NEW -> SockFlags.TIMESTAMPNS;
            case Socket.SO_RXQ_OVFL -> SockFlags.RXQ_OVFL;
            case Socket.SO_WIFI_STATUS -> SockFlags.WIFI_STATUS;
            case Socket.SO_NOFCS -> SockFlags.NOFCS;
            case Socket.SO_LOCK_FILTER -> SockFlags.LOCK_FILTER;
            case Socket.SO_SELECT_ERR_QUEUE -> SockFlags.SELECT_ERR_QUEUE;
            case Socket.SO_ZEROCOPY -> SockFlags.ZEROCOPY;
            case Socket.SO_RCVMARK -> SockFlags.RCVMARK;
            case Socket.SO_RCVPRIORITY -> SockFlags.RCVPRIORITY;
            case Socket.SO_INQ -> SockFlags.INQ;
            default -> 0;
        };
    }

    /** Why a family does not have an option: 0, EOPNOTSUPP, ENOPROTOOPT. */
    private int refusal(int sk, int option) {
        int family = table.family(sk);
        boolean isUnix = family == Socket.AF_UNIX;
        boolean isInet = family == Socket.AF_INET || family == Socket.AF_INET6;
        boolean isTcp = isInet && table.type(sk) == Socket.SOCK_STREAM;
        boolean has =
                switch (option) {
                    case Socket.SO_PASSCRED, Socket.SO_PASSSEC -> isUnix || family == Socket.AF_NETLINK;
                    case Socket.SO_PASSPIDFD, Socket.SO_PASSRIGHTS -> isUnix;
                    case Socket.SO_TXREHASH -> isTcp;
                    case Socket.SO_PEEK_OFF -> isUnix || isInet;
                    default -> true;
                };
        return has ? 0 : -Errno.EOPNOTSUPP;
    }

    long set(int task, int sk, int option, long address, int length) {
        if (option == Socket.SO_BINDTODEVICE) {
            return bindToDevice(task, sk, address, length);
        }
        if (length < Integer.BYTES) {
            return -Errno.EINVAL;
        }
        int mm = sockets.tasks.mm(task);
        int value = memory.getInt(mm, address);
        if (memory.faulted()) {
            return -Errno.EFAULT;
        }
        int refused = refusal(sk, option);
        if (refused != 0) {
            return refused;
        }
        int flag = flagOf(option);
        if (flag != 0) {
            return setFlag(task, sk, option, flag, value);
        }
        return switch (option) {
            case Socket.SO_LINGER -> setLinger(mm, sk, address, length);
            case Socket.SO_RCVTIMEO, Socket.SO_RCVTIMEO_NEW -> setTimeout(mm, sk, address, length, true);
            case Socket.SO_SNDTIMEO, Socket.SO_SNDTIMEO_NEW -> setTimeout(mm, sk, address, length, false);
            case Socket.SO_ATTACH_FILTER -> {
                sockets.set(sk, SockFlags.FILTER, true);
                yield length == 16 ? 0 : -Errno.EINVAL;
            }
            case Socket.SO_DETACH_FILTER -> {
                boolean had = sockets.is(sk, SockFlags.FILTER);
                sockets.set(sk, SockFlags.FILTER, false);
                yield had ? 0 : -Errno.ENOENT;
            }
            default -> setNumber(task, sk, option, value);
        };
    }

    /** sock_setbindtodevice(): EPERM, ENODEV, EINVAL, EFAULT. */
    private long bindToDevice(int task, int sk, long address, int length) {
        if (length < 0) {
            return -Errno.EINVAL;
        }
        int bytes = Math.min(length, NetDevices.IFNAMSIZ - 1);
        java.util.Arrays.fill(out, 0, NetDevices.IFNAMSIZ, (byte) 0);
        if (memory.copyFromUser(sockets.tasks.mm(task), address, out, 0, bytes) != 0) {
            return -Errno.EFAULT;
        }
        int dev = out[0] == 0 ? NULL : devices.byName(table.net(sk), out, 0, NetDevices.IFNAMSIZ);
        if (out[0] != 0 && dev == NULL) {
            return -Errno.ENODEV;
        }
        return bindToIndex(task, sk, dev == NULL ? 0 : devices.table().ifindex(dev));
    }

    private long bindToIndex(int task, int sk, int ifindex) {
        if (table.boundDevIf(sk) != 0 && !sockets.nsCapable(task, sk, Capability.CAP_NET_RAW)) {
            return -Errno.EPERM;
        }
        if (ifindex < 0) {
            return -Errno.EINVAL;
        }
        table.setBoundDevIf(sk, ifindex);
        return 0;
    }

    private int boundDevice(int sk, int room) {
        int dev = table.boundDevIf(sk) == 0 ? NULL : devices.byIndex(table.net(sk), table.boundDevIf(sk));
        if (dev == NULL) {
            return 0;
        }
        if (room < NetDevices.IFNAMSIZ) {
            return -Errno.EINVAL;
        }
        int length = devices.copyName(dev, out, 0);
        out[length] = 0;
        return length + 1;
    }

    private long setFlag(int task, int sk, int option, int flag, int value) {
        boolean on = value != 0;
        boolean isInet = table.family(sk) == Socket.AF_INET || table.family(sk) == Socket.AF_INET6;
        switch (option) {
            case Socket.SO_DEBUG -> {
                if (on && !sockets.capabilities.capable(task, Capability.CAP_NET_ADMIN)) {
                    return -Errno.EACCES;
                }
            }
            case Socket.SO_REUSEPORT -> {
                if (on && !isInet) {
                    return -Errno.EOPNOTSUPP;
                }
            }
            case Socket.SO_ZEROCOPY -> {
                boolean carries = isInet && table.type(sk) != Socket.SOCK_RAW;
                if (!carries) {
                    return -Errno.EOPNOTSUPP;
                }
                if (value < 0 || value > 1) {
                    return -Errno.EINVAL;
                }
            }
            case Socket.SO_INQ -> {
                boolean has = table.family(sk) == Socket.AF_UNIX && table.type(sk) == Socket.SOCK_STREAM;
                if (!has) {
                    return -Errno.ENOPROTOOPT;
                }
                if (value < 0 || value > 1) {
                    return -Errno.EINVAL;
                }
            }
            case Socket.SO_RCVMARK, Socket.SO_RCVPRIORITY -> {
                if (!mayMark(task, sk)) {
                    return -Errno.EPERM;
                }
            }
            default -> {
                // no conditions
            }
        }
        sockets.set(sk, flag, on);
        return 0;
    }

    private boolean mayMark(int task, int sk) {
        return sockets.nsCapable(task, sk, Capability.CAP_NET_RAW)
                || sockets.nsCapable(task, sk, Capability.CAP_NET_ADMIN);
    }

    private long setNumber(int task, int sk, int option, int value) {
        switch (option) {
            case Socket.SO_SNDBUF -> setSndbuf(sk, Math.min(value, BUFFER_MAX));
            case Socket.SO_RCVBUF -> setRcvbuf(sk, Math.min(value, BUFFER_MAX));
            case Socket.SO_SNDBUFFORCE, Socket.SO_RCVBUFFORCE -> {
                if (!sockets.capabilities.capable(task, Capability.CAP_NET_ADMIN)) {
                    return -Errno.EPERM;
                }
                if (option == Socket.SO_SNDBUFFORCE) {
                    setSndbuf(sk, Math.max(value, 0));
                } else {
                    setRcvbuf(sk, Math.max(value, 0));
                }
            }
            case Socket.SO_PRIORITY -> {
                if ((value < 0 || value > 6) && !mayMark(task, sk)) {
                    return -Errno.EPERM;
                }
                table.setPriority(sk, value);
            }
            case Socket.SO_MARK -> {
                if (!mayMark(task, sk)) {
                    return -Errno.EPERM;
                }
                table.setMark(sk, value);
            }
            case Socket.SO_RCVLOWAT -> table.setRcvlowat(sk, value < 0 ? Integer.MAX_VALUE : Math.max(value, 1));
            case Socket.SO_PEEK_OFF -> table.setPeekOff(sk, value < 0 ? 0 : value + 1);
            case Socket.SO_PASSRIGHTS -> sockets.set(sk, SockFlags.NO_RIGHTS, value == 0);
            case Socket.SO_BINDTOIFINDEX -> {
                return bindToIndex(task, sk, value);
            }
            default -> {
                return setRest(task, sk, option, value);
            }
        }
        return 0;
    }

    private void setSndbuf(int sk, int value) {
        sockets.set(sk, SockFlags.SNDBUF_LOCKED, true);
        table.setSndbuf(sk, Math.max(Math.min(value, Integer.MAX_VALUE / 2) * 2, SOCK_MIN_SNDBUF));
        sockets.writeSpace(sk);
    }

    private void setRcvbuf(int sk, int value) {
        sockets.set(sk, SockFlags.RCVBUF_LOCKED, true);
        table.setRcvbuf(sk, Math.max(Math.min(value, Integer.MAX_VALUE / 2) * 2, SOCK_MIN_RCVBUF));
    }

    /** Options that are taken, and do nothing here. */
    private long setRest(int task, int sk, int option, int value) {
        return switch (option) {
            case Socket.SO_BSDCOMPAT,
                    Socket.SO_TIMESTAMPING,
                    Socket.SO_TIMESTAMPING_NEW,
                    Socket.SO_MAX_PACING_RATE,
                    Socket.SO_INCOMING_CPU,
                    Socket.SO_CNX_ADVICE,
                    Socket.SO_TXREHASH -> 0;
            case Socket.SO_BUSY_POLL, Socket.SO_PREFER_BUSY_POLL, Socket.SO_BUSY_POLL_BUDGET ->
                value < 0
                        ? -Errno.EINVAL
                        : value == 0 || sockets.capabilities.capable(task, Capability.CAP_NET_ADMIN) ? 0 : -Errno.EPERM;
            case Socket.SO_BUF_LOCK -> {
                if ((value & ~3) != 0) {
                    yield -Errno.EINVAL;
                }
                sockets.set(sk, SockFlags.SNDBUF_LOCKED, (value & 1) != 0);
                sockets.set(sk, SockFlags.RCVBUF_LOCKED, (value & 2) != 0);
                yield 0;
            }
            case Socket.SO_RESERVE_MEM -> value < 0 ? -Errno.EINVAL : -Errno.EOPNOTSUPP;
            case Socket.SO_TXTIME -> -Errno.EINVAL;
            case Socket.SO_ATTACH_BPF,
                    Socket.SO_ATTACH_REUSEPORT_CBPF,
                    Socket.SO_ATTACH_REUSEPORT_EBPF,
                    Socket.SO_DETACH_REUSEPORT_BPF -> -Errno.EINVAL;
            default -> -Errno.ENOPROTOOPT;
        };
    }

    private long setLinger(int mm, int sk, long address, int length) {
        if (length < 8) {
            return -Errno.EINVAL;
        }
        int on = memory.getInt(mm, address);
        int seconds = memory.getInt(mm, address + 4);
        if (memory.faulted()) {
            return -Errno.EFAULT;
        }
        sockets.set(sk, SockFlags.LINGER, on != 0);
        if (on != 0) {
            table.setLinger(sk, seconds);
        }
        return 0;
    }

    /** sock_set_timeout(): in whole jiffies. */
    private long setTimeout(int mm, int sk, long address, int length, boolean receives) {
        if (length < 16) {
            return -Errno.EINVAL;
        }
        long seconds = memory.getLong(mm, address);
        long micros = memory.getLong(mm, address + 8);
        if (memory.faulted()) {
            return -Errno.EFAULT;
        }
        if (micros < 0 || micros >= 1_000_000) {
            return -Errno.EDOM;
        }
        long timeout = Long.MAX_VALUE;
        if (seconds < 0) {
            timeout = 0;
        } else if ((seconds != 0 || micros != 0) && seconds < Long.MAX_VALUE / SECOND_NS - 1) {
            timeout = seconds * SECOND_NS + (micros * 1000 + TICK_NS - 1) / TICK_NS * TICK_NS;
        }
        if (receives) {
            table.setRcvtimeo(sk, timeout);
        } else {
            table.setSndtimeo(sk, timeout);
        }
        return 0;
    }

    /** The value, cut to the room that there is for it. */
    long get(int task, int sk, int option, long address, long lengthAt) {
        int mm = sockets.tasks.mm(task);
        int room = sockets.optionRoom(mm, lengthAt);
        if (room < 0) {
            return room;
        }
        if (option == Socket.SO_PEERGROUPS) {
            return peerGroups(task, sk, mm, address, lengthAt, room);
        }
        int length = value(task, sk, option, room);
        if (length < 0) {
            return length;
        }
        int shown = Math.min(room, length);
        if (memory.copyToUser(mm, address, out, 0, shown) != 0) {
            return -Errno.EFAULT;
        }
        return memory.putInt(mm, lengthAt, shown);
    }

    private int number(long value) {
        Bytes.putInt(out, 0, (int) value);
        return Integer.BYTES;
    }

    private int wide(long value) {
        Bytes.putLong(out, 0, value);
        return Long.BYTES;
    }

    private int value(int task, int sk, int option, int room) {
        int refused = refusal(sk, option);
        if (refused != 0) {
            return refused;
        }
        int flag = flagOf(option);
        if (flag != 0 && option != Socket.SO_INQ) {
            return number(sockets.is(sk, flag) ? 1 : 0);
        }
        return switch (option) {
            case Socket.SO_TYPE -> number(table.type(sk));
            case Socket.SO_PROTOCOL -> number(table.protocol(sk));
            case Socket.SO_DOMAIN -> number(table.family(sk));
            case Socket.SO_ERROR -> number(-sockets.takeError(sk));
            case Socket.SO_SNDBUF -> number(table.sndbuf(sk));
            case Socket.SO_RCVBUF -> number(table.rcvbuf(sk));
            case Socket.SO_PRIORITY -> number(table.priority(sk));
            case Socket.SO_MARK -> number(table.mark(sk));
            case Socket.SO_RCVLOWAT -> number(table.rcvlowat(sk));
            case Socket.SO_SNDLOWAT -> number(1);
            case Socket.SO_PEEK_OFF -> number(table.peekOff(sk) - 1);
            case Socket.SO_PASSRIGHTS -> number(sockets.is(sk, SockFlags.NO_RIGHTS) ? 0 : 1);
            case Socket.SO_BINDTOIFINDEX -> number(table.boundDevIf(sk));
            case Socket.SO_ACCEPTCONN -> number(table.state(sk) == Socket.TCP_LISTEN ? 1 : 0);
            case Socket.SO_LINGER -> linger(sk);
            case Socket.SO_RCVTIMEO, Socket.SO_RCVTIMEO_NEW -> timeout(table.rcvtimeo(sk));
            case Socket.SO_SNDTIMEO, Socket.SO_SNDTIMEO_NEW -> timeout(table.sndtimeo(sk));
            case Socket.SO_COOKIE -> wide(sockets.cookie(sk));
            case Socket.SO_NETNS_COOKIE -> room < Long.BYTES ? -Errno.EINVAL : wide(sockets.nets.cookie(table.net(sk)));
            case Socket.SO_BINDTODEVICE -> boundDevice(sk, room);
            case Socket.SO_PEERCRED -> peerCred(task, sk);
            case Socket.SO_PEERPIDFD -> peerPidFd(task, sk);
            case Socket.SO_PEERNAME -> peerName(task, sk, room);
            case Socket.SO_MEMINFO -> memInfo(sk);
            default -> rest(option, room);
        };
    }

    private int rest(int option, int room) {
        return switch (option) {
            case Socket.SO_BSDCOMPAT,
                    Socket.SO_BUSY_POLL,
                    Socket.SO_PREFER_BUSY_POLL,
                    Socket.SO_RESERVE_MEM,
                    Socket.SO_INCOMING_NAPI_ID,
                    Socket.SO_BUF_LOCK -> number(0);
            case Socket.SO_INCOMING_CPU -> number(-1);
            case Socket.SO_TXREHASH -> number(1);
            case Socket.SO_BPF_EXTENSIONS -> number(64);
            case Socket.SO_MAX_PACING_RATE -> room < Long.BYTES ? number(-1) : wide(-1);
            case Socket.SO_TIMESTAMPING, Socket.SO_TIMESTAMPING_NEW, Socket.SO_TXTIME -> wide(0);
            case Socket.SO_ATTACH_FILTER -> 0;
            default -> -Errno.ENOPROTOOPT;
        };
    }

    private int linger(int sk) {
        Bytes.putInt(out, 0, sockets.is(sk, SockFlags.LINGER) ? 1 : 0);
        Bytes.putInt(out, 4, table.linger(sk));
        return 8;
    }

    private int timeout(long ns) {
        boolean isSet = ns != Long.MAX_VALUE;
        Bytes.putLong(out, 0, isSet ? ns / SECOND_NS : 0);
        Bytes.putLong(out, 8, isSet ? ns % SECOND_NS / 1000 : 0);
        return 16;
    }

    private int peerCred(int task, int sk) {
        int pid = table.peerPid(sk);
        int userNs = sockets.creds.userNs(sockets.tasks.cred(task));
        boolean isKnown = pid != NULL;
        Bytes.putInt(out, 0, isKnown ? sockets.pids.keptNrNs(pid, sockets.pids.activeNs(task)) : 0);
        int uid = table.peerUid(sk);
        int gid = table.peerGid(sk);
        Bytes.putInt(out, 4, isKnown ? sockets.userNamespaces.fromKuidMunged(userNs, uid) : -1);
        Bytes.putInt(out, 8, isKnown ? sockets.userNamespaces.fromKgidMunged(userNs, gid) : -1);
        return 12;
    }

    private int peerPidFd(int task, int sk) {
        int pid = table.peerPid(sk);
        if (pid == NULL) {
            return -Errno.ENODATA;
        }
        int fd = pidFds.create(task, pid, 0);
        return fd < 0 ? fd : number(fd);
    }

    /** SO_PEERGROUPS: ENODATA, or, with how much room is wanted, ERANGE. */
    private long peerGroups(int task, int sk, int mm, long address, long lengthAt, int room) {
        int cred = table.peerCred(sk);
        if (cred == NULL) {
            return -Errno.ENODATA;
        }
        Creds all = sockets.vfs.below.creds();
        int count = all.ngroups(cred);
        if (memory.putInt(mm, lengthAt, count * Integer.BYTES) != 0) {
            return -Errno.EFAULT;
        }
        if (room < count * Integer.BYTES) {
            return -Errno.ERANGE;
        }
        int userNs = sockets.creds.userNs(sockets.tasks.cred(task));
        for (int i = 0; i < count; i++) {
            int gid = sockets.userNamespaces.fromKgidMunged(userNs, all.groupAt(cred, i));
            if (memory.putInt(mm, address + (long) i * Integer.BYTES, gid) != 0) {
                return -Errno.EFAULT;
            }
        }
        return 0;
    }

    private int peerName(int task, int sk, int room) {
        int length = sockets.ops(sk).getname(task, sk, true, out);
        return length < 0 ? -Errno.ENOTCONN : length < room ? -Errno.EINVAL : room;
    }

    /** SK_MEMINFO_*. */
    private int memInfo(int sk) {
        Bytes.putInt(out, 0, table.rmemAlloc(sk));
        Bytes.putInt(out, 4, table.rcvbuf(sk));
        Bytes.putInt(out, 8, table.wmemAlloc(sk));
        Bytes.putInt(out, 12, table.sndbuf(sk));
        for (int at = 16; at < 36; at += 4) {
            Bytes.putInt(out, at, 0);
        }
        return 36;
    }
}
