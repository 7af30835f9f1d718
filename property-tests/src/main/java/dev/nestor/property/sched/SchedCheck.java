package dev.nestor.property.sched;

import dev.nestor.kernel.sched.CfsRqTable;
import dev.nestor.kernel.sched.RqTable;
import dev.nestor.kernel.sched.SchedClass;
import dev.nestor.kernel.sched.SchedEntityTable;
import dev.nestor.kernel.sched.Scheduler;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.trace.Tracepoints;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Something that always holds, looked at after every event and at tracepoints. What does not hold is an AssertionError. */
public abstract class SchedCheck implements Tracepoints {
    private @Nullable SchedLab lab;

    /** Once, before anything runs. */
    void attach(SchedLab of) {
        lab = of;
    }

    /** Something has happened to a task from outside. */
    void changed(Change.Kind kind, int task) {}

    /** An event has been handled. */
    void afterEvent() {}

    /** The run is over. */
    void atEnd() {}

    final SchedLab lab() {
        return Objects.requireNonNull(lab, "the machine that is watched");
    }

    final Scheduler scheduler() {
        return lab().scheduler();
    }

    final TaskTable tasks() {
        return lab().tasks();
    }

    final SchedEntityTable ses() {
        return scheduler().entities();
    }

    final CfsRqTable cfsRqs() {
        return scheduler().cfsRqs();
    }

    final RqTable rqs() {
        return scheduler().rqs();
    }

    final int cpus() {
        return lab().shape().cpus();
    }

    /** The task that a CPU runs, or NULL. */
    final int curr(int cpu) {
        return rqs().curr(rqs().cpuRq(cpu));
    }

    /** The task of an entity in a row, if it is alive and runnable but on no CPU; else NULL. */
    final int waiting(int row) {
        SchedEntityTable ses = ses();
        int se = ses.handleInRow(row);
        boolean waits = se != 0 && ses.task(se) != 0 && ses.onRq(se) && !ses.onCpu(se) && !ses.schedDelayed(se);
        return waits && !isThrottled(se) ? ses.task(se) : 0;
    }

    final boolean isThrottled(int se) {
        return ses().schedClass(se) == SchedClass.DEADLINE && scheduler().dls().throttled(ses().dl(se));
    }

    /** scale_load_down() of an entity's weight: 1024 for nice 0. */
    final long weight(int se) {
        return Math.max(2, ses().weight(se) >> 10);
    }

    /** An entity by its task, or as a group's. */
    final String name(int se) {
        int task = ses().task(se);
        return task == 0 ? "group " + Integer.toHexString(se) : "task " + tasks().rowOf(task);
    }

    final AssertionError violation(String what) {
        return new AssertionError("after " + lab().nowNs() / 1_000 + " us: " + what);
    }
}
