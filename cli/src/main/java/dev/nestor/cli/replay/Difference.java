package dev.nestor.cli.replay;

/**
 * A call that the emulator has computed and that came out otherwise than in the log.
 *
 * @param line where the log has the result, counted from 1
 * @param call its name and where it says most, its arguments
 */
public record Difference(long line, String call, String expected, String actual) {}
