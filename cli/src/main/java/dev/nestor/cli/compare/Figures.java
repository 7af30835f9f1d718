package dev.nestor.cli.compare;

import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongComparators;
import java.util.List;

/**
 * What a trace shows of a task, or of several together. Times are ns.
 *
 * @param windowNs from when the first of the compared tasks was heard of to when the last left its CPU
 * @param slices ascending
 * @param delays ascending
 * @param showsDelays whether the trace tells when a task wakes
 */
record Figures(
        long windowNs,
        long cpuNs,
        LongArrayList slices,
        LongArrayList delays,
        long voluntary,
        long involuntary,
        long wakeups,
        long migrations,
        boolean showsDelays) {

    static Figures of(List<TaskTimes> tasks, long windowNs, boolean showsDelays) {
        LongArrayList slices = new LongArrayList();
        LongArrayList delays = new LongArrayList();
        long cpuNs = 0;
        long voluntary = 0;
        long involuntary = 0;
        long wakeups = 0;
        long migrations = 0;
        for (TaskTimes task : tasks) {
            slices.addAll(task.slices());
            delays.addAll(task.delays());
            cpuNs += task.cpuNs();
            voluntary += task.voluntary();
            involuntary += task.involuntary();
            wakeups += task.wakeups();
            migrations += task.migrations();
        }
        slices.sort(LongComparators.NATURAL_COMPARATOR);
        delays.sort(LongComparators.NATURAL_COMPARATOR);
        return new Figures(windowNs, cpuNs, slices, delays, voluntary, involuntary, wakeups, migrations, showsDelays);
    }
}
