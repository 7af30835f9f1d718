package dev.nestor.cli.strace;

/**
 * The last record of a task.
 *
 * @param code exit status, or number of the signal, or process number of the thread that executed a file
 */
public record TraceEnd(Kind kind, int code, boolean hasCore, Span span) implements TraceRecord {

    /** How a task ends. */
    public enum Kind {
        EXITED,
        KILLED,
        /** A sibling executed a file: it lives on under this task's number, and its own chain goes on. */
        SUPERSEDED
    }

    private static final String SUPERSEDED_BY = "superseded by execve in pid ";

    /** The number of the thread that takes over, from the text between {@code +++}; 0 for any other end. */
    static int successor(byte[] text, int start, int end) {
        if (end - start <= SUPERSEDED_BY.length()) {
            return 0;
        }
        for (int i = 0; i < SUPERSEDED_BY.length(); i++) {
            if (text[start + i] != SUPERSEDED_BY.charAt(i)) {
                return 0;
            }
        }
        return (int)
                Math.min(LineClock.micros(text, start + SUPERSEDED_BY.length(), end) / 1_000_000, Integer.MAX_VALUE);
    }
}
