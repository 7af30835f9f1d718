package dev.nestor.cli.run;

import dev.nestor.cli.replay.Machine;
import dev.nestor.kernel.task.TaskTable;

/** Tasks that the log does not show, as the one that started the first: a signal may end them, and that is all. */
final class Outsiders {
    private final Machine machine;
    private final CpuBirths births;

    Outsiders(Machine machine, CpuBirths births) {
        this.machine = machine;
        this.births = births;
    }

    /** Lets all that have been woken look why. */
    void settle() {
        while (births.hasWokenOutsiders()) {
            int task = births.nextWokenOutsider();
            if (machine.tasks().isLive(task) && !machine.execution().isDead(task)) {
                wake(task);
            }
        }
    }

    private void wake(int task) {
        if (machine.isExiting(task)) {
            machine.execution().resume(task);
        } else {
            machine.execution().toUser(task, 0);
        }
        if (machine.execution().isDead(task)) {
            machine.kernel().release().putTask(task);
        } else if (machine.tasks().state(task) == TaskTable.TASK_RUNNING) {
            machine.tasks().setState(task, TaskTable.TASK_INTERRUPTIBLE);
        }
    }
}
