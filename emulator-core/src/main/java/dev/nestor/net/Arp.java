package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.uapi.Socket;

/**
 * ARP as frames: net/ipv4/arp.c. What the stack asks and is answered takes no time and is shown only; questions and answers that
 * were made by hand are received here.
 */
final class Arp implements Neighbours.Wire {
    private static final int SIZE = 28; // bytes of struct arphdr with what follows it
    private static final int ARPOP_REQUEST = 1;
    private static final int ARPOP_REPLY = 2;
    private static final int LENGTHS = 0x0604; // of addresses of Ethernet and of IPv4
    private static final int SENDER = 8; // where what it says begins
    private static final int SENDER_IP = 14;
    private static final int TARGET = 18;
    private static final int TARGET_IP = 24;
    private static final long EVERYBODY = 0xffff_ffff_ffffL;
    private static final long BROADCAST = InetAddress.ANY4 | 0xffff_ffffL;

    private final Frames frames;
    private final NetDeviceTable devs;
    private final InetAddrTable addresses;
    private final Routing routing;
    private final Neighbours neighbours;

    Arp(Frames frames, Interfaces interfaces, Routing routing, Neighbours neighbours) {
        this.frames = frames;
        this.devs = interfaces.devices().table();
        this.addresses = interfaces.addresses();
        this.routing = routing;
        this.neighbours = neighbours;
        neighbours.setWire(this);
    }

    /** arp_create(). */
    private static byte[] make(int operation, long from, int fromIp, long target, int targetIp) {
        byte[] frame = new byte[Frames.ETH_HLEN + SIZE];
        int at = Frames.ETH_HLEN;
        Bytes.putPort(frame, 12, Frames.ETH_P_ARP);
        Bytes.putPort(frame, at, NetDevices.ARPHRD_ETHER);
        Bytes.putPort(frame, at + 2, Frames.ETH_P_IP);
        Bytes.putPort(frame, at + 4, LENGTHS);
        Bytes.putPort(frame, at + 6, operation);
        RtnLinks.putAddress(frame, at + SENDER, from);
        Bytes.putNetInt(frame, at + SENDER_IP, fromIp);
        RtnLinks.putAddress(frame, at + TARGET, target);
        Bytes.putNetInt(frame, at + TARGET_IP, targetIp);
        return frame;
    }

    private Frames.Frame address(byte[] frame, long to, long from, boolean isShown) {
        RtnLinks.putAddress(frame, 0, to);
        RtnLinks.putAddress(frame, 6, from);
        return new Frames.Frame(frame, frame.length, Frames.ETH_HLEN, isShown, false, NULL);
    }

    private int ip(int ifa) {
        return ifa == NULL ? 0 : (int) addresses.low(ifa);
    }

    /** arp_solicit(): one whose hardware address is known is asked himself. */
    @Override
    public void asks(int neigh, int dev, int from) {
        NeighbourTable neighs = neighbours.table();
        if (!frames.isWatching() || neighs.family(neigh) != Socket.AF_INET) {
            return;
        }
        long own = devs.address(dev);
        byte[] question = make(ARPOP_REQUEST, own, ip(from), 0, (int) neighs.low(neigh));
        long to = neighs.state(neigh) == Neighbours.NUD_PROBE ? neighs.hardware(neigh) : EVERYBODY;
        frames.show(dev, address(question, to, own, true), Frames.ETH_P_ARP);
    }

    @Override
    public void answers(int neigh, int dev, int from, int owner) {
        NeighbourTable neighs = neighbours.table();
        if (!frames.isWatching() || neighs.family(neigh) != Socket.AF_INET) {
            return;
        }
        long own = devs.address(owner);
        long to = devs.address(dev);
        byte[] answer = make(ARPOP_REPLY, own, (int) neighs.low(neigh), to, ip(from));
        frames.show(owner, address(answer, to, own, true), Frames.ETH_P_ARP);
    }

    /** arp_rcv(), arp_process(): who is asked for an address of the net tells that of the device, and remembers who has asked. */
    void receive(int dev, Frames.Frame frame, int type) {
        byte[] bytes = frame.bytes;
        int at = frame.network;
        int operation = frame.length - at < SIZE ? 0 : Bytes.getPort(bytes, at + 6);
        boolean isRight = (operation == ARPOP_REQUEST || operation == ARPOP_REPLY)
                && devs.type(dev) == NetDevices.ARPHRD_ETHER
                && (devs.flags(dev) & NetDevices.IFF_NOARP) == 0
                && Bytes.getPort(bytes, at) == NetDevices.ARPHRD_ETHER
                && Bytes.getPort(bytes, at + 2) == Frames.ETH_P_IP
                && Bytes.getPort(bytes, at + 4) == LENGTHS;
        if (!isRight) {
            return;
        }
        int net = devs.net(dev);
        long hardware = RtnLinks.addressAt(bytes, at + SENDER);
        long from = InetAddress.ANY4 | (Bytes.getNetInt(bytes, at + SENDER_IP) & 0xffff_ffffL);
        long to = InetAddress.ANY4 | (Bytes.getNetInt(bytes, at + TARGET_IP) & 0xffff_ffffL);
        if (InetAddress.isLoopback(0, to) || InetAddress.isMulticast(0, to)) {
            return;
        }
        boolean isAny = from == InetAddress.ANY4;
        boolean isAsked =
                operation == ARPOP_REQUEST && routing.localDevice(net, 0, to) != NULL && (isAny || mayAsk(net, from));
        if (isAsked) {
            boolean isKnown = isAny || neighbours.heard(dev, 0, from, hardware);
            if (isKnown) {
                byte[] answer = make(ARPOP_REPLY, devs.address(dev), (int) to, hardware, (int) from);
                frames.xmit(dev, address(answer, hardware, devs.address(dev), false), Frames.ETH_P_ARP);
            }
        } else if (!isAny) {
            boolean isAnswer = operation == ARPOP_REPLY;
            boolean isOfItself = to == from
                    && routing.localDevice(net, 0, from) == NULL
                    && (!isAnswer || RtnLinks.addressAt(bytes, at + TARGET) == hardware);
            boolean isForMe = isAnswer && type == Frames.PACKET_HOST;
            neighbours.told(dev, from, hardware, isForMe ? Neighbours.NUD_REACHABLE : Neighbours.NUD_STALE, isOfItself);
        }
    }

    /** fib_validate_source(). */
    private boolean mayAsk(int net, long from) {
        return from != BROADCAST
                && !InetAddress.isMulticast(0, from)
                && !InetAddress.isLoopback(0, from)
                && routing.localDevice(net, 0, from) == NULL;
    }
}
