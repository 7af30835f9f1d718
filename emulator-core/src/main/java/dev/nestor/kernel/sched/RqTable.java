package dev.nestor.kernel.sched;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct rq columns, one row for each CPU, and what its CPU is doing. */
public final class RqTable extends Table {
    private static final int NOW = 1;
    private static final int LAZY = 2;

    private int[] cpu = new int[initialRows()]; // cpu
    private int[] cfs = new int[initialRows()]; // cfs_rq of the tasks that are in no group
    private int[] curr = new int[initialRows()]; // task that runs; NULL for the idle task
    private int[] nrRunning = new int[initialRows()]; // tasks queued, of all classes
    private long[] nrSwitches = new long[initialRows()]; // context switches
    private byte[] needResched =
            new byte[initialRows()]; // TIF_NEED_RESCHED of curr, NOW, and TIF_NEED_RESCHED_LAZY, LAZY
    private long[] askedAt = new long[initialRows()]; // cycles; when the call in progress set NOW of its own CPU
    private long[] grain =
            new long[initialRows()]; // cycles from one point to the next where the span in the kernel might sleep
    private int[] activeMm = new int[initialRows()]; // mm_struct whose page tables are loaded
    private byte[] phase = new byte[initialRows()]; // what the CPU does: Cpus.PHASE_*
    private long[] spanStart = new long[initialRows()]; // cycles; when what it does began
    private long[] spanEnd = new long[initialRows()]; // cycles; when it ends, interruptions so far included
    private long[] spanStolen = new long[initialRows()]; // cycles of it that interrupts took
    private long[] spanEvent = new long[initialRows()]; // event; at spanEnd or before
    private long[] tickEvent = new long[initialRows()]; // event; NONE when the tick is stopped
    private long[] idleStamp = new long[initialRows()]; // cycles; when it last went idle
    private int[] pushCpu = new int[initialRows()]; // cpu + 1 that the task that runs is to go to: push_cpu; 0 for none
    private long[] hrtickEvent = new long[initialRows()]; // event; NONE when hrtick_timer is not running
    private long[] idleCycles = new long[initialRows()]; // cycles idle, up to idleStamp
    private final int[] ofCpu; // rq, by cpu
    private final long[] idleMask; // CPUs that are idle and have nothing queued; follows curr and nrRunning
    private boolean isLazy; // whether there is a TIF_NEED_RESCHED_LAZY
    private int overloaded; // CPUs with more than one task queued; follows nrRunning

    /** Makes all rows: as many as there are CPUs. */
    public RqTable(int cpus) {
        super("rq", 14, cpus);
        ofCpu = new int[cpus];
        idleMask = new long[(cpus + Long.SIZE - 1) / Long.SIZE];
        for (int cpu = 0; cpu < cpus; cpu++) {
            ofCpu[cpu] = alloc();
            setCpu(ofCpu[cpu], cpu);
            idleMask[cpu >> 6] |= 1L << cpu;
        }
    }

    /** cpu_rq(). */
    public int cpuRq(int cpu) {
        return ofCpu[cpu];
    }

    /** available_idle_cpu(). */
    boolean isIdle(int cpu) {
        return (idleMask[cpu >> 6] >>> cpu & 1) != 0;
    }

    /** Words of the mask of idle CPUs. */
    int words() {
        return idleMask.length;
    }

    /** A word of the mask of idle CPUs. */
    long idleMask(int word) {
        return idleMask[word];
    }

    /** rd->overloaded: whether any CPU has a task that another could run. */
    boolean isAnyOverloaded() {
        return overloaded > 0;
    }

    private void noteIdle(int row) {
        long bit = 1L << cpu[row];
        if (curr[row] == NULL && nrRunning[row] == 0) {
            idleMask[cpu[row] >> 6] |= bit;
        } else {
            idleMask[cpu[row] >> 6] &= ~bit;
        }
    }

    public int cpu(int rq) {
        return cpu[row(rq)];
    }

    void setCpu(int rq, int value) {
        cpu[row(rq)] = value;
    }

    public int cfs(int rq) {
        return cfs[row(rq)];
    }

    void setCfs(int rq, int value) {
        cfs[row(rq)] = value;
    }

    public int curr(int rq) {
        return curr[row(rq)];
    }

    void setCurr(int rq, int value) {
        int row = row(rq);
        curr[row] = value;
        noteIdle(row);
    }

    public int nrRunning(int rq) {
        return nrRunning[row(rq)];
    }

    /** add_nr_running(), sub_nr_running(). */
    void addNrRunning(int rq, int more) {
        int row = row(rq);
        overloaded -= nrRunning[row] > 1 ? 1 : 0;
        nrRunning[row] += more;
        overloaded += nrRunning[row] > 1 ? 1 : 0;
        noteIdle(row);
    }

    public long nrSwitches(int rq) {
        return nrSwitches[row(rq)];
    }

    void setNrSwitches(int rq, long value) {
        nrSwitches[row(rq)] = value;
    }

    /** tif_need_resched(). */
    public boolean needResched(int rq) {
        return (needResched[row(rq)] & NOW) != 0;
    }

    /** resched_curr(); or current has been rescheduled, and none of both flags is set any more. */
    void setNeedResched(int rq, boolean value) {
        int row = row(rq);
        needResched[row] = (byte) (value ? needResched[row] | NOW : 0);
    }

    /** Once, at boot. */
    void setLazy(boolean value) {
        isLazy = value;
    }

    /** resched_curr_lazy(): the fair class's way to ask, which is not urgent where there is the lazy model. */
    void setNeedReschedLazy(int rq) {
        int row = row(rq);
        needResched[row] |= (byte) (isLazy ? LAZY : NOW);
    }

    boolean needReschedLazy(int rq) {
        return (needResched[row(rq)] & LAZY) != 0;
    }

    /** Whether current is to be rescheduled on its way to user mode: for either flag. */
    boolean isReschedDue(int rq) {
        return needResched[row(rq)] != 0;
    }

    long askedAt(int rq) {
        return askedAt[row(rq)];
    }

    void setAskedAt(int rq, long value) {
        askedAt[row(rq)] = value;
    }

    long grain(int rq) {
        return grain[row(rq)];
    }

    void setGrain(int rq, long value) {
        grain[row(rq)] = value;
    }

    long hrtickEvent(int rq) {
        return hrtickEvent[row(rq)];
    }

    void setHrtickEvent(int rq, long event) {
        hrtickEvent[row(rq)] = event;
    }

    /** push_cpu, while active_balance; else -1. */
    int pushCpu(int rq) {
        return pushCpu[row(rq)] - 1;
    }

    /** @param cpu or -1 */
    void setPushCpu(int rq, int cpu) {
        pushCpu[row(rq)] = cpu + 1;
    }

    int activeMm(int rq) {
        return activeMm[row(rq)];
    }

    void setActiveMm(int rq, int value) {
        activeMm[row(rq)] = value;
    }

    int phase(int rq) {
        return phase[row(rq)];
    }

    void setPhase(int rq, int value) {
        phase[row(rq)] = (byte) value;
    }

    long spanStart(int rq) {
        return spanStart[row(rq)];
    }

    void setSpanStart(int rq, long value) {
        spanStart[row(rq)] = value;
    }

    long spanEnd(int rq) {
        return spanEnd[row(rq)];
    }

    void setSpanEnd(int rq, long value) {
        spanEnd[row(rq)] = value;
    }

    long spanStolen(int rq) {
        return spanStolen[row(rq)];
    }

    void setSpanStolen(int rq, long value) {
        spanStolen[row(rq)] = value;
    }

    long spanEvent(int rq) {
        return spanEvent[row(rq)];
    }

    void setSpanEvent(int rq, long value) {
        spanEvent[row(rq)] = value;
    }

    long tickEvent(int rq) {
        return tickEvent[row(rq)];
    }

    void setTickEvent(int rq, long value) {
        tickEvent[row(rq)] = value;
    }

    long idleStamp(int rq) {
        return idleStamp[row(rq)];
    }

    void setIdleStamp(int rq, long value) {
        idleStamp[row(rq)] = value;
    }

    long idleCycles(int rq) {
        return idleCycles[row(rq)];
    }

    void setIdleCycles(int rq, long value) {
        idleCycles[row(rq)] = value;
    }

    @Override
    protected void clearRow(int row) {
        cpu[row] = 0;
        cfs[row] = 0;
        curr[row] = 0;
        nrRunning[row] = 0;
        nrSwitches[row] = 0;
        needResched[row] = 0;
        askedAt[row] = 0;
        grain[row] = 0;
        activeMm[row] = 0;
        phase[row] = 0;
        spanStart[row] = 0;
        spanEnd[row] = 0;
        spanStolen[row] = 0;
        spanEvent[row] = 0;
        tickEvent[row] = 0;
        idleStamp[row] = 0;
        pushCpu[row] = 0;
        hrtickEvent[row] = 0;
        idleCycles[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        cpu = columns.ints(cpu);
        cfs = columns.ints(cfs);
        curr = columns.ints(curr);
        nrRunning = columns.ints(nrRunning);
        nrSwitches = columns.longs(nrSwitches);
        needResched = columns.bytes(needResched);
        askedAt = columns.longs(askedAt);
        grain = columns.longs(grain);
        activeMm = columns.ints(activeMm);
        phase = columns.bytes(phase);
        spanStart = columns.longs(spanStart);
        spanEnd = columns.longs(spanEnd);
        spanStolen = columns.longs(spanStolen);
        spanEvent = columns.longs(spanEvent);
        tickEvent = columns.longs(tickEvent);
        idleStamp = columns.longs(idleStamp);
        pushCpu = columns.ints(pushCpu);
        hrtickEvent = columns.longs(hrtickEvent);
        idleCycles = columns.longs(idleCycles);
    }
}
