package dev.nestor.cli.strace;

/** What one line of a log means for its task. */
public enum TraceEvent {
    /** A call, entered and left with no other task's line between. */
    CALL,
    /** A call is entered. Its {@link #EXIT} comes later, or never. */
    ENTER,
    /** The call that the task is in is left. */
    EXIT,
    /** A signal is delivered, or stops the task. */
    SIGNAL,
    /** The task exits, is killed, or gives its number to a sibling that executes a file. */
    END;

    private static final TraceEvent[] ALL = values();

    static TraceEvent of(int ordinal) {
        return ALL[ordinal];
    }
}
