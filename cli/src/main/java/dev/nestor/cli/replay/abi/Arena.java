package dev.nestor.cli.replay.abi;

import dev.nestor.mm.AddressSpaces;
import dev.nestor.mm.UserMemory;
import dev.nestor.table.Table;
import dev.nestor.uapi.Mman;
import java.util.Arrays;

/**
 * A task's range of addresses for what its calls' pointers point to. It is collected in the staging buffer and copied to
 * user memory in one go; big rooms that the kernel is to fill have pages of their own.
 */
final class Arena {
    /*
     *  base                 the structure that the kernel goes on to use (rseq)
     *  base + KEPT_BYTES    staged: structures, strings, small rooms
     *  base + SPAN / 2      rooms of more than SMALL_ROOM bytes, each from a page of its own
     *
     * Programs of the corpus have nothing between 0x1000_0000_0000 and 0x5500_0000_0000.
     */

    /** A byte that nobody knows: as the emulator's own. */
    static final byte UNKNOWN = (byte) 0xfe;
    /** What rooms hold before the kernel writes: a byte left alone must not look like one written. */
    static final byte UNWRITTEN = (byte) 0xa5;

    static final long FIRST = 0x1000_0000_0000L;
    static final long SPAN = 1L << 30;
    static final int ARENAS = 1 << 16;

    private static final int KEPT_BYTES = 256;
    private static final int PAGE = 4096;
    private static final int SMALL_ROOM = 2048;
    private static final int MOST_STAGED = 64 << 20;
    private static final int STEP = 64 << 10; // bytes that are mapped at a time
    private static final long MOST_LEARNED = 1 << 20;
    private static final long LOWEST_LEARNED = 1 << 16;

    private final AddressSpaces spaces;
    private final UserMemory memory;
    private final CallFrame frame;
    private final Renaming mounts;

    private byte[] staging = new byte[16 << 10];
    private int top = KEPT_BYTES; // end of what is staged
    private long nextRoom;
    private long base;
    private int mm = Table.NULL;
    private boolean failed; // it does not fit, or there is no memory

    Arena(AddressSpaces spaces, CallFrame frame, Renaming mounts) {
        this.mounts = mounts;
        this.spaces = spaces;
        this.memory = spaces.memory();
        this.frame = frame;
    }

    /** Unique ids of mounts: programs give them back. */
    Renaming mounts() {
        return mounts;
    }

    /** Begins the arguments of a call. */
    void open(int row, int space) {
        base = FIRST + (row % ARENAS) * SPAN;
        mm = space;
        top = KEPT_BYTES;
        nextRoom = base + SPAN / 2;
        failed = false;
    }

    CallFrame frame() {
        return frame;
    }

    long address(int at) {
        return base + at;
    }

    /** Takes zeroed bytes and gives their place; when there are too many, {@link #close} will say so. */
    int take(long bytes, int alignment) {
        int at = (top + alignment - 1) & -alignment;
        if (bytes < 0 || bytes > MOST_STAGED - at) {
            failed = true;
            return KEPT_BYTES;
        }
        int end = at + (int) bytes;
        if (end > staging.length) {
            staging = Arrays.copyOf(staging, Math.max(end, staging.length * 2));
        }
        Arrays.fill(staging, top, end, (byte) 0);
        top = end;
        return at;
    }

    /** The place of what the kernel goes on to use; it is there once. */
    int takeKept(long bytes) {
        failed |= bytes > KEPT_BYTES;
        Arrays.fill(staging, 0, KEPT_BYTES, (byte) 0);
        return 0;
    }

    /**
     * The address of room for what the kernel writes.
     *
     * @param shown how many bytes of it are going to be looked at
     */
    long room(long bytes, int shown) {
        if (bytes <= SMALL_ROOM) {
            int at = take(bytes, Long.BYTES);
            fill(at, (int) bytes, UNWRITTEN);
            return address(at);
        }
        long room = nextRoom;
        long length = Math.min(bytes, base + SPAN - room);
        failed |= room + PAGE > base + SPAN || !map(room, length);
        nextRoom = Math.min((room + length + PAGE - 1) & -PAGE, base + SPAN - PAGE);
        int marked = (int) Math.min(length, Math.max(shown, 64));
        byte[] marks = new byte[marked];
        Arrays.fill(marks, UNWRITTEN);
        failed |= memory.copyToUser(mm, room, marks, 0, marked) != 0;
        return room;
    }

    void put(int at, int size, long value) {
        for (int i = 0; i < size; i++) {
            staging[at + i] = (byte) (value >> (Byte.SIZE * i));
        }
    }

    /** The byte that has been put here. */
    byte staged(int at) {
        return staging[at];
    }

    void put(int at, byte[] bytes, int length) {
        System.arraycopy(bytes, 0, staging, at, length);
    }

    void fill(int at, int length, byte with) {
        Arrays.fill(staging, at, at + length, with);
    }

    /** Room for what is not in the log: any program has something there if the kernel has found it. */
    void learn(long address, long length) {
        if (mm == Table.NULL || frame.isFault() || address < LOWEST_LEARNED || address >= AddressSpaces.TASK_SIZE_MAX) {
            return;
        }
        long end = Math.min(address + Math.clamp(length, 1, MOST_LEARNED), AddressSpaces.TASK_SIZE_MAX);
        if (!isMapped(address, end)) {
            failed |= spaces.learnMapping(mm, address, end, Mman.PROT_READ | Mman.PROT_WRITE) != 0;
        }
    }

    /** Copies all that was put to user memory; false when that cannot be. */
    boolean close() {
        return !failed && (top == KEPT_BYTES || write(KEPT_BYTES, top - KEPT_BYTES));
    }

    /** Copies what the kernel goes on to use. */
    boolean closeKept() {
        return !failed && write(0, KEPT_BYTES);
    }

    private boolean write(int from, int length) {
        if (memory.copyToUser(mm, base + from, staging, from, length) == 0) {
            return true;
        }
        return map(base, from + (long) length) && memory.copyToUser(mm, base + from, staging, from, length) == 0;
    }

    private boolean map(long start, long length) {
        if (mm == Table.NULL) {
            return false;
        }
        if (isMapped(start, start + length)) {
            return true;
        }
        long end = start + ((length + STEP - 1) & -STEP);
        return spaces.learnMapping(mm, start, end, Mman.PROT_READ | Mman.PROT_WRITE) == 0;
    }

    private boolean isMapped(long start, long end) {
        int vma = spaces.findVma(mm, start);
        return vma != Table.NULL
                && spaces.vmas().start(vma) <= start
                && spaces.vmas().end(vma) >= end;
    }
}
