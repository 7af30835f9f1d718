package dev.nestor.cli.replay.abi;

import dev.nestor.cli.strace.Value;
import org.jspecify.annotations.Nullable;

/** A sigset_t of the kernel. */
final class MaskCodec extends Codec {

    @Override
    long size(CallFrame frame, @Nullable Value value) {
        return Long.BYTES;
    }

    @Override
    int fixedSize() {
        return Long.BYTES;
    }

    @Override
    boolean put(Arena arena, int at, Value value) {
        Long mask = mask(value.atEntry());
        if (mask == null) {
            return false;
        }
        arena.put(at, Long.BYTES, mask);
        return true;
    }

    @Override
    boolean same(View view, long at, Value value) {
        Long mask = mask(value.atExit());
        if (mask == null) {
            return view.cannotTell("shown in an unknown way");
        }
        long found = view.number(at, Long.BYTES);
        return found == mask || view.differ("mask 0x" + Long.toHexString(mask), "mask 0x" + Long.toHexString(found));
    }

    /** Also {@code [[HUP INT]]}, as a pointer to one may be shown. */
    private static @Nullable Long mask(Value value) {
        boolean isWrapped = value instanceof Value.Array array
                && array.elements().size() == 1
                && array.elements().get(0) instanceof Value.SigSet;
        return isWrapped ? Long.valueOf(Numbers.of(value)) : value.sigMask();
    }
}
