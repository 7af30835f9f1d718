package dev.nestor.cli.replay.abi;

import dev.nestor.cli.strace.Value;
import org.jspecify.annotations.Nullable;

/** A number of one to eight bytes. */
final class IntCodec extends Codec {

    /** How one is compared. */
    enum Rule {
        EXACT,
        /** Any number will do, as long as the kernel has written one. */
        ANY,
        /** Never compared: not every call that shows it has written it. */
        NEVER,
        /** The inode of a file: of a namespace, pipe or socket one to one, of other files any. */
        INODE,
        /** The status of wait4(2). */
        STATUS,
        /** The type of the lock that F_GETLK finds: the log does not show that it was mostly asked for one to write. */
        LOCK_FOUND
    }

    private static final int F_WRLCK = 1;

    private final int size;
    private final boolean isSigned;
    private final Rule rule;

    IntCodec(int size, boolean isSigned, Rule rule) {
        this.size = size;
        this.isSigned = isSigned;
        this.rule = rule;
    }

    @Override
    long size(CallFrame frame, @Nullable Value value) {
        return size;
    }

    @Override
    int fixedSize() {
        return size;
    }

    @Override
    int alignment() {
        return size;
    }

    @Override
    boolean put(Arena arena, int at, Value value) {
        if (!Numbers.areShown(value)) {
            return false;
        }
        arena.put(at, size, rule == Rule.LOCK_FOUND ? F_WRLCK : Numbers.of(value));
        return true;
    }

    @Override
    boolean same(View view, long at, Value value) {
        if (!Numbers.areShown(value) || !Numbers.areShown(value.atExit())) {
            return view.cannotTell("shown in an unknown way");
        }
        if (!view.read(at, size)) {
            return true;
        }
        if (rule == Rule.NEVER) {
            return true;
        }
        long shown = Numbers.after(value);
        long found = view.word(size, isSigned);
        if (rule == Rule.ANY || rule == Rule.INODE) {
            return isWritten(view) && (rule == Rule.ANY || Inodes.match(view, shown, found));
        }
        int unused = Long.SIZE - size * Byte.SIZE;
        if (shown << unused == found << unused) {
            return true;
        }
        if (view.isAll(size, Arena.UNKNOWN)) {
            return view.cannotTell("unknown bytes");
        }
        return rule == Rule.STATUS
                ? view.differ(Texts.status((int) shown), Texts.status((int) found))
                : view.differ(shown << unused >> unused, found);
    }

    private boolean isWritten(View view) {
        return !view.isAll(size, Arena.UNWRITTEN) || size < Integer.BYTES || view.differ("a number", "nothing written");
    }
}
