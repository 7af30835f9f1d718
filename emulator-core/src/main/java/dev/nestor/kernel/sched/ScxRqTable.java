package dev.nestor.kernel.sched;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct scx_rq columns, one row for each CPU. */
public final class ScxRqTable extends Table {
    private int[] nrRunning =
            new int[initialRows()]; // tasks of the class that are on the CPU's queue, current included
    private int[] localDsq = new int[initialRows()]; // scx_dispatch_q
    private byte[] idle = new byte[initialRows()]; // the CPU is idle, and nobody has claimed it
    private byte[] goesIdle = new byte[initialRows()]; // current is the last task, and asked to be told: SCX_ENQ_LAST
    private byte[] kicks = new byte[initialRows()]; // kicks that are on their way: SCX_KICK_*, KICKED
    private final int[] ofCpu; // scx_rq, by cpu

    /** Makes all rows. */
    ScxRqTable(int cpus) {
        super("scx_rq", 76, cpus);
        ofCpu = new int[cpus];
        for (int cpu = 0; cpu < cpus; cpu++) {
            ofCpu[cpu] = alloc();
            setIdle(ofCpu[cpu], true);
        }
    }

    public int nrRunning(int scxRq) {
        return nrRunning[row(scxRq)];
    }

    void setNrRunning(int scxRq, int value) {
        nrRunning[row(scxRq)] = value;
    }

    public int localDsq(int scxRq) {
        return localDsq[row(scxRq)];
    }

    void setLocalDsq(int scxRq, int value) {
        localDsq[row(scxRq)] = value;
    }

    public boolean idle(int scxRq) {
        return idle[row(scxRq)] != 0;
    }

    void setIdle(int scxRq, boolean value) {
        idle[row(scxRq)] = (byte) (value ? 1 : 0);
    }

    boolean goesIdle(int scxRq) {
        return goesIdle[row(scxRq)] != 0;
    }

    void setGoesIdle(int scxRq, boolean value) {
        goesIdle[row(scxRq)] = (byte) (value ? 1 : 0);
    }

    int kicks(int scxRq) {
        return kicks[row(scxRq)];
    }

    void setKicks(int scxRq, int value) {
        kicks[row(scxRq)] = (byte) value;
    }

    public int ofCpu(int cpu) {
        return ofCpu[cpu];
    }

    @Override
    protected void clearRow(int row) {
        nrRunning[row] = 0;
        localDsq[row] = 0;
        idle[row] = 0;
        goesIdle[row] = 0;
        kicks[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        nrRunning = columns.ints(nrRunning);
        localDsq = columns.ints(localDsq);
        idle = columns.bytes(idle);
        goesIdle = columns.bytes(goesIdle);
        kicks = columns.bytes(kicks);
    }
}
