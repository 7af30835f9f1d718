package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.Outside;
import dev.nestor.mm.UserMemory;
import dev.nestor.table.Chain;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Socket;

/** Options of SOL_PACKET: packet_setsockopt(), packet_getsockopt(), and what sockets ask of devices. */
final class PacketOptions {
    static final int PACKET_AUXDATA = 8;

    /** Bits of {@link PacketSockTable#flags}: those that are on or off. */
    static final int AUXDATA = 1;

    private static final int ORIGDEV = 2;
    private static final int LOSS = 4;
    private static final int HAS_OFFSET = 8;
    private static final int BYPASS = 0x10;
    private static final int IGNORE = 0x20;

    private static final int PACKET_ADD_MEMBERSHIP = 1;
    private static final int PACKET_DROP_MEMBERSHIP = 2;
    private static final int PACKET_RX_RING = 5;
    private static final int PACKET_STATISTICS = 6;
    private static final int PACKET_COPY_THRESH = 7;
    private static final int PACKET_ORIGDEV = 9;
    private static final int PACKET_VERSION = 10;
    private static final int PACKET_HDRLEN = 11;
    private static final int PACKET_RESERVE = 12;
    private static final int PACKET_TX_RING = 13;
    private static final int PACKET_LOSS = 14;
    private static final int PACKET_VNET_HDR = 15;
    private static final int PACKET_TIMESTAMP = 17;
    private static final int PACKET_FANOUT = 18;
    private static final int PACKET_TX_HAS_OFF = 19;
    private static final int PACKET_QDISC_BYPASS = 20;
    private static final int PACKET_ROLLOVER_STATS = 21;
    private static final int PACKET_FANOUT_DATA = 22;
    private static final int PACKET_IGNORE_OUTGOING = 23;
    private static final int PACKET_VNET_HDR_SZ = 24;

    private static final int TPACKET_V3 = 2;
    private static final int[] HEADERS = {32, 32, 48}; // bytes of struct tpacket_hdr, by version
    private static final int[] HEADERS_AND_ADDRESS = {52, 52, 68}; // with struct sockaddr_ll
    private static final int REQUEST = 16; // bytes of struct tpacket_req
    private static final int REQUEST3 = 28; // bytes of struct tpacket_req3
    private static final int BLOCK_HEADER = 48; // bytes of struct tpacket_block_desc
    private static final int FRAME_ALIGNMENT = 16;
    private static final int PAGE = 4096;
    private static final int VIRTIO_HEADER = 10; // bytes of struct virtio_net_hdr
    private static final int VIRTIO_MERGED = 12; // bytes of struct virtio_net_hdr_mrg_rxbuf

    private static final int MREQ = 16; // bytes of struct packet_mreq
    private static final int MREQ_MAX = 40; // bytes of struct packet_mreq_max
    private static final int MREQ_ADDRESS = 8; // where its address is
    private static final int MR_MULTICAST = 0;
    private static final int MR_PROMISC = 1;
    private static final int MR_ALLMULTI = 2;
    private static final int MR_UNICAST = 3;

    private static final int FANOUT_FLAGS_SHIFT = 24;
    private static final int FANOUT_JOINED = 1 << FANOUT_FLAGS_SHIFT;
    private static final int FANOUT_ROLLOVER = 3;
    private static final int FANOUT_CBPF = 6;
    private static final int FANOUT_EBPF = 7;
    private static final int FANOUT_LB = 1;
    private static final int FANOUT_FLAG_ROLLOVER = 0x10;
    private static final int FANOUT_FLAG_UNIQUEID = 0x20;
    private static final int FANOUT_ALL_FLAGS = 0xf0;

    private final Sockets sockets;
    private final PacketSockTable packets;
    private final PacketMclistTable lists;
    private final NetDevices devices;
    private final NetDeviceTable devs;
    private final UserMemory memory;
    private final byte[] given = new byte[MREQ_MAX];
    private final byte[] out = new byte[12];

    PacketOptions(Sockets sockets, PacketSockTable packets, PacketMclistTable lists, NetDevices devices) {
        this.sockets = sockets;
        this.packets = packets;
        this.lists = lists;
        this.devices = devices;
        this.devs = devices.table();
        this.memory = sockets.vfs.below.memory();
    }

    boolean is(int packet, int flag) {
        return (packets.flags(packet) & flag) != 0;
    }

    boolean ignoresOutgoing(int packet) {
        return is(packet, IGNORE);
    }

    private long setFlag(int packet, int flag, boolean on) {
        int flags = packets.flags(packet);
        packets.setFlags(packet, on ? flags | flag : flags & ~flag);
        return 0;
    }

    long set(int task, int sk, int option, long address, int length) {
        int mm = sockets.tasks.mm(task);
        int packet = sockets.table.info(sk);
        switch (option) {
            case PACKET_ADD_MEMBERSHIP, PACKET_DROP_MEMBERSHIP -> {
                return membership(mm, sk, option == PACKET_ADD_MEMBERSHIP, address, length);
            }
            case PACKET_RX_RING, PACKET_TX_RING -> {
                return ring(mm, packet, option == PACKET_TX_RING, address, length);
            }
            case PACKET_FANOUT -> {
                return fanout(mm, sk, address, length);
            }
            case PACKET_FANOUT_DATA -> {
                boolean takesProgram = (packets.fanout(packet) >>> 16 & 0xff) >= FANOUT_CBPF;
                return takesProgram ? -Outside.EOUTSIDE : -Errno.EINVAL;
            }
            case PACKET_AUXDATA, PACKET_ORIGDEV, PACKET_VNET_HDR, PACKET_VNET_HDR_SZ -> {
                boolean isOfRaw = option == PACKET_VNET_HDR || option == PACKET_VNET_HDR_SZ;
                boolean mayHave = !isOfRaw || sockets.table.type(sk) == Socket.SOCK_RAW;
                if (!mayHave || length < Integer.BYTES) {
                    return -Errno.EINVAL;
                }
            }
            case PACKET_COPY_THRESH,
                    PACKET_VERSION,
                    PACKET_RESERVE,
                    PACKET_LOSS,
                    PACKET_TIMESTAMP,
                    PACKET_TX_HAS_OFF,
                    PACKET_QDISC_BYPASS,
                    PACKET_IGNORE_OUTGOING -> {
                if (length != Integer.BYTES) {
                    return -Errno.EINVAL;
                }
            }
            default -> {
                return -Errno.ENOPROTOOPT;
            }
        }
        int value = memory.getInt(mm, address);
        return memory.faulted() ? -Errno.EFAULT : setValue(packet, option, value);
    }

    private long setValue(int packet, int option, int value) {
        return switch (option) {
            case PACKET_AUXDATA -> setFlag(packet, AUXDATA, value != 0);
            case PACKET_ORIGDEV -> setFlag(packet, ORIGDEV, value != 0);
            case PACKET_LOSS -> setFlag(packet, LOSS, value != 0);
            case PACKET_TX_HAS_OFF -> setFlag(packet, HAS_OFFSET, value != 0);
            case PACKET_QDISC_BYPASS -> setFlag(packet, BYPASS, value != 0);
            case PACKET_IGNORE_OUTGOING -> value < 0 || value > 1 ? -Errno.EINVAL : setFlag(packet, IGNORE, value != 0);
            case PACKET_VNET_HDR -> {
                packets.setHeaderSize(packet, value == 0 ? 0 : VIRTIO_HEADER);
                yield 0;
            }
            case PACKET_VNET_HDR_SZ -> {
                boolean isKnown = value == 0 || value == VIRTIO_HEADER || value == VIRTIO_MERGED;
                if (isKnown) {
                    packets.setHeaderSize(packet, value);
                }
                yield isKnown ? 0 : -Errno.EINVAL;
            }
            case PACKET_COPY_THRESH -> {
                packets.setCopyThresh(packet, value);
                yield 0;
            }
            case PACKET_TIMESTAMP -> {
                packets.setTimestamp(packet, value);
                yield 0;
            }
            case PACKET_RESERVE -> {
                if (value >= 0) {
                    packets.setReserve(packet, value);
                }
                yield value < 0 ? -Errno.EINVAL : 0;
            }
            default -> { // PACKET_VERSION
                boolean isKnown = value >= 0 && value <= TPACKET_V3;
                if (isKnown) {
                    packets.setVersion(packet, value);
                }
                yield isKnown ? 0 : -Errno.EINVAL;
            }
        };
    }

    /** packet_set_ring(): what is refused, and the ring of no blocks. A ring is outside. */
    private long ring(int mm, int packet, boolean sends, long address, int length) {
        boolean isThird = packets.version(packet) == TPACKET_V3;
        int size = isThird ? REQUEST3 : REQUEST;
        if (length < size || memory.copyFromUser(mm, address, given, 0, size) != 0) {
            return -Errno.EINVAL;
        }
        int blockSize = Bytes.getInt(given, 0);
        int blocks = Bytes.getInt(given, 4);
        int frameSize = Bytes.getInt(given, 8);
        int frames = Bytes.getInt(given, 12);
        if (blocks == 0) {
            return frames != 0 ? -Errno.EINVAL : 0;
        }
        long least = HEADERS_AND_ADDRESS[packets.version(packet)] + (long) packets.reserve(packet);
        long own = isThird ? BLOCK_HEADER + (((Bytes.getInt(given, 20) & 0xffff_ffffL) + 7) & -8L) + least : 0;
        boolean isRight = blockSize > 0
                && blockSize % PAGE == 0
                && blockSize >= own
                && (frameSize & 0xffff_ffffL) >= least
                && frameSize % FRAME_ALIGNMENT == 0
                && blockSize / frameSize != 0;
        boolean fits = isRight && (long) (blockSize / frameSize) * (blocks & 0xffff_ffffL) == (frames & 0xffff_ffffL);
        boolean asksMuch = isThird && sends && (given[16] | given[17] | given[18] | given[19]) != 0;
        return fits && !asksMuch ? -Outside.EOUTSIDE : -Errno.EINVAL;
    }

    /** packet_mc_add(), packet_mc_drop(). */
    private long membership(int mm, int sk, boolean adds, long address, int length) {
        if (length < MREQ) {
            return -Errno.EINVAL;
        }
        int size = Math.min(length, MREQ_MAX);
        java.util.Arrays.fill(given, (byte) 0);
        if (memory.copyFromUser(mm, address, given, 0, size) != 0) {
            return -Errno.EFAULT;
        }
        int ifindex = Bytes.getInt(given, 0);
        int type = Bytes.getShort(given, 4);
        int bytes = Bytes.getShort(given, 6);
        if (size < bytes + MREQ_ADDRESS) {
            return -Errno.EINVAL;
        }
        long hardware = bytes >= 8 ? Bytes.getLong(given, 8) : Bytes.getLong(given, 8) & ((1L << (8 * bytes)) - 1);
        int packet = sockets.table.info(sk);
        int dev = ifindex <= 0 ? NULL : devices.byIndex(sockets.table.net(sk), ifindex);
        if (adds) {
            return dev == NULL ? -Errno.ENODEV : add(packet, dev, type, bytes, hardware);
        }
        int member = find(packet, ifindex, type, bytes, hardware);
        if (member != NULL) {
            lists.setCount(member, lists.count(member) - 1);
            if (lists.count(member) == 0) {
                drop(member, dev);
            }
        }
        return 0;
    }

    private int find(int packet, int ifindex, int type, int bytes, long hardware) {
        Chain all = packets.memberships();
        for (int at = all.first(packet); at != NULL; at = all.next(at)) {
            boolean isIt = lists.ifindex(at) == ifindex
                    && lists.type(at) == type
                    && lists.length(at) == bytes
                    && lists.address(at) == hardware;
            if (isIt) {
                return at;
            }
        }
        return NULL;
    }

    private long add(int packet, int dev, int type, int bytes, long hardware) {
        if (bytes > devs.addressLength(dev)) {
            return -Errno.EINVAL;
        }
        int member = find(packet, devs.ifindex(dev), type, bytes, hardware);
        if (member != NULL) {
            lists.setCount(member, lists.count(member) + 1);
            return 0;
        }
        boolean isOne = type == MR_MULTICAST || type == MR_UNICAST;
        if (isOne && bytes != devs.addressLength(dev)) {
            return -Errno.EINVAL;
        }
        member = lists.alloc();
        if (member == NULL) {
            return -Errno.ENOBUFS;
        }
        lists.setIfindex(member, devs.ifindex(dev));
        lists.setType(member, type);
        lists.setLength(member, bytes);
        lists.setAddress(member, hardware);
        lists.setCount(member, 1);
        packets.memberships().addFirst(packet, member);
        tell(dev, type, 1);
        return 0;
    }

    /** packet_dev_mc(). */
    private void tell(int dev, int type, int by) {
        if (type == MR_PROMISC) {
            devices.addPromiscuity(dev, by);
        } else if (type == MR_ALLMULTI) {
            devs.setAllmulti(dev, devs.allmulti(dev) + by);
        }
    }

    private void drop(int member, int dev) {
        if (dev != NULL) {
            tell(dev, lists.type(member), -1);
        }
        packets.memberships().remove(member);
        lists.free(member);
    }

    /** packet_dev_mclist_delete(): the device goes. */
    void forget(int packet, int ifindex) {
        int at = packets.memberships().first(packet);
        while (at != NULL) {
            int next = packets.memberships().next(at);
            if (lists.ifindex(at) == ifindex) {
                drop(at, devices.byIndex(sockets.table.net(packets.sk(packet)), ifindex));
            }
            at = next;
        }
    }

    /** packet_flush_mclist(). */
    void forgetAll(int sk) {
        int packet = sockets.table.info(sk);
        int at = packets.memberships().first(packet);
        while (at != NULL) {
            drop(at, devices.byIndex(sockets.table.net(sk), lists.ifindex(at)));
            at = packets.memberships().first(packet);
        }
        packets.setFanout(packet, 0);
    }

    /** fanout_add(): EINVAL, EALREADY. */
    private long fanout(int mm, int sk, long address, int length) {
        if (length != Integer.BYTES && length != Long.BYTES) {
            return -Errno.EINVAL;
        }
        int asked = memory.getInt(mm, address);
        if (memory.faulted()) {
            return -Errno.EFAULT;
        }
        int packet = sockets.table.info(sk);
        int type = asked >>> 16 & 0xff;
        int flags = asked >>> FANOUT_FLAGS_SHIFT;
        boolean rolls = type == FANOUT_ROLLOVER;
        boolean isKnown = type <= FANOUT_EBPF && !(rolls && (flags & FANOUT_FLAG_ROLLOVER) != 0);
        if (!isKnown) {
            return -Errno.EINVAL;
        }
        if (packets.fanout(packet) != 0) {
            return -Errno.EALREADY;
        }
        if ((flags & ~FANOUT_ALL_FLAGS) != 0 || packets.running(packet) == 0) {
            return -Errno.EINVAL;
        }
        if ((flags & FANOUT_FLAG_UNIQUEID) != 0) {
            return -Outside.EOUTSIDE;
        }
        int wanted = FANOUT_JOINED | asked;
        Chain all = packets.sockets();
        for (int at = all.first(sockets.table.net(sk)); at != NULL; at = all.next(at)) {
            boolean isSameId = packets.fanout(at) != 0 && (packets.fanout(at) & 0xffff) == (asked & 0xffff);
            boolean isSame = packets.fanout(at) == wanted
                    && packets.protocol(at) == packets.protocol(packet)
                    && packets.ifindex(at) == packets.ifindex(packet);
            if (isSameId && !isSame) {
                return -Errno.EINVAL;
            }
        }
        packets.setFanout(packet, wanted);
        return 0;
    }

    /** packet_rcv_fanout(): whether of its group it is this socket that gets the next frame; the first, but for PACKET_FANOUT_LB. */
    boolean isChosen(int packet) {
        int group = packets.fanout(packet);
        if (group == 0) {
            return true;
        }
        int first = NULL;
        int members = 0;
        int mine = 0;
        Chain all = packets.sockets();
        int net = sockets.table.net(packets.sk(packet));
        for (int at = all.first(net); at != NULL; at = all.next(at)) {
            if (packets.fanout(at) == group && packets.running(at) != 0) {
                first = first == NULL ? at : first;
                mine = at == packet ? members : mine;
                members++;
            }
        }
        boolean isBalanced = (group >>> 16 & 0xff) == FANOUT_LB;
        return isBalanced ? packets.turn(first) % members == mine : first == packet;
    }

    /** A frame has gone by: the next is another's. */
    void turn(int net) {
        Chain all = packets.sockets();
        for (int at = all.first(net); at != NULL; at = all.next(at)) {
            if (packets.fanout(at) != 0) {
                packets.setTurn(at, (packets.turn(at) + 1) & Integer.MAX_VALUE);
            }
        }
    }

    long get(int task, int sk, int option, long address, long lengthAt) {
        int mm = sockets.tasks.mm(task);
        int room = sockets.optionRoom(mm, lengthAt);
        if (room < 0) {
            return room;
        }
        int packet = sockets.table.info(sk);
        int length = Integer.BYTES;
        if (option == PACKET_HDRLEN) {
            if (room < Integer.BYTES) {
                return -Errno.EINVAL;
            }
            int version = memory.getInt(mm, address);
            if (memory.faulted()) {
                return -Errno.EFAULT;
            }
            if (version < 0 || version > TPACKET_V3) {
                return -Errno.EINVAL;
            }
            Bytes.putInt(out, 0, HEADERS[version]);
        } else if (option == PACKET_STATISTICS) {
            length = statistics(packet);
        } else {
            long value = value(packet, option);
            if (value < 0) {
                return value;
            }
            Bytes.putInt(out, 0, (int) value);
        }
        int shown = Math.min(room, length);
        if (memory.putInt(mm, lengthAt, shown) != 0 || memory.copyToUser(mm, address, out, 0, shown) != 0) {
            return -Errno.EFAULT;
        }
        return 0;
    }

    /** struct tpacket_stats: told once. */
    private int statistics(int packet) {
        Bytes.putInt(out, 0, packets.packets(packet));
        Bytes.putInt(out, 4, packets.drops(packet));
        Bytes.putInt(out, 8, 0);
        packets.setPackets(packet, 0);
        packets.setDrops(packet, 0);
        return packets.version(packet) == TPACKET_V3 ? 12 : 8;
    }

    private static long number(int value) {
        return value & 0xffff_ffffL;
    }

    private long value(int packet, int option) {
        return switch (option) {
            case PACKET_COPY_THRESH -> number(packets.copyThresh(packet));
            case PACKET_AUXDATA -> is(packet, AUXDATA) ? 1 : 0;
            case PACKET_ORIGDEV -> is(packet, ORIGDEV) ? 1 : 0;
            case PACKET_VNET_HDR -> packets.headerSize(packet) != 0 ? 1 : 0;
            case PACKET_VNET_HDR_SZ -> packets.headerSize(packet);
            case PACKET_VERSION -> packets.version(packet);
            case PACKET_RESERVE -> packets.reserve(packet);
            case PACKET_LOSS -> is(packet, LOSS) ? 1 : 0;
            case PACKET_TIMESTAMP -> number(packets.timestamp(packet));
            case PACKET_FANOUT -> packets.fanout(packet) & ~FANOUT_JOINED;
            case PACKET_IGNORE_OUTGOING -> is(packet, IGNORE) ? 1 : 0;
            case PACKET_ROLLOVER_STATS -> -Errno.EINVAL;
            case PACKET_TX_HAS_OFF -> is(packet, HAS_OFFSET) ? 1 : 0;
            case PACKET_QDISC_BYPASS -> is(packet, BYPASS) ? 1 : 0;
            default -> -Errno.ENOPROTOOPT;
        };
    }
}
