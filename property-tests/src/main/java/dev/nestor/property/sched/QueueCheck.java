package dev.nestor.property.sched;

import dev.nestor.kernel.task.TaskTable;

/** No task is lost or on two queues: who is runnable is queued, who is not is not; and all that is counted is recounted. */
public final class QueueCheck extends SchedCheck {
    private static final int RECOUNT_EVERY = 32; // events

    private int events;

    @Override
    void afterEvent() {
        for (int row = 1; row < ses().rows(); row++) {
            int se = ses().handleInRow(row);
            if (se != 0 && ses().task(se) != 0) {
                check(se, tasks().state(ses().task(se)));
            }
        }
        for (int cpu = 0; cpu < cpus(); cpu++) {
            int task = curr(cpu);
            if (task != 0 && tasks().cpu(task) != cpu) {
                throw violation("CPU " + cpu + " runs a task of CPU " + tasks().cpu(task));
            }
        }
        if (++events % RECOUNT_EVERY == 0) {
            scheduler().check();
        }
    }

    private void check(int se, int state) {
        boolean isRunnable = state == TaskTable.TASK_RUNNING;
        if (isRunnable && (!ses().onRq(se) || ses().schedDelayed(se))) {
            throw violation(name(se) + " is runnable, and on no queue");
        }
        if (!isRunnable && ses().onRq(se) && !ses().onCpu(se) && !ses().schedDelayed(se)) {
            throw violation(name(se) + " is in state " + state + ", and queued");
        }
        if (ses().onCpu(se) && curr(tasks().cpu(ses().task(se))) != ses().task(se)) {
            throw violation(name(se) + " is on a CPU that runs another");
        }
    }

    @Override
    void atEnd() {
        scheduler().check();
    }
}
