package dev.nestor.kernel.cred;

import dev.nestor.kernel.ns.NamespaceTable;
import dev.nestor.kernel.ns.UcountType;
import dev.nestor.table.Columns;
import java.util.Arrays;

/**
 * The struct user_namespace columns. Its id maps are in {@link IdMapTable}; the namespace that owns it is its parent; its
 * ucounts is its maker's in the parent.
 */
public final class UserNamespaceTable extends NamespaceTable {
    private int[] level = new int[initialRows()]; // 0 is the initial one
    private int[] owner = new int[initialRows()]; // kuid that made it
    private int[] group = new int[initialRows()]; // kgid that made it
    private byte[] setgroupsAllowed = new byte[initialRows()]; // bool; USERNS_SETGROUPS_ALLOWED
    private byte[] parentCouldSetfcap = new byte[initialRows()]; // bool; its maker had CAP_SETFCAP in the parent
    private int[] ucountMax = new int[UcountType.COUNT * initialRows()]; // limit, by UcountType
    private long[] rlimitMax = new long[Ucounts.RLIMIT_COUNT * initialRows()]; // limit below it, by Ucounts.RLIMIT_*
    private int[] maps = new int[3 * initialRows()]; // uid_gid_map of uids, gids and projids; NULL until written

    public UserNamespaceTable(int limit) {
        super("user_namespace", 8, limit);
    }

    /** The user_namespace above; NULL for the initial one. */
    public int parent(int ns) {
        return userNs(ns);
    }

    public int level(int ns) {
        return level[row(ns)];
    }

    public void setLevel(int ns, int value) {
        level[row(ns)] = value;
    }

    public int owner(int ns) {
        return owner[row(ns)];
    }

    public void setOwner(int ns, int value) {
        owner[row(ns)] = value;
    }

    public int group(int ns) {
        return group[row(ns)];
    }

    public void setGroup(int ns, int value) {
        group[row(ns)] = value;
    }

    public boolean setgroupsAllowed(int ns) {
        return setgroupsAllowed[row(ns)] != 0;
    }

    public void setSetgroupsAllowed(int ns, boolean value) {
        setgroupsAllowed[row(ns)] = (byte) (value ? 1 : 0);
    }

    public boolean parentCouldSetfcap(int ns) {
        return parentCouldSetfcap[row(ns)] != 0;
    }

    public void setParentCouldSetfcap(int ns, boolean value) {
        parentCouldSetfcap[row(ns)] = (byte) (value ? 1 : 0);
    }

    public int ucountMax(int ns, int type) {
        return ucountMax[row(ns) * UcountType.COUNT + type];
    }

    public void setUcountMax(int ns, int type, int value) {
        ucountMax[row(ns) * UcountType.COUNT + type] = value;
    }

    /** get_userns_rlimit_max(): what all users together below a namespace may have of a resource that its maker has. */
    long rlimitMax(int ns, int type) {
        return rlimitMax[row(ns) * Ucounts.RLIMIT_COUNT + type];
    }

    void setRlimitMax(int ns, int type, long value) {
        rlimitMax[row(ns) * Ucounts.RLIMIT_COUNT + type] = value;
    }

    int map(int ns, int kind) {
        return maps[row(ns) * 3 + kind];
    }

    void setMap(int ns, int kind, int value) {
        maps[row(ns) * 3 + kind] = value;
    }

    @Override
    protected void clearRow(int row) {
        super.clearRow(row);
        level[row] = 0;
        owner[row] = 0;
        group[row] = 0;
        setgroupsAllowed[row] = 0;
        parentCouldSetfcap[row] = 0;
        Arrays.fill(ucountMax, row * UcountType.COUNT, (row + 1) * UcountType.COUNT, 0);
        Arrays.fill(rlimitMax, row * Ucounts.RLIMIT_COUNT, (row + 1) * Ucounts.RLIMIT_COUNT, 0);
        Arrays.fill(maps, row * 3, (row + 1) * 3, 0);
    }

    @Override
    protected void columns(Columns columns) {
        super.columns(columns);
        level = columns.ints(level);
        owner = columns.ints(owner);
        group = columns.ints(group);
        setgroupsAllowed = columns.bytes(setgroupsAllowed);
        parentCouldSetfcap = columns.bytes(parentCouldSetfcap);
        ucountMax = columns.ints(ucountMax, UcountType.COUNT);
        rlimitMax = columns.longs(rlimitMax, Ucounts.RLIMIT_COUNT);
        maps = columns.ints(maps, 3);
    }
}
