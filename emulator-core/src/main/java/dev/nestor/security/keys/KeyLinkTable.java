package dev.nestor.security.keys;

import dev.nestor.table.Chain;
import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** What keyrings hold: a link is on its keyring's list, and holds a key. */
public final class KeyLinkTable extends Table {
    private int[] key = new int[initialRows()]; // key
    private final Chain links; // of keyrings, in order of linking

    public KeyLinkTable(int limit, KeyTable keys) {
        super("key_link", 46, limit);
        links = new Chain(keys, this);
    }

    public Chain links() {
        return links;
    }

    public int key(int link) {
        return key[row(link)];
    }

    void setKey(int link, int value) {
        key[row(link)] = value;
    }

    @Override
    protected void clearRow(int row) {
        key[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        key = columns.ints(key);
    }
}
