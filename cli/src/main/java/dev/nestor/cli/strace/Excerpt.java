package dev.nestor.cli.strace;

import java.nio.charset.StandardCharsets;

/** A piece of a log in a message: short, on one line, without characters that a terminal would obey. */
final class Excerpt {

    private static final int LENGTH = 60;

    private Excerpt() {}

    static String of(byte[] bytes, int start, int end) {
        String text = new String(bytes, start, Math.min(end - start, LENGTH), StandardCharsets.ISO_8859_1);
        return text.replaceAll("[^ -~]", "?") + (end - start > LENGTH ? "..." : "");
    }
}
