package dev.nestor.cli.strace;

/**
 * Where a record stands in the log and in time. Times are of the log's clock and all equal in a log without times.
 *
 * @param entryMicros microseconds, by the log's clock
 * @param exitMicros entry and duration, or when the result was printed; {@link #NEVER} for a call that is not left
 * @param durationMicros as printed, {@link #NEVER} when the log has none
 * @param entryLine counted from 1
 * @param exitLine the line with the result, {@link #NEVER} for a call that is not left
 */
public record Span(long entryMicros, long exitMicros, long durationMicros, long entryLine, long exitLine) {

    public static final long NEVER = -1;

    /** Whether the log shows the end of it. */
    public boolean isFinished() {
        return exitLine != NEVER;
    }
}
