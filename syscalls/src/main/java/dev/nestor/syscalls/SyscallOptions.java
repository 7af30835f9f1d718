package dev.nestor.syscalls;

import dev.nestor.syscalls.SyscallTable.Level;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** How much of each flag, option and command of a call is there, where a call has many: options.csv. */
public final class SyscallOptions {
    private static final int COLUMNS = 4;

    /**
     * One of them.
     *
     * @param name as the kernel's headers spell it
     * @param note what of it is missing, or what is answered; may be empty
     */
    public record Option(String call, String name, Level level, String note) {}

    private SyscallOptions() {}

    /** All of them, those of one call together. */
    public static List<Option> load() {
        InputStream stream =
                Objects.requireNonNull(SyscallOptions.class.getResourceAsStream("options.csv"), "options.csv");
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            return lines.lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(SyscallOptions::option)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Option option(String line) {
        String[] cells = line.split(",", COLUMNS);
        String note = cells.length == COLUMNS ? cells[COLUMNS - 1] : "";
        return new Option(cells[0], cells[1], Level.valueOf(cells[2].toUpperCase(Locale.ROOT)), note);
    }
}
