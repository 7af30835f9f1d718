package dev.nestor.cli.replay.abi;

import dev.nestor.cli.strace.Value;
import org.jspecify.annotations.Nullable;

/** A field that the kernel alone writes, in a structure that it also reads: it holds nothing when the call is entered. */
final class WrittenCodec extends Codec {

    private final Codec field;

    WrittenCodec(Codec field) {
        this.field = field;
    }

    @Override
    long size(CallFrame frame, @Nullable Value value) {
        return field.size(frame, value);
    }

    @Override
    int fixedSize() {
        return field.fixedSize();
    }

    @Override
    int alignment() {
        return field.alignment();
    }

    Codec field() {
        return field;
    }

    @Override
    boolean put(Arena arena, int at, Value value) {
        arena.fill(at, field.fixedSize(), Arena.UNWRITTEN);
        return true;
    }

    @Override
    boolean same(View view, long at, Value value) {
        return field.same(view, at, value);
    }
}
