package dev.nestor.fs.pipe;

import dev.nestor.table.StateHash;
import java.util.Arrays;

/** The buffers (struct pipe_buffer) of all pipes in one pool, in blocks of a power of two. */
final class PipeBuffers {
    /** PIPE_BUF_FLAG_PACKET: O_DIRECT, a read takes no more than this buffer and drops what it leaves. */
    static final int PACKET = 1;

    /** PIPE_BUF_FLAG_CAN_MERGE. */
    static final int CAN_MERGE = 2;

    private static final int CLASSES = 32;

    private int[] frame = new int[256]; // frame; of a free block, its first word is the next free one + 1
    private int[] offset = new int[256]; // bytes
    private int[] length = new int[256]; // bytes
    private int[] flags = new int[256];
    private final int[] freeHead = new int[CLASSES]; // block + 1, by log2 of the size
    private int used; // buffers

    int alloc(int size) {
        int sizeClass = Integer.numberOfTrailingZeros(size);
        int block = freeHead[sizeClass] - 1;
        if (block >= 0) {
            freeHead[sizeClass] = frame[block];
            frame[block] = 0;
            return block;
        }
        block = used;
        used += size;
        if (used > frame.length) {
            int room = Math.max(2 * frame.length, used);
            frame = Arrays.copyOf(frame, room);
            offset = Arrays.copyOf(offset, room);
            length = Arrays.copyOf(length, room);
            flags = Arrays.copyOf(flags, room);
        }
        return block;
    }

    /** Frees a block whose buffers are empty. */
    void free(int block, int size) {
        int sizeClass = Integer.numberOfTrailingZeros(size);
        frame[block] = freeHead[sizeClass];
        freeHead[sizeClass] = block + 1;
    }

    int frame(int buffer) {
        return frame[buffer];
    }

    int offset(int buffer) {
        return offset[buffer];
    }

    int length(int buffer) {
        return length[buffer];
    }

    int flags(int buffer) {
        return flags[buffer];
    }

    void fill(int buffer, int page, int bytes, int bits) {
        frame[buffer] = page;
        offset[buffer] = 0;
        length[buffer] = bytes;
        flags[buffer] = bits;
    }

    void clear(int buffer) {
        fill(buffer, 0, 0, 0);
    }

    /** Takes bytes from the front. */
    void consume(int buffer, int bytes) {
        offset[buffer] += bytes;
        length[buffer] -= bytes;
    }

    /** Adds bytes at the end. */
    void extend(int buffer, int bytes) {
        length[buffer] += bytes;
    }

    /** Moves a buffer to a free place. */
    void move(int from, int to) {
        frame[to] = frame[from];
        offset[to] = offset[from];
        length[to] = length[from];
        flags[to] = flags[from];
        clear(from);
    }

    void digest(StateHash hash) {
        hash.add(used);
        hash.add(freeHead, CLASSES);
        hash.add(frame, used);
        hash.add(offset, used);
        hash.add(length, used);
        hash.add(flags, used);
    }
}
