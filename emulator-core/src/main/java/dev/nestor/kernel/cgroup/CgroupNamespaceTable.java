package dev.nestor.kernel.cgroup;

import dev.nestor.kernel.ns.NamespaceTable;
import dev.nestor.table.Columns;

/** The struct cgroup_namespace columns. */
public final class CgroupNamespaceTable extends NamespaceTable {
    private int[] rootCset = new int[initialRows()]; // css_set whose cgroups are the roots that it shows

    public CgroupNamespaceTable(int limit) {
        super("cgroup_namespace", 15, limit);
    }

    public int rootCset(int ns) {
        return rootCset[row(ns)];
    }

    void setRootCset(int ns, int value) {
        rootCset[row(ns)] = value;
    }

    @Override
    protected void clearRow(int row) {
        super.clearRow(row);
        rootCset[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        super.columns(columns);
        rootCset = columns.ints(rootCset);
    }
}
