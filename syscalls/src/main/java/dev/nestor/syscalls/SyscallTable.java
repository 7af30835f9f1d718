package dev.nestor.syscalls;

import dev.nestor.uapi.Errno;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** The x86-64 call table: number, name, handler, and how much of the call is there. */
public final class SyscallTable {
    /** One more than the highest call number of Linux 6.18. */
    public static final int SIZE = 471;

    /** How much of a call the emulator does. */
    public enum Level {
        /** All that Linux does, as far as the emulator has the objects concerned. */
        FULL,
        /** What is missing is stated. */
        PARTIAL,
        /** Linux has the call; here the answer is ENOSYS. */
        NONE,
        /** The reference kernel has no such call, or was built without it: its own answer is ENOSYS. */
        ABSENT
    }

    private final @Nullable String[] names = new @Nullable String[SIZE];
    private final @Nullable SyscallHandler[] handlers = new @Nullable SyscallHandler[SIZE];
    private final @Nullable String[] missing = new @Nullable String[SIZE];
    private final BitSet absent = new BitSet(SIZE);

    private SyscallTable() {}

    public static Builder builder() {
        return new Builder(new SyscallTable());
    }

    public @Nullable SyscallHandler handler(int nr) {
        return nr >= 0 && nr < SIZE ? handlers[nr] : null;
    }

    public Level level(int nr) {
        if (nr < 0 || nr >= SIZE || absent.get(nr)) {
            return Level.ABSENT;
        }
        if (handlers[nr] == null) {
            return Level.NONE;
        }
        return missing[nr] == null ? Level.FULL : Level.PARTIAL;
    }

    /** What of a partial call is missing. */
    public String missing(int nr) {
        String text = nr >= 0 && nr < SIZE ? missing[nr] : null;
        return text == null ? "" : text;
    }

    public String name(int nr) {
        String name = nr >= 0 && nr < SIZE ? names[nr] : null;
        return name == null ? "syscall_" + nr : name;
    }

    /** Takes the handlers of all families; each call is registered once. */
    public static final class Builder {
        private final SyscallTable table;

        private Builder(SyscallTable table) {
            this.table = table;
        }

        public Builder full(int nr, String name, SyscallHandler handler) {
            if (table.handlers[nr] != null) {
                throw new IllegalStateException("call " + nr + " is registered as " + table.names[nr] + " and " + name);
            }
            table.names[nr] = name;
            table.handlers[nr] = handler;
            return this;
        }

        /** @param lacks what of the call is missing, for docs/syscalls.md */
        public Builder partial(int nr, String name, SyscallHandler handler, String lacks) {
            full(nr, name, handler);
            table.missing[nr] = lacks;
            return this;
        }

        /** sys_ni_syscall(): a number that the reference kernel answers with ENOSYS whatever its arguments are. */
        public Builder absent(int nr, String name) {
            table.absent.set(nr);
            return full(nr, name, (task, args) -> -Errno.ENOSYS);
        }

        public SyscallTable build() {
            SyscallTable built = new SyscallTable();
            System.arraycopy(table.names, 0, built.names, 0, SIZE);
            System.arraycopy(table.handlers, 0, built.handlers, 0, SIZE);
            System.arraycopy(table.missing, 0, built.missing, 0, SIZE);
            built.absent.or(table.absent);
            return built;
        }
    }

    /** The numbers that have a handler, ascending. */
    public int[] implemented() {
        int[] numbers = new int[SIZE];
        int count = 0;
        for (int nr = 0; nr < SIZE; nr++) {
            if (handlers[nr] != null) {
                numbers[count++] = nr;
            }
        }
        return Arrays.copyOf(numbers, count);
    }
}
