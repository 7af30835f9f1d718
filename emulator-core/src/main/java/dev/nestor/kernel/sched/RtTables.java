package dev.nestor.kernel.sched;

import dev.nestor.table.Chain;

/** The tables of the real-time class. */
public record RtTables(RtRqTable rtRqs, RtQueueTable queues, Chain lists) {
    static RtTables of(int cpus, SchedEntityTable ses) {
        RtQueueTable queues = new RtQueueTable(cpus);
        return new RtTables(new RtRqTable(cpus), queues, new Chain(queues, ses));
    }
}
