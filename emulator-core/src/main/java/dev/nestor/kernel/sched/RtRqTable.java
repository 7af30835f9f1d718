package dev.nestor.kernel.sched;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct rt_rq columns, one row for each CPU: which of its hundred queues have tasks, and how many there are. */
public final class RtRqTable extends Table {
    private long[] high = new long[initialRows()]; // bit p: there are tasks of priority p, of the first 64
    private long[] low = new long[initialRows()]; // bit p - 64: there are tasks of priority p, of the others
    private int[] nrRunning = new int[initialRows()]; // tasks queued, current included
    private final int[] ofCpu; // rt_rq, by cpu
    private int overloaded; // CPUs with more than one task queued; follows nrRunning

    /** Makes all rows. */
    RtRqTable(int cpus) {
        super("rt_rq", 15, cpus);
        ofCpu = new int[cpus];
        for (int cpu = 0; cpu < cpus; cpu++) {
            ofCpu[cpu] = alloc();
        }
    }

    public int ofCpu(int cpu) {
        return ofCpu[cpu];
    }

    /** rt_overload_count: CPUs that have a task which another could run. */
    int overloaded() {
        return overloaded;
    }

    public int nrRunning(int rtRq) {
        return nrRunning[row(rtRq)];
    }

    void addNrRunning(int rtRq, int more) {
        int row = row(rtRq);
        overloaded -= nrRunning[row] > 1 ? 1 : 0;
        nrRunning[row] += more;
        overloaded += nrRunning[row] > 1 ? 1 : 0;
    }

    /** Whether the queue of a priority has tasks. */
    public boolean isSet(int rtRq, int prio) {
        int row = row(rtRq);
        return ((prio < Long.SIZE ? high[row] : low[row]) >>> prio & 1) != 0;
    }

    void set(int rtRq, int prio, boolean value) {
        int row = row(rtRq);
        long[] half = prio < Long.SIZE ? high : low;
        long bit = 1L << prio;
        half[row] = value ? half[row] | bit : half[row] & ~bit;
    }

    /** sched_find_first_bit(): the first priority from one on that has tasks, or RtClass.MAX_RT_PRIO. */
    int first(int rtRq, int from) {
        int row = row(rtRq);
        if (from < Long.SIZE) {
            long rest = high[row] & -1L << from;
            if (rest != 0) {
                return Long.numberOfTrailingZeros(rest);
            }
        }
        long rest = from <= Long.SIZE ? low[row] : low[row] & -1L << from;
        return from >= RtClass.MAX_RT_PRIO || rest == 0
                ? RtClass.MAX_RT_PRIO
                : Long.SIZE + Long.numberOfTrailingZeros(rest);
    }

    @Override
    protected void clearRow(int row) {
        high[row] = 0;
        low[row] = 0;
        nrRunning[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        high = columns.longs(high);
        low = columns.longs(low);
        nrRunning = columns.ints(nrRunning);
    }
}
