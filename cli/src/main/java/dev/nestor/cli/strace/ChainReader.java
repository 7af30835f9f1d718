package dev.nestor.cli.strace;

/** Reads what a {@link ChainWriter} wrote. Where the stream ends is its user's to know. */
final class ChainReader {

    private final BlockStore store;

    private byte[] scratch = new byte[0];
    private byte[] open = scratch;
    private int at;
    private int next;

    ChainReader(BlockStore store, int first) {
        this.store = store;
        this.next = first;
    }

    int get() throws LogException {
        if (at == open.length) {
            turn();
        }
        return open[at++] & 0xff;
    }

    long varint() throws LogException {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            int b = get();
            value |= (long) (b & 0x7f) << shift;
            if (b < 0x80) {
                return value;
            }
        }
    }

    long zigzag() throws LogException {
        long value = varint();
        return (value >>> 1) ^ -(value & 1);
    }

    void bytes(byte[] to, int start, int length) throws LogException {
        int done = 0;
        while (done < length) {
            if (at == open.length) {
                turn();
            }
            int part = Math.min(length - done, open.length - at);
            System.arraycopy(open, at, to, start + done, part);
            at += part;
            done += part;
        }
    }

    private void turn() throws LogException {
        if (scratch.length == 0) {
            scratch = new byte[BlockStore.BLOCK_BYTES];
        }
        open = store.read(next, scratch);
        next = 0;
        for (int i = 0; i < ChainWriter.HEADER_BYTES; i++) {
            next |= (open[i] & 0xff) << (8 * i);
        }
        at = ChainWriter.HEADER_BYTES;
    }
}
