package dev.nestor.kernel.sched;

import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.machine.Topology;
import dev.nestor.table.HotPath;
import dev.nestor.table.Table;

/** Where a task that wakes, or is new, shall run: select_task_rq_fair(). */
final class WakePlacement {
    /*
     * A waking task goes near where it last ran (prev) or near its waker (this), by wake_affine(), unless its waker wakes
     * more tasks than a cache has CPUs (wake_wide()); and there to an idle CPU under the same last-level cache, if there is
     * one: the place itself, prev, the CPU before that, an idle core, any idle CPU; else to the place itself.
     *
     * The search is never cut short (SIS_UTIL), and all CPUs have the same capacity.
     */
    private static final int NONE = -1;
    private static final long NSEC_PER_SEC = 1_000_000_000L;
    private static final int AFFINE_PERCENT = 108; // 100 + (imbalance_pct - 100) / 2

    private final RunQueues runQueues;
    private final TaskTable tasks;
    private final SchedEntityTable ses;
    private final CfsRqTable cfsRqs;
    private final SchedAvgTable avgs;
    private final GroupLoad groupLoad;
    private final RqTable rqs;
    private final Topology topology;
    private final Timekeeping time;

    WakePlacement(RunQueues runQueues, SchedTables tables, GroupLoad groupLoad, Topology topology, Timekeeping time) {
        this.groupLoad = groupLoad;
        this.runQueues = runQueues;
        this.tasks = tables.tasks();
        this.ses = tables.ses();
        this.cfsRqs = tables.cfsRqs();
        this.avgs = tables.avgs();
        this.rqs = tables.rqs();
        this.topology = topology;
        this.time = time;
    }

    @HotPath
    int woken(int task, int prev) {
        int se = tasks.se(task);
        int here = runQueues.thisCpu() == RunQueues.NO_CPU ? prev : runQueues.thisCpu();
        int waker = runQueues.thisCpu() == RunQueues.NO_CPU ? Table.NULL : rqs.curr(rqs.cpuRq(here));
        int target = prev;
        if (waker != Table.NULL) {
            recordWakee(tasks.se(waker), task);
            if (here != prev && !isWide(tasks.se(waker), se) && ses.isAllowed(se, here)) {
                target = affine(se, here, prev);
            }
        }
        return ses.allowedOr(se, idleSibling(se, prev, target));
    }

    /** sched_balance_find_dst_cpu(): the last-level cache, core and CPU with the most idle CPUs, else the shortest queue. */
    int forked(int task, int prev) {
        int se = tasks.se(task);
        int llc = idlestLlc(se, topology.llc(prev));
        if (llc == NONE) {
            return ses.allowedOr(se, shortestQueue(se, prev));
        }
        return idlestInCore(se, idlestCore(se, llc, prev), prev);
    }

    /** record_wakee(). */
    private void recordWakee(int waker, int wakee) {
        long now = time.monotonicNs();
        if (now - ses.wakeeFlipDecayNs(waker) > NSEC_PER_SEC) {
            ses.setWakeeFlips(waker, ses.wakeeFlips(waker) >> 1);
            ses.setWakeeFlipDecayNs(waker, now);
        }
        if (ses.lastWakee(waker) != wakee) {
            ses.setLastWakee(waker, wakee);
            ses.setWakeeFlips(waker, ses.wakeeFlips(waker) + 1);
        }
    }

    /** wake_wide(). */
    private boolean isWide(int waker, int wakee) {
        int factor = topology.llcSize();
        int master = Math.max(ses.wakeeFlips(waker), ses.wakeeFlips(wakee));
        int slave = Math.min(ses.wakeeFlips(waker), ses.wakeeFlips(wakee));
        return slave >= factor && master >= (long) slave * factor;
    }

    /** wake_affine(): this CPU or prev, by who is idle, or else by their loads with and without the task. */
    private int affine(int se, int here, int prev) {
        if (rqs.isIdle(prev)) {
            return prev;
        }
        long load = groupLoad.taskLoad(se);
        long hereLoad = (load(here) + load) * 100;
        long prevLoad = (load(prev) - load) * AFFINE_PERCENT;
        return hereLoad < prevLoad ? here : prev;
    }

    /** cpu_load(). */
    private long load(int cpu) {
        return avgs.loadAvg(cfsRqs.avg(rqs.cfs(rqs.cpuRq(cpu))));
    }

    /** select_idle_sibling(). */
    private int idleSibling(int se, int prev, int target) {
        if (isFree(se, target)) {
            return target;
        }
        if (prev != target && topology.shareCache(prev, target) && isFree(se, prev)) {
            return prev;
        }
        int recent = ses.recentUsedCpu(se);
        ses.setRecentUsedCpu(se, prev);
        if (recent != prev && recent != target && topology.shareCache(recent, target) && isFree(se, recent)) {
            return recent;
        }
        if (topology.threadsPerCore() > 1) {
            int found = idleCore(se, target);
            if (found == NONE && topology.shareCache(prev, target)) {
                found = idleThread(se, topology.core(prev));
            }
            if (found != NONE) {
                return found;
            }
        }
        int found = idleInLlc(se, target);
        return found == NONE ? target : found;
    }

    /** select_idle_cpu(): the first idle CPU of the cache after target, and round to target. */
    private int idleInLlc(int se, int target) {
        int llc = topology.llc(target);
        int first = target >> 6;
        int words = topology.words();
        for (int i = 0; i <= words; i++) {
            int word = (first + i) % words;
            long found = freeMask(se, word) & topology.llcMask(llc, word);
            if (i == 0) {
                found &= -1L << target;
            }
            if (found != 0) {
                return (word << 6) + Long.numberOfTrailingZeros(found);
            }
        }
        return NONE;
    }

    /** select_idle_core(): a CPU of the cache's next core all of whose threads are idle. */
    private int idleCore(int se, int target) {
        int llc = topology.llc(target);
        int cores = topology.cores();
        for (int i = 0; i < cores; i++) {
            int core = (topology.core(target) + i) % cores;
            if (topology.llc(core) == llc && idleThreads(se, core) == topology.threadsPerCore()) {
                return idleThread(se, core);
            }
        }
        return NONE;
    }

    /** select_idle_smt(): the first idle thread of a core, or NONE. */
    private int idleThread(int se, int core) {
        for (int word = 0; word < topology.words(); word++) {
            long found = freeMask(se, word) & topology.coreMask(core, word);
            if (found != 0) {
                return (word << 6) + Long.numberOfTrailingZeros(found);
            }
        }
        return NONE;
    }

    private int idleThreads(int se, int core) {
        int count = 0;
        for (int word = 0; word < topology.words(); word++) {
            count += Long.bitCount(freeMask(se, word) & topology.coreMask(core, word));
        }
        return count;
    }

    private int idleCpus(int se, int llc) {
        int count = 0;
        for (int word = 0; word < topology.words(); word++) {
            count += Long.bitCount(freeMask(se, word) & topology.llcMask(llc, word));
        }
        return count;
    }

    /** The cache with the most idle CPUs, the local one of equals; NONE if there is none idle. */
    private int idlestLlc(int se, int local) {
        int best = local;
        int most = idleCpus(se, local);
        for (int llc = 0; llc < topology.llcs(); llc++) {
            int idle = idleCpus(se, llc);
            if (idle > most) {
                best = llc;
                most = idle;
            }
        }
        return most == 0 ? NONE : best;
    }

    private int idlestCore(int se, int llc, int prev) {
        int best = topology.core(prev);
        int most = topology.llc(prev) == llc ? idleThreads(se, best) : 0;
        for (int core = 0; core < topology.cores(); core++) {
            int idle = topology.llc(core) == llc ? idleThreads(se, core) : 0;
            if (idle > most) {
                best = core;
                most = idle;
            }
        }
        return best;
    }

    /** sched_balance_find_dst_group_cpu(): of the core's idle threads the one that went idle last. */
    private int idlestInCore(int se, int core, int prev) {
        if (topology.core(prev) == core && isFree(se, prev)) {
            return prev;
        }
        int best = NONE;
        for (int cpu = core; cpu < topology.cpus(); cpu += topology.cores()) {
            if (isFree(se, cpu) && (best == NONE || idleStamp(cpu) > idleStamp(best))) {
                best = cpu;
            }
        }
        return best;
    }

    private int shortestQueue(int se, int prev) {
        int best = prev;
        int least = ses.isAllowed(se, prev) ? rqs.nrRunning(rqs.cpuRq(prev)) : Integer.MAX_VALUE;
        for (int cpu = 0; cpu < topology.cpus(); cpu++) {
            int running = rqs.nrRunning(rqs.cpuRq(cpu));
            if (running < least && ses.isAllowed(se, cpu)) {
                best = cpu;
                least = running;
            }
        }
        return best;
    }

    private long idleStamp(int cpu) {
        return rqs.idleStamp(rqs.cpuRq(cpu));
    }

    private boolean isFree(int se, int cpu) {
        return rqs.isIdle(cpu) && ses.isAllowed(se, cpu);
    }

    private long freeMask(int se, int word) {
        return rqs.idleMask(word) & ses.cpusMask(se, word);
    }
}
