package dev.nestor.kernel.sched;

import dev.nestor.kernel.task.TaskTable;

/** The tables that scheduling works on. */
record SchedTables(TaskTable tasks, SchedEntityTable ses, CfsRqTable cfsRqs, RqTable rqs) {}
