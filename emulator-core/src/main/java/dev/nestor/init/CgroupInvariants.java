package dev.nestor.init;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.cgroup.CgroupNamespaceTable;
import dev.nestor.kernel.cgroup.CgroupSubsys;
import dev.nestor.kernel.cgroup.CgroupTable;
import dev.nestor.kernel.cgroup.Cgroups;
import dev.nestor.kernel.cgroup.CssSetTable;
import dev.nestor.kernel.cgroup.CssTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.Chain;

/** The tree of cgroups and the tasks in it: references, lists, and all that is counted. */
final class CgroupInvariants {
    private final Kernel kernel;
    private final TaskTable tasks;
    private final Cgroups life;
    private final CgroupTable cgroups;
    private final CssSetTable cssSets;
    private final CgroupNamespaceTable namespaces;
    private final int[] nrTasks; // by row of the cgroup: unreleased tasks of its own
    private final int[] descendants; // by row: living cgroups below
    private final int[] dying; // by row: removed ones
    private final int[] populated; // by row: css_sets with a living task
    private final int[] frozen; // by row: tasks of its own that count as frozen

    CgroupInvariants(Kernel kernel, AllTables all) {
        this.kernel = kernel;
        this.tasks = kernel.tasks();
        this.life = kernel.cgroups().cgroups();
        this.cgroups = life.table();
        this.cssSets = kernel.cgroups().cssSets().table();
        this.namespaces = all.get(CgroupNamespaceTable.class);
        this.nrTasks = new int[cgroups.rows()];
        this.descendants = new int[cgroups.rows()];
        this.dying = new int[cgroups.rows()];
        this.populated = new int[cgroups.rows()];
        this.frozen = new int[cgroups.rows()];
    }

    void check() {
        checkReferences();
        Claims.checkChain(cgroups.children(), cgroups, cgroups, "children of a cgroup");
        Claims.checkChain(cssSets.links(), cgroups, cssSets, "css_sets of a cgroup");
        Claims.checkChain(cssSets.members(), cssSets, tasks, "tasks of a css_set");
        Claims.checkChain(cssSets.dying(), cssSets, tasks, "dead tasks of a css_set");
        count();
        Claims.forEach(cgroups, this::checkCounts);
        CssTable csses = life.csses();
        Claims.forEach(
                csses,
                css -> Claims.equal(
                        cgroups.subsys(csses.cgroup(css), csses.ssid(css)), css, "its cgroup's own", csses, css));
    }

    private void checkReferences() {
        Holders ofSets = new Holders(cssSets);
        Claims.forEach(tasks, task -> ofSets.hold(tasks.cgroups(task), "task"));
        Claims.forEach(namespaces, ns -> ofSets.hold(namespaces.rootCset(ns), "cgroup namespace"));
        ofSets.hold(kernel.cgroups().rootCset(), "init_css_set");
        ofSets.check(cssSets::count);
        Holders ofCgroups = new Holders(cgroups);
        Claims.forEach(cssSets, cset -> {
            for (int i = 0; i < CssSetTable.HIERARCHIES; i++) {
                ofCgroups.hold(cssSets.cgroups(cset, i), "css_set");
            }
        });
        Claims.forEach(cgroups, cgroup -> {
            ofCgroups.hold(cgroups.parent(cgroup), "child");
            ofCgroups.hold(life.isLive(cgroup) ? cgroup : NULL, "its directory");
        });
        ofCgroups.check(cgroups::count);
    }

    private void count() {
        Claims.forEach(tasks, task -> {
            int cset = tasks.cgroups(task);
            boolean isMember = cssSets.members().owner(task) == cset;
            Claims.that(
                    isMember || cssSets.dying().owner(task) == cset || tasks.exitState(task) == TaskTable.EXIT_DEAD,
                    "is in no list of its css_set",
                    tasks,
                    task);
            int counted = cgroups.rowOf(cssSets.cgroups(cset, life.hierarchyOf(CgroupSubsys.PIDS)));
            int row = cgroups.rowOf(cssSets.cgroups(cset, 0));
            nrTasks[counted] +=
                    cssSets.members().owner(task) != NULL || cssSets.dying().owner(task) != NULL ? 1 : 0;
            frozen[row] += tasks.frozen(task) ? 1 : 0;
        });
        Chain members = cssSets.members();
        Claims.forEach(cssSets, cset -> {
            for (int i = 0; i < CssSetTable.HIERARCHIES; i++) {
                int cgroup = cssSets.cgroups(cset, i);
                if (cgroup != NULL && !members.isEmpty(cset)) {
                    populated[cgroups.rowOf(cgroup)]++;
                }
            }
        });
        Claims.forEach(cgroups, cgroup -> {
            for (int at = cgroups.parent(cgroup); at != NULL; at = cgroups.parent(at)) {
                (life.isLive(cgroup) ? descendants : dying)[cgroups.rowOf(at)]++;
            }
        });
    }

    private void checkCounts(int cgroup) {
        int row = cgroups.rowOf(cgroup);
        Claims.equal(cgroups.nrDescendants(cgroup), descendants[row], "nr_descendants", cgroups, cgroup);
        Claims.equal(cgroups.nrDyingDescendants(cgroup), dying[row], "nr_dying_descendants", cgroups, cgroup);
        Claims.equal(cgroups.nrPopulatedCsets(cgroup), populated[row], "nr_populated_csets", cgroups, cgroup);
        Claims.equal(cgroups.nrFrozenTasks(cgroup), frozen[row], "nr_frozen_tasks", cgroups, cgroup);
        int below = nrTasks[row];
        int domains = 0;
        int threaded = 0;
        Chain children = cgroups.children();
        for (int child = children.first(cgroup); child != NULL; child = children.next(child)) {
            boolean isPopulated = life.isPopulated(child);
            domains += isPopulated && !life.isThreaded(child) ? 1 : 0;
            threaded += isPopulated && life.isThreaded(child) ? 1 : 0;
        }
        for (int other = 1; other < cgroups.rows(); other++) {
            int at = cgroups.handleInRow(other);
            boolean isChild = at != NULL && cgroups.parent(at) == cgroup;
            below += isChild ? cgroups.nrTasks(at) : 0;
        }
        Claims.equal(cgroups.nrTasks(cgroup), below, "tasks in it and below", cgroups, cgroup);
        Claims.equal(cgroups.nrPopulatedDomainChildren(cgroup), domains, "populated domains", cgroups, cgroup);
        Claims.equal(cgroups.nrPopulatedThreadedChildren(cgroup), threaded, "populated threaded", cgroups, cgroup);
    }
}
