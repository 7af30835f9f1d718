package dev.nestor.cli.replay.abi;

import dev.nestor.cli.strace.Value;
import org.jspecify.annotations.Nullable;

/**
 * How something lies in memory and how a log shows it. Values are what stands in the log; what is at entry and at exit of
 * a call is the codec's to take apart.
 */
abstract class Codec {

    /** Bytes that need be there, given what the log shows; null when it shows nothing or a bare pointer. */
    abstract long size(CallFrame frame, @Nullable Value value);

    /** Bytes of one as an element or a field; 0 for what can be neither. */
    int fixedSize() {
        return 0;
    }

    /** A power of two that its address is a multiple of. */
    int alignment() {
        return Long.BYTES;
    }

    /**
     * Writes it as it was when the call was entered, over zeroes.
     *
     * @return false when the log shows it in a way that cannot be encoded
     */
    abstract boolean put(Arena arena, int at, Value value);

    /** Writes what lets a call come about whose arguments the log does not show any more. */
    void putMissing(Arena arena, int at) {}

    /**
     * Whether memory holds what the log shows at exit. Where it does not, what differs is reported to the view; where it
     * cannot be told, the view is told so.
     */
    abstract boolean same(View view, long at, Value value);
}
