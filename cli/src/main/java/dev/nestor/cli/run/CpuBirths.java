package dev.nestor.cli.run;

import dev.nestor.cli.replay.Births;
import dev.nestor.kernel.sched.Cpus;
import dev.nestor.kernel.task.TaskTable;
import it.unimi.dsi.fastutil.ints.IntArrayFIFOQueue;
import it.unimi.dsi.fastutil.ints.IntOpenHashSet;

/**
 * Sends the tasks that play the log to the emulated CPUs. All others lie outside the log, do nothing but die, and never
 * have a CPU: they are kept for {@link Outsiders}. A new task rests until it is known which it is.
 */
final class CpuBirths implements Births {
    private final TaskTable tasks;
    private final Cpus cpus;

    /** The tasks that play the log; looked up, never walked. */
    private final IntOpenHashSet players = new IntOpenHashSet();

    private final IntArrayFIFOQueue wokenOutsiders = new IntArrayFIFOQueue();
    private int newest = NONE;

    CpuBirths(TaskTable tasks, Cpus cpus) {
        this.tasks = tasks;
        this.cpus = cpus;
    }

    @Override
    public void activate(int task) {
        if (players.contains(task)) {
            cpus.activate(task);
        } else {
            wokenOutsiders.enqueue(task);
        }
    }

    @Override
    public void activateNew(int task) {
        tasks.setState(task, TaskTable.TASK_INTERRUPTIBLE);
        newest = task;
    }

    @Override
    public void kick(int task) {
        if (players.contains(task)) {
            cpus.kick(task);
        } else {
            wokenOutsiders.enqueue(task);
        }
    }

    @Override
    public int takeNewest() {
        int task = newest;
        newest = NONE;
        return task;
    }

    /** wake_up_new_task(), late: the task plays one of the log. */
    void start(int task) {
        players.add(task);
        tasks.setState(task, TaskTable.TASK_RUNNING);
        cpus.activateNew(task);
    }

    /** The task is gone. */
    void forget(int task) {
        players.remove(task);
    }

    boolean hasWokenOutsiders() {
        return !wokenOutsiders.isEmpty();
    }

    int nextWokenOutsider() {
        return wokenOutsiders.dequeueInt();
    }
}
