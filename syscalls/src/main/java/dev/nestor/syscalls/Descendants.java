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
    void markHasSubreaper(int thread) {
        int root = tasks.groupLeader(thread);
        int task = root;
        while (true) {
            int child = mark(task, root) ? firstChild(signals.threads().first(tasks.signal(task))) : NULL;
            while (child == NULL) {
                if (task == root) {
                    return;
                }
                child = nextSibling(task);
                task = tasks.groupLeader(tasks.realParent(task));
            }
            task = child;
        }
    }

    /** The first child of a thread, or of one that comes after it in its process. */
    private int firstChild(int from) {
        int thread = from;
        while (thread != NULL && tasks.children().isEmpty(thread)) {
            thread = signals.threads().next(thread);
        }
        return thread == NULL ? NULL : tasks.children().first(thread);
    }

    private int nextSibling(int task) {
        int next = tasks.children().next(task);
        return next != NULL ? next : firstChild(signals.threads().next(tasks.realParent(task)));
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
