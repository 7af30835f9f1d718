package dev.nestor.kernel.cgroup;

import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.Chain;
import dev.nestor.table.Columns;
import dev.nestor.table.Table;
import java.util.Arrays;

/** The struct css_set columns: for each hierarchy the cgroup that a group of tasks is in. */
public final class CssSetTable extends Table {
    /** The most hierarchies, the default one included. */
    public static final int HIERARCHIES = 16;

    private int[] count =
            new int[initialRows()]; // references: tasks, dead ones included until they are freed, and cgroup namespaces
    private int[] cgroups = new int[HIERARCHIES * initialRows()]; // cgroup by hierarchy; 0 is the default one
    private final Chain links; // of a cgroup of the default hierarchy: its css_sets, oldest first
    private final Chain members; // of a css_set: its living tasks
    private final Chain dying; // of a css_set: tasks that have exited and are not released

    public CssSetTable(int limit, CgroupTable cgroupTable, TaskTable tasks) {
        super("css_set", 51, limit);
        links = new Chain(cgroupTable, this);
        members = new Chain(this, tasks);
        dying = new Chain(this, tasks);
    }

    public int count(int cset) {
        return count[row(cset)];
    }

    void setCount(int cset, int value) {
        count[row(cset)] = value;
    }

    public int cgroups(int cset, int index) {
        return cgroups[row(cset) * HIERARCHIES + index];
    }

    void setCgroups(int cset, int index, int value) {
        cgroups[row(cset) * HIERARCHIES + index] = value;
    }

    /** The css_sets of a cgroup of the default hierarchy, oldest first. */
    public Chain links() {
        return links;
    }

    /** The living tasks of a css_set in the order in which they came. */
    public Chain members() {
        return members;
    }

    /** Tasks that have exited and wait to be reaped. */
    public Chain dying() {
        return dying;
    }

    @Override
    protected void clearRow(int row) {
        count[row] = 0;
        Arrays.fill(cgroups, row * HIERARCHIES, (row + 1) * HIERARCHIES, 0);
    }

    @Override
    protected void columns(Columns columns) {
        count = columns.ints(count);
        cgroups = columns.ints(cgroups, HIERARCHIES);
    }
}
