package dev.nestor.cli.strace;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One value as strace shows it: of an argument, of a field, of an element. */
public sealed interface Value {

    /**
     * A number: plain, a constant, flags, or a pointer whose target is not shown.
     *
     * @param value 64 bits, signed or unsigned as the reader of it knows
     * @param symbol the constant's name or the flags' names in a row, or another remark of strace
     */
    record Num(long value, @Nullable String symbol) implements Value {

        /** A {@code NULL} pointer. */
        public static final Num NULL = new Num(0, "NULL");
    }

    /**
     * A process number of an inner PID namespace.
     *
     * @param outer the same task as strace itself numbers it; in deep nests it may be wrong
     */
    record Pid(long value, long outer) implements Value {}

    /**
     * A descriptor and what it stands for.
     *
     * @param symbol {@code AT_FDCWD}
     * @param target a path, or {@code pipe:[148282]}, {@code TCP:[...]}, {@code pid:[4026531836]}, {@code anon_inode:[...]}
     */
    record Fd(long value, @Nullable String symbol, String target, boolean isDeleted) implements Value {}

    /** Bytes that a pointer points to. */
    final class Str implements Value {

        private final byte[] bytes;
        private final boolean isTruncated;

        Str(byte[] bytes, boolean isTruncated) {
            this.bytes = bytes;
            this.isTruncated = isTruncated;
        }

        public int length() {
            return bytes.length;
        }

        /** A copy. */
        public byte[] bytes() {
            return bytes.clone();
        }

        /** Whether more bytes follow that strace does not show. */
        public boolean isTruncated() {
            return isTruncated;
        }

        /** The bytes as UTF-8, as names of files mostly are. */
        public String text() {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Str str && isTruncated == str.isTruncated && Arrays.equals(bytes, str.bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }

        @Override
        public String toString() {
            return '"' + text() + '"' + (isTruncated ? "..." : "");
        }
    }

    /** A structure; {@code isAbbreviated} when strace left fields out. */
    record Struct(List<Field> fields, boolean isAbbreviated) implements Value {

        public @Nullable Value field(String name) {
            for (Field field : fields) {
                if (name.equals(field.name())) {
                    return field.value();
                }
            }
            return null;
        }
    }

    /**
     * An array, also of one element, as which strace shows what a pointer to a number points to; also the descriptors of
     * an fd_set and the CPUs of a cpu_set_t. An empty signal set is an empty array.
     */
    record Array(List<Value> elements, boolean isAbbreviated) implements Value {}

    /** Signals; bit n - 1 stands for signal n, as in the kernel's sigset_t. */
    record SigSet(long mask) implements Value {}

    /** {@code before => after}: what a call changed, as it was at entry and at exit. */
    record Changed(Value before, Value after) implements Value {}

    /** A macro without a number: {@code BPF_STMT(0x20, 0x4)}, {@code if_nametoindex("lo")}. */
    record Macro(String name, List<Value> args) implements Value {}

    /** Text that means no number: an unknown name, {@code ???}, a word of an abbreviated structure. */
    record Opaque(String text) implements Value {}

    /** Whether this is a number; {@link #number()} then gives it. */
    default boolean isNumber() {
        return this instanceof Num || this instanceof Pid || this instanceof Fd;
    }

    /** The number that the register or field holds. */
    default long number() {
        return switch (this) {
            case Num num -> num.value;
            case Pid pid -> pid.value;
            case Fd fd -> fd.value;
            case Changed changed -> changed.before.number();
            default -> throw new IllegalStateException("not a number: " + this);
        };
    }

    default boolean isNull() {
        return this instanceof Num num && num.value == 0;
    }

    /** This value as it was when the call was entered. */
    default Value atEntry() {
        return this instanceof Changed changed ? changed.before : this;
    }

    /** This value as it was when the call was left. */
    default Value atExit() {
        return this instanceof Changed changed ? changed.after : this;
    }

    /** Signals as a mask, also from the forms of a set that show no signal's name; null when this is no set. */
    default @Nullable Long sigMask() {
        if (this instanceof SigSet set) {
            return set.mask;
        }
        if (!(this instanceof Array array)) {
            return null;
        }
        long mask = 0;
        for (Value element : array.elements) {
            if (!(element instanceof Num num) || num.value < 1 || num.value > 64) {
                return null;
            }
            mask |= 1L << (num.value - 1);
        }
        return mask;
    }
}
