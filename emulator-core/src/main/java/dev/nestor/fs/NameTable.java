package dev.nestor.fs;

import dev.nestor.table.Columns;
import dev.nestor.table.StateHash;
import dev.nestor.table.Table;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;
import java.util.Arrays;

/**
 * Names and the texts of symlinks, each kept once (struct qstr). Two names are the same bytes exactly when they are the
 * same handle. A name lives while something holds it; the bytes of dead ones are squeezed out when they are the larger
 * part.
 */
public final class NameTable extends Table {
    private static final int SQUEEZE_FROM = 4096;

    private int[] count = new int[initialRows()]; // references
    private int[] start = new int[initialRows()]; // offset in bytes
    private int[] length = new int[initialRows()]; // bytes
    private int[] next = new int[initialRows()]; // name with the same hash, or NULL
    private long[] hash = new long[initialRows()];
    private final Pool pool = new Pool();

    /** The bytes, and the map from a hash to the first name that has it: look up, never walk. */
    private static final class Pool {
        private final Long2IntOpenHashMap byHash = new Long2IntOpenHashMap();
        private byte[] bytes = new byte[1024];
        private byte[] ascii = new byte[64]; // scratch
        private int used; // bytes
        private int dead; // bytes of names that are gone
    }

    public NameTable(int limit) {
        super("name", 40, limit);
    }

    /** The name made of these bytes, with a reference for the caller; NULL when the table is full. */
    public int intern(byte[] from, int offset, int size) {
        int name = find(from, offset, size);
        if (name == NULL) {
            name = add(from, offset, size);
        }
        return name == NULL ? NULL : get(name);
    }

    /** For texts of our own: ASCII. */
    public int intern(String text) {
        int size = text.length();
        if (size > pool.ascii.length) {
            pool.ascii = new byte[size];
        }
        for (int i = 0; i < size; i++) {
            pool.ascii[i] = (byte) text.charAt(i);
        }
        return intern(pool.ascii, 0, size);
    }

    /** The name made of these bytes, without a reference, or NULL when nobody holds one. */
    public int find(byte[] from, int offset, int size) {
        int name = pool.byHash.get(hashOf(from, offset, size));
        while (name != NULL && !isEqual(name, from, offset, size)) {
            name = next[row(name)];
        }
        return name;
    }

    private int add(byte[] from, int offset, int size) {
        int name = alloc();
        if (name == NULL) {
            return NULL;
        }
        int row = row(name);
        reserve(size);
        System.arraycopy(from, offset, pool.bytes, pool.used, size);
        start[row] = pool.used;
        length[row] = size;
        pool.used += size;
        hash[row] = hashOf(from, offset, size);
        next[row] = pool.byHash.put(hash[row], name);
        return name;
    }

    public int get(int name) {
        if (name != NULL) {
            count[row(name)]++;
        }
        return name;
    }

    public void put(int name) {
        if (name == NULL) {
            return;
        }
        int row = row(name);
        assert count[row] > 0 : "name is put too often";
        if (--count[row] == 0) {
            unlink(name);
            pool.dead += length[row];
            free(name);
        }
    }

    private void unlink(int name) {
        int row = row(name);
        int at = pool.byHash.get(hash[row]);
        if (at == name) {
            if (next[row] == NULL) {
                pool.byHash.remove(hash[row]);
            } else {
                pool.byHash.put(hash[row], next[row]);
            }
            return;
        }
        while (next[row(at)] != name) {
            at = next[row(at)];
        }
        next[row(at)] = next[row];
    }

    public int length(int name) {
        return length[row(name)];
    }

    public byte byteAt(int name, int index) {
        return pool.bytes[start[row(name)] + index];
    }

    /** Copies the bytes out; returns how many. */
    public int copy(int name, byte[] into, int at) {
        int row = row(name);
        System.arraycopy(pool.bytes, start[row], into, at, length[row]);
        return length[row];
    }

    public boolean isEqual(int name, byte[] with, int offset, int size) {
        int row = row(name);
        return length[row] == size
                && Arrays.equals(pool.bytes, start[row], start[row] + size, with, offset, offset + size);
    }

    /** For messages and tests. */
    public String text(int name) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length(name); i++) {
            text.append((char) (byteAt(name, i) & 0xff));
        }
        return text.toString();
    }

    /** Makes room for more bytes: the dead ones' when they are more than half, else a larger array. */
    private void reserve(int more) {
        if (pool.used + more <= pool.bytes.length) {
            return;
        }
        if (pool.dead > SQUEEZE_FROM && pool.dead > pool.used / 2) {
            squeeze(pool.bytes.length);
        }
        if (pool.used + more > pool.bytes.length) {
            pool.bytes = Arrays.copyOf(pool.bytes, Math.max(2 * pool.bytes.length, pool.used + more));
        }
    }

    private void squeeze(int size) {
        byte[] squeezed = new byte[size];
        int at = 0;
        for (int row = 1; row < rows(); row++) {
            if (handleInRow(row) != NULL) {
                System.arraycopy(pool.bytes, start[row], squeezed, at, length[row]);
                start[row] = at;
                at += length[row];
            }
        }
        pool.bytes = squeezed;
        pool.used = at;
        pool.dead = 0;
    }

    private static long hashOf(byte[] from, int offset, int size) {
        long mixed = size;
        for (int i = 0; i < size; i++) {
            mixed = (mixed ^ (from[offset + i] & 0xff)) * 0x100000001b3L;
        }
        return mixed ^ mixed >>> 29;
    }

    /** Adds the bytes of the names, which are not columns. */
    public void digestBytes(StateHash into) {
        into.add(pool.bytes, pool.used);
    }

    @Override
    protected void clearRow(int row) {
        count[row] = 0;
        start[row] = 0;
        length[row] = 0;
        next[row] = 0;
        hash[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        count = columns.ints(count);
        start = columns.ints(start);
        length = columns.ints(length);
        next = columns.ints(next);
        hash = columns.longs(hash);
    }
}
