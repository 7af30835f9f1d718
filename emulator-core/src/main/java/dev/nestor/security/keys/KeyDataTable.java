package dev.nestor.security.keys;

import static dev.nestor.table.Table.NULL;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;
import java.util.Arrays;

/** Descriptions and payloads of keys, in rows of 64 bytes that follow each other. */
public final class KeyDataTable extends Table {
    private static final int ROW_BYTES = 64;

    private int[] next = new int[initialRows()]; // key_data; NULL for the last
    private byte[] bytes = new byte[ROW_BYTES * initialRows()];

    public KeyDataTable(int limit) {
        super("key_data", 44, limit);
    }

    /** Stores bytes; the first row, or NULL at the limit and for no bytes. */
    int store(byte[] from, int length) {
        int first = NULL;
        for (int start = (length - 1) / ROW_BYTES * ROW_BYTES; length > 0 && start >= 0; start -= ROW_BYTES) {
            int data = alloc();
            if (data == NULL) {
                freeAll(first);
                return NULL;
            }
            System.arraycopy(from, start, bytes, row(data) * ROW_BYTES, Math.min(ROW_BYTES, length - start));
            next[row(data)] = first;
            first = data;
        }
        return first;
    }

    void load(int first, byte[] into, int length) {
        int data = first;
        for (int start = 0; start < length; start += ROW_BYTES) {
            System.arraycopy(bytes, row(data) * ROW_BYTES, into, start, Math.min(ROW_BYTES, length - start));
            data = next[row(data)];
        }
    }

    boolean equals(int first, byte[] other, int length) {
        int data = first;
        for (int start = 0; start < length; start += ROW_BYTES) {
            int at = row(data) * ROW_BYTES;
            int size = Math.min(ROW_BYTES, length - start);
            if (!Arrays.equals(bytes, at, at + size, other, start, start + size)) {
                return false;
            }
            data = next[row(data)];
        }
        return true;
    }

    void freeAll(int first) {
        int data = first;
        while (data != NULL) {
            int after = next[row(data)];
            free(data);
            data = after;
        }
    }

    @Override
    protected void clearRow(int row) {
        next[row] = 0;
        Arrays.fill(bytes, row * ROW_BYTES, (row + 1) * ROW_BYTES, (byte) 0);
    }

    @Override
    protected void columns(Columns columns) {
        next = columns.ints(next);
        bytes = columns.bytes(bytes, ROW_BYTES);
    }
}
