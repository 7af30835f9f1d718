package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.event.EventLoop;
import dev.nestor.event.Random;
import dev.nestor.kernel.time.Timekeeping;

/** Duplicate address detection: an address of IPv6 is tentative until nobody has answered. addrconf_dad_work() of net/ipv6/addrconf.c. */
final class Dad {
    /** After what else happens at the same time: it is work of a queue. */
    private static final int PRIORITY = 3;

    private static final long NS_PER_MS = 1_000_000;
    private static final long RETRANS_NS = 1000 * NS_PER_MS;

    private final Interfaces interfaces;
    private final InetAddrTable addresses;
    private final NetDeviceTable devices;
    private final DevConf conf;
    private final EventLoop loop;
    private final Timekeeping time;
    private final Random random;
    private final int kind;

    Dad(
            Interfaces interfaces,
            InetAddrTable addresses,
            NetDeviceTable devices,
            DevConf conf,
            NetBelow below,
            Random random) {
        this.interfaces = interfaces;
        this.addresses = addresses;
        this.devices = devices;
        this.conf = conf;
        this.loop = below.eventLoop();
        this.time = below.timekeeping();
        this.random = random;
        this.kind = loop.register((ifa, number) -> end(ifa));
    }

    /** addrconf_dad_start(), addrconf_dad_begin(): without a probe where that is not needed. */
    void start(int dev, int ifa) {
        boolean isUnneeded = (devices.flags(dev) & (NetDevices.IFF_NOARP | NetDevices.IFF_LOOPBACK)) != 0
                || (addresses.flags(ifa) & Interfaces.IFA_F_NODAD) != 0
                || conf.get(dev, DevConf.ACCEPT_DAD6) < 1;
        if (isUnneeded) {
            interfaces.announce(dev, ifa);
            completed(dev);
            return;
        }
        addresses.setFlags(ifa, addresses.flags(ifa) | Interfaces.IFA_F_TENTATIVE);
        boolean isReady = (devices.inet6Flags(dev) & Interfaces.IF_READY) != 0;
        if (isReady) {
            long delayNs = random.nextInt(1000) * NS_PER_MS + conf.get(dev, DevConf.DAD_TRANSMITS6) * RETRANS_NS;
            loop.schedule(time.now() + time.nsToCycles(delayNs), PRIORITY, kind, ifa, 0);
        }
    }

    /** addrconf_dad_completed(). */
    private void end(int ifa) {
        int dev = addresses.isLive(ifa) ? addresses.addresses().owner(ifa) : NULL;
        boolean isTentative = dev != NULL && (addresses.flags(ifa) & Interfaces.IFA_F_TENTATIVE) != 0;
        if (isTentative) {
            addresses.setFlags(ifa, addresses.flags(ifa) & ~Interfaces.IFA_F_TENTATIVE);
            interfaces.announce(dev, ifa);
            completed(dev);
        }
    }

    private void completed(int dev) {
        boolean asksRouters = (devices.flags(dev) & NetDevices.IFF_LOOPBACK) == 0
                && conf.get(dev, DevConf.ACCEPT_RA6) != 0
                && conf.get(dev, DevConf.FORWARDING6) == 0;
        if (asksRouters) {
            devices.setInet6Flags(dev, devices.inet6Flags(dev) | Interfaces.IF_RS_SENT);
        }
    }
}
