package dev.nestor.kernel.sched;

import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.machine.Topology;
import dev.nestor.table.Chain;
import dev.nestor.table.HotPath;
import dev.nestor.table.Table;

/**
 * sched_balance_newidle(): a CPU that is about to go idle pulls a task from the busiest queue under its last-level
 * cache, else from the busiest of the machine.
 */
final class NewIdleBalance {
    private static final int LOOP_MAX = 32; // sysctl_sched_nr_migrate

    private final RunQueues runQueues;
    private final SchedEntityTable ses;
    private final RqTable rqs;
    private final Topology topology;
    private final Timekeeping time;
    private final Chain cfsTasks;
    private final long migrationCostNs;

    NewIdleBalance(
            RunQueues runQueues, SchedTables tables, Eevdf eevdf, Topology topology, Timekeeping time, long costNs) {
        this.runQueues = runQueues;
        this.ses = tables.ses();
        this.rqs = tables.rqs();
        this.topology = topology;
        this.time = time;
        this.cfsTasks = eevdf.cfsTasks();
        this.migrationCostNs = costNs;
    }

    /** True if a task has come. */
    @HotPath
    boolean pull(int rq) {
        if (!rqs.isAnyOverloaded()) {
            return false;
        }
        int cpu = rqs.cpu(rq);
        return pullFrom(busiest(cpu, true), cpu) || (topology.llcs() > 1 && pullFrom(busiest(cpu, false), cpu));
    }

    /** sched_balance_find_src_rq(), by the number of tasks; of equals the first. */
    private int busiest(int cpu, boolean withinLlc) {
        int busiest = Table.NULL;
        int most = 1;
        for (int other = 0; other < topology.cpus(); other++) {
            int rq = rqs.cpuRq(other);
            if (rqs.nrRunning(rq) > most && (!withinLlc || topology.shareCache(cpu, other)) && hasAllowed(rq, cpu)) {
                busiest = rq;
                most = rqs.nrRunning(rq);
            }
        }
        return busiest;
    }

    private boolean hasAllowed(int rq, int cpu) {
        int se = cfsTasks.first(rq);
        while (se != Table.NULL && (ses.onCpu(se) || !ses.isAllowed(se, cpu))) {
            se = cfsTasks.next(se);
        }
        return se != Table.NULL;
    }

    /** detach_tasks() and attach_tasks(), of one task: the one that has waited longest since it ran. */
    private boolean pullFrom(int busiest, int cpu) {
        if (busiest == Table.NULL) {
            return false;
        }
        int se = cfsTasks.first(busiest);
        for (int i = 0; i < LOOP_MAX && se != Table.NULL; i++) {
            if (canMigrate(se, busiest, cpu)) {
                runQueues.move(ses.task(se), cpu);
                return true;
            }
            se = cfsTasks.next(se);
        }
        return false;
    }

    /** can_migrate_task(). */
    private boolean canMigrate(int se, int fromRq, int cpu) {
        return !ses.schedDelayed(se) && !ses.onCpu(se) && ses.isAllowed(se, cpu) && !isHot(se, rqs.cpu(fromRq), cpu);
    }

    /** task_hot(). */
    private boolean isHot(int se, int from, int to) {
        return topology.core(from) != topology.core(to) && time.monotonicNs() - ses.execStart(se) < migrationCostNs;
    }
}
