package dev.nestor.cli.strace;

/** What one line of a log means for its task. */
public enum TraceEvent {
    /** A call, entered and left with no other task's line between. */
    CALL(0),
    /** A call is entered. Its {@link #EXIT} comes later, or never. */
    ENTER(1),
    /** The call that the task is in is left. */
    EXIT(2),
    /** A signal is delivered, or stops the task. */
    SIGNAL(3),
    /** The task exits, is killed, or gives its number to a sibling that executes a file. */
    END(4);

    private final int code;

    TraceEvent(int code) {
        this.code = code;
    }

    /** What stands for it in a spool; three bits. */
    int code() {
        return code;
    }

    static TraceEvent of(int code) {
        return switch (code) {
            case 0 -> CALL;
            case 1 -> ENTER;
            case 2 -> EXIT;
            case 3 -> SIGNAL;
            case 4 -> END;
            default -> throw new AssertionError(code);
        };
    }
}
