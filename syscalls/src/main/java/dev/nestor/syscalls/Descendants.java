package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;

/** A walk over all processes below one, as walk_process_tree() does it. */
final class Descendants {
    private final TaskTable tasks;
    private final SignalStructTable signals;

    Descendants(TaskTable tasks, SignalStructTable signals) {
        this.tasks = tasks;
        this.signals = signals;
    }

    /** propagate_has_child_subreaper(): not below one that knows already, or that is a namespace's init. */
    void markHasSubreaper(int root) {
        int task = root;
        while (true) {
            int child = mark(task, root) ? firstChild(task) : NULL;
            while (child == NULL) {
                if (task == root) {
                    return;
                }
                child = tasks.children().next(task);
                task = tasks.realParent(task);
            }
            task = child;
        }
    }

    /** The first child of any thread; children of other threads than the first that has some come later in no walk. */
    private int firstChild(int task) {
        return tasks.children().first(task);
    }

    /** Whether to go on below the task. */
    private boolean mark(int task, int root) {
        if (task == root) {
            return true;
        }
        int signal = tasks.signal(task);
        if (signal == NULL || signals.hasChildSubreaper(signal) || signals.unkillable(signal)) {
            return false;
        }
        signals.setHasChildSubreaper(signal, true);
        return true;
    }
}
