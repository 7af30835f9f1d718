package dev.nestor.property.sched;

import dev.nestor.kernel.sched.SchedClass;
import java.util.Arrays;

/**
 * No CPU is idle for longer than a balance interval while, all that time, tasks wait elsewhere that could run on it; nor is it
 * idle like that for most of a longer time: the invariant of Lozi et al., "The Linux Scheduler: a Decade of Wasted Cores"
 * (EuroSys 2016). For shorter times it may be: balancing takes place now and then, and lets a task that ran just now stay in
 * its cache.
 */
public final class WorkConservation extends SchedCheck {
    private static final long NS_PER_MS = 1_000_000;
    private static final long TICK_NS = 4 * NS_PER_MS;
    private static final int WINDOW = 8; // intervals
    private static final double MOST_OF_WINDOW = 0.5;

    private long[] since = {}; // ns, by CPU; -1 while it is not wasted
    private long[] wasted = {}; // ns in this window, by CPU
    private long last; // ns
    private long windowBegin; // ns
    private long longest; // ns
    private double most; // of a window

    /** The longest time that a CPU was wasted, ns. */
    public long longest() {
        return longest;
    }

    /** The largest part of a window that a CPU was wasted. */
    public double most() {
        return most;
    }

    /**
     * sd_balance_interval of the top domain of an idle CPU, which is as many ms as it has CPUs, and twice that when it backs off;
     * and the ticks at which it is looked at.
     */
    private long intervalNs() {
        return 2L * cpus() * NS_PER_MS + 2 * TICK_NS;
    }

    @Override
    void afterEvent() {
        if (since.length == 0) {
            since = new long[cpus()];
            wasted = new long[cpus()];
            Arrays.fill(since, -1);
        }
        long now = lab().nowNs();
        long wanted = wanted();
        for (int cpu = 0; cpu < cpus(); cpu++) {
            if (since[cpu] >= 0) {
                wasted[cpu] += now - last;
                check(cpu, now - since[cpu]);
            }
            boolean isWasted = curr(cpu) == 0 && rqs().nrRunning(rqs().cpuRq(cpu)) == 0 && (wanted >>> cpu & 1) != 0;
            if (!isWasted) {
                since[cpu] = -1;
            } else if (since[cpu] < 0) {
                since[cpu] = now;
            }
        }
        last = now;
        if (now - windowBegin >= WINDOW * intervalNs()) {
            endWindow(now);
        }
    }

    private void check(int cpu, long ns) {
        longest = Math.max(longest, ns);
        if (ns > intervalNs()) {
            throw violation("CPU " + cpu + " has been idle for " + ns / 1_000
                    + " us while tasks wait that could run on it; a balance interval is " + intervalNs() / 1_000);
        }
    }

    private void endWindow(long now) {
        for (int cpu = 0; cpu < cpus(); cpu++) {
            double part = (double) wasted[cpu] / (now - windowBegin);
            most = Math.max(most, part);
            if (part > MOST_OF_WINDOW) {
                throw violation("CPU " + cpu + " has been idle for " + (int) (part * 100) + " % of the last "
                        + (now - windowBegin) / NS_PER_MS + " ms while tasks waited that could run on it");
            }
        }
        Arrays.fill(wasted, 0);
        windowBegin = now;
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
