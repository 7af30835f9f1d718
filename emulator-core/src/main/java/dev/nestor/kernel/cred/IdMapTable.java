package dev.nestor.kernel.cred;

import dev.nestor.table.Columns;
import dev.nestor.table.HotPath;
import dev.nestor.table.IntBlocks;
import dev.nestor.table.StateHash;
import dev.nestor.table.Table;

/**
 * The struct uid_gid_map columns: a row for each map that has been written, and all extents in one pool.
 *
 * <p>A map of up to {@link #BASE_EXTENTS} extents keeps the order in which they were written, and is searched from its
 * beginning. A larger one is sorted by its ids inside the namespace, stands there a second time sorted by those of the initial
 * namespace, and is searched by halves.
 */
public final class IdMapTable extends Table {
    /** UID_GID_MAP_MAX_BASE_EXTENTS. */
    static final int BASE_EXTENTS = 5;

    /** No extent has the id. */
    static final int MISS = -1;

    private static final int EXTENT = 3; // words: first id inside, first id in the initial namespace, ids
    private static final int LOWER = 1;
    private static final int LENGTH = 2;

    private int[] count = new int[initialRows()]; // extents
    private int[] block = new int[initialRows()]; // of the extents in the pool
    private final IntBlocks extents;

    /** @param extentLimit of all maps together */
    public IdMapTable(int limit, int extentLimit) {
        super("uid_gid_map", 9, limit);
        extents = new IntBlocks(2 * EXTENT * extentLimit);
    }

    private static int words(int count) {
        return count <= BASE_EXTENTS ? EXTENT * count : 2 * EXTENT * count;
    }

    /** A map of the first {@code size} elements of the arrays; NULL at a limit. */
    int create(int size, int[] first, int[] lowerFirst, int[] length) {
        int at = extents.alloc(words(size));
        int map = at == IntBlocks.NONE ? NULL : alloc();
        if (map == NULL) {
            if (at != IntBlocks.NONE) {
                extents.free(at, words(size));
            }
            return NULL;
        }
        count[row(map)] = size;
        block[row(map)] = at;
        for (int i = 0; i < size; i++) {
            put(at + EXTENT * i, first[i], lowerFirst[i], length[i]);
        }
        if (size > BASE_EXTENTS) {
            int reverse = at + EXTENT * size;
            for (int i = 0; i < size; i++) {
                put(reverse + EXTENT * i, first[i], lowerFirst[i], length[i]);
            }
            sort(at, size, 0);
            sort(reverse, size, LOWER);
        }
        return map;
    }

    private void put(int at, int first, int lowerFirst, int length) {
        extents.set(at, first);
        extents.set(at + LOWER, lowerFirst);
        extents.set(at + LENGTH, length);
    }

    /** By insertion: a map is written once. */
    private void sort(int from, int size, int key) {
        for (int i = 1; i < size; i++) {
            int at = from + EXTENT * i;
            int first = extents.get(at);
            int lowerFirst = extents.get(at + LOWER);
            int length = extents.get(at + LENGTH);
            int own = extents.get(at + key);
            while (at > from && Integer.compareUnsigned(extents.get(at - EXTENT + key), own) > 0) {
                int before = at - EXTENT;
                put(at, extents.get(before), extents.get(before + LOWER), extents.get(before + LENGTH));
                at = before;
            }
            put(at, first, lowerFirst, length);
        }
    }

    void destroy(int map) {
        extents.free(block[row(map)], words(count[row(map)]));
        free(map);
    }

    int count(int map) {
        return count[row(map)];
    }

    int first(int map, int index) {
        return extents.get(block[row(map)] + EXTENT * index);
    }

    int lowerFirst(int map, int index) {
        return extents.get(block[row(map)] + EXTENT * index + LOWER);
    }

    int length(int map, int index) {
        return extents.get(block[row(map)] + EXTENT * index + LENGTH);
    }

    /** map_id_down(): the id of the initial namespace, or MISS. */
    @HotPath
    int down(int map, int id) {
        int row = row(map);
        int extent = find(block[row], count[row], 0, id);
        return extent == MISS ? MISS : extents.get(extent + LOWER) + id - extents.get(extent);
    }

    /** map_id_up(): the id inside the namespace, or MISS. */
    @HotPath
    int up(int map, int kid) {
        int row = row(map);
        int size = count[row];
        int from = size <= BASE_EXTENTS ? block[row] : block[row] + EXTENT * size;
        int extent = find(from, size, LOWER, kid);
        return extent == MISS ? MISS : extents.get(extent) + kid - extents.get(extent + LOWER);
    }

    /** Where the extent begins that has an id, by its word {@code key}. */
    private int find(int from, int size, int key, int id) {
        int at = from;
        if (size <= BASE_EXTENTS) {
            for (int end = from + EXTENT * size; at < end; at += EXTENT) {
                if (has(at, key, id)) {
                    return at;
                }
            }
            return MISS;
        }
        int low = 0;
        int high = size - 1;
        while (low < high) { // the last extent that does not begin behind the id
            int middle = (low + high + 1) >>> 1;
            if (Integer.compareUnsigned(extents.get(from + EXTENT * middle + key), id) <= 0) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        at = from + EXTENT * low;
        return has(at, key, id) ? at : MISS;
    }

    private boolean has(int extent, int key, int id) {
        return Integer.compareUnsigned(id - extents.get(extent + key), extents.get(extent + LENGTH)) < 0;
    }

    /** Adds the pool of extents. */
    public void digestExtents(StateHash hash) {
        extents.digest(hash);
    }

    @Override
    protected void clearRow(int row) {
        count[row] = 0;
        block[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        count = columns.ints(count);
        block = columns.ints(block);
    }
}
