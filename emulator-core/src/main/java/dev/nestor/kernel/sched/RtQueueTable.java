package dev.nestor.kernel.sched;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** rt_prio_array.queue: the heads of the lists of tasks, one row for each priority of each CPU; they have no columns. */
public final class RtQueueTable extends Table {
    private final int[] of; // queue, by cpu and priority

    /** Makes all rows. */
    RtQueueTable(int cpus) {
        super("rt_queue", 16, cpus * RtClass.MAX_RT_PRIO);
        of = new int[cpus * RtClass.MAX_RT_PRIO];
        for (int i = 0; i < of.length; i++) {
            of[i] = alloc();
        }
    }

    public int of(int cpu, int prio) {
        return of[cpu * RtClass.MAX_RT_PRIO + prio];
    }

    @Override
    protected void clearRow(int row) {
        // the lists are a Chain's
    }

    @Override
    protected void columns(Columns columns) {
        // the lists are a Chain's
    }
}
