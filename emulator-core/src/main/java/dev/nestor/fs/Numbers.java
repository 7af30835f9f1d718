package dev.nestor.fs;

/** Numbers as text, into bytes. */
public final class Numbers {
    private Numbers() {}

    /** Writes a number in decimal, unsigned; returns where it ends. */
    public static int putDecimal(byte[] into, int at, long number) {
        int digits = 1;
        for (long rest = Long.divideUnsigned(number, 10); rest != 0; rest = Long.divideUnsigned(rest, 10)) {
            digits++;
        }
        long rest = number;
        for (int i = at + digits - 1; i >= at; i--) {
            into[i] = (byte) ('0' + Long.remainderUnsigned(rest, 10));
            rest = Long.divideUnsigned(rest, 10);
        }
        return at + digits;
    }

    /** {@code prefix:[number]}, as pipes, sockets and namespaces are called; returns the length. */
    public static int bracket(byte[] into, String prefix, long number) {
        int at = 0;
        while (at < prefix.length()) {
            into[at] = (byte) prefix.charAt(at++);
        }
        into[at++] = ':';
        into[at++] = '[';
        at = putDecimal(into, at, number);
        into[at++] = ']';
        return at;
    }

    /** Copies ASCII; returns the length. */
    public static int text(byte[] into, String text) {
        for (int i = 0; i < text.length(); i++) {
            into[i] = (byte) text.charAt(i);
        }
        return text.length();
    }
}
