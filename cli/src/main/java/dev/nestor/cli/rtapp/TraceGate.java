package dev.nestor.cli.rtapp;

import dev.nestor.trace.Tracepoints;

/** Tells of what happens from a time on: tracing begins with the workload, not with what prepares it. */
final class TraceGate implements Tracepoints {
    private final Tracepoints trace;
    private long from = Long.MAX_VALUE; // cycles

    TraceGate(Tracepoints trace) {
        this.trace = trace;
    }

    /** @param cycles when it opens */
    void openAt(long cycles) {
        from = cycles;
    }

    @Override
    public void schedSwitch(long now, int cpu, int prevTask, int prevState, int nextTask) {
        if (now >= from) {
            trace.schedSwitch(now, cpu, prevTask, prevState, nextTask);
        }
    }

    @Override
    public void schedWaking(long now, int cpu, int task) {
        if (now >= from) {
            trace.schedWaking(now, cpu, task);
        }
    }

    @Override
    public void schedWakeup(long now, int cpu, int task, int targetCpu) {
        if (now >= from) {
            trace.schedWakeup(now, cpu, task, targetCpu);
        }
    }

    @Override
    public void schedWakeupNew(long now, int cpu, int task, int targetCpu) {
        if (now >= from) {
            trace.schedWakeupNew(now, cpu, task, targetCpu);
        }
    }

    @Override
    public void schedMigrateTask(long now, int task, int fromCpu, int toCpu) {
        if (now >= from) {
            trace.schedMigrateTask(now, task, fromCpu, toCpu);
        }
    }

    @Override
    public void schedProcessFork(long now, int parent, int child) {
        if (now >= from) {
            trace.schedProcessFork(now, parent, child);
        }
    }

    @Override
    public void schedProcessExit(long now, int task) {
        if (now >= from) {
            trace.schedProcessExit(now, task);
        }
    }

    @Override
    public void sysEnter(long now, int cpu, int task, int nr) {
        if (now >= from) {
            trace.sysEnter(now, cpu, task, nr);
        }
    }

    @Override
    public void sysExit(long now, int cpu, int task, int nr, long result, long cycles) {
        if (now >= from) {
            trace.sysExit(now, cpu, task, nr, result, cycles);
        }
    }
}
