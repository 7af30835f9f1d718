package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.event.EventLoop;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.table.Chain;
import dev.nestor.table.StateHash;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Socket;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;

/**
 * Who is on a link: net/core/neighbour.c, and what ARP and neighbour discovery ask and answer. A question and its answer take no
 * time. The time that a neighbour is taken to be reachable, which Linux draws between half of it and one and a half, is always the
 * same.
 */
final class Neighbours {
    static final int NUD_NONE = 0;
    static final int NUD_INCOMPLETE = 1;
    static final int NUD_REACHABLE = 2;
    static final int NUD_STALE = 4;
    static final int NUD_DELAY = 8;
    static final int NUD_PROBE = 0x10;
    static final int NUD_FAILED = 0x20;
    static final int NUD_NOARP = 0x40;
    static final int NUD_PERMANENT = 0x80;
    static final int NUD_VALID = NUD_PERMANENT | NUD_NOARP | NUD_REACHABLE | NUD_PROBE | NUD_STALE | NUD_DELAY;
    static final int NUD_CONNECTED = NUD_PERMANENT | NUD_NOARP | NUD_REACHABLE;
    static final int NTF_PROXY = 8;

    /** NEIGH_UPDATE_F_*. */
    static final int OVERRIDE = 1;

    static final int ADMIN = 0x8000_0000;

    private static final int NUD_IN_TIMER = NUD_INCOMPLETE | NUD_REACHABLE | NUD_DELAY | NUD_PROBE;
    private static final int PRIORITY = 0;
    private static final long SECOND_NS = 1_000_000_000;
    private static final long REACHABLE_NS = 30 * SECOND_NS; // base_reachable_time
    private static final long DELAY_NS = 5 * SECOND_NS; // delay_first_probe_time
    private static final long RETRANS_NS = SECOND_NS;
    private static final long LOCK_NS = SECOND_NS; // locktime
    private static final int PROBES = 3; // ucast_solicit, mcast_solicit
    private static final int GC_THRESH2 = 512;
    private static final int GC_THRESH3 = 1024;
    private static final long GC_YOUNG_NS = 5 * SECOND_NS;
    private static final int ETHERNET_HEADER = 14;
    private static final int ARP_SIZE = 28; // bytes on the wire behind the header
    private static final int SOLICITATION_SIZE = 72;

    /** Is told of entries that change: neigh_notify(). */
    interface Told {
        void neighbour(int dev, int neigh, int type);
    }

    private final NetDeviceTable table;
    private final InetAddrTable addresses;
    private final NeighbourTable neighs;
    private final Timekeeping time;
    private final EventLoop loop;
    private final int kind;
    private final int[] collected = new int[2]; // gc_entries of arp_tbl and nd_tbl
    private Told told = (dev, neigh, type) -> {};

    /* By device and address; entries of one hash are linked. Look up, never walk. */
    private final Long2IntOpenHashMap byAddress = new Long2IntOpenHashMap();

    Neighbours(NetDevices devices, InetAddrTable addresses, NeighbourTable neighs, NetBelow below) {
        this.table = devices.table();
        this.addresses = addresses;
        this.neighs = neighs;
        this.time = below.timekeeping();
        this.loop = below.eventLoop();
        this.kind = loop.register((neigh, number) -> timer(neigh, (int) number));
    }

    void setTold(Told listener) {
        told = listener;
    }

    NeighbourTable table() {
        return neighs;
    }

    private static long key(int dev, long high, long low) {
        return ((high * 31 + low) * 0x9e37_79b9_7f4a_7c15L) ^ dev;
    }

    /** neigh_lookup(), or pneigh_lookup() of a proxy; NULL when there is none. */
    int find(int dev, long high, long low, boolean isProxy) {
        int neigh = byAddress.get(key(dev, high, low));
        while (neigh != NULL && !isOne(neigh, dev, high, low, isProxy)) {
            neigh = neighs.nextInHash(neigh);
        }
        return neigh;
    }

    private boolean isOne(int neigh, int dev, long high, long low, boolean isProxy) {
        return neighs.low(neigh) == low
                && neighs.high(neigh) == high
                && neighs.neighbours().owner(neigh) == dev
                && isProxy == isProxy(neigh);
    }

    boolean isProxy(int neigh) {
        return (neighs.flags(neigh) & NTF_PROXY) != 0;
    }

    /** ___neigh_create(): ENOBUFS when there are as many as may be. */
    int create(int dev, long high, long address, int flags, boolean isKept) {
        int family = InetAddress.isV4(high, address) ? 0 : 1;
        int pointing = NetDevices.IFF_LOOPBACK | NetDevices.IFF_POINTOPOINT;
        boolean isNowhere = family == 0 && (flags & NTF_PROXY) == 0 && (table.flags(dev) & pointing) != 0;
        long low = isNowhere ? InetAddress.ANY4 : address; // arp_constructor()
        if (!isKept && !makeRoom(family)) {
            return -Errno.ENOBUFS;
        }
        int neigh = neighs.alloc();
        if (neigh == NULL) {
            return -Errno.ENOBUFS;
        }
        neighs.setFamily(neigh, family == 0 ? Socket.AF_INET : Socket.AF_INET6);
        neighs.setHigh(neigh, high);
        neighs.setLow(neigh, low);
        neighs.setFlags(neigh, flags);
        long now = time.monotonicNs();
        neighs.setUsed(neigh, now);
        neighs.setUpdated(neigh, now);
        neighs.setConfirmed(neigh, now - 2 * REACHABLE_NS);
        neighs.neighbours().addLast(dev, neigh);
        setCollected(neigh, !isKept);
        long key = key(dev, high, low);
        neighs.setNextInHash(neigh, byAddress.put(key, neigh));
        return neigh;
    }

    private void setCollected(int neigh, boolean counts) {
        int family = neighs.family(neigh) == Socket.AF_INET ? 0 : 1;
        collected[family] += (counts ? 1 : 0) - neighs.collected(neigh);
        neighs.setCollected(neigh, counts ? 1 : 0);
    }

    /** neigh_forced_gc(): those that have failed or not been heard of for a while make room. */
    private boolean makeRoom(int family) {
        if (collected[family] < GC_THRESH3) {
            return true;
        }
        int wanted = collected[family] - GC_THRESH2;
        long young = time.monotonicNs() - GC_YOUNG_NS;
        for (int row = 1; row < neighs.rows() && wanted > 0; row++) {
            int neigh = neighs.handleInRow(row);
            boolean isOld = neigh != NULL
                    && neighs.collected(neigh) != 0
                    && (neighs.family(neigh) == Socket.AF_INET ? 0 : 1) == family
                    && ((neighs.state(neigh) & (NUD_FAILED | NUD_NOARP)) != 0 || neighs.updated(neigh) < young);
            if (isOld) {
                remove(neigh);
                wanted--;
            }
        }
        return collected[family] < GC_THRESH3;
    }

    /** neigh_remove_one(), neigh_cleanup_and_release(). */
    void remove(int neigh) {
        int dev = neighs.neighbours().owner(neigh);
        if (!isProxy(neigh)) {
            told.neighbour(dev, neigh, Rtnetlink.RTM_DELNEIGH);
        }
        unhash(key(dev, neighs.high(neigh), neighs.low(neigh)), neigh);
        setCollected(neigh, false);
        neighs.neighbours().remove(neigh);
        neighs.free(neigh);
    }

    private void unhash(long key, int neigh) {
        int next = neighs.nextInHash(neigh);
        int at = byAddress.get(key);
        if (at != neigh) {
            while (neighs.nextInHash(at) != neigh) {
                at = neighs.nextInHash(at);
            }
            neighs.setNextInHash(at, next);
        } else if (next == NULL) {
            byAddress.remove(key);
        } else {
            byAddress.put(key, next);
        }
    }

    /** neigh_ifdown(), neigh_changeaddr(); neigh_carrier_down(), which keeps those that last. */
    void flush(int dev, boolean keepsPermanent) {
        Chain chain = neighs.neighbours();
        int neigh = chain.first(dev);
        while (neigh != NULL) {
            int next = chain.next(neigh);
            boolean isKept = keepsPermanent && (isProxy(neigh) || (neighs.state(neigh) & NUD_PERMANENT) != 0);
            if (!isKept) {
                remove(neigh);
            }
            neigh = next;
        }
    }

    private void setTimer(int neigh, long ns) {
        neighs.setTimer(neigh, neighs.timer(neigh) + 1);
        loop.schedule(time.now() + time.nsToCycles(ns), PRIORITY, kind, neigh, neighs.timer(neigh));
    }

    /** __neigh_update(): 0, EINVAL for a state that needs a hardware address, EPERM. */
    int update(int neigh, long given, int wanted, int how) {
        int old = neighs.state(neigh);
        int state = wanted;
        if ((how & ADMIN) == 0 && (old & (NUD_NOARP | NUD_PERMANENT)) != 0) {
            return -Errno.EPERM;
        }
        long now = time.monotonicNs();
        if ((state & NUD_VALID) == 0) {
            neighs.setTimer(neigh, neighs.timer(neigh) + 1);
            neighs.setState(neigh, state);
            if ((old & NUD_VALID) != 0) {
                tell(neigh);
            }
            return 0;
        }
        long before = neighs.hardware(neigh);
        boolean wasValid = (old & NUD_VALID) != 0;
        if (given == 0 && !wasValid) {
            return -Errno.EINVAL;
        }
        long address = given == 0 ? before : given;
        if ((state & NUD_CONNECTED) != 0) {
            neighs.setConfirmed(neigh, now);
        }
        if (wasValid && address != before && (how & OVERRIDE) == 0) {
            return 0;
        }
        if (wasValid && address == before && state == NUD_STALE && (how & ADMIN) == 0) {
            state = old;
        }
        if (state != old || address != before) {
            neighs.setUpdated(neigh, now);
        }
        if (state != old) {
            change(neigh, state);
        }
        if (address != before) {
            neighs.setHardware(neigh, address);
            if ((state & NUD_CONNECTED) == 0) {
                neighs.setConfirmed(neigh, now - 2 * REACHABLE_NS);
            }
        }
        if (state != old || address != before) {
            tell(neigh);
        }
        setCollected(neigh, (state & NUD_PERMANENT) == 0);
        return 0;
    }

    private void change(int neigh, int state) {
        neighs.setState(neigh, state);
        neighs.setTimer(neigh, neighs.timer(neigh) + 1);
        if ((state & NUD_PROBE) != 0) {
            neighs.setProbes(neigh, 0);
        }
        if ((state & NUD_IN_TIMER) != 0) {
            setTimer(neigh, (state & NUD_REACHABLE) != 0 ? REACHABLE_NS : 0);
        }
    }

    private void tell(int neigh) {
        told.neighbour(neighs.neighbours().owner(neigh), neigh, Rtnetlink.RTM_NEWNEIGH);
    }

    /** neigh_timer_handler(). */
    private void timer(int neigh, int number) {
        if (!neighs.isLive(neigh) || neighs.timer(neigh) != number) {
            return;
        }
        long now = time.monotonicNs();
        int state = neighs.state(neigh);
        if ((state & NUD_REACHABLE) != 0) {
            long left = neighs.confirmed(neigh) + REACHABLE_NS - now;
            if (left > 0) {
                setTimer(neigh, left);
            } else if (now <= neighs.used(neigh) + DELAY_NS) {
                enter(neigh, NUD_DELAY, now);
                setTimer(neigh, DELAY_NS);
            } else {
                enter(neigh, NUD_STALE, now);
                tell(neigh);
            }
        } else if ((state & NUD_DELAY) != 0) {
            if (now <= neighs.confirmed(neigh) + DELAY_NS) {
                enter(neigh, NUD_REACHABLE, now);
                setTimer(neigh, REACHABLE_NS);
                tell(neigh);
            } else {
                enter(neigh, NUD_PROBE, now);
                neighs.setProbes(neigh, 0);
                tell(neigh);
                probe(neigh);
            }
        } else if ((state & (NUD_INCOMPLETE | NUD_PROBE)) != 0) {
            probe(neigh);
        }
    }

    private void enter(int neigh, int state, long now) {
        neighs.setState(neigh, state);
        neighs.setUpdated(neigh, now);
    }

    /** neigh_probe(): asks once more, or gives up. */
    private void probe(int neigh) {
        boolean isFirst = neighs.state(neigh) == NUD_INCOMPLETE;
        if (neighs.probes(neigh) >= (isFirst ? 2 * PROBES : PROBES)) {
            enter(neigh, NUD_FAILED, time.monotonicNs());
            tell(neigh);
            return;
        }
        neighs.setProbes(neigh, neighs.probes(neigh) + 1);
        int dev = neighs.neighbours().owner(neigh);
        if (!ask(neigh, dev)) {
            setTimer(neigh, RETRANS_NS);
        }
    }

    /** Where frames are seen that ask and answer. */
    interface Wire {
        /** @param from inet_addr of who asks, or NULL */
        default void asks(int neigh, int dev, int from) {}

        /** @param owner the device of who answers */
        default void answers(int neigh, int dev, int from, int owner) {}
    }

    private Wire wire = new Wire() {};

    void setWire(Wire seer) {
        wire = seer;
    }

    /** The device that would answer a question for an address on a link; NULL when nobody does. */
    interface Answering {
        int owner(int dev, long high, long low);
    }

    private Answering answering = (dev, high, low) -> NULL;

    void setAnswering(Answering wanted) {
        answering = wanted;
    }

    /** arp_solicit(), arp_process(); ndisc_solicit(), ndisc_recv_ns(), ndisc_recv_na(): whether there was an answer. */
    private boolean ask(int neigh, int dev) {
        boolean is4 = neighs.family(neigh) == Socket.AF_INET;
        int size = ETHERNET_HEADER + (is4 ? ARP_SIZE : SOLICITATION_SIZE);
        int owner = answering.owner(dev, neighs.high(neigh), neighs.low(neigh));
        int own = ownAddress(dev, is4);
        carry(dev, owner, size);
        wire.asks(neigh, dev, own);
        if (owner == NULL) {
            return false;
        }
        if (own != NULL) {
            heard(owner, addresses.high(own), addresses.low(own), table.address(dev));
        }
        carry(owner, dev, size);
        wire.answers(neigh, dev, own, owner);
        update(neigh, table.address(owner), NUD_REACHABLE, OVERRIDE);
        return true;
    }

    /** neigh_event_ns(): who asks is remembered. False when there is no place for him. */
    boolean heard(int dev, long high, long low, long hardware) {
        int known = find(dev, high, low, false);
        int neigh = known != NULL ? known : create(dev, high, low, 0, false);
        if (neigh > NULL) {
            update(neigh, hardware, NUD_STALE, OVERRIDE);
        }
        return neigh > NULL;
    }

    /**
     * arp_process(): somebody says where an address of IPv4 is; of use where it is known already. What has changed just before
     * stays.
     *
     * @param isOfItself a gratuitous announcement, which is taken at once
     */
    void told(int dev, long low, long hardware, int state, boolean isOfItself) {
        int neigh = find(dev, 0, low, false);
        if (neigh != NULL) {
            boolean isLate = time.monotonicNs() > neighs.updated(neigh) + LOCK_NS;
            update(neigh, hardware, state, isOfItself || isLate ? OVERRIDE : 0);
        }
    }

    /** inet_select_addr(). */
    private int ownAddress(int dev, boolean is4) {
        int ifa = addresses.addresses().first(dev);
        while (ifa != NULL && (addresses.family(ifa) == Socket.AF_INET) != is4) {
            ifa = addresses.addresses().next(ifa);
        }
        return ifa;
    }

    /** Whether a device has to ask for hardware addresses. */
    boolean asks(int dev) {
        return table.addressLength(dev) == 6
                && (table.flags(dev) & (NetDevices.IFF_NOARP | NetDevices.IFF_LOOPBACK)) == 0;
    }

    /** neigh_resolve_output(): a packet leaves by a device for an address on its link. */
    void output(int dev, long high, long low) {
        if (!asks(dev)) {
            return;
        }
        int neigh = find(dev, high, low, false);
        neigh = neigh != NULL ? neigh : create(dev, high, low, 0, false);
        if (neigh < 0) {
            return;
        }
        long now = time.monotonicNs();
        int state = neighs.state(neigh);
        if ((state & (NUD_CONNECTED | NUD_DELAY | NUD_PROBE)) == 0) {
            neighs.setUsed(neigh, now);
        }
        if (state == NUD_STALE) {
            enter(neigh, NUD_DELAY, now);
            setTimer(neigh, DELAY_NS);
        } else if ((state & (NUD_VALID | NUD_INCOMPLETE)) == 0) {
            neighs.setProbes(neigh, PROBES); // those that an application might have sent
            enter(neigh, NUD_INCOMPLETE, now);
            probe(neigh);
        }
    }

    /** Whether a packet for an address on the link of a device can go: it needs no hardware address, or that is known. */
    boolean isResolved(int dev, long high, long low) {
        int neigh = asks(dev) ? find(dev, high, low, false) : NULL;
        return !asks(dev) || (neigh != NULL && (neighs.state(neigh) & NUD_VALID) != 0);
    }

    /** The hardware address of who has an address on the link of a device: of the device itself where none is asked for. */
    long hardware(int dev, long high, long low) {
        int neigh = asks(dev) ? find(dev, high, low, false) : NULL;
        return neigh == NULL ? table.address(dev) : neighs.hardware(neigh);
    }

    /** dst_confirm(): the other side has answered. */
    void confirm(int dev, long high, long low) {
        int neigh = find(dev, high, low, false);
        if (neigh != NULL) {
            neighs.setConfirmed(neigh, time.monotonicNs());
        }
    }

    /** Counts a frame from a device to another on its link, over the ports of a bridge; or to nobody. */
    void carry(int from, int to, int bytes) {
        sent(from, bytes);
        if (table.kind(from) == NetDevices.VETH && table.link(from) != NULL) {
            received(table.link(from), bytes);
            if (table.link(from) == to) {
                return;
            }
        }
        if (to == NULL) {
            return;
        }
        if (table.kind(to) == NetDevices.VETH && table.link(to) != NULL && table.link(to) != from) {
            sent(table.link(to), bytes);
        }
        received(to, bytes);
    }

    /** What has left by a device is counted; for a tun that is done as its file is read. */
    void sent(int dev, int bytes) {
        if (table.tun(dev) == NULL) {
            table.setTxPackets(dev, table.txPackets(dev) + 1);
            table.setTxBytes(dev, table.txBytes(dev) + bytes);
        }
    }

    void received(int dev, int bytes) {
        table.setRxPackets(dev, table.rxPackets(dev) + 1);
        table.setRxBytes(dev, table.rxBytes(dev) + bytes);
    }

    void digest(StateHash hash) {
        neighs.digest(hash);
        hash.add(collected[0]);
        hash.add(collected[1]);
    }
}
