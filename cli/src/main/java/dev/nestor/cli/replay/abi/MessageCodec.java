package dev.nestor.cli.replay.abi;

import dev.nestor.cli.strace.Value;
import org.jspecify.annotations.Nullable;

/** struct msghdr: name, buffers and control messages of sendmsg(2) and recvmsg(2). */
final class MessageCodec extends Codec {
    /*
     *  0 msg_name   8 msg_namelen   16 msg_iov   24 msg_iovlen   32 msg_control   40 msg_controllen   48 msg_flags
     *
     * Of a received message the log shows msg_controllen as it was left. There was room for more, of which nothing is
     * known; only where the kernel says that it was too small (MSG_CTRUNC) was it that small.
     */

    private static final int BYTES = 56;
    private static final int NAME = 0;
    private static final int NAME_LENGTH = 8;
    private static final int VECTORS = 16;
    private static final int VECTOR_COUNT = 24;
    private static final int CONTROL = 32;
    private static final int CONTROL_LENGTH = 40;
    private static final int FLAGS = 48;
    private static final int CONTROL_ROOM = 1024;
    private static final int DEFAULT_ROOM = 4096;
    private static final int MSG_CTRUNC = 8;

    private final boolean isReceived;
    private final SockaddrCodec addresses;
    private final IovecCodec vectors;
    private final ControlCodec control;

    MessageCodec(boolean isReceived, SockaddrCodec addresses, NetlinkCodec netlink, ControlCodec control) {
        this.isReceived = isReceived;
        this.addresses = addresses;
        this.vectors = new IovecCodec(new Length(Length.SHOWN, -1, false), isReceived, netlink);
        this.control = control;
    }

    @Override
    long size(CallFrame frame, @Nullable Value value) {
        return BYTES;
    }

    @Override
    int fixedSize() {
        return BYTES;
    }

    @Override
    void putMissing(Arena arena, int at) {
        int vector = arena.take(16, Long.BYTES);
        arena.put(vector, Long.BYTES, arena.room(DEFAULT_ROOM, 0));
        arena.put(vector + Long.BYTES, Long.BYTES, DEFAULT_ROOM);
        arena.put(at + VECTORS, Long.BYTES, arena.address(vector));
        arena.put(at + VECTOR_COUNT, Long.BYTES, 1);
    }

    @Override
    boolean put(Arena arena, int at, Value value) {
        if (!(value.atEntry() instanceof Value.Struct message)) {
            return false;
        }
        if (isReceived && message.field("msg_iov") == null) {
            putMissing(arena, at);
        }
        arena.put(at + FLAGS, Integer.BYTES, isReceived ? 0 : number(message, "msg_flags"));
        return putName(arena, at, message) && putVectors(arena, at, message) && putControl(arena, at, message);
    }

    private boolean putName(Arena arena, int at, Value.Struct message) {
        Value name = message.field("msg_name");
        long length = number(message, "msg_namelen");
        arena.put(at + NAME_LENGTH, Integer.BYTES, length);
        if (name == null) {
            return true;
        }
        if (name.isNumber()) {
            arena.learn(name.number(), length);
            arena.put(at + NAME, Long.BYTES, name.number());
            return true;
        }
        if (isReceived) {
            arena.put(at + NAME, Long.BYTES, arena.room(Math.clamp(length, 0, 4096), 128));
            return true;
        }
        int there = arena.take(Math.max(128, Math.min(length, 4096)), Long.BYTES);
        arena.put(at + NAME, Long.BYTES, arena.address(there));
        return addresses.put(arena, there, name);
    }

    private boolean putVectors(Arena arena, int at, Value.Struct message) {
        Value shown = message.field("msg_iov");
        if (shown == null) {
            return true;
        }
        long count = number(message, "msg_iovlen");
        arena.put(at + VECTOR_COUNT, Long.BYTES, count);
        if (shown.isNumber()) {
            arena.learn(shown.number(), Math.clamp(count, 1, 1024) * 16L);
            arena.put(at + VECTORS, Long.BYTES, shown.number());
            return true;
        }
        int there = arena.take(vectors.size(arena.frame(), shown), Long.BYTES);
        arena.put(at + VECTORS, Long.BYTES, arena.address(there));
        return vectors.put(arena, there, shown);
    }

    private boolean putControl(Arena arena, int at, Value.Struct message) {
        Value shown = message.field("msg_control");
        long length = number(message, "msg_controllen");
        if (isReceived) {
            boolean isCut = (number(message, "msg_flags") & MSG_CTRUNC) != 0;
            long room = isCut ? length : length + CONTROL_ROOM;
            arena.put(at + CONTROL, Long.BYTES, room == 0 ? 0 : arena.room(room, (int) Math.min(length, 4096)));
            arena.put(at + CONTROL_LENGTH, Long.BYTES, room);
            return true;
        }
        arena.put(at + CONTROL_LENGTH, Long.BYTES, length);
        if (shown == null) {
            return true;
        }
        if (shown.isNumber()) {
            arena.learn(shown.number(), length);
            arena.put(at + CONTROL, Long.BYTES, shown.number());
            return true;
        }
        int there = arena.take(Math.clamp(length, 16, 1 << 16), Long.BYTES);
        arena.put(at + CONTROL, Long.BYTES, arena.address(there));
        return control.put(arena, there, shown, Math.clamp(length, 16, 1 << 16));
    }

    @Override
    boolean same(View view, long at, Value value) {
        if (!isReceived || view.frame().result().value() < 0) {
            return true;
        }
        if (!(value.atExit() instanceof Value.Struct message)) {
            return view.cannotTell("shown in an unknown way");
        }
        return sameNumber(view, at + NAME_LENGTH, Integer.BYTES, message, "msg_namelen")
                && sameName(view, at, message)
                && sameNumber(view, at + FLAGS, Integer.BYTES, message, "msg_flags")
                && sameNumber(view, at + CONTROL_LENGTH, Long.BYTES, message, "msg_controllen")
                && sameControl(view, at, message)
                && sameVectors(view, at, message);
    }

    private static boolean sameNumber(View view, long at, int size, Value.Struct message, String field) {
        Value shown = message.field(field);
        if (shown == null || !shown.atExit().isNumber()) {
            return true;
        }
        long found = view.number(at, size);
        return found == shown.atExit().number() || view.differ(shown.atExit().number(), found) || view.in(field);
    }

    private boolean sameName(View view, long at, Value.Struct message) {
        Value name = message.field("msg_name");
        return name == null
                || name.isNumber()
                || addresses.same(view, view.number(at + NAME, Long.BYTES), name)
                || view.in("msg_name");
    }

    private boolean sameControl(View view, long at, Value.Struct message) {
        Value shown = message.field("msg_control");
        return shown == null
                || shown.isNumber()
                || control.same(view, view.number(at + CONTROL, Long.BYTES), shown, number(message, "msg_controllen"))
                || view.in("msg_control");
    }

    private boolean sameVectors(View view, long at, Value.Struct message) {
        Value shown = message.field("msg_iov");
        return shown == null
                || shown.isNumber()
                || vectors.same(view, view.number(at + VECTORS, Long.BYTES), shown)
                || view.in("msg_iov");
    }

    private static long number(Value.Struct message, String field) {
        Value value = message.field(field);
        return value != null && value.isNumber()
                ? value.number()
                : value != null && value.atEntry().isNumber() ? value.atEntry().number() : 0;
    }
}
