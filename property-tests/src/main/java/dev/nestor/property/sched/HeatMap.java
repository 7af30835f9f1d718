package dev.nestor.property.sched;

import java.util.Arrays;

/** How many tasks are runnable on each CPU, over time: the mean of each span of a millisecond or so. */
public final class HeatMap extends SchedCheck {
    private final long spanNs;
    private final double[][] means; // by CPU and span
    private int[] counts = {}; // runnable tasks after the last event, by CPU
    private long last; // ns

    public HeatMap(int cpus, int spans, long spanNs) {
        this.spanNs = spanNs;
        this.means = new double[cpus][spans];
    }

    /** The mean number of runnable tasks, by span. */
    public double[] of(int cpu) {
        return Arrays.copyOf(means[cpu], means[cpu].length);
    }

    @Override
    void afterEvent() {
        long now = lab().nowNs();
        while (last < now) {
            int span = (int) (last / spanNs);
            long end = Math.min(now, (span + 1) * spanNs);
            for (int cpu = 0; cpu < counts.length && span < means[cpu].length; cpu++) {
                means[cpu][span] += (double) counts[cpu] * (end - last) / spanNs;
            }
            last = end;
        }
        if (counts.length == 0) {
            counts = new int[cpus()];
        }
        for (int cpu = 0; cpu < cpus(); cpu++) {
            counts[cpu] = rqs().nrRunning(rqs().cpuRq(cpu));
        }
    }
}
