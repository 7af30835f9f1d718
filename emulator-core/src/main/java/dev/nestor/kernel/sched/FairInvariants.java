package dev.nestor.kernel.sched;

import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.Table;
import dev.nestor.uapi.Sched;
import java.util.Arrays;

/**
 * The fair queues recounted: every queued entity is on the tree of its queue or current there and nowhere else, trees are in
 * order, and what a queue keeps about its entities is what they come to. Averages agree with their sums.
 */
final class FairInvariants {
    /* Not checked: the virtual times themselves, of which any are possible. */
    private static final long PERIOD = 1024;
    private static final long ROUNDED =
            4 * 88_761; // what a queue's load_sum loses when entities join: less than their weights
    private static final long MIN_DIVIDER = Pelt.LOAD_AVG_MAX - PERIOD;

    private final TaskTable tasks;
    private final SchedEntityTable ses;
    private final CfsRqTable cfsRqs;
    private final SchedAvgTable avgs;

    FairInvariants(SchedTables tables) {
        this.tasks = tables.tasks();
        this.ses = tables.ses();
        this.cfsRqs = tables.cfsRqs();
        this.avgs = tables.avgs();
    }

    /** What is found by walking the entities, and by walking one tree. */
    private static final class Count {
        private long queued;
        private long tasks; // here and below
        private long runnable; // of these, the ones not delayed
        private long idle; // of tasks
        private long weight;
        private long load;
        private long keys;
        private long onTree;
        private int last; // sched_entity, the one before in the tree's order
    }

    /** Throws an AssertionError that says what is wrong. */
    void check() {
        Count[] counts = new Count[cfsRqs.rows()];
        Arrays.setAll(counts, row -> new Count());
        for (int row = 1; row < ses.rows(); row++) {
            int se = ses.handleInRow(row);
            if (se != Table.NULL) {
                checkAverages(ses.avg(se), LoadWeight.scaleDown(ses.weight(se)), true, se);
                if (isFair(se) && ses.onRq(se)) {
                    add(counts[cfsRqs.rowOf(ses.cfsRq(se))], ses.cfsRq(se), se);
                    addTask(counts, se);
                } else {
                    require(!ses.schedDelayed(se), "delayed, but not queued:", se, 0, 0);
                }
            }
        }
        for (int row = 1; row < cfsRqs.rows(); row++) {
            int cfsRq = cfsRqs.handleInRow(row);
            if (cfsRq != Table.NULL) {
                checkQueue(cfsRq, counts[row]);
            }
        }
    }

    private boolean isFair(int se) {
        return ses.task(se) == Table.NULL || ses.schedClass(se) == SchedClass.FAIR;
    }

    private void add(Count count, int cfsRq, int se) {
        count.queued++;
        count.weight += ses.weight(se);
        if (cfsRqs.curr(cfsRq) != se) {
            long weight = LoadWeight.scaleDown(ses.weight(se));
            count.onTree++;
            count.load += weight;
            count.keys += (ses.vruntime(se) - cfsRqs.minVruntime(cfsRq)) * weight;
        }
    }

    /** A task counts on its queue and on those of all groups above it. */
    private void addTask(Count[] counts, int se) {
        if (ses.task(se) == Table.NULL) {
            return;
        }
        boolean isIdle = tasks.policy(ses.task(se)) == Sched.SCHED_IDLE;
        for (int at = se; at != Table.NULL; at = ses.parent(at)) {
            Count count = counts[cfsRqs.rowOf(ses.cfsRq(at))];
            count.tasks++;
            count.runnable += ses.schedDelayed(se) ? 0 : 1;
            count.idle += isIdle ? 1 : 0;
            isIdle |= cfsRqs.isIdle(ses.cfsRq(at));
            require(ses.onRq(at), "a group that has tasks is not queued:", at, 0, 0);
        }
    }

    private void checkQueue(int cfsRq, Count count) {
        equal(cfsRqs.nrQueued(cfsRq), count.queued, "nr_queued of queue", cfsRq);
        equal(cfsRqs.hNrQueued(cfsRq), count.tasks, "h_nr_queued of queue", cfsRq);
        equal(cfsRqs.hNrRunnable(cfsRq), count.runnable, "h_nr_runnable of queue", cfsRq);
        equal(cfsRqs.hNrIdle(cfsRq), count.idle, "h_nr_idle of queue", cfsRq);
        equal(cfsRqs.loadWeight(cfsRq), count.weight, "load.weight of queue", cfsRq);
        equal(cfsRqs.avgLoad(cfsRq), count.load, "avg_load of queue", cfsRq);
        equal(cfsRqs.avgVruntime(cfsRq), count.keys, "avg_vruntime of queue", cfsRq);
        Count tree = new Count();
        walk(cfsRq, cfsRqs.root(cfsRq), Table.NULL, tree);
        equal(tree.onTree, count.onTree, "entities on the tree of queue", cfsRq);
        int curr = cfsRqs.curr(cfsRq);
        require(curr == Table.NULL || ses.cfsRq(curr) == cfsRq, "current belongs elsewhere:", cfsRq, curr, 0);
        checkAverages(cfsRqs.avg(cfsRq), 1, false, cfsRq);
    }

    /** From left to right. The depth is that of the tree, which is small. */
    private void walk(int cfsRq, int node, int parent, Count tree) {
        if (node == Table.NULL) {
            return;
        }
        equal(ses.runParent(node), parent, "the parent in the tree of entity", node);
        equal(ses.cfsRq(node), cfsRq, "the queue of entity", node);
        require(ses.onRq(node) && cfsRqs.curr(cfsRq) != node, "on the tree, but not waiting:", node, 0, 0);
        walk(cfsRq, ses.runLeft(node), node, tree);
        if (tree.last == Table.NULL) {
            equal(cfsRqs.leftmost(cfsRq), node, "the leftmost of queue", cfsRq);
        } else {
            boolean isOrdered = ses.deadline(tree.last) - ses.deadline(node) <= 0;
            require(isOrdered, "deadlines out of order:", node, ses.deadline(tree.last), ses.deadline(node));
        }
        tree.last = node;
        tree.onTree++;
        walk(cfsRq, ses.runRight(node), node, tree);
        checkLeast(node);
    }

    private void checkLeast(int node) {
        long vruntime = ses.vruntime(node);
        long slice = ses.slice(node);
        int left = ses.runLeft(node);
        int right = ses.runRight(node);
        if (left != Table.NULL) {
            vruntime = EntityTree.earlier(vruntime, ses.minVruntime(left));
            slice = Math.min(slice, ses.minSlice(left));
        }
        if (right != Table.NULL) {
            vruntime = EntityTree.earlier(vruntime, ses.minVruntime(right));
            slice = Math.min(slice, ses.minSlice(right));
        }
        equal(ses.minVruntime(node), vruntime, "the least vruntime below entity", node);
        equal(ses.minSlice(node), slice, "the least slice below entity", node);
    }

    /**
     * An average was its sum by what the sum could have come to, at the end of the last period. Since then the sum has not
     * shrunk; and of an entity it has grown by less than a period.
     */
    private void checkAverages(int avg, long weight, boolean isEntity, int handle) {
        if (avg == Table.NULL || avgs.lastUpdate(avg) == 0) {
            return;
        }
        String of = isEntity ? "entity" : "queue";
        long slack = PERIOD * weight + (isEntity ? 0 : ROUNDED + avgs.loadAvg(avg) * PERIOD);
        atMost(avgs.utilAvg(avg) * MIN_DIVIDER, avgs.utilSum(avg) + PERIOD, "util_avg of " + of, handle);
        atMost(avgs.runnableAvg(avg) * MIN_DIVIDER, avgs.runnableSum(avg) + PERIOD, "runnable_avg of " + of, handle);
        atMost(avgs.loadAvg(avg) * MIN_DIVIDER, avgs.loadSum(avg) * weight + slack, "load_avg of " + of, handle);
        if (isEntity) {
            long grown = PERIOD * Pelt.CAPACITY;
            atMost(avgs.utilSum(avg), most(avgs.utilAvg(avg), grown), "util_sum of " + of, handle);
            atMost(avgs.loadSum(avg) * weight, most(avgs.loadAvg(avg), slack), "load_sum of " + of, handle);
        }
    }

    private static long most(long average, long grown) {
        return (average + 1) * Pelt.LOAD_AVG_MAX + grown;
    }

    private static void atMost(long actual, long limit, String what, int of) {
        require(actual <= limit, what, of, actual, limit);
    }

    private static void equal(long actual, long expected, String what, int of) {
        require(actual == expected, what, of, actual, expected);
    }

    private static void require(boolean holds, String what, int of, long actual, long expected) {
        if (!holds) {
            throw new AssertionError(what + " " + Integer.toHexString(of) + ": " + actual + ", " + expected);
        }
    }
}
