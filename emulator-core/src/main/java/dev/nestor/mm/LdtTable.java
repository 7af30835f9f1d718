package dev.nestor.mm;

import dev.nestor.table.Chain;
import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The entries of struct ldt_struct: descriptors that are not empty. */
final class LdtTable extends Table {
    private int[] index = new int[initialRows()]; // place in the table
    private long[] desc = new long[initialRows()]; // struct desc_struct
    private final Chain ofMm; // of an mm_struct: its descriptors

    LdtTable(int limit, MmTable mms) {
        super("ldt_struct", 66, limit);
        ofMm = new Chain(mms, this);
    }

    int index(int entry) {
        return index[row(entry)];
    }

    void setIndex(int entry, int value) {
        index[row(entry)] = value;
    }

    long desc(int entry) {
        return desc[row(entry)];
    }

    void setDesc(int entry, long value) {
        desc[row(entry)] = value;
    }

    Chain ofMm() {
        return ofMm;
    }

    @Override
    protected void clearRow(int row) {
        index[row] = 0;
        desc[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        index = columns.ints(index);
        desc = columns.longs(desc);
    }
}
