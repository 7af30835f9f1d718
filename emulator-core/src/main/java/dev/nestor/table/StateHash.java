package dev.nestor.table;

/**
 * The 64-bit digest of a machine's state. Each word is mixed with the multipliers of MurmurHash3's 64-bit finaliser
 * (Appleby, public domain), order counts, and nothing of the JVM goes in.
 */
public class StateHash {
    private long state = 0x9e3779b97f4a7c15L;

    /** Told of each table whose rows follow: a walk over all tables of a machine is a digest of it that listens here. */
    protected void entered(Table table) {}

    public final void add(long word) {
        long mixed = (state ^ word) * 0xff51afd7ed558ccdL;
        mixed ^= mixed >>> 33;
        state = mixed * 0xc4ceb9fe1a85ec53L + 1;
    }

    public final void add(int[] words, int count) {
        for (int i = 0; i < count; i++) {
            add(words[i]);
        }
    }

    public final void add(long[] words, int count) {
        for (int i = 0; i < count; i++) {
            add(words[i]);
        }
    }

    public final void add(byte[] bytes, int count) {
        long word = 0;
        for (int i = 0; i < count; i++) {
            word = (word << 8) | (bytes[i] & 0xff);
            if ((i & 7) == 7) {
                add(word);
                word = 0;
            }
        }
        add(word);
        add(count);
    }

    public final long value() {
        return state ^ (state >>> 29);
    }

    /** Sixteen hexadecimal digits. */
    public final String hex() {
        StringBuilder digits = new StringBuilder(Long.toHexString(value()));
        while (digits.length() < 16) {
            digits.insert(0, '0');
        }
        return digits.toString();
    }
}
