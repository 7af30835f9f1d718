package dev.nestor.property;

/** A small generator (SplitMix64, Steele, Lea and Flood, public domain), so that a seed means the same everywhere. */
public final class Seeds {
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    private long state;

    public Seeds(long seed) {
        state = seed;
    }

    public long nextLong() {
        state += GOLDEN_GAMMA;
        return mix(state);
    }

    /** Uniform in [0, bound), but for what does not divide 2^32. */
    public int nextInt(int bound) {
        return (int) (((nextLong() >>> 32) * bound) >>> 32);
    }

    /** Once in so many times. */
    public boolean oneIn(int times) {
        return nextInt(times) == 0;
    }

    /** The seed of the n-th program of a run that began with this one; the first is the seed itself. */
    public static long nth(long base, int n) {
        return n == 0 ? base : mix(base + n * GOLDEN_GAMMA);
    }

    private static long mix(long word) {
        long mixed = (word ^ (word >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
