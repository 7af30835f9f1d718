package dev.nestor.net;

import dev.nestor.uapi.Errno;

/** kstrtoul() of base 0: a number as the kernel takes it from a file, with one newline behind it at most. */
final class KernelNumber {
    private long value;

    /** The number that has been read. */
    long value() {
        return value;
    }

    /** 0, EINVAL for what is no number, ERANGE for one of more than 64 bits. */
    int parse(byte[] text, int length) {
        int end = 0;
        while (end < length && text[end] != 0) {
            end++;
        }
        int at = end > 0 && text[0] == '+' ? 1 : 0;
        if (end > at && text[end - 1] == '\n') {
            end--;
        }
        int base = 10;
        if (at < end && text[at] == '0') {
            boolean isHex = at + 2 < end && (text[at + 1] | 0x20) == 'x' && Character.digit(text[at + 2], 16) >= 0;
            base = isHex ? 16 : 8;
            at += isHex ? 2 : 0;
        }
        if (at == end) {
            return -Errno.EINVAL;
        }
        return digits(text, at, end, base);
    }

    private int digits(byte[] text, int from, int end, int base) {
        long most = Long.divideUnsigned(-1, base);
        boolean isTooLarge = false;
        long number = 0;
        for (int at = from; at < end; at++) {
            int digit = Character.digit(text[at], base);
            if (digit < 0) {
                return isTooLarge ? -Errno.ERANGE : -Errno.EINVAL;
            }
            long next = number * base + digit;
            isTooLarge |= Long.compareUnsigned(number, most) > 0 || Long.compareUnsigned(next, number * base) < 0;
            number = next;
        }
        value = number;
        return isTooLarge ? -Errno.ERANGE : 0;
    }
}
