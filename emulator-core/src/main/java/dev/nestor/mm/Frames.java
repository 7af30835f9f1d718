package dev.nestor.mm;

import dev.nestor.table.StateHash;
import dev.nestor.table.Table;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The machine's page frames: 4096 bytes each, with a count of the page tables and page caches that hold them. A frame is
 * a small positive int without a generation, since page-table entries need its high bits; 0 is no frame.
 */
public final class Frames {
    public static final int PAGE_SHIFT = 12;
    public static final int PAGE_SIZE = 1 << PAGE_SHIFT; // bytes
    public static final int PAGE_MASK = PAGE_SIZE - 1;
    /** The most frames there can be, as page-table entries keep four bits for themselves. */
    public static final int MAX_FRAMES = (1 << 27) - 1;

    private static final int CHUNK_SHIFT = 6;
    private static final int CHUNK_MASK = (1 << CHUNK_SHIFT) - 1;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final int limit; // frames
    private byte[][] chunks = new byte[4][]; // contents, 64 frames each
    private int[] refs = new int[1 << CHUNK_SHIFT]; // holders; 0 when free
    private int[] nextFree = new int[1 << CHUNK_SHIFT]; // frame
    private int freeHead; // frame; 0 when none was freed
    private int used = 1; // frames ever handed out, frame 0 included
    private int live; // frames

    public Frames(int limit) {
        this.limit = Math.min(limit, MAX_FRAMES);
    }

    /** A zeroed frame with one holder, or NULL when memory is full. */
    public int alloc() {
        int frame = allocDirty();
        if (frame != Table.NULL) {
            int at = at(frame);
            Arrays.fill(chunk(frame), at, at + PAGE_SIZE, (byte) 0);
        }
        return frame;
    }

    /** A frame with what another one contains, or NULL when memory is full. */
    public int allocCopy(int from) {
        int frame = allocDirty();
        if (frame != Table.NULL) {
            copy(from, frame);
        }
        return frame;
    }

    /** get_page(): one holder more. */
    public void get(int frame) {
        assert refs[frame] > 0 : "frame " + frame + " is free";
        refs[frame]++;
    }

    /** put_page(): one holder less; the last one frees the frame. */
    public void put(int frame) {
        assert refs[frame] > 0 : "frame " + frame + " is free";
        if (--refs[frame] == 0) {
            nextFree[frame] = freeHead;
            freeHead = frame;
            live--;
        }
    }

    public int refs(int frame) {
        return refs[frame];
    }

    /** Frames in use. */
    public int size() {
        return live;
    }

    /** The most frames that can be in use. */
    public int limit() {
        return limit;
    }

    public void read(int frame, int offset, byte[] into, int at, int length) {
        assert refs[frame] > 0 && offset + length <= PAGE_SIZE : frame + " " + offset + "+" + length;
        System.arraycopy(chunk(frame), at(frame) + offset, into, at, length);
    }

    public void write(int frame, int offset, byte[] from, int at, int length) {
        assert refs[frame] > 0 && offset + length <= PAGE_SIZE : frame + " " + offset + "+" + length;
        System.arraycopy(from, at, chunk(frame), at(frame) + offset, length);
    }

    /** Zeroes a part of a frame. */
    public void clear(int frame, int offset, int length) {
        assert refs[frame] > 0 && offset + length <= PAGE_SIZE : frame + " " + offset + "+" + length;
        Arrays.fill(chunk(frame), at(frame) + offset, at(frame) + offset + length, (byte) 0);
    }

    /** copy_page(). */
    public void copy(int from, int to) {
        assert refs[from] > 0 && refs[to] > 0 : from + " to " + to;
        System.arraycopy(chunk(from), at(from), chunk(to), at(to), PAGE_SIZE);
    }

    public byte byteAt(int frame, int offset) {
        return chunk(frame)[at(frame) + offset];
    }

    public void setByte(int frame, int offset, byte value) {
        chunk(frame)[at(frame) + offset] = value;
    }

    /** Eight bytes, little-endian, within one frame. */
    public long longAt(int frame, int offset) {
        return (long) LONG.get(chunk(frame), at(frame) + offset);
    }

    /** Eight bytes, little-endian, within one frame. */
    public void setLong(int frame, int offset, long value) {
        LONG.set(chunk(frame), at(frame) + offset, value);
    }

    /** Adds the contents and holders of all frames in use to a digest. */
    public void digest(StateHash hash) {
        hash.add(used);
        hash.add(live);
        hash.add(freeHead);
        hash.add(refs, used);
        for (int frame = 1; frame < used; frame++) {
            if (refs[frame] == 0) {
                hash.add(nextFree[frame]);
                continue;
            }
            for (int offset = 0; offset < PAGE_SIZE; offset += Long.BYTES) {
                hash.add(longAt(frame, offset));
            }
        }
    }

    /** Bytes of arrays held. */
    public long footprint() {
        long bytes = 8L * refs.length;
        for (byte[] chunk : chunks) {
            bytes += chunk == null ? 0 : chunk.length;
        }
        return bytes;
    }

    private int allocDirty() {
        if (live >= limit) {
            return Table.NULL;
        }
        int frame = freeHead;
        if (frame != Table.NULL) {
            freeHead = nextFree[frame];
            nextFree[frame] = 0;
        } else {
            frame = used++;
            reserve(frame);
        }
        refs[frame] = 1;
        live++;
        return frame;
    }

    private void reserve(int frame) {
        if (frame >= refs.length) {
            refs = Arrays.copyOf(refs, 2 * refs.length);
            nextFree = Arrays.copyOf(nextFree, refs.length);
        }
        int chunk = frame >> CHUNK_SHIFT;
        if (chunk == chunks.length) {
            chunks = Arrays.copyOf(chunks, 2 * chunk);
        }
        if (chunks[chunk] == null) {
            chunks[chunk] = new byte[PAGE_SIZE << CHUNK_SHIFT];
        }
    }

    private byte[] chunk(int frame) {
        return chunks[frame >> CHUNK_SHIFT];
    }

    private static int at(int frame) {
        return (frame & CHUNK_MASK) << PAGE_SHIFT;
    }
}
