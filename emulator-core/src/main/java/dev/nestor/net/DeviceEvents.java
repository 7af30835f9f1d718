package dev.nestor.net;

/** What follows from what happens to nets and devices: addresses and routes change, listeners of netlink are told. */
final class DeviceEvents implements NetDevices.Listener, Nets.Contents {
    private final NetDevices devices;
    private final Interfaces interfaces;
    private final RtnNotes notes;
    private final RtnNsids nsids;
    private final DevConf conf;
    private final Tuns tuns;
    private final Neighbours neighbours;
    private final PacketSockets packets;

    DeviceEvents(
            Interfaces interfaces,
            RtnNotes notes,
            RtnNsids nsids,
            Tuns tuns,
            Neighbours neighbours,
            PacketSockets packets) {
        this.packets = packets;
        this.devices = interfaces.devices();
        this.interfaces = interfaces;
        this.notes = notes;
        this.nsids = nsids;
        this.conf = interfaces.conf();
        this.tuns = tuns;
        this.neighbours = neighbours;
    }

    @Override
    public void initNet(int net) {
        conf.initNet(net);
        interfaces.initNet(net);
    }

    @Override
    public void exitNet(int net) {
        interfaces.exitNet(net);
        conf.exitNet(net);
        nsids.forget(net);
    }

    @Override
    public void registered(int dev) {
        conf.registered(dev);
        interfaces.registered(dev);
        notes.netconf(dev, true, false);
        notes.netconf(dev, false, false);
    }

    @Override
    public void announced(int dev) {
        notes.link(dev, Rtnetlink.RTM_NEWLINK, -1);
    }

    @Override
    public void changed(int dev, int change) {
        if ((change & NetDevices.IFF_UP) != 0 && !devices.isUp(dev)) {
            neighbours.flush(dev, false);
        }
        interfaces.changed(dev, change);
        if ((change & NetDevices.IFF_UP) != 0) {
            if (devices.isUp(dev)) {
                packets.cameUp(dev);
            } else {
                packets.wentDown(dev);
            }
        }
        notes.link(dev, Rtnetlink.RTM_NEWLINK, change);
    }

    @Override
    public void told(int dev) {
        if (devices.table().carrier(dev) == 0) {
            neighbours.flush(dev, true);
        }
        interfaces.ready(dev);
        notes.link(dev, Rtnetlink.RTM_NEWLINK, 0);
    }

    @Override
    public void unregistering(int dev) {
        packets.unregistering(dev);
        leave(dev);
        tuns.forget(dev);
    }

    @Override
    public void leaving(int dev, int toNet, int ifindex) {
        packets.unregistering(dev);
        neighbours.flush(dev, false);
        int nsid = nsids.idOf(devices.devNet(dev), toNet);
        interfaces.unregistering(dev);
        notes.netconf(dev, true, true);
        notes.netconf(dev, false, true);
        conf.unregistering(dev);
        notes.leaving(dev, nsid, ifindex);
    }

    @Override
    public void arrived(int dev) {
        notes.link(dev, Rtnetlink.RTM_NEWLINK, -1);
    }

    private void leave(int dev) {
        neighbours.flush(dev, false);
        interfaces.unregistering(dev);
        notes.netconf(dev, true, true);
        notes.netconf(dev, false, true);
        conf.unregistering(dev);
        notes.link(dev, Rtnetlink.RTM_DELLINK, -1);
    }
}
