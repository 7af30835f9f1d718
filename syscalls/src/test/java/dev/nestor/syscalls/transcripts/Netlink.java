package dev.nestor.syscalls.transcripts;

import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Socket;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A socket of NETLINK_ROUTE, as iproute2's libnetlink uses it: one request, and what is answered. */
final class Netlink {
    static final int RTM_NEWLINK = 16;
    static final int RTM_DELLINK = 17;
    static final int RTM_GETLINK = 18;
    static final int RTM_NEWADDR = 20;
    static final int RTM_GETADDR = 22;
    static final int RTM_GETROUTE = 26;
    static final int RTM_GETNEIGH = 30;
    static final int RTM_NEWNSID = 88;
    static final int RTM_GETNSID = 90;
    static final int NLM_F_CREATE_EXCL = 0x600;
    private static final int NLM_F_REQUEST = 1;
    private static final int NLM_F_ACK = 4;
    private static final int NLM_F_DUMP = 0x300;
    private static final int NLM_F_ACK_TLVS = 0x200;
    private static final int NLM_F_CAPPED = 0x100;
    private static final int NLMSG_ERROR = 2;
    private static final int NLMSG_DONE = 3;
    private static final int NLMSGERR_ATTR_MSG = 1;
    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_EXT_ACK = 11;
    private static final int NETLINK_GET_STRICT_CHK = 12;
    private static final int HEADER = 16;
    private static final int SIZE = 32_768;

    private final UserProcess process;
    private final long fd;
    private int sequence;
    private int errno;
    private String extack = "";

    Netlink(UserProcess process) {
        this.process = process;
        fd = process.call(Nr.NR_socket, Socket.AF_NETLINK, Socket.SOCK_RAW, 0);
        process.check(fd);
        long one = process.longs(1);
        process.call(Nr.NR_setsockopt, fd, SOL_NETLINK, NETLINK_EXT_ACK, one, 4);
        process.call(Nr.NR_setsockopt, fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, one, 4);
        byte[] address = new byte[12];
        address[0] = Socket.AF_NETLINK;
        process.check(process.call(Nr.NR_bind, fd, process.bytes(address), address.length));
    }

    void close() {
        process.close(fd);
    }

    /** Bytes of a request: a header of its type, then attributes. */
    static final class Request {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Request header(int... ints) {
            for (int one : ints) {
                raw(one, Integer.BYTES);
            }
            return this;
        }

        private void raw(int value, int size) {
            for (int i = 0; i < size; i++) {
                bytes.write(value >>> (8 * i));
            }
        }

        Request put(int type, byte... payload) {
            raw(payload.length + 4, Short.BYTES);
            raw(type, Short.BYTES);
            bytes.writeBytes(payload);
            bytes.writeBytes(new byte[-payload.length & 3]);
            return this;
        }

        Request put(int type, int value) {
            return put(
                    type,
                    ByteBuffer.allocate(4)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putInt(value)
                            .array());
        }

        Request put(int type, String text) {
            return put(type, (text + "\0").getBytes(StandardCharsets.UTF_8));
        }

        Request put(int type, Request nested) {
            return put(type, nested.bytes.toByteArray());
        }
    }

    /** A message that has come: its type, its header's bytes, and its attributes by type. */
    record Answer(int type, ByteBuffer header, Map<Integer, ByteBuffer> attributes) {
        int headerByte(int at) {
            return header.get(at) & 0xff;
        }

        int headerInt(int at) {
            return header.getInt(at);
        }

        boolean has(int attribute) {
            return attributes.containsKey(attribute);
        }

        int number(int attribute) {
            ByteBuffer value = attributes.get(attribute);
            return value == null ? 0 : value.remaining() < Integer.BYTES ? value.get(0) & 0xff : value.getInt(0);
        }

        String text(int attribute) {
            String all = new String(bytes(attribute), StandardCharsets.UTF_8);
            int end = all.indexOf('\0');
            return end < 0 ? all : all.substring(0, end);
        }

        byte[] bytes(int attribute) {
            ByteBuffer value = attributes.get(attribute);
            byte[] bytes = new byte[value == null ? 0 : value.remaining()];
            if (value != null) {
                value.get(0, bytes);
            }
            return bytes;
        }
    }

    private void send(int type, int flags, Request request) {
        byte[] body = request.bytes.toByteArray();
        ByteBuffer all = ByteBuffer.allocate(HEADER + body.length).order(ByteOrder.LITTLE_ENDIAN);
        all.putInt(HEADER + body.length).putShort((short) type).putShort((short) flags);
        all.putInt(++sequence).putInt(0).put(body);
        process.check(process.call(Nr.NR_sendto, fd, process.bytes(all.array()), all.capacity(), 0, 0, 0));
    }

    /** Everything of a kind, up to the end of the dump. */
    List<Answer> dump(int type, int headerSize, Request request) {
        send(type, NLM_F_REQUEST | NLM_F_DUMP, request);
        List<Answer> answers = new ArrayList<>();
        while (receive(headerSize, answers)) {
            errno = 0;
        }
        return answers;
    }

    /** What is asked for, or null and {@link #errno}. */
    @Nullable
    Answer get(int type, int headerSize, Request request) {
        errno = 0;
        send(type, NLM_F_REQUEST, request);
        List<Answer> answers = new ArrayList<>();
        receive(headerSize, answers);
        return answers.isEmpty() ? null : answers.getFirst();
    }

    /** rtnl_talk() of what changes something: says why it could not be done. Whether it has been. */
    boolean talk(int type, int flags, Request request) {
        errno = 0;
        extack = "";
        send(type, NLM_F_REQUEST | NLM_F_ACK | flags, request);
        receive(0, new ArrayList<>());
        if (errno != 0) {
            String why = extack.isEmpty() ? "" : "Error: " + extack + (extack.endsWith(".") ? "" : ".");
            process.err(why.isEmpty() ? "RTNETLINK answers: " + Errors.text(errno) : why);
        }
        return errno == 0;
    }

    int errno() {
        return errno;
    }

    /** Whether more is to come. */
    private boolean receive(int headerSize, List<Answer> answers) {
        long at = process.buffer();
        long length = process.call(Nr.NR_recvfrom, fd, at, SIZE, 0, 0, 0);
        process.check(length);
        ByteBuffer all = ByteBuffer.wrap(process.bytesAt(at, (int) length)).order(ByteOrder.LITTLE_ENDIAN);
        boolean isMore = true;
        for (int from = 0; from < length; from += (all.getInt(from) + 3) & -4) {
            int size = all.getInt(from);
            int type = all.getShort(from + 4);
            int flags = all.getShort(from + 6);
            ByteBuffer body = all.slice(from + HEADER, size - HEADER).order(ByteOrder.LITTLE_ENDIAN);
            if (type == NLMSG_ERROR) {
                takeError(body, flags);
                return false;
            }
            isMore &= type != NLMSG_DONE;
            if (type != NLMSG_DONE) {
                ByteBuffer header = body.slice(0, headerSize).order(ByteOrder.LITTLE_ENDIAN);
                answers.add(new Answer(type, header, attributes(body, headerSize)));
            }
        }
        return isMore;
    }

    private void takeError(ByteBuffer body, int flags) {
        errno = -body.getInt(0);
        if ((flags & NLM_F_ACK_TLVS) != 0) {
            int quoted = (flags & NLM_F_CAPPED) != 0 ? HEADER : body.getInt(4);
            Map<Integer, ByteBuffer> attributes = attributes(body, 4 + quoted);
            extack = new Answer(0, body, attributes).text(NLMSGERR_ATTR_MSG);
        }
    }

    private static Map<Integer, ByteBuffer> attributes(ByteBuffer body, int start) {
        Map<Integer, ByteBuffer> attributes = new HashMap<>();
        for (int at = (start + 3) & -4; at + 4 <= body.limit(); at += (body.getShort(at) + 3) & -4) {
            ByteBuffer value = body.slice(at + 4, body.getShort(at) - 4).order(ByteOrder.LITTLE_ENDIAN);
            attributes.put(body.getShort(at + 2) & 0x3fff, value);
        }
        return attributes;
    }
}
