package dev.nestor.kernel.sched;

import dev.nestor.kernel.task.TaskTable;

/** The tables that scheduling works on. */
record SchedTables(
        TaskTable tasks,
        SchedEntityTable ses,
        SchedAvgTable avgs,
        CfsRqTable cfsRqs,
        RqTable rqs,
        TaskGroupTable groups,
        CpumaskTable cpumasks) {}
