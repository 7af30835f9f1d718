package dev.nestor.benchmarks;

/**
 * A random order of so many things, gone through again and again. What is named in that order lies one behind the other, so naming
 * it costs next to nothing, and what it names is read at random.
 */
final class Shuffle {
    private final int[] order;
    private int at; // place in the order
    private long word = 0x9e3779b97f4a7c15L;

    Shuffle(int size) {
        order = new int[size];
        for (int i = 1; i < size; i++) {
            int other = drawn(i + 1);
            order[i] = order[other];
            order[other] = i;
        }
    }

    private int drawn(int bound) {
        word ^= word << 13;
        word ^= word >>> 7;
        word ^= word << 17;
        return (int) (((word >>> 32) * bound) >>> 32);
    }

    /** Which of the things is at a place. */
    int at(int place) {
        return order[place];
    }

    /** The next place. */
    int next() {
        at = at + 1 == order.length ? 0 : at + 1;
        return at;
    }

    /** Values by place, of values by number. */
    int[] arranged(int[] values) {
        int[] arranged = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            arranged[i] = values[order[i]];
        }
        return arranged;
    }
}
