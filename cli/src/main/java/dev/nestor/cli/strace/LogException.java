package dev.nestor.cli.strace;

import java.io.Serial;

/** A log that cannot be read. The message is one line, {@code FILE:LINE: what}, fit to be shown as it is. */
public final class LogException extends Exception {

    /** What is wrong, for callers that answer differently. */
    public enum Kind {
        NOT_FOUND,
        IO,
        /** Not text, or text in which nothing looks like strace's. */
        BINARY,
        /** The last line is cut in the middle. */
        TRUNCATED,
        /** The compressed stream breaks off or is damaged. */
        GZIP,
        SYNTAX,
        UNKNOWN_CALL,
        /** One of {@link LogLimits} is exceeded. */
        LIMIT
    }

    @Serial
    private static final long serialVersionUID = 1;

    private final Kind kind;
    private final String message;
    private final String file;
    private final long line;

    /** @param line counted from 1; 0 when the fault is the whole file's */
    public LogException(Kind kind, String file, long line, String what) {
        super(what);
        this.message = line > 0 ? file + ":" + line + ": " + what : file + ": " + what;
        this.kind = kind;
        this.file = file;
        this.line = line;
    }

    @Override
    public String getMessage() {
        return message;
    }

    public Kind kind() {
        return kind;
    }

    public String file() {
        return file;
    }

    /** Counted from 1; 0 when the fault is the whole file's. */
    public long line() {
        return line;
    }
}
