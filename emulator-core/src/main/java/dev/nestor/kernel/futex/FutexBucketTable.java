package dev.nestor.kernel.futex;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct futex_hash_bucket rows, all there from boot on. A bucket is nothing but the list of those who wait in it. */
public final class FutexBucketTable extends Table {
    /** @param buckets a power of two */
    public FutexBucketTable(int buckets) {
        super("futex_hash_bucket", 72, buckets);
        for (int i = 0; i < buckets; i++) {
            alloc();
        }
    }

    /** The bucket of a hash. */
    int at(int hash) {
        return handleInRow(1 + (hash & limit() - 1));
    }

    @Override
    protected void clearRow(int row) {}

    @Override
    protected void columns(Columns columns) {}
}
