package dev.nestor.cli.replay.abi;

import dev.nestor.cli.strace.Value;
import org.jspecify.annotations.Nullable;

/** Numbers in all the forms in which strace shows them. */
final class Numbers {

    private static final String UNION = "u64"; // the member of epoll_data_t that is all of it

    private Numbers() {}

    /** Whether a register can be read off this. */
    static boolean isRegister(Value value) {
        return value.isNumber() || (value instanceof Value.Macro macro && known(macro) != null);
    }

    static long register(Value value) {
        Long known = value instanceof Value.Macro macro ? known(macro) : null;
        return known == null ? value.number() : known;
    }

    /** Whether a number in memory can be read off this: also {@code [3]}, as a pointer to one is shown, and raw bytes. */
    static boolean areShown(Value value) {
        return switch (value) {
            case Value.Num num -> true;
            case Value.Pid pid -> true;
            case Value.Fd fd -> true;
            case Value.SigSet set -> true;
            case Value.Changed changed -> areShown(changed.before());
            case Value.Array array ->
                array.elements().size() == 1 && areShown(array.elements().get(0));
            case Value.Str bytes -> bytes.bytes().length <= Long.BYTES && !bytes.isTruncated();
            case Value.Macro macro -> known(macro) != null;
            case Value.Struct struct -> struct.field(UNION) instanceof Value.Num;
            case Value.Opaque opaque -> false;
        };
    }

    /** The number as it was at entry. */
    static long of(Value value) {
        return switch (value) {
            case Value.SigSet set -> set.mask();
            case Value.Changed changed -> of(changed.before());
            case Value.Array array -> of(array.elements().get(0));
            case Value.Str bytes -> littleEndian(bytes.bytes());
            case Value.Macro macro -> register(macro);
            case Value.Struct struct -> {
                Value whole = struct.field(UNION);
                yield whole == null ? 0 : of(whole);
            }
            default -> value.number();
        };
    }

    /** The number as it was at exit; what {@link #areShown} says of the value at exit holds. */
    static long after(Value value) {
        Value shown = value instanceof Value.Array array && array.elements().size() == 1
                ? array.elements().get(0)
                : value;
        return of(shown.atExit());
    }

    static long littleEndian(byte[] bytes) {
        long value = 0;
        for (int i = bytes.length - 1; i >= 0; i--) {
            value = (value << Byte.SIZE) | (bytes[i] & 0xff);
        }
        return value;
    }

    /** {@code IOPRIO_PRIO_VALUE(class, level)}; null for any other macro. */
    private static @Nullable Long known(Value.Macro macro) {
        boolean isPriority = "IOPRIO_PRIO_VALUE".equals(macro.name())
                && macro.args().size() == 2
                && macro.args().get(0).isNumber()
                && macro.args().get(1).isNumber();
        return isPriority
                ? Long.valueOf(
                        macro.args().get(0).number() << 13 | macro.args().get(1).number())
                : null;
    }
}
