package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.event.Random;
import dev.nestor.fs.FileKinds;
import dev.nestor.fs.Files;
import dev.nestor.fs.Outside;
import dev.nestor.fs.nsfs.NsFs;
import dev.nestor.fs.proc.ProcFiles;
import dev.nestor.fs.sysfs.SysFs;
import dev.nestor.table.StateHash;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Socket;
import java.util.function.IntUnaryOperator;

/** Sockets as the calls see them: net/socket.c. What a call has copied in comes here, and what it copies out. */
public final class Network {
    /**
     * The most there may be.
     *
     * @param bytes of all messages that wait
     */
    public record Limits(int sockets, int packets, int files, int bytes, int devices) {}

    /** dev_t of /dev/net/tun. */
    public static final int TUN_DEVICE = Tuns.DEVICE;

    private final Sockets sockets;
    private final SockTable table;
    private final Nets nets;
    private final SocketFs socketFs;
    private final SocketOptions options;
    private final IntUnaryOperator netOf;
    private final Files files;
    private final UnixFamily unix;
    private final InetFamily inet;
    private final Ports ports;
    private final RawSockTable raws;
    private final InetOptionTable inetOptionTable;
    private final IpPackets ip;
    private final NetlinkSockets netlink;
    private final NetDevices devices;
    private final Interfaces interfaces;
    private final DevConf conf;
    private final Neighbours neighbours;
    private final Tuns tuns;
    private final PacketSockets packets;
    private final Timewaits timewaits;
    private final ProcNet procNet;
    private final ProcSockets procSockets;
    private final NetSysctls sysctls;
    private final LearnedSockets learned;
    private final int home; // the initial net

    public Network(NetBelow below, NsFs nsFs, Random random, Limits limits, int userNs) {
        ScmFileTable flights = new ScmFileTable(limits.files());
        SkBuffTable skbs = new SkBuffTable(limits.packets(), flights);
        this.nets = below.nets();
        this.netOf = below.netOf();
        this.files = below.vfs().files;
        this.table = new SockTable(limits.sockets(), skbs, below.vfs().tables.files, nets.table());
        this.sockets = new Sockets(below, table, skbs, flights, limits.bytes());
        ScmMessages scm = new ScmMessages(sockets, below.pidFds());
        this.unix = new UnixFamily(sockets, scm, random);
        NetDeviceTable deviceTable = new NetDeviceTable(limits.devices(), nets.table());
        InetAddrTable addresses = new InetAddrTable(4 * limits.devices(), deviceTable);
        RouteTable routes = new RouteTable(4 * limits.devices(), nets.table());
        this.devices = new NetDevices(nets, deviceTable, below.vfs().tables.names, random);
        this.options = new SocketOptions(sockets, devices, below.pidFds());
        this.conf = new DevConf(16 * limits.devices(), nets.table(), deviceTable);
        this.interfaces = new Interfaces(devices, addresses, routes, conf, below, random);
        this.neighbours =
                new Neighbours(devices, addresses, new NeighbourTable(4 * limits.devices(), deviceTable), below);
        Routing routing = new Routing(devices, addresses, routes, table, neighbours);
        InetSockTable inetSocks = new InetSockTable(limits.sockets());
        PortSettings settings = new PortSettings(conf, nets.table(), below.vfs().tables.names);
        this.ports = new Ports(sockets, inetSocks, new BindBucketTable(limits.sockets(), inetSocks), random, settings);
        this.raws = new RawSockTable(limits.sockets());
        this.inetOptionTable = new InetOptionTable(4 * limits.sockets(), inetSocks);
        InetOptions inetOptions = new InetOptions(sockets, inetSocks, raws, inetOptionTable, devices);
        NetRx rx = new NetRx(below.eventLoop());
        this.ip = new IpPackets(sockets, raws, routing, rx);
        InetControl control = new InetControl(sockets, inetSocks, deviceTable);
        InetRoom room = new InetRoom(sockets, inetSocks, raws, ports, routing, rx, ip, control, inetOptions);
        this.timewaits = new Timewaits(room, below.eventLoop());
        this.inet = new InetFamily(room, timewaits);
        this.home = nets.table().handleInRow(1);
        NetlinkSockTable netlinkSocks = new NetlinkSockTable(limits.sockets());
        this.netlink = new NetlinkSockets(sockets, netlinkSocks, scm, random);
        RtnNsids nsids = new RtnNsids(sockets, nsFs, netOf);
        this.tuns = new Tuns(sockets, devices, below, nsFs, limits);
        Frames frames = new Frames(sockets, interfaces, routing, ip, tuns, neighbours);
        this.packets = new PacketSockets(sockets, devices, frames, control, limits.sockets());
        LinkMessages messages = new LinkMessages(devices, tuns, conf, nsids);
        AddressMessages addressMessages = new AddressMessages(devices, addresses);
        RtnNotes notes = new RtnNotes(devices, netlink, messages, addressMessages, conf);
        interfaces.setNotes(notes::address);
        RtnRoutes rtnRoutes = new RtnRoutes(devices, interfaces, routing);
        RtnNeighbours rtnNeighbours = new RtnNeighbours(devices, neighbours, netlink, sockets, conf);
        RtnLinks links = new RtnLinks(devices, messages, notes, nsids, sockets);
        RtnAddresses rtnAddresses = new RtnAddresses(devices, interfaces, addressMessages);
        new Rtnetlink(sockets, links, rtnAddresses, rtnRoutes, rtnNeighbours, nsids);
        listen(new DeviceEvents(interfaces, notes, nsids, tuns, neighbours, packets), timewaits, settings);
        this.procNet = new ProcNet(devices, interfaces, rtnRoutes, rtnNeighbours, netOf);
        this.sysctls = new NetSysctls(devices, interfaces, notes, sockets, netOf, settings);
        this.procSockets = new ProcSockets(sockets, inetSocks, netlinkSocks, packets.table(), timewaits.table());
        InetDiag diag = new InetDiag(sockets, inetSocks, timewaits.table());
        new SockDiag(netlink, netlinkSocks, packets.table(), diag, sockets);
        this.socketFs = new SocketFs(
                sockets, new SocketIoctls(sockets, new DevIoctls(sockets, devices, interfaces), nsFs), userNs);
        unix.setKind(socketFs.kind());
        this.learned = new LearnedSockets(this, inetSocks, ports, unix.names(), netlink, tuns);
        boot(routing);
    }

    private void boot(Routing routing) {
        routing.setHome(home);
        conf.initNet(home);
        interfaces.boot(home);
    }

    /** At its death a net loses more than its devices: ports that are kept, and what is said of ports. */
    private void listen(DeviceEvents events, Timewaits timewaits, PortSettings settings) {
        devices.setListener(events);
        nets.setContents(new Nets.Contents() {
            @Override
            public void initNet(int net) {
                events.initNet(net);
            }

            @Override
            public void exitNet(int net) {
                timewaits.exitNet(net);
                settings.forget(net);
                events.exitNet(net);
            }
        });
    }

    /** For a driver that knows what the kernel has chosen. */
    public LearnedSockets learned() {
        return learned;
    }

    /** Puts the files of /proc/net into the registry. */
    public void register(ProcFiles procFiles) {
        procNet.register(procFiles, procSockets);
        sysctls.register(procFiles);
    }

    /** Puts devices into sysfs. */
    public SysNet newSysNet(SysFs fs) {
        return new SysNet(fs, sockets, devices, new SysNetFiles(sockets, devices, tuns.tuns()), home);
    }

    /** The FileOps index of /dev/net/tun. */
    public int tunKind() {
        return tuns.kind();
    }

    Interfaces interfaces() {
        return interfaces;
    }

    /** The open file of a descriptor, or NULL. */
    int usableFileOf(int task, int fd) {
        return files.usableFileOf(task, fd);
    }

    /** Network devices. */
    public NetDevices devices() {
        return devices;
    }

    public Sockets sockets() {
        return sockets;
    }

    /** __sock_create(): a sock of its own, or EAFNOSUPPORT, EINVAL, and what the family answers. */
    private int create(int task, int family, int type, int protocol) {
        if (family < 0 || family >= Socket.AF_MAX) {
            return -Errno.EAFNOSUPPORT;
        }
        if (type < 0 || type >= Socket.SOCK_MAX) {
            return -Errno.EINVAL;
        }
        int net = netOf.applyAsInt(task);
        if (family == Socket.AF_INET && type == Socket.SOCK_PACKET) {
            return packets.create(task, net, type, protocol);
        }
        return switch (family) {
            case Socket.AF_UNIX -> unix.create(task, net, type, protocol);
            case Socket.AF_INET, Socket.AF_INET6 -> inet.create(task, net, family, type, protocol);
            case Socket.AF_NETLINK -> netlink.create(task, net, type, protocol);
            case Socket.AF_PACKET -> packets.create(task, net, type, protocol);
            case Socket.AF_XDP -> createXdp(task, net, type, protocol);
            case Socket.AF_VSOCK -> createVsock(type, protocol);
            default -> -Errno.EAFNOSUPPORT;
        };
    }

    /** xsk_create() as far as it refuses: EPERM, ESOCKTNOSUPPORT, EPROTONOSUPPORT. */
    private int createXdp(int task, int net, int type, int protocol) {
        if (!sockets.capabilities.nsCapable(task, nets.owner(net), Capability.CAP_NET_RAW)) {
            return -Errno.EPERM;
        }
        return type != Socket.SOCK_RAW
                ? -Errno.ESOCKTNOSUPPORT
                : protocol != 0 ? -Errno.EPROTONOSUPPORT : -Outside.EOUTSIDE;
    }

    /** vsock_create(): the machine's own transport is outside; there is none for datagrams. */
    private static int createVsock(int type, int protocol) {
        if (protocol != 0 && protocol != Socket.AF_VSOCK) {
            return -Errno.EPROTONOSUPPORT;
        }
        return switch (type) {
            case Socket.SOCK_STREAM, Socket.SOCK_SEQPACKET -> -Outside.EOUTSIDE;
            case Socket.SOCK_DGRAM -> -Errno.ENODEV;
            default -> -Errno.ESOCKTNOSUPPORT;
        };
    }

    /**
     * __sys_socket_file(): a file with one reference, or a negative errno.
     *
     * @param flags O_NONBLOCK
     */
    public int socket(int task, int family, int type, int protocol, int flags) {
        int sk = create(task, family, type, protocol);
        return sk < 0 ? sk : open(task, sk, flags);
    }

    private int open(int task, int sk, int flags) {
        int file = socketFs.open(task, sk, flags);
        if (file == NULL) {
            sockets.ops(sk).release(sk);
            return -Errno.ENFILE;
        }
        return file;
    }

    /**
     * The middle of __sys_socketpair(): 0, or a negative errno.
     *
     * @param ends where both files go, each with one reference
     */
    public long socketpair(int task, int family, int type, int protocol, int flags, int[] ends) {
        int first = create(task, family, type, protocol);
        if (first < 0) {
            return first;
        }
        int second = create(task, family, type, protocol);
        long error = second < 0 ? second : sockets.ops(first).socketpair(task, first, second);
        if (error != 0) {
            sockets.ops(first).release(first);
            if (second > 0) {
                sockets.ops(second).release(second);
            }
            return error;
        }
        ends[0] = open(task, first, flags);
        if (ends[0] < 0) {
            sockets.ops(second).release(second);
            return ends[0];
        }
        ends[1] = open(task, second, flags);
        if (ends[1] < 0) {
            files.put(ends[0]);
            return ends[1];
        }
        return 0;
    }

    /** sockfd_lookup(): the file of a socket, or EBADF, ENOTSOCK, EOUTSIDE. */
    public int fileOf(int task, int fd) {
        sockets.reap();
        int file = files.usableFileOf(task, fd);
        if (file == NULL) {
            return -Errno.EBADF;
        }
        if (socketFs.sockOf(file) != NULL) {
            return file;
        }
        return sockets.vfs.tables.files.kind(file) == FileKinds.OUTSIDE ? -Outside.EOUTSIDE : -Errno.ENOTSOCK;
    }

    /** The sock of a socket's file. */
    public int sockOf(int file) {
        return socketFs.sockOf(file);
    }

    private ProtoOps ops(int file) {
        return sockets.ops(sockOf(file));
    }

    public long bind(int task, int file, byte[] address, int length) {
        return ops(file).bind(task, sockOf(file), address, length);
    }

    public long connect(int task, int file, byte[] address, int length) {
        int flags = sockets.vfs.tables.files.flags(file);
        return sockets.endWait(task, file, ops(file).connect(task, sockOf(file), address, length, flags));
    }

    public long listen(int task, int file, int backlog) {
        int sk = sockOf(file);
        int most = nets.table().somaxconn(table.net(sk));
        int wanted = Integer.compareUnsigned(backlog, most) > 0 ? most : backlog;
        return sockets.ops(sk).listen(task, sk, wanted);
    }

    /** do_accept(): a new file, or a negative errno, or BLOCKED. */
    public long accept(int task, int file, int flags) {
        int sk = sockOf(file);
        int mode = sockets.vfs.tables.files.flags(file);
        long child = sockets.endWait(task, file, sockets.ops(sk).accept(task, sk, mode));
        return child < 0 ? child : open(task, (int) child, flags);
    }

    /** The length of the name of a socket or of its peer, or a negative errno. */
    public int getname(int task, int file, boolean peer, byte[] into) {
        return ops(file).getname(task, sockOf(file), peer, into);
    }

    public long shutdown(int task, int file, int how) {
        return ops(file).shutdown(task, sockOf(file), how);
    }

    public long sendmsg(int task, int file, Message message) {
        return sockets.endWait(task, file, ops(file).sendmsg(task, sockOf(file), message));
    }

    public long recvmsg(int task, int file, Message message) {
        return sockets.endWait(task, file, ops(file).recvmsg(task, sockOf(file), message));
    }

    public long setsockopt(int task, int file, int level, int option, long value, int length) {
        if (length < 0) {
            return -Errno.EINVAL;
        }
        int sk = sockOf(file);
        return level == Socket.SOL_SOCKET
                ? options.set(task, sk, option, value, length)
                : sockets.ops(sk).setsockopt(task, sk, level, option, value, length);
    }

    public long getsockopt(int task, int file, int level, int option, long value, long length) {
        int sk = sockOf(file);
        return level == Socket.SOL_SOCKET
                ? options.get(task, sk, option, value, length)
                : sockets.ops(sk).getsockopt(task, sk, level, option, value, length);
    }

    public void digest(StateHash hash) {
        sockets.digest(hash);
        ports.digest(hash);
        raws.digest(hash);
        inetOptionTable.digest(hash);
        ip.digest(hash);
        netlink.digest(hash);
        packets.digest(hash);
        timewaits.digest(hash);
        interfaces.digest(hash);
        neighbours.digest(hash);
        conf.digest(hash);
        tuns.digest(hash);
    }
}
