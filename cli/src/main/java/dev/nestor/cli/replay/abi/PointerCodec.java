package dev.nestor.cli.replay.abi;

import dev.nestor.cli.strace.Value;
import org.jspecify.annotations.Nullable;

/** A pointer within a structure. */
final class PointerCodec extends Codec {

    private final Codec target;
    private final boolean isWritten; // by the kernel

    PointerCodec(Codec target, boolean isWritten) {
        this.target = target;
        this.isWritten = isWritten;
    }

    @Override
    int fixedSize() {
        return Long.BYTES;
    }

    Codec target() {
        return target;
    }

    @Override
    long size(CallFrame frame, @Nullable Value value) {
        return Long.BYTES;
    }

    @Override
    boolean put(Arena arena, int at, Value value) {
        Value shown = value.atEntry();
        if (shown.isNumber()) {
            arena.learn(shown.number(), target.size(arena.frame(), null));
            arena.put(at, Long.BYTES, shown.number());
            return true;
        }
        if (isWritten) {
            arena.put(at, Long.BYTES, arena.room(target.size(arena.frame(), value), 4096));
            return true;
        }
        int there = arena.take(target.size(arena.frame(), value), target.alignment());
        arena.put(at, Long.BYTES, arena.address(there));
        return target.put(arena, there, value);
    }

    @Override
    boolean same(View view, long at, Value value) {
        if (value.atExit().isNumber()) {
            return true; // no more than where to
        }
        long there = view.number(at, Long.BYTES);
        return there == 0 ? view.cannotTell("no pointer") : target.same(view, there, value);
    }
}
