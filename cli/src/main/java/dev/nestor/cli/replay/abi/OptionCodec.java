package dev.nestor.cli.replay.abi;

import dev.nestor.cli.strace.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The value of a socket option, in the form in which the log shows it: a number, bytes, or a structure. */
final class OptionCodec extends Codec {

    private static final int MOST = 1 << 20;

    private final int lengthRegister;
    private final List<StructCodec> layouts;

    OptionCodec(int lengthRegister, List<StructCodec> layouts) {
        this.lengthRegister = lengthRegister;
        this.layouts = layouts;
    }

    @Override
    long size(CallFrame frame, @Nullable Value value) {
        long given = Math.min((int) frame.length(lengthRegister) & 0xffffffffL, MOST);
        if (value instanceof Value.Str text) {
            return Math.max(given, text.bytes().length);
        }
        StructCodec layout = value == null ? null : layout(value);
        return Math.max(given, layout == null ? Long.BYTES : layout.fixedSize());
    }

    private @Nullable StructCodec layout(Value value) {
        if (value instanceof Value.Struct struct && !struct.fields().isEmpty()) {
            for (StructCodec layout : layouts) {
                if (layout.has(struct.fields().get(0).name())) {
                    return layout;
                }
            }
        }
        return null;
    }

    @Override
    boolean put(Arena arena, int at, Value value) {
        if (value instanceof Value.Str text) {
            arena.put(at, text.bytes(), text.bytes().length);
            int rest = (int) size(arena.frame(), value) - text.bytes().length;
            arena.fill(at + text.bytes().length, rest, text.isTruncated() ? Arena.UNKNOWN : 0);
            return true;
        }
        if (value instanceof Value.Macro macro
                && "~".equals(macro.name())
                && macro.args().size() == 1) {
            return putComplement(arena, at, macro.args().get(0));
        }
        StructCodec layout = layout(value);
        if (layout != null) {
            return layout.put(arena, at, value);
        }
        if (!Numbers.areShown(value) || value instanceof Value.SigSet) {
            return false;
        }
        arena.put(at, bytes(arena.frame()), Numbers.of(value));
        return true;
    }

    /** {@code ~[0 8]}: ICMP_FILTER, the types that pass. */
    private static boolean putComplement(Arena arena, int at, Value set) {
        if (!(set instanceof Value.Array types)) {
            return false;
        }
        long mask = 0;
        for (Value type : types.elements()) {
            if (!type.isNumber()) {
                return false;
            }
            mask |= 1L << type.number();
        }
        arena.put(at, Integer.BYTES, ~mask);
        return true;
    }

    private int bytes(CallFrame frame) {
        return frame.length(lengthRegister) >= Long.BYTES ? Long.BYTES : Integer.BYTES;
    }

    @Override
    boolean same(View view, long at, Value value) {
        if (value instanceof Value.Str text) {
            return BytesCodec.sameBytes(view, at, text, text.bytes().length);
        }
        StructCodec layout = layout(value);
        if (layout != null) {
            return layout.same(view, at, value);
        }
        if (!Numbers.areShown(value)) {
            return view.cannotTell("shown in an unknown way");
        }
        long found = view.number(at, bytes(view.frame()));
        long shown = Numbers.of(value);
        if (bytes(view.frame()) == Long.BYTES) {
            return found == shown || view.differ(shown, found);
        }
        return (int) found == (int) shown || view.differ(Long.toString(shown), Integer.toString((int) found));
    }
}
