package dev.nestor.fs;

import dev.nestor.kernel.ns.NamespaceTable;
import dev.nestor.table.Chain;
import dev.nestor.table.Columns;

/** The struct mnt_namespace columns. */
public final class MntNamespaceTable extends NamespaceTable {
    private int[] root = new int[initialRows()]; // mount
    private long[] seq = new long[initialRows()]; // order of creation
    private int[] nrMounts = new int[initialRows()]; // mounts
    private int[] dentry = new int[initialRows()]; // nsfs dentry, not held; NULL for none
    private final Chain mounts; // in order of attachment

    public MntNamespaceTable(int limit, MountTable table) {
        super("mnt_namespace", 39, limit);
        mounts = new Chain(this, table);
    }

    public int root(int ns) {
        return root[row(ns)];
    }

    void setRoot(int ns, int value) {
        root[row(ns)] = value;
    }

    public long seq(int ns) {
        return seq[row(ns)];
    }

    void setSeq(int ns, long value) {
        seq[row(ns)] = value;
    }

    public int nrMounts(int ns) {
        return nrMounts[row(ns)];
    }

    void setNrMounts(int ns, int value) {
        nrMounts[row(ns)] = value;
    }

    public int dentry(int ns) {
        return dentry[row(ns)];
    }

    public void setDentry(int ns, int value) {
        dentry[row(ns)] = value;
    }

    public Chain mounts() {
        return mounts;
    }

    @Override
    protected void clearRow(int row) {
        super.clearRow(row);
        root[row] = 0;
        seq[row] = 0;
        nrMounts[row] = 0;
        dentry[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        super.columns(columns);
        root = columns.ints(root);
        seq = columns.longs(seq);
        nrMounts = columns.ints(nrMounts);
        dentry = columns.ints(dentry);
    }
}
