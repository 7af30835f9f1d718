package dev.nestor.syscalls;

/** Numbers in structures that are copied in or out as a whole, little-endian. */
final class Bytes {
    private Bytes() {}

    static long getLong(byte[] from, int at) {
        long value = 0;
        for (int i = 7; i >= 0; i--) {
            value = value << 8 | (from[at + i] & 0xff);
        }
        return value;
    }

    static void putLong(byte[] into, int at, long value) {
        for (int i = 0; i < 8; i++) {
            into[at + i] = (byte) (value >>> (8 * i));
        }
    }
}
