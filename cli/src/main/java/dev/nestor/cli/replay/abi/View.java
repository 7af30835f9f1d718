package dev.nestor.cli.replay.abi;

import dev.nestor.mm.AddressSpaces;
import dev.nestor.mm.UserMemory;
import dev.nestor.table.Table;
import org.jspecify.annotations.Nullable;

/** User memory after a call, and what has been found of it so far: nothing, a difference, or that something cannot be told. */
final class View {

    private final UserMemory memory;
    private final CallFrame frame;
    private final Renaming renaming;
    private final Renaming mounts;
    private final byte[] word = new byte[Long.BYTES];
    private final StringBuilder path = new StringBuilder();

    private int mm = Table.NULL;
    private long result;
    private byte[] bytes = new byte[4096];
    private @Nullable String expected;
    private @Nullable String actual;
    private @Nullable String unknown; // why, the first time

    View(AddressSpaces spaces, CallFrame frame, Renaming renaming, Renaming mounts) {
        this.mounts = mounts;
        this.memory = spaces.memory();
        this.frame = frame;
        this.renaming = renaming;
    }

    void open(int space, long answer) {
        mm = space;
        result = answer;
        path.setLength(0);
        expected = null;
        actual = null;
        unknown = null;
    }

    CallFrame frame() {
        return frame;
    }

    /** What the emulator returned. */
    long result() {
        return result;
    }

    Renaming renaming() {
        return renaming;
    }

    /** What stands at an address is the id that the log shows, if nothing speaks against it. */
    void noteMount(long at, long recorded) {
        if (memory.copyFromUser(mm, at, word, 0, Long.BYTES) == 0) {
            mounts.matches(recorded, word(Long.BYTES, false));
        }
    }

    /** What stands at an address is an id that the log does not show, and may name next. */
    void awaitMount(long at) {
        if (memory.copyFromUser(mm, at, word, 0, Long.BYTES) == 0) {
            mounts.await(word(Long.BYTES, false));
        }
    }

    /** Unique ids of mounts. */
    Renaming mounts() {
        return mounts;
    }

    /** Bytes of memory, valid until the next call of this; null when they cannot be read, which is then unknown. */
    byte @Nullable [] bytes(long at, long length) {
        if (length > bytes.length) {
            bytes = new byte[(int) Math.min(length * 2, Integer.MAX_VALUE - 8)];
        }
        if (length > bytes.length || memory.copyFromUser(mm, at, bytes, 0, (int) length) != 0) {
            cannotTell("memory is not there");
            return null;
        }
        return bytes;
    }

    /** Reads up to eight bytes, into what {@link #word} gives; false when they cannot be read, which is then unknown. */
    boolean read(long at, int size) {
        if (memory.copyFromUser(mm, at, word, 0, size) == 0) {
            return true;
        }
        cannotTell("memory is not there");
        return false;
    }

    /** The number last read. */
    long word(int size, boolean isSigned) {
        long value = 0;
        for (int i = size - 1; i >= 0; i--) {
            value = (value << Byte.SIZE) | (word[i] & 0xff);
        }
        int unused = Long.SIZE - size * Byte.SIZE;
        return isSigned ? value << unused >> unused : value << unused >>> unused;
    }

    /** Whether all bytes of the number last read are this one. */
    boolean isAll(int size, byte what) {
        for (int i = 0; i < size; i++) {
            if (word[i] != what) {
                return false;
            }
        }
        return true;
    }

    /** Reads a number; 0 when it cannot be read, which is then unknown. */
    long number(long at, int size) {
        return read(at, size) ? word(size, false) : 0;
    }

    /** Whether a number in memory is the one shown, as far as its bytes go; unknown bytes cannot be told. */
    boolean sameNumber(long at, int size, long shown) {
        if (!read(at, size)) {
            return true;
        }
        int unused = Long.SIZE - size * Byte.SIZE;
        long found = word(size, true);
        if (found == shown << unused >> unused) {
            return true;
        }
        return isAll(size, Arena.UNKNOWN) ? cannotTell("unknown bytes") : differ(shown << unused >> unused, found);
    }

    /** Always false, so that it may be returned. */
    boolean differ(String shown, String found) {
        expected = shown;
        actual = found;
        return false;
    }

    boolean differ(long shown, long found) {
        return differ(Long.toString(shown), Long.toString(found));
    }

    /** Always false: the difference is in this field. */
    boolean in(String field) {
        path.insert(0, path.isEmpty() || path.charAt(0) == '[' ? field : field + ".");
        return false;
    }

    /** Always false: the difference is in this element. */
    boolean in(int index) {
        path.insert(0, path.isEmpty() || path.charAt(0) == '[' ? "[" + index + "]" : "[" + index + "].");
        return false;
    }

    /** Always true: nothing speaks against it. */
    boolean cannotTell(String why) {
        if (unknown == null) {
            unknown = path + why;
        }
        return true;
    }

    /** What has been found. */
    Outcome outcome() {
        if (expected != null && actual != null) {
            String where = path.isEmpty() ? "" : path + ": ";
            return Outcome.different(where + expected, actual);
        }
        return unknown == null ? Outcome.EQUAL : Outcome.unknown("", unknown);
    }
}
