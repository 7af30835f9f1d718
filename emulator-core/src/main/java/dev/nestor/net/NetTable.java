package dev.nestor.net;

import dev.nestor.kernel.ns.NamespaceTable;

/** The struct net columns. */
public final class NetTable extends NamespaceTable {
    public NetTable(int limit) {
        super("net", 13, limit);
    }
}
