package dev.nestor.kernel.sched;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct scx_dispatch_q columns: each CPU's own, the global one, those that wait for their CPU, and those of the SchedExtOps. */
public final class ScxDispatchQueueTable extends Table {
    private long[] id = new long[initialRows()]; // SCX_DSQ_*, or the number that it was made under
    private int[] nr = new int[initialRows()]; // tasks in it
    private int[] root =
            new int[initialRows()]; // sched_ext_entity; of the tree by vtime, NULL of a queue in order of coming

    ScxDispatchQueueTable(int limit) {
        super("scx_dispatch_q", 75, limit);
    }

    public long id(int dsq) {
        return id[row(dsq)];
    }

    void setId(int dsq, long value) {
        id[row(dsq)] = value;
    }

    public int nr(int dsq) {
        return nr[row(dsq)];
    }

    void setNr(int dsq, int value) {
        nr[row(dsq)] = value;
    }

    int root(int dsq) {
        return root[row(dsq)];
    }

    void setRoot(int dsq, int value) {
        root[row(dsq)] = value;
    }

    @Override
    protected void clearRow(int row) {
        id[row] = 0;
        nr[row] = 0;
        root[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        id = columns.longs(id);
        nr = columns.ints(nr);
        root = columns.ints(root);
    }
}
