package dev.nestor.cli.strace;

/**
 * What a log may ask for before it is refused, so that no input can exhaust heap, stack or disk.
 *
 * @param maxLineBytes length of one line
 * @param maxTasks tasks seen, and calls that made a task, each
 * @param maxDepth structures and arrays within each other in one argument
 * @param maxArguments arguments of one call; strace shows at most a dozen
 * @param memoryBytes spool kept in memory; what goes beyond goes into a temporary file
 * @param maxSpoolBytes spool in all: about the size of the log, uncompressed
 * @param lenient whether lines that are not strace's are left out and counted, and a log that breaks off is read as if it
 *     ended before that
 */
public record LogLimits(
        int maxLineBytes,
        int maxTasks,
        int maxDepth,
        int maxArguments,
        int memoryBytes,
        long maxSpoolBytes,
        boolean lenient) {

    public static final LogLimits DEFAULT = new LogLimits(4 << 20, 32_768, 64, 64, 8 << 20, 16L << 30, false);

    public LogLimits {
        if (Math.min(Math.min(maxLineBytes, maxTasks), Math.min(maxDepth, maxArguments)) < 1) {
            throw new IllegalArgumentException("limits must be positive");
        }
        if (memoryBytes < 0 || maxSpoolBytes < 0) {
            throw new IllegalArgumentException("sizes must not be negative");
        }
    }

    /** These limits, and lines that can't be read left out instead of refused. */
    public LogLimits leavingOut() {
        return new LogLimits(maxLineBytes, maxTasks, maxDepth, maxArguments, memoryBytes, maxSpoolBytes, true);
    }
}
