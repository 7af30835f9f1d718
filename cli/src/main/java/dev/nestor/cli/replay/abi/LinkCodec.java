package dev.nestor.cli.replay.abi;

import dev.nestor.cli.strace.Value;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The target of a symbolic link: in /proc, {@code pid:[4026531836]} with the emulator's own number in it. */
final class LinkCodec extends Codec {

    private final Length length;

    LinkCodec(Length length) {
        this.length = length;
    }

    @Override
    long size(CallFrame frame, @Nullable Value value) {
        return length.room(frame, 0);
    }

    @Override
    boolean put(Arena arena, int at, Value value) {
        return false;
    }

    @Override
    boolean same(View view, long at, Value value) {
        if (!(value instanceof Value.Str text)) {
            return view.cannotTell("shown in an unknown way");
        }
        String shown = text.text();
        long recorded = Inodes.number(shown);
        byte[] bytes = view.bytes(at, Math.clamp(view.result(), 0, length.room(view.frame(), 0)));
        if (bytes == null) {
            return true;
        }
        String found = new String(
                bytes, 0, (int) Math.clamp(view.result(), 0, length.room(view.frame(), 0)), StandardCharsets.UTF_8);
        long emulated = Inodes.number(found);
        if (recorded >= 0 && emulated >= 0 && kind(shown).equals(kind(found))) {
            return view.renaming().matches(recorded, emulated)
                    || view.differ(shown, found + ", which stands for another");
        }
        return shown.equals(found)
                || (BytesCodec.sameBytes(view, at, text, found.length()) && view.differ(shown, found));
    }

    private static String kind(String link) {
        return link.substring(0, link.lastIndexOf(":["));
    }
}
