package dev.nestor.cli.replay.abi;

import dev.nestor.cli.strace.Value;
import org.jspecify.annotations.Nullable;

/** A text of statmount(2): the field holds its offset in the strings that follow the structure. */
final class StrtabCodec extends Codec {

    private static final int STRINGS = 512; // offset of the first in the structure

    private final int offset; // of this field
    private final TextCodec text = TextCodec.string();

    StrtabCodec(int offset) {
        this.offset = offset;
    }

    @Override
    long size(CallFrame frame, @Nullable Value value) {
        return Integer.BYTES;
    }

    @Override
    int fixedSize() {
        return Integer.BYTES;
    }

    @Override
    int alignment() {
        return Integer.BYTES;
    }

    @Override
    boolean put(Arena arena, int at, Value value) {
        return false;
    }

    @Override
    boolean same(View view, long at, Value value) {
        long place = view.number(at, Integer.BYTES);
        return text.same(view, at - offset + STRINGS + place, value);
    }
}
