package dev.nestor.cli.run;

import dev.nestor.cli.replay.Crew;
import dev.nestor.cli.replay.Machine;
import dev.nestor.cli.replay.Prehistory;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.task.TaskTable;

/** What the programs of a log play on: the machine, what stood on it before, and who listens. */
record Stage(Machine machine, Crew crew, CpuBirths births, RunTrace trace, Prehistory prehistory, Stalls stalls) {
    private static final long MAX_MICROS = 1_000_000_000_000_000L; // thirty years

    Kernel kernel() {
        return machine.kernel();
    }

    TaskTable tasks() {
        return machine.tasks();
    }

    long now() {
        return machine.kernel().clock().now();
    }

    /** Cycles in a time of the log. */
    long cycles(long micros) {
        return machine.kernel().timekeeping().nsToCycles(Math.clamp(micros, 0, MAX_MICROS) * 1000);
    }

    /** The task sleeps until somebody wakes it, be it a signal. */
    void sleep(int task) {
        tasks().setState(task, TaskTable.TASK_INTERRUPTIBLE);
    }

    /** Wakes a task from whatever sleep it is in. */
    void wake(int task) {
        machine.kernel().wakeups().tryToWakeUp(task, ~(TaskTable.TASK_DEAD | TaskTable.TASK_STOPPED));
    }
}
