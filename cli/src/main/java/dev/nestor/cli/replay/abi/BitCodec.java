package dev.nestor.cli.replay.abi;

import dev.nestor.cli.strace.Value;
import org.jspecify.annotations.Nullable;

/** A bit field of up to eight bits within one byte of a word. */
final class BitCodec extends Codec {

    private final int first;
    private final int mask; // before it is shifted

    private BitCodec(int first, int count) {
        this.first = first;
        this.mask = (1 << count) - 1;
    }

    /** {@code first+count}. */
    static BitCodec of(String bound) {
        int plus = bound.indexOf('+');
        return new BitCodec(Integer.parseInt(bound.substring(0, plus)), Integer.parseInt(bound.substring(plus + 1)));
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
        if (!Numbers.areShown(value)) {
            return false;
        }
        int place = at + first / Byte.SIZE;
        long bits = (Numbers.of(value) & mask) << (first % Byte.SIZE);
        arena.put(place, Byte.BYTES, arena.staged(place) | bits);
        return true;
    }

    @Override
    boolean same(View view, long at, Value value) {
        if (!Numbers.areShown(value.atExit())) {
            return view.cannotTell("shown in an unknown way");
        }
        long found = (view.number(at, Integer.BYTES) >> first) & mask;
        return found == (Numbers.after(value) & mask) || view.differ(Numbers.after(value), found);
    }
}
