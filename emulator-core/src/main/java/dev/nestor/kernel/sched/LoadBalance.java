package dev.nestor.kernel.sched;

import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.machine.Topology;
import dev.nestor.table.Chain;
import dev.nestor.table.HotPath;
import dev.nestor.table.StateHash;
import dev.nestor.table.Table;
import java.util.Arrays;

/**
 * Periodic load balancing: sched_balance_domains() and what it calls, of kernel/sched/fair.c. A tick finds out whether one of
 * its CPU's domains is due; then the CPU pulls from the busiest CPU of the busiest group.
 */
final class LoadBalance {
    private static final int BUSY_FACTOR = 16; // of the interval of a CPU that has something to do
    private static final int NR_MIGRATE = 32; // sysctl_sched_nr_migrate: tasks looked at in one go
    private static final int NOT_IDLE = 0; // enum cpu_idle_type
    private static final int IDLE = 1;
    private static final int NEWLY_IDLE = 2;
    private static final int MIGRATE_LOAD = 0;
    private static final int MIGRATE_TASK = 1;
    private static final int MIGRATE_UTIL = 2;

    private final RunQueues runQueues;
    private final TaskTable tasks;
    private final SchedEntityTable ses;
    private final CfsRqTable cfsRqs;
    private final RqTable rqs;
    private final SchedAvgTable avgs;
    private final Pelt pelt;
    private final Topology topology;
    private final Timekeeping time;
    private final Chain cfsTasks;
    private final SchedDomains domains;
    private final SchedDomainTable sds;
    private final int[] sdOf; // sched_domain, by CPU and level
    private final long migrationCostNs;
    private final int hz;
    private final GroupStats local;
    private final GroupStats busiest;
    private final GroupStats at;

    // Of the attempt in progress.
    private final long[] excluded; // words: CPUs all of whose tasks must stay
    private boolean isAllPinned; // no task that was looked at may run where it is wanted
    private int migrationType;
    private long imbalance; // load, tasks or utilisation, by migrationType
    private long totalLoad;
    private long totalCapacity;

    LoadBalance(
            RunQueues runQueues,
            SchedTables tables,
            Pelt pelt,
            Chain cfsTasks,
            SchedMachine machine,
            SchedConfig config) {
        this.runQueues = runQueues;
        this.tasks = tables.tasks();
        this.ses = tables.ses();
        this.cfsRqs = tables.cfsRqs();
        this.rqs = tables.rqs();
        this.avgs = tables.avgs();
        this.pelt = pelt;
        this.cfsTasks = cfsTasks;
        this.topology = machine.topology();
        this.time = machine.time();
        this.migrationCostNs = config.migrationCostNs();
        this.hz = config.hz();
        this.domains = new SchedDomains(topology);
        this.sds = new SchedDomainTable(Math.max(1, topology.cpus() * domains.count()));
        this.sdOf = new int[topology.cpus() * domains.count()];
        for (int i = 0; i < sdOf.length; i++) {
            sdOf[i] = sds.alloc();
            sds.setBalanceInterval(sdOf[i], domains.level(i % domains.count()).weight());
        }
        this.excluded = new long[topology.words()];
        this.local = new GroupStats(cfsRqs, rqs, avgs);
        this.busiest = new GroupStats(cfsRqs, rqs, avgs);
        this.at = new GroupStats(cfsRqs, rqs, avgs);
    }

    void digest(StateHash hash) {
        sds.digest(hash);
    }

    private int sd(int cpu, int level) {
        return sdOf[cpu * domains.count() + level];
    }

    /**
     * sched_balance_domains() of a CPU.
     *
     * @param tick jiffies
     * @param isIdle whether the CPU has nothing to do
     * @return tasks that have come
     */
    @HotPath
    int balance(int cpu, long tick, boolean isIdle) {
        int moved = 0;
        boolean idles = isIdle;
        for (int level = 0; level < domains.count(); level++) {
            int sd = sd(cpu, level);
            if (tick - sds.lastBalance(sd) >= interval(sd, !idles)) {
                int came = balanceRq(cpu, level, idles ? IDLE : NOT_IDLE);
                moved += came;
                idles &= came == 0;
                sds.setLastBalance(sd, tick);
            }
        }
        return moved;
    }

    /** get_sd_balance_interval(): ticks. */
    private long interval(int sd, boolean isBusy) {
        long ms = (long) sds.balanceInterval(sd) * (isBusy ? BUSY_FACTOR : 1);
        long ticks = (ms * hz + 999) / 1000 - (isBusy ? 1 : 0);
        return Math.clamp(ticks, 1, Math.max(1, (long) hz * topology.cpus() / 10));
    }

    /** sched_balance_newidle(): a CPU that is about to go idle pulls from the nearest that has too much. True if a task has come. */
    @HotPath
    boolean pullNewlyIdle(int rq) {
        int cpu = rqs.cpu(rq);
        int came = 0;
        for (int level = 0; level < domains.count() && came == 0 && rqs.isAnyOverloaded(); level++) {
            came = balanceRq(cpu, level, NEWLY_IDLE);
        }
        return came > 0;
    }

    /** sched_balance_rq(): tasks that were pulled. */
    private int balanceRq(int cpu, int index, int idle) {
        SchedDomains.Level level = domains.level(index);
        int sd = sd(cpu, index);
        if (idle != NEWLY_IDLE && !shouldBalance(cpu, level)) {
            return 0;
        }
        Arrays.fill(excluded, 0);
        while (findGroup(cpu, index, idle)) {
            int source = findQueue(level);
            if (source < 0 || source == cpu) {
                break;
            }
            isAllPinned = rqs.nrRunning(rqs.cpuRq(source)) > 1;
            int moved = isAllPinned ? detach(rqs.cpuRq(source), cpu, sd, level, idle) : 0;
            if (!isAllPinned) {
                settle(cpu, source, sd, level, idle, moved);
                return moved;
            }
            excluded[source >> 6] |= 1L << source;
        }
        sds.setNrBalanceFailed(sd, 0);
        if (idle != NEWLY_IDLE) {
            backOff(sd, level);
        }
        return 0;
    }

    /** What an attempt that found somebody to pull from leaves behind. */
    private void settle(int cpu, int source, int sd, SchedDomains.Level level, int idle, int moved) {
        if (moved > 0) {
            sds.setNrBalanceFailed(sd, 0);
        } else {
            sds.setNrBalanceFailed(sd, sds.nrBalanceFailed(sd) + (idle == NEWLY_IDLE ? 0 : 1));
            boolean needsActive = migrationType == MIGRATE_TASK && sds.nrBalanceFailed(sd) > level.cacheNiceTries() + 2;
            int curr = rqs.curr(rqs.cpuRq(source));
            if (needsActive && curr != Table.NULL && ses.isAllowed(tasks.se(curr), cpu)) {
                push(rqs.cpuRq(source), cpu);
            }
        }
        sds.setBalanceInterval(sd, level.weight());
    }

    /** Active balance: the task that runs there is to go to this CPU, as soon as it is off its own. */
    private void push(int rq, int cpu) {
        if (rqs.pushCpu(rq) < 0) {
            boolean wasAsked = rqs.needResched(rq);
            rqs.setPushCpu(rq, cpu);
            rqs.setNeedResched(rq, true);
            runQueues.notify(rq, wasAsked);
        }
    }

    private void backOff(int sd, SchedDomains.Level level) {
        if (sds.balanceInterval(sd) < 2 * level.weight()) {
            sds.setBalanceInterval(sd, 2 * sds.balanceInterval(sd));
        }
    }

    /** should_we_balance(): of a group one CPU does, the first on an idle core, or that is idle, or else the first. */
    private boolean shouldBalance(int cpu, SchedDomains.Level level) {
        int[] group = domains.members(level.childKind(), domains.unit(level.childKind(), cpu));
        int idle = -1;
        for (int other : group) {
            if (rqs.isIdle(other)) {
                if (level.sharesCapacity() || isCoreIdle(other)) {
                    return other == cpu;
                }
                idle = idle < 0 ? other : idle;
            }
        }
        return cpu == (idle < 0 ? group[0] : idle);
    }

    /** is_core_idle(): whether all other threads of a CPU's core are idle. */
    private boolean isCoreIdle(int cpu) {
        int core = topology.core(cpu);
        for (int word = 0; word < topology.words(); word++) {
            if ((topology.coreMask(core, word) & ~rqs.idleMask(word)) != 0) {
                return false;
            }
        }
        return true;
    }

    /** sched_balance_find_src_group(): true if there is one to pull from; then migrationType and imbalance say what. */
    private boolean findGroup(int cpu, int index, int idle) {
        SchedDomains.Level level = domains.level(index);
        collect(cpu, index);
        if (busiest.fair == 0 || local.type > busiest.type) {
            return false;
        }
        if (local.type == GroupStats.OVERLOADED) {
            long average = totalLoad * Pelt.CAPACITY / totalCapacity;
            boolean isEven = local.avgLoad >= busiest.avgLoad
                    || local.avgLoad >= average
                    || 100 * busiest.avgLoad <= level.imbalancePct() * local.avgLoad;
            if (isEven) {
                return false;
            }
        }
        boolean spreads = level.prefersSibling() && local.type == GroupStats.HAS_SPARE && siblingImbalance(idle) > 1;
        if (!spreads && busiest.type != GroupStats.OVERLOADED && !isWorthwhile(idle != NOT_IDLE)) {
            return false;
        }
        calculateImbalance(level, idle);
        return imbalance > 0;
    }

    /** sibling_imbalance(): tasks that the busiest group has more than the local one. */
    private int siblingImbalance(int idle) {
        return idle == NOT_IDLE ? 0 : Math.max(0, busiest.running - local.running);
    }

    /** Whether an idle CPU relieves a group that is not overloaded. */
    private boolean isWorthwhile(boolean isIdle) {
        return isIdle && (busiest.weight == 1 || local.idleCpus > busiest.idleCpus + 1) && busiest.fair > 1;
    }

    private boolean isExcluded(int cpu) {
        return (excluded[cpu >> 6] >>> cpu & 1) != 0;
    }

    /** update_sd_lb_stats(). */
    private void collect(int cpu, int index) {
        SchedDomains.Level level = domains.level(index);
        int own = domains.unit(level.childKind(), cpu);
        totalLoad = 0;
        totalCapacity = 0;
        busiest.clear(-1);
        busiest.idleCpus = Integer.MAX_VALUE;
        for (int unit : domains.groups(index, domains.unit(level.kind(), cpu))) {
            at.clear(unit);
            for (int other : domains.members(level.childKind(), unit)) {
                if (isExcluded(other)) {
                    continue;
                }
                pelt.updateBlocked(rqs.cpuRq(other), rqs.cfs(rqs.cpuRq(other)));
                at.add(other);
            }
            at.classify(level.imbalancePct());
            totalLoad += at.load;
            totalCapacity += at.capacity;
            if (unit == own) {
                local.copy(at);
            } else if (isBusier()) {
                busiest.copy(at);
            }
        }
    }

    /** update_sd_pick_busiest(). */
    private boolean isBusier() {
        if (at.fair == 0 || at.type != busiest.type) {
            return at.fair != 0 && at.type > busiest.type;
        }
        if (at.type == GroupStats.HAS_SPARE) {
            return at.idleCpus < busiest.idleCpus || (at.idleCpus == busiest.idleCpus && at.running > busiest.running);
        }
        return at.avgLoad > busiest.avgLoad;
    }

    /** calculate_imbalance(). */
    private void calculateImbalance(SchedDomains.Level level, int idle) {
        imbalance = 0;
        if (local.type == GroupStats.HAS_SPARE) {
            if (busiest.type > GroupStats.FULLY_BUSY && !level.sharesCache()) {
                migrationType = MIGRATE_UTIL;
                imbalance = Math.max(local.capacity, local.util) - local.util;
                if (idle != NOT_IDLE && imbalance == 0) {
                    migrationType = MIGRATE_TASK;
                    imbalance = 1;
                }
                return;
            }
            migrationType = MIGRATE_TASK;
            boolean countsTasks = busiest.weight == 1 || level.prefersSibling();
            long difference = countsTasks ? siblingImbalance(idle) : local.idleCpus - busiest.idleCpus;
            imbalance = Math.max(0, difference) >> 1;
            return;
        }
        long average = totalLoad * Pelt.CAPACITY / totalCapacity;
        if (local.type < GroupStats.OVERLOADED) {
            local.setAvgLoad();
            if (local.avgLoad >= busiest.avgLoad || local.avgLoad >= average) {
                return;
            }
        }
        migrationType = MIGRATE_LOAD;
        imbalance = Math.min((busiest.avgLoad - average) * busiest.capacity, (average - local.avgLoad) * local.capacity)
                / Pelt.CAPACITY;
    }

    /** sched_balance_find_src_rq(): the CPU of the busiest group with the most of what is to be moved; -1 for none. */
    private int findQueue(SchedDomains.Level level) {
        int found = -1;
        long most = 0;
        for (int cpu : domains.members(level.childKind(), busiest.unit)) {
            int cfsRq = rqs.cfs(rqs.cpuRq(cpu));
            int fair = cfsRqs.hNrRunnable(cfsRq);
            int avg = cfsRqs.avg(cfsRq);
            long has =
                    switch (migrationType) {
                        case MIGRATE_LOAD -> fair == 1 && avgs.loadAvg(avg) > imbalance ? 0 : avgs.loadAvg(avg);
                        case MIGRATE_UTIL -> fair <= 1 ? 0 : avgs.utilAvg(avg);
                        default -> fair;
                    };
            if (fair > 0 && has > most && !isExcluded(cpu)) {
                found = cpu;
                most = has;
            }
        }
        return found;
    }

    /** detach_tasks() and attach_tasks(): from the one that has run least lately on. */
    private int detach(int from, int cpu, int sd, SchedDomains.Level level, int idle) {
        int moved = 0;
        int most = Math.min(NR_MIGRATE, rqs.nrRunning(from));
        int se = cfsTasks.first(from);
        for (int i = 0; i < most && se != 0 && imbalance > 0 && !isDone(from, idle, moved); i++) {
            int next = cfsTasks.next(se);
            if (canMigrate(se, from, cpu, sd, level) && takes(se, sd)) {
                runQueues.move(ses.task(se), cpu);
                moved++;
            } else {
                cfsTasks.remove(se);
                cfsTasks.addLast(from, se);
            }
            se = next;
        }
        return moved;
    }

    /** An idle CPU does not take the last task; one that is newly idle takes one, as it has no time to lose. */
    private boolean isDone(int from, int idle, int moved) {
        return (idle != NOT_IDLE && rqs.nrRunning(from) <= 1) || (idle == NEWLY_IDLE && moved > 0);
    }

    /** Whether the entity is not more than what is to be moved; then that is so much less. */
    private boolean takes(int se, int sd) {
        long size =
                switch (migrationType) {
                    case MIGRATE_LOAD -> Math.max(1, pelt.groupLoad().taskLoad(se));
                    case MIGRATE_UTIL -> avgs.utilAvg(ses.avg(se));
                    default -> 1;
                };
        boolean isShrunk = migrationType != MIGRATE_TASK;
        if (isShrunk && size >> Math.min(sds.nrBalanceFailed(sd), Long.SIZE - 1) > imbalance) {
            return false;
        }
        imbalance -= size;
        return true;
    }

    /** can_migrate_task(). */
    private boolean canMigrate(int se, int from, int cpu, int sd, SchedDomains.Level level) {
        if (ses.schedDelayed(se) && migrationType != MIGRATE_LOAD) {
            return false;
        }
        if (!ses.isAllowed(se, cpu)) {
            return false;
        }
        isAllPinned = false;
        if (ses.onCpu(se)) {
            return false;
        }
        boolean isHot = !level.sharesCapacity()
                && rqs.cpu(from) != cpu
                && time.monotonicNs() - ses.execStart(se) < migrationCostNs;
        return !isHot || sds.nrBalanceFailed(sd) > level.cacheNiceTries();
    }
}
