package dev.nestor.fs;

import dev.nestor.table.StateHash;
import java.util.Arrays;

/** Small numbers that are given out lowest first (struct ida): of mounts, peer groups, anonymous devices. */
final class IdSet {
    private long[] taken = new long[4];
    private int full; // the words before this one have no free number, but for the one that the least number is in

    /** The lowest free number from {@code least} on. */
    int alloc(int least) {
        int word = least >>> 6;
        long refused = (1L << least) - 1;
        if (word < taken.length && (taken[word] | refused) == -1L) {
            refused = 0;
            word = Math.max(word + 1, full);
            while (word < taken.length && taken[word] == -1L) {
                word++;
            }
            full = word;
        }
        if (word >= taken.length) {
            taken = Arrays.copyOf(taken, Math.max(2 * taken.length, word + 1));
        }
        int id = (word << 6) + Long.numberOfTrailingZeros(~(taken[word] | refused));
        taken[id >>> 6] |= 1L << id;
        return id;
    }

    /** Frees a number; one that was not given out here stays as it is. */
    void free(int id) {
        if (id >= 0 && id >>> 6 < taken.length) {
            taken[id >>> 6] &= ~(1L << id);
            full = Math.min(full, id >>> 6);
        }
    }

    void digest(StateHash hash) {
        hash.add(taken, taken.length);
    }
}
