package dev.nestor.table;

import java.util.Arrays;

/**
 * Row allocation and handle checking for every kernel table. Columns live in the subclasses.
 *
 * <p>A handle is {@code generation << 23 | row}: positive, wide enough for the kernel's largest pid_max, and dead as
 * soon as its row is freed. Tables start their generations 16 apart, so that a handle of one table is nearly always
 * refused by another. Both are checked by {@code assert} only.
 */
public abstract class Table {
    /** No row. Row 0 is never handed out, so a zeroed column already reads as NULL. */
    public static final int NULL = 0;

    private static final int INDEX_BITS = 23;
    private static final int INDEX_MASK = (1 << INDEX_BITS) - 1;
    private static final int GENERATION_MASK = 0xff;
    private static final int LIVE = -1;

    /** The most rows any table can have. */
    public static final int MAX_ROWS = INDEX_MASK;

    private final String name;
    private final int firstGeneration;
    private final int limit; // rows
    private byte[] generation;
    private int[] nextFree; // LIVE, or the next row on the free list
    private Attachment[] attachments = new Attachment[0];
    private int freeHead; // row; 0 when no freed row waits
    private int used = 1; // rows ever handed out, row 0 included
    private int live; // rows

    /** Columns that belong to a row of a table but are kept by another object: the halves of a {@link Chain}. */
    interface Attachment {
        void columns(Columns columns);

        boolean isClear(int row);
    }

    /**
     * @param ordinal a number of the table's own, by which its generations are set apart from other tables'
     * @param limit the most live rows, at most {@link #MAX_ROWS}
     */
    protected Table(String name, int ordinal, int limit) {
        this.name = name;
        this.firstGeneration = (ordinal << 4) & GENERATION_MASK;
        this.limit = Math.min(limit, MAX_ROWS);
        this.generation = new byte[initialRows()];
        this.nextFree = new int[initialRows()];
        Arrays.fill(generation, (byte) firstGeneration);
    }

    /** Rows that every column has room for at first; columns are made this long. */
    protected static int initialRows() {
        return 16;
    }

    /** Takes a row, all columns zero. NULL when the table has reached its limit. */
    public final int alloc() {
        if (live >= limit) {
            return NULL;
        }
        int row = freeHead;
        if (row != 0) {
            freeHead = nextFree[row];
        } else {
            if (used == nextFree.length) {
                grow();
            }
            row = used++;
        }
        nextFree[row] = LIVE;
        live++;
        return handleAt(row);
    }

    /** Zeroes the row and moves its generation on, so that the old handle is dead. */
    public final void free(int handle) {
        int row = row(handle);
        for (Attachment attachment : attachments) {
            assert attachment.isClear(row) : describe(handle) + " is freed while still linked";
        }
        clearRow(row);
        generation[row]++;
        nextFree[row] = freeHead;
        freeHead = row;
        live--;
    }

    public final boolean isLive(int handle) {
        int row = handle & INDEX_MASK;
        return handle > 0 && row != 0 && row < used && nextFree[row] == LIVE && handleAt(row) == handle;
    }

    /** The column index of a live handle. Every accessor starts here. */
    protected final int row(int handle) {
        assert isLive(handle) : describe(handle);
        return handle & INDEX_MASK;
    }

    /** As {@link #row}, for columns that are kept outside the table by row. */
    public final int rowOf(int handle) {
        return row(handle);
    }

    /** The live handle in a row, or NULL. Walk a table by row, from 1 to {@link #rows()}, never in handle order. */
    public final int handleInRow(int row) {
        return row != 0 && row < used && nextFree[row] == LIVE ? handleAt(row) : NULL;
    }

    /** One more than the highest row ever used. */
    public final int rows() {
        return used;
    }

    /** Rows in use. */
    public final int size() {
        return live;
    }

    /** The most rows that can be in use. */
    public final int limit() {
        return limit;
    }

    public final String name() {
        return name;
    }

    /** Zeroes one row. TableContractTest fails if a column is left out. */
    protected abstract void clearRow(int row);

    /** Shows every column to a visitor and keeps what it gives back. TableContractTest fails if one is left out. */
    protected abstract void columns(Columns columns);

    /** Adds all of the table to a digest of the machine's state. */
    public final void digest(StateHash hash) {
        hash.entered(this);
        hash.add(used);
        hash.add(live);
        hash.add(freeHead);
        hash.add(generation, used);
        hash.add(nextFree, used);
        visit(Columns.digestInto(hash, used));
    }

    /** Bytes of primitive arrays held, a measure of memory per row. */
    public final long footprint() {
        Columns.Footprint footprint = new Columns.Footprint();
        visit(footprint);
        return footprint.bytes() + generation.length + 4L * nextFree.length;
    }

    /** A row that is not in use and yet not zero, or 0: what {@link #clearRow} forgot, or somebody wrote to since. */
    public final int dirtyFreeRow() {
        Columns.FreeRows freeRows = new Columns.FreeRows(this);
        visit(freeRows);
        return freeRows.dirty();
    }

    final void attach(Attachment attachment) {
        attachments = Arrays.copyOf(attachments, attachments.length + 1);
        attachments[attachments.length - 1] = attachment;
        if (nextFree.length > initialRows()) {
            attachment.columns(Columns.growTo(nextFree.length));
        }
    }

    private int handleAt(int row) {
        return ((generation[row] & GENERATION_MASK) << INDEX_BITS) | row;
    }

    private void grow() {
        int rows = (int) Math.min(2L * nextFree.length, MAX_ROWS + 1L);
        int before = nextFree.length;
        nextFree = Arrays.copyOf(nextFree, rows);
        generation = Arrays.copyOf(generation, rows);
        Arrays.fill(generation, before, rows, (byte) firstGeneration);
        visit(Columns.growTo(rows));
    }

    private void visit(Columns columns) {
        columns(columns);
        for (Attachment attachment : attachments) {
            attachment.columns(columns);
        }
    }

    private String describe(int handle) {
        int row = handle & INDEX_MASK;
        String state = row == 0 || row >= used ? "no such row" : nextFree[row] == LIVE ? "stale or foreign" : "freed";
        return name + " handle " + Integer.toHexString(handle) + ": " + state;
    }
}
