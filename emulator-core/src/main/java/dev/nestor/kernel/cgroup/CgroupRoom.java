package dev.nestor.kernel.cgroup;

import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.StateHash;
import java.util.List;
import java.util.function.LongSupplier;

/** The parts of this room, wired together: the default hierarchy, and those of the first version that are configured. */
public final class CgroupRoom {
    private final Cgroups cgroups;
    private final CgroupControl control;
    private final CgroupFreezer freezer;
    private final CssSets cssSets;
    private final List<LegacyHierarchy> legacy;
    private final int[] roots; // cgroup by index of hierarchy
    private final int rootCset; // css_set, held

    /** @param legacy the hierarchies of the first version, at most {@code CssSetTable.HIERARCHIES - 1} */
    public CgroupRoom(
            int limit,
            List<LegacyHierarchy> legacy,
            TaskTable tasks,
            SignalStructTable signals,
            LongSupplier boottimeNs) {
        this.legacy = legacy;
        int[] masks = new int[legacy.size() + 1];
        masks[0] = (1 << CgroupSubsys.COUNT) - 1;
        for (int i = 0; i < legacy.size(); i++) {
            masks[i + 1] = legacy.get(i).subsysMask();
            masks[0] &= ~masks[i + 1];
        }
        CgroupTable table = new CgroupTable(limit);
        CssSetTable cssSetTable = new CssSetTable(2 * limit, table, tasks);
        cgroups = new Cgroups(table, new CssTable(CgroupSubsys.COUNT * limit), masks);
        freezer = new CgroupFreezer(cgroups, cssSetTable, tasks, boottimeNs);
        cssSets = new CssSets(cssSetTable, cgroups, freezer, tasks, signals);
        control = new CgroupControl(cgroups, cssSets);
        roots = new int[legacy.size() + 1];
        for (int i = 0; i < roots.length; i++) {
            roots[i] = cgroups.createRoot(i);
        }
        rootCset = cssSets.createRoot(roots);
    }

    public Cgroups cgroups() {
        return cgroups;
    }

    public CgroupControl control() {
        return control;
    }

    public CgroupFreezer freezer() {
        return freezer;
    }

    public CssSets cssSets() {
        return cssSets;
    }

    /** The hierarchies of the first version; the one at index i of the list is hierarchy i + 1. */
    public List<LegacyHierarchy> legacy() {
        return legacy;
    }

    /** The root of a hierarchy by its index; 0 is the default one. */
    public int rootOf(int hierarchy) {
        return roots[hierarchy];
    }

    /** init_css_set. */
    public int rootCset() {
        return rootCset;
    }

    public void digest(StateHash hash) {
        cgroups.table().digest(hash);
        cgroups.csses().digest(hash);
        cssSets.table().digest(hash);
    }
}
