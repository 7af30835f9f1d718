package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.uapi.Socket;
import java.util.Arrays;

/**
 * Frames on their way from device to device: dev_queue_xmit() and __netif_receive_skb_core() of net/core/dev.c,
 * eth_type_trans(), br_handle_frame(). What programs make by hand travels here as bytes; what the stack sends takes a
 * shorter way, and is written as a frame for packet sockets and the files of tun only.
 */
final class Frames implements IpPackets.Watcher {
    static final int ETH_HLEN = 14; // bytes of struct ethhdr
    static final int ETH_P_802_3 = 1;
    static final int ETH_P_802_2 = 4;
    static final int ETH_P_IP = 0x0800;
    static final int ETH_P_ARP = 0x0806;
    static final int ETH_P_IPV6 = 0x86dd;
    static final int PACKET_HOST = 0;
    static final int PACKET_BROADCAST = 1;
    static final int PACKET_MULTICAST = 2;
    static final int PACKET_OTHERHOST = 3;
    static final int PACKET_OUTGOING = 4;

    private static final int LEAST_TYPE = 0x600; // below it stands a length
    private static final long EVERYBODY = 0xffff_ffff_ffffL;
    private static final int MAX_WAITING = 1000; // net.core.netdev_max_backlog
    private static final Frame NOTHING = new Frame(new byte[0], 0, 0, false, false, NULL);

    private final Sockets sockets;
    private final SkBuffTable skbs;
    private final SockTable table;
    private final NetDevices devices;
    private final NetDeviceTable devs;
    private final Routing routing;
    private final IpPackets ip;
    private final IpInput input;
    private final Tuns tuns;
    private final Arp arp;
    private final Neighbours neighbours;
    private final byte[] made = new byte[65_536 + ETH_HLEN + IpHeaders.IP6_SIZE];
    private final byte[] payload = new byte[65_536];
    private Tap tap = new Tap() {};
    private int[] backlogOf = new int[8]; // net_device that each frame of the backlog has come by
    private Frame[] backlog = new Frame[8];
    private int waiting; // frames of the backlog
    private boolean isDraining;

    /** Who sees all that devices send and receive: packet sockets. */
    interface Tap {
        default boolean any() {
            return false;
        }

        /**
         * @param isPartial whether its sum is still to be made: CHECKSUM_PARTIAL
         */
        default void see(int dev, int type, int protocol, Frame frame, boolean isPartial, int from) {}
    }

    /** The bytes of a frame, and where in them its payload begins. */
    static final class Frame {
        final byte[] bytes;
        final int length; // bytes
        final int network; // where its payload begins
        final boolean isShown; // the stack delivers what it has sent by itself, and counts it
        final boolean isPartial; // CHECKSUM_PARTIAL: its sum is still to be made
        final int sender; // sock that need not be shown what it sends, or NULL

        Frame(byte[] bytes, int length, int network, boolean isShown, boolean isPartial, int sender) {
            this.bytes = bytes;
            this.length = length;
            this.network = network;
            this.isShown = isShown;
            this.isPartial = isPartial;
            this.sender = sender;
        }

        /** skb_scrub_packet(): nobody's. */
        Frame scrubbed() {
            return sender == NULL ? this : new Frame(bytes, length, network, isShown, isPartial, NULL);
        }
    }

    Frames(Sockets sockets, Interfaces interfaces, Routing routing, IpPackets ip, Tuns tuns, Neighbours neighbours) {
        this.devices = interfaces.devices();
        this.neighbours = neighbours;
        this.arp = new Arp(this, interfaces, routing, neighbours);
        this.input = new IpInput(sockets, devices, routing, ip);
        this.sockets = sockets;
        this.skbs = sockets.skBuffs.table();
        this.table = sockets.table;
        this.devs = devices.table();
        this.routing = routing;
        this.ip = ip;
        this.tuns = tuns;
        ip.setWatcher(this);
        tuns.setFrames(this);
    }

    void setTap(Tap seer) {
        tap = seer;
    }

    /** dev->hard_header_len. */
    int headerSize(int dev) {
        return devs.kind(dev) == NetDevices.TUN ? 0 : ETH_HLEN;
    }

    /** dev_queue_xmit() of what a program has made. */
    void transmit(int dev, byte[] bytes, int length, int protocol, int by) {
        xmit(dev, new Frame(bytes, length, Math.min(headerSize(dev), length), false, false, by), protocol);
        drain();
    }

    /** netif_rx() of what has come by a device from outside: what was written to the file of a tun. */
    void arrive(int dev, byte[] bytes, int length, int protocol) {
        if (devs.kind(dev) == NetDevices.TUN) {
            Frame frame = new Frame(bytes, length, 0, false, false, NULL);
            tap.see(dev, PACKET_HOST, protocol, frame, false, NULL);
            input(dev, protocol, frame, PACKET_HOST);
        } else {
            backlog(dev, new Frame(bytes, length, ETH_HLEN, false, false, NULL));
        }
        drain();
    }

    /** enqueue_to_backlog(): it is received when what is being sent has been sent. */
    private void backlog(int dev, Frame frame) {
        if (waiting == MAX_WAITING) {
            return;
        }
        if (waiting == backlog.length) {
            backlog = Arrays.copyOf(backlog, 2 * waiting);
            backlogOf = Arrays.copyOf(backlogOf, 2 * waiting);
        }
        backlogOf[waiting] = dev;
        backlog[waiting++] = frame;
    }

    /** process_backlog(). */
    private void drain() {
        if (isDraining) {
            return;
        }
        isDraining = true;
        for (int i = 0; i < waiting; i++) {
            receive(backlogOf[i], backlog[i]);
        }
        Arrays.fill(backlog, 0, waiting, NOTHING);
        waiting = 0;
        isDraining = false;
    }

    /** A frame that the stack has delivered by itself is seen on its way. */
    void show(int dev, Frame frame, int protocol) {
        xmit(dev, frame, protocol);
        drain();
    }

    void xmit(int dev, Frame frame, int protocol) {
        if (!devices.isUp(dev)) {
            return;
        }
        tap.see(dev, PACKET_OUTGOING, protocol, frame, frame.isPartial, frame.sender);
        count(dev, frame);
        int other = devs.link(dev);
        switch (devs.kind(dev)) {
            case NetDevices.LOOPBACK -> backlog(dev, frame);
            case NetDevices.VETH -> {
                if (other != NULL && devices.isUp(other)) {
                    backlog(other, devs.net(other) == devs.net(dev) ? frame : frame.scrubbed());
                }
            }
            case NetDevices.BRIDGE -> forward(dev, NULL, frame, protocol);
            case NetDevices.MACVLAN -> {
                if (other != NULL) {
                    xmit(other, frame, protocol);
                }
            }
            case NetDevices.TUN ->
                tuns.transmit(dev, protocol, frame.bytes, frame.network, frame.length - frame.network);
            case NetDevices.TAP -> tuns.transmit(dev, protocol, frame.bytes, 0, frame.length);
            default -> {
                // it leaves the machine, or is dropped
            }
        }
    }

    /** A frame leaves by a device; that of a veth arrives with that, that of loopback without its header. */
    private void count(int dev, Frame frame) {
        if (frame.isShown) {
            return;
        }
        int other = devs.link(dev);
        boolean isLoopback = devs.kind(dev) == NetDevices.LOOPBACK;
        int size = isLoopback ? frame.length - ETH_HLEN : frame.length;
        if (isLoopback) {
            neighbours.sent(dev, size);
            neighbours.received(dev, size);
        } else if (devs.kind(dev) != NetDevices.VETH) {
            neighbours.sent(dev, size);
        } else if (other != NULL && devices.isUp(other)) {
            neighbours.sent(dev, size);
            neighbours.received(other, size);
        }
    }

    private static long addressAt(byte[] bytes, int at) {
        return RtnLinks.addressAt(bytes, at);
    }

    private static boolean isGroup(long address) {
        return (address >>> 40 & 1) != 0;
    }

    /** eth_type_trans(): to whom it is. */
    private int typeOf(int dev, long destination) {
        if (isGroup(destination)) {
            return destination == EVERYBODY ? PACKET_BROADCAST : PACKET_MULTICAST;
        }
        return destination == devs.address(dev) ? PACKET_HOST : PACKET_OTHERHOST;
    }

    private static int protocolOf(byte[] bytes) {
        int type = Bytes.getPort(bytes, 12);
        if (type >= LEAST_TYPE) {
            return type;
        }
        return Bytes.getPort(bytes, ETH_HLEN) == 0xffff ? ETH_P_802_3 : ETH_P_802_2;
    }

    private void receive(int dev, Frame frame) {
        if (frame.length < ETH_HLEN) {
            return;
        }
        long destination = addressAt(frame.bytes, 0);
        int type = typeOf(dev, destination);
        int protocol = protocolOf(frame.bytes);
        tap.see(dev, type, protocol, frame, frame.isPartial, NULL);
        int upper = devs.uppers().first(dev);
        while (upper != NULL) {
            boolean isHis = devs.address(upper) == destination || isGroup(destination);
            if (isHis && devices.isUp(upper)) {
                if (!frame.isShown) {
                    neighbours.received(upper, frame.length);
                }
                receive(upper, frame);
            }
            upper = devs.uppers().next(upper);
        }
        int bridge = devs.master(dev);
        if (bridge != NULL) {
            if (devices.isUp(bridge)) {
                forward(bridge, dev, frame, protocol);
            }
        } else if (type != PACKET_OTHERHOST) {
            input(dev, protocol, frame, type);
        }
    }

    /** br_handle_frame_finish(), br_dev_xmit(): by the port that its receiver is behind; by all others where that is not known. */
    private void forward(int bridge, int port, Frame frame, int protocol) {
        long destination = addressAt(frame.bytes, 0);
        boolean isMine = destination == devs.address(bridge) || isPort(bridge, destination);
        if (port != NULL && isMine) {
            passUp(bridge, frame, protocol, destination);
            return;
        }
        int only = isGroup(destination) ? NULL : portTo(bridge, port, destination);
        for (int at = devs.ports().first(bridge); at != NULL; at = devs.ports().next(at)) {
            if (at != port && (only == NULL || at == only)) {
                xmit(at, frame, protocol);
            }
        }
        if (port != NULL && isGroup(destination)) {
            passUp(bridge, frame, protocol, destination);
        }
    }

    /** br_pass_frame_up(). */
    private void passUp(int bridge, Frame frame, int protocol, long destination) {
        int type = isGroup(destination) ? typeOf(bridge, destination) : PACKET_HOST;
        if (!frame.isShown) {
            neighbours.received(bridge, frame.length - ETH_HLEN);
        }
        tap.see(bridge, type, protocol, frame, frame.isPartial, NULL);
        input(bridge, protocol, frame, type);
    }

    private boolean isPort(int bridge, long address) {
        for (int at = devs.ports().first(bridge); at != NULL; at = devs.ports().next(at)) {
            if (devs.address(at) == address) {
                return true;
            }
        }
        return false;
    }

    private int portTo(int bridge, int except, long address) {
        for (int at = devs.ports().first(bridge); at != NULL; at = devs.ports().next(at)) {
            int other = devs.kind(at) == NetDevices.VETH ? devs.link(at) : NULL;
            if (at != except && other != NULL && devs.address(other) == address) {
                return at;
            }
        }
        return NULL;
    }

    private void input(int dev, int protocol, Frame frame, int type) {
        if (frame.isShown) {
            return;
        }
        int length = frame.length - frame.network;
        switch (protocol) {
            case ETH_P_IP -> input.receive4(dev, frame.bytes, frame.network, length);
            case ETH_P_IPV6 -> input.receive6(dev, frame.bytes, frame.network, length);
            case ETH_P_ARP -> arp.receive(dev, frame, type);
            default -> {
                // nobody takes it but packet sockets
            }
        }
    }

    @Override
    public boolean isWatching() {
        return tap.any() || tuns.tuns().size() > 0;
    }

    /**
     * What the stack of a net sends is shown to packet sockets, and given to the file of the tun that it leaves by. Routing has
     * found the way just before.
     */
    @Override
    public void leave(int net, int skb, int protocol) {
        if (!isWatching()) {
            return;
        }
        boolean isLocal = routing.net == net && routing.arrival == devices.loopback(net);
        int out = isLocal ? routing.arrival : routing.dev;
        if (!isLocal && !routing.leaves()) {
            return;
        }
        boolean is4 = InetAddress.isV4(skbs.toHigh(skb), skbs.toLow(skb));
        int start = headerSize(out);
        boolean isWhole = devs.tun(out) != NULL;
        int length = write(skb, protocol, is4, start, isWhole);
        int kind = is4 ? ETH_P_IP : ETH_P_IPV6;
        if (start > 0) {
            RtnLinks.putAddress(made, 0, isLocal ? 0 : routing.hardware());
            RtnLinks.putAddress(made, 6, devs.address(out));
            Bytes.putPort(made, 12, kind);
        }
        byte[] frame = isDraining ? Arrays.copyOf(made, length) : made;
        show(out, new Frame(frame, length, start, true, isUdp(skb, protocol) && !isWhole, NULL), kind);
    }

    /** Whether it is a datagram whose header is not written yet. */
    private boolean isUdp(int skb, int protocol) {
        return skbs.sk(skb) != NULL
                && table.type(skbs.sk(skb)) == Socket.SOCK_DGRAM
                && (protocol == Socket.IPPROTO_UDP || protocol == Socket.IPPROTO_UDPLITE);
    }

    /**
     * The packet as bytes, from a place on; where it ends.
     *
     * @param isWhole whether the device makes no sums: skb_checksum_help()
     */
    private int write(int skb, int protocol, boolean is4, int start, boolean isWhole) {
        boolean isUdp = isUdp(skb, protocol);
        int header = isUdp ? IpHeaders.UDP_SIZE : 0;
        int length = header + skbs.length(skb);
        int body = start + (is4 ? IpHeaders.IP_SIZE : IpHeaders.IP6_SIZE);
        int id = isUdp ? ip.nextId() : skbs.toPort(skb);
        if (is4) {
            IpHeaders.put4(skbs, skb, length, made, start);
            IpHeaders.name4(protocol, id, made, start);
        } else {
            IpHeaders.put6(skbs, skb, protocol, length, made, start);
        }
        if (isUdp) {
            Bytes.putPort(made, body, skbs.port(skb));
            Bytes.putPort(made, body + 2, skbs.toPort(skb));
            Bytes.putPort(made, body + 4, length);
            Bytes.putPort(made, body + 6, IpHeaders.fold(IpHeaders.pseudo(skbs, skb, protocol, length)) ^ 0xffff);
        }
        sockets.skBuffs.get(skb, 0, payload, skbs.length(skb));
        System.arraycopy(payload, 0, made, body + header, skbs.length(skb));
        if (isUdp && isWhole) {
            long pseudo = IpHeaders.pseudo(skbs, skb, protocol, length);
            Bytes.putPort(made, body + 6, 0);
            int sum = IpHeaders.fold(IpHeaders.sum(made, body, length, pseudo));
            Bytes.putPort(made, body + 6, sum == 0 ? 0xffff : sum);
        }
        return body + length;
    }
}
