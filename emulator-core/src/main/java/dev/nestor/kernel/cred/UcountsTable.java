package dev.nestor.kernel.cred;

import dev.nestor.kernel.ns.UcountType;
import dev.nestor.table.Columns;
import dev.nestor.table.Table;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;
import java.util.Arrays;

/** The struct ucounts columns: what one user has in one user namespace. */
public final class UcountsTable extends Table {
    private int[] count = new int[initialRows()]; // references
    private int[] ns = new int[initialRows()]; // user_namespace
    private int[] uid = new int[initialRows()]; // kuid
    private int[] ucount = new int[UcountType.COUNT * initialRows()]; // objects, by UcountType
    private long[] rlimit = new long[Ucounts.RLIMIT_COUNT * initialRows()]; // units, by Ucounts.RLIMIT_*

    /* (ns, uid) to the row's handle; a miss reads as NULL. Its order depends on its history: look up, never walk. */
    private final Long2IntOpenHashMap byUser = new Long2IntOpenHashMap();

    public UcountsTable(int limit) {
        super("ucounts", 43, limit);
    }

    /** find_ucounts(): the row of a user in a namespace, or NULL. */
    int find(int userNs, int kuid) {
        return byUser.get(key(userNs, kuid));
    }

    void insert(int ucounts, int userNs, int kuid) {
        int row = row(ucounts);
        ns[row] = userNs;
        uid[row] = kuid;
        byUser.put(key(userNs, kuid), ucounts);
    }

    private static long key(int userNs, int kuid) {
        return (long) userNs << 32 | Integer.toUnsignedLong(kuid);
    }

    public int count(int ucounts) {
        return count[row(ucounts)];
    }

    void setCount(int ucounts, int value) {
        count[row(ucounts)] = value;
    }

    public int ns(int ucounts) {
        return ns[row(ucounts)];
    }

    public int uid(int ucounts) {
        return uid[row(ucounts)];
    }

    public int ucount(int ucounts, int type) {
        return ucount[row(ucounts) * UcountType.COUNT + type];
    }

    void setUcount(int ucounts, int type, int value) {
        ucount[row(ucounts) * UcountType.COUNT + type] = value;
    }

    public long rlimit(int ucounts, int type) {
        return rlimit[row(ucounts) * Ucounts.RLIMIT_COUNT + type];
    }

    void setRlimit(int ucounts, int type, long value) {
        rlimit[row(ucounts) * Ucounts.RLIMIT_COUNT + type] = value;
    }

    @Override
    protected void clearRow(int row) {
        byUser.remove(key(ns[row], uid[row]));
        count[row] = 0;
        ns[row] = 0;
        uid[row] = 0;
        Arrays.fill(ucount, row * UcountType.COUNT, (row + 1) * UcountType.COUNT, 0);
        Arrays.fill(rlimit, row * Ucounts.RLIMIT_COUNT, (row + 1) * Ucounts.RLIMIT_COUNT, 0);
    }

    @Override
    protected void columns(Columns columns) {
        count = columns.ints(count);
        ns = columns.ints(ns);
        uid = columns.ints(uid);
        ucount = columns.ints(ucount, UcountType.COUNT);
        rlimit = columns.longs(rlimit, Ucounts.RLIMIT_COUNT);
    }
}
