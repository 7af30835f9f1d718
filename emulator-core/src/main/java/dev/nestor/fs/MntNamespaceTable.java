package dev.nestor.fs;

import dev.nestor.kernel.ns.NamespaceTable;
import dev.nestor.table.Chain;
import dev.nestor.table.Columns;

/** The struct mnt_namespace columns. */
public final class MntNamespaceTable extends NamespaceTable {
    private int[] root = new int[initialRows()]; // mount
    private long[] seq = new long[initialRows()]; // ns_id, in order of creation
    private int[] nrMounts = new int[initialRows()]; // mounts
    private int[] pending = new int[initialRows()]; // mounts counted by an operation under way
    private long[] seqOrigin = new long[initialRows()]; // of an anonymous one: seq of the namespace it was copied from
    private long[] event = new long[initialRows()]; // changes of its mounts
    private int[] poll =
            new int[initialRows()]; // wait queue of who polls a list of its mounts; NULL for an anonymous one
    private byte[] anon = new byte[initialRows()]; // bool; of a detached tree, which nobody can enter
    private int[] dentry = new int[initialRows()]; // nsfs dentry, not held; NULL for none
    private final Chain mounts; // by their unique ids

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

    /** The wait queue of those who poll a list of its mounts. */
    public int poll(int ns) {
        return poll[row(ns)];
    }

    void setPoll(int ns, int value) {
        poll[row(ns)] = value;
    }

    int pending(int ns) {
        return pending[row(ns)];
    }

    void setPending(int ns, int value) {
        pending[row(ns)] = value;
    }

    long seqOrigin(int ns) {
        return seqOrigin[row(ns)];
    }

    void setSeqOrigin(int ns, long value) {
        seqOrigin[row(ns)] = value;
    }

    public long event(int ns) {
        return event[row(ns)];
    }

    void setEvent(int ns, long value) {
        event[row(ns)] = value;
    }

    public boolean anon(int ns) {
        return anon[row(ns)] != 0;
    }

    void setAnon(int ns, boolean value) {
        anon[row(ns)] = (byte) (value ? 1 : 0);
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
        pending[row] = 0;
        seqOrigin[row] = 0;
        event[row] = 0;
        poll[row] = 0;
        anon[row] = 0;
        dentry[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        super.columns(columns);
        root = columns.ints(root);
        seq = columns.longs(seq);
        nrMounts = columns.ints(nrMounts);
        pending = columns.ints(pending);
        seqOrigin = columns.longs(seqOrigin);
        event = columns.longs(event);
        poll = columns.ints(poll);
        anon = columns.bytes(anon);
        dentry = columns.ints(dentry);
    }
}
