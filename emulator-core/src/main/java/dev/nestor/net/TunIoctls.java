package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Socket;
import java.util.Arrays;

/** ioctl(2) on /dev/net/tun: __tun_chr_ioctl() of drivers/net/tun.c. */
final class TunIoctls {
    /** Bytes of struct virtio_net_hdr. */
    static final int VIRTIO_HEADER = 10;

    private static final int TUNSETNOCSUM = 0x400454c8;
    private static final int TUNSETDEBUG = 0x400454c9;
    private static final int TUNSETIFF = 0x400454ca;
    private static final int TUNSETPERSIST = 0x400454cb;
    private static final int TUNSETOWNER = 0x400454cc;
    private static final int TUNSETLINK = 0x400454cd;
    private static final int TUNSETGROUP = 0x400454ce;
    private static final int TUNGETFEATURES = 0x800454cf;
    private static final int TUNSETOFFLOAD = 0x400454d0;
    private static final int TUNSETTXFILTER = 0x400454d1;
    private static final int TUNGETIFF = 0x800454d2;
    private static final int TUNGETSNDBUF = 0x800454d3;
    private static final int TUNSETSNDBUF = 0x400454d4;
    private static final int TUNATTACHFILTER = 0x401054d5;
    private static final int TUNDETACHFILTER = 0x401054d6;
    private static final int TUNGETVNETHDRSZ = 0x800454d7;
    private static final int TUNSETVNETHDRSZ = 0x400454d8;
    private static final int TUNSETQUEUE = 0x400454d9;
    private static final int TUNSETIFINDEX = 0x400454da;
    private static final int TUNGETFILTER = 0x801054db;
    private static final int TUNSETVNETLE = 0x400454dc;
    private static final int TUNGETVNETLE = 0x800454dd;
    private static final int TUNSETSTEERINGEBPF = 0x800454e0;
    private static final int TUNSETFILTEREBPF = 0x800454e1;
    private static final int TUNSETCARRIER = 0x400454e2;
    private static final int TUNGETDEVNETNS = 0x54e3;
    private static final int SIOCGIFHWADDR = 0x8927;
    private static final int SIOCSIFHWADDR = 0x8924;

    private static final int IFF_NAPI = 0x10;
    private static final int IFF_NAPI_FRAGS = 0x20;
    private static final int IFF_NO_CARRIER = 0x40;
    private static final int IFF_ATTACH_QUEUE = 0x200;
    private static final int IFF_DETACH_QUEUE = 0x400;
    private static final int IFF_NOFILTER = 0x1000;
    private static final int IFF_ONE_QUEUE = 0x2000;
    private static final int IFF_TUN_EXCL = 0x8000;
    private static final int FEATURES =
            Tuns.IFF_NO_PI | IFF_ONE_QUEUE | Tuns.IFF_VNET_HDR | Tuns.IFF_MULTI_QUEUE | IFF_NAPI | IFF_NAPI_FRAGS;
    private static final int VNET_LE = 0x80000000; // TUN_VNET_LE, kept beside IFF_*

    private static final int MAX_QUEUES = 256;
    private static final int IFREQ = 40; // bytes of struct ifreq
    private static final int FLAGS = 16; // offset of ifr_flags
    private static final int OFFLOAD_CHECKSUM = 1; // TUN_F_CSUM
    private static final int OFFLOAD_TSO = 6; // TUN_F_TSO4, TUN_F_TSO6
    private static final int OFFLOAD_ECN = 8;
    private static final int OFFLOAD_UFO = 0x10;
    private static final int OFFLOAD_USO = 0x60; // TUN_F_USO4, TUN_F_USO6
    private static final int OFFLOAD_TUNNEL = 0x180; // TUN_F_UDP_TUNNEL_GSO and its checksum

    private final Tuns tuns;
    private final TunTable table;
    private final TunFileTable tfiles;
    private final Sockets sockets;
    private final NetDevices devices;
    private final UserMemory memory;
    private final byte[] ifreq = new byte[IFREQ];

    TunIoctls(Tuns tuns, Sockets sockets, NetDevices devices) {
        this.tuns = tuns;
        this.table = tuns.tuns();
        this.tfiles = tuns.tfiles();
        this.sockets = sockets;
        this.devices = devices;
        this.memory = sockets.vfs.below.memory();
    }

    /** EBADFD before there is a device, EFAULT, EPERM, EINVAL, and what TUNSETIFF is refused with. */
    long ioctl(int task, int sk, int cmd, long arg) {
        int mm = sockets.tasks.mm(task);
        int tfile = sockets.table.info(sk);
        boolean isOfSockets = (cmd >>> 8 & 0xff) == 0x89 && cmd != Socket.SIOCGSKNS;
        Arrays.fill(ifreq, (byte) 0);
        if (cmd == TUNSETIFF || cmd == TUNSETQUEUE || isOfSockets) {
            if (memory.copyFromUser(mm, arg, ifreq, 0, IFREQ) != 0) {
                return -Errno.EFAULT;
            }
        }
        return switch (cmd) {
            case TUNGETFEATURES -> memory.putInt(mm, arg, Tuns.IFF_TUN | Tuns.IFF_TAP | IFF_NO_CARRIER | FEATURES);
            case TUNSETQUEUE -> setQueue(task, sk, tfile);
            case Socket.SIOCGSKNS -> tuns.openNet(task, sk, sockets.sockNet(sk));
            case TUNSETIFF -> {
                long error = tfiles.tun(tfile) != NULL ? -Errno.EEXIST : setIff(task, sk, tfile);
                yield error != 0 ? error : memory.copyToUser(mm, arg, ifreq, 0, IFREQ);
            }
            case TUNSETIFINDEX -> setIfindex(mm, tfile, arg);
            default -> tfiles.tun(tfile) == NULL ? -Errno.EBADFD : ofDevice(task, sk, tfile, cmd, arg);
        };
    }

    private long setIfindex(int mm, int tfile, long arg) {
        if (tfiles.tun(tfile) != NULL) {
            return -Errno.EPERM;
        }
        int ifindex = memory.getInt(mm, arg);
        if (memory.faulted()) {
            return -Errno.EFAULT;
        }
        if (ifindex < 0) {
            return -Errno.EINVAL;
        }
        tfiles.setIfindex(tfile, ifindex);
        return 0;
    }

    /** tun_not_capable(). */
    private boolean mayNot(int task, int sk, int tun) {
        int cred = sockets.tasks.cred(task);
        boolean isOther = table.owner(tun) != -1 && table.owner(tun) != sockets.creds.euid(cred);
        boolean isOtherGroup = table.group(tun) != -1 && !tuns.isInGroup(task, table.group(tun));
        return (isOther || isOtherGroup) && !sockets.nsCapable(task, sk, Capability.CAP_NET_ADMIN);
    }

    /** tun_set_iff(): EINVAL, EPERM, EBUSY, E2BIG, and what a new device may be refused with. */
    private long setIff(int task, int sk, int tfile) {
        int flags = Bytes.getShort(ifreq, FLAGS);
        ifreq[NetDevices.IFNAMSIZ - 1] = 0;
        if ((flags & IFF_NAPI_FRAGS) != 0) {
            if (!sockets.capabilities.capable(task, Capability.CAP_NET_ADMIN)) {
                return -Errno.EPERM;
            }
            boolean isTap = (flags & (Tuns.IFF_TUN | Tuns.IFF_TAP)) == Tuns.IFF_TAP;
            if ((flags & IFF_NAPI) == 0 || !isTap) {
                return -Errno.EINVAL;
            }
        }
        int net = sockets.sockNet(sk);
        int dev = devices.byName(net, ifreq, 0, NetDevices.IFNAMSIZ);
        int error = dev != NULL ? attach(task, sk, tfile, dev, flags) : create(task, sk, tfile, flags);
        if (error < 0) {
            return error;
        }
        int of = table.dev(tfiles.tun(tfile));
        devices.changeCarrier(of, (flags & IFF_NO_CARRIER) == 0);
        Arrays.fill(ifreq, 0, NetDevices.IFNAMSIZ, (byte) 0);
        devices.copyName(of, ifreq, 0);
        return 0;
    }

    private int attach(int task, int sk, int tfile, int dev, int flags) {
        int tun = devices.table().tun(dev);
        if ((flags & IFF_TUN_EXCL) != 0) {
            return -Errno.EBUSY;
        }
        boolean isSame = tun != NULL
                && (((flags & Tuns.IFF_TUN) != 0 && devices.table().kind(dev) == NetDevices.TUN)
                        || ((flags & Tuns.IFF_TAP) != 0 && devices.table().kind(dev) == NetDevices.TAP));
        if (!isSame || ((flags ^ table.flags(tun)) & Tuns.IFF_MULTI_QUEUE) != 0) {
            return -Errno.EINVAL;
        }
        if (mayNot(task, sk, tun)) {
            return -Errno.EPERM;
        }
        boolean isMulti = (flags & Tuns.IFF_MULTI_QUEUE) != 0;
        if (!isMulti && table.queues(tun) == 1) {
            return -Errno.EBUSY;
        }
        if (isMulti && table.queues(tun) + table.disabled(tun) == MAX_QUEUES) {
            return -Errno.E2BIG;
        }
        tuns.attach(tfile, tun);
        if (!isMulti || table.queues(tun) + table.disabled(tun) <= 1) {
            table.setFlags(tun, (table.flags(tun) & ~FEATURES) | (flags & FEATURES));
            devices.stateChange(dev);
        }
        return 0;
    }

    private int create(int task, int sk, int tfile, int flags) {
        if (!sockets.nsCapable(task, sk, Capability.CAP_NET_ADMIN)) {
            return -Errno.EPERM;
        }
        int type = flags & Tuns.IFF_TUN;
        type = type != 0 ? type : flags & Tuns.IFF_TAP;
        if (type == 0) {
            return -Errno.EINVAL;
        }
        int length = NetDevices.length(ifreq, 0, NetDevices.IFNAMSIZ);
        byte[] name =
                length > 0 ? Arrays.copyOf(ifreq, length) : NetDevices.bytes(type == Tuns.IFF_TUN ? "tun%d" : "tap%d");
        int dev = tuns.create(sockets.sockNet(sk), type, name, tfiles.ifindex(tfile));
        if (dev < 0) {
            return dev;
        }
        int tun = devices.table().tun(dev);
        table.setFlags(tun, type | (flags & FEATURES));
        tuns.attach(tfile, tun);
        devices.announce(dev);
        return 0;
    }

    /** tun_set_queue(). */
    private long setQueue(int task, int sk, int tfile) {
        int flags = Bytes.getShort(ifreq, FLAGS);
        int tun = tfiles.tun(tfile);
        if ((flags & IFF_ATTACH_QUEUE) != 0) {
            if (tun == NULL || tfiles.detached(tfile) == 0) {
                return -Errno.EINVAL;
            }
            if (mayNot(task, sk, tun)) {
                return -Errno.EPERM;
            }
            tuns.attach(tfile, tun);
            devices.stateChange(table.dev(tun));
            return 0;
        }
        boolean mayGo = (flags & IFF_DETACH_QUEUE) != 0
                && tun != NULL
                && (table.flags(tun) & Tuns.IFF_MULTI_QUEUE) != 0
                && tfiles.detached(tfile) == 0;
        if (!mayGo) {
            return -Errno.EINVAL;
        }
        tuns.disable(tfile);
        devices.stateChange(table.dev(tun));
        return 0;
    }

    private long ofDevice(int task, int sk, int tfile, int cmd, long arg) {
        int mm = sockets.tasks.mm(task);
        int tun = tfiles.tun(tfile);
        int dev = table.dev(tun);
        boolean isTap = devices.table().kind(dev) == NetDevices.TAP;
        return switch (cmd) {
            case TUNGETIFF -> getIff(mm, tfile, tun, arg);
            case TUNSETNOCSUM, TUNSETDEBUG -> 0;
            case TUNSETPERSIST, TUNSETOWNER, TUNSETGROUP -> setKept(task, tun, cmd, (int) arg);
            case TUNSETLINK -> {
                if (devices.isUp(dev)) {
                    yield -Errno.EBUSY;
                }
                devices.table().setType(dev, (int) arg & 0xffff);
                yield 0;
            }
            case TUNSETOFFLOAD -> offload((int) arg) == 0 ? 0 : -Errno.EINVAL;
            case TUNSETTXFILTER -> {
                boolean isRead = isTap && memory.copyFromUser(mm, arg, ifreq, 0, 4) == 0;
                yield !isTap ? -Errno.EINVAL : isRead ? 0 : -Errno.EFAULT;
            }
            case TUNATTACHFILTER, TUNDETACHFILTER, TUNGETFILTER ->
                !isTap ? -Errno.EINVAL : cmd == TUNDETACHFILTER ? 0 : touch(mm, arg, 16);
            case TUNSETSTEERINGEBPF, TUNSETFILTEREBPF -> {
                int fd = memory.getInt(mm, arg);
                yield memory.faulted() ? -Errno.EFAULT : fd == -1 ? 0 : -Errno.EBADF;
            }
            case SIOCGIFHWADDR -> {
                tuns.putHardwareAddress(dev, ifreq, FLAGS);
                yield memory.copyToUser(mm, arg, ifreq, 0, IFREQ);
            }
            case SIOCSIFHWADDR -> devices.setAddress(dev, ifreq, FLAGS);
            case TUNGETDEVNETNS -> tuns.openNet(task, sk, devices.devNet(dev));
            default -> numbers(mm, tun, cmd, arg);
        };
    }

    private long touch(int mm, long arg, int size) {
        return memory.copyFromUser(mm, arg, ifreq, 0, size) != 0 ? -Errno.EFAULT : 0;
    }

    private long getIff(int mm, int tfile, int tun, long arg) {
        int flags = (table.flags(tun) & ~VNET_LE) | IFF_NOFILTER; // no filter is ever attached
        Bytes.putShort(ifreq, FLAGS, flags | (tfiles.detached(tfile) != 0 ? IFF_DETACH_QUEUE : 0));
        devices.copyName(table.dev(tun), ifreq, 0);
        return memory.copyToUser(mm, arg, ifreq, 0, IFREQ);
    }

    private long setKept(int task, int tun, int cmd, int value) {
        int dev = table.dev(tun);
        int userNs = sockets.creds.userNs(sockets.tasks.cred(task));
        switch (cmd) {
            case TUNSETPERSIST -> {
                boolean stays = (table.flags(tun) & Tuns.IFF_PERSIST) != 0;
                if (stays == (value != 0)) {
                    return 0;
                }
                table.setFlags(tun, table.flags(tun) ^ Tuns.IFF_PERSIST);
            }
            case TUNSETOWNER -> {
                int uid = sockets.userNamespaces.makeKuid(userNs, value);
                if (uid == -1) {
                    return -Errno.EINVAL;
                }
                table.setOwner(tun, uid);
            }
            default -> {
                int gid = sockets.userNamespaces.makeKgid(userNs, value);
                if (gid == -1) {
                    return -Errno.EINVAL;
                }
                table.setGroup(tun, gid);
            }
        }
        devices.stateChange(dev);
        return 0;
    }

    /** set_offload(): the bits that are left, none of which may be. */
    private static int offload(int wanted) {
        int left = wanted;
        if ((left & OFFLOAD_CHECKSUM) != 0) {
            left &= ~OFFLOAD_CHECKSUM;
            if ((left & OFFLOAD_TSO) != 0) {
                left &= ~(OFFLOAD_ECN | OFFLOAD_TSO);
            }
            left &= ~OFFLOAD_UFO;
            if ((left & OFFLOAD_USO) == OFFLOAD_USO) {
                left &= ~OFFLOAD_USO;
            }
            left &= ~OFFLOAD_TUNNEL;
        }
        return left;
    }

    /** Those that carry an int. */
    private long numbers(int mm, int tun, int cmd, long arg) {
        return switch (cmd) {
            case TUNGETSNDBUF -> memory.putInt(mm, arg, table.sndbuf(tun));
            case TUNGETVNETHDRSZ -> memory.putInt(mm, arg, table.headerSize(tun));
            case TUNGETVNETLE -> memory.putInt(mm, arg, (table.flags(tun) & VNET_LE) != 0 ? 1 : 0);
            case TUNSETSNDBUF, TUNSETVNETHDRSZ, TUNSETVNETLE, TUNSETCARRIER -> {
                int value = memory.getInt(mm, arg);
                yield memory.faulted() ? -Errno.EFAULT : setNumber(tun, cmd, value);
            }
            default -> -Errno.EINVAL;
        };
    }

    private long setNumber(int tun, int cmd, int value) {
        switch (cmd) {
            case TUNSETSNDBUF -> {
                if (value <= 0) {
                    return -Errno.EINVAL;
                }
                table.setSndbuf(tun, value);
            }
            case TUNSETVNETHDRSZ -> {
                if (value < VIRTIO_HEADER) {
                    return -Errno.EINVAL;
                }
                table.setHeaderSize(tun, value);
            }
            case TUNSETVNETLE ->
                table.setFlags(tun, value != 0 ? table.flags(tun) | VNET_LE : table.flags(tun) & ~VNET_LE);
            default -> {
                devices.changeCarrier(table.dev(tun), value != 0);
                devices.stateChange(table.dev(tun));
            }
        }
        return 0;
    }
}
