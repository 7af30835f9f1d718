package dev.nestor.kernel.sched;

import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.Chain;
import dev.nestor.table.Table;

/** Queues and their counters recounted: a runnable task is on exactly one queue, that of its class, CPU and priority. */
final class SchedInvariants {
    private final TaskTable tasks;
    private final SchedEntityTable ses;
    private final CfsRqTable cfsRqs;
    private final RqTable rqs;
    private final RunQueues runQueues;
    private final RtTables rt;
    private final DlQueues deadlines;
    private final FairInvariants fairQueues;

    SchedInvariants(SchedTables tables, RunQueues runQueues, RtTables rt, DlQueues deadlines) {
        this.deadlines = deadlines;
        this.fairQueues = new FairInvariants(tables);
        this.tasks = tables.tasks();
        this.ses = tables.ses();
        this.cfsRqs = tables.cfsRqs();
        this.rqs = tables.rqs();
        this.runQueues = runQueues;
        this.rt = rt;
    }

    /** Throws an AssertionError that says what is wrong. */
    void check() {
        int[] queued = new int[rqs.size()];
        int[] fair = new int[rqs.size()];
        int[] realTime = new int[rqs.size()];
        for (int row = 1; row < ses.rows(); row++) {
            int se = ses.handleInRow(row);
            if (se != Table.NULL && ses.task(se) != Table.NULL) {
                checkTask(se);
                int cpu = tasks.cpu(ses.task(se));
                int ofClass = ses.schedClass(se);
                queued[cpu] += isCounted(se) ? 1 : 0;
                fair[cpu] += ses.onRq(se) && ofClass == SchedClass.FAIR ? 1 : 0;
                realTime[cpu] += ses.onRq(se) && ofClass == SchedClass.RT ? 1 : 0;
            }
        }
        checkDeadlines();
        fairQueues.check();
        for (int cpu = 0; cpu < rqs.size(); cpu++) {
            equal(rqs.nrRunning(rqs.cpuRq(cpu)), queued[cpu], "nr_running", cpu);
            equal(cfsRqs.hNrQueued(rqs.cfs(rqs.cpuRq(cpu))), fair[cpu], "nr_queued of the fair class", cpu);
            equal(rt.rtRqs().nrRunning(rt.rtRqs().ofCpu(cpu)), realTime[cpu], "rt_nr_running", cpu);
            equal(listed(cpu), realTime[cpu], "real-time tasks on lists", cpu);
        }
    }

    private boolean isCounted(int se) {
        return ses.onRq(se) && !isThrottled(se);
    }

    private boolean isThrottled(int se) {
        return ses.schedClass(se) == SchedClass.DEADLINE && deadlines.dls().throttled(ses.dl(se));
    }

    /** In the order of their deadlines; the bandwidth promised is the sum of the entities'. */
    private void checkDeadlines() {
        SchedDlEntityTable dls = deadlines.dls();
        long total = 0;
        for (int row = 1; row < dls.rows(); row++) {
            int dl = dls.handleInRow(row);
            total += dl == Table.NULL ? 0 : dls.dlBw(dl);
        }
        equal((int) (total - dls.totalBw()), 0, "difference of the bandwidth promised, of", 0);
        for (int cpu = 0; cpu < rqs.size(); cpu++) {
            long latest = Long.MIN_VALUE;
            for (int dl = deadlines.first(rqs.cpuRq(cpu));
                    dl != Table.NULL;
                    dl = deadlines.queues().next(dl)) {
                equal(dls.deadline(dl) < latest ? 1 : 0, 0, "deadlines out of order on CPU", cpu);
                latest = dls.deadline(dl);
            }
        }
    }

    private void checkTask(int se) {
        int task = ses.task(se);
        equal(tasks.se(task), se, "the entity of the task of entity", se);
        int queue = rt.lists().owner(se);
        boolean isRt = ses.onRq(se) && ses.schedClass(se) == SchedClass.RT;
        int expected = isRt ? rt.queues().of(tasks.cpu(task), runQueues.prio(task)) : Table.NULL;
        equal(queue, expected, "the list of entity", se);
        boolean isDeadline = ses.schedClass(se) == SchedClass.DEADLINE;
        equal(ses.dl(se) == Table.NULL ? 0 : 1, isDeadline ? 1 : 0, "sched_dl_entity of entity", se);
        if (isDeadline) {
            int rq = isCounted(se) ? rqs.cpuRq(tasks.cpu(task)) : Table.NULL;
            equal(deadlines.queues().owner(ses.dl(se)), rq, "the deadline queue of entity", se);
        }
        int curr = rqs.curr(rqs.cpuRq(tasks.cpu(task)));
        equal(ses.onCpu(se) ? 1 : 0, curr == task ? 1 : 0, "on_cpu of entity", se);
    }

    private int listed(int cpu) {
        Chain lists = rt.lists();
        int count = 0;
        for (int prio = 0; prio < RtClass.MAX_RT_PRIO; prio++) {
            int queue = rt.queues().of(cpu, prio);
            boolean isSet = rt.rtRqs().isSet(rt.rtRqs().ofCpu(cpu), prio);
            equal(isSet ? 1 : 0, lists.isEmpty(queue) ? 0 : 1, "the bit of priority " + prio, cpu);
            for (int se = lists.first(queue); se != Table.NULL; se = lists.next(se)) {
                count++;
            }
        }
        return count;
    }

    private static void equal(int actual, int expected, String what, int of) {
        if (actual != expected) {
            throw new AssertionError(what + " " + Integer.toHexString(of) + " is " + actual + ", not " + expected);
        }
    }
}
