package dev.nestor.kernel.cred;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;
import java.util.Arrays;

/** The struct group_info columns: the supplementary groups of a cred, sorted, in rows of 32 that follow each other. */
public final class GroupInfoTable extends Table {
    private int[] count = new int[initialRows()]; // references, in the first row
    private int[] ngroups = new int[initialRows()]; // groups, in the first row
    private int[] next = new int[initialRows()]; // group_info; NULL for the last
    private int[] gid = new int[32 * initialRows()]; // kgid

    public GroupInfoTable(int limit) {
        super("group_info", 10, limit);
    }

    public int count(int groupInfo) {
        return count[row(groupInfo)];
    }

    public void setCount(int groupInfo, int value) {
        count[row(groupInfo)] = value;
    }

    public int ngroups(int groupInfo) {
        return ngroups[row(groupInfo)];
    }

    public void setNgroups(int groupInfo, int value) {
        ngroups[row(groupInfo)] = value;
    }

    public int next(int groupInfo) {
        return next[row(groupInfo)];
    }

    public void setNext(int groupInfo, int value) {
        next[row(groupInfo)] = value;
    }

    public int gid(int groupInfo, int index) {
        return gid[row(groupInfo) * 32 + index];
    }

    public void setGid(int groupInfo, int index, int value) {
        gid[row(groupInfo) * 32 + index] = value;
    }

    /** Groups that one row holds. */
    static final int GROUPS_PER_ROW = 32;

    @Override
    protected void clearRow(int row) {
        count[row] = 0;
        ngroups[row] = 0;
        next[row] = 0;
        Arrays.fill(gid, row * 32, (row + 1) * 32, 0);
    }

    @Override
    protected void columns(Columns columns) {
        count = columns.ints(count);
        ngroups = columns.ints(ngroups);
        next = columns.ints(next);
        gid = columns.ints(gid, 32);
    }
}
