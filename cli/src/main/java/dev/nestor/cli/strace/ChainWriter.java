package dev.nestor.cli.strace;

/** Writes a stream of bytes into blocks of a store, each of which begins with the number of the next. */
final class ChainWriter {

    static final int HEADER_BYTES = 4;

    private final BlockStore store;
    private final int first;

    private byte[] open = new byte[BlockStore.BLOCK_BYTES];
    private int block;
    private int at = HEADER_BYTES;

    ChainWriter(BlockStore store) throws LogException {
        this.store = store;
        this.first = store.allocate();
        this.block = first;
    }

    int first() {
        return first;
    }

    void put(int b) throws LogException {
        if (at == open.length) {
            turn();
        }
        open[at++] = (byte) b;
    }

    /** LEB128, unsigned. */
    void varint(long value) throws LogException {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            put(((int) rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        put((int) rest);
    }

    /** Small for small values of either sign. */
    void zigzag(long value) throws LogException {
        varint((value << 1) ^ (value >> 63));
    }

    void bytes(byte[] from, int start, int length) throws LogException {
        int done = 0;
        while (done < length) {
            if (at == open.length) {
                turn();
            }
            int part = Math.min(length - done, open.length - at);
            System.arraycopy(from, start + done, open, at, part);
            at += part;
            done += part;
        }
    }

    private void turn() throws LogException {
        int next = store.allocate();
        for (int i = 0; i < HEADER_BYTES; i++) {
            open[i] = (byte) (next >>> (8 * i));
        }
        open = store.write(block, open);
        block = next;
        at = HEADER_BYTES;
    }

    /** Stores the open block; nothing may be written after this. */
    void finish() throws LogException {
        store.write(block, open);
        open = new byte[0];
        at = 0;
    }
}
