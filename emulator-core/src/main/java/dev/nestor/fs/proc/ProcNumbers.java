package dev.nestor.fs.proc;

/** Numbers that are written to entries: kstrtoint() after strstrip(). */
public final class ProcNumbers {
    /** What was written is no number. */
    public static final int NONE = Integer.MIN_VALUE;

    private ProcNumbers() {}

    /** A decimal number with white space around it, or NONE. */
    public static int parse(byte[] text, int length) {
        int at = 0;
        int end = length;
        while (at < end && isSpace(text[at])) {
            at++;
        }
        while (end > at && (isSpace(text[end - 1]) || text[end - 1] == 0)) {
            end--;
        }
        boolean negative = at < end && text[at] == '-';
        if (at < end && (text[at] == '-' || text[at] == '+')) {
            at++;
        }
        if (at == end || end - at > 10) {
            return NONE;
        }
        long value = 0;
        for (; at < end; at++) {
            int digit = text[at] - '0';
            if (digit < 0 || digit > 9) {
                return NONE;
            }
            value = value * 10 + digit;
        }
        value = negative ? -value : value;
        return value > Integer.MAX_VALUE || value < -Integer.MAX_VALUE ? NONE : (int) value;
    }

    /**
     * proc_dointvec(): the first number of what was written to a sysctl, in the low half; in the high half the bytes that
     * it and the white space around it take. -1 for what is no number.
     */
    static long first(byte[] text, int length) {
        int at = 0;
        while (at < length && isSpace(text[at])) {
            at++;
        }
        int end = at;
        while (end < length && !isSpace(text[end]) && text[end] != 0) {
            end++;
        }
        System.arraycopy(text, at, text, 0, end - at);
        int value = parse(text, end - at);
        if (value == NONE) {
            return -1;
        }
        while (end < length && (isSpace(text[end]) || text[end] == 0)) {
            end++;
        }
        return (long) end << 32 | (value & 0xffffffffL);
    }

    static boolean isSpace(byte c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }
}
