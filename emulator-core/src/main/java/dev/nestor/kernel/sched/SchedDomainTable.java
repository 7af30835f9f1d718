package dev.nestor.kernel.sched;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct sched_domain columns that change: of each CPU at each level one. */
final class SchedDomainTable extends Table {
    private long[] lastBalance = new long[initialRows()]; // tick
    private int[] balanceInterval = new int[initialRows()]; // ms
    private int[] nrBalanceFailed =
            new int[initialRows()]; // attempts in a row that moved nothing though they should have

    SchedDomainTable(int limit) {
        super("sched_domain", 57, limit);
    }

    long lastBalance(int sd) {
        return lastBalance[row(sd)];
    }

    void setLastBalance(int sd, long tick) {
        lastBalance[row(sd)] = tick;
    }

    int balanceInterval(int sd) {
        return balanceInterval[row(sd)];
    }

    void setBalanceInterval(int sd, int ms) {
        balanceInterval[row(sd)] = ms;
    }

    int nrBalanceFailed(int sd) {
        return nrBalanceFailed[row(sd)];
    }

    void setNrBalanceFailed(int sd, int value) {
        nrBalanceFailed[row(sd)] = value;
    }

    @Override
    protected void clearRow(int row) {
        lastBalance[row] = 0;
        balanceInterval[row] = 0;
        nrBalanceFailed[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        lastBalance = columns.longs(lastBalance);
        balanceInterval = columns.ints(balanceInterval);
        nrBalanceFailed = columns.ints(nrBalanceFailed);
    }
}
