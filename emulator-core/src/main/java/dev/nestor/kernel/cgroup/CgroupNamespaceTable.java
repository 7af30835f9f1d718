package dev.nestor.kernel.cgroup;

import dev.nestor.kernel.ns.NamespaceTable;

/** The struct cgroup_namespace columns. */
public final class CgroupNamespaceTable extends NamespaceTable {
    public CgroupNamespaceTable(int limit) {
        super("cgroup_namespace", 15, limit);
    }
}
