package dev.nestor.fs.proc;

import dev.nestor.uapi.Errno;

/**
 * Numbers that are written to a sysctl of one number or several: proc_get_long(), do_proc_dointvec() and
 * do_proc_doulongvec_minmax(). Numbers are decimal, octal after 0, hexadecimal after 0x, and white space parts them. Those
 * before one that is refused are set.
 */
public final class ProcVector {
    private static final int MAX_DIGITS = 20; // TMPBUFLEN, less a sign and the end
    private static final int PAGE = 4096;

    private byte[] text = new byte[0];
    private int at;
    private int end;
    private long value;
    private boolean negative;

    /** What becomes of one number. */
    @FunctionalInterface
    public interface Setter {
        /** 0, or a negative errno. The number is an int, or an unsigned long. */
        int set(int index, long number);
    }

    /** proc_dointvec(): sets up to so many ints; the bytes taken, or a negative errno. */
    public long setInts(ProcRequest request, byte[] written, int length, int most, Setter setter) {
        return set(request, written, length, most, false, setter);
    }

    /** proc_doulongvec_minmax() of one unsigned long. */
    public long setLong(ProcRequest request, byte[] written, int length, Setter setter) {
        return set(request, written, length, 1, true, setter);
    }

    private long set(ProcRequest request, byte[] written, int length, int most, boolean isLong, Setter setter) {
        if (length == 0 || request.pos() > 0) {
            return length;
        }
        text = written;
        at = 0;
        end = Math.min(length, PAGE - 1);
        int taken = 0;
        int error = 0;
        while (taken < most && error == 0) {
            skipSpaces();
            if (at == end) {
                break;
            }
            error = next() && fits(isLong) ? setter.set(taken, negative ? -value : value) : -Errno.EINVAL;
            taken += error == 0 ? 1 : 0;
        }
        if (error != 0) {
            return error;
        }
        skipSpaces();
        return taken == 0 ? -Errno.EINVAL : at;
    }

    private boolean fits(boolean isLong) {
        if (isLong) {
            return !negative;
        }
        return Long.compareUnsigned(value, negative ? 1L << 31 : Integer.MAX_VALUE) <= 0;
    }

    private void skipSpaces() {
        while (at < end && ProcNumbers.isSpace(text[at])) {
            at++;
        }
    }

    /** proc_get_long(). */
    private boolean next() {
        int from = at;
        negative = text[at] == '-' && end - at > 1;
        at += negative ? 1 : 0;
        int radix = 10;
        if (digit(at, 10) == 0) {
            boolean isHex = at + 2 < end && (text[at + 1] | 0x20) == 'x' && digit(at + 2, 16) >= 0;
            radix = isHex ? 16 : 8;
            at += isHex ? 2 : 0;
        }
        if (digit(at, radix) < 0) {
            return false;
        }
        value = 0;
        while (digit(at, radix) >= 0) {
            int digit = digit(at, radix);
            if (Long.compareUnsigned(value, Long.divideUnsigned(-1L - digit, radix)) > 0) {
                return false;
            }
            value = value * radix + digit;
            at++;
        }
        boolean isEnd = at == end || text[at] == ' ' || text[at] == '\t' || text[at] == '\n';
        return isEnd && at - from <= MAX_DIGITS;
    }

    /** The digit at a place, or -1. */
    private int digit(int index, int radix) {
        return index < end ? Character.digit(text[index], radix) : -1;
    }
}
