package dev.nestor.cli;

import dev.nestor.cli.strace.LogLimits;
import picocli.CommandLine.Option;

/** What a log may ask for: options of every command that reads logs. */
public final class LimitOptions {
    @Option(
            names = "--max-line",
            paramLabel = "BYTES",
            defaultValue = "4194304",
            description = "Longest line of a log (default: ${DEFAULT-VALUE}).")
    private int maxLine;

    @Option(
            names = "--max-tasks",
            paramLabel = "N",
            defaultValue = "32768",
            description = "Most tasks of a log (default: ${DEFAULT-VALUE}).")
    private int maxTasks;

    @Option(
            names = "--max-spool",
            paramLabel = "BYTES",
            defaultValue = "17179869184",
            description = "Largest temporary file that a log may need, about its size uncompressed"
                    + " (default: ${DEFAULT-VALUE}).")
    private long maxSpool;

    @Option(
            names = "--max-memory",
            paramLabel = "BYTES",
            defaultValue = "268435456",
            description = "Memory of an emulated machine (default: ${DEFAULT-VALUE}).")
    private long maxMemory;

    /** The reader's limits. */
    public LogLimits logLimits(boolean lenient) {
        LogLimits standard = LogLimits.DEFAULT;
        return new LogLimits(
                maxLine,
                maxTasks,
                standard.maxDepth(),
                standard.maxArguments(),
                (int) Math.min(standard.memoryBytes(), maxSpool),
                maxSpool,
                lenient);
    }

    public int maxTasks() {
        return maxTasks;
    }

    public long maxMemory() {
        return maxMemory;
    }

    /** What is wrong with the values given; empty when nothing is. */
    public String complaint() {
        if (maxLine < 1 || maxTasks < 1 || maxSpool < 1 || maxMemory < 1) {
            return "a limit must be positive";
        }
        return "";
    }
}
