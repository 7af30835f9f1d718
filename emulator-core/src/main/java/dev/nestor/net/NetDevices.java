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

    /** NET_NAME_ENUM: numbered by the kernel. */
    static final int NET_NAME_ENUM = 1;

    private static final int NET_NAME_PREDICTABLE = 2;

    /** NET_NAME_USER. */
    static final int NET_NAME_USER = 3;

    private static final int NET_NAME_RENAMED = 4;

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
    static final int CHANGEABLE = IFF_UP | IFF_PROMISC | IFF_ALLMULTI | IFF_MULTICAST | IFF_NOARP | 0x6024 | 0x8000;

    public static final int IF_OPER_UNKNOWN = 0;
    public static final int IF_OPER_DOWN = 2;
    public static final int IF_OPER_LOWERLAYERDOWN = 3;
    public static final int IF_OPER_UP = 6;

    public static final int ARPHRD_ETHER = 1;
    public static final int ARPHRD_LOOPBACK = 772;
    public static final int ARPHRD_NONE = 0xFFFE;

    /** dev->min_mtu of Ethernet: ETH_MIN_MTU. */
    static final int LEAST_MTU = 68;

    /** IFNAMSIZ, with the NUL. */
    public static final int IFNAMSIZ = 16;

    private static final int ALT_NAMES = 1 << 18;
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
    private final AltNames altNames;
    private Listener listener = new Listener() {};

    /* By (net, name) and (net, ifindex): look up, never walk. */
    private final Long2IntOpenHashMap byName = new Long2IntOpenHashMap();
    private final Long2IntOpenHashMap byIndex = new Long2IntOpenHashMap();

    /** Is told of what happens to devices: netdev_chain. */
    interface Listener {
        default void registered(int dev) {}

        default void changed(int dev, int change) {}

        /** netdev_state_change() of one that is up, and what says as much: who listens is told. */
        default void told(int dev) {}

        /** rtnl_configure_link(): it is there for all to see. */
        default void announced(int dev) {}

        default void unregistering(int dev) {}

        /** NETDEV_UNREGISTER of one that goes to another net. */
        default void leaving(int dev, int toNet, int ifindex) {}

        /** It has come from another net. */
        default void arrived(int dev) {}
    }

    NetDevices(Nets nets, NetDeviceTable table, NameTable names, Random random) {
        this.nets = nets;
        this.table = table;
        this.names = names;
        this.random = random;
        this.altNames = new AltNames(ALT_NAMES, this, names);
    }

    void setListener(Listener told) {
        listener = told;
    }

    /** The net_device columns. */
    public NetDeviceTable table() {
        return table;
    }

    /** For a driver that knows the indexes of a net's devices: those from one on are so many higher. False when one is taken. */
    boolean shift(int net, int from, int by) {
        Chain chain = table.devices();
        for (int dev = chain.first(net); dev != NULL; dev = chain.next(dev)) {
            boolean isTaken = table.ifindex(dev) >= from && byIndex(net, table.ifindex(dev) + by) != NULL;
            if (isTaken && table.ifindex(dev) + by < from) {
                return false;
            }
        }
        for (int dev = chain.first(net); dev != NULL; dev = chain.next(dev)) {
            if (table.ifindex(dev) >= from) {
                byIndex.remove(key(net, table.ifindex(dev)));
                table.setIfindex(dev, table.ifindex(dev) + by);
            }
        }
        for (int dev = chain.first(net); dev != NULL; dev = chain.next(dev)) {
            byIndex.put(key(net, table.ifindex(dev)), dev);
        }
        nets.table().setLastIfindex(net, nets.table().lastIfindex(net) + by);
        return true;
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

    void hash(int net, int name, int dev) {
        byName.put(key(net, name), dev);
    }

    void unhash(int net, int name) {
        byName.remove(key(net, name));
    }

    /** Other names of devices. */
    AltNames altNames() {
        return altNames;
    }

    String text(int name) {
        return names.text(name);
    }

    /** dev->max_mtu; 0 where there is no bound. */
    static int mostMtu(int kind) {
        return switch (kind) {
            case LOOPBACK, IFB -> 0;
            case TAP -> 65_521;
            default -> 65_535;
        };
    }

    /** dev_validate_mtu(). */
    int checkMtu(int dev, int mtu) {
        int most = mostMtu(table.kind(dev));
        return mtu < (most == 0 ? 0 : LEAST_MTU) ? -1 : most != 0 && mtu > most ? 1 : 0;
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

    /** Whether its name, and not one of its others, is this. */
    boolean hasName(int dev, byte[] text, int at, int length) {
        return names.isEqual(table.name(dev), text, at, length);
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
        table.setNameAssignType(dev, kind == LOOPBACK ? NET_NAME_PREDICTABLE : kind == PHYSICAL ? NET_NAME_ENUM : 0);
        setup(dev, kind);
        long hardware = kind == LOOPBACK || kind == TUN ? 0 : address != 0 ? address : randomAddress();
        table.setAddress(dev, hardware);
        table.setAddressSet(dev, address != 0 ? 1 : 0);
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
        table.setTxqlen(dev, kind == IFB ? IFB_QUEUE_LENGTH : kind == TUN ? TUN_QUEUE_LENGTH : QUEUE_LENGTH);
        table.setFlags(
                dev,
                switch (kind) {
                    case LOOPBACK -> IFF_LOOPBACK;
                    case IFB -> IFF_BROADCAST | IFF_NOARP;
                    case TUN -> IFF_POINTOPOINT | IFF_NOARP | IFF_MULTICAST;
                    default -> IFF_BROADCAST | IFF_MULTICAST;
                });
        boolean isConnected = kind != VETH && kind != MACVLAN;
        table.setCarrier(dev, isConnected ? 1 : 0);
        table.setCarrierDown(dev, kind == VETH ? 1 : 0);
        table.setOperstate(dev, isConnected ? IF_OPER_UNKNOWN : IF_OPER_LOWERLAYERDOWN);
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
        for (int node = altNames.first(dev); node != NULL; node = altNames.next(node)) {
            hash(net, altNames.name(node), dev);
        }
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
        for (int node = altNames.first(dev); node != NULL; node = altNames.next(node)) {
            unhash(net, altNames.name(node));
        }
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
        table.setNameAssignType(dev, NET_NAME_RENAMED);
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

    /** dev->flags: with what others than users have switched on. */
    int rawFlags(int dev) {
        return table.flags(dev)
                | (table.promiscuity(dev) != 0 ? IFF_PROMISC : 0)
                | (table.allmulti(dev) != 0 ? IFF_ALLMULTI : 0);
    }

    boolean isUp(int dev) {
        return (table.flags(dev) & IFF_UP) != 0;
    }

    /** dev_change_flags(): what a user may change of them. */
    void changeFlags(int dev, int wanted) {
        int before = table.flags(dev);
        int after = (before & ~CHANGEABLE) | (wanted & CHANGEABLE);
        table.setFlags(dev, after);
        int other = table.kind(dev) == VETH ? table.link(dev) : NULL;
        int carrier = other == NULL ? 0 : table.carrier(other);
        if (((before ^ after) & IFF_UP) != 0) {
            upOrDown(dev, (after & IFF_UP) != 0);
        }
        if (before != after) {
            listener.changed(dev, before ^ after);
        }
        if (other != NULL && table.carrier(other) != carrier) {
            followLower(other);
            stateChange(other);
        }
    }

    private void upOrDown(int dev, boolean up) {
        table.setQdisc(dev, 1);
        int other = table.link(dev);
        switch (table.kind(dev)) {
            case VETH -> {
                if (other != NULL) {
                    boolean both = up && isUp(other);
                    setCarrier(dev, both);
                    setCarrier(other, both);
                }
            }
            case MACVLAN -> setCarrier(dev, up && other != NULL && isUp(other) && table.carrier(other) != 0);
            case BRIDGE -> {
                if (up && !table.ports().isEmpty(dev)) {
                    setCarrier(dev, hasLivePort(dev));
                }
            }
            case PHYSICAL -> table.setOperstate(dev, IF_OPER_UP);
            default -> {
                // its carrier is its driver's
            }
        }
        followLower(dev);
    }

    /** What stands on a device, or what it is a port of, has a carrier as long as it has. */
    private void followLower(int dev) {
        boolean isLive = isUp(dev) && table.carrier(dev) != 0;
        for (int at = table.uppers().first(dev); at != NULL; at = table.uppers().next(at)) {
            changeCarrier(at, isLive);
        }
        int bridge = table.master(dev);
        if (bridge != NULL && isUp(bridge)) {
            changeCarrier(bridge, hasLivePort(bridge));
        }
    }

    /** br_port_state_selection(): whether a port forwards. */
    private boolean hasLivePort(int bridge) {
        for (int port = table.ports().first(bridge);
                port != NULL;
                port = table.ports().next(port)) {
            if (isUp(port) && table.carrier(port) != 0) {
                return true;
            }
        }
        return false;
    }

    /** IFLA_OPERSTATE: what is shown of it. */
    public int operstate(int dev) {
        return isUp(dev) ? table.operstate(dev) : IF_OPER_DOWN;
    }

    /** netif_carrier_on(), netif_carrier_off(), and what linkwatch makes of it: who listens is told when the device is up. */
    void changeCarrier(int dev, boolean on) {
        if (on != (table.carrier(dev) != 0)) {
            setCarrier(dev, on);
            followLower(dev);
            stateChange(dev);
        }
    }

    /** netdev_state_change(). */
    void stateChange(int dev) {
        if (isUp(dev)) {
            listener.told(dev);
        }
    }

    /** The device has been made, and is there for all to see. */
    void announce(int dev) {
        listener.announced(dev);
    }

    private void setCarrier(int dev, boolean on) {
        if (on == (table.carrier(dev) != 0)) {
            return;
        }
        table.setCarrier(dev, on ? 1 : 0);
        int link = table.link(dev);
        boolean standsOnOther = link != NULL && table.ifindex(link) != table.ifindex(dev);
        table.setOperstate(dev, on ? IF_OPER_UP : standsOnOther ? IF_OPER_LOWERLAYERDOWN : IF_OPER_DOWN);
        if (on) {
            table.setCarrierUp(dev, table.carrierUp(dev) + 1);
        } else {
            table.setCarrierDown(dev, table.carrierDown(dev) + 1);
        }
    }

    /** netdev_master_upper_dev_link(), netdev_upper_dev_unlink(): a port of a bridge, or with NULL of none. */
    void enslave(int dev, int bridge) {
        int before = table.master(dev);
        if (before == bridge) {
            return;
        }
        if (before != NULL) {
            table.ports().remove(dev);
            table.setPromiscuity(dev, table.promiscuity(dev) - 1);
            table.setAllmulti(dev, table.allmulti(dev) - 1);
            recalculate(before);
        }
        table.setMaster(dev, bridge);
        if (bridge != NULL) {
            table.ports().addLast(bridge, dev);
            table.setPromiscuity(dev, table.promiscuity(dev) + 1);
            table.setAllmulti(dev, table.allmulti(dev) + 1);
            recalculate(bridge);
        }
        for (int at : new int[] {before, bridge}) {
            if (at != NULL) {
                changeCarrier(at, hasLivePort(at));
            }
        }
    }

    /** dev_set_promiscuity(): who listens is told when it begins and when it ends. */
    void addPromiscuity(int dev, int by) {
        int before = table.promiscuity(dev);
        table.setPromiscuity(dev, before + by);
        if (before == 0 || before + by == 0) {
            listener.changed(dev, IFF_PROMISC);
        }
    }

    /** br_add_if(): EINVAL for what is no Ethernet, ELOOP for a bridge, EBUSY for what others stand on. */
    int mayEnslave(int dev) {
        int kind = table.kind(dev);
        if (kind == LOOPBACK || table.addressLength(dev) != 6) {
            return -Errno.EINVAL;
        }
        if (kind == BRIDGE) {
            return -Errno.ELOOP;
        }
        return table.uppers().isEmpty(dev) ? 0 : -Errno.EBUSY;
    }

    /** dev_set_alias(): of no bytes for none; EINVAL, ENOMEM. */
    int setAlias(int dev, byte[] text, int at, int size) {
        int length = length(text, at, size);
        if (length >= 256) {
            return -Errno.EINVAL;
        }
        int name = length == 0 ? NULL : names.intern(text, at, length);
        if (length > 0 && name == NULL) {
            return -Errno.ENOMEM;
        }
        if (table.alias(dev) != NULL) {
            names.put(table.alias(dev));
        }
        table.setAlias(dev, name);
        return 0;
    }

    /** macvlan_common_newlink(): it stands on another. */
    void standOn(int dev, int lower) {
        table.setLink(dev, lower);
        table.uppers().addLast(lower, dev);
    }

    /** dev_set_mac_address() of a struct sockaddr: EOPNOTSUPP for one without, EINVAL, EADDRNOTAVAIL. */
    int setAddress(int dev, byte[] from, int at) {
        if (table.addressLength(dev) == 0) {
            return -Errno.EOPNOTSUPP;
        }
        if (Bytes.getShort(from, at) != table.type(dev)) {
            return -Errno.EINVAL;
        }
        return setAddress(dev, RtnLinks.addressAt(from, at + 2));
    }

    int setAddress(int dev, long address) {
        if (address == 0 || (address >>> 40 & 1) != 0) {
            return -Errno.EADDRNOTAVAIL;
        }
        table.setAddressSet(dev, 1);
        boolean isOther = table.address(dev) != address;
        giveAddress(dev, address);
        if (isOther && table.kind(dev) == BRIDGE) {
            selectPortStates(dev);
        }
        stateChange(dev);
        return 0;
    }

    /** br_port_state_selection(): a bridge without a port that forwards has no carrier. */
    void selectPortStates(int bridge) {
        changeCarrier(bridge, hasLivePort(bridge));
    }

    /** Its hardware address is another one, and so may be that of the bridge that it is a port of. */
    void giveAddress(int dev, long address) {
        table.setAddress(dev, address);
        if (table.master(dev) != NULL) {
            recalculate(table.master(dev));
        }
    }

    /** br_stp_recalculate_bridge_id(): a bridge has the lowest address of its ports, unless it has been given one. */
    private void recalculate(int bridge) {
        long least = 0;
        for (int port = table.ports().first(bridge);
                port != NULL;
                port = table.ports().next(port)) {
            long address = table.address(port);
            least = least == 0 || address < least ? address : least;
        }
        if (least != 0 && table.addressSet(bridge) == 0) {
            table.setAddress(bridge, least);
        }
    }

    /** dev->netns_immutable: it stays where it was made. */
    static boolean isLocal(int kind) {
        return kind == LOOPBACK || kind == BRIDGE;
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
        for (int node = altNames.first(dev); node != NULL; node = altNames.next(node)) {
            if (byName(net, altNames.name(node)) != NULL) {
                names.put(name);
                return -Errno.EEXIST;
            }
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
        enslave(dev, NULL);
        listener.leaving(dev, net, index);
        table.setQdisc(dev, 0);
        unlist(dev);
        names.put(table.name(dev));
        table.setName(dev, name);
        list(net, dev, index);
        listener.registered(dev);
        listener.arrived(dev);
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
        enslave(dev, NULL);
        int port = table.ports().first(dev);
        while (port != NULL) {
            enslave(port, NULL);
            port = table.ports().first(dev);
        }
        int upper = table.uppers().first(dev);
        while (upper != NULL) {
            unregister(upper);
            upper = table.uppers().first(dev);
        }
        int link = table.link(dev);
        if (table.kind(dev) == MACVLAN && link != NULL) {
            table.uppers().remove(dev);
        } else if (link != NULL) {
            table.setLink(link, NULL);
        }
        altNames.forget(dev);
        if (table.alias(dev) != NULL) {
            names.put(table.alias(dev));
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
        altNames.digest(hash);
    }
}
