package dev.nestor.cli.replay.abi;

import dev.nestor.cli.strace.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Elements of one kind, one after the other. */
final class ArrayCodec extends Codec {

    private static final long MOST_BYTES = 1 << 20; // of an array whose length nobody shows to be true

    private final Codec element;
    private final int elementSize;
    private final Length length;

    ArrayCodec(Codec element, Length length) {
        this.element = element;
        this.elementSize = element.fixedSize();
        this.length = length;
    }

    Codec element() {
        return element;
    }

    @Override
    long size(CallFrame frame, @Nullable Value value) {
        long shown = value == null ? 0 : elements(value.atEntry()).size();
        long count = Math.max(length.room(frame, shown), shown);
        return count > MOST_BYTES / elementSize ? Math.max(shown * elementSize, MOST_BYTES) : count * elementSize;
    }

    @Override
    int fixedSize() {
        return (int) Math.max(length.fixed(), 0) * elementSize;
    }

    @Override
    int alignment() {
        return element.alignment();
    }

    @Override
    boolean put(Arena arena, int at, Value value) {
        if (!isList(value.atEntry())) {
            return false;
        }
        List<Value> elements = elements(value.atEntry());
        int place = at;
        for (Value shown : elements) {
            if (!element.put(arena, place, shown)) {
                return false;
            }
            place += elementSize;
        }
        if (value.atEntry() instanceof Value.Array array && array.isAbbreviated()) {
            arena.fill(place, (int) size(arena.frame(), value) - (place - at), Arena.UNKNOWN);
        }
        return true;
    }

    @Override
    boolean same(View view, long at, Value value) {
        if (!isList(value.atExit())) {
            return view.cannotTell("shown in an unknown way");
        }
        List<Value> elements = elements(value.atExit());
        int shown = elements.size();
        long count = length.isResult()
                ? Math.min(shown, length.room(view.frame(), shown))
                : shown; // the rest was there before
        for (int i = 0; i < count; i++) {
            if (!element.same(view, at + (long) i * elementSize, elements.get(i))) {
                return view.in(i);
            }
        }
        return true;
    }

    private static boolean isList(Value value) {
        return value instanceof Value.Array;
    }

    private static List<Value> elements(Value value) {
        return value instanceof Value.Array array ? array.elements() : List.of();
    }
}
