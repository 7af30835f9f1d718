package dev.nestor.kernel.ns;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The columns that all kinds of namespace have: ns_common and the owner. Subclasses add what the kind isolates. */
public abstract class NamespaceTable extends Table {
    private int[] count = new int[initialRows()]; // references
    private int[] userNs = new int[initialRows()]; // user_namespace that owns it
    private int[] ucounts = new int[initialRows()]; // ucounts that it is counted in; NULL for an initial one
    private int[] inum = new int[initialRows()]; // inode number in nsfs

    protected NamespaceTable(String name, int ordinal, int limit) {
        super(name, ordinal, limit);
    }

    public int count(int ns) {
        return count[row(ns)];
    }

    public void setCount(int ns, int value) {
        count[row(ns)] = value;
    }

    public int userNs(int ns) {
        return userNs[row(ns)];
    }

    public void setUserNs(int ns, int value) {
        userNs[row(ns)] = value;
    }

    public int ucounts(int ns) {
        return ucounts[row(ns)];
    }

    public void setUcounts(int ns, int value) {
        ucounts[row(ns)] = value;
    }

    public int inum(int ns) {
        return inum[row(ns)];
    }

    public void setInum(int ns, int value) {
        inum[row(ns)] = value;
    }

    @Override
    protected void clearRow(int row) {
        count[row] = 0;
        userNs[row] = 0;
        ucounts[row] = 0;
        inum[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        count = columns.ints(count);
        userNs = columns.ints(userNs);
        ucounts = columns.ints(ucounts);
        inum = columns.ints(inum);
    }
}
