package dev.nestor.kernel.cgroup;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.Chain;
import dev.nestor.uapi.Errno;

/** Which tasks are in which cgroups: the css_sets of kernel/cgroup/cgroup.c, and the pids controller that counts them. */
public final class CssSets {
    private final CssSetTable cssSets;
    private final Cgroups life;
    private final CgroupTable cgroups;
    private final CssTable csses;
    private final CgroupFreezer freezer;
    private final TaskTable tasks;
    private final SignalStructTable signals;
    private final int pidsHierarchy; // whose cgroups the pids controller counts in
    private final int cpusetHierarchy; // 0 for none: the default one has no files for it
    private final int cpuHierarchy; // whose cgroups are task_groups

    CssSets(CssSetTable cssSets, Cgroups life, CgroupFreezer freezer, TaskTable tasks, SignalStructTable signals) {
        this.cssSets = cssSets;
        this.life = life;
        this.cgroups = life.table();
        this.csses = life.csses();
        this.freezer = freezer;
        this.tasks = tasks;
        this.signals = signals;
        this.pidsHierarchy = life.hierarchyOf(CgroupSubsys.PIDS);
        this.cpusetHierarchy = life.hierarchyOf(CgroupSubsys.CPUSET);
        this.cpuHierarchy = life.hierarchyOf(CgroupSubsys.CPU);
    }

    public CssSetTable table() {
        return cssSets;
    }

    /** task_cgroup(): the cgroup of a hierarchy that a task is in, or was in when it died. */
    public int cgroupOf(int task, int hierarchy) {
        return cssSets.cgroups(tasks.cgroups(task), hierarchy);
    }

    /** task_dfl_cgroup(). */
    public int cgroupOf(int task) {
        return cgroupOf(task, 0);
    }

    public void hold(int cset) {
        cssSets.setCount(cset, cssSets.count(cset) + 1);
    }

    /** put_css_set(). */
    public void put(int cset) {
        int count = cssSets.count(cset) - 1;
        assert count >= 0 : "css_set is put too often";
        cssSets.setCount(cset, count);
        if (count > 0) {
            return;
        }
        cssSets.links().remove(cset);
        for (int i = 0; i < CssSetTable.HIERARCHIES; i++) {
            int cgroup = cssSets.cgroups(cset, i);
            cssSets.setCgroups(cset, i, NULL);
            if (cgroup != NULL) {
                life.put(cgroup);
            }
        }
        cssSets.free(cset);
    }

    /** find_css_set(): the one that is like another but for one hierarchy, with a reference; NULL at the limit. */
    private int find(int old, int hierarchy, int cgroup) {
        int dfl = hierarchy == 0 ? cgroup : cssSets.cgroups(old, 0);
        Chain links = cssSets.links();
        for (int cset = links.first(dfl); cset != NULL; cset = links.next(cset)) {
            if (isLike(cset, old, hierarchy, cgroup)) {
                hold(cset);
                return cset;
            }
        }
        int cset = cssSets.alloc();
        if (cset == NULL) {
            return NULL;
        }
        cssSets.setCount(cset, 1);
        for (int i = 0; i < CssSetTable.HIERARCHIES; i++) {
            int member = i == hierarchy ? cgroup : cssSets.cgroups(old, i);
            cssSets.setCgroups(cset, i, member);
            if (member != NULL) {
                life.get(member);
            }
        }
        links.addLast(dfl, cset);
        return cset;
    }

    private boolean isLike(int cset, int old, int hierarchy, int cgroup) {
        for (int i = 0; i < CssSetTable.HIERARCHIES; i++) {
            int wanted = i == hierarchy ? cgroup : cssSets.cgroups(old, i);
            if (cssSets.cgroups(cset, i) != wanted) {
                return false;
            }
        }
        return true;
    }

    /** init_css_set: of the roots of all hierarchies, with one reference. */
    int createRoot(int[] roots) {
        int cset = cssSets.alloc();
        cssSets.setCount(cset, 1);
        for (int i = 0; i < roots.length; i++) {
            cssSets.setCgroups(cset, i, roots[i]);
            life.get(roots[i]);
        }
        cssSets.links().addLast(roots[0], cset);
        return cset;
    }

    /** The first task is in the roots of all hierarchies. Takes over the reference on cset. */
    public void joinFirst(int task, int cset) {
        charge(cssSets.cgroups(cset, pidsHierarchy));
        attach(task, cset);
    }

    private void attach(int task, int cset) {
        if (cssSets.members().isEmpty(cset)) {
            updatePopulated(cset, true);
        }
        tasks.setCgroups(task, cset);
        cssSets.members().addLast(cset, task);
    }

    private void detach(int task) {
        int cset = tasks.cgroups(task);
        cssSets.members().remove(task);
        if (cssSets.members().isEmpty(cset)) {
            updatePopulated(cset, false);
        }
    }

    /** css_set_update_populated(). */
    private void updatePopulated(int cset, boolean populated) {
        for (int i = 0; i < CssSetTable.HIERARCHIES; i++) {
            int cgroup = cssSets.cgroups(cset, i);
            if (cgroup != NULL) {
                life.updatePopulated(cgroup, populated);
            }
        }
    }

    /** cset_links of any hierarchy: the css_set of a cgroup that comes after another, or the first for NULL. */
    public int nextOf(int cgroup, int cset) {
        int hierarchy = cgroups.hierarchy(cgroup);
        if (hierarchy == 0) {
            return cset == NULL
                    ? cssSets.links().first(cgroup)
                    : cssSets.links().next(cset);
        }
        for (int row = cset == NULL ? 1 : cssSets.rowOf(cset) + 1; row < cssSets.rows(); row++) {
            int other = cssSets.handleInRow(row);
            if (other != NULL && cssSets.cgroups(other, hierarchy) == cgroup) {
                return other;
            }
        }
        return NULL;
    }

    /**
     * cgroup_can_fork(): a task like the parent may be born, in its cgroup or in another. EAGAIN when a limit of the pids
     * controller stands against it. To be followed by {@link #postFork} or {@link #cancelFork}.
     *
     * @param into a cgroup, or NULL for the parent's
     */
    public int canFork(int parent, int child, int into) {
        int old = tasks.cgroups(parent);
        int cset = old;
        if (into == NULL) {
            hold(old);
        } else {
            cset = find(old, 0, into);
            if (cset == NULL) {
                return -Errno.ENOMEM;
            }
        }
        if (!tryCharge(cssSets.cgroups(cset, pidsHierarchy))) {
            put(cset);
            return -Errno.EAGAIN;
        }
        tasks.setCgroups(child, cset);
        return 0;
    }

    /** cgroup_cancel_fork(). */
    public void cancelFork(int child) {
        int cset = tasks.cgroups(child);
        uncharge(cssSets.cgroups(cset, pidsHierarchy));
        tasks.setCgroups(child, NULL);
        put(cset);
    }

    /** cgroup_post_fork(): the child is a member from now on. */
    public void postFork(int child) {
        attach(child, tasks.cgroups(child));
        schedule(child);
        if (!tasks.hasFlag(child, TaskTable.PF_KTHREAD)) {
            freezer.postFork(child);
        }
    }

    /** cgroup_exit(). */
    public void exit(int task) {
        int cset = tasks.cgroups(task);
        if (tasks.frozen(task)) {
            freezer.leaveFrozen(task, true);
        }
        detach(task);
        cssSets.dying().addLast(cset, task);
        int cgroup = cssSets.cgroups(cset, 0);
        cgroups.setUtime(cgroup, cgroups.utime(cgroup) + tasks.utime(task));
        cgroups.setStime(cgroup, cgroups.stime(cgroup) + tasks.stime(task));
        freezer.exit(cgroup);
    }

    /** cgroup_release(): a dead task is released. */
    public void release(int task) {
        uncharge(cgroupOf(task, pidsHierarchy));
        cssSets.dying().remove(task);
    }

    /** cgroup_free(): nobody can ask any more where it was. */
    public void free(int task) {
        int cset = tasks.cgroups(task);
        tasks.setCgroups(task, NULL);
        put(cset);
    }

    /** cgroup_attach_task(): a thread, or all of its process, move. ENOMEM, and then none has. */
    public int attachTask(int cgroup, int task, boolean threadgroup) {
        return attachTask(cgroups.hierarchy(cgroup), cgroup, task, threadgroup);
    }

    private int attachTask(int hierarchy, int cgroup, int task, boolean threadgroup) {
        if (!threadgroup) {
            return migrate(hierarchy, cgroup, task);
        }
        Chain threads = signals.threads();
        int error = 0;
        for (int at = threads.first(tasks.signal(task)); at != NULL && error == 0; at = threads.next(at)) {
            error = migrate(hierarchy, cgroup, at);
        }
        return error;
    }

    private int migrate(int hierarchy, int cgroup, int task) {
        if (tasks.hasFlag(task, TaskTable.PF_EXITING)) {
            return 0;
        }
        int old = tasks.cgroups(task);
        int cset = find(old, hierarchy, cgroup);
        if (cset == NULL) {
            return -Errno.ENOMEM;
        }
        if (cset == old) {
            put(cset);
            return 0;
        }
        int from = cssSets.cgroups(old, 0);
        int to = cssSets.cgroups(cset, 0);
        if (hierarchy == pidsHierarchy) {
            charge(cgroup);
            uncharge(cssSets.cgroups(old, hierarchy));
        }
        if (cssSets.members().isEmpty(cset)) {
            updatePopulated(cset, true);
        }
        detach(task);
        tasks.setCgroups(task, cset);
        cssSets.members().addLast(cset, task);
        if (from != to) {
            freezer.migrate(task, from, to);
        }
        if (hierarchy == cpuHierarchy) {
            schedule(task);
        }
        if (hierarchy == cpusetHierarchy) {
            life.cpusetChanged(task);
        }
        put(old);
        return 0;
    }

    /** cpuset_cpus_allowed(): the first 64 CPUs of a task's cpuset, or -1 for all there are. */
    public long cpusetCpus(int task) {
        int cset = tasks.cgroups(task);
        int cgroup = cset == NULL || cpusetHierarchy == 0 ? NULL : cssSets.cgroups(cset, cpusetHierarchy);
        boolean isRoot = cgroup == NULL || cgroups.parent(cgroup) == NULL;
        return isRoot ? -1 : csses.values(cgroups.subsys(cgroup, CgroupSubsys.CPUSET), Css.CPUSET_CPUS);
    }

    /** The task's group for the scheduler is that of its cgroup. */
    private void schedule(int task) {
        life.cpu().move(task, life.cpuGroup(cgroupOf(task, cpuHierarchy)));
    }

    /** The cpu controller has come to cgroups of the default hierarchy, or has left them: all tasks from one down. */
    void scheduleAll(int top) {
        for (int at = cpuHierarchy == 0 ? top : NULL; at != NULL; at = life.next(at, top)) {
            for (int cset = cssSets.links().first(at);
                    cset != NULL;
                    cset = cssSets.links().next(cset)) {
                for (int task = cssSets.members().first(cset);
                        task != NULL;
                        task = cssSets.members().next(task)) {
                    schedule(task);
                }
            }
        }
    }

    /** pids_charge(): one task more, in it and in all above. */
    private void charge(int cgroup) {
        for (int at = cgroup; at != NULL; at = cgroups.parent(at)) {
            int count = cgroups.nrTasks(at) + 1;
            cgroups.setNrTasks(at, count);
            int css = cgroups.subsys(at, CgroupSubsys.PIDS);
            if (css != NULL && count > csses.values(css, Css.PIDS_WATERMARK)) {
                csses.setValues(css, Css.PIDS_WATERMARK, count);
            }
        }
    }

    private void uncharge(int cgroup) {
        for (int at = cgroup; at != NULL; at = cgroups.parent(at)) {
            cgroups.setNrTasks(at, cgroups.nrTasks(at) - 1);
        }
    }

    /** pids_try_charge(): false when a limit forbids it, which is told in pids.events. */
    private boolean tryCharge(int cgroup) {
        for (int at = cgroup; cgroups.parent(at) != NULL; at = cgroups.parent(at)) {
            int css = cgroups.subsys(at, CgroupSubsys.PIDS);
            if (css != NULL && cgroups.nrTasks(at) + 1 > csses.values(css, Css.PIDS_LIMIT)) {
                refused(cgroup, at, css);
                return false;
            }
        }
        charge(cgroup);
        return true;
    }

    /** pids_event(). */
    private void refused(int forking, int cgroup, int css) {
        int own = cgroups.subsys(forking, CgroupSubsys.PIDS);
        if (own != NULL) {
            csses.setValues(own, Css.PIDS_EVENTS_FORKFAIL, csses.values(own, Css.PIDS_EVENTS_FORKFAIL) + 1);
        }
        csses.setValues(css, Css.PIDS_EVENTS_LOCAL_MAX, csses.values(css, Css.PIDS_EVENTS_LOCAL_MAX) + 1);
        for (int at = cgroup; cgroups.parent(at) != NULL; at = cgroups.parent(at)) {
            int above = cgroups.subsys(at, CgroupSubsys.PIDS);
            if (above != NULL) {
                csses.setValues(above, Css.PIDS_EVENTS_MAX, csses.values(above, Css.PIDS_EVENTS_MAX) + 1);
            }
        }
    }
}
