package dev.nestor.cli.replay.abi;

import dev.nestor.cli.strace.Field;
import dev.nestor.cli.strace.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A structure of C: fields by their names in the log. */
final class StructCodec extends Codec {

    /** One field and where it lies. */
    record Member(String name, int offset, Codec codec) {}

    private static final Value ZERO = new Value.Num(0, null);

    private final Member[] members;
    private final int size;
    private final int alignment;
    private final int sizeRegister; // the argument that says how much the kernel is to read; -1 when there is none
    private final List<String> read; // fields that the kernel reads; empty when it reads all

    StructCodec(Member[] members, int size, int alignment) {
        this(members, size, alignment, -1, List.of());
    }

    private StructCodec(Member[] members, int size, int alignment, int sizeRegister, List<String> read) {
        this.members = members;
        this.size = size;
        this.alignment = alignment;
        this.sizeRegister = sizeRegister;
        this.read = read;
    }

    /** The same in a version whose size is an argument of its own. */
    StructCodec sizedBy(int register) {
        return new StructCodec(members, size, alignment, register, read);
    }

    /** The same where the kernel reads these fields only: the others hold nothing when the call is entered. */
    StructCodec reading(List<String> fields) {
        return new StructCodec(members, size, alignment, sizeRegister, fields);
    }

    /** Whether it has a field of this name. */
    boolean has(@Nullable String name) {
        return name != null && member(name) != null;
    }

    @Nullable
    Member member(String name) {
        for (Member member : members) {
            if (member.name.equals(name)) {
                return member;
            }
        }
        return null;
    }

    @Override
    long size(CallFrame frame, @Nullable Value value) {
        return sizeRegister < 0 ? size : Math.clamp(frame.length(sizeRegister), size, 1 << 16);
    }

    @Override
    int fixedSize() {
        return sizeRegister < 0 ? size : 0;
    }

    @Override
    int alignment() {
        return alignment;
    }

    @Override
    boolean put(Arena arena, int at, Value value) {
        if (!(value.atEntry() instanceof Value.Struct struct)) {
            return false;
        }
        if (struct.isAbbreviated()) {
            arena.fill(at, size, Arena.UNKNOWN);
        }
        if (!read.isEmpty()) {
            arena.fill(at, size, Arena.UNWRITTEN);
        }
        for (Field field : struct.fields()) {
            String name = field.name();
            boolean isRead = name == null || read.isEmpty() || read.contains(name);
            if (isRead
                    && (name == null
                            ? !putRest(arena, at, field.value())
                            : !putField(arena, at, name, field.value()))) {
                return false;
            }
        }
        return true;
    }

    boolean putField(Arena arena, int at, String name, Value value) {
        Member member = member(name);
        return member != null && member.codec.put(arena, at + member.offset, value);
    }

    /** Bytes beyond the fields that strace knows. */
    private boolean putRest(Arena arena, int at, Value value) {
        long room = size(arena.frame(), null) - size;
        if (value instanceof Value.Str rest && rest.bytes().length <= room) {
            arena.put(at + size, rest.bytes(), rest.bytes().length);
            return true;
        }
        arena.fill(at + size, (int) room, Arena.UNKNOWN);
        return value instanceof Value.Opaque;
    }

    @Override
    boolean same(View view, long at, Value value) {
        if (!(value.atExit() instanceof Value.Struct struct)) {
            return view.cannotTell("shown in an unknown way");
        }
        if (struct.fields().isEmpty() && !struct.isAbbreviated()) {
            return members[0].codec.same(view, at, ZERO) || view.in(members[0].name); // how strace shows no siginfo
        }
        for (Field field : struct.fields()) {
            String name = field.name();
            if (name == null) {
                noteUnknown(view);
            } else if (!sameField(view, at, name, field.value())) {
                return view.in(name);
            }
        }
        return true;
    }

    /** Fields that strace does not know: what a failed call has not written need not be known. */
    private static void noteUnknown(View view) {
        if (view.frame().result().value() >= 0) {
            view.cannotTell("more than is known of the structure");
        }
    }

    boolean sameField(View view, long at, String name, Value value) {
        Member member = member(name);
        return member == null
                ? view.cannotTell(name + " is unknown")
                : member.codec.same(view, at + member.offset, value);
    }
}
