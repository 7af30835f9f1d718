package dev.nestor.property.sched;

import dev.nestor.kernel.sched.SchedClass;
import dev.nestor.kernel.sched.SchedDlEntityTable;
import java.util.HashMap;
import java.util.Map;

/**
 * A deadline task that always has something to do gets its runtime in each period, and not more: later by no more than global
 * EDF allows (Devi and Anderson, "Tardiness bounds under global EDF scheduling", 2005), earlier by no more than overruns to a
 * tick, which are paid for later. A fair server counts as a task with its runtime.
 */
public final class DeadlineCheck extends SchedCheck {
    private static final long NS_PER_MS = 1_000_000;
    private static final long TICK_NS = 4 * NS_PER_MS;
    private static final long SERVER_NS = 50 * NS_PER_MS;

    private final Map<Integer, Long> since = new HashMap<>(); // ns, by task
    private double most; // of what a task was short of, by what it may be short of

    /** The largest delay found, by its bound. */
    public double most() {
        return most;
    }

    @Override
    void afterEvent() {
        for (int row = 1; row < ses().rows(); row++) {
            int se = ses().handleInRow(row);
            if (se != 0 && ses().task(se) != 0 && ses().schedClass(se) == SchedClass.DEADLINE) {
                long begin = since.computeIfAbsent(ses().task(se), task -> lab().nowNs());
                check(se, lab().nowNs() - begin);
            }
        }
    }

    private void check(int se, long elapsed) {
        SchedDlEntityTable dls = scheduler().dls();
        long runtime = dls.dlRuntime(ses().dl(se));
        long period = dls.dlPeriod(ses().dl(se));
        long had = ses().sumExecRuntime(se);
        if (ses().onCpu(se)) {
            had += Math.max(0, lab().time().monotonicNs() - ses().execStart(se));
        }
        long late = (long) tardiness(runtime);
        long due = Math.max(0, Math.floorDiv(elapsed - late, period)) * runtime;
        long lacking = elapsed / period * runtime - had;
        most = Math.max(most, (double) lacking / runtime * period / late);
        if (had < due) {
            throw violation(name(se) + " has had " + had + " ns, and " + due + " are due");
        }
        long allowed = (elapsed / period + 1) * runtime + runtime + 2 * TICK_NS;
        if (had > allowed) {
            throw violation(name(se) + " has had " + had + " ns, more than " + allowed);
        }
    }

    /** How late a task may be with its runtime: the servers, and everybody's overrun, counted in. */
    private double tardiness(long runtime) {
        SchedDlEntityTable dls = scheduler().dls();
        long longest = SERVER_NS + TICK_NS;
        long overruns = 0;
        for (int row = 1; row < dls.rows(); row++) {
            int dl = dls.handleInRow(row);
            if (dl != 0 && dls.se(dl) != 0) {
                longest = Math.max(longest, dls.dlRuntime(dl) + TICK_NS);
                overruns += TICK_NS;
            }
        }
        int cpus = cpus();
        double spare = cpus < 3 ? 1 : cpus - 0.95 * (cpus - 2);
        return (cpus - 1.0) * longest / spare + longest + runtime + overruns;
    }
}
