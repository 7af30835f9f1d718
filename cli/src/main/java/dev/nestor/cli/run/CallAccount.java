package dev.nestor.cli.run;

import org.HdrHistogram.Histogram;

/** What is counted of all calls of one kind. */
final class CallAccount {
    private static final int DIGITS = 3;

    /** Where the answer of a call came from. */
    enum Source {
        /** The emulator has worked it out. */
        COMPUTED,
        /** Of the log: the emulator does not do the call, or what it is about lies outside. */
        TAKEN,
        /** Of the log: the emulator would still wait, or has been interrupted where the log was not. */
        FORCED
    }

    private final String name;
    private final Histogram cycles = new Histogram(DIGITS);
    private long computed;
    private long taken;
    private long forced;
    private long errors;
    private long total; // cycles

    CallAccount(String name) {
        this.name = name;
    }

    void add(Source source, boolean failed, long inKernel) {
        switch (source) {
            case COMPUTED -> computed++;
            case TAKEN -> taken++;
            case FORCED -> forced++;
        }
        errors += failed ? 1 : 0;
        cycles.recordValue(inKernel);
        total += inKernel;
    }

    String name() {
        return name;
    }

    long count() {
        return cycles.getTotalCount();
    }

    long errors() {
        return errors;
    }

    long count(Source source) {
        return switch (source) {
            case COMPUTED -> computed;
            case TAKEN -> taken;
            case FORCED -> forced;
        };
    }

    /** Cycles in the kernel that so many percent of the calls needed at most. */
    long percentile(double percent) {
        return count() == 0 ? 0 : cycles.getValueAtPercentile(percent);
    }

    /** Cycles in the kernel, of all. */
    long total() {
        return total;
    }
}
