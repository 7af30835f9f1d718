package dev.nestor.cli.strace;

/** The text of one record, and how far it is read. */
final class RecordText {

    private static final String UNFINISHED = "<unfinished ...>";

    private final Words words = new Words();

    private String file = "";
    private long line;
    private boolean mayEnd;
    private boolean torn;

    byte[] bytes = new byte[0];
    int at;
    int end;

    /** @param isUnfinished whether the text may end anywhere between two values */
    void open(String logFile, long lineNumber, byte[] text, boolean isUnfinished) {
        file = logFile;
        line = lineNumber;
        bytes = text;
        at = 0;
        end = text.length;
        mayEnd = isUnfinished;
        torn = false;
    }

    /** The next byte, or 0 at the end. */
    byte peek() {
        return at < end ? bytes[at] : 0;
    }

    byte peek(int ahead) {
        return at + ahead < end ? bytes[at + ahead] : 0;
    }

    boolean atEnd() {
        return at >= end;
    }

    boolean take(char c) {
        if (at < end && bytes[at] == c) {
            at++;
            return true;
        }
        return false;
    }

    boolean take(String word) {
        if (!startsWith(word)) {
            return false;
        }
        at += word.length();
        return true;
    }

    boolean startsWith(String word) {
        if (end - at < word.length()) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if (bytes[at + i] != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    void expect(char c) throws LogException {
        if (!take(c)) {
            throw failure("'" + c + "' expected");
        }
    }

    void skipSpaces() {
        while (at < end && bytes[at] == ' ') {
            at++;
        }
    }

    /** Behind the letters, digits and underscores that come next. */
    int nameEnd() {
        return nameEnd(at);
    }

    int nameEnd(int from) {
        int i = from;
        while (i < end && LineLexer.isNamePart(bytes[i])) {
            i++;
        }
        return i;
    }

    /** Position of a word at or behind this one, or -1. */
    int find(String word) {
        for (int i = at; i <= end - word.length(); i++) {
            int j = 0;
            while (j < word.length() && bytes[i + j] == word.charAt(j)) {
                j++;
            }
            if (j == word.length()) {
                return i;
            }
        }
        return -1;
    }

    /** Over a comment, which may hold others; false when it does not end. */
    boolean skipComment() {
        int depth = 0;
        for (int i = at; i + 1 < end; i++) {
            if (bytes[i] == '/' && bytes[i + 1] == '*') {
                depth++;
                i++;
            } else if (bytes[i] == '*' && bytes[i + 1] == '/' && --depth == 0) {
                at = i + 2;
                return true;
            }
        }
        return false;
    }

    String word(int from, int to) {
        return words.of(bytes, from, to);
    }

    /** Notes that the line broke off within a string, so that everything still open is closed. */
    void tear() {
        torn = true;
        at = end;
    }

    boolean isTorn() {
        return torn;
    }

    /** Whether strace had no more to show here: nothing that is open will be closed. */
    boolean breaksOff() {
        return torn || (mayEnd && at >= end) || (peek() == '<' && startsWith(UNFINISHED));
    }

    LogException failure(String what) {
        return failure(
                LogException.Kind.SYNTAX, what + (atEnd() ? " at the end" : " at: " + Excerpt.of(bytes, at, end)));
    }

    LogException failure(LogException.Kind kind, String what) {
        return new LogException(kind, file, line, what);
    }
}
