package dev.nestor.security.keys;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;
import it.unimi.dsi.fastutil.ints.Int2IntOpenHashMap;

/** The struct key_user columns: how many keys a user has, in all user namespaces together. */
public final class KeyUserTable extends Table {
    private int[] uid = new int[initialRows()]; // kuid
    private int[] nkeys = new int[initialRows()]; // keys
    private int[] qnkeys = new int[initialRows()]; // keys that count against the quota
    private int[] qnbytes = new int[initialRows()]; // bytes that count against the quota

    /* kuid to its row: look up, never walk. */
    private final Int2IntOpenHashMap byUid = new Int2IntOpenHashMap();

    public KeyUserTable(int limit) {
        super("key_user", 45, limit);
    }

    /** key_user_lookup(): the row of a kuid, made when it is not there; NULL at the limit. */
    int lookup(int kuid) {
        int user = byUid.get(kuid);
        if (user == NULL) {
            user = alloc();
            if (user != NULL) {
                uid[row(user)] = kuid;
                byUid.put(kuid, user);
            }
        }
        return user;
    }

    public int uid(int user) {
        return uid[row(user)];
    }

    public int nkeys(int user) {
        return nkeys[row(user)];
    }

    void setNkeys(int user, int value) {
        nkeys[row(user)] = value;
    }

    public int qnkeys(int user) {
        return qnkeys[row(user)];
    }

    void setQnkeys(int user, int value) {
        qnkeys[row(user)] = value;
    }

    public int qnbytes(int user) {
        return qnbytes[row(user)];
    }

    void setQnbytes(int user, int value) {
        qnbytes[row(user)] = value;
    }

    @Override
    protected void clearRow(int row) {
        byUid.remove(uid[row]);
        uid[row] = 0;
        nkeys[row] = 0;
        qnkeys[row] = 0;
        qnbytes[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        uid = columns.ints(uid);
        nkeys = columns.ints(nkeys);
        qnkeys = columns.ints(qnkeys);
        qnbytes = columns.ints(qnbytes);
    }
}
