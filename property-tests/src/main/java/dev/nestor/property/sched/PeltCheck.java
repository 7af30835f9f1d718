package dev.nestor.property.sched;

import dev.nestor.kernel.sched.SchedAvgTable;
import java.util.Arrays;

/**
 * Averages are what comes out of a task's history: a geometric series of when it was queued, runnable and on a CPU, in which
 * 32 periods of 1.048576 ms are worth a half, computed here in floating point. For fair tasks that stay fair.
 */
public final class PeltCheck extends SchedCheck {
    private static final double PERIOD_NS = 1024 * 1024;
    private static final double HALF_LIFE = 32;
    private static final double OF_A_PERIOD = 1 - Math.pow(0.5, 1 / HALF_LIFE);
    private static final double TOLERANCE = 2.5 * OF_A_PERIOD; // averages are of the last whole period
    private static final int LOAD = 0;
    private static final int RUNNABLE = 1;
    private static final int RUNNING = 2;

    private int[] entities = {}; // by row
    private long[] at = {}; // ns of the averages' clock, by row: up to when the series go
    private double[][] series = {}; // by row: what part of the time, LOAD, RUNNABLE, RUNNING
    private int[] now = {}; // by row: what it was after the last event, a bit for each series
    private long[] moves = {}; // migrations, by row
    private double[]
            lost = {}; // by row: by moves, after which sums come from averages, which are integers of whole periods
    private double most; // of what was found, by the tolerance

    /** The largest difference found, by what is tolerated. */
    public double most() {
        return most;
    }

    @Override
    void afterEvent() {
        if (entities.length < ses().rows()) {
            entities = Arrays.copyOf(entities, 2 * ses().rows());
            at = Arrays.copyOf(at, entities.length);
            series = Arrays.copyOf(series, entities.length);
            now = Arrays.copyOf(now, entities.length);
            moves = Arrays.copyOf(moves, entities.length);
            lost = Arrays.copyOf(lost, entities.length);
        }
        for (int row = 1; row < ses().rows(); row++) {
            int se = ses().handleInRow(row);
            if (se != 0 && ses().task(se) != 0 && scheduler().avgs().lastUpdate(ses().avg(se)) != 0) {
                follow(row, se);
            }
        }
    }

    private void follow(int row, int se) {
        SchedAvgTable avgs = scheduler().avgs();
        long time = lab().time().monotonicNs() + 1024;
        if (entities[row] != se) {
            entities[row] = se;
            lost[row] = 0;
            moves[row] = tasks().nrMigrations(ses().task(se));
            at[row] = time;
            int avg = ses().avg(se);
            series[row] = new double[] {
                (double) avgs.loadAvg(avg) / weight(se), avgs.runnableAvg(avg) / 1024.0, avgs.utilAvg(avg) / 1024.0
            };
        } else {
            long moved = tasks().nrMigrations(ses().task(se));
            lost[row] += (moved - moves[row]) * (1.0 / weight(se) + OF_A_PERIOD);
            moves[row] = moved;
            long updated = avgs.lastUpdate(ses().avg(se));
            if (updated > at[row]) {
                advance(row, updated);
                compare(row, se);
            }
            advance(row, Math.max(time, at[row]));
        }
        now[row] = (ses().onRq(se) ? 1 << LOAD : 0)
                | (ses().onRq(se) && !ses().schedDelayed(se) ? 1 << RUNNABLE : 0)
                | (ses().onCpu(se) ? 1 << RUNNING : 0);
    }

    private void advance(int row, long to) {
        double left = Math.pow(0.5, (to - at[row]) / PERIOD_NS / HALF_LIFE);
        for (int of = 0; of < series[row].length; of++) {
            double during = (now[row] >> of & 1) != 0 ? 1 : 0;
            series[row][of] = series[row][of] * left + during * (1 - left);
        }
        lost[row] *= left;
        at[row] = to;
    }

    private void compare(int row, int se) {
        SchedAvgTable avgs = scheduler().avgs();
        int avg = ses().avg(se);
        agree(
                se,
                "load_avg",
                (double) avgs.loadAvg(avg) / weight(se),
                series[row][LOAD],
                TOLERANCE + lost[row] + 2.0 / weight(se));
        agree(se, "runnable_avg", avgs.runnableAvg(avg) / 1024.0, series[row][RUNNABLE], TOLERANCE + lost[row]);
        agree(se, "util_avg", avgs.utilAvg(avg) / 1024.0, series[row][RUNNING], TOLERANCE + lost[row]);
    }

    private void agree(int se, String what, double actual, double expected, double tolerance) {
        most = Math.max(most, Math.abs(actual - expected) / tolerance);
        if (Math.abs(actual - expected) > tolerance) {
            throw violation(
                    what + " of " + name(se) + " is " + actual + " of the whole, its history comes to " + expected);
        }
    }
}
