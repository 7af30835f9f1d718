package dev.nestor.trace;

/** Several listeners as one, called in order. */
public final class TraceFanOut implements Tracepoints {
    private final Tracepoints[] listeners;

    private TraceFanOut(Tracepoints[] listeners) {
        this.listeners = listeners;
    }

    /** The cheapest sink that tells all of them: of none NONE, of one itself. */
    public static Tracepoints of(Tracepoints... listeners) {
        return switch (listeners.length) {
            case 0 -> NONE;
            case 1 -> listeners[0];
            default -> new TraceFanOut(listeners.clone());
        };
    }

    @Override
    public void schedSwitch(long now, int cpu, int prevTask, int prevState, int nextTask) {
        for (Tracepoints listener : listeners) {
            listener.schedSwitch(now, cpu, prevTask, prevState, nextTask);
        }
    }

    @Override
    public void schedWaking(long now, int cpu, int task) {
        for (Tracepoints listener : listeners) {
            listener.schedWaking(now, cpu, task);
        }
    }

    @Override
    public void schedWakeup(long now, int cpu, int task, int targetCpu) {
        for (Tracepoints listener : listeners) {
            listener.schedWakeup(now, cpu, task, targetCpu);
        }
    }

    @Override
    public void schedWakeupNew(long now, int cpu, int task, int targetCpu) {
        for (Tracepoints listener : listeners) {
            listener.schedWakeupNew(now, cpu, task, targetCpu);
        }
    }

    @Override
    public void schedMigrateTask(long now, int task, int fromCpu, int toCpu) {
        for (Tracepoints listener : listeners) {
            listener.schedMigrateTask(now, task, fromCpu, toCpu);
        }
    }

    @Override
    public void schedProcessFork(long now, int parent, int child) {
        for (Tracepoints listener : listeners) {
            listener.schedProcessFork(now, parent, child);
        }
    }

    @Override
    public void schedProcessExit(long now, int task) {
        for (Tracepoints listener : listeners) {
            listener.schedProcessExit(now, task);
        }
    }

    @Override
    public void sysEnter(long now, int cpu, int task, int nr) {
        for (Tracepoints listener : listeners) {
            listener.sysEnter(now, cpu, task, nr);
        }
    }

    @Override
    public void sysExit(long now, int cpu, int task, int nr, long result, long cycles) {
        for (Tracepoints listener : listeners) {
            listener.sysExit(now, cpu, task, nr, result, cycles);
        }
    }
}
