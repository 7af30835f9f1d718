package dev.nestor.net;

import dev.nestor.table.Chain;
import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The net_device columns. */
public final class NetDeviceTable extends Table {
    private int[] net = new int[initialRows()]; // net
    private int[] ifindex = new int[initialRows()]; // number in it
    private int[] name = new int[initialRows()]; // name
    private int[] kind = new int[initialRows()]; // NetDevices.*
    private int[] type = new int[initialRows()]; // ARPHRD_*
    private int[] flags = new int[initialRows()]; // IFF_*, those of the user's making
    private int[] mtu = new int[initialRows()]; // bytes
    private int[] txqlen = new int[initialRows()]; // packets
    private int[] link = new int[initialRows()]; // net_device: the other end of a veth, what a macvlan stands on
    private int[] master = new int[initialRows()]; // bridge that it is a port of
    private int[] group = new int[initialRows()]; // IFLA_GROUP
    private int[] carrier = new int[initialRows()]; // 1 when the other end is up
    private int[] carrierUp = new int[initialRows()]; // changes to carrier
    private int[] carrierDown = new int[initialRows()]; // changes to no carrier
    private int[] promiscuity = new int[initialRows()]; // how often
    private int[] addressLength = new int[initialRows()]; // bytes of its hardware address
    private int[] operstate = new int[initialRows()]; // IF_OPER_*
    private int[] inet6Flags = new int[initialRows()]; // IF_READY, IF_RS_SENT of struct inet6_dev
    private int[] allmulti = new int[initialRows()]; // how often
    private int[] addressSet = new int[initialRows()]; // 1 when a user has chosen the hardware address
    private int[] qdisc = new int[initialRows()]; // 1 once it has been up in its net, and so has a queue discipline
    private int[] nameAssignType = new int[initialRows()]; // NET_NAME_*
    private int[] alias = new int[initialRows()]; // name; NULL for none
    private int[] tun = new int[initialRows()]; // tun_struct; NULL for other devices
    private long[] address = new long[initialRows()]; // hardware address
    private long[] permanent = new long[initialRows()]; // hardware address that it was born with
    private long[] rxPackets = new long[initialRows()]; // count
    private long[] inet6Stamp = new long[initialRows()]; // ns of CLOCK_MONOTONIC: tstamp of struct inet6_dev
    private long[] rxDropped = new long[initialRows()]; // count
    private long[] rxBytes = new long[initialRows()]; // count
    private long[] txPackets = new long[initialRows()]; // count
    private long[] txBytes = new long[initialRows()]; // count
    private long[] txDropped = new long[initialRows()]; // count
    private final Chain devices; // of a net, by ifindex
    private final Chain ports; // of a bridge
    private final Chain uppers; // macvlans that stand on a device

    public NetDeviceTable(int limit, NetTable nets) {
        super("net_device", 62, limit);
        devices = new Chain(nets, this);
        ports = new Chain(this, this);
        uppers = new Chain(this, this);
    }

    public int net(int dev) {
        return net[row(dev)];
    }

    void setNet(int dev, int value) {
        net[row(dev)] = value;
    }

    public int ifindex(int dev) {
        return ifindex[row(dev)];
    }

    void setIfindex(int dev, int value) {
        ifindex[row(dev)] = value;
    }

    public int name(int dev) {
        return name[row(dev)];
    }

    void setName(int dev, int value) {
        name[row(dev)] = value;
    }

    public int kind(int dev) {
        return kind[row(dev)];
    }

    void setKind(int dev, int value) {
        kind[row(dev)] = value;
    }

    public int type(int dev) {
        return type[row(dev)];
    }

    void setType(int dev, int value) {
        type[row(dev)] = value;
    }

    public int flags(int dev) {
        return flags[row(dev)];
    }

    void setFlags(int dev, int value) {
        flags[row(dev)] = value;
    }

    public int mtu(int dev) {
        return mtu[row(dev)];
    }

    void setMtu(int dev, int value) {
        mtu[row(dev)] = value;
    }

    public int txqlen(int dev) {
        return txqlen[row(dev)];
    }

    void setTxqlen(int dev, int value) {
        txqlen[row(dev)] = value;
    }

    public int link(int dev) {
        return link[row(dev)];
    }

    void setLink(int dev, int value) {
        link[row(dev)] = value;
    }

    public int master(int dev) {
        return master[row(dev)];
    }

    void setMaster(int dev, int value) {
        master[row(dev)] = value;
    }

    public int group(int dev) {
        return group[row(dev)];
    }

    void setGroup(int dev, int value) {
        group[row(dev)] = value;
    }

    public int carrier(int dev) {
        return carrier[row(dev)];
    }

    void setCarrier(int dev, int value) {
        carrier[row(dev)] = value;
    }

    public int carrierUp(int dev) {
        return carrierUp[row(dev)];
    }

    void setCarrierUp(int dev, int value) {
        carrierUp[row(dev)] = value;
    }

    public int carrierDown(int dev) {
        return carrierDown[row(dev)];
    }

    void setCarrierDown(int dev, int value) {
        carrierDown[row(dev)] = value;
    }

    public int promiscuity(int dev) {
        return promiscuity[row(dev)];
    }

    void setPromiscuity(int dev, int value) {
        promiscuity[row(dev)] = value;
    }

    public int addressLength(int dev) {
        return addressLength[row(dev)];
    }

    void setAddressLength(int dev, int value) {
        addressLength[row(dev)] = value;
    }

    public int operstate(int dev) {
        return operstate[row(dev)];
    }

    void setOperstate(int dev, int value) {
        operstate[row(dev)] = value;
    }

    public long address(int dev) {
        return address[row(dev)];
    }

    void setAddress(int dev, long value) {
        address[row(dev)] = value;
    }

    public long permanent(int dev) {
        return permanent[row(dev)];
    }

    void setPermanent(int dev, long value) {
        permanent[row(dev)] = value;
    }

    public long rxPackets(int dev) {
        return rxPackets[row(dev)];
    }

    void setRxPackets(int dev, long value) {
        rxPackets[row(dev)] = value;
    }

    public long rxBytes(int dev) {
        return rxBytes[row(dev)];
    }

    void setRxBytes(int dev, long value) {
        rxBytes[row(dev)] = value;
    }

    public long txPackets(int dev) {
        return txPackets[row(dev)];
    }

    void setTxPackets(int dev, long value) {
        txPackets[row(dev)] = value;
    }

    public long txBytes(int dev) {
        return txBytes[row(dev)];
    }

    void setTxBytes(int dev, long value) {
        txBytes[row(dev)] = value;
    }

    public long txDropped(int dev) {
        return txDropped[row(dev)];
    }

    void setTxDropped(int dev, long value) {
        txDropped[row(dev)] = value;
    }

    public int tun(int dev) {
        return tun[row(dev)];
    }

    void setTun(int dev, int value) {
        tun[row(dev)] = value;
    }

    int nameAssignType(int dev) {
        return nameAssignType[row(dev)];
    }

    void setNameAssignType(int dev, int value) {
        nameAssignType[row(dev)] = value;
    }

    public int alias(int dev) {
        return alias[row(dev)];
    }

    void setAlias(int dev, int value) {
        alias[row(dev)] = value;
    }

    public long rxDropped(int dev) {
        return rxDropped[row(dev)];
    }

    void setRxDropped(int dev, long value) {
        rxDropped[row(dev)] = value;
    }

    public int qdisc(int dev) {
        return qdisc[row(dev)];
    }

    void setQdisc(int dev, int value) {
        qdisc[row(dev)] = value;
    }

    public int addressSet(int dev) {
        return addressSet[row(dev)];
    }

    void setAddressSet(int dev, int value) {
        addressSet[row(dev)] = value;
    }

    public int allmulti(int dev) {
        return allmulti[row(dev)];
    }

    void setAllmulti(int dev, int value) {
        allmulti[row(dev)] = value;
    }

    public int inet6Flags(int dev) {
        return inet6Flags[row(dev)];
    }

    void setInet6Flags(int dev, int value) {
        inet6Flags[row(dev)] = value;
    }

    public long inet6Stamp(int dev) {
        return inet6Stamp[row(dev)];
    }

    void setInet6Stamp(int dev, long value) {
        inet6Stamp[row(dev)] = value;
    }

    public Chain devices() {
        return devices;
    }

    public Chain ports() {
        return ports;
    }

    public Chain uppers() {
        return uppers;
    }

    @Override
    protected void clearRow(int row) {
        net[row] = 0;
        ifindex[row] = 0;
        name[row] = 0;
        kind[row] = 0;
        type[row] = 0;
        flags[row] = 0;
        mtu[row] = 0;
        txqlen[row] = 0;
        link[row] = 0;
        master[row] = 0;
        group[row] = 0;
        carrier[row] = 0;
        carrierUp[row] = 0;
        carrierDown[row] = 0;
        promiscuity[row] = 0;
        addressLength[row] = 0;
        operstate[row] = 0;
        inet6Flags[row] = 0;
        allmulti[row] = 0;
        addressSet[row] = 0;
        qdisc[row] = 0;
        nameAssignType[row] = 0;
        alias[row] = 0;
        tun[row] = 0;
        address[row] = 0;
        permanent[row] = 0;
        rxPackets[row] = 0;
        rxBytes[row] = 0;
        txPackets[row] = 0;
        txBytes[row] = 0;
        txDropped[row] = 0;
        inet6Stamp[row] = 0;
        rxDropped[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        net = columns.ints(net);
        ifindex = columns.ints(ifindex);
        name = columns.ints(name);
        kind = columns.ints(kind);
        type = columns.ints(type);
        flags = columns.ints(flags);
        mtu = columns.ints(mtu);
        txqlen = columns.ints(txqlen);
        link = columns.ints(link);
        master = columns.ints(master);
        group = columns.ints(group);
        carrier = columns.ints(carrier);
        carrierUp = columns.ints(carrierUp);
        carrierDown = columns.ints(carrierDown);
        promiscuity = columns.ints(promiscuity);
        addressLength = columns.ints(addressLength);
        tun = columns.ints(tun);
        nameAssignType = columns.ints(nameAssignType);
        alias = columns.ints(alias);
        qdisc = columns.ints(qdisc);
        addressSet = columns.ints(addressSet);
        allmulti = columns.ints(allmulti);
        inet6Flags = columns.ints(inet6Flags);
        operstate = columns.ints(operstate);
        address = columns.longs(address);
        permanent = columns.longs(permanent);
        rxPackets = columns.longs(rxPackets);
        rxBytes = columns.longs(rxBytes);
        txPackets = columns.longs(txPackets);
        txBytes = columns.longs(txBytes);
        rxDropped = columns.longs(rxDropped);
        inet6Stamp = columns.longs(inet6Stamp);
        txDropped = columns.longs(txDropped);
    }
}
