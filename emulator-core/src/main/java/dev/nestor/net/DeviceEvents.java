package dev.nestor.net;

/** What follows from what happens to nets and devices: addresses and routes change, listeners of netlink are told. */
final class DeviceEvents implements NetDevices.Listener, Nets.Contents {
    private final Interfaces interfaces;
    private final RtnLinks links;
    private final RtnNsids nsids;

    DeviceEvents(Interfaces interfaces, RtnLinks links, RtnNsids nsids) {
        this.interfaces = interfaces;
        this.links = links;
        this.nsids = nsids;
    }

    @Override
    public void initNet(int net) {
        interfaces.initNet(net);
    }

    @Override
    public void exitNet(int net) {
        interfaces.exitNet(net);
        nsids.forget(net);
    }

    @Override
    public void registered(int dev) {
        interfaces.registered(dev);
    }

    @Override
    public void changed(int dev, int change) {
        interfaces.changed(dev, change);
        links.tell(dev, Rtnetlink.RTM_NEWLINK, change);
    }

    @Override
    public void unregistering(int dev) {
        interfaces.unregistering(dev);
        links.tell(dev, Rtnetlink.RTM_DELLINK, -1);
    }

    @Override
    public void leaving(int dev, int toNet) {
        interfaces.leaving(dev, toNet);
        links.tell(dev, Rtnetlink.RTM_DELLINK, -1);
    }
}
