package dev.nestor.cli;

import dev.nestor.cli.strace.LogException;

/** What the command's exit code says. docs/exit-codes.md is the list for users. */
public final class ExitCode {
    /** The work is done; {@code conform}, {@code compare}: all is equal, or as near as it has to be. */
    public static final int OK = 0;

    /** {@code conform}: some computed call is not equal; {@code compare}: some figure is too far away. */
    public static final int DIFFERENT = 1;

    /** The command line is wrong. picocli's own. */
    public static final int USAGE = 2;

    /** A log is not there or can't be read. */
    public static final int UNREADABLE = 3;

    /** A file is no log of strace, or no trace. */
    public static final int NOT_A_LOG = 4;

    /** A log breaks off: its last line is cut, or its compressed stream ends too early or is damaged. */
    public static final int TRUNCATED = 5;

    /** A line can't be parsed. */
    public static final int SYNTAX = 6;

    /** A call of an unknown name or number. */
    public static final int UNKNOWN_CALL = 7;

    /** A log asks for more than the limits allow. */
    public static final int LIMIT = 8;

    /** The scheduler that {@code --sched} names can't be loaded. */
    public static final int NO_SCHEDULER = 9;

    /** A scheduler of the user's was stopped for what it did; if the run came to its end, then under the fair class. */
    public static final int SCHEDULER_STOPPED = 10;

    /** A bug of ours. EX_SOFTWARE of sysexits.h. */
    public static final int INTERNAL = 70;

    /** A result could not be written. EX_CANTCREAT of sysexits.h. */
    public static final int CANNOT_WRITE = 73;

    private ExitCode() {}

    public static int of(LogException.Kind kind) {
        return switch (kind) {
            case NOT_FOUND, IO -> UNREADABLE;
            case BINARY -> NOT_A_LOG;
            case TRUNCATED, GZIP -> TRUNCATED;
            case SYNTAX -> SYNTAX;
            case UNKNOWN_CALL -> UNKNOWN_CALL;
            case LIMIT -> LIMIT;
        };
    }
}
