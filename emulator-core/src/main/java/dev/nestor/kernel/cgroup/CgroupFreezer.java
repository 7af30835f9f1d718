package dev.nestor.kernel.cgroup;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.Chain;
import java.util.function.LongSupplier;

/**
 * Freezing: kernel/cgroup/freezer.c. A task of a cgroup that is to be frozen finds JOBCTL_TRAP_FREEZE on its way to user
 * mode and sleeps there, counted; one that is stopped by a signal or waits for its vfork child counts as well. A cgroup is
 * frozen when all its own tasks and all below it are.
 */
public final class CgroupFreezer {
    private final Cgroups life;
    private final CgroupTable cgroups;
    private final CssSetTable cssSets;
    private final TaskTable tasks;
    private final LongSupplier boottimeNs;

    CgroupFreezer(Cgroups life, CssSetTable cssSets, TaskTable tasks, LongSupplier boottimeNs) {
        this.life = life;
        this.cgroups = life.table();
        this.cssSets = cssSets;
        this.tasks = tasks;
        this.boottimeNs = boottimeNs;
    }

    private int cgroupOf(int task) {
        return cssSets.cgroups(tasks.cgroups(task), 0);
    }

    /** cgroup_freeze(): what cgroup.freeze was written. */
    public void freeze(int cgroup, boolean freeze) {
        if (cgroups.freeze(cgroup) == freeze) {
            return;
        }
        cgroups.setFreeze(cgroup, freeze);
        boolean applied = false;
        for (int at = cgroup; at != NULL; at = life.next(at, cgroup)) {
            int sum = cgroups.eFreeze(at) + (freeze ? 1 : -1);
            cgroups.setEFreeze(at, sum);
            if (sum == (freeze ? 1 : 0)) {
                doFreeze(at, freeze);
                applied = true;
            }
        }
        if (!applied) {
            life.notifyEvents(cgroup);
        }
    }

    /** cgroup_do_freeze(). */
    private void doFreeze(int cgroup, boolean freeze) {
        if (freeze) {
            cgroups.addFlag(cgroup, CgroupTable.CGRP_FREEZE);
            cgroups.setFreezeStart(cgroup, boottimeNs.getAsLong());
        } else {
            cgroups.clearFlag(cgroup, CgroupTable.CGRP_FREEZE);
            cgroups.setFrozenNs(cgroup, frozenNs(cgroup));
            cgroups.setFreezeStart(cgroup, 0);
        }
        Chain links = cssSets.links();
        for (int cset = links.first(cgroup); cset != NULL; cset = links.next(cset)) {
            Chain members = cssSets.members();
            for (int task = members.first(cset); task != NULL; task = members.next(task)) {
                freezeTask(task, freeze);
            }
        }
        if (cgroups.nrDescendants(cgroup) == cgroups.nrFrozenDescendants(cgroup)) {
            updateFrozen(cgroup);
        }
    }

    /** The time that a cgroup was to be frozen so far, ns. */
    public long frozenNs(int cgroup) {
        long start = cgroups.freezeStart(cgroup);
        return cgroups.frozenNs(cgroup) + (start == 0 ? 0 : boottimeNs.getAsLong() - start);
    }

    /** cgroup_freeze_task(); whoever was not to be frozen is not woken for nothing. */
    private void freezeTask(int task, boolean freeze) {
        if (tasks.hasFlag(task, TaskTable.PF_KTHREAD) || tasks.sighand(task) == NULL) {
            return;
        }
        if (freeze) {
            tasks.setJobctl(task, tasks.jobctl(task) | TaskTable.JOBCTL_TRAP_FREEZE);
            life.hooks().signalWakeUp(task);
        } else if ((tasks.jobctl(task) & TaskTable.JOBCTL_TRAP_FREEZE) != 0 || tasks.frozen(task)) {
            tasks.setJobctl(task, tasks.jobctl(task) & ~TaskTable.JOBCTL_TRAP_FREEZE);
            life.hooks().wakeUpProcess(task);
        }
    }

    /** Whether a task's cgroup is to be frozen. */
    public boolean isWanted(int task) {
        return cgroups.hasFlag(cgroupOf(task), CgroupTable.CGRP_FREEZE);
    }

    /** A new task of a cgroup that is to be frozen is born frozen. */
    void postFork(int task) {
        if (cgroups.hasFlag(cgroupOf(task), CgroupTable.CGRP_FREEZE)) {
            tasks.setJobctl(task, tasks.jobctl(task) | TaskTable.JOBCTL_TRAP_FREEZE);
            tasks.setSigpending(task, true);
        }
    }

    /** A task has exited. */
    void exit(int cgroup) {
        if (cgroups.hasFlag(cgroup, CgroupTable.CGRP_FREEZE)) {
            updateFrozen(cgroup);
        }
    }

    /** cgroup_freezer_migrate_task(). */
    void migrate(int task, int from, int to) {
        if (tasks.hasFlag(task, TaskTable.PF_KTHREAD)) {
            return;
        }
        if (tasks.frozen(task)) {
            cgroups.setNrFrozenTasks(to, cgroups.nrFrozenTasks(to) + 1);
            cgroups.setNrFrozenTasks(from, cgroups.nrFrozenTasks(from) - 1);
        }
        updateFrozen(to);
        updateFrozen(from);
        freezeTask(task, cgroups.hasFlag(to, CgroupTable.CGRP_FREEZE));
    }

    /** cgroup_enter_frozen(). */
    public void enterFrozen(int task) {
        if (tasks.frozen(task)) {
            return;
        }
        tasks.setFrozen(task, true);
        int cgroup = cgroupOf(task);
        cgroups.setNrFrozenTasks(cgroup, cgroups.nrFrozenTasks(cgroup) + 1);
        updateFrozen(cgroup);
    }

    /** cgroup_leave_frozen(): unless always, a task of a cgroup that is to be frozen stays so. */
    public void leaveFrozen(int task, boolean always) {
        int cgroup = cgroupOf(task);
        if (always || !cgroups.hasFlag(cgroup, CgroupTable.CGRP_FREEZE)) {
            if (tasks.frozen(task)) {
                tasks.setFrozen(task, false);
                cgroups.setNrFrozenTasks(cgroup, cgroups.nrFrozenTasks(cgroup) - 1);
                updateFrozen(cgroup);
            }
        } else if ((tasks.jobctl(task) & TaskTable.JOBCTL_TRAP_FREEZE) == 0) {
            tasks.setJobctl(task, tasks.jobctl(task) | TaskTable.JOBCTL_TRAP_FREEZE);
            tasks.setSigpending(task, true);
        }
    }

    private int taskCount(int cgroup) {
        int count = 0;
        Chain links = cssSets.links();
        for (int cset = links.first(cgroup); cset != NULL; cset = links.next(cset)) {
            Chain members = cssSets.members();
            for (int task = members.first(cset); task != NULL; task = members.next(task)) {
                count++;
            }
        }
        return count;
    }

    /** cgroup_update_frozen(). */
    private void updateFrozen(int cgroup) {
        boolean frozen =
                cgroups.hasFlag(cgroup, CgroupTable.CGRP_FREEZE) && cgroups.nrFrozenTasks(cgroup) == taskCount(cgroup);
        if (frozen == cgroups.hasFlag(cgroup, CgroupTable.CGRP_FROZEN)) {
            return;
        }
        if (frozen) {
            cgroups.addFlag(cgroup, CgroupTable.CGRP_FROZEN);
        } else {
            cgroups.clearFlag(cgroup, CgroupTable.CGRP_FROZEN);
        }
        life.notifyEvents(cgroup);
        propagate(cgroup, frozen);
    }

    /** cgroup_propagate_frozen(). */
    private void propagate(int cgroup, boolean frozen) {
        int by = 1;
        for (int at = cgroups.parent(cgroup); at != NULL; at = cgroups.parent(at)) {
            cgroups.setNrFrozenDescendants(at, cgroups.nrFrozenDescendants(at) + (frozen ? by : -by));
            boolean is = cgroups.hasFlag(at, CgroupTable.CGRP_FROZEN);
            boolean becomes = frozen
                    && !is
                    && cgroups.hasFlag(at, CgroupTable.CGRP_FREEZE)
                    && cgroups.nrFrozenDescendants(at) == cgroups.nrDescendants(at);
            if (becomes) {
                cgroups.addFlag(at, CgroupTable.CGRP_FROZEN);
            } else if (!frozen && is) {
                cgroups.clearFlag(at, CgroupTable.CGRP_FROZEN);
            } else {
                continue;
            }
            life.notifyEvents(at);
            by++;
        }
    }
}
