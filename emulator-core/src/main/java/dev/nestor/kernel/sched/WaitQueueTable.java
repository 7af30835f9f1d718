package dev.nestor.kernel.sched;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct wait_queue_head rows. A queue is nothing but the list of its entries, which {@link WaitQueues} keeps. */
public final class WaitQueueTable extends Table {
    public WaitQueueTable(int limit) {
        super("wait_queue_head", 10, limit);
    }

    @Override
    protected void clearRow(int row) {}

    @Override
    protected void columns(Columns columns) {}
}
