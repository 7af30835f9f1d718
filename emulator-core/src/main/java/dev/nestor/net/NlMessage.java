package dev.nestor.net;

import java.util.Arrays;

/** Netlink messages being written, one behind the other, each with its attributes: nlmsg_put(), nla_put(). */
final class NlMessage {
    static final int HEADER = 16; // bytes of struct nlmsghdr
    private static final int NLA_HEADER = 4;

    private byte[] bytes = new byte[8192];
    private int length;
    private int start; // of the message being written

    void clear() {
        length = 0;
        start = 0;
    }

    int length() {
        return length;
    }

    byte[] bytes() {
        return bytes;
    }

    private void reserve(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
        Arrays.fill(bytes, length, length + more, (byte) 0);
    }

    /** nlmsg_put(): the place of so many bytes behind the header. */
    int begin(int type, int flags, int seq, int portid, int fixed) {
        start = length;
        reserve(HEADER + fixed);
        Bytes.putShort(bytes, start + 4, type);
        Bytes.putShort(bytes, start + 6, flags);
        Bytes.putInt(bytes, start + 8, seq);
        Bytes.putInt(bytes, start + 12, portid);
        length += HEADER + ((fixed + 3) & -4);
        return start + HEADER;
    }

    /** nlmsg_end(). */
    void end() {
        Bytes.putInt(bytes, start, length - start);
    }

    /** nlmsg_cancel(): the message being written goes. */
    void cancel() {
        length = start;
    }

    int start() {
        return start;
    }

    void setFlags(int flags) {
        Bytes.putShort(bytes, start + 6, flags);
    }

    /** nla_reserve(): the place of an attribute's payload. */
    int attr(int type, int size) {
        int at = length;
        reserve(NLA_HEADER + size + 3);
        Bytes.putShort(bytes, at, NLA_HEADER + size);
        Bytes.putShort(bytes, at + 2, type);
        length += NLA_HEADER + ((size + 3) & -4);
        return at + NLA_HEADER;
    }

    void putInt(int type, int value) {
        int at = attr(type, Integer.BYTES);
        Bytes.putInt(bytes, at, value);
    }

    void putByte(int type, int value) {
        int at = attr(type, 1);
        bytes[at] = (byte) value;
    }

    void putShort(int type, int value) {
        int at = attr(type, Short.BYTES);
        Bytes.putShort(bytes, at, value);
    }

    void put(int type, byte[] from, int offset, int size) {
        int at = attr(type, size);
        System.arraycopy(from, offset, bytes, at, size);
    }

    /** A string with its NUL. */
    void putText(int type, String text) {
        int at = attr(type, text.length() + 1);
        for (int i = 0; i < text.length(); i++) {
            bytes[at + i] = (byte) text.charAt(i);
        }
    }

    /** nla_nest_start(); to be ended by {@link #endNest} of what it returns. */
    int nest(int type) {
        int at = length;
        attr(type, 0);
        return at;
    }

    void endNest(int at) {
        Bytes.putShort(bytes, at, length - at);
    }
}
