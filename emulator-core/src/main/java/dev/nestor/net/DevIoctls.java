package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Socket;

/** SIOCGIFxxx and SIOCSIFxxx: dev_ioctl() of net/core/dev_ioctl.c, devinet_ioctl(). */
final class DevIoctls {
    private static final int SIOCGIFNAME = 0x8910;
    private static final int SIOCGIFCONF = 0x8912;
    private static final int SIOCGIFFLAGS = 0x8913;
    private static final int SIOCSIFFLAGS = 0x8914;
    private static final int SIOCGIFADDR = 0x8915;
    private static final int SIOCSIFADDR = 0x8916;
    private static final int SIOCGIFDSTADDR = 0x8917;
    private static final int SIOCGIFBRDADDR = 0x8919;
    private static final int SIOCSIFBRDADDR = 0x891a;
    private static final int SIOCGIFNETMASK = 0x891b;
    private static final int SIOCSIFNETMASK = 0x891c;
    private static final int SIOCGIFMETRIC = 0x891d;
    private static final int SIOCGIFMTU = 0x8921;
    private static final int SIOCSIFMTU = 0x8922;
    private static final int SIOCSIFNAME = 0x8923;
    private static final int SIOCSIFHWADDR = 0x8924;
    private static final int SIOCGIFHWADDR = 0x8927;
    private static final int SIOCGIFINDEX = 0x8933;
    private static final int SIOCGIFTXQLEN = 0x8942;
    private static final int SIOCSIFTXQLEN = 0x8943;
    private static final int SIOCGIFMAP = 0x8970;
    private static final int SIOCBRADDBR = 0x89a0;
    private static final int SIOCBRDELBR = 0x89a1;
    private static final int IFREQ = 40; // bytes of struct ifreq
    private static final int DATA = 16; // offset of its union

    private final Sockets sockets;
    private final NetDevices devices;
    private final NetDeviceTable table;
    private final Interfaces interfaces;
    private final InetAddrTable addresses;
    private final UserMemory memory;
    private final byte[] ifreq = new byte[IFREQ];

    DevIoctls(Sockets sockets, NetDevices devices, Interfaces interfaces) {
        this.sockets = sockets;
        this.devices = devices;
        this.table = devices.table();
        this.interfaces = interfaces;
        this.addresses = interfaces.addresses();
        this.memory = sockets.vfs.below.memory();
    }

    private static boolean isKnown(int cmd) {
        return (cmd >= SIOCGIFNAME && cmd <= SIOCGIFHWADDR)
                || cmd == SIOCGIFINDEX
                || cmd == SIOCGIFTXQLEN
                || cmd == SIOCSIFTXQLEN
                || cmd == SIOCGIFMAP
                || cmd == SIOCBRADDBR
                || cmd == SIOCBRDELBR;
    }

    /** -ENOTTY for what is none of these. */
    long ioctl(int task, int sk, int cmd, long arg) {
        int mm = sockets.tasks.mm(task);
        if (!isKnown(cmd)) {
            boolean isOfSockets = (cmd >>> 8) == 0x89;
            boolean faults = isOfSockets && memory.copyFromUser(mm, arg, ifreq, 0, IFREQ) != 0;
            return faults ? -Errno.EFAULT : -Errno.ENOTTY;
        }
        int net = sockets.sockNet(sk);
        if (cmd == SIOCGIFCONF) {
            return conf(mm, net, arg);
        }
        boolean is6 = table(sk) == Socket.AF_INET6;
        if (is6 && cmd == SIOCSIFADDR) {
            return setAddress6(task, sk, net, arg);
        }
        if (cmd == SIOCBRADDBR || cmd == SIOCBRDELBR) {
            return bridge(task, sk, net, cmd, arg);
        }
        if (memory.copyFromUser(mm, arg, ifreq, 0, IFREQ) != 0) {
            return -Errno.EFAULT;
        }
        ifreq[DATA - 1] = 0;
        if (cmd == SIOCGIFNAME) {
            int dev = devices.byIndex(net, Bytes.getInt(ifreq, DATA));
            if (dev == NULL) {
                return -Errno.ENODEV;
            }
            java.util.Arrays.fill(ifreq, 0, DATA, (byte) 0);
            devices.copyName(dev, ifreq, 0);
            return memory.copyToUser(mm, arg, ifreq, 0, IFREQ);
        }
        long result = isGet(cmd) ? get(sk, net, cmd) : set(task, sk, net, cmd);
        return result != 0 || !isGet(cmd) ? result : memory.copyToUser(mm, arg, ifreq, 0, IFREQ);
    }

    private int table(int sk) {
        return sockets.table.family(sk);
    }

    private static boolean isGet(int cmd) {
        return switch (cmd) {
            case SIOCGIFFLAGS,
                    SIOCGIFADDR,
                    SIOCGIFDSTADDR,
                    SIOCGIFBRDADDR,
                    SIOCGIFNETMASK,
                    SIOCGIFMETRIC,
                    SIOCGIFMTU,
                    SIOCGIFHWADDR,
                    SIOCGIFINDEX,
                    SIOCGIFTXQLEN,
                    SIOCGIFMAP -> true;
            default -> false;
        };
    }

    /** The device that the request names; what follows a colon is the label of an address. */
    private int device(int net) {
        int length = NetDevices.length(ifreq, 0, DATA);
        for (int i = 0; i < length; i++) {
            if (ifreq[i] == ':') {
                length = i;
            }
        }
        byte last = ifreq[length];
        ifreq[length] = 0;
        int dev = devices.byName(net, ifreq, 0, DATA);
        ifreq[length] = last;
        return dev;
    }

    private long get(int sk, int net, int cmd) {
        int dev = device(net);
        if (dev == NULL) {
            return -Errno.ENODEV;
        }
        switch (cmd) {
            case SIOCGIFFLAGS -> Bytes.putShort(ifreq, DATA, devices.flags(dev));
            case SIOCGIFMETRIC -> Bytes.putInt(ifreq, DATA, 0);
            case SIOCGIFMTU -> Bytes.putInt(ifreq, DATA, table.mtu(dev));
            case SIOCGIFINDEX -> Bytes.putInt(ifreq, DATA, table.ifindex(dev));
            case SIOCGIFTXQLEN -> Bytes.putInt(ifreq, DATA, table.txqlen(dev));
            case SIOCGIFMAP -> java.util.Arrays.fill(ifreq, DATA, IFREQ, (byte) 0);
            case SIOCGIFHWADDR -> {
                Bytes.putShort(ifreq, DATA, table.type(dev));
                java.util.Arrays.fill(ifreq, DATA + 2, DATA + 16, (byte) 0);
                RtnLinks.putAddress(ifreq, DATA + 2, table.address(dev));
            }
            default -> {
                return getAddress(sk, dev, cmd);
            }
        }
        return 0;
    }

    private int firstV4(int dev) {
        int ifa = addresses.addresses().first(dev);
        while (ifa != NULL && addresses.family(ifa) != Socket.AF_INET) {
            ifa = addresses.addresses().next(ifa);
        }
        return ifa;
    }

    private long getAddress(int sk, int dev, int cmd) {
        if (table(sk) != Socket.AF_INET) {
            return -Errno.ENOTTY;
        }
        int ifa = firstV4(dev);
        if (ifa == NULL) {
            return -Errno.EADDRNOTAVAIL;
        }
        long value =
                switch (cmd) {
                    case SIOCGIFADDR -> addresses.low(ifa);
                    case SIOCGIFDSTADDR -> addresses.peerLow(ifa);
                    case SIOCGIFBRDADDR -> addresses.broadcast(ifa);
                    default -> mask(addresses.prefix(ifa));
                };
        java.util.Arrays.fill(ifreq, DATA, DATA + 16, (byte) 0);
        Bytes.putShort(ifreq, DATA, Socket.AF_INET);
        Bytes.putNetInt(ifreq, DATA + 4, (int) value);
        return 0;
    }

    private static long mask(int prefix) {
        return prefix == 0 ? 0 : -(1L << (32 - prefix));
    }

    private long set(int task, int sk, int net, int cmd) {
        int dev = device(net);
        boolean isInet = cmd == SIOCSIFADDR || cmd == SIOCSIFNETMASK || cmd == SIOCSIFBRDADDR;
        if (!sockets.nsCapable(task, sk, Capability.CAP_NET_ADMIN)) {
            return -Errno.EPERM;
        }
        if (isInet && Bytes.getShort(ifreq, DATA) != Socket.AF_INET) {
            return -Errno.EINVAL;
        }
        if (dev == NULL) {
            return -Errno.ENODEV;
        }
        switch (cmd) {
            case SIOCSIFFLAGS -> devices.changeFlags(dev, Bytes.getShort(ifreq, DATA));
            case SIOCSIFMTU -> {
                int mtu = Bytes.getInt(ifreq, DATA);
                if (devices.checkMtu(dev, mtu) != 0) {
                    return -Errno.EINVAL;
                }
                table.setMtu(dev, mtu);
            }
            case SIOCSIFTXQLEN -> table.setTxqlen(dev, Bytes.getInt(ifreq, DATA));
            case SIOCSIFNAME -> {
                return devices.rename(
                        dev, java.util.Arrays.copyOfRange(ifreq, DATA, IFREQ), NetDevices.length(ifreq, DATA, DATA));
            }
            case SIOCSIFHWADDR -> {
                return devices.setAddress(dev, ifreq, DATA);
            }
            case SIOCSIFADDR -> {
                return setAddress(dev);
            }
            case SIOCSIFNETMASK, SIOCSIFBRDADDR -> {
                int ifa = firstV4(dev);
                if (ifa == NULL) {
                    return -Errno.EADDRNOTAVAIL;
                }
                int value = Bytes.getNetInt(ifreq, DATA + 4);
                if (cmd == SIOCSIFNETMASK) {
                    setMask(ifa, value);
                } else {
                    addresses.setBroadcast(ifa, value);
                }
            }
            default -> {
                return -Errno.EINVAL;
            }
        }
        return 0;
    }

    /** devinet_ioctl(SIOCSIFADDR): in place of the address that there is, with the prefix of its class. */
    private long setAddress(int dev) {
        int value = Bytes.getNetInt(ifreq, DATA + 4);
        int first = value >>> 24;
        int old = firstV4(dev);
        if (old != NULL) {
            interfaces.remove(old);
        }
        if (value == 0) {
            return 0;
        }
        int prefix = first < 128 ? 8 : first < 192 ? 16 : first < 224 ? 24 : 32;
        int scope = first == 127 ? Interfaces.RT_SCOPE_HOST : Interfaces.RT_SCOPE_UNIVERSE;
        long low = InetAddress.ANY4 | (value & 0xffffffffL);
        int ifa = interfaces.add(dev, 0, low, prefix, Interfaces.IFA_F_PERMANENT, scope);
        if (ifa < 0) {
            return ifa;
        }
        if ((table.flags(dev) & NetDevices.IFF_BROADCAST) != 0 && prefix < 31) {
            addresses.setBroadcast(ifa, value | ~(int) mask(prefix));
        }
        interfaces.announce(dev, ifa);
        return 0;
    }

    /** devinet_ioctl(SIOCSIFNETMASK): a broadcast address that followed from the old mask follows from the new one. */
    private void setMask(int ifa, int value) {
        int local = (int) addresses.low(ifa);
        int before = (int) mask(addresses.prefix(ifa));
        int prefix = Integer.bitCount(value);
        if (addresses.broadcast(ifa) == (local | ~before) && prefix < 31) {
            addresses.setBroadcast(ifa, local | ~value);
        }
        addresses.setPrefix(ifa, prefix);
    }

    /** addrconf_add_ifaddr(): struct in6_ifreq. */
    private long setAddress6(int task, int sk, int net, long arg) {
        if (!sockets.nsCapable(task, sk, Capability.CAP_NET_ADMIN)) {
            return -Errno.EPERM;
        }
        if (memory.copyFromUser(sockets.tasks.mm(task), arg, ifreq, 0, 24) != 0) {
            return -Errno.EFAULT;
        }
        int dev = devices.byIndex(net, Bytes.getInt(ifreq, 20));
        if (dev == NULL) {
            return -Errno.ENODEV;
        }
        int prefix = Bytes.getInt(ifreq, 16);
        if (prefix < 0 || prefix > 128) {
            return -Errno.EINVAL;
        }
        long high = Bytes.getNetLong(ifreq, 0);
        long low = Bytes.getNetLong(ifreq, 8);
        int ifa = interfaces.add(dev, high, low, prefix, Interfaces.IFA_F_PERMANENT, Interfaces.RT_SCOPE_UNIVERSE);
        if (ifa > NULL) {
            interfaces.dad().start(dev, ifa);
        }
        return Math.min(ifa, 0);
    }

    private long bridge(int task, int sk, int net, int cmd, long arg) {
        if (!sockets.nsCapable(task, sk, Capability.CAP_NET_ADMIN)) {
            return -Errno.EPERM;
        }
        if (memory.copyFromUser(sockets.tasks.mm(task), arg, ifreq, 0, DATA) != 0) {
            return -Errno.EFAULT;
        }
        ifreq[DATA - 1] = 0;
        int length = NetDevices.length(ifreq, 0, DATA);
        if (cmd == SIOCBRADDBR) {
            byte[] name = java.util.Arrays.copyOf(ifreq, length);
            return Math.min(devices.create(net, NetDevices.BRIDGE, name, 0, 0), 0);
        }
        int dev = devices.byName(net, ifreq, 0, DATA);
        if (dev == NULL) {
            return -Errno.ENXIO;
        }
        if (table.kind(dev) != NetDevices.BRIDGE) {
            return -Errno.EPERM;
        }
        if (devices.isUp(dev)) {
            return -Errno.EBUSY;
        }
        devices.delete(dev);
        return 0;
    }

    /** dev_ifconf(): those with an address of IPv4. */
    private long conf(int mm, int net, long arg) {
        int room = memory.getInt(mm, arg);
        long to = memory.getLong(mm, arg + 8);
        if (memory.faulted()) {
            return -Errno.EFAULT;
        }
        if (room < 0) {
            return -Errno.EINVAL;
        }
        int total = 0;
        for (int dev = table.devices().first(net);
                dev != NULL;
                dev = table.devices().next(dev)) {
            for (int ifa = addresses.addresses().first(dev);
                    ifa != NULL;
                    ifa = addresses.addresses().next(ifa)) {
                if (addresses.family(ifa) != Socket.AF_INET) {
                    continue;
                }
                if (to != 0) {
                    if (room - total < IFREQ) {
                        break;
                    }
                    java.util.Arrays.fill(ifreq, (byte) 0);
                    devices.copyName(dev, ifreq, 0);
                    Bytes.putShort(ifreq, DATA, Socket.AF_INET);
                    Bytes.putNetInt(ifreq, DATA + 4, (int) addresses.low(ifa));
                    if (memory.copyToUser(mm, to + total, ifreq, 0, IFREQ) != 0) {
                        return -Errno.EFAULT;
                    }
                }
                total += IFREQ;
            }
        }
        return memory.putInt(mm, arg, total);
    }
}
