package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileOps;
import dev.nestor.mm.UserMemory;
import dev.nestor.table.Chain;
import dev.nestor.table.StateHash;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Socket;
import java.util.Arrays;

/** AF_PACKET: net/packet/af_packet.c. A socket sees the frames of the devices of its own net. */
final class PacketSockets implements ProtoOps, Frames.Tap {
    static final int ETH_P_ALL = 3;

    private static final int ADDRESS = 20; // bytes of struct sockaddr_ll
    private static final int HARDWARE = 12; // where its sll_addr is
    private static final int OLD_ADDRESS = 16; // bytes of struct sockaddr
    private static final int OLD_PACKET = 18; // bytes of struct sockaddr_pkt
    private static final int OLD_NAME = 14; // bytes of the name in it
    private static final int RECEIVE_FLAGS =
            Socket.MSG_PEEK | Socket.MSG_DONTWAIT | Socket.MSG_TRUNC | Socket.MSG_CMSG_COMPAT | Socket.MSG_ERRQUEUE;
    private static final int AUXDATA = 20; // bytes of struct tpacket_auxdata
    private static final int TP_STATUS_USER = 1;
    private static final int TP_STATUS_CSUMNOTREADY = 8;
    private static final int VLAN_HLEN = 4;
    private static final int VLAN_TYPE = 0x8100;
    private static final int LONGEST = 1 << 17;

    /* What a buffer keeps of its frame: toPort the ifindex, datum the types, addressLow the hardware address, toLow the rest. */
    private static final int TYPE_SHIFT = 16; // of datum: below it stands the type of the device
    private static final int HALEN_SHIFT = 24;
    private static final int PARTIAL = 1 << 16; // of toLow: below it stands where the payload begins

    private final Sockets sockets;
    private final SockTable table;
    private final SkBuffs skBuffs;
    private final SkBuffTable skbs;
    private final PacketSockTable packets;
    private final PacketMclistTable lists;
    private final NetDevices devices;
    private final NetDeviceTable devs;
    private final Frames frames;
    private final InetControl control;
    private final PacketOptions options;
    private final UserMemory memory;
    private final int place;
    private final byte[] aux = new byte[AUXDATA];
    private byte[] bytes = new byte[4096];

    PacketSockets(Sockets sockets, NetDevices devices, Frames frames, InetControl control, int limit) {
        this.sockets = sockets;
        this.table = sockets.table;
        this.skBuffs = sockets.skBuffs;
        this.skbs = skBuffs.table();
        this.lists = new PacketMclistTable(limit);
        this.packets = new PacketSockTable(limit, sockets.nets.table(), lists);
        this.devices = devices;
        this.devs = devices.table();
        this.frames = frames;
        this.control = control;
        this.memory = sockets.vfs.below.memory();
        this.options = new PacketOptions(sockets, packets, lists, devices);
        this.place = sockets.register(this);
        frames.setTap(this);
    }

    PacketSockTable table() {
        return packets;
    }

    /** packet_create(): EPERM, ESOCKTNOSUPPORT, ENOBUFS. */
    int create(int task, int net, int type, int protocol) {
        if (!sockets.capabilities.nsCapable(task, sockets.nets.owner(net), Capability.CAP_NET_RAW)) {
            return -Errno.EPERM;
        }
        if (type != Socket.SOCK_DGRAM && type != Socket.SOCK_RAW && type != Socket.SOCK_PACKET) {
            return -Errno.ESOCKTNOSUPPORT;
        }
        int packet = packets.alloc();
        int sk = packet == NULL ? NULL : sockets.alloc(task, net, Socket.AF_PACKET, type, 0, place);
        if (sk == NULL) {
            if (packet != NULL) {
                packets.free(packet);
            }
            return -Errno.ENOBUFS;
        }
        table.setInfo(sk, packet);
        packets.setSk(packet, sk);
        packets.setProtocol(packet, swap(protocol));
        packets.setRunning(packet, swap(protocol) == 0 ? 0 : 1);
        packets.sockets().addLast(net, packet);
        return sk;
    }

    /** ntohs(). */
    private static int swap(int value) {
        return (value >>> 8 & 0xff) | (value & 0xff) << 8;
    }

    private int info(int sk) {
        return table.info(sk);
    }

    private boolean isOld(int sk) {
        return table.type(sk) == Socket.SOCK_PACKET;
    }

    /** packet_release(). */
    @Override
    public void release(int sk) {
        options.forgetAll(sk);
        packets.sockets().remove(info(sk));
        packets.setRunning(info(sk), 0);
        sockets.orphan(sk);
        sockets.purge(sk);
        sockets.put(sk);
    }

    @Override
    public void destroy(int sk) {
        packets.free(info(sk));
        table.setInfo(sk, NULL);
    }

    /** packet_bind(), packet_bind_spkt(): EINVAL, ENODEV. */
    @Override
    public long bind(int task, int sk, byte[] address, int length) {
        int packet = info(sk);
        if (isOld(sk)) {
            if (length != OLD_ADDRESS) {
                return -Errno.EINVAL;
            }
            address[OLD_ADDRESS] = 0;
            int dev = devices.byName(table.net(sk), address, 2, OLD_NAME);
            return dev == NULL ? -Errno.ENODEV : bindTo(packet, dev, packets.protocol(packet));
        }
        if (length < ADDRESS || Bytes.getShort(address, 0) != Socket.AF_PACKET) {
            return -Errno.EINVAL;
        }
        if (packets.fanout(packet) != 0) {
            return -Errno.EINVAL;
        }
        int ifindex = Bytes.getInt(address, 4);
        int dev = ifindex == 0 ? NULL : devices.byIndex(table.net(sk), ifindex);
        if (ifindex != 0 && dev == NULL) {
            return -Errno.ENODEV;
        }
        int protocol = Bytes.getPort(address, 2);
        return bindTo(packet, dev, protocol == 0 ? packets.protocol(packet) : protocol);
    }

    /** packet_do_bind(): a device that is down leaves ENETDOWN pending. */
    private long bindTo(int packet, int dev, int protocol) {
        int ifindex = dev == NULL ? 0 : devs.ifindex(dev);
        boolean isOther = packets.protocol(packet) != protocol || packets.ifindex(packet) != ifindex;
        if (isOther) {
            packets.setRunning(packet, 0);
            packets.setProtocol(packet, protocol);
            packets.setIfindex(packet, ifindex);
            packets.setDev(packet, dev);
        }
        if (protocol == 0 || !isOther) {
            return 0;
        }
        if (dev == NULL || devices.isUp(dev)) {
            packets.setRunning(packet, 1);
        } else {
            fail(packet);
        }
        return 0;
    }

    private void fail(int packet) {
        int sk = packets.sk(packet);
        table.setErr(sk, Errno.ENETDOWN);
        sockets.dataReady(sk);
    }

    /** packet_notifier(NETDEV_DOWN). */
    void wentDown(int dev) {
        forEach(dev, false, false);
    }

    /** packet_notifier(NETDEV_UP). */
    void cameUp(int dev) {
        forEach(dev, true, false);
    }

    /** packet_notifier(NETDEV_UNREGISTER): it goes, or leaves the net. */
    void unregistering(int dev) {
        forEach(dev, false, true);
    }

    private void forEach(int dev, boolean isUp, boolean isGone) {
        Chain all = packets.sockets();
        for (int packet = all.first(devs.net(dev)); packet != NULL; packet = all.next(packet)) {
            if (isGone) {
                options.forget(packet, devs.ifindex(dev));
            }
            if (packets.ifindex(packet) != devs.ifindex(dev)) {
                continue;
            }
            if (isUp) {
                packets.setRunning(packet, packets.protocol(packet) == 0 ? 0 : 1);
            } else if (packets.running(packet) != 0) {
                packets.setRunning(packet, 0);
                fail(packet);
            }
            if (isGone) {
                packets.setDev(packet, NULL);
                packets.setIfindex(packet, -1);
            }
        }
    }

    /** packet_getname(), packet_getname_spkt(). */
    @Override
    public int getname(int task, int sk, boolean peer, byte[] into) {
        if (peer) {
            return -Errno.EOPNOTSUPP;
        }
        int packet = info(sk);
        int ifindex = packets.ifindex(packet);
        int dev = ifindex <= 0 ? NULL : devices.byIndex(table.net(sk), ifindex);
        Arrays.fill(into, 0, ADDRESS, (byte) 0);
        Bytes.putShort(into, 0, Socket.AF_PACKET);
        if (isOld(sk)) {
            if (dev != NULL) {
                devices.copyName(dev, into, 2);
                into[OLD_ADDRESS - 1] = 0;
            }
            return OLD_ADDRESS;
        }
        Bytes.putPort(into, 2, packets.protocol(packet));
        Bytes.putInt(into, 4, ifindex);
        if (dev == NULL) {
            return HARDWARE;
        }
        Bytes.putShort(into, 8, devs.type(dev));
        into[11] = (byte) devs.addressLength(dev);
        if (devs.addressLength(dev) > 0) {
            RtnLinks.putAddress(into, HARDWARE, devs.address(dev));
        }
        return HARDWARE + devs.addressLength(dev);
    }

    private int dev; // that a call sends by
    private int protocol; // ETH_P_*, of what it sends
    private boolean hasHardware; // whether an address says to whom

    /** packet_sendmsg(), packet_sendmsg_spkt(). */
    @Override
    public long sendmsg(int task, int sk, Message message) {
        long error = isOld(sk) ? oldDestination(sk, message) : destination(sk, message);
        if (error != 0) {
            return error;
        }
        if (dev == NULL) {
            return isOld(sk) ? -Errno.ENODEV : -Errno.ENXIO;
        }
        if (!devices.isUp(dev)) {
            return -Errno.ENETDOWN;
        }
        int header = frames.headerSize(dev);
        boolean isCooked = table.type(sk) == Socket.SOCK_DGRAM;
        long length = message.iter.remaining();
        long most = (long) devs.mtu(dev) + (isCooked ? 0 : header);
        if (length > most + VLAN_HLEN || length > LONGEST) {
            return -Errno.EMSGSIZE;
        }
        error = sockets.waitForSendRoom(task, sk, message.is(Socket.MSG_DONTWAIT));
        if (error != 0) {
            return error;
        }
        int start = isCooked ? header : 0;
        if (bytes.length < length + start) {
            bytes = new byte[LONGEST + Frames.ETH_HLEN];
        }
        if (isCooked && !putHeader(message, header)) {
            return -Errno.EINVAL;
        }
        if (message.iter.copyFrom(bytes, start, (int) length) != length) {
            return -Errno.EFAULT;
        }
        boolean isShort = !isCooked && length < header;
        if (isShort || length + start == 0) {
            return -Errno.EINVAL;
        }
        boolean isLong = length > most && (isCooked || Bytes.getPort(bytes, 12) != VLAN_TYPE);
        if (isLong) {
            return -Errno.EMSGSIZE;
        }
        boolean tellsItself = table.type(sk) == Socket.SOCK_RAW && (protocol == 0 || protocol == ETH_P_ALL);
        if (tellsItself && header > 0) {
            protocol = Bytes.getPort(bytes, 12);
        }
        frames.transmit(dev, bytes, start + (int) length, protocol, sk);
        return length;
    }

    /** Where struct sockaddr_ll says, or where the socket is bound to: 0, EINVAL. */
    private long destination(int sk, Message message) {
        int packet = info(sk);
        hasHardware = false;
        if (message.nameLength == 0) {
            dev = packets.dev(packet);
            protocol = packets.protocol(packet);
            return 0;
        }
        int length = message.nameLength;
        int halen = message.name[11] & 0xff;
        if (length < ADDRESS || length < HARDWARE + halen) {
            return -Errno.EINVAL;
        }
        protocol = Bytes.getPort(message.name, 2);
        int ifindex = Bytes.getInt(message.name, 4);
        dev = ifindex <= 0 ? NULL : devices.byIndex(table.net(sk), ifindex);
        hasHardware = true;
        return 0;
    }

    private long oldDestination(int sk, Message message) {
        if (message.nameLength == 0) {
            return -Errno.ENOTCONN;
        }
        if (message.nameLength < OLD_ADDRESS) {
            return -Errno.EINVAL;
        }
        protocol = message.nameLength == OLD_PACKET ? Bytes.getPort(message.name, OLD_ADDRESS) : 0;
        message.name[OLD_ADDRESS - 1] = 0;
        dev = devices.byName(table.net(sk), message.name, 2, OLD_NAME);
        return 0;
    }

    /** dev_hard_header(): false where nobody is said to whom the frame is. */
    private boolean putHeader(Message message, int header) {
        if (header == 0) {
            return true;
        }
        boolean needsNone = (devs.flags(dev) & (NetDevices.IFF_LOOPBACK | NetDevices.IFF_NOARP)) != 0;
        if (!hasHardware && !needsNone) {
            return false;
        }
        Arrays.fill(bytes, 0, header, (byte) 0);
        if (hasHardware) {
            System.arraycopy(message.name, HARDWARE, bytes, 0, 6);
        }
        RtnLinks.putAddress(bytes, 6, devs.address(dev));
        Bytes.putPort(bytes, 12, protocol);
        return true;
    }

    @Override
    public boolean any() {
        return packets.size() > 0;
    }

    /** packet_rcv(), packet_rcv_spkt(): all sockets of the net that want the frame get a copy. */
    @Override
    public void see(int by, int type, int kind, Frames.Frame frame, boolean isPartial, int from) {
        Chain all = packets.sockets();
        for (int packet = all.first(devs.net(by)); packet != NULL; packet = all.next(packet)) {
            int wanted = packets.protocol(packet);
            int index = packets.ifindex(packet);
            boolean isOut = type == Frames.PACKET_OUTGOING;
            boolean wants = packets.running(packet) != 0
                    && (index == 0 || index == devs.ifindex(by))
                    && (wanted == ETH_P_ALL || (wanted == kind && !isOut))
                    && !(isOut && options.ignoresOutgoing(packet))
                    && packets.sk(packet) != from
                    && options.isChosen(packet);
            if (wants) {
                queue(packet, by, type, kind, frame, isPartial);
            }
        }
        options.turn(devs.net(by));
    }

    private void queue(int packet, int by, int type, int kind, Frames.Frame frame, boolean isPartial) {
        int sk = packets.sk(packet);
        packets.setPackets(packet, packets.packets(packet) + 1);
        int start = table.type(sk) == Socket.SOCK_DGRAM ? frame.network : 0;
        int length = frame.length - start;
        int skb = table.rmemAlloc(sk) >= table.rcvbuf(sk) ? NULL : skBuffs.alloc(length);
        if (skb == NULL) {
            packets.setDrops(packet, packets.drops(packet) + 1);
            return;
        }
        skBuffs.putFrom(skb, frame.bytes, start, length);
        skbs.setTruesize(skb, SkBuffs.truesize(length, 0));
        skBuffs.chargeReceiver(skb, sk);
        int halen = frames.headerSize(by) == 0 ? 0 : devs.addressLength(by);
        skbs.setToPort(skb, devs.ifindex(by));
        skbs.setPort(skb, kind);
        skbs.setDatum(skb, devs.type(by) | type << TYPE_SHIFT | halen << HALEN_SHIFT);
        skbs.setAddressLow(skb, halen == 0 ? 0 : RtnLinks.addressAt(frame.bytes, 6));
        skbs.setToLow(skb, (frame.network - start) | (isPartial ? PARTIAL : 0));
        skbs.setTstamp(skb, sockets.time.realtimeNs());
        if (isOld(sk)) {
            skBuffs.setName(skb, devs.name(by));
        }
        table.receiveQueue().addLast(sk, skb);
        sockets.dataReady(sk);
    }

    /** packet_recvmsg(): EINVAL, a pending error, EAGAIN, EFAULT; waits for a frame. */
    @Override
    public long recvmsg(int task, int sk, Message message) {
        if ((message.flags & ~RECEIVE_FLAGS) != 0) {
            return -Errno.EINVAL;
        }
        if (message.is(Socket.MSG_ERRQUEUE)) {
            return -Errno.EAGAIN;
        }
        int error = sockets.takeError(sk);
        if (error != 0) {
            return error;
        }
        int skb = table.receiveQueue().first(sk);
        if (skb == NULL) {
            boolean noblock = message.is(Socket.MSG_DONTWAIT);
            return sockets.sleepOn(task, table.wait(sk), sockets.rcvtimeo(sk, noblock), true);
        }
        int length = skbs.length(skb);
        long room = message.iter.remaining();
        int size = (int) Math.min(length, room);
        if (size < length) {
            message.outFlags |= Socket.MSG_TRUNC;
        }
        boolean isWritten = skBuffs.drain(skb, 0, message.iter, size);
        if (isWritten) {
            control.stamp(sk, skb, message);
            if (message.wantsName) {
                message.nameLength = putAddress(sk, skb, message.name);
            }
            if (options.is(info(sk), PacketOptions.AUXDATA)) {
                putAuxdata(skb, message);
            }
        }
        if (!message.is(Socket.MSG_PEEK)) {
            table.receiveQueue().remove(skb);
            skBuffs.free(skb);
        }
        return !isWritten ? -Errno.EFAULT : message.is(Socket.MSG_TRUNC) ? length : size;
    }

    private int putAddress(int sk, int skb, byte[] into) {
        Arrays.fill(into, 0, ADDRESS, (byte) 0);
        int datum = skbs.datum(skb);
        if (isOld(sk)) {
            Bytes.putShort(into, 0, datum);
            sockets.vfs.tables.names.copy(skbs.name(skb), into, 2);
            into[OLD_ADDRESS - 1] = 0;
            Bytes.putPort(into, OLD_ADDRESS, skbs.port(skb));
            return OLD_PACKET;
        }
        Bytes.putShort(into, 0, Socket.AF_PACKET);
        Bytes.putPort(into, 2, skbs.port(skb));
        Bytes.putInt(into, 4, skbs.toPort(skb));
        Bytes.putShort(into, 8, datum);
        into[10] = (byte) (datum >>> TYPE_SHIFT & 0xff);
        into[11] = (byte) (datum >>> HALEN_SHIFT);
        if (into[11] != 0) {
            RtnLinks.putAddress(into, HARDWARE, skbs.addressLow(skb));
        }
        return ADDRESS;
    }

    private void putAuxdata(int skb, Message message) {
        boolean isPartial = (skbs.toLow(skb) & PARTIAL) != 0;
        Arrays.fill(aux, (byte) 0);
        Bytes.putInt(aux, 0, TP_STATUS_USER | (isPartial ? TP_STATUS_CSUMNOTREADY : 0));
        Bytes.putInt(aux, 4, skbs.length(skb));
        Bytes.putInt(aux, 8, skbs.length(skb));
        Bytes.putShort(aux, 14, (int) skbs.toLow(skb) & 0xffff);
        message.putCmsg(Socket.SOL_PACKET, PacketOptions.PACKET_AUXDATA, aux, AUXDATA);
    }

    /** datagram_poll(). */
    @Override
    public int poll(int task, int sk) {
        int mask = table.err(sk) != 0 ? FileOps.POLLERR : 0;
        if (!table.receiveQueue().isEmpty(sk)) {
            mask |= FileOps.POLLIN | FileOps.POLLRDNORM;
        }
        return mask | FileOps.POLLOUT | FileOps.POLLWRNORM | UnixSockets.POLLWRBAND;
    }

    /** packet_ioctl(). */
    @Override
    public long ioctl(int task, int sk, int cmd, long arg) {
        int mm = sockets.tasks.mm(task);
        int skb = table.receiveQueue().first(sk);
        return switch (cmd) {
            case Socket.FIONREAD -> memory.putInt(mm, arg, skb == NULL ? 0 : skbs.length(skb));
            case Socket.TIOCOUTQ -> memory.putInt(mm, arg, table.wmemAlloc(sk));
            default -> -Errno.ENOIOCTLCMD;
        };
    }

    @Override
    public long setsockopt(int task, int sk, int level, int option, long value, int length) {
        if (isOld(sk)) {
            return -Errno.EOPNOTSUPP;
        }
        return level == Socket.SOL_PACKET ? options.set(task, sk, option, value, length) : -Errno.ENOPROTOOPT;
    }

    @Override
    public long getsockopt(int task, int sk, int level, int option, long value, long lengthAt) {
        if (isOld(sk)) {
            return -Errno.EOPNOTSUPP;
        }
        return level == Socket.SOL_PACKET ? options.get(task, sk, option, value, lengthAt) : -Errno.ENOPROTOOPT;
    }

    @Override
    public void writeSpace(int sk) {
        sockets.wakeWriters(sk);
    }

    void digest(StateHash hash) {
        packets.digest(hash);
        lists.digest(hash);
    }
}
