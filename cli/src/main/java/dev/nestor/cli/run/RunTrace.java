package dev.nestor.cli.run;

import dev.nestor.kernel.task.TaskTable;
import dev.nestor.trace.Tracepoints;
import it.unimi.dsi.fastutil.ints.Int2ObjectOpenHashMap;

/** Listens to a run: how long tasks sleep, and how many CPUs are busy. */
final class RunTrace implements Tracepoints {
    /** By task; looked up, never walked. */
    private final Int2ObjectOpenHashMap<TaskAccount> accounts = new Int2ObjectOpenHashMap<>();

    private int busyCpus;

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
        TaskAccount account = accounts.get(task);
        if (account != null) {
            account.wake(now);
        }
    }
}
