package dev.nestor.cli.program;

/**
 * What else goes on on a machine: on every CPU a task that wakes so often and computes so long, both in the mean of an exponential
 * distribution.
 *
 * @param perSecond wake-ups of one CPU; 0 for none
 * @param micros that each computes
 * @param seed of the draws
 */
public record Noise(double perSecond, double micros, long seed) {
    /** A machine on which nothing else runs. */
    public static final Noise NONE = new Noise(0, 0, 0);

    /** Whether anything is disturbed. */
    public boolean isOn() {
        return perSecond > 0 && micros > 0;
    }
}
