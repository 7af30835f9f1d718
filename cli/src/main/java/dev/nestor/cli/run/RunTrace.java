package dev.nestor.cli.run;

import dev.nestor.kernel.task.TaskTable;
import dev.nestor.trace.Tracepoints;
import it.unimi.dsi.fastutil.ints.Int2ObjectOpenHashMap;

/** Listens to a run: how long tasks sleep, and how many CPUs are busy; and hands on what a trace is written of. */
final class RunTrace implements Tracepoints {
    /** By task; looked up, never walked. */
    private final Int2ObjectOpenHashMap<TaskAccount> accounts = new Int2ObjectOpenHashMap<>();

    private final Tracepoints next;
    private int busyCpus;

    RunTrace(Tracepoints next) {
        this.next = next;
    }

    void add(int task, TaskAccount account) {
        accounts.put(task, account);
    }

    void remove(int task) {
        accounts.remove(task);
    }

    /** CPUs that run a task. One that leaves idleness has an event pending, and is not counted. */
    int busyCpus() {
        return busyCpus;
    }

    @Override
    public void schedSwitch(long now, int cpu, int prevTask, int prevState, int nextTask) {
        next.schedSwitch(now, cpu, prevTask, prevState, nextTask);
        busyCpus += (prevTask == IDLE ? 1 : 0) - (nextTask == IDLE ? 1 : 0);
        if (prevTask != IDLE && prevState != TaskTable.TASK_RUNNING) {
            TaskAccount account = accounts.get(prevTask);
            if (account != null) {
                account.sleep(now);
            }
        }
    }

    @Override
    public void schedWaking(long now, int cpu, int task) {
        next.schedWaking(now, cpu, task);
        TaskAccount account = accounts.get(task);
        if (account != null) {
            account.wake(now);
        }
    }

    @Override
    public void schedWakeup(long now, int cpu, int task, int targetCpu) {
        next.schedWakeup(now, cpu, task, targetCpu);
    }

    @Override
    public void schedWakeupNew(long now, int cpu, int task, int targetCpu) {
        next.schedWakeupNew(now, cpu, task, targetCpu);
    }

    @Override
    public void schedMigrateTask(long now, int task, int fromCpu, int toCpu) {
        next.schedMigrateTask(now, task, fromCpu, toCpu);
    }
}
