package dev.nestor.cli.replay.abi;

import dev.nestor.cli.strace.Value;
import org.jspecify.annotations.Nullable;

/** An array of struct iovec and the buffers that it tells of. */
final class IovecCodec extends Codec {

    private static final int BYTES = 16; // of one
    private static final int MOST = 1024; // IOV_MAX

    private final Length count;
    private final boolean isFilled; // by the kernel, as many bytes as it returns
    private final NetlinkCodec netlink;

    IovecCodec(Length count, boolean isFilled, NetlinkCodec netlink) {
        this.count = count;
        this.isFilled = isFilled;
        this.netlink = netlink;
    }

    @Override
    long size(CallFrame frame, @Nullable Value value) {
        long shown = value != null && value.atEntry() instanceof Value.Array array
                ? array.elements().size()
                : 0;
        return Math.max(shown, Math.min(count.room(frame, shown), MOST)) * BYTES;
    }

    @Override
    boolean put(Arena arena, int at, Value value) {
        if (!(value.atEntry() instanceof Value.Array array)) {
            return false;
        }
        int place = at;
        for (Value element : array.elements()) {
            if (!(element instanceof Value.Struct vector) || !putOne(arena, place, vector)) {
                return false;
            }
            place += BYTES;
        }
        return !array.isAbbreviated();
    }

    private boolean putOne(Arena arena, int at, Value.Struct vector) {
        Value buffer = vector.field("iov_base");
        Value length = vector.field("iov_len");
        if (buffer == null || length == null || !length.isNumber()) {
            return false;
        }
        long room = Math.max(length.number(), 0);
        arena.put(at + Long.BYTES, Long.BYTES, length.number());
        if (buffer.isNumber()) {
            arena.learn(buffer.number(), room);
            arena.put(at, Long.BYTES, buffer.number());
            return true;
        }
        if (isFilled) {
            arena.put(at, Long.BYTES, arena.room(room, buffer instanceof Value.Str text ? text.bytes().length : 64));
            return true;
        }
        int there = arena.take(room, Long.BYTES);
        arena.put(at, Long.BYTES, arena.address(there));
        return BytesCodec.putBytes(arena, there, buffer, room, netlink);
    }

    @Override
    boolean same(View view, long at, Value value) {
        if (!isFilled || !(value.atExit() instanceof Value.Array array)) {
            return !isFilled || view.cannotTell("shown in an unknown way");
        }
        long left = Math.max(view.frame().result().value(), 0);
        for (int i = 0; i < array.elements().size() && left > 0; i++) {
            Value buffer = array.elements().get(i) instanceof Value.Struct vector ? vector.field("iov_base") : null;
            if (buffer == null) {
                return view.cannotTell("shown in an unknown way");
            }
            long there = view.number(at + (long) i * BYTES, Long.BYTES);
            long filled = Math.min(left, view.number(at + (long) i * BYTES + Long.BYTES, Long.BYTES));
            if (!sameBuffer(view, there, buffer, filled)) {
                return view.in(i);
            }
            left -= filled;
        }
        return true;
    }

    private boolean sameBuffer(View view, long there, Value buffer, long filled) {
        if (buffer instanceof Value.Str text) {
            return BytesCodec.sameBytes(view, there, text, filled);
        }
        return buffer.isNumber() || netlink.sameMessages(view, there, buffer, filled);
    }
}
