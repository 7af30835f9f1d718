package dev.nestor.fs;

import dev.nestor.mm.UserMemory;

/**
 * iov_iter: the memory that a read fills or a write takes, piece by piece: areas of a task's memory, or a buffer of the
 * kernel's own. One object serves one call at a time.
 */
public final class IovIter {
    /** UIO_MAXIOV. */
    public static final int MAX_SEGMENTS = 1024;

    private static final byte[] NO_BYTES = {};

    private final UserMemory memory;
    private final long[] base = new long[MAX_SEGMENTS]; // user address
    private final long[] length = new long[MAX_SEGMENTS]; // bytes
    private byte[] kernel = NO_BYTES;
    private int kernelAt;
    private int mm;
    private boolean isUser;
    private int segments;
    private int segment; // the one being worked on
    private long offset; // into that
    private long remaining; // bytes

    public IovIter(UserMemory memory) {
        this.memory = memory;
    }

    /** Starts over with no areas. */
    public IovIter clear(int taskMm) {
        mm = taskMm;
        isUser = true;
        segments = 0;
        segment = 0;
        offset = 0;
        remaining = 0;
        return this;
    }

    /** One more area of user memory. */
    public IovIter add(long address, long bytes) {
        base[segments] = address;
        length[segments++] = bytes;
        remaining += bytes;
        return this;
    }

    public IovIter user(int taskMm, long address, long bytes) {
        return clear(taskMm).add(address, bytes);
    }

    /** A buffer of the kernel's. */
    public IovIter kernel(byte[] buffer, int at, int bytes) {
        kernel = buffer;
        kernelAt = at;
        isUser = false;
        remaining = bytes;
        return this;
    }

    public long remaining() {
        return remaining;
    }

    /** iov_iter_truncate(). */
    public void truncate(long bytes) {
        remaining = Math.min(remaining, bytes);
    }

    /** iov_iter_advance() to the end: how many bytes were passed over. */
    public long skipAll() {
        long skipped = remaining;
        remaining = 0;
        return skipped;
    }

    /** iov_iter_advance(): passes over bytes. */
    public void advance(long bytes) {
        long left = bytes;
        remaining -= bytes;
        if (!isUser) {
            kernelAt += (int) bytes;
            return;
        }
        while (left > 0) {
            long part = Math.min(left, length[segment] - offset);
            left -= part;
            offset += part;
            if (offset == length[segment]) {
                segment++;
                offset = 0;
            }
        }
    }

    /** copy_to_iter(): how many bytes it took; fewer than asked for when memory is missing. */
    public int copyTo(byte[] from, int at, int bytes) {
        return move(from, at, bytes, true);
    }

    /** copy_from_iter(). */
    public int copyFrom(byte[] into, int at, int bytes) {
        return move(into, at, bytes, false);
    }

    private int move(byte[] buffer, int at, int bytes, boolean out) {
        int wanted = (int) Math.min(bytes, remaining);
        if (!isUser) {
            if (out) {
                System.arraycopy(buffer, at, kernel, kernelAt, wanted);
            } else {
                System.arraycopy(kernel, kernelAt, buffer, at, wanted);
            }
            kernelAt += wanted;
            remaining -= wanted;
            return wanted;
        }
        int done = 0;
        while (done < wanted) {
            if (offset == length[segment]) {
                segment++;
                offset = 0;
                continue;
            }
            int part = (int) Math.min(wanted - done, length[segment] - offset);
            int moved = moveArea(base[segment] + offset, buffer, at + done, part, out);
            offset += moved;
            remaining -= moved;
            done += moved;
            if (moved < part) {
                break;
            }
        }
        return done;
    }

    /** Moves as much as there is memory for. */
    private int moveArea(long address, byte[] buffer, int at, int bytes, boolean out) {
        int result = out
                ? memory.copyToUser(mm, address, buffer, at, bytes)
                : memory.copyFromUser(mm, address, buffer, at, bytes);
        return result == 0 ? bytes : memory.copied();
    }
}
