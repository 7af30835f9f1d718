package dev.nestor.fs;

import dev.nestor.table.StateHash;
import java.util.Arrays;

/**
 * The arrays of all descriptor tables (struct fdtable) in one pool: blocks of a power of two, 64 and more, of file
 * handles, with a bitmap of those to be closed by execve. A block is known by where it begins.
 */
final class FdArrays {
    /** NR_OPEN_DEFAULT. */
    static final int LEAST = 64;

    /** In the place of a file: a descriptor that is taken and has none yet. */
    static final int RESERVED = -1;

    private static final int CLASSES = 32;

    private int[] files = new int[16 * LEAST]; // file; of a free block, its first word is the next free one + 1
    private long[] cloexec = new long[16]; // close_on_exec, a bit for each entry of files
    private final int[] freeHead = new int[CLASSES]; // block + 1, by log2 of the size
    private int used; // entries ever taken

    int alloc(int size) {
        int sizeClass = Integer.numberOfTrailingZeros(size);
        int block = freeHead[sizeClass] - 1;
        if (block >= 0) {
            freeHead[sizeClass] = files[block];
            files[block] = 0;
            return block;
        }
        block = used;
        used += size;
        if (used > files.length) {
            files = Arrays.copyOf(files, Math.max(2 * files.length, Integer.highestOneBit(used) << 1));
            cloexec = Arrays.copyOf(cloexec, files.length / LEAST);
        }
        return block;
    }

    void free(int block, int size) {
        Arrays.fill(files, block, block + size, 0);
        Arrays.fill(cloexec, block / LEAST, (block + size) / LEAST, 0);
        int sizeClass = Integer.numberOfTrailingZeros(size);
        files[block] = freeHead[sizeClass];
        freeHead[sizeClass] = block + 1;
    }

    int file(int block, int fd) {
        return files[block + fd];
    }

    void setFile(int block, int fd, int file) {
        files[block + fd] = file;
    }

    boolean isCloexec(int block, int fd) {
        return (cloexec[(block + fd) >>> 6] & 1L << fd) != 0;
    }

    void setCloexec(int block, int fd, boolean on) {
        if (on) {
            cloexec[(block + fd) >>> 6] |= 1L << fd;
        } else {
            cloexec[(block + fd) >>> 6] &= ~(1L << fd);
        }
    }

    /** Copies the first {@code size} entries of one block to another. */
    void copy(int from, int to, int size) {
        System.arraycopy(files, from, files, to, size);
        System.arraycopy(cloexec, from / LEAST, cloexec, to / LEAST, size / LEAST);
    }

    void digest(StateHash hash) {
        hash.add(used);
        hash.add(freeHead, CLASSES);
        hash.add(files, used);
        hash.add(cloexec, used / LEAST);
    }
}
