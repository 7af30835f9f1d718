package dev.nestor.kernel.sched;

import dev.nestor.kernel.sched.ext.Scx;
import dev.nestor.table.Table;

/** No task of a class of one's own is lost or in two places: dispatch queues, their order and their counters recounted. */
final class ExtInvariants {
    private final SchedTables tables;
    private final ScxEntityTable scxs;
    private final ScxDispatchQueueTable dsqs;
    private final ScxRqTable scxRqs;
    private final DispatchQueues queues;

    ExtInvariants(SchedTables tables, ScxTables scx, DispatchQueues queues) {
        this.tables = tables;
        this.scxs = scx.scxs();
        this.dsqs = scx.dsqs();
        this.scxRqs = scx.scxRqs();
        this.queues = queues;
    }

    /** Throws an AssertionError that says what is wrong. */
    void check() {
        int[] running = new int[tables.rqs().size()];
        SchedEntityTable ses = tables.ses();
        int entities = 0;
        for (int row = 1; row < ses.rows(); row++) {
            int se = ses.handleInRow(row);
            if (se == Table.NULL) {
                continue;
            }
            entities += ses.scx(se) == Table.NULL ? 0 : 1;
            if (ses.schedClass(se) == SchedClass.EXT) {
                checkPlace(se);
                running[tables.tasks().cpu(ses.task(se))] += ses.onRq(se) ? 1 : 0;
            }
        }
        equal(scxs.size(), entities, "sched_ext_entities", 0);
        for (int cpu = 0; cpu < running.length; cpu++) {
            equal(scxRqs.nrRunning(scxRqs.ofCpu(cpu)), running[cpu], "nr_running of ext on CPU", cpu);
        }
        for (int row = 1; row < dsqs.rows(); row++) {
            int dsq = dsqs.handleInRow(row);
            if (dsq != Table.NULL) {
                checkQueue(dsq);
            }
        }
    }

    /** Waiting, a task is in one place; running or asleep in none. */
    private void checkPlace(int se) {
        int scx = tables.ses().scx(se);
        equal(scxs.task(scx), tables.ses().task(se), "the task of sched_ext_entity", scx);
        int places =
                (queues.of(scx) == Table.NULL ? 0 : 1) + (scxs.opsState(scx) == ScxEntityTable.OPSS_QUEUED ? 1 : 0);
        boolean waits = tables.ses().onRq(se) && !tables.ses().onCpu(se);
        equal(places, waits ? 1 : 0, "places where there is sched_ext_entity", scx);
        equal(scxs.watched(scx) ? 1 : 0, waits ? 1 : 0, "whether the watchdog looks at sched_ext_entity", scx);
    }

    private void checkQueue(int dsq) {
        int count = 0;
        long last = Long.MIN_VALUE;
        for (int scx = queues.first(dsq); scx != Table.NULL; scx = queues.next(scx)) {
            count++;
            if (dsqs.id(dsq) == Scx.DSQ_LOCAL) {
                int cpu = tables.tasks().cpu(scxs.task(scx));
                equal(dsq, scxRqs.localDsq(scxRqs.ofCpu(cpu)), "the local DSQ of sched_ext_entity", scx);
            }
            boolean isSorted = !queues.isByVtime(dsq) || count == 1 || scxs.dsqVtime(scx) - last >= 0;
            equal(isSorted ? 1 : 0, 1, "the order of DSQ", dsq);
            last = scxs.dsqVtime(scx);
        }
        equal(dsqs.nr(dsq), count, "nr of DSQ", dsq);
        equal(treeSize(dsqs.root(dsq)), queues.isByVtime(dsq) ? count : 0, "tasks in the tree of DSQ", dsq);
    }

    private int treeSize(int node) {
        return node == Table.NULL ? 0 : 1 + treeSize(scxs.left(node)) + treeSize(scxs.right(node));
    }

    private static void equal(int actual, int expected, String what, int of) {
        if (actual != expected) {
            throw new AssertionError(what + " " + Integer.toHexString(of) + " is " + actual + ", not " + expected);
        }
    }
}
