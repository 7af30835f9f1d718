package dev.nestor.fs.proc;

import dev.nestor.uapi.Errno;

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
     * proc_get_long(): the first number of what was written to a sysctl, in the low half; in the high half the bytes that
     * it and the white space around it take. It is octal after a 0 and hexadecimal after 0x, and blanks, tabs and newlines
     * alone may stand behind it. -1 for what is no int.
     */
    static long first(byte[] text, int length) {
        int at = 0;
        while (at < length && isSpace(text[at])) {
            at++;
        }
        boolean negative = at < length && text[at] == '-';
        at += negative ? 1 : 0;
        int radix = 10;
        if (at + 1 < length && text[at] == '0') {
            boolean hexadecimal = (text[at + 1] | 0x20) == 'x';
            radix = hexadecimal ? 16 : 8;
            at += hexadecimal ? 2 : 0;
        }
        int start = at;
        long value = 0;
        while (at < length && Character.digit(text[at], radix) >= 0 && value <= Integer.MAX_VALUE) {
            value = value * radix + Character.digit(text[at], radix);
            at++;
        }
        boolean ended = at == length || text[at] == ' ' || text[at] == '\t' || text[at] == '\n';
        if (at == start || !ended || value > (negative ? 1L << 31 : Integer.MAX_VALUE)) {
            return -1;
        }
        while (at < length && isSpace(text[at])) {
            at++;
        }
        return (long) at << 32 | ((negative ? -value : value) & 0xffffffffL);
    }

    static boolean isSpace(byte c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }

    /** kstrtouint() with base 0: the number, -EINVAL, or -ERANGE beyond 32 bits. One newline may follow. */
    static long unsignedInt(byte[] text, int length) {
        int end = length > 0 && text[length - 1] == '\n' ? length - 1 : length;
        int at = end > 0 && text[0] == '+' ? 1 : 0;
        int base = 10;
        if (at < end - 1 && text[at] == '0') {
            boolean isHex = (text[at + 1] | 0x20) == 'x' && at + 2 < end;
            base = isHex ? 16 : 8;
            at += isHex ? 2 : 1;
        }
        if (at >= end) {
            return -Errno.EINVAL;
        }
        long value = 0;
        for (; at < end; at++) {
            int digit = Character.digit(text[at], base);
            if (digit < 0) {
                return -Errno.EINVAL;
            }
            value = Math.min(value * base + digit, 1L << 40);
        }
        return value >>> Integer.SIZE != 0 ? -Errno.ERANGE : value;
    }
}
