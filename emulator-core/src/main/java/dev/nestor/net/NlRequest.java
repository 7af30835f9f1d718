package dev.nestor.net;

/** A netlink request: nlmsghdr, and where its attributes are. One object serves one request at a time. */
final class NlRequest {
    static final int NLM_F_REQUEST = 1;
    static final int NLM_F_MULTI = 2;
    static final int NLM_F_ACK = 4;
    static final int NLM_F_DUMP = 0x300;
    static final int NLM_F_REPLACE = 0x100;
    static final int NLM_F_EXCL = 0x200;
    static final int NLM_F_CREATE = 0x400;

    byte[] bytes = new byte[0];
    int at; // of the header
    int length; // of the message
    int type;
    int flags;
    int seq;
    String extack = ""; // what went wrong, in words
    int badAttr = -1; // place of the attribute that is to blame
    int mostLength; // bytes of a string that its policy allows; 0 where that is not told

    private int attrsAt;
    private int end;

    void set(byte[] from, int offset, int size) {
        bytes = from;
        at = offset;
        length = size;
        type = Bytes.getShort(from, offset + 4);
        flags = Bytes.getShort(from, offset + 6);
        seq = Bytes.getInt(from, offset + 8);
        extack = "";
        badAttr = -1;
        mostLength = 0;
        end = offset + size;
        attrsAt = end;
    }

    /** Whether there is a header of so many bytes; attributes follow it. */
    boolean hasHeader(int fixed) {
        attrsAt = Math.min(at + NlMessage.HEADER + ((fixed + 3) & -4), end);
        return length >= NlMessage.HEADER + fixed;
    }

    int body() {
        return at + NlMessage.HEADER;
    }

    /** Where the payload of an attribute is; -1 when it is not there. */
    int find(int wanted) {
        return find(attrsAt, end, wanted);
    }

    int find(int from, int to, int wanted) {
        int place = from;
        int found = -1;
        while (place + 4 <= to) {
            int size = Bytes.getShort(bytes, place);
            if (size < 4 || place + size > to) {
                break;
            }
            if ((Bytes.getShort(bytes, place + 2) & 0x3fff) == wanted) {
                found = place + 4;
            }
            place += (size + 3) & -4;
        }
        return found;
    }

    /** Bytes of the payload that is at a place. */
    int size(int payload) {
        return Bytes.getShort(bytes, payload - 4) - 4;
    }

    int intOf(int payload) {
        return Bytes.getInt(bytes, payload);
    }

    int fail(int error, String why) {
        extack = why;
        return error;
    }
}
