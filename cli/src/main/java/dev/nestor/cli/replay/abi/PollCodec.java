package dev.nestor.cli.replay.abi;

import dev.nestor.cli.strace.Field;
import dev.nestor.cli.strace.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The descriptors of poll(2); those that are ready are shown behind the result. */
final class PollCodec extends Codec {

    private static final int BYTES = 8; // int fd, short events, short revents
    private static final int MOST = 1 << 16;

    private final Length count;

    PollCodec(Length count) {
        this.count = count;
    }

    @Override
    long size(CallFrame frame, @Nullable Value value) {
        long shown = value instanceof Value.Array array ? array.elements().size() : 0;
        return Math.max(shown, Math.min(count.room(frame, shown), MOST)) * BYTES;
    }

    @Override
    boolean put(Arena arena, int at, Value value) {
        if (!(value instanceof Value.Array array) || array.isAbbreviated()) {
            return false;
        }
        int place = at;
        for (Value element : array.elements()) {
            Value fd = element instanceof Value.Struct entry ? entry.field("fd") : null;
            Value events = element instanceof Value.Struct entry ? entry.field("events") : null;
            if (fd == null || !fd.isNumber()) {
                return false;
            }
            arena.put(place, Integer.BYTES, fd.number());
            arena.put(place + 4, Short.BYTES, events != null && events.isNumber() ? events.number() : 0);
            place += BYTES;
        }
        return true;
    }

    @Override
    boolean same(View view, long at, Value value) {
        if (view.frame().result().value() < 0) {
            return true;
        }
        Value.Array ready = ready(view.frame());
        long entries = size(view.frame(), value) / BYTES;
        int next = 0;
        for (int i = 0; i < entries; i++) {
            long revents = view.number(at + (long) i * BYTES + 6, Short.BYTES);
            if (revents == 0) {
                continue;
            }
            String found = event((int) view.number(at + (long) i * BYTES, Integer.BYTES), revents);
            if (next == ready.elements().size()) {
                return ready.isAbbreviated() || view.differ("no event", found);
            }
            String shown = event(ready.elements().get(next++));
            if (!shown.equals(found)) {
                return view.differ(shown, found);
            }
        }
        return next == ready.elements().size()
                || view.differ(event(ready.elements().get(next)), "no event");
    }

    private static Value.Array ready(CallFrame frame) {
        for (Field field : frame.result().details()) {
            if (field.value() instanceof Value.Array array) {
                return array;
            }
        }
        return new Value.Array(List.of(), false);
    }

    private static String event(Value value) {
        Value fd = value instanceof Value.Struct entry ? entry.field("fd") : null;
        Value revents = value instanceof Value.Struct entry ? entry.field("revents") : null;
        if (fd == null || revents == null || !fd.isNumber() || !revents.isNumber()) {
            return "";
        }
        return event((int) fd.number(), revents.number());
    }

    private static String event(int fd, long revents) {
        return "fd " + fd + " events 0x" + Long.toHexString(revents & 0xffff);
    }
}
