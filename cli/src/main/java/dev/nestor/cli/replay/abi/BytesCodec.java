package dev.nestor.cli.replay.abi;

import dev.nestor.cli.strace.Value;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A buffer of bytes; messages of netlink, which strace takes apart, are put together again. */
final class BytesCodec extends Codec {

    private final Length length;
    private final boolean isRandom;
    private final NetlinkCodec netlink;

    BytesCodec(Length length, boolean isRandom, NetlinkCodec netlink) {
        this.length = length;
        this.isRandom = isRandom;
        this.netlink = netlink;
    }

    @Override
    long size(CallFrame frame, @Nullable Value value) {
        return length.room(frame, value instanceof Value.Str text ? text.bytes().length : 0);
    }

    @Override
    int fixedSize() {
        return (int) Math.max(length.fixed(), 0);
    }

    @Override
    int alignment() {
        return 1;
    }

    @Override
    boolean put(Arena arena, int at, Value value) {
        return putBytes(arena, at, value, size(arena.frame(), value), netlink);
    }

    static boolean putBytes(Arena arena, int at, Value value, long room, NetlinkCodec netlink) {
        if (value instanceof Value.Str text) {
            int shown = (int) Math.min(text.bytes().length, room);
            arena.put(at, text.bytes(), shown);
            arena.fill(at + shown, (int) room - shown, Arena.UNKNOWN);
            return true;
        }
        return netlink.putMessages(arena, at, value, (int) room);
    }

    @Override
    boolean same(View view, long at, Value value) {
        if (value instanceof Value.Str text) {
            long filled = Math.min(length.filled(view.frame(), text.bytes().length), text.bytes().length);
            return isRandom ? isWritten(view, at, filled) : sameBytes(view, at, text, filled);
        }
        return netlink.sameMessages(view, at, value, length.filled(view.frame(), 0));
    }

    /** Whether the kernel has written anything, as far as that can be told of bytes at random. */
    private static boolean isWritten(View view, long at, long filled) {
        boolean isMarked =
                filled >= Integer.BYTES && view.read(at, Integer.BYTES) && view.isAll(Integer.BYTES, Arena.UNWRITTEN);
        return !isMarked || view.differ("bytes", "nothing written");
    }

    /** @param filled how many bytes the kernel has written */
    static boolean sameBytes(View view, long at, Value.Str text, long filled) {
        byte[] shown = text.bytes();
        if (FanotifyBytes.areRead(view.frame().arg(0))) {
            byte[] found = view.bytes(at, Math.min(shown.length, filled));
            shown = found == null ? shown : FanotifyBytes.renamed(view, shown, found);
        }
        return sameBytes(view, at, shown, filled);
    }

    static boolean sameBytes(View view, long at, byte[] shown, long filled) {
        int count = (int) Math.min(shown.length, filled);
        byte[] found = view.bytes(at, count);
        if (found == null) {
            return true;
        }
        boolean isUnknown = false;
        for (int i = mismatch(shown, found, 0, count); i < count; i = mismatch(shown, found, i + 1, count)) {
            if (found[i] != Arena.UNKNOWN) {
                return view.differ(Texts.excerpt(shown, shown.length, i), Texts.excerpt(found, count, i));
            }
            isUnknown = true;
        }
        return !isUnknown || view.cannotTell("unknown bytes");
    }

    /** The first place at or behind one where the two differ; the end when they do not. */
    private static int mismatch(byte[] shown, byte[] found, int from, int end) {
        int place = Arrays.mismatch(shown, from, end, found, from, end);
        return place < 0 ? end : from + place;
    }
}
