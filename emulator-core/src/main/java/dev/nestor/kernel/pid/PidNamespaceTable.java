package dev.nestor.kernel.pid;

import dev.nestor.kernel.ns.NamespaceTable;
import dev.nestor.table.Columns;
import dev.nestor.table.StateHash;

/** The struct pid_namespace columns, and the idr that finds a pid by its number. */
public final class PidNamespaceTable extends NamespaceTable {
    private int[] parent = new int[initialRows()]; // pid_namespace; NULL for the root
    private int[] level = new int[initialRows()]; // 0 is the root
    private int[] childReaper = new int[initialRows()]; // task; NULL until the first fork into it
    private int[] pidAllocated = new int[initialRows()]; // numbers in use
    private byte[] dying = new byte[initialRows()]; // bool; PIDNS_ADDING is off: nothing is allocated any more
    private int[] pidMax = new int[initialRows()]; // numbers stay below it
    private int[] memfdNoexecScope = new int[initialRows()]; // vm.memfd_noexec
    private int[] idrCursor = new int[initialRows()]; // the next number that a cyclic search starts from
    private int[] reboot = new int[initialRows()]; // signal that ended it, or 0
    private final Idr idr = new Idr();

    public PidNamespaceTable(int limit) {
        super("pid_namespace", 5, limit);
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

    public int childReaper(int ns) {
        return childReaper[row(ns)];
    }

    public void setChildReaper(int ns, int value) {
        childReaper[row(ns)] = value;
    }

    public int pidAllocated(int ns) {
        return pidAllocated[row(ns)];
    }

    public void setPidAllocated(int ns, int value) {
        pidAllocated[row(ns)] = value;
    }

    public boolean dying(int ns) {
        return dying[row(ns)] != 0;
    }

    public void setDying(int ns, boolean value) {
        dying[row(ns)] = (byte) (value ? 1 : 0);
    }

    public int pidMax(int ns) {
        return pidMax[row(ns)];
    }

    public void setPidMax(int ns, int value) {
        pidMax[row(ns)] = value;
    }

    public int idrCursor(int ns) {
        return idrCursor[row(ns)];
    }

    public void setIdrCursor(int ns, int value) {
        idrCursor[row(ns)] = value;
    }

    public int reboot(int ns) {
        return reboot[row(ns)];
    }

    public void setReboot(int ns, int value) {
        reboot[row(ns)] = value;
    }

    /** find_pid_ns(): the pid that ns calls nr, or NULL. */
    int idrFind(int ns, int nr) {
        return idr.find(row(ns), nr);
    }

    void idrPut(int ns, int nr, int pid) {
        idr.put(row(ns), nr, pid);
    }

    void idrRemove(int ns, int nr) {
        idr.remove(row(ns), nr);
    }

    int idrNextFree(int ns, int from, int to) {
        return idr.nextFree(row(ns), from, to);
    }

    int idrNextUsed(int ns, int from) {
        return idr.nextUsed(row(ns), from);
    }

    void idrInit(int ns) {
        idr.reserve(row(ns));
    }

    public void digestNumbers(StateHash hash) {
        idr.digest(hash);
    }

    public int memfdNoexecScope(int ns) {
        return memfdNoexecScope[row(ns)];
    }

    public void setMemfdNoexecScope(int ns, int value) {
        memfdNoexecScope[row(ns)] = value;
    }

    @Override
    protected void clearRow(int row) {
        super.clearRow(row);
        idr.clear(row);
        parent[row] = 0;
        level[row] = 0;
        childReaper[row] = 0;
        pidAllocated[row] = 0;
        dying[row] = 0;
        pidMax[row] = 0;
        memfdNoexecScope[row] = 0;
        idrCursor[row] = 0;
        reboot[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        super.columns(columns);
        parent = columns.ints(parent);
        level = columns.ints(level);
        childReaper = columns.ints(childReaper);
        pidAllocated = columns.ints(pidAllocated);
        dying = columns.bytes(dying);
        pidMax = columns.ints(pidMax);
        memfdNoexecScope = columns.ints(memfdNoexecScope);
        idrCursor = columns.ints(idrCursor);
        reboot = columns.ints(reboot);
    }
}
