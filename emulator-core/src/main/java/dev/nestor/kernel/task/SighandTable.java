package dev.nestor.kernel.task;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;
import java.util.Arrays;

/** The sighand_struct columns: the 64 actions that tasks share under CLONE_SIGHAND. Actions are kept by signal - 1. */
public final class SighandTable extends Table {
    private int[] count = new int[initialRows()]; // tasks
    private int[] signalfdWqh = new int[initialRows()]; // wait queue of who reads signals; NULL until one does
    private long[] handler = new long[64 * initialRows()]; // SIG_DFL, SIG_IGN or a user address
    private long[] saFlags = new long[64 * initialRows()]; // SA_*
    private long[] restorer = new long[64 * initialRows()]; // user address
    private long[] saMask = new long[64 * initialRows()]; // signal mask

    public SighandTable(int limit) {
        super("sighand_struct", 3, limit);
    }

    public int count(int sighand) {
        return count[row(sighand)];
    }

    public void setCount(int sighand, int value) {
        count[row(sighand)] = value;
    }

    public int signalfdWqh(int sighand) {
        return signalfdWqh[row(sighand)];
    }

    public void setSignalfdWqh(int sighand, int value) {
        signalfdWqh[row(sighand)] = value;
    }

    public long handler(int sighand, int index) {
        return handler[row(sighand) * 64 + index];
    }

    public void setHandler(int sighand, int index, long value) {
        handler[row(sighand) * 64 + index] = value;
    }

    public long saFlags(int sighand, int index) {
        return saFlags[row(sighand) * 64 + index];
    }

    public void setSaFlags(int sighand, int index, long value) {
        saFlags[row(sighand) * 64 + index] = value;
    }

    public long restorer(int sighand, int index) {
        return restorer[row(sighand) * 64 + index];
    }

    public void setRestorer(int sighand, int index, long value) {
        restorer[row(sighand) * 64 + index] = value;
    }

    public long saMask(int sighand, int index) {
        return saMask[row(sighand) * 64 + index];
    }

    public void setSaMask(int sighand, int index, long value) {
        saMask[row(sighand) * 64 + index] = value;
    }

    /** Copies all actions from another row. */
    public void copyActions(int from, int to) {
        int source = row(from) * 64;
        int target = row(to) * 64;
        System.arraycopy(handler, source, handler, target, 64);
        System.arraycopy(saFlags, source, saFlags, target, 64);
        System.arraycopy(restorer, source, restorer, target, 64);
        System.arraycopy(saMask, source, saMask, target, 64);
    }

    @Override
    protected void clearRow(int row) {
        count[row] = 0;
        signalfdWqh[row] = 0;
        Arrays.fill(handler, row * 64, (row + 1) * 64, 0);
        Arrays.fill(saFlags, row * 64, (row + 1) * 64, 0);
        Arrays.fill(restorer, row * 64, (row + 1) * 64, 0);
        Arrays.fill(saMask, row * 64, (row + 1) * 64, 0);
    }

    @Override
    protected void columns(Columns columns) {
        count = columns.ints(count);
        signalfdWqh = columns.ints(signalfdWqh);
        handler = columns.longs(handler, 64);
        saFlags = columns.longs(saFlags, 64);
        restorer = columns.longs(restorer, 64);
        saMask = columns.longs(saMask, 64);
    }
}
