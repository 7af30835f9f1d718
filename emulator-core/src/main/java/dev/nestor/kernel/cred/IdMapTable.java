package dev.nestor.kernel.cred;

import dev.nestor.table.Chain;
import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The extents of id maps (struct uid_gid_extent), one row each, in the order in which they were written. */
public final class IdMapTable extends Table {
    private int[] first = new int[initialRows()]; // first id inside the namespace
    private int[] lowerFirst = new int[initialRows()]; // first id in the initial namespace
    private int[] length = new int[initialRows()]; // ids
    private final Chain[] maps = new Chain[3]; // of uids, gids and projids, by user_namespace

    public IdMapTable(int limit, UserNamespaceTable namespaces) {
        super("uid_gid_extent", 9, limit);
        for (int kind = 0; kind < 3; kind++) {
            maps[kind] = new Chain(namespaces, this);
        }
    }

    public int first(int extent) {
        return first[row(extent)];
    }

    public void setFirst(int extent, int value) {
        first[row(extent)] = value;
    }

    public int lowerFirst(int extent) {
        return lowerFirst[row(extent)];
    }

    public void setLowerFirst(int extent, int value) {
        lowerFirst[row(extent)] = value;
    }

    public int length(int extent) {
        return length[row(extent)];
    }

    public void setLength(int extent, int value) {
        length[row(extent)] = value;
    }

    /** The extents of one kind of map. */
    Chain map(int kind) {
        return maps[kind];
    }

    @Override
    protected void clearRow(int row) {
        first[row] = 0;
        lowerFirst[row] = 0;
        length[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        first = columns.ints(first);
        lowerFirst = columns.ints(lowerFirst);
        length = columns.ints(length);
    }
}
