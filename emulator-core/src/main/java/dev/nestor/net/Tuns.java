package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileOps;
import dev.nestor.fs.FileTable;
import dev.nestor.fs.IovIter;
import dev.nestor.fs.nsfs.NsFs;
import dev.nestor.kernel.ns.NsTypes;
import dev.nestor.table.HotPath;
import dev.nestor.table.StateHash;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import org.jspecify.annotations.Nullable;

/** /dev/net/tun: devices whose other end is a file. drivers/net/tun.c. */
final class Tuns implements FileOps {
    /** makedev(10, 200). */
    static final int DEVICE = 0xac8;

    static final int IFF_TUN = 1;
    static final int IFF_TAP = 2;
    static final int IFF_MULTI_QUEUE = 0x100;
    static final int IFF_PERSIST = 0x800;
    static final int IFF_NO_PI = 0x1000;
    static final int IFF_VNET_HDR = 0x4000;

    private static final int PI = 4; // bytes of struct tun_pi
    private static final int TUN_PKT_STRIP = 1;
    private static final int ETHERNET_HEADER = 14;
    private static final int ETH_P_IP = 0x0800;
    private static final int ETH_P_IPV6 = 0x86dd;
    private static final int LONGEST = 65_535 + 64;

    private final Sockets sockets;
    private final SockTable socks;
    private final SkBuffs skBuffs;
    private final FileTable files;
    private final NetDevices devices;
    private final NetDeviceTable table;
    private final TunTable tuns;
    private final TunFileTable tfiles;
    private final TunIoctls ioctls;
    private final NetBelow below;
    private final NsFs nsFs;
    private final int kind;
    private final int place;
    private final byte[] header = new byte[PI];
    private byte[] packet = new byte[2048];
    private @Nullable Frames frames;

    Tuns(Sockets sockets, NetDevices devices, NetBelow below, NsFs nsFs, Network.Limits limits) {
        this.nsFs = nsFs;
        this.sockets = sockets;
        this.socks = sockets.table;
        this.skBuffs = sockets.skBuffs;
        this.files = sockets.vfs.tables.files;
        this.devices = devices;
        this.table = devices.table();
        this.below = below;
        this.tuns = new TunTable(limits.devices());
        this.tfiles = new TunFileTable(limits.files(), tuns);
        this.kind = sockets.vfs.kinds.add(this);
        this.place = sockets.register(new TunProto());
        this.ioctls = new TunIoctls(this, sockets, devices);
    }

    void setFrames(Frames all) {
        frames = all;
    }

    int kind() {
        return kind;
    }

    TunTable tuns() {
        return tuns;
    }

    TunFileTable tfiles() {
        return tfiles;
    }

    /** tun_chr_open(): ENOMEM. */
    @Override
    public long open(int task, int file) {
        int tfile = tfiles.alloc();
        int net = below.netOf().applyAsInt(task);
        int sk = tfile == NULL ? NULL : sockets.alloc(task, net, 0, 0, 0, place);
        if (sk == NULL) {
            if (tfile != NULL) {
                tfiles.free(tfile);
            }
            return -Errno.ENOMEM;
        }
        socks.setInfo(sk, tfile);
        socks.setSndbuf(sk, Integer.MAX_VALUE);
        socks.setFile(sk, file);
        tfiles.setSk(tfile, sk);
        files.setHandle(file, sk);
        return 0;
    }

    int tfileOf(int file) {
        return socks.info(files.handle(file));
    }

    /** tun_chr_close(). */
    @Override
    public void release(int file) {
        int sk = files.handle(file);
        if (sk == NULL) {
            return;
        }
        files.setHandle(file, NULL);
        detach(socks.info(sk));
        sockets.orphan(sk);
        sockets.purge(sk);
        sockets.put(sk);
    }

    /** tun_attach(): the file has a queue of the device. */
    void attach(int tfile, int tun) {
        tuns.setQueues(tun, tuns.queues(tun) + 1);
        if (tfiles.detached(tfile) != 0) {
            tuns.setDisabled(tun, tuns.disabled(tun) - 1);
            tfiles.setDetached(tfile, 0);
            return;
        }
        tfiles.setTun(tfile, tun);
        tfiles.setIsGone(tfile, 0);
        tfiles.files().addLast(tun, tfile);
    }

    /** tun_detach() of a queue that may come back. */
    void disable(int tfile) {
        int tun = tfiles.tun(tfile);
        tfiles.setDetached(tfile, 1);
        tuns.setQueues(tun, tuns.queues(tun) - 1);
        tuns.setDisabled(tun, tuns.disabled(tun) + 1);
    }

    /** tun_detach() as the file is closed: with the last one a device goes that is not to stay. */
    private void detach(int tfile) {
        int tun = tfiles.tun(tfile);
        if (tun == NULL) {
            return;
        }
        if (tfiles.detached(tfile) != 0) {
            tuns.setDisabled(tun, tuns.disabled(tun) - 1);
        } else {
            tuns.setQueues(tun, tuns.queues(tun) - 1);
        }
        tfiles.setDetached(tfile, 0);
        tfiles.setTun(tfile, NULL);
        tfiles.files().remove(tfile);
        if (tuns.queues(tun) == 0 && tuns.disabled(tun) == 0) {
            int dev = tuns.dev(tun);
            devices.changeCarrier(dev, false);
            if ((tuns.flags(tun) & IFF_PERSIST) == 0) {
                devices.delete(dev);
            }
        }
    }

    /** tun_detach_all(): the device goes under its files. */
    void forget(int dev) {
        int tun = table.tun(dev);
        if (tun == NULL) {
            return;
        }
        int tfile = tfiles.files().first(tun);
        while (tfile != NULL) {
            tfiles.files().remove(tfile);
            tfiles.setTun(tfile, NULL);
            tfiles.setDetached(tfile, 0);
            tfiles.setIsGone(tfile, 1);
            sockets.purge(tfiles.sk(tfile));
            sockets.stateChange(tfiles.sk(tfile));
            tfile = tfiles.files().first(tun);
        }
        table.setTun(dev, NULL);
        tuns.free(tun);
    }

    /** A device and what tun adds to it, without a file; ENFILE and what a new device may be refused with. */
    int create(int net, int flags, byte[] name, int ifindex) {
        int tun = tuns.alloc();
        if (tun == NULL) {
            return -Errno.ENFILE;
        }
        boolean isTap = (flags & IFF_TAP) != 0 && (flags & IFF_TUN) == 0;
        int dev = devices.create(net, isTap ? NetDevices.TAP : NetDevices.TUN, name, 0, ifindex);
        if (dev < 0) {
            tuns.free(tun);
            return dev;
        }
        tuns.setDev(tun, dev);
        tuns.setOwner(tun, -1);
        tuns.setGroup(tun, -1);
        tuns.setHeaderSize(tun, TunIoctls.VIRTIO_HEADER);
        tuns.setSndbuf(tun, Integer.MAX_VALUE);
        table.setTun(dev, tun);
        return dev;
    }

    /**
     * tun_net_xmit(): a frame or packet leaves by the device; whoever reads its file gets it. False when it is dropped.
     *
     * @param protocol ETH_P_*
     */
    boolean transmit(int dev, int protocol, byte[] bytes, int at, int length) {
        int tun = table.tun(dev);
        int tfile = tun == NULL ? NULL : nextQueue(tun);
        int sk = tfile == NULL ? NULL : tfiles.sk(tfile);
        int skb = sk == NULL || queued(sk) >= table.txqlen(dev) ? NULL : skBuffs.alloc(length);
        if (skb == NULL) {
            table.setTxDropped(dev, table.txDropped(dev) + 1);
            return false;
        }
        skBuffs.putFrom(skb, bytes, at, length);
        skBuffs.table().setPort(skb, protocol);
        socks.receiveQueue().addLast(sk, skb);
        sockets.dataReady(sk);
        return true;
    }

    /** For a driver that does not know what has been asked for: a device of the name that is free, attached to the file. */
    int open(int file) {
        int sk = files.kind(file) == kind ? files.handle(file) : NULL;
        if (sk == NULL || tfiles.tun(socks.info(sk)) != NULL) {
            return NULL;
        }
        int dev = create(socks.net(sk), IFF_TUN, NetDevices.bytes("tun%d"), 0);
        if (dev > NULL) {
            tuns.setFlags(table.tun(dev), IFF_TUN | IFF_NO_PI);
            attach(socks.info(sk), table.tun(dev));
        }
        return dev;
    }

    private int queued(int sk) {
        int count = 0;
        for (int skb = socks.receiveQueue().first(sk);
                skb != NULL;
                skb = socks.receiveQueue().next(skb)) {
            count++;
        }
        return count;
    }

    private int nextQueue(int tun) {
        int tfile = tfiles.files().first(tun);
        while (tfile != NULL && tfiles.detached(tfile) != 0) {
            tfile = tfiles.files().next(tfile);
        }
        return tfile;
    }

    private boolean hasPi(int tun) {
        return (tuns.flags(tun) & IFF_NO_PI) == 0;
    }

    private int virtioHeader(int tun) {
        return (tuns.flags(tun) & IFF_VNET_HDR) != 0 ? tuns.headerSize(tun) : 0;
    }

    /** The device of a file that takes part: a detached queue still reads as one that has nothing. */
    private int tunOf(int tfile) {
        return tfiles.tun(tfile);
    }

    /** tun_chr_read_iter(): EBADFD, EAGAIN, EFAULT when the device goes meanwhile, EINVAL without room for what stands before. */
    @Override
    @HotPath
    public long read(int task, int file, IovIter to, long pos) {
        int sk = files.handle(file);
        int tfile = socks.info(sk);
        int tun = tunOf(tfile);
        if (tun == NULL) {
            boolean slept = tfiles.isGone(tfile) != 0 && sockets.tasks.restart(task, 1) != 0;
            return slept ? -Errno.EFAULT : -Errno.EBADFD;
        }
        long room = to.remaining();
        if (room == 0) {
            return 0;
        }
        int skb = socks.receiveQueue().first(sk);
        if (skb == NULL) {
            long timeout = sockets.isNonblocking(file) ? 0 : Long.MAX_VALUE;
            long result = sockets.sleepOn(task, socks.wait(sk), timeout, true);
            if (result == FileOps.BLOCKED) {
                sockets.tasks.setRestart(task, 1, 1);
            }
            return result;
        }
        long taken = put(tun, skb, to, room);
        socks.receiveQueue().remove(skb);
        if (taken >= 0) {
            int dev = tuns.dev(tun);
            table.setTxPackets(dev, table.txPackets(dev) + 1);
            table.setTxBytes(dev, table.txBytes(dev) + skBuffs.table().length(skb));
        }
        skBuffs.free(skb);
        return Math.min(taken, room);
    }

    /** tun_put_user(). */
    private long put(int tun, int skb, IovIter to, long room) {
        int length = skBuffs.table().length(skb);
        int pi = hasPi(tun) ? PI : 0;
        int virtio = virtioHeader(tun);
        if (room < pi + virtio) {
            return -Errno.EINVAL;
        }
        if (pi > 0) {
            Bytes.putShort(header, 0, room < pi + virtio + length ? TUN_PKT_STRIP : 0);
            Bytes.putPort(header, 2, skBuffs.table().port(skb));
            if (to.copyTo(header, 0, PI) != PI) {
                return -Errno.EFAULT;
            }
        }
        for (int i = 0; i < virtio; i++) {
            header[0] = 0;
            if (to.copyTo(header, 0, 1) != 1) {
                return -Errno.EFAULT;
            }
        }
        int part = (int) Math.min(length, room - pi - virtio);
        return skBuffs.drain(skb, 0, to, part) ? pi + virtio + length : -Errno.EFAULT;
    }

    /** tun_chr_write_iter(): EBADFD, EINVAL, EFAULT, EIO when the device is down. */
    @Override
    public long write(int task, int file, IovIter from, long pos) {
        int tfile = tfileOf(file);
        int tun = tunOf(tfile);
        if (tun == NULL) {
            return -Errno.EBADFD;
        }
        long total = from.remaining();
        int pi = hasPi(tun) ? PI : 0;
        int virtio = virtioHeader(tun);
        if (total < pi + virtio) {
            return -Errno.EINVAL;
        }
        int dev = tuns.dev(tun);
        int length = (int) Math.min(total - pi - virtio, LONGEST);
        if (pi > 0 && from.copyFrom(header, 0, PI) != PI) {
            return -Errno.EFAULT;
        }
        from.advance(virtio);
        boolean isTap = table.kind(dev) == NetDevices.TAP;
        if (isTap && length < ETHERNET_HEADER) {
            return -Errno.EINVAL;
        }
        if (packet.length < length) {
            packet = new byte[LONGEST];
        }
        if (from.copyFrom(packet, 0, length) != length) {
            table.setRxDropped(dev, table.rxDropped(dev) + 1);
            return -Errno.EFAULT;
        }
        int protocol = isTap ? 0 : pi > 0 ? Bytes.getPort(header, 2) : protocolOf(length);
        if (!isTap && pi == 0 && protocol == 0) {
            table.setRxDropped(dev, table.rxDropped(dev) + 1);
            return -Errno.EINVAL;
        }
        boolean takesPart = devices.isUp(dev) && tfiles.detached(tfile) == 0;
        if (!takesPart) {
            table.setRxDropped(dev, table.rxDropped(dev) + 1);
            return -Errno.EIO;
        }
        table.setRxPackets(dev, table.rxPackets(dev) + 1);
        table.setRxBytes(dev, table.rxBytes(dev) + length - (isTap ? ETHERNET_HEADER : 0));
        if (frames != null) {
            frames.arrive(dev, packet, length, protocol);
        }
        return total;
    }

    private int protocolOf(int length) {
        int version = length > 0 ? (packet[0] >> 4) & 0xf : 0;
        return version == 4 ? ETH_P_IP : version == 6 ? ETH_P_IPV6 : 0;
    }

    @Override
    public boolean canSeek() {
        return false;
    }

    /** tun_chr_poll(). */
    @Override
    public int poll(int task, int file) {
        int sk = files.handle(file);
        int tun = tunOf(socks.info(sk));
        if (tun == NULL) {
            return POLLERR;
        }
        int mask = socks.receiveQueue().isEmpty(sk) ? 0 : POLLIN | POLLRDNORM;
        return devices.isUp(tuns.dev(tun)) ? mask | POLLOUT | POLLWRNORM : mask;
    }

    @Override
    public int pollQueue(int file, int index) {
        return index == 0 ? socks.wait(files.handle(file)) : NULL;
    }

    @Override
    public int fasync(int file, boolean on) {
        sockets.vfs.fasync.helper(socks.fasync(), files.handle(file), file, on);
        return 0;
    }

    @Override
    public long ioctl(int task, int file, int cmd, long arg) {
        return ioctls.ioctl(task, files.handle(file), cmd, arg);
    }

    /** tun_proto: what the sock of a file is asked for that is in no socket. */
    private final class TunProto implements ProtoOps {
        @Override
        public void release(int sk) {}

        @Override
        public void destroy(int sk) {
            tfiles.free(socks.info(sk));
            socks.setInfo(sk, NULL);
        }

        @Override
        public int getname(int task, int sk, boolean peer, byte[] into) {
            return -Errno.EOPNOTSUPP;
        }

        @Override
        public int poll(int task, int sk) {
            return 0;
        }

        @Override
        public void writeSpace(int sk) {
            sockets.wakeWriters(sk);
        }
    }

    /** in_egroup_p(). */
    boolean isInGroup(int task, int gid) {
        return below.vfs().permissions.isInGroup(task, gid);
    }

    /** open_related_ns() of a net: EPERM for who may not administer the one that the file is of. */
    long openNet(int task, int sk, int net) {
        if (!sockets.nsCapable(task, sk, Capability.CAP_NET_ADMIN)) {
            return -Errno.EPERM;
        }
        sockets.nets.hold(net);
        return nsFs.open(task, NsTypes.NET, net);
    }

    /** netif_get_mac_address(): a struct sockaddr. */
    void putHardwareAddress(int dev, byte[] into, int at) {
        Bytes.putShort(into, at, table.type(dev));
        if (table.addressLength(dev) > 0) {
            RtnLinks.putAddress(into, at + 2, table.address(dev));
        }
    }

    void digest(StateHash hash) {
        tuns.digest(hash);
        tfiles.digest(hash);
    }
}
