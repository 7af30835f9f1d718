package dev.nestor.fs.cgroup;

import dev.nestor.uapi.Errno;

/** What was written to a file, up to its first NUL, and the ways in which kernels read numbers: lib/kstrtox.c, lib/cmdline.c. */
final class CgroupText {
    byte[] bytes = new byte[0];
    int start;
    int end;

    /** The number that the last reading has found. */
    long value;

    CgroupText set(byte[] text, int length) {
        bytes = text;
        start = 0;
        end = 0;
        while (end < length && text[end] != 0) {
            end++;
        }
        return this;
    }

    private static boolean isSpace(byte c) {
        return c == ' ' || (c >= 9 && c <= 13) || c == (byte) 0xa0;
    }

    /** strstrip(). */
    CgroupText strip() {
        while (end > start && isSpace(bytes[end - 1])) {
            end--;
        }
        while (start < end && isSpace(bytes[start])) {
            start++;
        }
        return this;
    }

    /** strcmp() == 0. */
    boolean is(String word) {
        if (end - start != word.length()) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if (bytes[start + i] != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** kstrtoint() with base 0: EINVAL for no number, ERANGE for one that is no int. */
    int kstrtoint() {
        int error = kstrtoll();
        return error == 0 && value != (int) value ? -Errno.ERANGE : error;
    }

    /** kstrtoll() with base 0. */
    int kstrtoll() {
        int at = start;
        boolean negative = at < end && bytes[at] == '-';
        int error = kstrtoull(negative ? at + 1 : at, !negative);
        if (error == 0 && value < 0 && !(negative && value == Long.MIN_VALUE)) {
            return -Errno.ERANGE;
        }
        value = negative ? -value : value;
        return error;
    }

    /** kstrtoull() with base 0; the value is unsigned. */
    int kstrtoull() {
        return kstrtoull(start, true);
    }

    private int kstrtoull(int from, boolean maySign) {
        int at = maySign && from < end && bytes[from] == '+' ? from + 1 : from;
        int last = end > at && bytes[end - 1] == '\n' ? end - 1 : end;
        int base = 10;
        if (at < last && bytes[at] == '0') {
            boolean hex = at + 2 < last && (bytes[at + 1] | 0x20) == 'x' && Character.digit(bytes[at + 2], 16) >= 0;
            base = hex ? 16 : 8;
            at += hex ? 2 : 0;
        }
        long result = 0;
        boolean overflow = false;
        int digits = at;
        while (at < last) {
            int digit = Character.digit(bytes[at], base);
            if (digit < 0) {
                return -Errno.EINVAL;
            }
            overflow |= Long.compareUnsigned(result, Long.divideUnsigned(-1L - digit, base)) > 0;
            result = result * base + digit;
            at++;
        }
        if (at == digits) {
            return -Errno.EINVAL;
        }
        value = result;
        return overflow ? -Errno.ERANGE : 0;
    }

    /** page_counter_memparse(): bytes, with k, m, g, t, p, e behind them, in pages; {@code max} is {@code most}. */
    int memparse(long most) {
        if (is("max")) {
            value = most;
            return 0;
        }
        long bytesWanted = 0;
        int at = start;
        while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
            bytesWanted = bytesWanted * 10 + bytes[at++] - '0';
        }
        if (at > start && at < end) {
            int power = "kmgtpe".indexOf(bytes[at] | 0x20);
            bytesWanted <<= 10 * (power + 1);
            at += power >= 0 ? 1 : 0;
        }
        if (at != end) {
            return -Errno.EINVAL;
        }
        value = Math.min(bytesWanted >>> 12, most);
        return 0;
    }
}
