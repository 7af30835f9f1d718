package dev.nestor.cli.conform;

import dev.nestor.cli.replay.ReplayReport;

/** What came of one log. */
sealed interface LogResult {

    /** The log, as it was named on the command line. */
    String name();

    /** It was replayed to its end. */
    record Replayed(String name, ReplayReport report) implements LogResult {}

    /**
     * It was not.
     *
     * @param message one line for the user
     */
    record Failed(String name, int exitCode, String message) implements LogResult {}
}
