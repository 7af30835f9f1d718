package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileTable;
import dev.nestor.fs.nsfs.NsFs;
import dev.nestor.kernel.ns.NsTypes;
import dev.nestor.kernel.signal.PidType;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Socket;

/** ioctl(2) on sockets: sock_ioctl() of net/socket.c. */
final class SocketIoctls {
    private static final int SIOCGSTAMP_OLD = 0x8906;
    private static final int SIOCGSTAMPNS_OLD = 0x8907;
    private static final int SIOCGSTAMP_NEW = 0x8010_8906;
    private static final int SIOCGSTAMPNS_NEW = 0x8010_8907;

    private final Sockets sockets;
    private final SockTable table;
    private final UserMemory memory;
    private final FileTable files;
    private final NsFs nsFs;
    private final DevIoctls devices;

    SocketIoctls(Sockets sockets, DevIoctls devices, NsFs nsFs) {
        this.devices = devices;
        this.sockets = sockets;
        this.table = sockets.table;
        this.memory = sockets.vfs.below.memory();
        this.files = sockets.vfs.tables.files;
        this.nsFs = nsFs;
    }

    long ioctl(int task, int file, int sk, int cmd, long arg) {
        return switch (cmd) {
            case Socket.FIOSETOWN, Socket.SIOCSPGRP -> setOwner(task, file, arg);
            case Socket.FIOGETOWN, Socket.SIOCGPGRP -> owner(task, file, arg);
            case SIOCGSTAMP_OLD, SIOCGSTAMPNS_OLD, SIOCGSTAMP_NEW, SIOCGSTAMPNS_NEW ->
                table.family(sk) == Socket.AF_INET || table.family(sk) == Socket.AF_INET6
                        ? -Errno.ENOENT // as if no packet had been stamped
                        : -Errno.ENOTTY;
            case Socket.SIOCGSKNS ->
                sockets.nsCapable(task, sk, Capability.CAP_NET_ADMIN) ? openNs(task, sk) : -Errno.EPERM;
            default -> {
                long result = sockets.ops(sk).ioctl(task, sk, cmd, arg);
                yield result == -Errno.ENOIOCTLCMD ? devices.ioctl(task, sk, cmd, arg) : result;
            }
        };
    }

    private long openNs(int task, int sk) {
        int net = sockets.sockNet(sk);
        sockets.nets.hold(net);
        return nsFs.open(task, NsTypes.NET, net);
    }

    /** f_setown(): a process, or with a negative number a group. */
    private long setOwner(int task, int file, long arg) {
        int who = memory.getInt(sockets.tasks.mm(task), arg);
        if (memory.faulted()) {
            return -Errno.EFAULT;
        }
        int pid = NULL;
        if (who == Integer.MIN_VALUE) {
            return -Errno.EINVAL;
        }
        if (who != 0) {
            pid = sockets.pids.findVpid(sockets.pids.activeNs(task), Math.abs(who));
            if (pid == NULL) {
                return -Errno.ESRCH;
            }
            sockets.pids.getPid(pid);
        }
        sockets.vfs.files.setOwner(task, file, pid, who < 0 ? PidType.PIDTYPE_PGID : PidType.PIDTYPE_TGID);
        return 0;
    }

    private long owner(int task, int file, long arg) {
        int pid = files.ownerPid(file);
        int nr = pid == NULL ? 0 : sockets.pids.pidNrNs(pid, sockets.pids.activeNs(task));
        boolean isGroup = files.ownerType(file) == PidType.PIDTYPE_PGID;
        return memory.putInt(sockets.tasks.mm(task), arg, isGroup ? -nr : nr);
    }
}
