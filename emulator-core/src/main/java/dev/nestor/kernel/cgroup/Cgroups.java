package dev.nestor.kernel.cgroup;

import static dev.nestor.table.Table.NULL;

import dev.nestor.table.Chain;
import dev.nestor.uapi.Errno;
import java.util.Objects;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The tree of cgroups: kernel/cgroup/cgroup.c.
 *
 * <p>A cgroup lives as long as it has its directory, children, or css_sets that refer to it; once it is removed it is
 * dying, and nothing comes into it any more. Cgroups of hierarchies of the first version have all controllers of theirs.
 */
public final class Cgroups {
    private final CgroupTable cgroups;
    private final CssTable csses;
    private final int[] subsysMasks; // controllers by hierarchy; the default one has those that no other has
    private int root = NULL; // cgroup
    private @Nullable CgroupHooks hooks;
    private @Nullable CpuController cpu;
    private IntConsumer cpusetChanged = task -> {};

    /** @param subsysMasks the controllers of each hierarchy, as bits of {@link CgroupSubsys} */
    Cgroups(CgroupTable cgroups, CssTable csses, int[] subsysMasks) {
        this.cgroups = cgroups;
        this.csses = csses;
        this.subsysMasks = subsysMasks;
    }

    public CgroupTable table() {
        return cgroups;
    }

    public CssTable csses() {
        return csses;
    }

    /** Once, before the first cgroup is made below the root. */
    public void setHooks(CgroupHooks wanted) {
        assert hooks == null : "there are hooks already";
        hooks = wanted;
    }

    /** Once, at boot. */
    public void setCpuController(CpuController controller) {
        assert cpu == null : "there is a cpu controller already";
        cpu = controller;
    }

    /** Once, at boot: who is told that the CPUs of a task's cpuset are others. */
    public void setCpusetChanged(IntConsumer listener) {
        cpusetChanged = listener;
    }

    public void cpusetChanged(int task) {
        cpusetChanged.accept(task);
    }

    public CpuController cpu() {
        return Objects.requireNonNull(cpu, "no cpu controller");
    }

    /** The task_group of a cgroup: its own, or where the cpu controller is not on that of the cgroup above. */
    public int cpuGroup(int cgroup) {
        int at = cgroup;
        while (at != NULL && (css(at, CgroupSubsys.CPU) == NULL || groupOf(css(at, CgroupSubsys.CPU)) == NULL)) {
            at = cgroups.parent(at);
        }
        return at == NULL ? cpu().root() : groupOf(css(at, CgroupSubsys.CPU));
    }

    private int groupOf(int css) {
        return (int) csses.values(css, Css.CPU_GROUP);
    }

    CgroupHooks hooks() {
        return Objects.requireNonNull(hooks, "no hooks");
    }

    /** cgrp_dfl_root.cgrp. */
    public int root() {
        return root;
    }

    /** The controllers of the default hierarchy. */
    public int subsysMask() {
        return subsysMasks[0];
    }

    /** The hierarchy that a controller is in. */
    public int hierarchyOf(int ssid) {
        int hierarchy = 0;
        for (int i = 0; i < subsysMasks.length; i++) {
            hierarchy = (subsysMasks[i] & CgroupSubsys.mask(ssid)) != 0 ? i : hierarchy;
        }
        return hierarchy;
    }

    /** cgroup_setup_root(). */
    int createRoot(int hierarchy) {
        int cgroup = alloc(hierarchy);
        cgroups.setFlags(cgroup, CgroupTable.CGRP_ONLINE);
        if (hierarchy == 0) {
            root = cgroup;
        }
        applyControl(cgroup);
        return cgroup;
    }

    private int alloc(int hierarchy) {
        int cgroup = cgroups.alloc();
        if (cgroup == NULL) {
            return NULL;
        }
        cgroups.setCount(cgroup, 1);
        cgroups.setHierarchy(cgroup, hierarchy);
        cgroups.setDomCgrp(cgroup, cgroup);
        cgroups.setMaxDescendants(cgroup, CgroupTable.MAX);
        cgroups.setMaxDepth(cgroup, CgroupTable.MAX);
        return cgroup;
    }

    /** cgroup_create(): a child, which has no directory yet. EAGAIN at a limit of the tree, ENOMEM. */
    public int create(int parent) {
        assert isLive(parent);
        if (isAtLimit(parent)) {
            return -Errno.EAGAIN;
        }
        int cgroup = alloc(cgroups.hierarchy(parent));
        if (cgroup == NULL) {
            return -Errno.ENOMEM;
        }
        cgroups.setParent(cgroup, parent);
        get(parent);
        cgroups.setLevel(cgroup, cgroups.level(parent) + 1);
        cgroups.setFlags(cgroup, CgroupTable.CGRP_ONLINE);
        int inherited = CgroupTable.CGRP_NOTIFY_ON_RELEASE | CgroupTable.CGRP_CPUSET_CLONE_CHILDREN;
        cgroups.addFlag(cgroup, cgroups.flags(parent) & inherited);
        cgroups.setEFreeze(cgroup, cgroups.eFreeze(parent));
        boolean frozen = cgroups.eFreeze(cgroup) > 0;
        if (frozen) {
            cgroups.addFlag(cgroup, CgroupTable.CGRP_FREEZE | CgroupTable.CGRP_FROZEN);
        }
        for (int at = parent; at != NULL; at = cgroups.parent(at)) {
            cgroups.setNrDescendants(at, cgroups.nrDescendants(at) + 1);
            if (frozen) {
                cgroups.setNrFrozenDescendants(at, cgroups.nrFrozenDescendants(at) + 1);
            }
        }
        cgroups.children().addLast(parent, cgroup);
        applyControl(cgroup);
        return cgroup;
    }

    /** cgroup_check_hierarchy_limits(). */
    private boolean isAtLimit(int parent) {
        int level = 1;
        for (int at = parent; at != NULL; at = cgroups.parent(at)) {
            if (cgroups.nrDescendants(at) >= cgroups.maxDescendants(at) || level > cgroups.maxDepth(at)) {
                return true;
            }
            level++;
        }
        return false;
    }

    /** cgroup_destroy_locked(): it goes with the last reference. EBUSY when there are tasks or children. */
    public int destroy(int cgroup) {
        if (isPopulated(cgroup) || !cgroups.children().isEmpty(cgroup)) {
            return -Errno.EBUSY;
        }
        cgroups.clearFlag(cgroup, CgroupTable.CGRP_ONLINE);
        int parent = cgroups.parent(cgroup);
        cgroups.children().remove(cgroup);
        cgroups.setUtime(parent, cgroups.utime(parent) + cgroups.utime(cgroup));
        cgroups.setStime(parent, cgroups.stime(parent) + cgroups.stime(cgroup));
        if (isThreaded(cgroup)) {
            cgroups.setNrThreadedChildren(parent, cgroups.nrThreadedChildren(parent) - 1);
        }
        for (int at = parent; at != NULL; at = cgroups.parent(at)) {
            cgroups.setNrDescendants(at, cgroups.nrDescendants(at) - 1);
            cgroups.setNrDyingDescendants(at, cgroups.nrDyingDescendants(at) + 1);
            if (cgroups.hasFlag(cgroup, CgroupTable.CGRP_FROZEN)) {
                cgroups.setNrFrozenDescendants(at, cgroups.nrFrozenDescendants(at) - 1);
            }
        }
        put(cgroup);
        return 0;
    }

    void get(int cgroup) {
        cgroups.setCount(cgroup, cgroups.count(cgroup) + 1);
    }

    /** cgroup_put(): with the last reference the cgroup is gone, and its hold on its parent. */
    void put(int cgroup) {
        int at = cgroup;
        while (at != NULL) {
            int count = cgroups.count(at) - 1;
            assert count >= 0 : "cgroup is put too often";
            cgroups.setCount(at, count);
            if (count > 0) {
                return;
            }
            int parent = cgroups.parent(at);
            for (int up = parent; up != NULL; up = cgroups.parent(up)) {
                cgroups.setNrDyingDescendants(up, cgroups.nrDyingDescendants(up) - 1);
            }
            for (int ssid = 0; ssid < CgroupSubsys.COUNT; ssid++) {
                killCss(at, ssid);
            }
            hooks().released(at);
            cgroups.free(at);
            at = parent;
        }
    }

    /** !cgroup_is_dead(). */
    public boolean isLive(int cgroup) {
        return cgroups.hasFlag(cgroup, CgroupTable.CGRP_ONLINE);
    }

    /** cgroup_is_populated(): a living task is in it or below. */
    public boolean isPopulated(int cgroup) {
        return cgroups.nrPopulatedCsets(cgroup) != 0
                || cgroups.nrPopulatedDomainChildren(cgroup) != 0
                || cgroups.nrPopulatedThreadedChildren(cgroup) != 0;
    }

    /** cgroup_is_threaded(). */
    public boolean isThreaded(int cgroup) {
        return cgroups.domCgrp(cgroup) != cgroup;
    }

    private boolean isMixable(int cgroup) {
        return cgroups.parent(cgroup) == NULL;
    }

    /** cgroup_can_be_thread_root(). */
    boolean canBeThreadRoot(int cgroup) {
        if (isMixable(cgroup)) {
            return true;
        }
        return !isThreaded(cgroup)
                && cgroups.nrPopulatedDomainChildren(cgroup) == 0
                && (cgroups.subtreeControl(cgroup) & ~CgroupSubsys.THREADED) == 0;
    }

    /** cgroup_is_thread_root(). */
    public boolean isThreadRoot(int cgroup) {
        if (isThreaded(cgroup)) {
            return false;
        }
        return cgroups.nrThreadedChildren(cgroup) != 0
                || (cgroups.nrPopulatedCsets(cgroup) != 0
                        && (cgroups.subtreeControl(cgroup) & CgroupSubsys.THREADED) != 0);
    }

    /** cgroup_is_valid_domain(). */
    public boolean isValidDomain(int cgroup) {
        if (isThreaded(cgroup)) {
            return false;
        }
        for (int at = cgroups.parent(cgroup); at != NULL; at = cgroups.parent(at)) {
            if ((!isMixable(at) && isThreadRoot(at)) || isThreaded(at)) {
                return false;
            }
        }
        return true;
    }

    /** cgroup_is_descendant(): whether it is the other one or below it. */
    public boolean isDescendant(int cgroup, int ancestor) {
        int at = cgroup;
        while (at != NULL && at != ancestor) {
            at = cgroups.parent(at);
        }
        return at == ancestor;
    }

    /** cgroup_control(): the controllers that its children can be given. */
    public int control(int cgroup) {
        int parent = cgroups.parent(cgroup);
        if (cgroups.hierarchy(cgroup) != 0) {
            return subsysMasks[cgroups.hierarchy(cgroup)];
        }
        if (parent == NULL) {
            return subsysMasks[0] & ~(CgroupSubsys.INHIBITED | CgroupSubsys.IMPLICIT);
        }
        int mask = cgroups.subtreeControl(parent);
        return isThreaded(cgroup) ? mask & CgroupSubsys.THREADED : mask;
    }

    /** cgroup_ss_mask(). */
    private int ssMask(int cgroup) {
        int parent = cgroups.parent(cgroup);
        if (parent == NULL || cgroups.hierarchy(cgroup) != 0) {
            return subsysMasks[cgroups.hierarchy(cgroup)];
        }
        int mask = cgroups.subtreeSsMask(parent);
        return isThreaded(cgroup) ? mask & CgroupSubsys.THREADED : mask;
    }

    /**
     * cgroup_apply_control() and cgroup_finalize_control(): all from this one down get the controllers that are due to them,
     * and lose the others.
     */
    void applyControl(int top) {
        for (int at = top; at != NULL; at = next(at, top)) {
            cgroups.setSubtreeControl(at, cgroups.subtreeControl(at) & control(at));
            int wanted = cgroups.subtreeControl(at) | CgroupSubsys.IMPLICIT;
            if ((wanted & CgroupSubsys.mask(CgroupSubsys.IO)) != 0) {
                wanted |= CgroupSubsys.mask(CgroupSubsys.MEMORY);
            }
            cgroups.setSubtreeSsMask(at, wanted & ssMask(at));
            int mask = ssMask(at);
            for (int ssid = 0; ssid < CgroupSubsys.COUNT; ssid++) {
                if ((mask & CgroupSubsys.mask(ssid)) == 0) {
                    killCss(at, ssid);
                } else if (cgroups.subsys(at, ssid) == NULL) {
                    createCss(at, ssid);
                }
            }
        }
    }

    private void createCss(int cgroup, int ssid) {
        int css = csses.alloc();
        if (css == NULL) {
            return;
        }
        csses.setCgroup(css, cgroup);
        csses.setSsid(css, ssid);
        Css.init(csses, css, ssid);
        if (ssid == CgroupSubsys.CPU && cgroups.parent(cgroup) != NULL) {
            csses.setValues(css, Css.CPU_GROUP, cpu().create(cpuGroup(cgroups.parent(cgroup))));
        }
        cgroups.setSubsys(cgroup, ssid, css);
        boolean clones = cgroups.hasFlag(cgroup, CgroupTable.CGRP_CPUSET_CLONE_CHILDREN);
        if (ssid == CgroupSubsys.CPUSET && clones) {
            int from = cgroups.subsys(cgroups.parent(cgroup), ssid);
            csses.setValues(css, Css.CPUSET_CPUS, csses.values(from, Css.CPUSET_CPUS));
            csses.setValues(css, Css.CPUSET_MEMS, csses.values(from, Css.CPUSET_MEMS));
        }
        if (ssid == CgroupSubsys.PIDS) {
            csses.setValues(css, Css.PIDS_WATERMARK, cgroups.nrTasks(cgroup));
        }
    }

    private void killCss(int cgroup, int ssid) {
        int css = cgroups.subsys(cgroup, ssid);
        if (css != NULL) {
            if (ssid == CgroupSubsys.CPU && groupOf(css) != NULL) {
                cpu().destroy(groupOf(css));
            }
            cgroups.setSubsys(cgroup, ssid, NULL);
            csses.free(css);
        }
    }

    /** cgroup_css(): what a controller keeps for a cgroup; NULL where it is not on. */
    public int css(int cgroup, int ssid) {
        return cgroups.subsys(cgroup, ssid);
    }

    /** css->nr_descendants + 1: cgroups from this one down that have the controller. */
    public int countCss(int cgroup, int ssid) {
        int count = 0;
        for (int at = cgroup; at != NULL; at = next(at, cgroup)) {
            count += cgroups.subsys(at, ssid) != NULL ? 1 : 0;
        }
        return count;
    }

    /** nr_dying_subsys: removed cgroups below this one that still have the controller. */
    public int countDyingCss(int cgroup, int ssid) {
        int count = 0;
        for (int row = 1; cgroups.nrDyingDescendants(cgroup) > 0 && row < cgroups.rows(); row++) {
            int at = cgroups.handleInRow(row);
            boolean has = at != NULL && !isLive(at) && cgroups.subsys(at, ssid) != NULL;
            count += has && at != cgroup && isDescendant(at, cgroup) ? 1 : 0;
        }
        return count;
    }

    /** css_next_descendant_pre(): the living cgroup after this one in the tree below top, top first; NULL at the end. */
    public int next(int cgroup, int top) {
        Chain children = cgroups.children();
        int child = children.first(cgroup);
        if (child != NULL) {
            return child;
        }
        int at = cgroup;
        while (at != top) {
            int sibling = children.next(at);
            if (sibling != NULL) {
                return sibling;
            }
            at = cgroups.parent(at);
        }
        return NULL;
    }

    /** cgroup_update_populated(): one of its css_sets has got its first living task, or lost its last. */
    void updatePopulated(int cgroup, boolean populated) {
        int by = populated ? 1 : -1;
        int child = NULL;
        for (int at = cgroup; at != NULL; at = cgroups.parent(at)) {
            boolean before = isPopulated(at);
            if (child == NULL) {
                cgroups.setNrPopulatedCsets(at, cgroups.nrPopulatedCsets(at) + by);
            } else if (isThreaded(child)) {
                cgroups.setNrPopulatedThreadedChildren(at, cgroups.nrPopulatedThreadedChildren(at) + by);
            } else {
                cgroups.setNrPopulatedDomainChildren(at, cgroups.nrPopulatedDomainChildren(at) + by);
            }
            if (before == isPopulated(at)) {
                return;
            }
            notifyEvents(at);
            child = at;
        }
    }

    void notifyEvents(int cgroup) {
        if (cgroups.parent(cgroup) != NULL) {
            cgroups.setEventsSeq(cgroup, cgroups.eventsSeq(cgroup) + 1);
            hooks().eventsChanged(cgroup);
        }
    }
}
