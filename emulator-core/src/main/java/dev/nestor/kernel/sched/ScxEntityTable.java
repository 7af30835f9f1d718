package dev.nestor.kernel.sched;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct sched_ext_entity columns: one row for each task that has ever been in the class that a SchedExtOps makes. */
public final class ScxEntityTable extends Table {
    private int[] task = new int[initialRows()]; // task
    private byte[] opsState = new byte[initialRows()]; // SCX_OPSS_*: whether the SchedExtOps has it
    private byte[] enabled = new byte[initialRows()]; // SCX_TASK_ENABLED: ops.enable() has been called
    private byte[] watched = new byte[initialRows()]; // on the runnable list: it waits, and the watchdog looks at it
    private int[] weight = new int[initialRows()]; // 1 to 10000, 100 of nice 0
    private long[] slice = new long[initialRows()]; // ns left; SLICE_INF without end
    private long[] dsqVtime = new long[initialRows()]; // by which queues in order of vtime are sorted
    private long[] scratch = new long[initialRows()]; // the SchedExtOps's own
    private byte[] marked = new byte[initialRows()]; // has been inserted into a queue before it is enqueued
    private long[] ddspDsqId = new long[initialRows()]; // that queue
    private long[] ddspEnqFlags = new long[initialRows()]; // SCX_ENQ_* with it
    private long[] runnableAt = new long[initialRows()]; // ns; waits since then; 0 after it has run
    private int[] takenBack =
            new int[initialRows()]; // times that it was taken back from the SchedExtOps, which may not have noticed
    private int[] left = new int[initialRows()]; // sched_ext_entity; the tree of its queue, by dsqVtime
    private int[] right = new int[initialRows()]; // sched_ext_entity
    private int[] parent = new int[initialRows()]; // sched_ext_entity

    /** The SchedExtOps does not have it: it sleeps, runs, or is in a dispatch queue. */
    static final int OPSS_NONE = 0;

    /** It is the one that is being enqueued. */
    static final int OPSS_QUEUEING = 1;

    /** The SchedExtOps keeps it. */
    static final int OPSS_QUEUED = 2;

    ScxEntityTable(int limit) {
        super("sched_ext_entity", 74, limit);
    }

    public int task(int scx) {
        return task[row(scx)];
    }

    void setTask(int scx, int value) {
        task[row(scx)] = value;
    }

    public int opsState(int scx) {
        return opsState[row(scx)];
    }

    void setOpsState(int scx, int value) {
        opsState[row(scx)] = (byte) value;
    }

    public boolean enabled(int scx) {
        return enabled[row(scx)] != 0;
    }

    void setEnabled(int scx, boolean value) {
        enabled[row(scx)] = (byte) (value ? 1 : 0);
    }

    public boolean watched(int scx) {
        return watched[row(scx)] != 0;
    }

    void setWatched(int scx, boolean value) {
        watched[row(scx)] = (byte) (value ? 1 : 0);
    }

    public int weight(int scx) {
        return weight[row(scx)];
    }

    void setWeight(int scx, int value) {
        weight[row(scx)] = value;
    }

    public long slice(int scx) {
        return slice[row(scx)];
    }

    void setSlice(int scx, long value) {
        slice[row(scx)] = value;
    }

    public long dsqVtime(int scx) {
        return dsqVtime[row(scx)];
    }

    void setDsqVtime(int scx, long value) {
        dsqVtime[row(scx)] = value;
    }

    public long scratch(int scx) {
        return scratch[row(scx)];
    }

    void setScratch(int scx, long value) {
        scratch[row(scx)] = value;
    }

    public boolean marked(int scx) {
        return marked[row(scx)] != 0;
    }

    void setMarked(int scx, boolean value) {
        marked[row(scx)] = (byte) (value ? 1 : 0);
    }

    public long ddspDsqId(int scx) {
        return ddspDsqId[row(scx)];
    }

    void setDdspDsqId(int scx, long value) {
        ddspDsqId[row(scx)] = value;
    }

    public long ddspEnqFlags(int scx) {
        return ddspEnqFlags[row(scx)];
    }

    void setDdspEnqFlags(int scx, long value) {
        ddspEnqFlags[row(scx)] = value;
    }

    public long runnableAt(int scx) {
        return runnableAt[row(scx)];
    }

    void setRunnableAt(int scx, long value) {
        runnableAt[row(scx)] = value;
    }

    public int takenBack(int scx) {
        return takenBack[row(scx)];
    }

    void setTakenBack(int scx, int value) {
        takenBack[row(scx)] = value;
    }

    int left(int scx) {
        return left[row(scx)];
    }

    void setLeft(int scx, int value) {
        left[row(scx)] = value;
    }

    int right(int scx) {
        return right[row(scx)];
    }

    void setRight(int scx, int value) {
        right[row(scx)] = value;
    }

    int parent(int scx) {
        return parent[row(scx)];
    }

    void setParent(int scx, int value) {
        parent[row(scx)] = value;
    }

    @Override
    protected void clearRow(int row) {
        task[row] = 0;
        opsState[row] = 0;
        enabled[row] = 0;
        watched[row] = 0;
        weight[row] = 0;
        slice[row] = 0;
        dsqVtime[row] = 0;
        scratch[row] = 0;
        marked[row] = 0;
        ddspDsqId[row] = 0;
        ddspEnqFlags[row] = 0;
        runnableAt[row] = 0;
        takenBack[row] = 0;
        left[row] = 0;
        right[row] = 0;
        parent[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        task = columns.ints(task);
        opsState = columns.bytes(opsState);
        enabled = columns.bytes(enabled);
        watched = columns.bytes(watched);
        weight = columns.ints(weight);
        slice = columns.longs(slice);
        dsqVtime = columns.longs(dsqVtime);
        scratch = columns.longs(scratch);
        marked = columns.bytes(marked);
        ddspDsqId = columns.longs(ddspDsqId);
        ddspEnqFlags = columns.longs(ddspEnqFlags);
        runnableAt = columns.longs(runnableAt);
        takenBack = columns.ints(takenBack);
        left = columns.ints(left);
        right = columns.ints(right);
        parent = columns.ints(parent);
    }
}
