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

    static int getInt(byte[] from, int at) {
        return (from[at] & 0xff) | (from[at + 1] & 0xff) << 8 | (from[at + 2] & 0xff) << 16 | from[at + 3] << 24;
    }

    static void putInt(byte[] into, int at, int value) {
        for (int i = 0; i < 4; i++) {
            into[at + i] = (byte) (value >>> (8 * i));
        }
    }

    static void putLong(byte[] into, int at, long value) {
        for (int i = 0; i < 8; i++) {
            into[at + i] = (byte) (value >>> (8 * i));
        }
    }
}
