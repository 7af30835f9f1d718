package dev.nestor.cli.replay.abi;

import dev.nestor.cli.strace.Value;
import org.jspecify.annotations.Nullable;

/** Pointers to strings with a NULL at their end: argv and envp. */
final class StringsCodec extends Codec {

    private final PointerCodec pointer = new PointerCodec(TextCodec.string(), false);

    @Override
    long size(CallFrame frame, @Nullable Value value) {
        return value instanceof Value.Array array ? (array.elements().size() + 1L) * Long.BYTES : Long.BYTES;
    }

    @Override
    boolean put(Arena arena, int at, Value value) {
        if (!(value instanceof Value.Array array)) {
            return false;
        }
        int place = at;
        for (Value element : array.elements()) {
            if (!pointer.put(arena, place, element)) {
                return false;
            }
            place += Long.BYTES;
        }
        return true;
    }

    @Override
    boolean same(View view, long at, Value value) {
        return view.cannotTell("strings are not compared");
    }
}
