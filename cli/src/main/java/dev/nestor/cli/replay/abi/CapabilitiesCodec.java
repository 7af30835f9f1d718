package dev.nestor.cli.replay.abi;

import dev.nestor.cli.strace.Value;
import org.jspecify.annotations.Nullable;

/** The sets of capget(2): of 64 bits in the log, of two words each in memory, or of one in the first version. */
final class CapabilitiesCodec extends Codec {

    private static final String[] SETS = {"effective", "permitted", "inheritable"};
    private static final long VERSION_1 = 0x19980330;
    private static final int WORDS_BYTES = 12; // of the lower, then of the upper halves

    @Override
    long size(CallFrame frame, @Nullable Value value) {
        return 2 * WORDS_BYTES;
    }

    @Override
    boolean put(Arena arena, int at, Value value) {
        for (int i = 0; i < SETS.length; i++) {
            Value set = set(value.atEntry(), i);
            if (set == null) {
                return false;
            }
            arena.put(at + i * Integer.BYTES, Integer.BYTES, set.number());
            arena.put(at + WORDS_BYTES + i * Integer.BYTES, Integer.BYTES, set.number() >>> Integer.SIZE);
        }
        return true;
    }

    @Override
    boolean same(View view, long at, Value value) {
        for (int i = 0; i < SETS.length; i++) {
            Value set = set(value.atExit(), i);
            if (set == null) {
                return view.cannotTell("shown in an unknown way");
            }
            long found = view.number(at + (long) i * Integer.BYTES, Integer.BYTES);
            if (!isFirstVersion(view.frame())) {
                found |= view.number(at + WORDS_BYTES + (long) i * Integer.BYTES, Integer.BYTES) << Integer.SIZE;
            }
            if (found != set.number()) {
                view.differ("0x" + Long.toHexString(set.number()), "0x" + Long.toHexString(found));
                return view.in(SETS[i]);
            }
        }
        return true;
    }

    private static @Nullable Value set(Value value, int index) {
        Value set = value instanceof Value.Struct sets ? sets.field(SETS[index]) : null;
        return set != null && set.isNumber() ? set : null;
    }

    private static boolean isFirstVersion(CallFrame frame) {
        Value version = frame.arg(0) instanceof Value.Struct header ? header.field("version") : null;
        return version != null && version.isNumber() && version.number() == VERSION_1;
    }
}
