package dev.nestor.cli.replay.abi;

import dev.nestor.cli.strace.Value;
import org.jspecify.annotations.Nullable;

/** struct msgbuf of System V message queues: a type, and text. */
final class MessageTextCodec extends Codec {

    private final Length length; // of the text

    MessageTextCodec(Length length) {
        this.length = length;
    }

    @Override
    long size(CallFrame frame, @Nullable Value value) {
        return Long.BYTES + Math.min(length.room(frame, 0), 1 << 20);
    }

    @Override
    boolean put(Arena arena, int at, Value value) {
        if (!(value instanceof Value.Struct message)) {
            return false;
        }
        Value type = message.field("mtype");
        Value text = message.field("mtext");
        if (type == null || !type.isNumber() || !(text instanceof Value.Str bytes)) {
            return false;
        }
        arena.put(at, Long.BYTES, type.number());
        int room = (int) size(arena.frame(), value) - Long.BYTES;
        int shown = Math.min(bytes.bytes().length, room);
        arena.put(at + Long.BYTES, bytes.bytes(), shown);
        arena.fill(at + Long.BYTES + shown, room - shown, Arena.UNKNOWN);
        return true;
    }

    @Override
    boolean same(View view, long at, Value value) {
        Value type = value instanceof Value.Struct message ? message.field("mtype") : null;
        Value text = value instanceof Value.Struct message ? message.field("mtext") : null;
        if (type == null || !type.isNumber() || !(text instanceof Value.Str bytes)) {
            return view.cannotTell("shown in an unknown way");
        }
        long found = view.number(at, Long.BYTES);
        if (found != type.number()) {
            view.differ(type.number(), found);
            return view.in("mtype");
        }
        return BytesCodec.sameBytes(view, at + Long.BYTES, bytes, length.filled(view.frame(), 0)) || view.in("mtext");
    }
}
