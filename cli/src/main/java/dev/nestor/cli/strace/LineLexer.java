package dev.nestor.cli.strace;

/**
 * Takes one line apart as far as the spool needs it: who, when, what kind of line, where its text lies. The text
 * of a call is looked at only to find its end.
 */
final class LineLexer {

    enum Kind {
        /** A call and its result. */
        CALL,
        /** A call that another task's line cuts: {@code name(args <unfinished ...>}. */
        ENTER,
        /** The rest of such a call: {@code <... name resumed>args) = result}. */
        EXIT,
        SIGNAL,
        END,
        /** What strace says about itself, and empty lines. */
        NOISE,
        /** Not a line of strace. */
        INVALID
    }

    /* PID_MAX_LIMIT of linux/threads.h: what is greater is seconds since 1970. */
    private static final int PID_MAX_LIMIT = 4 << 20;

    private static final String UNFINISHED = "<unfinished ...>";
    private static final String DETACHED = "<detached ...>";
    private static final String ATTACHED = " attached";
    private static final String PROCESS = "strace: Process ";
    private static final String RESUMED = " resumed>";
    private static final String IN_PID_NS = " in strace's PID NS */";

    private byte[] bytes = new byte[0];
    private int at;
    private int end;

    int pid; // -1 when the log has no such column
    int attached; // the process that strace says it has attached, or -1
    int nr; // number of the call, -1 when the log does not tell
    int textStart;
    int textEnd; // the duration and what frames the text left out
    int nameStart; // of a call's name; for EXIT it lies outside the text
    int nameEnd;
    int result; // where a finished call's result starts, -1 when the line is torn inside a string
    long durationMicros; // -1 when the line has none
    final LineClock clock = new LineClock();

    Kind lex(byte[] line, int lineStart, int lineEnd) {
        bytes = line;
        at = lineStart;
        end = lineEnd;
        pid = -1;
        attached = -1;
        nr = -1;
        result = -1;
        durationMicros = -1;
        skipSpaces();
        if (isNoise()) {
            return Kind.NOISE;
        }
        if (!pidColumn()) {
            return Kind.INVALID;
        }
        at = clock.read(bytes, at, end);
        skipSpaces();
        while (at < end && bytes[at] == '[') {
            if (!numberColumn()) {
                return Kind.INVALID;
            }
        }
        return body();
    }

    private boolean isNoise() {
        takeAttached();
        return at == end
                || startsWith("strace: ")
                || startsWith(UNFINISHED) // of a call that such a message cut
                || startsWith("[ Process PID=")
                || startsWith("> ") // a frame of a stack trace, option -k
                || (startsWith("Process ") && (endsWith(ATTACHED) || endsWith(" detached")));
    }

    /** {@code strace: Process 123 attached}: in a log on a terminal it may stand behind half a call. */
    private void takeAttached() {
        if (!endsWith(ATTACHED)) {
            return;
        }
        int i = end - ATTACHED.length();
        int digits = i;
        while (digits > at && isDigit(bytes[digits - 1])) {
            digits--;
        }
        int from = digits - PROCESS.length();
        if (digits < i && from >= at && matches(PROCESS, from)) {
            attached = (int) number(digits);
            end = from > at ? from : end;
        }
    }

    /** {@code 123 } or {@code [pid 123] }; a number that is no pid belongs to the time. */
    private boolean pidColumn() {
        boolean bracket = startsWith("[pid ");
        int from = at;
        if (bracket) {
            at += 5;
            skipSpaces();
        }
        long value = 0;
        int digits = at;
        while (at < end && isDigit(bytes[at]) && at - digits < 10) {
            value = value * 10 + bytes[at++] - '0';
        }
        boolean isPid = at > digits && at < end && bytes[at] == (bracket ? ']' : ' ') && value <= PID_MAX_LIMIT;
        if (!isPid) {
            at = from;
            return !bracket;
        }
        pid = (int) value;
        at++;
        skipSpaces();
        return true;
    }

    /** {@code [  59] } is the number of the call, {@code [00007f5faf229050] } the instruction pointer. */
    private boolean numberColumn() {
        int from = ++at;
        int value = 0;
        boolean decimal = true;
        for (; at < end && bytes[at] != ']'; at++) {
            byte b = bytes[at];
            decimal &= b == ' ' || isDigit(b);
            if (isDigit(b) && at - from < 8) {
                value = value * 10 + b - '0';
            }
        }
        if (at == end) {
            return false;
        }
        if (decimal && at - from < 9) {
            nr = value;
        }
        at++;
        skipSpaces();
        return true;
    }

    private Kind body() {
        if (startsWith("--- ") && endsWith(" ---")) {
            return framed(Kind.SIGNAL);
        }
        if (startsWith("+++ ") && endsWith(" +++")) {
            return framed(Kind.END);
        }
        if (startsWith("<... ")) {
            return resumed();
        }
        nameStart = at;
        while (at < end && isNamePart(bytes[at])) {
            at++;
        }
        nameEnd = at;
        if (nameEnd == nameStart || at == end || bytes[at] != '(') {
            return Kind.INVALID;
        }
        textStart = nameStart;
        if (attached >= 0) {
            textEnd = end;
            return Kind.ENTER;
        }
        if (endsWith(UNFINISHED) || endsWith(DETACHED)) {
            textEnd = end - (endsWith(UNFINISHED) ? UNFINISHED : DETACHED).length();
            return Kind.ENTER;
        }
        at++;
        return finished(Kind.CALL);
    }

    private Kind framed(Kind kind) {
        textStart = at + 4;
        textEnd = Math.max(textStart, end - 4);
        return kind;
    }

    private Kind resumed() {
        nameStart = at + 5;
        at = nameStart;
        while (at < end && isNamePart(bytes[at])) {
            at++;
        }
        nameEnd = at;
        if (!startsWith(RESUMED)) {
            return Kind.INVALID;
        }
        at += RESUMED.length();
        textStart = at;
        return finished(Kind.EXIT);
    }

    private Kind finished(Kind kind) {
        textEnd = end;
        duration();
        while (at < textEnd) {
            byte b = bytes[at++];
            if (b == '"') {
                if (!skipString()) {
                    return kind;
                }
            } else if (b == '\\') {
                at++;
            } else if (b == ')' && isResult()) {
                return kind;
            }
        }
        return Kind.INVALID;
    }

    /** Behind the closing quote; false when the line is torn before it. */
    private boolean skipString() {
        while (at < textEnd) {
            byte b = bytes[at++];
            if (b == '"') {
                return true;
            }
            if (b == '\\') {
                at++;
            }
        }
        textEnd = end;
        return false;
    }

    /** Whether {@code = } follows, over the blanks that align it. */
    private boolean isResult() {
        int i = at;
        while (i < textEnd && bytes[i] == ' ') {
            i++;
        }
        if (i + 2 < textEnd && i > at && bytes[i] == '=' && bytes[i + 1] == ' ') {
            result = i + 2;
            return true;
        }
        return false;
    }

    /** Takes {@code  <0.000265>} off the end. */
    private void duration() {
        if (end - at < 4 || bytes[end - 1] != '>') {
            return;
        }
        int i = end - 2;
        while (i > at && (isDigit(bytes[i]) || bytes[i] == '.')) {
            i--;
        }
        if (bytes[i] == '<' && bytes[i - 1] == ' ' && i < end - 2) {
            durationMicros = LineClock.micros(bytes, i + 1, end - 1);
            textEnd = i - 1;
        }
    }

    /** The number of a task that a finished call returned, as strace itself counts it; -1 for any other result. */
    int returnedTask() {
        if (result < 0) {
            return -1;
        }
        long inner = 0;
        int i = result;
        while (i < textEnd && isDigit(bytes[i]) && i - result < 10) {
            inner = inner * 10 + bytes[i++] - '0';
        }
        if (i == result || inner == 0 || inner > Integer.MAX_VALUE) {
            return -1;
        }
        return hasOuter(i) ? (int) number(i + 4) : (int) inner;
    }

    /** Whether the returned number stands for another one in strace's own namespace. */
    boolean returnsTranslated() {
        int i = result;
        while (i < textEnd && isDigit(bytes[i])) {
            i++;
        }
        return hasOuter(i);
    }

    /** Whether a finished call has no result: {@code ?} alone, or {@code ? <unavailable>}; not {@code ? ERESTARTSYS}. */
    boolean isResultUnknown() {
        return result < 0 || (bytes[result] == '?' && !matches("? E", result));
    }

    private boolean hasOuter(int i) {
        int digits = i + 4;
        int behind = digits;
        while (behind < textEnd && isDigit(bytes[behind])) {
            behind++;
        }
        return matches(" /* ", i) && behind > digits && behind - digits < 10 && matches(IN_PID_NS, behind);
    }

    private long number(int i) {
        long value = 0;
        for (; isDigit(bytes[i]); i++) {
            value = value * 10 + bytes[i] - '0';
        }
        return value;
    }

    /** Whether the name of the call is this one. */
    boolean nameIs(String name) {
        return nameEnd - nameStart == name.length() && matches(name, nameStart);
    }

    boolean textContains(String word) {
        for (int i = textStart; i <= textEnd - word.length(); i++) {
            if (matches(word, i)) {
                return true;
            }
        }
        return false;
    }

    int nameHash() {
        int hash = 1;
        for (int i = nameStart; i < nameEnd; i++) {
            hash = hash * 31 + bytes[i];
        }
        return hash;
    }

    private boolean startsWith(String word) {
        return matches(word, at);
    }

    private boolean endsWith(String word) {
        return end - at >= word.length() && matches(word, end - word.length());
    }

    private boolean matches(String word, int from) {
        if (end - from < word.length()) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if (bytes[from + i] != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private void skipSpaces() {
        while (at < end && bytes[at] == ' ') {
            at++;
        }
    }

    static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    static boolean isNamePart(byte b) {
        return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || isDigit(b) || b == '_';
    }
}
