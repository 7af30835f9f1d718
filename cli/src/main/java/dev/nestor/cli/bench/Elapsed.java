package dev.nestor.cli.bench;

import java.util.Locale;

/** A time as perf bench measures it, by gettimeofday(2), and prints it. */
final class Elapsed {
    private static final int US_PER_SECOND = 1_000_000;

    private long beginNs;
    private long micros;

    void begin(long nowNs) {
        beginNs = nowNs;
    }

    void end(long nowNs) {
        micros = nowNs / 1000 - beginNs / 1000;
    }

    long micros() {
        return micros;
    }

    double seconds() {
        return (double) micros / US_PER_SECOND;
    }

    /** Whole seconds. */
    long wholeSeconds() {
        return micros / US_PER_SECOND;
    }

    /** {@code 28.569}. */
    String text() {
        return String.format(Locale.ROOT, "%d.%03d", micros / US_PER_SECOND, micros % US_PER_SECOND / 1000);
    }

    /** The lines of perf bench's default format. */
    String total() {
        return String.format(Locale.ROOT, " %14s: %s [sec]", "Total time", text());
    }

    /** The lines about so many operations. */
    String rate(long operations) {
        double micros1 = (double) micros / operations;
        long perSecond = micros == 0 ? 0 : (long) (operations / seconds());
        return String.format(Locale.ROOT, " %14f usecs/op%n %14d ops/sec", micros1, perSecond);
    }
}
