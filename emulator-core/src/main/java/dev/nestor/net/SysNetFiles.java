package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.Outside;
import dev.nestor.fs.proc.SeqFile;
import dev.nestor.fs.sysfs.SysEntry;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import java.util.function.IntToLongFunction;

/** The attributes of devices in sysfs: net/core/net-sysfs.c. What is asked of their queues and of their power is not kept. */
final class SysNetFiles {
    private static final int NET_NAME_UNKNOWN = 0;
    private static final int NET_ADDR_PERM = 0;
    private static final int NET_ADDR_RANDOM = 1;
    private static final int NET_ADDR_SET = 3;
    private static final int UUID_LENGTH = 36;
    private static final String[] ACTIONS = {"add", "remove", "change", "move", "online", "offline", "bind", "unbind"};
    private static final String[] OPERSTATES = {
        "unknown", "notpresent", "down", "lowerlayerdown", "testing", "dormant", "up"
    };
    private static final String[] ALWAYS_ZERO = {
        "collisions",
        "multicast",
        "rx_compressed",
        "rx_crc_errors",
        "rx_errors",
        "rx_fifo_errors",
        "rx_frame_errors",
        "rx_length_errors",
        "rx_missed_errors",
        "rx_nohandler",
        "rx_over_errors",
        "tx_aborted_errors",
        "tx_carrier_errors",
        "tx_compressed",
        "tx_errors",
        "tx_fifo_errors",
        "tx_heartbeat_errors",
        "tx_window_errors"
    };

    private final Sockets sockets;
    private final NetDevices devices;
    private final NetDeviceTable table;
    private final TunTable tuns;
    private final KernelNumber number = new KernelNumber();

    /** What a number that has been written does: 0, or a negative errno. */
    private interface Change {
        int to(int dev, long value);
    }

    SysNetFiles(Sockets sockets, NetDevices devices, TunTable tuns) {
        this.sockets = sockets;
        this.devices = devices;
        this.table = devices.table();
        this.tuns = tuns;
    }

    /** net_class_groups, and what drivers add. */
    void add(SysEntry dir) {
        addNumbers(dir);
        addWhileRunning(dir);
        addWritable(dir);
        addCounters(dir.directory("statistics"));
        addQueues(dir.directory("queues"));
        addPower(dir.directory("power"));
        dir.file("uevent", 0644, this::uevent, this::synthUevent);
        addTun(dir);
    }

    void addPhysical(SysEntry dir) {
        dir.file("phys_port_name", (dev, out) -> -Errno.EOPNOTSUPP);
    }

    private static void decimal(SysEntry dir, String name, IntToLongFunction value) {
        dir.file(name, (dev, out) -> line(out, value.applyAsLong(dev)));
    }

    private static int line(SeqFile out, long value) {
        out.decimal(value).put('\n');
        return 0;
    }

    private static int line(SeqFile out, String text) {
        out.put(text).put('\n');
        return 0;
    }

    private void addNumbers(SysEntry dir) {
        decimal(dir, "addr_assign_type", this::addressAssignType);
        decimal(dir, "addr_len", table::addressLength);
        decimal(dir, "ifindex", table::ifindex);
        decimal(dir, "iflink", this::iflink);
        decimal(dir, "link_mode", dev -> 0);
        decimal(dir, "type", table::type);
        decimal(dir, "dev_port", dev -> 0);
        decimal(dir, "carrier_changes", dev -> table.carrierUp(dev) + (long) table.carrierDown(dev));
        decimal(dir, "carrier_up_count", table::carrierUp);
        decimal(dir, "carrier_down_count", table::carrierDown);
        dir.file("dev_id", (dev, out) -> line(out, "0x0"));
        dir.file("address", (dev, out) -> hardware(dev, table.address(dev), out));
        dir.file(
                "broadcast",
                (dev, out) -> hardware(dev, table.kind(dev) == NetDevices.LOOPBACK ? 0 : 0xffff_ffff_ffffL, out));
        dir.file("name_assign_type", (dev, out) -> {
            int type = table.nameAssignType(dev);
            return type == NET_NAME_UNKNOWN ? -Errno.EINVAL : line(out, type);
        });
        dir.file("operstate", (dev, out) -> line(out, OPERSTATES[devices.operstate(dev)]));
    }

    private int addressAssignType(int dev) {
        int kind = table.kind(dev);
        boolean isBorn = kind == NetDevices.LOOPBACK || kind == NetDevices.TUN;
        return table.addressSet(dev) != 0
                ? NET_ADDR_SET
                : isBorn || table.permanent(dev) != 0 ? NET_ADDR_PERM : NET_ADDR_RANDOM;
    }

    /** dev_get_iflink(): the other end of a veth by its own index, 0 for one that has gone. */
    private int iflink(int dev) {
        int kind = table.kind(dev);
        int link = table.link(dev);
        if (kind != NetDevices.VETH && kind != NetDevices.MACVLAN) {
            return table.ifindex(dev);
        }
        return link == NULL ? 0 : table.ifindex(link);
    }

    private int hardware(int dev, long address, SeqFile out) {
        for (int i = 0; i < table.addressLength(dev); i++) {
            out.put(i == 0 ? "" : ":").hex(address >>> (40 - 8 * i) & 0xff, 2);
        }
        out.put('\n');
        return 0;
    }

    /** What only a device tells that is up: EINVAL. */
    private void addWhileRunning(SysEntry dir) {
        dir.file("dormant", (dev, out) -> devices.isUp(dev) ? line(out, 0) : -Errno.EINVAL);
        dir.file("testing", (dev, out) -> devices.isUp(dev) ? line(out, 0) : -Errno.EINVAL);
        dir.file("speed", (dev, out) -> hasSpeed(dev) ? line(out, speed(dev)) : -Errno.EINVAL);
        dir.file("duplex", (dev, out) -> {
            return hasSpeed(dev) ? line(out, speed(dev) < 0 ? "unknown" : "full") : -Errno.EINVAL;
        });
        dir.file(
                "carrier",
                0644,
                (dev, out) -> devices.isUp(dev) ? line(out, table.carrier(dev)) : -Errno.EINVAL,
                this::storeCarrier);
    }

    private boolean hasSpeed(int dev) {
        int kind = table.kind(dev);
        int link = kind == NetDevices.MACVLAN ? table.link(dev) : NULL;
        return devices.isUp(dev)
                && kind != NetDevices.LOOPBACK
                && kind != NetDevices.IFB
                && (link == NULL || hasSpeed(link));
    }

    /** ethtool's, Mbit/s: a bridge is as fast as its fastest port that is up. */
    private int speed(int dev) {
        int fastest = -1;
        switch (table.kind(dev)) {
            case NetDevices.BRIDGE -> {
                for (int port = table.ports().first(dev);
                        port != NULL;
                        port = table.ports().next(port)) {
                    fastest = hasSpeed(port) && table.carrier(port) != 0 ? Math.max(fastest, speed(port)) : fastest;
                }
            }
            case NetDevices.MACVLAN -> fastest = table.link(dev) == NULL ? -1 : speed(table.link(dev));
            case NetDevices.PHYSICAL -> fastest = -1;
            default -> fastest = 10_000;
        }
        return fastest;
    }

    private void addWritable(SysEntry dir) {
        number(dir, "mtu", table::mtu, this::setMtu);
        number(dir, "netdev_group", table::group, (dev, value) -> {
            table.setGroup(dev, (int) value);
            return 0;
        });
        dir.file(
                "flags",
                0644,
                (dev, out) -> line(out, "0x" + Integer.toHexString(devices.rawFlags(dev))),
                store((dev, value) -> {
                    devices.changeFlags(dev, (int) value);
                    return 0;
                }));
        dir.file("tx_queue_len", 0644, (dev, out) -> line(out, table.txqlen(dev)), global(this::setQueueLength));
        dir.file("proto_down", 0644, (dev, out) -> line(out, 0), store((dev, value) -> -Errno.EOPNOTSUPP));
        dir.file("threaded", 0644, (dev, out) -> line(out, 0), store((dev, value) -> -Errno.EOPNOTSUPP));
        for (String name : new String[] {"gro_flush_timeout", "napi_defer_hard_irqs"}) {
            dir.file(name, 0644, (dev, out) -> line(out, 0), global((dev, value) -> -Outside.EOUTSIDE));
        }
        dir.file("ifalias", 0644, this::alias, this::storeAlias);
    }

    private void number(SysEntry dir, String name, IntToLongFunction value, Change change) {
        dir.file(name, 0644, (dev, out) -> line(out, value.applyAsLong(dev)), store(change));
    }

    private boolean mayAdminister(int task, int dev) {
        return sockets.capabilities.nsCapable(task, sockets.nets.owner(table.net(dev)), Capability.CAP_NET_ADMIN);
    }

    /** netdev_store(): EPERM, EINVAL, ERANGE, and what the change says. */
    private SysEntry.Store store(Change change) {
        return (task, dev, text, length) -> {
            if (!mayAdminister(task, dev)) {
                return -Errno.EPERM;
            }
            int error = number.parse(text, length);
            error = error != 0 ? error : change.to(dev, number.value());
            return error != 0 ? error : length;
        };
    }

    /** The same for the administrator of the machine only. */
    private SysEntry.Store global(Change change) {
        SysEntry.Store store = store(change);
        return (task, dev, text, length) -> sockets.capabilities.capable(task, Capability.CAP_NET_ADMIN)
                ? store.store(task, dev, text, length)
                : -Errno.EPERM;
    }

    private int setMtu(int dev, long value) {
        int mtu = (int) value;
        if (devices.checkMtu(dev, mtu) != 0 || (mtu < 0 && table.kind(dev) != NetDevices.LOOPBACK)) {
            return -Errno.EINVAL;
        }
        table.setMtu(dev, mtu);
        return 0;
    }

    private int setQueueLength(int dev, long value) {
        if (value != (int) value) {
            return -Errno.ERANGE;
        }
        table.setTxqlen(dev, (int) value);
        return 0;
    }

    /** carrier_store(): only tun's can be changed by hand, and while it is up. */
    private long storeCarrier(int task, int dev, byte[] text, int length) {
        boolean isTun = table.kind(dev) == NetDevices.TUN || table.kind(dev) == NetDevices.TAP;
        if (!isTun) {
            return -Errno.EOPNOTSUPP;
        }
        return store((one, value) -> {
                    if (!devices.isUp(one)) {
                        return -Errno.EINVAL;
                    }
                    devices.changeCarrier(one, value != 0);
                    return 0;
                })
                .store(task, dev, text, length);
    }

    private int alias(int dev, SeqFile out) {
        if (table.alias(dev) != NULL) {
            out.put(devices.text(table.alias(dev))).put('\n');
        }
        return 0;
    }

    private long storeAlias(int task, int dev, byte[] text, int length) {
        if (!mayAdminister(task, dev)) {
            return -Errno.EPERM;
        }
        int count = text[length - 1] == '\n' ? length - 1 : length;
        int error = devices.setAlias(dev, text, 0, count);
        return error != 0 ? error : length;
    }

    private void addCounters(SysEntry dir) {
        decimal(dir, "rx_packets", table::rxPackets);
        decimal(dir, "rx_bytes", table::rxBytes);
        decimal(dir, "rx_dropped", table::rxDropped);
        decimal(dir, "tx_packets", table::txPackets);
        decimal(dir, "tx_bytes", table::txBytes);
        decimal(dir, "tx_dropped", table::txDropped);
        for (String name : ALWAYS_ZERO) {
            decimal(dir, name, dev -> 0);
        }
    }

    private static void kept(SysEntry dir, String name, String shown) {
        dir.file(name, 0644, (dev, out) -> line(out, shown), (task, dev, text, length) -> -Outside.EOUTSIDE);
    }

    private void addQueues(SysEntry queues) {
        SysEntry rx = queues.directory("rx-0");
        kept(rx, "rps_cpus", "0");
        kept(rx, "rps_flow_cnt", "0");
        SysEntry tx = queues.directory("tx-0");
        tx.file("traffic_class", (dev, out) -> isMultiqueue(dev) ? line(out, "0") : -Errno.ENOENT);
        tx.file("tx_maxrate", 0644, (dev, out) -> line(out, "0"), (task, dev, text, length) -> -Errno.EOPNOTSUPP);
        tx.file("tx_timeout", (dev, out) -> line(out, "0"));
        tx.file(
                "xps_cpus",
                0644,
                (dev, out) -> isMultiqueue(dev) ? line(out, "0") : -Errno.ENOENT,
                (task, dev, text, length) -> isMultiqueue(dev) ? -Outside.EOUTSIDE : -Errno.ENOENT);
        kept(tx, "xps_rxqs", "0");
    }

    private boolean isMultiqueue(int dev) {
        return table.kind(dev) == NetDevices.VETH;
    }

    private static void addPower(SysEntry power) {
        power.file("autosuspend_delay_ms", 0644, (dev, out) -> -Errno.EIO, (task, dev, text, length) -> -Errno.EIO);
        kept(power, "control", "auto");
        power.file("runtime_active_time", (dev, out) -> line(out, "0"));
        power.file("runtime_status", (dev, out) -> line(out, "unsupported"));
        power.file("runtime_suspended_time", (dev, out) -> line(out, "0"));
    }

    private void addTun(SysEntry dir) {
        dir.file("tun_flags", (dev, out) -> line(out, "0x" + Integer.toHexString(tuns.flags(table.tun(dev)))))
                .onlyFor(this::isTun);
        dir.file("owner", (dev, out) -> line(out, tuns.owner(table.tun(dev)))).onlyFor(this::isTun);
        dir.file("group", (dev, out) -> line(out, tuns.group(table.tun(dev)))).onlyFor(this::isTun);
    }

    private boolean isTun(int dev) {
        return table.tun(dev) != NULL;
    }

    /** uevent_show(). */
    private int uevent(int dev, SeqFile out) {
        out.put(table.kind(dev) == NetDevices.BRIDGE ? "DEVTYPE=bridge\n" : "");
        out.put("INTERFACE=")
                .put(devices.nameOf(dev))
                .put("\nIFINDEX=")
                .decimal(table.ifindex(dev))
                .put('\n');
        return 0;
    }

    /** kobject_synth_uevent(): an action, and a UUID with variables behind it, if any; nobody listens here. EINVAL. */
    private long synthUevent(int task, int dev, byte[] text, int length) {
        int count = text[length - 1] == '\n' || text[length - 1] == 0 ? length - 1 : length;
        int action = 0;
        while (action < count && text[action] != ' ') {
            action++;
        }
        for (String name : ACTIONS) {
            if (isText(name, text, action)) {
                boolean isGood = action == count || hasArguments(text, action + 1, count);
                return isGood ? length : -Errno.EINVAL;
            }
        }
        return -Errno.EINVAL;
    }

    private static boolean isText(String name, byte[] text, int length) {
        for (int i = 0; i < length && i < name.length(); i++) {
            if (text[i] != name.charAt(i)) {
                return false;
            }
        }
        return length == name.length();
    }

    /** kobject_action_args(): a UUID, then KEY=VALUE of letters and digits. */
    private static boolean hasArguments(byte[] text, int from, int to) {
        if (to - from < UUID_LENGTH) {
            return false;
        }
        for (int i = 0; i < UUID_LENGTH; i++) {
            boolean isDash = i == 8 || i == 13 || i == 18 || i == 23;
            if (isDash ? text[from + i] != '-' : Character.digit(text[from + i], 16) < 0) {
                return false;
            }
        }
        int at = from + UUID_LENGTH;
        while (at < to) {
            if (text[at] != ' ') {
                return false;
            }
            int key = wordEnd(text, at + 1, to);
            if (key == at + 1 || key >= to || text[key] != '=') {
                return false;
            }
            int end = wordEnd(text, key + 1, to);
            if (end == key + 1) {
                return false;
            }
            at = end;
        }
        return true;
    }

    private static int wordEnd(byte[] text, int from, int to) {
        int at = from;
        while (at < to && text[at] > 0 && Character.isLetterOrDigit(text[at])) {
            at++;
        }
        return at;
    }
}
