package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.proc.ProcFiles;
import dev.nestor.fs.proc.ProcMode;
import dev.nestor.fs.proc.ProcNames;
import dev.nestor.fs.proc.ProcRequest;
import dev.nestor.fs.proc.SeqFile;
import dev.nestor.table.Chain;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

/** /proc/sys/net of the net of who looks: net/sysctl_net.c, devinet.c, addrconf.c and their kin. */
final class NetSysctls implements ProcNames {
    /** conf/*, in the order of struct ipv4_devconf. */
    private static final String[] V4 = {
        "forwarding",
        "mc_forwarding",
        "proxy_arp",
        "accept_redirects",
        "secure_redirects",
        "send_redirects",
        "shared_media",
        "rp_filter",
        "accept_source_route",
        "bootp_relay",
        "log_martians",
        "tag",
        "arp_filter",
        "medium_id",
        "disable_xfrm",
        "disable_policy",
        "force_igmp_version",
        "arp_announce",
        "arp_ignore",
        "promote_secondaries",
        "arp_accept",
        "arp_notify",
        "accept_local",
        "src_valid_mark",
        "proxy_arp_pvlan",
        "route_localnet",
        "igmpv2_unsolicited_report_interval",
        "igmpv3_unsolicited_report_interval",
        "ignore_routes_with_linkdown",
        "drop_unicast_in_l2_multicast",
        "drop_gratuitous_arp",
        "bc_forwarding",
        "arp_evict_nocarrier",
    };

    /** conf/*, by the index in struct ipv6_devconf; "" for what is not there. */
    private static final String[] V6 = {
        "forwarding",
        "hop_limit",
        "mtu",
        "accept_ra",
        "accept_redirects",
        "autoconf",
        "dad_transmits",
        "router_solicitations",
        "router_solicitation_interval",
        "router_solicitation_delay",
        "use_tempaddr",
        "temp_valid_lft",
        "temp_prefered_lft",
        "regen_max_retry",
        "max_desync_factor",
        "max_addresses",
        "force_mld_version",
        "accept_ra_defrtr",
        "accept_ra_pinfo",
        "accept_ra_rtr_pref",
        "router_probe_interval",
        "accept_ra_rt_info_max_plen",
        "proxy_ndp",
        "optimistic_dad",
        "accept_source_route",
        "mc_forwarding",
        "disable_ipv6",
        "accept_dad",
        "force_tllao",
        "ndisc_notify",
        "mldv1_unsolicited_report_interval",
        "mldv2_unsolicited_report_interval",
        "suppress_frag_ndisc",
        "accept_ra_from_local",
        "use_optimistic",
        "accept_ra_mtu",
        "",
        "use_oif_addrs_only",
        "accept_ra_min_hop_limit",
        "ignore_routes_with_linkdown",
        "drop_unicast_in_l2_multicast",
        "drop_unsolicited_na",
        "keep_addr_on_down",
        "router_solicitation_max_interval",
        "seg6_enabled",
        "seg6_require_hmac",
        "enhanced_dad",
        "addr_gen_mode",
        "disable_policy",
        "accept_ra_rt_info_min_plen",
        "ndisc_tclass",
        "rpl_seg_enabled",
        "ra_defrtr_metric",
        "ioam6_enabled",
        "ioam6_id",
        "",
        "ndisc_evict_nocarrier",
        "accept_untracked_na",
        "accept_ra_min_lft",
        "force_forwarding",
    };

    /** Of IPv6 those that are kept in milliseconds and shown in seconds. */
    private static final String SECONDS =
            ",router_solicitation_interval,router_solicitation_delay,router_probe_interval,router_solicitation_max_interval,";

    /** Numbers that a net keeps: path, what it is born with, least, most. */
    private static final Object[][] NUMBERS = {
        {"ipv4/icmp_echo_ignore_all", 0, 0, 1},
        {"ipv4/icmp_echo_ignore_broadcasts", 1, 0, 1},
        {"ipv4/icmp_ratelimit", 1000, 0, Integer.MAX_VALUE},
        {"ipv4/ip_default_ttl", 64, 1, 255},
        {"ipv4/ip_nonlocal_bind", 0, 0, 255},
        {"ipv4/ip_unprivileged_port_start", 1024, 0, 65_535},
        {"ipv4/ip_dynaddr", 0, 0, 255},
        {"ipv4/ip_no_pmtu_disc", 0, 0, 255},
        {"ipv4/tcp_syncookies", 1, 0, 255},
        {"ipv4/tcp_fin_timeout", 60, 0, Integer.MAX_VALUE},
        {"ipv4/tcp_keepalive_time", 7200, 0, Integer.MAX_VALUE},
        {"ipv4/tcp_keepalive_intvl", 75, 0, Integer.MAX_VALUE},
        {"ipv4/tcp_keepalive_probes", 9, 0, 255},
        {"ipv4/tcp_max_syn_backlog", 2048, Integer.MIN_VALUE, Integer.MAX_VALUE},
        {"ipv4/tcp_max_tw_buckets", 131_072, Integer.MIN_VALUE, Integer.MAX_VALUE},
        {"ipv4/tcp_syn_retries", 6, 1, 127},
        {"ipv4/tcp_synack_retries", 5, 0, 255},
        {"ipv4/tcp_tw_reuse", 2, 0, 2},
        {"ipv4/tcp_timestamps", 1, 0, 255},
        {"ipv4/tcp_window_scaling", 1, 0, 255},
        {"ipv4/tcp_sack", 1, 0, 255},
        {"ipv4/tcp_ecn", 2, 0, 5},
        {"ipv4/tcp_slow_start_after_idle", 1, 0, 255},
        {"ipv4/igmp_max_memberships", 20, Integer.MIN_VALUE, Integer.MAX_VALUE},
        {"ipv6/bindv6only", 0, 0, 255},
        {"ipv6/ip_nonlocal_bind", 0, 0, 255},
        {"ipv6/auto_flowlabels", 1, 0, 3},
    };

    private final DevConf conf;
    private final NetTable nets;
    private final NetDevices devices;
    private final NetDeviceTable table;
    private final Interfaces interfaces;
    private final RtnNotes notes;
    private final Sockets sockets;
    private final IntUnaryOperator netOf;
    private final PortSettings ports;
    private final ProcMode rights = this::rights;

    NetSysctls(
            NetDevices devices,
            Interfaces interfaces,
            RtnNotes notes,
            Sockets sockets,
            IntUnaryOperator netOf,
            PortSettings ports) {
        this.ports = ports;
        this.conf = interfaces.conf();
        this.nets = sockets.nets.table();
        this.devices = devices;
        this.table = devices.table();
        this.interfaces = interfaces;
        this.notes = notes;
        this.sockets = sockets;
        this.netOf = netOf;
    }

    /** The place of a number that a net keeps. */
    static int indexOf(String path) {
        for (int i = 0; i < NUMBERS.length; i++) {
            if (NUMBERS[i][0].equals(path)) {
                return i;
            }
        }
        throw new AssertionError(path);
    }

    /** net_ctl_permissions(): an administrator of the net may do what root may. */
    private int rights(int task, int mode) {
        boolean mayAdmin = sockets.capabilities.nsCapable(
                task, sockets.nets.owner(netOf.applyAsInt(task)), Capability.CAP_NET_ADMIN);
        int cred = sockets.tasks.cred(task);
        if (mayAdmin || sockets.creds.euid(cred) == 0) {
            return mode >> 6 & 7;
        }
        return sockets.creds.egid(cred) == 0 ? mode >> 3 & 7 : mode & 7;
    }

    private int net(ProcRequest request) {
        return netOf.applyAsInt(request.reader());
    }

    @Override
    public int find(int task, byte[] name, int length) {
        byte[] ended = java.util.Arrays.copyOf(name, length + 1);
        ended[length] = 0;
        int dev = devices.byName(netOf.applyAsInt(task), ended, 0, length + 1);
        return dev != NULL && devices.nameOf(dev).length() == length ? dev : NULL;
    }

    @Override
    public List<String> names(int task) {
        List<String> found = new ArrayList<>(List.of("all", "default"));
        Chain chain = table.devices();
        for (int dev = chain.first(netOf.applyAsInt(task)); dev != NULL; dev = chain.next(dev)) {
            found.add(devices.nameOf(dev));
        }
        found.sort(null);
        return found;
    }

    void register(ProcFiles files) {
        files.sysctlNames("net/ipv4/conf", this);
        files.sysctlNames("net/ipv6/conf", this);
        for (int i = 0; i < V4.length; i++) {
            boolean isRead = V4[i].equals("mc_forwarding");
            conf(files, "net/ipv4/conf/", V4[i], i, isRead, 1);
        }
        for (int i = 0; i < V6.length; i++) {
            if (!V6[i].isEmpty()) {
                boolean isRead = V6[i].equals("mc_forwarding");
                conf(
                        files,
                        "net/ipv6/conf/",
                        V6[i],
                        DevConf.V6 + i,
                        isRead,
                        SECONDS.contains("," + V6[i] + ",") ? 1000 : 1);
            }
        }
        ofNet(files, "net/ipv4/ip_forward", DevConf.ALL, DevConf.FORWARDING, 0644, 1);
        number(files, "net/core/somaxconn", 0, Integer.MAX_VALUE, nets::somaxconn, nets::setSomaxconn);
        int most = Integer.MAX_VALUE;
        number(files, "net/unix/max_dgram_qlen", Integer.MIN_VALUE, most, nets::maxDgramQlen, nets::setMaxDgramQlen);
        for (int i = 0; i < NUMBERS.length; i++) {
            int index = i;
            number(
                    files,
                    "net/" + NUMBERS[i][0],
                    (Integer) NUMBERS[i][2],
                    (Integer) NUMBERS[i][3],
                    net -> conf.setting(net, index, (Integer) NUMBERS[index][1]),
                    (net, value) -> conf.putOfNet(net, DevConf.SETTING, index, value));
        }
        files.sysctl("net/ipv4/ip_local_port_range", 0644, this::showPortRange, this::storePortRange, rights);
        files.sysctl("net/ipv4/ip_local_reserved_ports", 0644, this::showReserved, this::storeReserved, rights);
        files.sysctl("net/ipv4/ping_group_range", 0644, this::showPingRange, this::storePingRange, rights);
        global(files, "net/core/rmem_default", "212992");
        global(files, "net/core/wmem_default", "212992");
        global(files, "net/core/rmem_max", "4194304");
        global(files, "net/core/wmem_max", "4194304");
        global(files, "net/core/netdev_max_backlog", "1000");
        global(files, "net/core/optmem_max", "131072");
        global(files, "net/core/default_qdisc", "pfifo_fast");
        global(files, "net/ipv4/tcp_rmem", "4096\t131072\t33554432");
        global(files, "net/ipv4/tcp_wmem", "4096\t16384\t4194304");
        global(files, "net/ipv4/tcp_congestion_control", "bbr");
    }

    private int userNs(ProcRequest request) {
        return sockets.creds.userNs(sockets.tasks.cred(request.reader()));
    }

    private int showPingRange(ProcRequest request, SeqFile out) {
        int net = net(request);
        int low = sockets.userNamespaces.fromKgidMunged(userNs(request), nets.pingLow(net));
        int high = sockets.userNamespaces.fromKgidMunged(userNs(request), nets.pingHigh(net));
        out.unsigned(low & 0xffff_ffffL).put('\t').unsigned(high & 0xffff_ffffL);
        return 0;
    }

    private int showPortRange(ProcRequest request, SeqFile out) {
        int net = net(request);
        out.decimal(ports.first(net)).put('\t').decimal(ports.last(net));
        return 0;
    }

    /** ipv4_local_port_range(): two numbers; one alone leaves the end as it is. EINVAL. */
    private long storePortRange(ProcRequest request, byte[] text, int length) {
        String[] parts =
                new String(text, 0, length, StandardCharsets.ISO_8859_1).strip().split("\\s+", -1);
        int net = net(request);
        try {
            int first = Integer.parseInt(parts[0]);
            int last = parts.length < 2 ? ports.last(net) : Integer.parseInt(parts[1]);
            int taken = parts.length < 3 ? length : length - parts[2].length();
            return ports.setRange(net, first, last) ? taken : -Errno.EINVAL;
        } catch (NumberFormatException e) {
            return -Errno.EINVAL;
        }
    }

    private int showReserved(ProcRequest request, SeqFile out) {
        out.put(ports.reserved(net(request)));
        return 0;
    }

    /** proc_do_large_bitmap(): numbers and ranges with commas between; EINVAL. */
    private long storeReserved(ProcRequest request, byte[] text, int length) {
        if (length == 0) {
            return 0;
        }
        String given = new String(text, 0, length, StandardCharsets.ISO_8859_1).strip();
        java.util.BitSet wanted = new java.util.BitSet();
        for (String part : given.isEmpty() ? new String[0] : given.split(",", -1)) {
            String[] ends = part.strip().split("-", -1);
            try {
                int from = Integer.parseInt(ends[0]);
                int to = ends.length < 2 ? from : Integer.parseInt(ends[1]);
                if (from < 0 || to < from || to > 65_535 || ends.length > 2) {
                    return -Errno.EINVAL;
                }
                wanted.set(from, to + 1);
            } catch (NumberFormatException e) {
                return -Errno.EINVAL;
            }
        }
        StringBuilder ranges = new StringBuilder();
        for (int from = wanted.nextSetBit(0); from >= 0; from = wanted.nextSetBit(wanted.nextClearBit(from))) {
            int to = wanted.nextClearBit(from) - 1;
            ranges.append(ranges.isEmpty() ? "" : ",").append(from).append(to > from ? "-" + to : "");
        }
        ports.setReserved(net(request), ranges.toString());
        return length;
    }

    /** ipv4_ping_group_range(): a range that ends before it begins holds nobody. */
    private long storePingRange(ProcRequest request, byte[] text, int length) {
        String[] parts =
                new String(text, 0, length, StandardCharsets.ISO_8859_1).strip().split("\\s+", -1);
        try {
            int low = Integer.parseUnsignedInt(parts[0]);
            int high = parts.length < 2 ? nets.pingHigh(net(request)) : Integer.parseUnsignedInt(parts[1]);
            int kernelLow = sockets.userNamespaces.makeKgid(userNs(request), low);
            int kernelHigh = parts.length < 2 ? high : sockets.userNamespaces.makeKgid(userNs(request), high);
            if (kernelLow == -1 || kernelHigh == -1) {
                return -Errno.EINVAL;
            }
            boolean isEmpty = Integer.compareUnsigned(kernelHigh, kernelLow) < 0;
            nets.setPingRange(net(request), isEmpty ? 1 : kernelLow, isEmpty ? 0 : kernelHigh);
            return length;
        } catch (NumberFormatException e) {
            return -Errno.EINVAL;
        }
    }

    /** What can be read of a number or text that is not kept: it is as the reference machine has it. */
    private static void global(ProcFiles files, String path, String text) {
        files.sysctl(
                path,
                0644,
                (request, out) -> {
                    out.put(text);
                    return 0;
                },
                null,
                null);
    }

    /** Takes a value for a net. */
    private interface Put {
        void put(int net, int value);
    }

    private void number(ProcFiles files, String path, int least, int most, IntUnaryOperator get, Put put) {
        files.sysctlInt(
                path,
                0644,
                (request, out) -> {
                    out.decimal(get.applyAsInt(net(request)));
                    return 0;
                },
                (request, value) -> {
                    if (value < least || value > most) {
                        return -Errno.EINVAL;
                    }
                    put.put(net(request), value);
                    return 0;
                },
                new ProcFiles.NumberRights(rights, null));
    }

    private void conf(ProcFiles files, String dir, String name, int index, boolean isRead, int unit) {
        int mode = isRead ? 0444 : 0644;
        ofNet(files, dir + "all/" + name, DevConf.ALL, index, mode, unit);
        ofNet(files, dir + "default/" + name, DevConf.DEFAULT, index, mode, unit);
        files.sysctlInt(
                dir + "*/" + name,
                mode,
                (request, out) -> {
                    int dev = device(request);
                    if (dev == NULL) {
                        return -Errno.ENOENT;
                    }
                    out.decimal(conf.get(dev, index) / unit);
                    return 0;
                },
                (request, value) -> setOfDevice(device(request), index, value * unit),
                new ProcFiles.NumberRights(rights, null));
    }

    private int device(ProcRequest request) {
        int dev = request.id();
        return table.isLive(dev) ? dev : NULL;
    }

    private void ofNet(ProcFiles files, String path, int which, int index, int mode, int unit) {
        files.sysctlInt(
                path,
                mode,
                (request, out) -> {
                    out.decimal(conf.ofNet(net(request), which, index) / unit);
                    return 0;
                },
                (request, value) -> setOfNet(net(request), which, index, value * unit),
                new ProcFiles.NumberRights(rights, null));
    }

    /** devinet_conf_proc(), devinet_sysctl_forward(), addrconf_sysctl_disable() of a device. */
    private int setOfDevice(int dev, int index, int value) {
        if (dev == NULL) {
            return -Errno.ENOENT;
        }
        if (!conf.put(dev, index, value)) {
            return -Errno.ENOMEM;
        }
        if (index == DevConf.DISABLE_IPV6) {
            interfaces.disableChanged(dev);
        }
        if (index == DevConf.FORWARDING || index == DevConf.FORWARDING6) {
            notes.netconf(dev, index == DevConf.FORWARDING, false);
        }
        return 0;
    }

    /** The same of all and default: what switches forwarding or IPv6 on and off does so for each device. */
    private int setOfNet(int net, int which, int index, int value) {
        if (!conf.putOfNet(net, which, index, value)) {
            return -Errno.ENOMEM;
        }
        boolean forAll = index == DevConf.FORWARDING || index == DevConf.FORWARDING6 || index == DevConf.DISABLE_IPV6;
        if (which != DevConf.ALL || !forAll) {
            return 0;
        }
        if (index != DevConf.DISABLE_IPV6) {
            nets.setForwards(net, index == DevConf.FORWARDING, value != 0);
        }
        conf.putOfNet(net, DevConf.DEFAULT, index, value);
        Chain chain = table.devices();
        int error = 0;
        for (int dev = chain.first(net); dev != NULL && error == 0; dev = chain.next(dev)) {
            error = setOfDevice(dev, index, value);
        }
        return error;
    }
}
