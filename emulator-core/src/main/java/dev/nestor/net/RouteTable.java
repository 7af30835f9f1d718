package dev.nestor.net;

import dev.nestor.table.Chain;
import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** Routes that have been added: fib_info and fib6_info. */
public final class RouteTable extends Table {
    private int[] net = new int[initialRows()]; // net
    private int[] family = new int[initialRows()]; // AF_INET, AF_INET6
    private int[] prefix = new int[initialRows()]; // bits
    private int[] dev = new int[initialRows()]; // net_device
    private int[] table = new int[initialRows()]; // RT_TABLE_*
    private int[] protocol = new int[initialRows()]; // RTPROT_*
    private int[] scope = new int[initialRows()]; // RT_SCOPE_*
    private int[] type = new int[initialRows()]; // RTN_*
    private int[] priority = new int[initialRows()]; // metric
    private int[] tos = new int[initialRows()]; // type of service
    private int[] flags = new int[initialRows()]; // RTNH_F_*
    private long[] high = new long[initialRows()]; // destination
    private long[] low = new long[initialRows()]; // its other half
    private long[] gatewayHigh = new long[initialRows()]; // next hop; 0 for none
    private long[] gatewayLow = new long[initialRows()]; // its other half
    private long[] sourceHigh = new long[initialRows()]; // preferred source; 0 for none
    private long[] sourceLow = new long[initialRows()]; // its other half
    private final Chain routes; // of a net

    public RouteTable(int limit, NetTable nets) {
        super("fib_info", 64, limit);
        routes = new Chain(nets, this);
    }

    public int net(int route) {
        return net[row(route)];
    }

    void setNet(int route, int value) {
        net[row(route)] = value;
    }

    public int family(int route) {
        return family[row(route)];
    }

    void setFamily(int route, int value) {
        family[row(route)] = value;
    }

    public int prefix(int route) {
        return prefix[row(route)];
    }

    void setPrefix(int route, int value) {
        prefix[row(route)] = value;
    }

    public int dev(int route) {
        return dev[row(route)];
    }

    void setDev(int route, int value) {
        dev[row(route)] = value;
    }

    public int table(int route) {
        return table[row(route)];
    }

    void setTable(int route, int value) {
        table[row(route)] = value;
    }

    public int protocol(int route) {
        return protocol[row(route)];
    }

    void setProtocol(int route, int value) {
        protocol[row(route)] = value;
    }

    public int scope(int route) {
        return scope[row(route)];
    }

    void setScope(int route, int value) {
        scope[row(route)] = value;
    }

    public int type(int route) {
        return type[row(route)];
    }

    void setType(int route, int value) {
        type[row(route)] = value;
    }

    public int priority(int route) {
        return priority[row(route)];
    }

    void setPriority(int route, int value) {
        priority[row(route)] = value;
    }

    public int tos(int route) {
        return tos[row(route)];
    }

    void setTos(int route, int value) {
        tos[row(route)] = value;
    }

    public int flags(int route) {
        return flags[row(route)];
    }

    void setFlags(int route, int value) {
        flags[row(route)] = value;
    }

    public long high(int route) {
        return high[row(route)];
    }

    void setHigh(int route, long value) {
        high[row(route)] = value;
    }

    public long low(int route) {
        return low[row(route)];
    }

    void setLow(int route, long value) {
        low[row(route)] = value;
    }

    public long gatewayHigh(int route) {
        return gatewayHigh[row(route)];
    }

    void setGatewayHigh(int route, long value) {
        gatewayHigh[row(route)] = value;
    }

    public long gatewayLow(int route) {
        return gatewayLow[row(route)];
    }

    void setGatewayLow(int route, long value) {
        gatewayLow[row(route)] = value;
    }

    public long sourceHigh(int route) {
        return sourceHigh[row(route)];
    }

    void setSourceHigh(int route, long value) {
        sourceHigh[row(route)] = value;
    }

    public long sourceLow(int route) {
        return sourceLow[row(route)];
    }

    void setSourceLow(int route, long value) {
        sourceLow[row(route)] = value;
    }

    public Chain routes() {
        return routes;
    }

    @Override
    protected void clearRow(int row) {
        net[row] = 0;
        family[row] = 0;
        prefix[row] = 0;
        dev[row] = 0;
        table[row] = 0;
        protocol[row] = 0;
        scope[row] = 0;
        type[row] = 0;
        priority[row] = 0;
        tos[row] = 0;
        flags[row] = 0;
        high[row] = 0;
        low[row] = 0;
        gatewayHigh[row] = 0;
        gatewayLow[row] = 0;
        sourceHigh[row] = 0;
        sourceLow[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        net = columns.ints(net);
        family = columns.ints(family);
        prefix = columns.ints(prefix);
        dev = columns.ints(dev);
        table = columns.ints(table);
        protocol = columns.ints(protocol);
        scope = columns.ints(scope);
        type = columns.ints(type);
        priority = columns.ints(priority);
        tos = columns.ints(tos);
        flags = columns.ints(flags);
        high = columns.longs(high);
        low = columns.longs(low);
        gatewayHigh = columns.longs(gatewayHigh);
        gatewayLow = columns.longs(gatewayLow);
        sourceHigh = columns.longs(sourceHigh);
        sourceLow = columns.longs(sourceLow);
    }
}
