package dev.nestor.cli.strace;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Strings for words that come again and again: names of calls, arguments, fields and constants. */
final class Words {

    /*
     * Direct-mapped: a word that hashes to a taken slot takes it over, so that a log full of different words costs time
     * and never memory. Longer words seldom come twice.
     */
    private static final int SLOTS = 1 << 13;

    private static final int LONGEST = 96;

    private final String[] words = new String[SLOTS];

    Words() {
        Arrays.fill(words, "");
    }

    /** The bytes as ISO 8859-1. */
    String of(byte[] bytes, int start, int end) {
        int length = end - start;
        if (length > LONGEST) {
            return new String(bytes, start, length, StandardCharsets.ISO_8859_1);
        }
        int hash = length;
        for (int i = start; i < end; i++) {
            hash = hash * 31 + bytes[i];
        }
        int slot = (hash ^ hash >>> 13) & SLOTS - 1;
        String word = words[slot];
        if (!matches(word, bytes, start, length)) {
            word = new String(bytes, start, length, StandardCharsets.ISO_8859_1);
            words[slot] = word;
        }
        return word;
    }

    private static boolean matches(String word, byte[] bytes, int start, int length) {
        if (word.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (word.charAt(i) != (bytes[start + i] & 0xff)) {
                return false;
            }
        }
        return true;
    }
}
