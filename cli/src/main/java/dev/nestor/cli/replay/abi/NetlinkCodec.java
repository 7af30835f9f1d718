package dev.nestor.cli.replay.abi;

import dev.nestor.cli.strace.Field;
import dev.nestor.cli.strace.Value;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Messages of netlink, which strace takes apart: {@code [header, family's header, [attributes]]}, or an array of such.
 * All lengths are shown, so that what is shown in an unknown way is so many unknown bytes.
 */
final class NetlinkCodec {

    private static final int HEADER = 16; // struct nlmsghdr
    private static final int ATTRIBUTE = 4; // struct nlattr
    private static final int ALIGNMENT = 4;
    private static final int PORT = 12; // nlmsg_pid

    private final StructCodec header;
    private final Map<String, StructCodec> payloads; // by the name of their first field

    NetlinkCodec(StructCodec header, Map<String, StructCodec> payloads) {
        this.header = header;
        this.payloads = payloads;
    }

    private static int aligned(long length, int limit) {
        return Math.clamp((length + ALIGNMENT - 1) & -ALIGNMENT, 0, limit);
    }

    /** A field of the structure that a list begins with; -1 when it does not. */
    private static long leading(Value value, String field) {
        List<Value> elements = value instanceof Value.Array array ? array.elements() : List.of();
        Value first = elements.isEmpty() ? null : elements.get(0);
        Value number = first instanceof Value.Struct struct ? struct.field(field) : null;
        return number != null && number.isNumber() ? number.number() : -1;
    }

    /** The parts of one message, a header first; empty when it is shown in another way. */
    private static List<Value> parts(Value message) {
        if (leading(message, "nlmsg_len") >= 0) {
            return ((Value.Array) message).elements();
        }
        return message instanceof Value.Struct struct && struct.field("nlmsg_len") != null
                ? List.of(message)
                : List.of();
    }

    private static long length(List<Value> parts) {
        Value length = parts.get(0) instanceof Value.Struct header ? header.field("nlmsg_len") : null;
        return length != null && length.isNumber() ? length.number() & 0xffffffffL : 0;
    }

    /** @return false when these are no messages */
    boolean putMessages(Arena arena, int at, Value value, int room) {
        boolean isOne = !parts(value).isEmpty();
        if (!isOne
                && (!(value instanceof Value.Array array)
                        || array.elements().isEmpty()
                        || parts(array.elements().get(0)).isEmpty())) {
            return false;
        }
        int place = 0;
        for (Value message : isOne ? List.of(value) : ((Value.Array) value).elements()) {
            List<Value> parts = parts(message);
            if (parts.isEmpty() || room - place < HEADER) {
                break;
            }
            if (!putMessage(arena, at + place, parts, room - place)) {
                return false;
            }
            place += aligned(Math.max(length(parts), HEADER), room - place);
        }
        arena.fill(at + place, room - place, Arena.UNKNOWN);
        return true;
    }

    private boolean putMessage(Arena arena, int at, List<Value> parts, int room) {
        if (!header.put(arena, at, parts.get(0))) {
            return false;
        }
        long length = length(parts);
        int end = Math.clamp(length, HEADER, room);
        int place = HEADER;
        for (Value part : parts.subList(1, parts.size())) {
            int used = putPart(arena, at + place, part, end - place);
            if (used < 0) {
                arena.fill(at + place, end - place, Arena.UNKNOWN);
                return true;
            }
            place += aligned(used, end - place);
        }
        return true;
    }

    /** How many bytes it takes, or -1 when it is shown in an unknown way. */
    private int putPart(Arena arena, int at, Value part, int room) {
        if (part instanceof Value.Str bytes && bytes.bytes().length <= room) {
            arena.put(at, bytes.bytes(), bytes.bytes().length);
            return bytes.bytes().length;
        }
        if (part.isNumber() && room >= Integer.BYTES) {
            arena.put(at, Integer.BYTES, part.number());
            return Integer.BYTES;
        }
        if (part instanceof Value.Struct struct) {
            if (struct.field("error") != null) {
                return putError(arena, at, struct, room);
            }
            StructCodec layout = layout(struct);
            if (layout != null && struct.isAbbreviated() && room < layout.size(arena.frame(), struct)) {
                return putFamily(arena, at, struct, room);
            }
            boolean isPut =
                    layout != null && layout.size(arena.frame(), struct) <= room && layout.put(arena, at, struct);
            return isPut && layout != null ? (int) layout.size(arena.frame(), struct) : -1;
        }
        return part instanceof Value.Array array ? putAttributes(arena, at, array, room) : -1;
    }

    /** struct rtgenmsg: of the structure that is asked for no more than its family, and what fills it up is not shown. */
    private static int putFamily(Arena arena, int at, Value.Struct struct, int room) {
        Value family = struct.fields().get(0).value();
        if (!family.isNumber() || room < 1) {
            return -1;
        }
        arena.put(at, 1, family.number());
        arena.fill(at + 1, room - 1, Arena.UNKNOWN);
        return room;
    }

    private int putError(Arena arena, int at, Value.Struct shown, int room) {
        Value error = shown.field("error");
        Value message = shown.field("msg");
        List<Value> parts = message == null ? List.of() : parts(message);
        if (error == null || !error.isNumber() || parts.isEmpty() || room < Integer.BYTES + HEADER) {
            return -1;
        }
        arena.put(at, Integer.BYTES, error.number());
        int length = parts.size() == 1 ? HEADER : Math.clamp(length(parts), HEADER, room - Integer.BYTES);
        return putMessage(arena, at + Integer.BYTES, parts, length) ? Integer.BYTES + length : -1;
    }

    private @Nullable StructCodec layout(Value.Struct struct) {
        String name = struct.fields().isEmpty() ? null : struct.fields().get(0).name();
        return name == null ? null : payloads.get(name);
    }

    private int putAttributes(Arena arena, int at, Value.Array shown, int room) {
        if (leading(shown, "nla_len") >= 0) {
            return putAttribute(arena, at, shown, room);
        }
        int place = 0;
        for (Value attribute : shown.elements()) {
            int used = leading(attribute, "nla_len") < 0
                    ? -1
                    : putAttribute(arena, at + place, (Value.Array) attribute, room - place);
            if (used < 0) {
                return -1;
            }
            place += aligned(used, room - place);
        }
        return place;
    }

    private int putAttribute(Arena arena, int at, Value.Array shown, int room) {
        int length = (int) leading(shown, "nla_len");
        if (length < ATTRIBUTE || length > room) {
            return -1;
        }
        arena.put(at, Short.BYTES, length);
        arena.put(at + Short.BYTES, Short.BYTES, Math.max(leading(shown, "nla_type"), 0));
        int data = length - ATTRIBUTE;
        if (shown.elements().size() > 1
                && !putData(arena, at + ATTRIBUTE, shown.elements().get(1), data)) {
            arena.fill(at + ATTRIBUTE, data, Arena.UNKNOWN);
        }
        return length;
    }

    private boolean putData(Arena arena, int at, Value value, int length) {
        if (value.isNumber()) {
            arena.put(at, Math.min(length, Long.BYTES), value.number());
            return length <= Long.BYTES;
        }
        if (value instanceof Value.Str bytes) {
            int shown = Math.min(bytes.bytes().length, length);
            arena.put(at, bytes.bytes(), shown);
            if (bytes.isTruncated() && shown + 1 < length) {
                arena.fill(at + shown, length - shown, Arena.UNKNOWN);
            }
            return true;
        }
        return value instanceof Value.Array array && putAttributes(arena, at, array, length) >= 0;
    }

    /** @param filled how many bytes the kernel has written */
    boolean sameMessages(View view, long at, Value value, long filled) {
        if (!parts(value).isEmpty()) {
            return sameMessage(view, at, parts(value), filled);
        }
        if (!(value instanceof Value.Array messages)) {
            return view.cannotTell("shown in an unknown way");
        }
        long place = 0;
        for (int i = 0; i < messages.elements().size() && place < filled; i++) {
            List<Value> parts = parts(messages.elements().get(i));
            if (parts.isEmpty()) {
                return view.cannotTell("shown in an unknown way");
            }
            if (!sameMessage(view, at + place, parts, filled - place)) {
                return view.in(i);
            }
            place += (Math.max(length(parts), HEADER) + 3) & -4L;
        }
        return true;
    }

    private boolean sameMessage(View view, long at, List<Value> parts, long filled) {
        if (filled < HEADER) {
            return view.cannotTell("shorter than a header");
        }
        if (!sameHeader(view, at, (Value.Struct) parts.get(0))) {
            return false;
        }
        long place = HEADER;
        for (int i = 1; i < parts.size() && place < filled; i++) {
            long used = parts.get(i) instanceof Value.Str raw
                    ? sameRaw(view, at + place, raw, type(parts), parts.size() == 2)
                    : samePart(view, at + place, parts.get(i));
            if (used == UNTOLD) {
                return view.cannotTell("shown in an unknown way");
            }
            if (used == DIFFERENT) {
                return false;
            }
            place += (used + 3) & -4L;
        }
        return true;
    }

    private boolean sameHeader(View view, long at, Value.Struct shown) {
        for (Field field : shown.fields()) {
            String name = field.name();
            boolean isPort = "nlmsg_pid".equals(name)
                    && field.value().isNumber()
                    && (int) field.value().number() < 0;
            if (isPort
                    ? (int) view.number(at + PORT, Integer.BYTES) == 0
                    : name != null && !header.sameField(view, at, name, field.value())) {
                return isPort ? view.differ("a port", "0") || view.in("nlmsg_pid") : view.in(String.valueOf(name));
            }
        }
        return true;
    }

    private static final long UNTOLD = -1;
    private static final long DIFFERENT = -2;

    private static int type(List<Value> parts) {
        Value type = parts.get(0) instanceof Value.Struct header ? header.field("nlmsg_type") : null;
        return type != null && type.isNumber() ? (int) type.number() : 0;
    }

    /** A payload that is not taken apart: what was measured in a message of NETLINK_ROUTE is there, and no more is asked. */
    private static long sameRaw(View view, long at, Value.Str raw, int type, boolean isWhole) {
        byte[] shown = raw.bytes();
        byte[] found = isWhole ? view.bytes(at, shown.length) : null;
        byte[] likened = found == null ? shown : MeasuredAttributes.likened(type, shown, raw.isTruncated(), found);
        return BytesCodec.sameBytes(view, at, likened, shown.length) ? shown.length : DIFFERENT;
    }

    /** How many bytes it takes when they are the same; or {@link #UNTOLD}, or {@link #DIFFERENT}. */
    private long samePart(View view, long at, Value part) {
        return switch (part) {
            case Value.Str bytes ->
                BytesCodec.sameBytes(view, at, bytes, bytes.bytes().length) ? bytes.bytes().length : DIFFERENT;
            case Value.Struct struct ->
                struct.field("error") == null ? samePayload(view, at, struct) : sameError(view, at, struct);
            case Value.Array array -> sameAttributes(view, at, array);
            default -> part.isNumber() ? sameNumber(view, at, part.number()) : UNTOLD;
        };
    }

    private long samePayload(View view, long at, Value.Struct struct) {
        StructCodec layout = layout(struct);
        if (layout == null) {
            return UNTOLD;
        }
        return layout.same(view, at, struct) ? layout.size(view.frame(), struct) : DIFFERENT;
    }

    private static long sameNumber(View view, long at, long shown) {
        return view.sameNumber(at, Integer.BYTES, shown) ? Integer.BYTES : DIFFERENT;
    }

    /** struct nlmsgerr: the error, and the message that it is about or only its header. */
    private long sameError(View view, long at, Value.Struct shown) {
        Value error = shown.field("error");
        Value message = shown.field("msg");
        List<Value> parts = message == null ? List.of() : parts(message);
        if (error == null || !error.isNumber() || parts.isEmpty()) {
            return UNTOLD;
        }
        if (!view.sameNumber(at, Integer.BYTES, error.number())) {
            return DIFFERENT;
        }
        long length = parts.size() == 1 ? HEADER : length(parts);
        return sameMessage(view, at + Integer.BYTES, parts, length) ? Integer.BYTES + length : DIFFERENT;
    }

    private long sameAttributes(View view, long at, Value.Array shown) {
        if (leading(shown, "nla_len") >= 0) {
            return sameAttribute(view, at, shown);
        }
        long place = 0;
        for (int i = 0; i < shown.elements().size(); i++) {
            Value attribute = shown.elements().get(i);
            long used = leading(attribute, "nla_len") < 0
                    ? UNTOLD
                    : sameAttribute(view, at + place, (Value.Array) attribute);
            if (used < 0) {
                view.in(i);
                return used;
            }
            place += (used + 3) & -4L;
        }
        return place;
    }

    private long sameAttribute(View view, long at, Value.Array shown) {
        long length = leading(shown, "nla_len");
        long type = leading(shown, "nla_type");
        boolean isSame = view.sameNumber(at, Short.BYTES, length) || view.in("nla_len");
        if (!isSame || !(view.sameNumber(at + Short.BYTES, Short.BYTES, type) || view.in("nla_type"))) {
            return DIFFERENT;
        }
        if (shown.elements().size() > 1
                && !sameData(view, at + ATTRIBUTE, shown.elements().get(1), length - ATTRIBUTE)) {
            return DIFFERENT;
        }
        return length;
    }

    private boolean sameData(View view, long at, Value value, long length) {
        if (value.isNumber() && length <= Long.BYTES) {
            return length == 0 || view.sameNumber(at, (int) length, value.number());
        }
        if (value instanceof Value.Str bytes) {
            return BytesCodec.sameBytes(view, at, bytes, length);
        }
        long used = value instanceof Value.Array array ? sameAttributes(view, at, array) : UNTOLD;
        return used == UNTOLD ? view.cannotTell("shown in an unknown way") : used != DIFFERENT;
    }
}
