package dev.nestor.cli.replay.abi;

import dev.nestor.cli.strace.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Control messages: struct cmsghdr, each with its data. */
final class ControlCodec {

    private static final int HEADER = 16; // cmsg_len, cmsg_level, cmsg_type
    private static final int LEVEL = 8;
    private static final int TYPE = 12;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_PIDFD = 4;
    private static final int SO_TIMESTAMP = 29;

    private final StructCodec credentials; // struct ucred
    private final StructCodec time; // struct timeval

    ControlCodec(StructCodec credentials, StructCodec time) {
        this.credentials = credentials;
        this.time = time;
    }

    private static long number(Value.Struct header, String field) {
        Value value = header.field(field);
        return value != null && value.isNumber() ? value.number() : 0;
    }

    private static long aligned(long length) {
        return (length + 7) & -8L;
    }

    boolean put(Arena arena, int at, Value value, int room) {
        if (!(value instanceof Value.Array messages) || messages.isAbbreviated()) {
            return false;
        }
        int place = 0;
        for (Value element : messages.elements()) {
            if (!(element instanceof Value.Struct header)) {
                return false;
            }
            long length = number(header, "cmsg_len");
            if (place + HEADER > room) {
                return false;
            }
            arena.put(at + place, Long.BYTES, length);
            arena.put(at + place + LEVEL, Integer.BYTES, number(header, "cmsg_level"));
            arena.put(at + place + TYPE, Integer.BYTES, number(header, "cmsg_type"));
            int data = Math.clamp(length - HEADER, 0, room - place - HEADER);
            if (!putData(arena, at + place + HEADER, header.field("cmsg_data"), data)) {
                return false;
            }
            place += Math.clamp(aligned(length), HEADER, 1 << 16);
        }
        return true;
    }

    private boolean putData(Arena arena, int at, @Nullable Value data, int room) {
        switch (data) {
            case null -> {
                return true;
            }
            case Value.Str bytes -> arena.put(at, bytes.bytes(), Math.min(bytes.bytes().length, room));
            case Value.Array descriptors -> {
                return putDescriptors(arena, at, descriptors.elements(), room);
            }
            case Value.Struct struct -> {
                StructCodec layout = layout(struct);
                return layout != null && layout.size(arena.frame(), struct) <= room && layout.put(arena, at, struct);
            }
            default -> {
                if (!data.isNumber() || room < Integer.BYTES) {
                    return false;
                }
                arena.put(at, Integer.BYTES, data.number());
            }
        }
        return true;
    }

    private static boolean putDescriptors(Arena arena, int at, List<Value> descriptors, int room) {
        for (int i = 0; i < descriptors.size(); i++) {
            if (!descriptors.get(i).isNumber() || (i + 1) * Integer.BYTES > room) {
                return false;
            }
            arena.put(at + i * Integer.BYTES, Integer.BYTES, descriptors.get(i).number());
        }
        return true;
    }

    private @Nullable StructCodec layout(Value.Struct struct) {
        String first = struct.fields().isEmpty() ? null : struct.fields().get(0).name();
        if (credentials.has(first)) {
            return credentials;
        }
        return time.has(first) ? time : null;
    }

    boolean same(View view, long at, Value value, long room) {
        if (!(value instanceof Value.Array messages)) {
            return view.cannotTell("shown in an unknown way");
        }
        long place = 0;
        for (int i = 0; i < messages.elements().size() && place + HEADER <= room; i++) {
            if (!(messages.elements().get(i) instanceof Value.Struct header)) {
                return view.cannotTell("shown in an unknown way");
            }
            if (!sameMessage(view, at + place, header)) {
                return view.in(i);
            }
            place += aligned(number(header, "cmsg_len"));
        }
        return true;
    }

    private boolean sameMessage(View view, long at, Value.Struct header) {
        return same(view, at, Long.BYTES, header, "cmsg_len")
                && same(view, at + LEVEL, Integer.BYTES, header, "cmsg_level")
                && same(view, at + TYPE, Integer.BYTES, header, "cmsg_type")
                && (isTime(header) || sameData(view, at + HEADER, header) || view.in("cmsg_data"));
    }

    private static boolean isTime(Value.Struct header) {
        return number(header, "cmsg_level") == SOL_SOCKET && number(header, "cmsg_type") == SO_TIMESTAMP;
    }

    private static boolean same(View view, long at, int size, Value.Struct header, String field) {
        long shown = number(header, field);
        long found = view.number(at, size);
        return shown == found || view.differ(shown, found) || view.in(field);
    }

    private boolean sameData(View view, long at, Value.Struct header) {
        Value data = header.field("cmsg_data");
        return switch (data) {
            case null -> true;
            case Value.Str bytes -> BytesCodec.sameBytes(view, at, bytes, bytes.bytes().length);
            case Value.Struct struct -> sameStruct(view, at, struct);
            case Value.Array descriptors -> sameDescriptors(view, at, descriptors.elements());
            default ->
                isPidfd(header, data) ? sameDescriptors(view, at, List.of(data)) : view.cannotTell("data are unknown");
        };
    }

    private static boolean isPidfd(Value.Struct header, Value data) {
        return data.isNumber() && number(header, "cmsg_type") == SCM_PIDFD;
    }

    private boolean sameStruct(View view, long at, Value.Struct struct) {
        StructCodec layout = layout(struct);
        return layout == null ? view.cannotTell("data are unknown") : layout.same(view, at, struct);
    }

    private static boolean sameDescriptors(View view, long at, List<Value> descriptors) {
        for (int i = 0; i < descriptors.size(); i++) {
            if (!descriptors.get(i).isNumber()) {
                return view.cannotTell("shown in an unknown way");
            }
            int shown = (int) descriptors.get(i).number();
            int found = (int) view.number(at + (long) i * Integer.BYTES, Integer.BYTES);
            if (shown != found) {
                view.differ(shown, found);
                return view.in(i);
            }
        }
        return true;
    }
}
