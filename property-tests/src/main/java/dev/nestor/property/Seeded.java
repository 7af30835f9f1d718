package dev.nestor.property;

/** What was made from a seed, from which it can be made again. */
public interface Seeded {
    long seed();

    /** The seed as -Dseed takes it. */
    default String seedText() {
        return "0x" + Long.toHexString(seed());
    }
}
