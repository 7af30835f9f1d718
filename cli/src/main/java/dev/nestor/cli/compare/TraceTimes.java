package dev.nestor.cli.compare;

import dev.nestor.cli.ftrace.SchedEvents;
import it.unimi.dsi.fastutil.ints.Int2ObjectLinkedOpenHashMap;
import it.unimi.dsi.fastutil.ints.Int2ObjectOpenHashMap;
import java.util.Collection;

/**
 * Adds up a trace, task by task. A switch that the trace does not show, as on a CPU whose idle task is not traced, is inferred
 * from the next one; what depends on when it was is then not measured.
 */
final class TraceTimes implements SchedEvents {
    /** What a CPU has been doing. */
    private static final class Cpu {
        private long since; // ns; of the last switch
    }

    private final Int2ObjectLinkedOpenHashMap<TaskTimes> tasks = new Int2ObjectLinkedOpenHashMap<>();
    private final Int2ObjectOpenHashMap<Cpu> cpus = new Int2ObjectOpenHashMap<>();
    private long firstNs = TaskTimes.NEVER;
    private long lastNs;
    private boolean hasWakeups;
    private boolean hasMigrations;
    private boolean hasSwitches;

    /** All tasks but idle ones, in the order in which they came up. */
    Collection<TaskTimes> tasks() {
        return tasks.values();
    }

    boolean hasWakeups() {
        return hasWakeups;
    }

    boolean hasSwitches() {
        return hasSwitches;
    }

    @Override
    public void event(long ns, int cpu) {
        firstNs = firstNs == TaskTimes.NEVER ? ns : Math.min(firstNs, ns);
        lastNs = Math.max(lastNs, ns);
    }

    private TaskTimes task(TracedTask thread) {
        TaskTimes task = tasks.get(thread.pid());
        if (task == null) {
            task = new TaskTimes(thread.pid(), thread.comm());
            tasks.put(thread.pid(), task);
        }
        task.rename(thread.comm());
        return task;
    }

    @Override
    public void schedSwitch(long ns, int cpu, TracedTask prev, String prevState, TracedTask next) {
        hasSwitches = true;
        Cpu at = cpus.get(cpu);
        if (at == null) {
            at = new Cpu();
            at.since = firstNs;
            cpus.put(cpu, at);
        }
        if (prev.pid() != IDLE) {
            TaskTimes task = task(prev);
            if (!task.isRunning()) {
                count(task, task.appear(Math.min(at.since, ns), cpu));
            }
            task.leave(ns, prevState.startsWith("R"));
        }
        if (next.pid() != IDLE) {
            TaskTimes task = task(next);
            count(task, task.arrive(ns, cpu));
        }
        at.since = ns;
    }

    /** A trace without sched_migrate_task shows a move when the task runs elsewhere. */
    private void count(TaskTimes task, boolean hasMoved) {
        if (hasMoved && !hasMigrations) {
            task.migrate();
        }
    }

    @Override
    public void schedWakeup(long ns, TracedTask task, int targetCpu) {
        hasWakeups = true;
        if (task.pid() != IDLE) {
            task(task).wake(ns);
        }
    }

    @Override
    public void schedMigrateTask(long ns, TracedTask task, int fromCpu, int toCpu) {
        hasMigrations = true;
        if (task.pid() != IDLE) {
            task(task).migrate();
        }
    }

    /** Once, after the last event. */
    void end() {
        for (TaskTimes task : tasks.values()) {
            task.end(lastNs);
        }
    }
}
