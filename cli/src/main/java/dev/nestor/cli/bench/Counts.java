package dev.nestor.cli.bench;

import picocli.CommandLine;

/** Numbers of a command line that count something. */
final class Counts {
    private Counts() {}

    /** Refuses what is not above 0. */
    static void check(CommandLine line, String option, long value) {
        if (value < 1) {
            throw new CommandLine.ParameterException(line, option + " must be positive");
        }
    }
}
