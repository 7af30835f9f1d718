package dev.nestor.ipc;

import dev.nestor.fs.IovIter;
import dev.nestor.mm.UserMemory;
import dev.nestor.table.StateHash;
import java.util.Arrays;

/** Texts and messages in one pool: blocks of a power of two of bytes. A block is known by where it begins. */
public final class ByteBlocks {
    /** No room is left. */
    public static final int NONE = -1;

    private static final int LEAST = 32; // bytes
    private static final int CLASSES = 32;

    private final int limit; // bytes, at most 2^30
    private byte[] bytes = new byte[64 * LEAST]; // of a free block, the first four are the next free one + 1
    private final int[] freeHead = new int[CLASSES]; // block + 1, by log2 of the size
    private int used; // bytes ever taken

    public ByteBlocks(int limit) {
        this.limit = limit;
    }

    /** A block of at least so many bytes, or NONE. */
    public int alloc(int size) {
        if (size > limit) {
            return NONE;
        }
        int sizeClass = sizeClass(size);
        int block = freeHead[sizeClass] - 1;
        if (block >= 0) {
            freeHead[sizeClass] = next(block);
            return block;
        }
        int room = 1 << sizeClass;
        if (used > limit - room) {
            return NONE;
        }
        block = used;
        used += room;
        if (used > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(limit, Math.max(2L * bytes.length, used)));
        }
        return block;
    }

    public void free(int block, int size) {
        int sizeClass = sizeClass(size);
        int head = freeHead[sizeClass];
        for (int i = 0; i < Integer.BYTES; i++) {
            bytes[block + i] = (byte) (head >>> (8 * i));
        }
        freeHead[sizeClass] = block + 1;
    }

    /** copy_from_user() into a block: 0 or -EFAULT. */
    int load(UserMemory memory, int mm, long from, int block, int length) {
        return memory.copyFromUser(mm, from, bytes, block, length);
    }

    /** copy_from_iter() into a block: how many bytes it took. */
    public int fill(int block, int at, IovIter from, int length) {
        return from.copyFrom(bytes, block + at, length);
    }

    /** copy_to_iter() from a block: how many bytes it took. */
    public int drain(int block, int at, IovIter to, int length) {
        return to.copyTo(bytes, block + at, length);
    }

    /** Bytes of the kernel's own into a block. */
    public void put(int block, int at, byte[] from, int offset, int length) {
        System.arraycopy(from, offset, bytes, block + at, length);
    }

    /** Bytes out of a block. */
    public void get(int block, int at, byte[] into, int offset, int length) {
        System.arraycopy(bytes, block + at, into, offset, length);
    }

    /** copy_to_user() from a block: 0 or -EFAULT. */
    int store(UserMemory memory, int mm, long to, int block, int length) {
        return memory.copyToUser(mm, to, bytes, block, length);
    }

    public void digest(StateHash hash) {
        hash.add(used);
        hash.add(freeHead, CLASSES);
        hash.add(bytes, used);
    }

    private int next(int block) {
        return (bytes[block] & 0xff)
                | (bytes[block + 1] & 0xff) << 8
                | (bytes[block + 2] & 0xff) << 16
                | bytes[block + 3] << 24;
    }

    /** log2 of the size of the block that holds so many bytes; beyond 2^30 there is none. */
    private static int sizeClass(int size) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(size, LEAST) - 1);
    }
}
