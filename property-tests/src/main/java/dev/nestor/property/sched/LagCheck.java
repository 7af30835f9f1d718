package dev.nestor.property.sched;

import dev.nestor.kernel.sched.SchedClass;
import dev.nestor.kernel.sched.SchedConfig;
import java.util.Arrays;

/**
 * What an entity is owed, w (V - v), is within the bounds of the theory (Stoica and Abdel-Wahab, 1995, theorem 1): among
 * entities that stay, the longest request and the quantum, which is the tick; for this the requests must be longer than that. What one that leaves takes along for when
 * it comes back is bounded by twice its own request, or a tick.
 */
public final class LagCheck extends SchedCheck {
    static final long SLACK_NS = 100_000; // interrupts, calls and switches, in which nobody is preempted

    private final boolean isStaying;
    private final long tickNs;
    private boolean[] wasQueued = {}; // by row of the entity
    private double most; // of what was found, by the bound

    /** @param isStaying whether nobody comes or goes */
    public LagCheck(boolean isStaying, SchedConfig config) {
        this.isStaying = isStaying;
        this.tickNs = config.tickNs();
    }

    /** The largest lag found, by its bound. */
    public double most() {
        return most;
    }

    @Override
    public void schedSwitch(long now, int cpu, int prevTask, int prevState, int nextTask) {
        for (int row = 1; isStaying && row < cfsRqs().rows(); row++) {
            int cfsRq = cfsRqs().handleInRow(row);
            if (cfsRq != 0 && cfsRqs().rq(cfsRq) == rqs().cpuRq(cpu) && cfsRqs().nrQueued(cfsRq) > 1) {
                checkQueue(cfsRq);
            }
        }
    }

    private void checkQueue(int cfsRq) {
        long origin = cfsRqs().minVruntime(cfsRq);
        long load = 0;
        long sum = 0;
        long request = 0;
        for (int row = 1; row < ses().rows(); row++) {
            int se = onQueue(row, cfsRq);
            if (se != 0) {
                load += weight(se);
                sum += (ses().vruntime(se) - origin) * weight(se);
                request = Math.max(request, ses().slice(se));
            }
        }
        for (int row = 1; row < ses().rows(); row++) {
            int se = onQueue(row, cfsRq);
            if (se != 0) {
                double lag = (double) sum / load - (ses().vruntime(se) - origin);
                check(se, lag, request + tickNs + SLACK_NS);
            }
        }
    }

    private void check(int se, double virtualLag, long bound) {
        double lag = Math.abs(virtualLag * weight(se) / 1024);
        most = Math.max(most, lag / bound);
        if (lag > bound) {
            throw violation(name(se) + " of weight " + weight(se) + " is owed "
                    + (long) (virtualLag * weight(se) / 1024) + " ns, more than " + bound);
        }
    }

    @Override
    void afterEvent() {
        if (wasQueued.length < ses().rows()) {
            wasQueued = Arrays.copyOf(wasQueued, 2 * ses().rows());
        }
        for (int row = 1; row < ses().rows(); row++) {
            int se = ses().handleInRow(row);
            boolean isQueued = se != 0 && isFair(se) && ses().onRq(se);
            if (wasQueued[row] && !isQueued && se != 0 && isFair(se)) {
                check(se, (double) ses().vlag(se), Math.max(tickNs, 2 * ses().slice(se)) + SLACK_NS);
            }
            wasQueued[row] = isQueued;
        }
    }

    private int onQueue(int row, int cfsRq) {
        int se = ses().handleInRow(row);
        return se != 0 && isFair(se) && ses().onRq(se) && ses().cfsRq(se) == cfsRq ? se : 0;
    }

    private boolean isFair(int se) {
        return ses().task(se) == 0 || ses().schedClass(se) == SchedClass.FAIR;
    }
}
