package dev.nestor.net;

/** Numbers in bytes: little-endian as the machine has them, and in network order. */
final class Bytes {
    private Bytes() {}

    static long getLong(byte[] from, int at) {
        return (getInt(from, at) & 0xffffffffL) | (long) getInt(from, at + 4) << 32;
    }

    static int getInt(byte[] from, int at) {
        return getShort(from, at) | getShort(from, at + 2) << 16;
    }

    static int getShort(byte[] from, int at) {
        return (from[at] & 0xff) | (from[at + 1] & 0xff) << 8;
    }

    static void putLong(byte[] into, int at, long value) {
        putInt(into, at, (int) value);
        putInt(into, at + 4, (int) (value >>> 32));
    }

    static void putInt(byte[] into, int at, int value) {
        putShort(into, at, value);
        putShort(into, at + 2, value >>> 16);
    }

    static void putShort(byte[] into, int at, int value) {
        into[at] = (byte) value;
        into[at + 1] = (byte) (value >>> 8);
    }

    /** ntohs(). */
    static int getPort(byte[] from, int at) {
        return (from[at] & 0xff) << 8 | (from[at + 1] & 0xff);
    }

    static void putPort(byte[] into, int at, int value) {
        into[at] = (byte) (value >>> 8);
        into[at + 1] = (byte) value;
    }

    /** ntohl(). */
    static int getNetInt(byte[] from, int at) {
        return Integer.reverseBytes(getInt(from, at));
    }

    static void putNetInt(byte[] into, int at, int value) {
        putInt(into, at, Integer.reverseBytes(value));
    }

    static long getNetLong(byte[] from, int at) {
        return Long.reverseBytes(getLong(from, at));
    }

    static void putNetLong(byte[] into, int at, long value) {
        putLong(into, at, Long.reverseBytes(value));
    }
}
