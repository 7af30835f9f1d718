package dev.nestor.cli.replay.abi;

import dev.nestor.cli.strace.Field;
import dev.nestor.cli.strace.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A set of bits, shown as the numbers of those that are set: an fd_set, a cpu_set_t. */
final class BitsCodec extends Codec {

    private static final int FD_SET_BYTES = 128;

    private final Length length; // bytes
    private final @Nullable String detail; // where the result of the call shows the set; null when the argument does

    BitsCodec(Length length, @Nullable String detail) {
        this.length = length;
        this.detail = detail;
    }

    /** The descriptors of select(2), which are shown behind the result as {@code in [3 5]}. */
    static BitsCodec descriptors(String detail) {
        return new BitsCodec(Length.fixed(FD_SET_BYTES), detail);
    }

    @Override
    long size(CallFrame frame, @Nullable Value value) {
        long highest = -1;
        if (value != null && value.atEntry() instanceof Value.Array array) {
            for (Value element : array.elements()) {
                highest = Math.max(highest, element.isNumber() ? element.number() : -1);
            }
        }
        return Math.clamp(Math.max(length.room(frame, 0), (highest + 64) / 64 * 8), 8, 1 << 16);
    }

    @Override
    boolean put(Arena arena, int at, Value value) {
        if (!(value.atEntry() instanceof Value.Array array) || array.isAbbreviated()) {
            return false;
        }
        byte[] bits = bits(array.elements(), (int) size(arena.frame(), value));
        if (bits == null) {
            return false;
        }
        arena.put(at, bits, bits.length);
        return true;
    }

    private static byte @Nullable [] bits(List<Value> elements, int bytes) {
        byte[] bits = new byte[bytes];
        for (Value element : elements) {
            if (!element.isNumber() || element.number() < 0 || element.number() >= bytes * 8L) {
                return null;
            }
            bits[(int) element.number() / 8] |= (byte) (1 << element.number() % 8);
        }
        return bits;
    }

    @Override
    boolean same(View view, long at, Value value) {
        List<Value> shown = shown(view, value);
        int count =
                (int) Math.min(length.isResult() ? length.filled(view.frame(), 0) : size(view.frame(), value), 1 << 16);
        byte[] expected = shown == null ? null : bits(shown, (int) size(view.frame(), value));
        if (expected == null) {
            return view.cannotTell("shown in an unknown way");
        }
        byte[] found = view.bytes(at, count);
        for (int i = 0; found != null && i < count; i++) {
            if (found[i] != (i < expected.length ? expected[i] : 0)) {
                return view.differ(
                        "bits 0x" + Integer.toHexString(expected[i] & 0xff),
                        "0x" + Integer.toHexString(found[i] & 0xff));
            }
        }
        return true;
    }

    private @Nullable List<Value> shown(View view, Value value) {
        if (detail == null) {
            return value.atExit() instanceof Value.Array array && !array.isAbbreviated() ? array.elements() : null;
        }
        if (view.frame().result().value() < 0) {
            return value.atEntry() instanceof Value.Array array ? array.elements() : null;
        }
        for (Field field : view.frame().result().details()) {
            if (detail.equals(field.name())) {
                return field.value() instanceof Value.Array array && !array.isAbbreviated() ? array.elements() : null;
            }
        }
        return List.of();
    }
}
