package dev.nestor.cli.replay.abi;

import dev.nestor.cli.strace.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Instructions of a socket filter, shown as {@code BPF_STMT(code, k)} and {@code BPF_JUMP(code, k, jt, jf)}. */
final class FilterCodec extends Codec {

    private static final int BYTES = 8; // u16 code, u8 jt, u8 jf, u32 k

    @Override
    long size(CallFrame frame, @Nullable Value value) {
        return value instanceof Value.Array program ? (long) program.elements().size() * BYTES : BYTES;
    }

    @Override
    boolean put(Arena arena, int at, Value value) {
        if (!(value instanceof Value.Array program) || program.isAbbreviated()) {
            return false;
        }
        int place = at;
        for (Value element : program.elements()) {
            if (!(element instanceof Value.Macro instruction) || !putOne(arena, place, instruction.args())) {
                return false;
            }
            place += BYTES;
        }
        return true;
    }

    private static boolean putOne(Arena arena, int at, List<Value> parts) {
        if (parts.size() != 2 && parts.size() != 4) {
            return false;
        }
        for (Value part : parts) {
            if (!part.isNumber()) {
                return false;
            }
        }
        arena.put(at, Short.BYTES, parts.get(0).number());
        arena.put(at + 4, Integer.BYTES, parts.get(1).number());
        if (parts.size() == 4) {
            arena.put(at + 2, Byte.BYTES, parts.get(2).number());
            arena.put(at + 3, Byte.BYTES, parts.get(3).number());
        }
        return true;
    }

    @Override
    boolean same(View view, long at, Value value) {
        return view.cannotTell("filters are not compared");
    }
}
