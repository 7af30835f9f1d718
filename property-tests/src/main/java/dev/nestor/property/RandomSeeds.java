package dev.nestor.property;

/** The seeds of one property's inputs, from which each can be made again without jqwik. {@link Reproduction} sets the first. */
public final class RandomSeeds {
    private static final ThreadLocal<RandomSeeds> CURRENT = ThreadLocal.withInitial(() -> new RandomSeeds(1));

    private final long base;
    private int made;

    private RandomSeeds(long base) {
        this.base = base;
    }

    /** The next input is that of the seed; those after it follow from it. */
    static void beginAt(long seed) {
        CURRENT.set(new RandomSeeds(seed));
    }

    public static long next() {
        RandomSeeds seeds = CURRENT.get();
        return Seeds.nth(seeds.base, seeds.made++);
    }
}
