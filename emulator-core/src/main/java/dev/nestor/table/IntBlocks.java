package dev.nestor.table;

import java.util.Arrays;

/** Arrays of ints whose length is known when they are made, in one pool: blocks of a power of two, zero when taken. */
public final class IntBlocks {
    /** No room is left. */
    public static final int NONE = -1;

    private static final int CLASSES = 32;

    private final int limit; // ints, at most 2^30
    private int[] words = new int[64]; // of a free block, the first is the next free one + 1
    private final int[] freeHead = new int[CLASSES]; // block + 1, by log2 of the size
    private int used; // words ever taken

    public IntBlocks(int limit) {
        this.limit = limit;
    }

    /** Where a block of so many words begins, or NONE. */
    public int alloc(long size) {
        if (size > limit) {
            return NONE;
        }
        int sizeClass = sizeClass((int) size);
        int block = freeHead[sizeClass] - 1;
        if (block >= 0) {
            freeHead[sizeClass] = words[block];
            words[block] = 0;
            return block;
        }
        int room = 1 << sizeClass;
        if (used > limit - room) {
            return NONE;
        }
        block = used;
        used += room;
        if (used > words.length) {
            words = Arrays.copyOf(words, (int) Math.min(limit, Math.max(2L * words.length, used)));
        }
        return block;
    }

    public void free(int block, int size) {
        Arrays.fill(words, block, block + size, 0);
        int sizeClass = sizeClass(size);
        words[block] = freeHead[sizeClass];
        freeHead[sizeClass] = block + 1;
    }

    public int get(int at) {
        return words[at];
    }

    public void set(int at, int value) {
        words[at] = value;
    }

    public void digest(StateHash hash) {
        hash.add(used);
        hash.add(freeHead, CLASSES);
        hash.add(words, used);
    }

    private static int sizeClass(int size) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(size, 1) - 1);
    }
}
