package dev.nestor.kernel.sched;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;

/** Each session's tasks share their CPUs as one with other sessions', unless they are in a cgroup: kernel/sched/autogroup.c. */
public final class Autogroups {
    private static final long NICE_INTERVAL_NS = 100_000_000;

    private final TaskTable tasks;
    private final SchedEntityTable ses;
    private final SignalStructTable signals;
    private final TaskGroups taskGroups;
    private final TaskGroupTable groups;

    Autogroups(SchedTables tables, SignalStructTable signals, TaskGroups taskGroups) {
        this.tasks = tables.tasks();
        this.ses = tables.ses();
        this.groups = tables.groups();
        this.signals = signals;
        this.taskGroups = taskGroups;
    }

    /** autogroup_task_group(): where a task is that its cgroup says nothing of. */
    int groupOf(int task) {
        int signal = tasks.signal(task);
        boolean wants = signal != NULL && !tasks.hasFlag(task, TaskTable.PF_EXITING);
        int group = wants ? signals.autogroup(signal) : NULL;
        return group == NULL ? taskGroups.root() : group;
    }

    /** sched_autogroup_create_attach(): the process leads a session of its own. At the limit it stays where it was. */
    public void createAttach(int signal) {
        int group = taskGroups.create(taskGroups.root());
        if (group == NULL) {
            return;
        }
        int number = groups.autogroup(taskGroups.root()) + 1;
        groups.setAutogroup(taskGroups.root(), number);
        groups.setAutogroup(group, number);
        int old = signals.autogroup(signal);
        signals.setAutogroup(signal, group);
        taskGroups.hold(group);
        taskGroups.destroy(group); // with the last that is in it
        for (int task = signals.threads().first(signal);
                task != NULL;
                task = signals.threads().next(task)) {
            if (isRootOrAutogroup(ses.taskGroup(tasks.se(task)))) {
                taskGroups.move(task, taskGroups.root());
            }
        }
        put(old);
    }

    private boolean isRootOrAutogroup(int group) {
        return group == taskGroups.root() || groups.autogroup(group) != 0;
    }

    /** sched_autogroup_fork(). */
    public void fork(int parentSignal, int childSignal) {
        int group = signals.autogroup(parentSignal);
        if (group != NULL) {
            signals.setAutogroup(childSignal, group);
            taskGroups.hold(group);
        }
    }

    /** sched_autogroup_exit(): the process is gone. */
    public void exit(int signal) {
        int group = signals.autogroup(signal);
        signals.setAutogroup(signal, NULL);
        put(group);
    }

    private void put(int group) {
        if (group != NULL) {
            taskGroups.put(group);
        }
    }

    /** proc_sched_autogroup_show_task(): the number of a process's autogroup; 0 for none. */
    public int number(int signal) {
        int group = signals.autogroup(signal);
        return group == NULL ? 0 : groups.autogroup(group);
    }

    /** Of a process that has one. */
    public int nice(int signal) {
        return groups.autogroupNice(signals.autogroup(signal));
    }

    /**
     * proc_sched_autogroup_set_nice(): of a process that has an autogroup. False if somebody did so a moment ago, and the caller is not the
     * administrator.
     *
     * @param nice from {@link SchedTasks#MIN_NICE} to {@link SchedTasks#MAX_NICE}
     */
    public boolean setNice(int signal, int nice, long nowNs, boolean isAdmin) {
        if (!isAdmin && nowNs < groups.nextNice(taskGroups.root())) {
            return false;
        }
        groups.setNextNice(taskGroups.root(), nowNs + NICE_INTERVAL_NS);
        int group = signals.autogroup(signal);
        groups.setAutogroupNice(group, nice);
        taskGroups.setShares(group, LoadWeight.ofNice(nice));
        return true;
    }
}
