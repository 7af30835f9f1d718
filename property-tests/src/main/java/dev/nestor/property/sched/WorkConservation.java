package dev.nestor.property.sched;

import dev.nestor.kernel.sched.SchedClass;
import java.util.Arrays;

/**
 * No CPU is idle for longer than a balance interval while, all that time, tasks wait elsewhere that could run on it: the
 * invariant of Lozi et al., "The Linux Scheduler: a Decade of Wasted Cores" (EuroSys 2016). For shorter times it may be:
 * balancing takes place now and then, and lets a task that ran just now stay in its cache.
 */
public final class WorkConservation extends SchedCheck {
    private static final long NS_PER_MS = 1_000_000;
    private static final long TICK_NS = 4 * NS_PER_MS;

    private long[] since = {}; // ns, by CPU; -1 while it is not wasted
    private long longest; // ns

    /** The longest time that a CPU was wasted, ns. */
    public long longest() {
        return longest;
    }

    /** sd_balance_interval of the top domain of an idle CPU, which is as many ms as it has CPUs, and twice that when it backs off. */
    private long boundNs() {
        return 2L * cpus() * NS_PER_MS + 2 * TICK_NS;
    }

    @Override
    void afterEvent() {
        if (since.length == 0) {
            since = new long[cpus()];
            Arrays.fill(since, -1);
        }
        long wanted = wanted();
        for (int cpu = 0; cpu < cpus(); cpu++) {
            boolean isWasted = curr(cpu) == 0 && rqs().nrRunning(rqs().cpuRq(cpu)) == 0 && (wanted >>> cpu & 1) != 0;
            if (!isWasted) {
                since[cpu] = -1;
            } else if (since[cpu] < 0) {
                since[cpu] = lab().nowNs();
            } else {
                check(cpu, lab().nowNs() - since[cpu]);
            }
        }
    }

    private void check(int cpu, long wastedNs) {
        longest = Math.max(longest, wastedNs);
        if (wastedNs > boundNs()) {
            throw violation("CPU " + cpu + " has been idle for " + wastedNs / 1_000
                    + " us while tasks wait that could run on it; a balance interval is " + boundNs() / 1_000);
        }
    }

    /** The CPUs that tasks which wait could run on. */
    private long wanted() {
        long wanted = 0;
        for (int row = 1; row < ses().rows(); row++) {
            int task = waiting(row);
            if (task != 0 && ses().schedClass(tasks().se(task)) == SchedClass.FAIR) {
                wanted |= ses().cpusMask(tasks().se(task), 0);
            }
        }
        return wanted;
    }
}
