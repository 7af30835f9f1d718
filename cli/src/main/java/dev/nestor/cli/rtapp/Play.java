package dev.nestor.cli.rtapp;

import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.machine.CostModel;
import dev.nestor.machine.Work;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.objects.Object2LongOpenHashMap;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What the threads of a workload have in common: the time, the end, and the timers that they name. */
final class Play {
    private static final long NO_TIME = Long.MIN_VALUE;

    private final Timekeeping time;
    private final Object2LongOpenHashMap<String> timers = new Object2LongOpenHashMap<>(); // ns; when they are next due
    private static final long LEAD_NS = 2_000_000;
    private static final long LEAD_PER_THREAD_NS = 200_000;

    private final Set<String> complaints = new LinkedHashSet<>();
    private final SyncObjects objects;
    private final List<RtAppThread> threads = new ArrayList<>(); // those that have not ended
    private final IntArrayList rooms = new IntArrayList(); // numbers of threads that have ended
    private int numbers; // the highest number of a thread
    private final long phaseNs;
    private final TraceGate gate;
    private final CostModel costs;
    private final Work work = new Work(); // of one event, while it is priced
    private long startNs;
    private boolean isOver;

    /** @param phaseNs by which the beginning is put off, so that it is at no particular time between two ticks */
    Play(Timekeeping time, SyncObjects objects, TraceGate gate, CostModel costs, long phaseNs) {
        this.costs = costs;
        this.gate = gate;
        this.phaseNs = phaseNs;
        this.time = time;
        this.objects = objects;
        timers.defaultReturnValue(NO_TIME);
    }

    SyncObjects objects() {
        return objects;
    }

    /** A number for a thread that begins: one of a thread that has ended, or the next one. */
    int takeNumber() {
        return rooms.isEmpty() ? ++numbers : rooms.popInt();
    }

    void begins(RtAppThread thread) {
        threads.add(thread);
    }

    void ends(RtAppThread thread, int number) {
        threads.remove(thread);
        rooms.add(number);
    }

    /** The threads that wait for others, and for what. */
    List<String> waiting() {
        Set<String> waiting = new LinkedHashSet<>();
        for (RtAppThread thread : threads) {
            String text = thread.waiting();
            if (text != null) {
                waiting.add(text);
            }
        }
        return List.copyOf(waiting);
    }

    Timekeeping time() {
        return time;
    }

    long nowNs() {
        return time.monotonicNs();
    }

    long cycles(long micros) {
        return time.nsToCycles(micros * 1000);
    }

    /** Going through memory costs what copying it does. */
    long cyclesOfBytes(long bytes) {
        work.clear();
        work.add(Work.BYTES_COPIED, bytes);
        return costs.cycles(work);
    }

    long cyclesOfNs(long ns) {
        return time.nsToCycles(ns);
    }

    /** All threads that are made at the beginning begin together, when the last of them is sure to be there. */
    void begin(int threads) {
        startNs = nowNs() + LEAD_NS + threads * LEAD_PER_THREAD_NS + phaseNs;
        gate.openAt(time.cyclesAt(startNs));
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

    /** What was refused of a file, with the answer. */
    void complain(String path, long answer) {
        complaints.add(path + ": answers " + answer);
    }

    List<String> complaints() {
        return List.copyOf(complaints);
    }
}
