package dev.nestor.cli.bench;

import java.util.Arrays;

/** schbench's histogram: exact up to 512, then 256 places for each power of two; a percentile is the middle of its place. */
final class LatencyHistogram {
    private static final int BITS = 8;
    private static final int GROUP = 1 << BITS;
    private static final int PLACES = 19 * GROUP;

    private final long[] counts = new long[PLACES];
    private long samples;
    private long max;
    private long min;

    void add(long value) {
        max = Math.max(max, value);
        min = min == 0 || value < min ? value : min;
        counts[place(value)]++;
        samples++;
    }

    void add(LatencyHistogram other) {
        for (int i = 0; i < PLACES; i++) {
            counts[i] += other.counts[i];
        }
        samples += other.samples;
        max = Math.max(max, other.max);
        min = min == 0 || other.min < min ? other.min : min;
    }

    void clear() {
        Arrays.fill(counts, 0);
        samples = 0;
        max = 0;
        min = 0;
    }

    long samples() {
        return samples;
    }

    long max() {
        return max;
    }

    long min() {
        return min;
    }

    /** The place where so many percent of the samples have been seen, from a first place on. */
    int placeOf(double percent) {
        long sum = 0;
        for (int i = 0; i < PLACES; i++) {
            sum += counts[i];
            if (sum >= percent / 100 * samples) {
                return i;
            }
        }
        return PLACES - 1;
    }

    /** Samples up to a place. */
    long upTo(int place) {
        long sum = 0;
        for (int i = 0; i <= place; i++) {
            sum += counts[i];
        }
        return sum;
    }

    private static int place(long value) {
        int highest = value == 0 ? 0 : 63 - Long.numberOfLeadingZeros(value);
        if (highest <= BITS) {
            return (int) value;
        }
        int dropped = highest - BITS;
        long place = ((dropped + 1L) << BITS) + ((GROUP - 1) & (value >> dropped));
        return (int) Math.min(place, PLACES - 1);
    }

    static long value(int place) {
        if (place < 2 * GROUP) {
            return place;
        }
        int dropped = (place >> BITS) - 1;
        return (1L << (dropped + BITS)) + (long) (((place % GROUP) + 0.5) * (1L << dropped));
    }
}
