package dev.nestor.kernel.cred;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;
import java.util.Arrays;

/** The struct user_namespace columns. Its id maps are in {@link IdMapTable}. */
public final class UserNamespaceTable extends Table {
    private int[] count = new int[initialRows()]; // references
    private int[] parent = new int[initialRows()]; // user_namespace; NULL for the initial one
    private int[] level = new int[initialRows()]; // 0 is the initial one
    private int[] owner = new int[initialRows()]; // kuid that made it
    private int[] group = new int[initialRows()]; // kgid that made it
    private int[] inum = new int[initialRows()]; // inode number in nsfs
    private byte[] setgroupsAllowed = new byte[initialRows()]; // bool; USERNS_SETGROUPS_ALLOWED
    private byte[] parentCouldSetfcap = new byte[initialRows()]; // bool; its maker had CAP_SETFCAP in the parent
    private int[] extents = new int[3 * initialRows()]; // extents of the uid, gid and projid map

    public UserNamespaceTable(int limit) {
        super("user_namespace", 8, limit);
    }

    public int count(int ns) {
        return count[row(ns)];
    }

    public void setCount(int ns, int value) {
        count[row(ns)] = value;
    }

    public int parent(int ns) {
        return parent[row(ns)];
    }

    public void setParent(int ns, int value) {
        parent[row(ns)] = value;
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

    public int inum(int ns) {
        return inum[row(ns)];
    }

    public void setInum(int ns, int value) {
        inum[row(ns)] = value;
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

    public int extents(int ns, int index) {
        return extents[row(ns) * 3 + index];
    }

    public void setExtents(int ns, int index, int value) {
        extents[row(ns) * 3 + index] = value;
    }

    @Override
    protected void clearRow(int row) {
        count[row] = 0;
        parent[row] = 0;
        level[row] = 0;
        owner[row] = 0;
        group[row] = 0;
        inum[row] = 0;
        setgroupsAllowed[row] = 0;
        parentCouldSetfcap[row] = 0;
        Arrays.fill(extents, row * 3, (row + 1) * 3, 0);
    }

    @Override
    protected void columns(Columns columns) {
        count = columns.ints(count);
        parent = columns.ints(parent);
        level = columns.ints(level);
        owner = columns.ints(owner);
        group = columns.ints(group);
        inum = columns.ints(inum);
        setgroupsAllowed = columns.bytes(setgroupsAllowed);
        parentCouldSetfcap = columns.bytes(parentCouldSetfcap);
        extents = columns.ints(extents, 3);
    }
}
