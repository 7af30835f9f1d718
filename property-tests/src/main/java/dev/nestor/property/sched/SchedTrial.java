package dev.nestor.property.sched;

import dev.nestor.kernel.sched.SchedConfig;
import dev.nestor.kernel.sched.ext.SchedExtOps;
import dev.nestor.trace.Tracepoints;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A workload, played under checks. */
public final class SchedTrial implements Tracepoints {
    private static final long NS_PER_US = 1_000;
    private static final long NS_PER_MS = 1_000_000;

    private final List<? extends SchedCheck> checks;
    private final SchedWorkload workload;
    private final SchedLab lab;

    /** On a machine with the reference kernel's settings. */
    public SchedTrial(SchedWorkload workload, SchedCheck... checks) {
        this(workload, SchedConfig.standard(), checks);
    }

    public SchedTrial(SchedWorkload workload, SchedConfig config, SchedCheck... checks) {
        this(workload, config, null, checks);
    }

    /** @param ops schedules ordinary tasks; null for the fair class */
    public SchedTrial(SchedWorkload workload, SchedConfig config, @Nullable SchedExtOps ops, SchedCheck... checks) {
        this.workload = workload;
        this.checks = List.of(checks);
        this.lab = new SchedLab(workload.shape(), config, workload.seed(), this, ops);
        for (SchedCheck check : checks) {
            check.attach(lab);
        }
    }

    /** Plays it all; the digest of what the machine is like in the end. */
    public String run() {
        for (Actor actor : workload.actors()) {
            int task = lab.start(actor);
            checks.forEach(check -> check.changed(Change.Kind.POLICY, task));
            checks.forEach(SchedCheck::afterEvent);
        }
        for (Change change : workload.changes()) {
            runUntil(change.atUs() * NS_PER_US);
            lab.apply(change);
            int task = lab.task(change.actor());
            if (task != 0) {
                checks.forEach(check -> check.changed(change.kind(), task));
            }
            checks.forEach(SchedCheck::afterEvent);
        }
        runUntil(workload.ms() * NS_PER_MS);
        checks.forEach(SchedCheck::atEnd);
        return lab.digest();
    }

    public SchedLab lab() {
        return lab;
    }

    private void runUntil(long ns) {
        long end = lab.time().nsToCycles(ns);
        while (lab.loop().queue().firstTime() <= end && lab.loop().step()) {
            for (int i = 0; i < checks.size(); i++) {
                checks.get(i).afterEvent();
            }
        }
        lab.loop().runUntil(Math.max(end, lab.loop().clock().now()));
    }

    @Override
    public void schedSwitch(long now, int cpu, int prevTask, int prevState, int nextTask) {
        for (SchedCheck check : checks) {
            check.schedSwitch(now, cpu, prevTask, prevState, nextTask);
        }
    }

    @Override
    public void schedWaking(long now, int cpu, int task) {
        for (SchedCheck check : checks) {
            check.schedWaking(now, cpu, task);
        }
    }

    @Override
    public void schedWakeup(long now, int cpu, int task, int targetCpu) {
        for (SchedCheck check : checks) {
            check.schedWakeup(now, cpu, task, targetCpu);
        }
    }

    @Override
    public void schedWakeupNew(long now, int cpu, int task, int targetCpu) {
        for (SchedCheck check : checks) {
            check.schedWakeupNew(now, cpu, task, targetCpu);
        }
    }

    @Override
    public void schedMigrateTask(long now, int task, int fromCpu, int toCpu) {
        for (SchedCheck check : checks) {
            check.schedMigrateTask(now, task, fromCpu, toCpu);
        }
    }
}
