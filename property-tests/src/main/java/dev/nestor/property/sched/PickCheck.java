package dev.nestor.property.sched;

import dev.nestor.kernel.sched.SchedClass;

/**
 * Whom a switch brings is the eligible entity with the earliest virtual deadline of its queue, at every level of groups; and
 * a CPU goes idle only when nothing is queued on it. All by looking at every entity.
 */
public final class PickCheck extends SchedCheck {
    private int[] before = {}; // sched_entity that was current, by row of the cfs_rq

    @Override
    public void schedSwitch(long now, int cpu, int prevTask, int prevState, int nextTask) {
        if (nextTask == IDLE) {
            checkIdle(cpu, prevTask);
        } else if (ses().schedClass(tasks().se(nextTask)) == SchedClass.FAIR) {
            for (int row = 1; row < cfsRqs().rows(); row++) {
                int cfsRq = cfsRqs().handleInRow(row);
                if (cfsRq != 0 && cfsRqs().rq(cfsRq) == rqs().cpuRq(cpu) && cfsRqs().curr(cfsRq) != 0) {
                    check(cfsRq, cfsRqs().curr(cfsRq), row < before.length ? before[row] : 0);
                }
            }
        }
    }

    private void checkIdle(int cpu, int prevTask) {
        for (int row = 1; row < ses().rows(); row++) {
            int task = waiting(row);
            if (task != 0 && task != prevTask && tasks().cpu(task) == cpu) {
                throw violation("CPU " + cpu + " goes idle while " + name(tasks().se(task)) + " waits there");
            }
        }
    }

    /** A group that was current and still is may be protected: then only who is in it has been picked anew. */
    private void check(int cfsRq, int picked, int was) {
        if (was == picked && ses().task(picked) == 0) {
            return;
        }
        long origin = ses().vruntime(picked);
        long load = 0;
        long sum = 0;
        int queued = 0;
        for (int row = 1; row < ses().rows(); row++) {
            int se = onQueue(row, cfsRq);
            if (se != 0) {
                queued++;
                load += weight(se);
                sum += (ses().vruntime(se) - origin) * weight(se);
            }
        }
        if (queued < 2) {
            return;
        }
        if (sum < 0) {
            throw violation(name(picked) + " is picked, and is owed nothing");
        }
        for (int row = 1; row < ses().rows(); row++) {
            int se = onQueue(row, cfsRq);
            boolean isEligible = se != 0 && sum >= (ses().vruntime(se) - origin) * load;
            if (isEligible && ses().deadline(se) - ses().deadline(picked) < 0) {
                throw violation(name(picked) + " is picked, but " + name(se) + " is eligible and its deadline is "
                        + (ses().deadline(picked) - ses().deadline(se)) + " ns earlier");
            }
        }
    }

    /** The fair entity in a row if it is on that queue, or NULL. */
    private int onQueue(int row, int cfsRq) {
        int se = ses().handleInRow(row);
        boolean isFair = se != 0 && (ses().task(se) == 0 || ses().schedClass(se) == SchedClass.FAIR);
        return isFair && ses().onRq(se) && ses().cfsRq(se) == cfsRq ? se : 0;
    }

    @Override
    void afterEvent() {
        if (before.length < cfsRqs().rows()) {
            before = new int[cfsRqs().rows()];
        }
        for (int row = 1; row < cfsRqs().rows(); row++) {
            int cfsRq = cfsRqs().handleInRow(row);
            before[row] = cfsRq == 0 ? 0 : cfsRqs().curr(cfsRq);
        }
    }
}
