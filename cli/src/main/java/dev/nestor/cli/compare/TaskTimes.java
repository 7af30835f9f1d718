package dev.nestor.cli.compare;

import it.unimi.dsi.fastutil.longs.LongArrayList;

/** What a trace shows of one task. Times are ns. */
final class TaskTimes {
    static final long NEVER = -1;

    private final int pid;
    private String comm;
    private long cpuNs;
    private final LongArrayList slices = new LongArrayList(); // from coming to a CPU to leaving it
    private final LongArrayList delays = new LongArrayList(); // from being runnable to having a CPU
    private long voluntary;
    private long involuntary;
    private long wakeups;
    private long migrations;
    private long unseenArrivals; // on CPUs, whose time the trace does not show
    private long readySince = NEVER;
    private long runningSince = NEVER;
    private boolean isSliceKnown;
    private int cpu = -1; // that it ran on last
    private long firstNs = NEVER; // when it was first heard of
    private long lastNs; // when it last left a CPU

    TaskTimes(int pid, String comm) {
        this.pid = pid;
        this.comm = comm;
    }

    int pid() {
        return pid;
    }

    /** Its name at the end. */
    String comm() {
        return comm;
    }

    void rename(String to) {
        comm = to;
    }

    long firstNs() {
        return firstNs;
    }

    long lastNs() {
        return lastNs;
    }

    long cpuNs() {
        return cpuNs;
    }

    LongArrayList slices() {
        return slices;
    }

    LongArrayList delays() {
        return delays;
    }

    long voluntary() {
        return voluntary;
    }

    long involuntary() {
        return involuntary;
    }

    long wakeups() {
        return wakeups;
    }

    long migrations() {
        return migrations;
    }

    long unseenArrivals() {
        return unseenArrivals;
    }

    void wake(long ns) {
        wakeups++;
        begin(ns);
        if (runningSince == NEVER && readySince == NEVER) {
            readySince = ns;
        }
    }

    private void begin(long ns) {
        firstNs = firstNs == NEVER ? ns : firstNs;
    }

    void migrate() {
        migrations++;
    }

    /** It has a CPU from now on; true if it had another before. */
    boolean arrive(long ns, int on) {
        if (readySince != NEVER) {
            delays.add(ns - readySince);
        }
        begin(ns);
        boolean hasMoved = cpu >= 0 && cpu != on;
        cpu = on;
        readySince = NEVER;
        runningSince = ns;
        isSliceKnown = true;
        return hasMoved;
    }

    /** It is on a CPU, and the trace does not show since when: since it woke, or since the CPU had nothing else. */
    boolean appear(long since, int on) {
        boolean hasMoved = cpu >= 0 && cpu != on;
        cpu = on;
        unseenArrivals++;
        runningSince = Math.max(since, readySince);
        begin(runningSince);
        readySince = NEVER;
        isSliceKnown = false;
        return hasMoved;
    }

    boolean isRunning() {
        return runningSince != NEVER;
    }

    /** It leaves its CPU. */
    void leave(long ns, boolean isRunnable) {
        cpuNs += ns - runningSince;
        if (isSliceKnown) {
            slices.add(ns - runningSince);
        }
        runningSince = NEVER;
        lastNs = ns;
        if (isRunnable) {
            involuntary++;
            readySince = ns;
        } else {
            voluntary++;
        }
    }

    /** The trace ends. */
    void end(long ns) {
        if (isRunning()) {
            cpuNs += ns - runningSince;
            runningSince = NEVER;
            lastNs = ns;
        }
    }
}
