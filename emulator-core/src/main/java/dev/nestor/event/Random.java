package dev.nestor.event;

import dev.nestor.table.HotPath;
import dev.nestor.table.StateHash;

/**
 * The machine's random numbers: xoroshiro128++ (Blackman and Vigna, public domain) seeded by SplitMix64. Two words of
 * state, the same numbers everywhere.
 */
public final class Random {
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    private long s0;
    private long s1;

    public Random(long seed) {
        long word = seed + GOLDEN_GAMMA;
        s0 = mix(word);
        s1 = mix(word + GOLDEN_GAMMA);
        if ((s0 | s1) == 0) {
            s1 = 1;
        }
    }

    @HotPath
    public long nextLong() {
        long a = s0;
        long b = s1;
        long result = Long.rotateLeft(a + b, 17) + a;
        b ^= a;
        s0 = Long.rotateLeft(a, 49) ^ b ^ (b << 21);
        s1 = Long.rotateLeft(b, 28);
        return result;
    }

    public int nextInt() {
        return (int) (nextLong() >>> 32);
    }

    /** Uniform in [0, bound): the high word of a product, which is off by less than one in 2^32. */
    @HotPath
    public int nextInt(int bound) {
        assert bound > 0 : bound;
        return (int) (((nextLong() >>> 32) * bound) >>> 32);
    }

    /** Uniform in [0, bound). */
    @HotPath
    public long nextLong(long bound) {
        assert bound > 0 : bound;
        return Math.unsignedMultiplyHigh(nextLong(), bound);
    }

    public void digest(StateHash hash) {
        hash.add(s0);
        hash.add(s1);
    }

    private static long mix(long word) {
        long mixed = (word ^ (word >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
