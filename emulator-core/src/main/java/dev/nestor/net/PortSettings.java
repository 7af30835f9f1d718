package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.NameTable;

/** What net.ipv4 says of ports and of the end of connections, each net by itself: struct netns_ipv4. */
final class PortSettings {
    static final int FIRST_EPHEMERAL = 32_768;
    static final int LAST_EPHEMERAL = 60_999;
    private static final int UNPRIVILEGED = 1024;
    private static final int FIN_TIMEOUT = 60; // s
    private static final int MAX_TIMEWAITS = 131_072;
    private static final int MOST = 65_535;

    private final DevConf conf;
    private final NetTable nets;
    private final NameTable names;
    private final byte[] text = new byte[1 << 16];

    PortSettings(DevConf conf, NetTable nets, NameTable names) {
        this.conf = conf;
        this.nets = nets;
        this.names = names;
    }

    private int setting(int net, String name, int born) {
        return conf.setting(net, NetSysctls.indexOf(name), born);
    }

    /** net.ipv4.ip_unprivileged_port_start. */
    int unprivileged(int net) {
        return setting(net, "ipv4/ip_unprivileged_port_start", UNPRIVILEGED);
    }

    /** net.ipv4.tcp_fin_timeout, in seconds. */
    int finTimeout(int net) {
        return setting(net, "ipv4/tcp_fin_timeout", FIN_TIMEOUT);
    }

    int maxTimewaits(int net) {
        return setting(net, "ipv4/tcp_max_tw_buckets", MAX_TIMEWAITS);
    }

    /** net.ipv4.ip_local_port_range: where it begins. */
    int first(int net) {
        return nets.portFirst(net) == 0 ? FIRST_EPHEMERAL : nets.portFirst(net);
    }

    int last(int net) {
        return nets.portLast(net) == 0 ? LAST_EPHEMERAL : nets.portLast(net);
    }

    /** set_local_port_range(): false for one that ends before it begins, or begins among ports of the privileged. */
    boolean setRange(int net, int first, int last) {
        boolean isRight = first >= 1 && last <= MOST && first <= last && first >= unprivileged(net);
        if (isRight) {
            nets.setPortFirst(net, first);
            nets.setPortLast(net, last);
        }
        return isRight;
    }

    /** net.ipv4.ip_local_reserved_ports: ranges, in order, with commas between. */
    String reserved(int net) {
        return nets.reservedPorts(net) == NULL ? "" : names.text(nets.reservedPorts(net));
    }

    void setReserved(int net, String ranges) {
        forget(net);
        if (!ranges.isEmpty()) {
            nets.setReservedPorts(net, names.intern(ranges));
        }
    }

    /** The net goes. */
    void forget(int net) {
        if (nets.reservedPorts(net) != NULL) {
            names.put(nets.reservedPorts(net));
            nets.setReservedPorts(net, NULL);
        }
    }

    /** inet_is_local_reserved_port(). */
    boolean isReserved(int net, int port) {
        int name = nets.reservedPorts(net);
        int length = name == NULL ? 0 : names.copy(name, text, 0);
        int from = 0;
        int number = 0;
        boolean isRange = false;
        for (int i = 0; i <= length; i++) {
            byte at = i < length ? text[i] : (byte) ',';
            if (at == '-') {
                from = number;
                number = 0;
                isRange = true;
            } else if (at == ',') {
                if (port <= number && port >= (isRange ? from : number)) {
                    return length > 0;
                }
                number = 0;
                isRange = false;
            } else {
                number = 10 * number + at - '0';
            }
        }
        return false;
    }
}
