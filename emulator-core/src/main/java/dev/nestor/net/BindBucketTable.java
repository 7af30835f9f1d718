package dev.nestor.net;

import dev.nestor.table.Chain;
import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The inet_bind_bucket columns: a port of one protocol in one net, and the sockets bound to it. */
public final class BindBucketTable extends Table {
    private int[] net = new int[initialRows()]; // net
    private int[] protocol = new int[initialRows()]; // IPPROTO_TCP, IPPROTO_UDP
    private int[] port = new int[initialRows()]; // number
    private int[] children = new int[initialRows()]; // accepted and connected sockets that have it
    private int[] strict = new int[initialRows()]; // of these, without SO_REUSEADDR
    private final Chain owners; // sockets that were bound to it

    public BindBucketTable(int limit, InetSockTable sockets) {
        super("inet_bind_bucket", 61, limit);
        owners = new Chain(this, sockets);
    }

    public int net(int bucket) {
        return net[row(bucket)];
    }

    void setNet(int bucket, int value) {
        net[row(bucket)] = value;
    }

    public int protocol(int bucket) {
        return protocol[row(bucket)];
    }

    void setProtocol(int bucket, int value) {
        protocol[row(bucket)] = value;
    }

    public int port(int bucket) {
        return port[row(bucket)];
    }

    void setPort(int bucket, int value) {
        port[row(bucket)] = value;
    }

    public int children(int bucket) {
        return children[row(bucket)];
    }

    void setChildren(int bucket, int value) {
        children[row(bucket)] = value;
    }

    public int strict(int bucket) {
        return strict[row(bucket)];
    }

    void setStrict(int bucket, int value) {
        strict[row(bucket)] = value;
    }

    public Chain owners() {
        return owners;
    }

    @Override
    protected void clearRow(int row) {
        net[row] = 0;
        protocol[row] = 0;
        port[row] = 0;
        children[row] = 0;
        strict[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        net = columns.ints(net);
        protocol = columns.ints(protocol);
        port = columns.ints(port);
        children = columns.ints(children);
        strict = columns.ints(strict);
    }
}
