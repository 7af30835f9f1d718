package dev.nestor.cli.replay.abi;

/**
 * How the answer of the emulator to a call compares with the log's.
 *
 * @param expected what the log shows where the two differ or cannot be compared; empty when EQUAL
 * @param actual what the emulator has there; for UNKNOWN, why it cannot be told
 */
public record Outcome(Verdict verdict, String expected, String actual) {

    /** UNKNOWN: it depends on bytes that nobody knows, or the log does not show enough, or we cannot compare it. */
    public enum Verdict {
        EQUAL,
        UNKNOWN,
        DIFFERENT
    }

    public static final Outcome EQUAL = new Outcome(Verdict.EQUAL, "", "");

    static Outcome unknown(String expected, String why) {
        return new Outcome(Verdict.UNKNOWN, expected, why);
    }

    static Outcome different(String expected, String actual) {
        return new Outcome(Verdict.DIFFERENT, expected, actual);
    }

    public boolean isEqual() {
        return verdict == Verdict.EQUAL;
    }

    public boolean isDifferent() {
        return verdict == Verdict.DIFFERENT;
    }
}
