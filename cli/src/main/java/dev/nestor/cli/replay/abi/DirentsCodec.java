package dev.nestor.cli.replay.abi;

import dev.nestor.cli.strace.Value;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What getdents64(2) writes. File systems have orders of their own, by hashes that depend on the disk: entries are compared
 * as a set of names and types, within one call. Inodes and offsets may be any.
 */
final class DirentsCodec extends Codec {

    private static final int LENGTH = 16; // d_reclen
    private static final int TYPE = 18;
    private static final int NAME = 19;

    private final Length length;

    DirentsCodec(Length length) {
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
        if (!(value instanceof Value.Array array)) {
            return view.cannotTell("shown in an unknown way");
        }
        Map<String, Long> types = types(array.elements());
        int filled = (int) Math.min(length.filled(view.frame(), 0), 1 << 24);
        byte[] found = types == null ? null : view.bytes(at, filled);
        if (types == null || found == null) {
            return view.cannotTell("shown in an unknown way");
        }
        int place = 0;
        while (place + NAME < filled) {
            int size = (found[place + LENGTH] & 0xff) | (found[place + LENGTH + 1] & 0xff) << Byte.SIZE;
            if (size <= NAME || place + size > filled) {
                return view.differ("directory entries", "no entry at " + place);
            }
            String name = name(found, place + NAME, place + size);
            Long type = types.remove(name);
            if (type == null || type != found[place + TYPE]) {
                return view.differ(
                        type == null ? "no " + name : name + " of type " + type,
                        name + " of type " + found[place + TYPE]);
            }
            place += size;
        }
        return types.isEmpty()
                || array.isAbbreviated()
                || view.differ(types.keySet().iterator().next(), "missing");
    }

    private static String name(byte[] bytes, int from, int limit) {
        int end = from;
        while (end < limit && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, from, end - from, StandardCharsets.ISO_8859_1);
    }

    /** Types by names; null when an entry is not shown as one. */
    private static @Nullable Map<String, Long> types(List<Value> entries) {
        Map<String, Long> types = LinkedHashMap.newLinkedHashMap(entries.size());
        for (Value entry : entries) {
            Value name = entry instanceof Value.Struct struct ? struct.field("d_name") : null;
            Value type = entry instanceof Value.Struct struct ? struct.field("d_type") : null;
            if (!(name instanceof Value.Str text) || type == null || !type.isNumber()) {
                return null;
            }
            types.put(new String(text.bytes(), StandardCharsets.ISO_8859_1), type.number());
        }
        return types;
    }
}
