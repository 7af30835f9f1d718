package dev.nestor.syscalls.transcripts;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A recorded shell session: what was typed, and what came after it. Nested shells are not told apart, as whoever reads the
 * terminal gets what is typed next.
 */
record Transcript(List<Entry> entries) {
    private static final Path FOLDER = Path.of("..", "..", "shared", "corpus", "transcripts");
    private static final Pattern PROMPT = Pattern.compile("(?:(?:root|nobody)@vm:tr|(?<!\")inner\\d?)[#$] ");

    /** One line that was typed, with all that the terminal showed before the next prompt. */
    record Entry(String command, List<String> output) {}

    /** The transcript in this file; the test is skipped where the corpus is not at hand. */
    static Transcript read(String file) {
        Path path = FOLDER.resolve(file);
        assumeTrue(Files.isRegularFile(path), () -> "no recorded transcript " + path);
        try {
            return parse(Files.readString(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A prompt may stand behind output that did not end its line. */
    static Transcript parse(String text) {
        List<Entry> entries = new ArrayList<>();
        Matcher matcher = PROMPT.matcher(text);
        boolean more = matcher.find();
        while (more) {
            int start = matcher.end();
            more = matcher.find();
            String part = text.substring(start, more ? matcher.start() : text.length());
            int end = part.indexOf('\n');
            String command = end < 0 ? part : part.substring(0, end);
            entries.add(new Entry(command, linesOf(end < 0 ? "" : part.substring(end + 1))));
        }
        return new Transcript(entries);
    }

    /** The same with other words in what is typed. */
    Transcript retyped(String word, String instead) {
        return new Transcript(entries.stream()
                .map(entry -> new Entry(entry.command().replace(word, instead), entry.output()))
                .toList());
    }

    static List<String> linesOf(String output) {
        return output.lines().toList();
    }

    List<String> commands() {
        return entries.stream().map(Entry::command).toList();
    }
}
