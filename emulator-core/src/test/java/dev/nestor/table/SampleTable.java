package dev.nestor.table;

import java.util.Arrays;

/** A small table with a column of each type and stride. */
final class SampleTable extends Table {
    static final int WIDE = 3;

    private int[] first = new int[initialRows()];
    private long[] second = new long[WIDE * initialRows()];
    private byte[] third = new byte[initialRows()];

    SampleTable(int ordinal, int limit) {
        super("sample", ordinal, limit);
    }

    int first(int handle) {
        return first[row(handle)];
    }

    void set(int handle, int value) {
        first[row(handle)] = value;
        second[row(handle) * WIDE + 2] = value;
        third[row(handle)] = (byte) value;
    }

    long second(int handle) {
        return second[row(handle) * WIDE + 2];
    }

    /** Leaves dirt in a row that may be free. */
    void soil(int row) {
        second[row * WIDE + 1] = 1;
    }

    @Override
    protected void clearRow(int row) {
        first[row] = 0;
        Arrays.fill(second, row * WIDE, (row + 1) * WIDE, 0);
        third[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        first = columns.ints(first);
        second = columns.longs(second, WIDE);
        third = columns.bytes(third);
    }
}
