package dev.nestor.cli.replay.abi;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The tables that stand beside this class. */
final class Resource {

    private Resource() {}

    /** Lines without comments and blank ones; a line that begins with four blanks goes on from the one before. */
    static List<String> lines(String file) {
        List<String> lines = new ArrayList<>();
        try (InputStream in = Resource.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is missing from " + Resource.class.getPackageName());
            }
            BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                add(lines, line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return lines;
    }

    /** What stands between blanks. */
    static List<String> words(String line) {
        return List.of(line.strip().split("\\s+", -1));
    }

    /** What stands between commas. */
    static List<String> list(String word) {
        return List.of(word.split(",", -1));
    }

    private static void add(List<String> lines, String line) {
        int comment = line.indexOf('#');
        String text = (comment < 0 ? line : line.substring(0, comment)).stripTrailing();
        if (text.startsWith("    ") && !lines.isEmpty()) {
            lines.set(lines.size() - 1, lines.get(lines.size() - 1) + text);
        } else if (!text.isBlank()) {
            lines.add(text);
        }
    }
}
