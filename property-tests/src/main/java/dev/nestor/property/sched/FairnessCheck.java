package dev.nestor.property.sched;

/**
 * Of tasks that always want the same CPU, each has had CPU time by its weight, but for what its lag may be: two of them differ
 * by no more than both of their bounds. With equal weights that is a slice for each, which lasts
 * to the tick.
 */
public final class FairnessCheck extends SchedCheck {
    private static final long TICK_NS = 4_000_000;

    private double most; // of what was found, by the bound

    /** The largest difference found, by its bound. */
    public double most() {
        return most;
    }

    @Override
    public void schedSwitch(long now, int cpu, int prevTask, int prevState, int nextTask) {
        long bound = 0;
        for (int row = 1; row < ses().rows(); row++) {
            if (isOn(row, cpu)) {
                bound = Math.max(bound, whole(ses().slice(ses().handleInRow(row))) + LagCheck.SLACK_NS);
            }
        }
        for (int a = 1; a < ses().rows(); a++) {
            for (int b = a + 1; isOn(a, cpu) && b < ses().rows(); b++) {
                if (isOn(b, cpu)) {
                    check(ses().handleInRow(a), ses().handleInRow(b), bound);
                }
            }
        }
    }

    /** A slice ends at a tick. */
    private static long whole(long slice) {
        return Math.ceilDiv(slice, TICK_NS) * TICK_NS;
    }

    private boolean isOn(int row, int cpu) {
        int se = ses().handleInRow(row);
        return se != 0 && ses().task(se) != 0 && ses().onRq(se) && tasks().cpu(ses().task(se)) == cpu;
    }

    private void check(int a, int b, long bound) {
        double difference = service(a) - service(b);
        double allowed = (double) bound / weight(a) + (double) bound / weight(b);
        most = Math.max(most, Math.abs(difference) / allowed);
        if (Math.abs(difference) > allowed) {
            throw violation(name(a) + " has had " + ses().sumExecRuntime(a) + " ns by weight " + weight(a) + ", "
                    + name(b) + " " + ses().sumExecRuntime(b) + " by " + weight(b));
        }
    }

    private double service(int se) {
        return (double) ses().sumExecRuntime(se) / weight(se);
    }
}
