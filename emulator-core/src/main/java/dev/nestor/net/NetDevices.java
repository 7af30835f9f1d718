package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.event.Random;
import dev.nestor.fs.NameTable;
import dev.nestor.table.Chain;
import dev.nestor.table.HotPath;
import dev.nestor.table.StateHash;
import dev.nestor.uapi.Errno;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;
import java.nio.charset.StandardCharsets;

/** Network devices: net/core/dev.c, and what loopback, veth, bridge, ifb, macvlan and tun add to it. */
public final class NetDevices {
    public static final int LOOPBACK = 1;
    public static final int PHYSICAL = 2;
    public static final int VETH = 3;
    public static final int BRIDGE = 4;
    public static final int IFB = 5;
    public static final int MACVLAN = 6;
    public static final int TUN = 7;
    public static final int TAP = 8;

    public static final int IFF_UP = 1;
    public static final int IFF_BROADCAST = 2;
    public static final int IFF_LOOPBACK = 8;
    public static final int IFF_POINTOPOINT = 0x10;
    public static final int IFF_RUNNING = 0x40;
    public static final int IFF_NOARP = 0x80;
    public static final int IFF_PROMISC = 0x100;
    public static final int IFF_ALLMULTI = 0x200;
    public static final int IFF_MULTICAST = 0x1000;
    public static final int IFF_LOWER_UP = 0x10000;

    /** What a user may switch: the rest belongs to the device. */
    static final int CHANGEABLE = IFF_UP | IFF_PROMISC | IFF_ALLMULTI | IFF_MULTICAST | IFF_NOARP | 0x2024 | 0x8000;

    public static final int IF_OPER_UNKNOWN = 0;
    public static final int IF_OPER_DOWN = 2;
    public static final int IF_OPER_LOWERLAYERDOWN = 3;
    public static final int IF_OPER_UP = 6;

    public static final int ARPHRD_ETHER = 1;
    public static final int ARPHRD_LOOPBACK = 772;
    public static final int ARPHRD_NONE = 0xFFFE;

    /** IFNAMSIZ, with the NUL. */
    public static final int IFNAMSIZ = 16;

    private static final byte[] LO = {'l', 'o'};
    private static final int LOOPBACK_MTU = 65_536;
    private static final int ETHERNET_MTU = 1500;
    private static final int QUEUE_LENGTH = 1000;
    private static final int IFB_QUEUE_LENGTH = 32;
    private static final int TUN_QUEUE_LENGTH = 500;

    private final Nets nets;
    private final NetDeviceTable table;
    private final NameTable names;
    private final Random random;
    private Listener listener = new Listener() {};

    /* By (net, name) and (net, ifindex): look up, never walk. */
    private final Long2IntOpenHashMap byName = new Long2IntOpenHashMap();
    private final Long2IntOpenHashMap byIndex = new Long2IntOpenHashMap();

    /** Is told of what happens to devices: netdev_chain. */
    interface Listener {
        default void registered(int dev) {}

        default void changed(int dev, int change) {}

        default void unregistering(int dev) {}

        /** NETDEV_UNREGISTER of one that goes to another net. */
        default void leaving(int dev, int toNet) {}
    }

    NetDevices(Nets nets, NetDeviceTable table, NameTable names, Random random) {
        this.nets = nets;
        this.table = table;
        this.names = names;
        this.random = random;
    }

    void setListener(Listener told) {
        listener = told;
    }

    /** The net_device columns. */
    public NetDeviceTable table() {
        return table;
    }

    /** dev_net(). */
    @HotPath
    public int devNet(int dev) {
        return table.net(dev);
    }

    private static long key(int net, int other) {
        return ((long) net << 32) | other;
    }

    /** __dev_get_by_index(). */
    @HotPath
    public int byIndex(int net, int ifindex) {
        return byIndex.get(key(net, ifindex));
    }

    /** __dev_get_by_name(), of a name that is interned. */
    @HotPath
    public int byName(int net, int name) {
        return name == NULL ? NULL : byName.get(key(net, name));
    }

    /** The same of bytes up to a NUL. */
    public int byName(int net, byte[] text, int at, int most) {
        return byName(net, names.find(text, at, length(text, at, most)));
    }

    static int length(byte[] text, int at, int most) {
        int length = 0;
        while (length < most && text[at + length] != 0) {
            length++;
        }
        return length;
    }

    /** Whether a net passes on what is for others. */
    boolean forwards(int net, boolean is4) {
        return nets.table().forwards(net, is4);
    }

    /** The loopback device of a net. */
    public int loopback(int net) {
        return byIndex(net, 1);
    }

    String nameOf(int dev) {
        return names.text(table.name(dev));
    }

    int copyName(int dev, byte[] into, int at) {
        return names.copy(table.name(dev), into, at);
    }

    /** dev_valid_name(). */
    static boolean isValidName(byte[] text, int at, int length) {
        boolean isDots = length <= 2 && text[at] == '.' && (length == 1 || text[at + 1] == '.');
        if (length == 0 || length >= IFNAMSIZ || isDots) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            byte b = text[at + i];
            if (b == '/' || b == ':' || b == ' ' || (b >= 9 && b <= 13)) {
                return false;
            }
        }
        return true;
    }

    /** What a new net has: loopback, down. At a limit it has none. */
    void initNet(int net) {
        int dev = create(net, LOOPBACK, LO, 0, 1);
        if (dev > NULL) {
            table.setIfindex(dev, 1);
        }
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private int freeIndex(int net) {
        int index = nets.table().lastIfindex(net) + 1;
        while (byIndex(net, index) != NULL) {
            index++;
        }
        nets.table().setLastIfindex(net, index);
        return index;
    }

    /**
     * register_netdevice(): a device with the properties of its kind; EEXIST, EBUSY, EINVAL, ENFILE.
     *
     * @param name with %d in it for the lowest free number
     * @param address its hardware address, or 0 for a random one
     * @param ifindex wanted, or 0
     */
    int create(int net, int kind, byte[] name, long address, int ifindex) {
        int named = allocName(net, name, name.length);
        if (named < 0) {
            return named;
        }
        if (ifindex != 0 && byIndex(net, ifindex) != NULL) {
            names.put(named);
            return -Errno.EBUSY;
        }
        int dev = table.alloc();
        if (dev == NULL) {
            names.put(named);
            return -Errno.ENFILE;
        }
        table.setKind(dev, kind);
        table.setName(dev, named);
        setup(dev, kind);
        long hardware = kind == LOOPBACK || kind == TUN ? 0 : address != 0 ? address : randomAddress();
        table.setAddress(dev, hardware);
        list(net, dev, ifindex != 0 ? ifindex : freeIndex(net));
        listener.registered(dev);
        return dev;
    }

    /** eth_random_addr(): local, and of one station. */
    private long randomAddress() {
        return (random.nextLong() & 0xfe_ff_ff_ff_ff_ffL) | 0x02_00_00_00_00_00L;
    }

    private void setup(int dev, int kind) {
        boolean isLoopback = kind == LOOPBACK;
        table.setType(dev, isLoopback ? ARPHRD_LOOPBACK : kind == TUN ? ARPHRD_NONE : ARPHRD_ETHER);
        table.setMtu(dev, isLoopback ? LOOPBACK_MTU : ETHERNET_MTU);
        table.setAddressLength(dev, kind == TUN ? 0 : 6);
        table.setTxqlen(
                dev, kind == IFB ? IFB_QUEUE_LENGTH : kind == TUN || kind == TAP ? TUN_QUEUE_LENGTH : QUEUE_LENGTH);
        table.setFlags(
                dev,
                switch (kind) {
                    case LOOPBACK -> IFF_LOOPBACK;
                    case IFB -> IFF_BROADCAST | IFF_NOARP;
                    case TUN -> IFF_POINTOPOINT | IFF_NOARP | IFF_MULTICAST;
                    default -> IFF_BROADCAST | IFF_MULTICAST;
                });
        table.setCarrier(dev, kind == VETH ? 0 : 1);
        table.setCarrierDown(dev, kind == VETH ? 1 : 0);
        table.setOperstate(dev, IF_OPER_DOWN);
    }

    /** dev_alloc_name(), dev_get_valid_name(): the name interned, or EINVAL, EEXIST, ENFILE. */
    int allocName(int net, byte[] name, int length) {
        if (!isValidName(name, 0, length)) {
            return -Errno.EINVAL;
        }
        boolean isPattern = false;
        for (int i = 0; i < length; i++) {
            isPattern |= name[i] == '%';
        }
        if (isPattern) {
            return allocNumbered(net, new String(name, 0, length, StandardCharsets.ISO_8859_1));
        }
        int interned = names.intern(name, 0, length);
        if (byName(net, interned) != NULL) {
            names.put(interned);
            return -Errno.EEXIST;
        }
        return interned;
    }

    /** __dev_alloc_name(): the lowest number that makes a name which nobody has. */
    private int allocNumbered(int net, String pattern) {
        int percent = pattern.indexOf('%');
        if (!pattern.startsWith("%d", percent) || pattern.indexOf('%', percent + 1) >= 0) {
            return -Errno.EINVAL;
        }
        for (int i = 0; i < 8 * 4096; i++) {
            byte[] one = bytes(pattern.substring(0, percent) + i + pattern.substring(percent + 2));
            if (one.length < IFNAMSIZ && byName(net, names.find(one, 0, one.length)) == NULL) {
                return names.intern(one, 0, one.length);
            }
        }
        return -Errno.ENFILE;
    }

    /** list_netdevice(): by ifindex. */
    private void list(int net, int dev, int ifindex) {
        table.setNet(dev, net);
        table.setIfindex(dev, ifindex);
        byName.put(key(net, table.name(dev)), dev);
        byIndex.put(key(net, ifindex), dev);
        Chain chain = table.devices();
        int before = chain.last(net);
        while (before != NULL && table.ifindex(before) > ifindex) {
            before = chain.prev(before);
        }
        if (before == NULL) {
            chain.addFirst(net, dev);
        } else {
            chain.addAfter(before, dev);
        }
    }

    private void unlist(int dev) {
        int net = table.net(dev);
        byName.remove(key(net, table.name(dev)));
        byIndex.remove(key(net, table.ifindex(dev)));
        table.devices().remove(dev);
    }

    /** dev_change_name(): EBUSY is not answered, for a device that is up may be renamed. EINVAL, EEXIST. */
    int rename(int dev, byte[] name, int length) {
        int net = table.net(dev);
        if (names.isEqual(table.name(dev), name, 0, length)) {
            return 0;
        }
        int named = allocName(net, name, length);
        if (named < 0) {
            return named;
        }
        byName.remove(key(net, table.name(dev)));
        names.put(table.name(dev));
        table.setName(dev, named);
        byName.put(key(net, named), dev);
        return 0;
    }

    /** dev_get_flags(). */
    public int flags(int dev) {
        int flags = table.flags(dev);
        if ((flags & IFF_UP) != 0 && table.carrier(dev) != 0) {
            int state = table.operstate(dev);
            flags |= IFF_LOWER_UP;
            flags |= state == IF_OPER_UP || state == IF_OPER_UNKNOWN ? IFF_RUNNING : 0;
        }
        return flags;
    }

    boolean isUp(int dev) {
        return (table.flags(dev) & IFF_UP) != 0;
    }

    /** dev_change_flags(): what a user may change of them. */
    void changeFlags(int dev, int wanted) {
        int before = table.flags(dev);
        int after = (before & ~CHANGEABLE) | (wanted & CHANGEABLE);
        table.setFlags(dev, after);
        if (((before ^ after) & IFF_UP) != 0) {
            upOrDown(dev, (after & IFF_UP) != 0);
        }
        if (before != after) {
            listener.changed(dev, before ^ after);
        }
    }

    private void upOrDown(int dev, boolean up) {
        int other = table.link(dev);
        if (table.kind(dev) == VETH && other != NULL) {
            boolean both = up && isUp(other);
            setCarrier(dev, both);
            setCarrier(other, both);
            table.setOperstate(other, operstate(other));
        }
        table.setOperstate(dev, operstate(dev));
        if (table.kind(dev) == VETH && other != NULL && isUp(other)) {
            listener.changed(other, 0);
        }
    }

    private int operstate(int dev) {
        if (!isUp(dev)) {
            return IF_OPER_DOWN;
        }
        return switch (table.kind(dev)) {
            case VETH, MACVLAN -> table.carrier(dev) != 0 ? IF_OPER_UP : IF_OPER_LOWERLAYERDOWN;
            case PHYSICAL -> IF_OPER_UP;
            default -> IF_OPER_UNKNOWN;
        };
    }

    private void setCarrier(int dev, boolean on) {
        if (on == (table.carrier(dev) != 0)) {
            return;
        }
        table.setCarrier(dev, on ? 1 : 0);
        if (on) {
            table.setCarrierUp(dev, table.carrierUp(dev) + 1);
        } else {
            table.setCarrierDown(dev, table.carrierDown(dev) + 1);
        }
    }

    /** NETIF_F_NETNS_LOCAL: it stays where it was made. */
    static boolean isLocal(int kind) {
        return kind == LOOPBACK;
    }

    /** Whether a device dies with its net; others go home to the initial one. */
    private static boolean isVirtual(int kind) {
        return kind != PHYSICAL;
    }

    /**
     * dev_change_net_namespace(): EINVAL for one that stays in its net, EEXIST when the name is taken and there is no other,
     * EBUSY for an ifindex that is taken.
     *
     * @param pattern the name to take, or the one when its own is taken there; of no bytes for none
     */
    int move(int dev, int net, byte[] pattern, int length, int ifindex) {
        if (isLocal(table.kind(dev))) {
            return -Errno.EINVAL;
        }
        if (net == table.net(dev)) {
            return 0;
        }
        int name = length > 0 ? allocName(net, pattern, length) : names.get(table.name(dev));
        if (name < 0) {
            return name;
        }
        if (length == 0 && byName(net, name) != NULL) {
            names.put(name);
            return -Errno.EEXIST;
        }
        int index = ifindex != 0 ? ifindex : table.ifindex(dev);
        if (byIndex(net, index) != NULL) {
            if (ifindex != 0) {
                names.put(name);
                return -Errno.EBUSY;
            }
            index = freeIndex(net);
        }
        changeFlags(dev, table.flags(dev) & ~IFF_UP);
        table.setMaster(dev, NULL);
        listener.leaving(dev, net);
        unlist(dev);
        names.put(table.name(dev));
        table.setName(dev, name);
        list(net, dev, index);
        listener.registered(dev);
        return 0;
    }

    /** veth_newlink() after both ends have been made: each knows the other. */
    void pair(int dev, int other) {
        table.setLink(dev, other);
        table.setLink(other, dev);
    }

    /** dellink(): the device goes, and the other end of a veth; what stands on it, and a bridge's ports are let go. */
    void delete(int dev) {
        int other = table.kind(dev) == VETH ? table.link(dev) : NULL;
        unregister(dev);
        if (other != NULL) {
            unregister(other);
        }
    }

    private void unregister(int dev) {
        changeFlags(dev, table.flags(dev) & ~IFF_UP);
        listener.unregistering(dev);
        boolean mayCarry = table.kind(dev) != LOOPBACK;
        for (int row = 1; mayCarry && row < table.rows(); row++) {
            int at = table.handleInRow(row);
            if (at != NULL && at != dev && table.master(at) == dev) {
                table.setMaster(at, NULL);
            }
            if (at != NULL && at != dev && table.link(at) == dev) {
                table.setLink(at, NULL);
                if (table.kind(at) == MACVLAN) {
                    unregister(at);
                }
            }
        }
        unlist(dev);
        names.put(table.name(dev));
        table.free(dev);
    }

    /** default_device_exit_batch() and what follows: movable devices go home, the others die. */
    void exitNet(int net, int home) {
        Chain chain = table.devices();
        int dev = chain.last(net);
        while (dev != NULL) {
            if (isVirtual(table.kind(dev))) {
                if (table.kind(dev) == LOOPBACK) {
                    unregister(dev);
                } else {
                    delete(dev);
                }
            } else {
                int error = move(dev, home, NO_NAME, 0, 0);
                if (error != 0) {
                    byte[] pattern = bytes("dev%d");
                    error = move(dev, home, pattern, pattern.length, 0);
                    assert error == 0 : error;
                }
            }
            dev = chain.last(net);
        }
    }

    private static final byte[] NO_NAME = {};

    void digest(StateHash hash) {
        table.digest(hash);
    }
}
