package dev.nestor.kernel.sched;

/** The tables of a class of one's own. */
public record ScxTables(ScxEntityTable scxs, ScxDispatchQueueTable dsqs, ScxRqTable scxRqs) {
    /** The most dispatch queues that a SchedExtOps can make. */
    private static final int DSQS_MAX = 65_536;

    static ScxTables of(int cpus, int entityLimit) {
        return new ScxTables(
                new ScxEntityTable(entityLimit), new ScxDispatchQueueTable(DSQS_MAX + cpus + 2), new ScxRqTable(cpus));
    }
}
