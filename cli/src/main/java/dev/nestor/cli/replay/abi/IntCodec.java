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
        /** The unique id of a mount, one to one; of what is no such id, any. */
        MOUNT,
        /** The id of a mount namespace: one to one. */
        MOUNT_NS,
        /** The status of wait4(2). */
        STATUS,
        /** The type of the lock that F_GETLK finds: the log does not show what was asked for. */
        LOCK_FOUND,
        /** The process that holds it: what was there before, where no lock is found. */
        LOCK_OWNER
    }

    private static final int F_RDLCK = 0;
    private static final int F_WRLCK = 1;
    private static final long MOUNT_IDS = 1L << 31; // unique ids of mounts are larger
    private static final long NAMESPACES = 1L << 62; // ids of mount namespaces, apart from those of mounts
    private static final int F_UNLCK = 2;

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
        long number = Numbers.of(value);
        switch (rule) {
            case LOCK_FOUND -> arena.put(at, size, number == F_UNLCK ? F_RDLCK : F_WRLCK);
            case LOCK_OWNER -> {
                if (number == 0) {
                    arena.put(at, size, 0);
                }
            }
            default -> arena.put(at, size, emulated(arena, number));
        }
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
        boolean isId = rule == Rule.MOUNT_NS || (rule == Rule.MOUNT && shown > MOUNT_IDS);
        if (isId ? view.mounts().matches(key(shown), key(found)) : rule == Rule.MOUNT) {
            return true;
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

    /** What a program gives back that a call has shown it. */
    private long emulated(Arena arena, long number) {
        boolean isId = rule == Rule.MOUNT || rule == Rule.MOUNT_NS;
        return isId ? arena.mounts().emulated(key(number)) ^ key(0) : number;
    }

    private long key(long number) {
        return rule == Rule.MOUNT_NS ? number ^ NAMESPACES : number;
    }

    private boolean isWritten(View view) {
        return !view.isAll(size, Arena.UNWRITTEN) || size < Integer.BYTES || view.differ("a number", "nothing written");
    }
}
