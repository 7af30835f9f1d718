package dev.nestor.kernel.nsproxy;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct nsproxy columns: the set of namespaces that tasks share until one of them changes. The PID namespace is the one
 * that children will be born in. */
public final class NsProxyTable extends Table {
    private int[] count = new int[initialRows()]; // tasks
    private int[] utsNs = new int[initialRows()]; // uts_namespace
    private int[] ipcNs = new int[initialRows()]; // ipc_namespace
    private int[] mntNs = new int[initialRows()]; // mnt_namespace
    private int[] pidNsForChildren = new int[initialRows()]; // pid_namespace
    private int[] netNs = new int[initialRows()]; // net
    private int[] timeNs = new int[initialRows()]; // time_namespace
    private int[] timeNsForChildren = new int[initialRows()]; // time_namespace
    private int[] cgroupNs = new int[initialRows()]; // cgroup_namespace

    public NsProxyTable(int limit) {
        super("nsproxy", 16, limit);
    }

    public int count(int nsproxy) {
        return count[row(nsproxy)];
    }

    public void setCount(int nsproxy, int value) {
        count[row(nsproxy)] = value;
    }

    public int utsNs(int nsproxy) {
        return utsNs[row(nsproxy)];
    }

    public void setUtsNs(int nsproxy, int value) {
        utsNs[row(nsproxy)] = value;
    }

    public int ipcNs(int nsproxy) {
        return ipcNs[row(nsproxy)];
    }

    public void setIpcNs(int nsproxy, int value) {
        ipcNs[row(nsproxy)] = value;
    }

    public int mntNs(int nsproxy) {
        return mntNs[row(nsproxy)];
    }

    public void setMntNs(int nsproxy, int value) {
        mntNs[row(nsproxy)] = value;
    }

    public int pidNsForChildren(int nsproxy) {
        return pidNsForChildren[row(nsproxy)];
    }

    public void setPidNsForChildren(int nsproxy, int value) {
        pidNsForChildren[row(nsproxy)] = value;
    }

    public int netNs(int nsproxy) {
        return netNs[row(nsproxy)];
    }

    public void setNetNs(int nsproxy, int value) {
        netNs[row(nsproxy)] = value;
    }

    public int timeNs(int nsproxy) {
        return timeNs[row(nsproxy)];
    }

    public void setTimeNs(int nsproxy, int value) {
        timeNs[row(nsproxy)] = value;
    }

    public int timeNsForChildren(int nsproxy) {
        return timeNsForChildren[row(nsproxy)];
    }

    public void setTimeNsForChildren(int nsproxy, int value) {
        timeNsForChildren[row(nsproxy)] = value;
    }

    public int cgroupNs(int nsproxy) {
        return cgroupNs[row(nsproxy)];
    }

    public void setCgroupNs(int nsproxy, int value) {
        cgroupNs[row(nsproxy)] = value;
    }

    @Override
    protected void clearRow(int row) {
        count[row] = 0;
        utsNs[row] = 0;
        ipcNs[row] = 0;
        mntNs[row] = 0;
        pidNsForChildren[row] = 0;
        netNs[row] = 0;
        timeNs[row] = 0;
        timeNsForChildren[row] = 0;
        cgroupNs[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        count = columns.ints(count);
        utsNs = columns.ints(utsNs);
        ipcNs = columns.ints(ipcNs);
        mntNs = columns.ints(mntNs);
        pidNsForChildren = columns.ints(pidNsForChildren);
        netNs = columns.ints(netNs);
        timeNs = columns.ints(timeNs);
        timeNsForChildren = columns.ints(timeNsForChildren);
        cgroupNs = columns.ints(cgroupNs);
    }
}
