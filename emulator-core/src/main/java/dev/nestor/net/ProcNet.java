package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.proc.ProcFiles;
import dev.nestor.fs.proc.ProcRequest;
import dev.nestor.fs.proc.SeqFile;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Socket;
import java.util.function.IntUnaryOperator;

/** Files of /proc/net about devices, addresses and routes of the net of a process. */
final class ProcNet {
    private static final int LINE = 127; // bytes of lines that are padded, without the newline
    private static final int RTF_UP = 1;
    private static final int RTF_GATEWAY = 2;
    private static final int RTF_HOST = 4;

    private final NetDevices devices;
    private final NetDeviceTable table;
    private final InetAddrTable addresses;
    private final RtnRoutes routes;
    private final RtnNeighbours neighbours;
    private final DevConf conf;
    private final IntUnaryOperator netOf;
    private final byte[] hardware = new byte[6];

    /** What a file says of a net. */
    interface Show {
        void show(int net, SeqFile out);
    }

    ProcNet(
            NetDevices devices,
            Interfaces interfaces,
            RtnRoutes routes,
            RtnNeighbours neighbours,
            IntUnaryOperator netOf) {
        this.devices = devices;
        this.table = devices.table();
        this.addresses = interfaces.addresses();
        this.conf = interfaces.conf();
        this.routes = routes;
        this.neighbours = neighbours;
        this.netOf = netOf;
    }

    void register(ProcFiles files, ProcSockets sockets) {
        add(files, "dev", this::dev);
        add(files, "if_inet6", this::ifInet6);
        add(files, "igmp", this::igmp);
        add(files, "igmp6", this::igmp6);
        add(files, "dev_mcast", this::devMcast);
        add(files, "route", this::route);
        add(
                files,
                "snmp",
                (net, out) -> out.put(ProcNetTexts.SNMP.replace(
                        "%d", conf.ofNet(net, DevConf.ALL, DevConf.FORWARDING) != 0 ? "1" : "2")));
        add(files, "arp", neighbours::showArp);
        add(files, "netstat", (net, out) -> out.put(ProcNetTexts.NETSTAT));
        add(files, "snmp6", (net, out) -> out.put(ProcNetTexts.SNMP6));
        add(files, "xfrm_stat", (net, out) -> out.put(ProcNetTexts.XFRM_STAT));
        add(files, "psched", line("000003e8 00000040 000f4240 3b9aca00"));
        add(
                files,
                "ip6_mr_cache",
                line("Group                            Origin                           Iif      Pkts"
                        + "  Bytes     Wrong  Oifs"));
        add(files, "ip6_mr_vif", line("Interface      BytesIn  PktsIn  BytesOut PktsOut Flags"));
        add(files, "ip_mr_cache", line("Group    Origin   Iif     Pkts    Bytes    Wrong Oifs"));
        add(files, "ip_mr_vif", line("Interface      BytesIn  PktsIn  BytesOut PktsOut Flags Local    Remote"));
        add(files, "mcfilter", line("Idx Device        MCA        SRC    INC    EXC"));
        add(
                files,
                "mcfilter6",
                line("Idx Device                Multicast Address                   Source Address"
                        + "    INC    EXC"));
        add(files, "ip6_flowlabel", line("Label S Owner  Users  Linger Expires  Dst                              Opt"));
        add(files, "ipv6_route", (net, out) -> routes.routes6().show(net, out));
        add(files, "anycast6", (net, out) -> {});
        add(
                files,
                "ptype",
                line("Type Device      Function\n0800          ip_rcv\n0004          llc_rcv\n"
                        + "0806          arp_rcv\n86dd          ipv6_rcv"));
        add(files, "rt_cache", (net, out) -> {
            int start = out.mark();
            out.put(
                    "Iface\tDestination\tGateway \tFlags\t\tRefCnt\tUse\tMetric\tSource\t\tMTU\tWindow\tIRTT\tTOS\tHHRef\t"
                            + "HHUptod\tSpecDst");
            out.padTo(start, LINE).put('\n');
        });
        sockets.register(files, this);
    }

    private static Show line(String text) {
        return (net, out) -> out.put(text).put('\n');
    }

    /** proc_create_net(): EINVAL for a process without a net. */
    void add(ProcFiles files, String name, Show show) {
        files.net(name, 0444, (request, out) -> {
            int net = net(request);
            if (net == NULL) {
                return -Errno.EINVAL;
            }
            show.show(net, out);
            return 0;
        });
    }

    private int net(ProcRequest request) {
        return netOf.applyAsInt(request.subject());
    }

    /** dev_seq_show(). */
    private void dev(int net, SeqFile out) {
        out.put("Inter-|   Receive                                                |  Transmit\n");
        out.put(
                " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls"
                        + " carrier compressed\n");
        for (int dev = table.devices().first(net);
                dev != NULL;
                dev = table.devices().next(dev)) {
            int start = out.mark();
            out.put(devices.nameOf(dev));
            out.alignFrom(start, 6).put(": ");
            out.unsigned(table.rxBytes(dev), 7).put(' ').unsigned(table.rxPackets(dev), 7);
            out.put("    0 ").unsigned(table.rxDropped(dev), 4).put("    0     0          0         0 ");
            out.unsigned(table.txBytes(dev), 8).put(' ').unsigned(table.txPackets(dev), 7);
            out.put("    0 ").unsigned(table.txDropped(dev), 4).put("    0     0       0          0\n");
        }
    }

    private static void address6(long high, long low, SeqFile out) {
        out.hex(high, 16).hex(low, 16);
    }

    /** if6_seq_show(): in the order of a hash that is another at each boot; here of a device the last address comes first. */
    private void ifInet6(int net, SeqFile out) {
        for (int dev = table.devices().first(net);
                dev != NULL;
                dev = table.devices().next(dev)) {
            for (int ifa = addresses.addresses().last(dev);
                    ifa != NULL;
                    ifa = addresses.addresses().prev(ifa)) {
                if (addresses.family(ifa) != Socket.AF_INET6) {
                    continue;
                }
                int scope =
                        switch (addresses.scope(ifa)) {
                            case Interfaces.RT_SCOPE_HOST -> 0x10;
                            case Interfaces.RT_SCOPE_LINK -> 0x20;
                            default -> 0;
                        };
                address6(addresses.high(ifa), addresses.low(ifa), out);
                out.put(' ').hex(table.ifindex(dev), 2).put(' ').hex(addresses.prefix(ifa), 2);
                out.put(' ')
                        .hex(scope, 2)
                        .put(' ')
                        .hex(addresses.flags(ifa) & 0xff, 2)
                        .put(' ');
                int start = out.mark();
                out.put(devices.nameOf(dev));
                out.alignFrom(start, 8).put('\n');
            }
        }
    }

    /** igmp_mc_seq_show(): each device that is up is in the group of all hosts. */
    private void igmp(int net, SeqFile out) {
        out.put("Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n");
        for (int dev = table.devices().first(net);
                dev != NULL;
                dev = table.devices().next(dev)) {
            if (devices.isUp(dev)) {
                out.decimal(table.ifindex(dev)).put('\t');
                int start = out.mark();
                out.put(devices.nameOf(dev)).padTo(start, 10);
                out.put(":     1      V3\n\t\t\t\t010000E0     1 0:00000000\t\t0\n");
            }
        }
    }

    /** igmp6_mc_seq_show(). */
    private void igmp6(int net, SeqFile out) {
        for (int dev = table.devices().first(net);
                dev != NULL;
                dev = table.devices().next(dev)) {
            boolean isLoopback = table.kind(dev) == NetDevices.LOOPBACK;
            for (int ifa = addresses.addresses().last(dev);
                    ifa != NULL && !isLoopback;
                    ifa = addresses.addresses().prev(ifa)) {
                if (addresses.family(ifa) == Socket.AF_INET6) {
                    group(dev, 0xff02L << 48, 0x1_ff00_0000L | (addresses.low(ifa) & 0xffffff), 4, out);
                }
            }
            group(dev, 0xff02L << 48, 1, 0xc, out);
            group(dev, 0xff01L << 48, 1, 8, out);
        }
    }

    private void group(int dev, long high, long low, int flags, SeqFile out) {
        int start = out.mark();
        out.decimal(table.ifindex(dev)).padTo(start, 4).put(' ');
        start = out.mark();
        out.put(devices.nameOf(dev)).padTo(start, 15).put(' ');
        address6(high, low, out);
        out.put("     1 ");
        hex4Upper(flags, out).put(" 0\n");
    }

    /** dev_mc_seq_show(). */
    private void devMcast(int net, SeqFile out) {
        for (int dev = table.devices().first(net);
                dev != NULL;
                dev = table.devices().next(dev)) {
            if (table.addressLength(dev) != 6 || table.kind(dev) == NetDevices.LOOPBACK) {
                continue;
            }
            multicast(dev, 0x3333_0000_0001L, out);
            if (devices.isUp(dev)) {
                multicast(dev, 0x0100_5e00_0001L, out);
            }
            for (int ifa = addresses.addresses().first(dev);
                    ifa != NULL;
                    ifa = addresses.addresses().next(ifa)) {
                if (addresses.family(ifa) == Socket.AF_INET6) {
                    multicast(dev, 0x3333_ff00_0000L | (addresses.low(ifa) & 0xffffff), out);
                }
            }
        }
    }

    private void multicast(int dev, long address, SeqFile out) {
        int start = out.mark();
        out.decimal(table.ifindex(dev)).padTo(start, 4).put(' ');
        start = out.mark();
        out.put(devices.nameOf(dev)).padTo(start, 15).put(" 1     0     ");
        RtnLinks.putAddress(hardware, 0, address);
        for (byte one : hardware) {
            out.hex(one & 0xff, 2);
        }
        out.put('\n');
    }

    /** fib_route_seq_show(): the main table. */
    private void route(int net, SeqFile out) {
        int start = out.mark();
        out.put("Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT");
        out.padTo(start, LINE).put('\n');
        routes.forEachMain(net, (dev, to, prefix, gateway, metric) -> {
            int flags = RTF_UP | (gateway != 0 ? RTF_GATEWAY : 0) | (prefix == 32 ? RTF_HOST : 0);
            int mask = prefix == 0 ? 0 : -(1 << (32 - prefix));
            int at = out.mark();
            out.put(dev == NULL ? "*" : devices.nameOf(dev)).put('\t');
            hex4(to, out).put('\t');
            hex4(gateway, out).put('\t');
            out.hex(flags, 4).put("\t0\t0\t").decimal(metric).put('\t');
            hex4(mask, out).put("\t0\t0\t0");
            out.padTo(at, LINE).put('\n');
        });
    }

    /** An address as the machine's own order of bytes has it. */
    static SeqFile hex4(int address, SeqFile out) {
        return hex4Upper(Integer.reverseBytes(address), out);
    }

    static SeqFile hex4Upper(int value, SeqFile out) {
        for (int shift = 28; shift >= 0; shift -= 4) {
            int digit = value >>> shift & 0xf;
            out.put((char) (digit < 10 ? '0' + digit : 'A' + digit - 10));
        }
        return out;
    }
}
