package dev.nestor.kernel.cgroup;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;
import java.util.Arrays;

/** The cgroup_subsys_state columns: what one controller keeps for one cgroup. The values are named by {@link Css}. */
public final class CssTable extends Table {
    private int[] cgroup = new int[initialRows()]; // cgroup
    private int[] ssid = new int[initialRows()]; // CgroupSubsys number
    private long[] values = new long[Css.COUNT * initialRows()]; // by Css

    public CssTable(int limit) {
        super("cgroup_subsys_state", 52, limit);
    }

    public int cgroup(int css) {
        return cgroup[row(css)];
    }

    void setCgroup(int css, int value) {
        cgroup[row(css)] = value;
    }

    public int ssid(int css) {
        return ssid[row(css)];
    }

    void setSsid(int css, int value) {
        ssid[row(css)] = value;
    }

    public long values(int css, int index) {
        return values[row(css) * Css.COUNT + index];
    }

    public void setValues(int css, int index, long value) {
        values[row(css) * Css.COUNT + index] = value;
    }

    @Override
    protected void clearRow(int row) {
        cgroup[row] = 0;
        ssid[row] = 0;
        Arrays.fill(values, row * Css.COUNT, (row + 1) * Css.COUNT, 0);
    }

    @Override
    protected void columns(Columns columns) {
        cgroup = columns.ints(cgroup);
        ssid = columns.ints(ssid);
        values = columns.longs(values, Css.COUNT);
    }
}
