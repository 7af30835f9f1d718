package dev.nestor.cli.replay.abi;

import dev.nestor.cli.strace.Value;
import org.jspecify.annotations.Nullable;

/** Text that ends with a NUL, or where its field ends. */
final class TextCodec extends Codec {

    private static final int PATH_MAX = 4096;
    private static final int UNSHOWN = 64; // bytes that stand for the rest of a string that strace has cut

    private final int size; // of the field; 0 when nothing but the NUL bounds it
    private final int cutSize; // how long a string is of which strace shows only the beginning

    private TextCodec(int size, int cutSize) {
        this.size = size;
        this.cutSize = cutSize;
    }

    static TextCodec field(int size) {
        return new TextCodec(size, 0);
    }

    static TextCodec string() {
        return new TextCodec(0, 0);
    }

    /** A string that strace shows whole if the kernel would take it. */
    static TextCodec path() {
        return new TextCodec(0, PATH_MAX);
    }

    @Override
    long size(CallFrame frame, @Nullable Value value) {
        if (size > 0 || !(value instanceof Value.Str text)) {
            return Math.max(size, 1);
        }
        int length = text.bytes().length;
        return text.isTruncated() ? Math.max(length + UNSHOWN, cutSize) + 1 : length + 1;
    }

    @Override
    int fixedSize() {
        return size;
    }

    @Override
    int alignment() {
        return 1;
    }

    @Override
    boolean put(Arena arena, int at, Value value) {
        if (!(value instanceof Value.Str text)) {
            return false;
        }
        int room = size > 0 ? size : (int) size(arena.frame(), value) - 1;
        int shown = Math.min(text.bytes().length, room);
        arena.put(at, text.bytes(), shown);
        arena.fill(at + shown, room - shown, text.isTruncated() ? Arena.UNKNOWN : 0);
        return true;
    }

    @Override
    boolean same(View view, long at, Value value) {
        if (!(value.atExit() instanceof Value.Str text)) {
            return view.cannotTell("shown in an unknown way");
        }
        int shown = text.bytes().length;
        if (!BytesCodec.sameBytes(view, at, text, shown)) {
            return false;
        }
        boolean hasEnd = !text.isTruncated() && (size == 0 || shown < size);
        if (hasEnd && view.read(at + shown, 1) && view.word(1, false) != 0) {
            return view.isAll(1, Arena.UNKNOWN)
                    ? view.cannotTell("unknown bytes")
                    : view.differ("ends after " + shown + " bytes", "longer");
        }
        return true;
    }
}
