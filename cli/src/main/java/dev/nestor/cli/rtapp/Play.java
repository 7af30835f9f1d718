package dev.nestor.cli.rtapp;

import dev.nestor.kernel.time.Timekeeping;
import it.unimi.dsi.fastutil.objects.Object2LongOpenHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What the threads of a workload have in common: the time, the end, and the timers that they name. */
final class Play {
    private static final long NO_TIME = Long.MIN_VALUE;

    private final Timekeeping time;
    private final Object2LongOpenHashMap<String> timers = new Object2LongOpenHashMap<>(); // ns; when they are next due
    private final Set<String> complaints = new LinkedHashSet<>();
    private long startNs;
    private boolean isOver;

    Play(Timekeeping time) {
        this.time = time;
        timers.defaultReturnValue(NO_TIME);
    }

    long nowNs() {
        return time.monotonicNs();
    }

    long cycles(long micros) {
        return time.nsToCycles(micros * 1000);
    }

    long cyclesOfNs(long ns) {
        return time.nsToCycles(ns);
    }

    /** The workload begins. */
    void begin() {
        startNs = nowNs();
    }

    long startNs() {
        return startNs;
    }

    /** Threads end at their next event. */
    void end() {
        isOver = true;
    }

    boolean isOver() {
        return isOver;
    }

    /** When a timer is next due: a period after it was last due, or after a beginning. */
    long advance(String timer, long beginNs, long periodNs) {
        long last = timers.getLong(timer);
        long due = (last == NO_TIME ? beginNs : last) + periodNs;
        timers.put(timer, due);
        return due;
    }

    /** A timer counts from another time. */
    void set(String timer, long ns) {
        timers.put(timer, ns);
    }

    /** A call was refused, and the thread goes on without. */
    void complain(Workload.ThreadSpec thread, String call, long answer) {
        complaints.add(thread.name() + ": " + call + " answers " + answer);
    }

    List<String> complaints() {
        return List.copyOf(complaints);
    }
}
