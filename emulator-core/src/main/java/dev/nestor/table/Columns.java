package dev.nestor.table;

import java.util.Arrays;

/**
 * A visitor of a table's columns. The table hands over each column and keeps the array it is given back, so that one
 * list of columns serves growth, digests and measuring. A column with a stride holds that many elements for each row.
 */
public abstract class Columns {
    public abstract int[] ints(int[] column, int stride);

    public abstract long[] longs(long[] column, int stride);

    public abstract byte[] bytes(byte[] column, int stride);

    public final int[] ints(int[] column) {
        return ints(column, 1);
    }

    public final long[] longs(long[] column) {
        return longs(column, 1);
    }

    public final byte[] bytes(byte[] column) {
        return bytes(column, 1);
    }

    static Columns growTo(int rows) {
        return new Growth(rows);
    }

    static Columns digestInto(StateHash hash, int rows) {
        return new Digest(hash, rows);
    }

    private static final class Growth extends Columns {
        private final int rows;

        Growth(int rows) {
            this.rows = rows;
        }

        @Override
        public int[] ints(int[] column, int stride) {
            return Arrays.copyOf(column, Math.multiplyExact(rows, stride));
        }

        @Override
        public long[] longs(long[] column, int stride) {
            return Arrays.copyOf(column, Math.multiplyExact(rows, stride));
        }

        @Override
        public byte[] bytes(byte[] column, int stride) {
            return Arrays.copyOf(column, Math.multiplyExact(rows, stride));
        }
    }

    private static final class Digest extends Columns {
        private final StateHash hash;
        private final int rows;

        Digest(StateHash hash, int rows) {
            this.hash = hash;
            this.rows = rows;
        }

        @Override
        public int[] ints(int[] column, int stride) {
            hash.add(column, rows * stride);
            return column;
        }

        @Override
        public long[] longs(long[] column, int stride) {
            hash.add(column, rows * stride);
            return column;
        }

        @Override
        public byte[] bytes(byte[] column, int stride) {
            hash.add(column, rows * stride);
            return column;
        }
    }

    /** Adds up the bytes of all columns. */
    static final class Footprint extends Columns {
        private long bytes;

        long bytes() {
            return bytes;
        }

        @Override
        public int[] ints(int[] column, int stride) {
            bytes += 4L * column.length;
            return column;
        }

        @Override
        public long[] longs(long[] column, int stride) {
            bytes += 8L * column.length;
            return column;
        }

        @Override
        public byte[] bytes(byte[] column, int stride) {
            bytes += column.length;
            return column;
        }
    }

    /** Looks for rows that are not in use and not zero. */
    static final class FreeRows extends Columns {
        private final Table table;
        private int dirty; // row

        FreeRows(Table table) {
            this.table = table;
        }

        int dirty() {
            return dirty;
        }

        @Override
        public int[] ints(int[] column, int stride) {
            for (int i = stride; i < table.rows() * stride; i++) {
                note(i / stride, column[i]);
            }
            return column;
        }

        @Override
        public long[] longs(long[] column, int stride) {
            for (int i = stride; i < table.rows() * stride; i++) {
                note(i / stride, column[i]);
            }
            return column;
        }

        @Override
        public byte[] bytes(byte[] column, int stride) {
            for (int i = stride; i < table.rows() * stride; i++) {
                note(i / stride, column[i]);
            }
            return column;
        }

        private void note(int row, long element) {
            if (element != 0 && table.handleInRow(row) == Table.NULL) {
                dirty = row;
            }
        }
    }
}
