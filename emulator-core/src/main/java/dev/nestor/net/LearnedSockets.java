package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.uapi.Socket;

/**
 * For a driver that knows which free names the kernel has chosen where it was free to: ports, names by autobind, port numbers of
 * netlink. A name that the emulator has chosen gives way to the one that is known, unless that is taken.
 */
public final class LearnedSockets {
    private static final int FIRST_EPHEMERAL = 32_768;

    private final Network network;
    private final SockTable table;
    private final InetSockTable inet;
    private final Ports ports;
    private final UnixNames names;
    private final NetlinkSockets netlink;
    private final NetDevices devices;
    private final Interfaces interfaces;
    private final Tuns tuns;
    private int nameless; // net_device that a name is to be found for

    LearnedSockets(
            Network network, InetSockTable inet, Ports ports, UnixNames names, NetlinkSockets netlink, Tuns tuns) {
        this.tuns = tuns;
        this.netlink = netlink;
        this.interfaces = network.interfaces();
        this.devices = network.devices();
        this.network = network;
        this.table = network.sockets().table;
        this.inet = inet;
        this.ports = ports;
        this.names = names;
    }

    private int sockOf(int task, int fd, int family) {
        int file = fd < 0 ? NULL : network.fileOf(task, fd);
        int sk = file <= NULL ? NULL : network.sockOf(file);
        boolean isInet = sk != NULL && (table.family(sk) == Socket.AF_INET || table.family(sk) == Socket.AF_INET6);
        return sk != NULL && (family == Socket.AF_INET ? isInet : table.family(sk) == family) ? sk : NULL;
    }

    /** The socket's own port, if it has one of the ephemeral range. */
    public void choosePort(int task, int fd, int port) {
        int sk = sockOf(task, fd, Socket.AF_INET);
        if (sk == NULL || table.type(sk) == Socket.SOCK_RAW || port < FIRST_EPHEMERAL) {
            return;
        }
        int info = table.info(sk);
        int before = inet.port(info);
        if (before < FIRST_EPHEMERAL || before == port || !ports.choose(sk, port)) {
            return;
        }
        int peer = table.peer(sk);
        if (peer != NULL && inet.peerPort(table.info(peer)) == before) {
            inet.setPeerPort(table.info(peer), port);
        }
    }

    /** The name of an AF_UNIX socket that autobind has given one. */
    public void chooseName(int task, int fd, byte[] name) {
        int sk = sockOf(task, fd, Socket.AF_UNIX);
        if (sk != NULL) {
            names.choose(sk, name);
        }
    }

    /** The number of a netlink socket that is not that of a process. */
    public void choosePortid(int task, int fd, int portid) {
        int sk = sockOf(task, fd, Socket.AF_NETLINK);
        if (sk != NULL) {
            netlink.choose(sk, portid);
        }
    }

    /** The identification of the packet of IPv4 that a raw socket is about to read. */
    public void chooseIdentification(int task, int fd, int id) {
        int sk = sockOf(task, fd, Socket.AF_INET);
        if (sk != NULL && table.family(sk) == Socket.AF_INET && table.type(sk) == Socket.SOCK_RAW) {
            network.sockets().skBuffs.identify(table.receiveQueue().first(sk), id);
        }
    }

    /** A device that a program finds by name in the net of a socket, though nothing here has made it; false when it is there. */
    public boolean addDevice(int task, int fd, byte[] name) {
        int file = network.fileOf(task, fd);
        int sk = file <= NULL ? NULL : network.sockOf(file);
        if (sk == NULL) {
            return false;
        }
        boolean isNameless =
                nameless != NULL && devices.table().isLive(nameless) && devices.devNet(nameless) == table.net(sk);
        if (isNameless) {
            int dev = nameless;
            nameless = NULL;
            return devices.rename(dev, name, name.length) == 0;
        }
        return devices.create(table.net(sk), NetDevices.TUN, name, 0, 0) > NULL;
    }

    /** A file of /dev/net/tun is given a device, whose name is not known yet: the one that is looked for next has it. */
    public boolean addTun(int task, int fd) {
        int file = network.usableFileOf(task, fd);
        int dev = file == NULL ? NULL : tuns.open(file);
        nameless = dev > NULL ? dev : NULL;
        return dev > NULL;
    }

    /**
     * The index of a device that a netlink socket is about to be told of. Where the recorded machine had had more devices
     * before, all that have been made since then are as much higher, and what is on its way says so.
     */
    public void chooseIfindex(int task, int fd, byte[] name, int length, int ifindex) {
        int sk = sockOf(task, fd, Socket.AF_NETLINK);
        int net = sk == NULL ? NULL : table.net(sk);
        int dev = sk == NULL ? NULL : devices.byName(net, java.util.Arrays.copyOf(name, length + 1), 0, length + 1);
        int before = dev == NULL ? 0 : devices.table().ifindex(dev);
        boolean mayShift = dev != NULL && before < ifindex && before > interfaces.bootIndex(net);
        if (mayShift && devices.shift(net, before, ifindex - before)) {
            Renumbering.shift(network.sockets(), net, before, ifindex - before);
        }
    }

    /**
     * The random hardware address of a device that a netlink socket is about to be told: the device has it, and what is on its
     * way says so.
     */
    public void chooseHardwareAddress(int task, int fd, int ifindex, byte[] bytes, int at) {
        int sk = sockOf(task, fd, Socket.AF_NETLINK);
        int dev = sk == NULL ? NULL : devices.byIndex(table.net(sk), ifindex);
        long wanted = RtnLinks.addressAt(bytes, at);
        if (dev == NULL || wanted == 0 || devices.table().addressLength(dev) != 6) {
            return;
        }
        long before = devices.table().address(dev);
        if (before != 0 && before != wanted) {
            devices.table().setAddress(dev, wanted);
            interfaces.renumber(dev, before, wanted);
            network.sockets().skBuffs.replace(sk, table, before, wanted);
        }
    }
}
