package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.Numbers;
import dev.nestor.fs.SuperBlockTable;
import dev.nestor.fs.sysfs.SysEntry;
import dev.nestor.fs.sysfs.SysFs;
import java.util.function.IntConsumer;

/**
 * Devices in sysfs: {@code /sys/class/net} and the directories that it leads to, of the net that an instance is tagged with.
 * net/core/net-sysfs.c, and the links of net/core/dev.c.
 */
public final class SysNet implements SysFs.Objects {
    /** Where physical devices are found below /sys/devices, on the reference machine. */
    public static final String PHYSICAL_PLACE = "pci0000:00/0000:00:03.0/virtio2/net";

    private static final String VIRTUAL_PLACE = "virtual/net";

    private final NetDevices devices;
    private final NetDeviceTable table;
    private final Nets nets;
    private final Sockets sockets;
    private final SuperBlockTable superBlocks;
    private final SysEntry classNet;
    private final SysEntry virtualNet;
    private final SysEntry physicalNet;
    private final int home;

    SysNet(SysFs fs, Sockets sockets, NetDevices devices, SysNetFiles files, int home) {
        this.devices = devices;
        this.table = devices.table();
        this.sockets = sockets;
        this.nets = sockets.nets;
        this.superBlocks = sockets.vfs.tables.superBlocks;
        this.home = home;
        fs.setObjects(this);
        classNet = fs.newRoot();
        classNet.links(new InNet(true, true), this::putClassTarget);
        virtualNet = fs.newRoot();
        fill(virtualNet.directories(new InNet(true, false)), files, false);
        physicalNet = fs.newRoot();
        SysEntry physical = physicalNet.directories(new InNet(false, true));
        fill(physical, files, true);
        physical.link("device", (dev, into) -> Numbers.text(into, "../../../virtio2"));
        files.addPhysical(physical);
    }

    /** What the directory /sys/class/net shows. */
    public SysEntry classNet() {
        return classNet;
    }

    /** What /sys/devices/virtual/net shows. */
    public SysEntry virtualNet() {
        return virtualNet;
    }

    public SysEntry physicalNet() {
        return physicalNet;
    }

    /** Of a net that has gone there is nothing to be seen. */
    @Override
    public int tag(int sb) {
        int net = superBlocks.key(sb);
        return net == NULL ? home : net;
    }

    @Override
    public boolean isLive(int object) {
        return table.isLive(object);
    }

    /** net_ns_get_ownership(): root of the user namespace that owns the device's net, where that has one. */
    @Override
    public int uid(int object) {
        int kuid = object == NULL ? 0 : sockets.userNamespaces.makeKuid(nets.owner(table.net(object)), 0);
        return kuid == -1 ? 0 : kuid;
    }

    @Override
    public int gid(int object) {
        int kgid = object == NULL ? 0 : sockets.userNamespaces.makeKgid(nets.owner(table.net(object)), 0);
        return kgid == -1 ? 0 : kgid;
    }

    private void fill(SysEntry dir, SysNetFiles files, boolean isPhysical) {
        String subsystem = "../".repeat(isPhysical ? 6 : 4) + "class/net";
        SysEntry.Target sibling = (dev, into) -> putSibling(isPhysical, dev, into);
        files.add(dir);
        dir.link("subsystem", (dev, into) -> Numbers.text(into, subsystem));
        dir.links(new Neighbours("lower_", false), sibling);
        dir.links(new Neighbours("upper_", true), sibling);
        dir.link("master", (dev, into) -> sibling.put(table.master(dev), into))
                .onlyFor(dev -> table.master(dev) != NULL);
    }

    private boolean isPhysical(int dev) {
        return table.kind(dev) == NetDevices.PHYSICAL;
    }

    private int putClassTarget(int dev, byte[] into) {
        String place = isPhysical(dev) ? PHYSICAL_PLACE : VIRTUAL_PLACE;
        return Numbers.text(into, "../../devices/" + place + "/" + devices.nameOf(dev));
    }

    /** From the directory of a device to that of another. */
    private int putSibling(boolean fromPhysical, int dev, byte[] into) {
        String way = fromPhysical == isPhysical(dev)
                ? "../"
                : fromPhysical ? "../../../../../" + VIRTUAL_PLACE + "/" : "../../../" + PHYSICAL_PLACE + "/";
        return Numbers.text(into, way + devices.nameOf(dev));
    }

    /** The device of a name that is its first one; NULL when it is another's or nobody's. */
    private int named(int net, byte[] text, int at, int length) {
        int dev = nets.table().isLive(net) ? devices.byName(net, text, at, length) : NULL;
        return dev != NULL && devices.hasName(dev, text, at, length) ? dev : NULL;
    }

    /** The devices of a net, by name. */
    private final class InNet implements SysEntry.Names {
        private final boolean hasVirtual;
        private final boolean hasPhysical;

        InNet(boolean hasVirtual, boolean hasPhysical) {
            this.hasVirtual = hasVirtual;
            this.hasPhysical = hasPhysical;
        }

        private boolean has(int dev) {
            return isPhysical(dev) ? hasPhysical : hasVirtual;
        }

        @Override
        public int find(int tag, int of, byte[] text, int length) {
            int dev = named(tag, text, 0, length);
            return dev != NULL && has(dev) ? dev : NULL;
        }

        @Override
        public void forEach(int tag, int of, IntConsumer taker) {
            if (tag == NULL) {
                forEachOfAll(taker);
                return;
            }
            int dev = nets.table().isLive(tag) ? table.devices().first(tag) : NULL;
            while (dev != NULL) {
                if (has(dev)) {
                    taker.accept(dev);
                }
                dev = table.devices().next(dev);
            }
        }

        private void forEachOfAll(IntConsumer taker) {
            for (int row = 1; row < table.rows(); row++) {
                int dev = table.handleInRow(row);
                if (dev != NULL && has(dev)) {
                    taker.accept(dev);
                }
            }
        }

        @Override
        public int name(int object, byte[] into) {
            return devices.copyName(object, into, 0);
        }
    }

    /** netdev_adjacent_sysfs_add(): what stands on a device, or what it stands on, in the same net. */
    private final class Neighbours implements SysEntry.Names {
        private final String prefix;
        private final boolean isUpper;

        Neighbours(String prefix, boolean isUpper) {
            this.prefix = prefix;
            this.isUpper = isUpper;
        }

        @Override
        public int find(int tag, int of, byte[] text, int length) {
            int at = prefix.length();
            for (int i = 0; i < at; i++) {
                if (i >= length || text[i] != prefix.charAt(i)) {
                    return NULL;
                }
            }
            int dev = named(table.net(of), text, at, length - at);
            boolean isOne = dev != NULL && (isUpper ? standsOn(dev, of) : standsOn(of, dev));
            return isOne ? dev : NULL;
        }

        private boolean standsOn(int upper, int lower) {
            return table.master(lower) == upper
                    || (table.kind(upper) == NetDevices.MACVLAN && table.link(upper) == lower);
        }

        @Override
        public void forEach(int tag, int of, IntConsumer taker) {
            if (isUpper) {
                take(of, table.master(of), taker);
                for (int at = table.uppers().first(of);
                        at != NULL;
                        at = table.uppers().next(at)) {
                    take(of, at, taker);
                }
                return;
            }
            take(of, table.kind(of) == NetDevices.MACVLAN ? table.link(of) : NULL, taker);
            for (int at = table.ports().first(of);
                    at != NULL;
                    at = table.ports().next(at)) {
                take(of, at, taker);
            }
        }

        private void take(int of, int dev, IntConsumer taker) {
            if (dev != NULL && table.net(dev) == table.net(of)) {
                taker.accept(dev);
            }
        }

        @Override
        public int name(int object, byte[] into) {
            int at = Numbers.text(into, prefix);
            return at + devices.copyName(object, into, at);
        }
    }
}
