package dev.nestor.fs;

import dev.nestor.table.StateHash;
import java.util.Arrays;

/** Small numbers that are given out lowest first (struct ida): of mounts, peer groups, anonymous devices. */
final class IdSet {
    private long[] taken = new long[4];

    /** The lowest free number from {@code least} on. */
    int alloc(int least) {
        int id = least;
        while (isTaken(id)) {
            id++;
        }
        if (id >>> 6 >= taken.length) {
            taken = Arrays.copyOf(taken, 2 * taken.length);
        }
        taken[id >>> 6] |= 1L << id;
        return id;
    }

    /** Frees a number; one that was not given out here stays as it is. */
    void free(int id) {
        if (id >= 0 && id >>> 6 < taken.length) {
            taken[id >>> 6] &= ~(1L << id);
        }
    }

    private boolean isTaken(int id) {
        return id >>> 6 < taken.length && (taken[id >>> 6] & 1L << id) != 0;
    }

    void digest(StateHash hash) {
        hash.add(taken, taken.length);
    }
}
