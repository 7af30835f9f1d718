package dev.nestor.kernel.sched;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;
import java.util.Arrays;

/** Masks of CPUs that tasks have asked for: p->user_cpus_ptr, of those that have. */
public final class CpumaskTable extends Table {
    private final int words;
    private long[] bits;

    /** @param words of a mask on this machine */
    CpumaskTable(int limit, int words) {
        super("cpumask", 81, limit);
        this.words = words;
        this.bits = new long[words * initialRows()];
    }

    /** The CPUs 64 * word and following. */
    long bits(int mask, int word) {
        return bits[row(mask) * words + word];
    }

    void setBits(int mask, int word, long value) {
        bits[row(mask) * words + word] = value;
    }

    @Override
    protected void clearRow(int row) {
        Arrays.fill(bits, row * words, (row + 1) * words, 0);
    }

    @Override
    protected void columns(Columns columns) {
        bits = columns.longs(bits, words);
    }
}
