package dev.nestor.ipc;

import dev.nestor.kernel.ns.NamespaceTable;

/** The struct ipc_namespace columns. */
public final class IpcNamespaceTable extends NamespaceTable {
    public IpcNamespaceTable(int limit) {
        super("ipc_namespace", 12, limit);
    }
}
