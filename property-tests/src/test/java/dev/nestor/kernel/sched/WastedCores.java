package dev.nestor.kernel.sched;

import static dev.nestor.property.fault.FaultyLoader.call;
import static dev.nestor.property.fault.FaultyLoader.field;

import dev.nestor.kernel.task.TaskTable;
import dev.nestor.machine.Topology;
import dev.nestor.property.fault.FaultyLoader;
import dev.nestor.property.sched.WastedCoresRun;
import java.util.Arrays;
import java.util.List;

/**
 * The four bugs of Lozi et al., "The Linux Scheduler: a Decade of Wasted Cores" (EuroSys 2016), as methods that stand in for
 * ours. Each class is one bug.
 */
public final class WastedCores {
    private static final String SCHED = "dev.nestor.kernel.sched.";

    private WastedCores() {}

    /** The names of the bugs. */
    public static List<String> names() {
        return List.of("group-imbalance", "group-construction", "overload-on-wakeup", "missing-domains");
    }

    /** A loader of a scheduler with that bug. */
    static FaultyLoader loader(String bug) {
        FaultyLoader loader = new FaultyLoader();
        return switch (bug) {
            case "group-imbalance" -> loader.replace(SCHED + "GroupStats", "classify", GroupImbalance.class.getName());
            case "group-construction" ->
                loader.replace(SCHED + "SchedDomains", "members", GroupConstruction.class.getName());
            case "overload-on-wakeup" ->
                loader.replace(SCHED + "WakePlacement", "woken", OverloadOnWakeup.class.getName());
            case "missing-domains" ->
                loader.replace(SCHED + "SchedDomains", "count", MissingDomains.class.getName())
                        .replace(SCHED + "WakePlacement", "forked", MissingDomains.class.getName());
            default -> throw new IllegalArgumentException(bug);
        };
    }

    /** Plays the bug's workload on a scheduler that has it; what {@link WastedCoresRun#run} gives. */
    public static String broken(String bug) {
        try {
            Class<?> run = loader(bug).loadClass(WastedCoresRun.class.getName());
            return (String) run.getMethod("run", String.class).invoke(null, bug);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(bug, e);
        }
    }

    /** Groups are compared by their average load, whatever their CPUs do: a heavy task makes its node look busy. */
    static final class GroupImbalance {
        private GroupImbalance() {}

        static void classify(GroupStats stats, int imbalancePct) {
            stats.type = GroupStats.OVERLOADED;
            stats.setAvgLoad();
        }
    }

    /** The groups of the top domain are built as CPU 0 sees them: nodes 1 and 2, two hops apart, are always together. */
    static final class GroupConstruction {
        private static final int MC = 1;

        private GroupConstruction() {}

        static int[] members(SchedDomains domains, int kind, int unit) {
            int[] own = (int[]) call(domains, "members$original", kind, unit);
            if (kind != MC || (unit != 1 && unit != 2)) {
                return own;
            }
            int[] other = (int[]) call(domains, "members$original", kind, 3 - unit);
            int[] both = Arrays.copyOf(own, own.length + other.length);
            System.arraycopy(other, 0, both, own.length, other.length);
            return both;
        }
    }

    /** A task that is woken by another is put on its waker's node. */
    static final class OverloadOnWakeup {
        private OverloadOnWakeup() {}

        static int woken(WakePlacement placement, int task, int prev) {
            int here = ((RunQueues) field(placement, "runQueues")).thisCpu();
            if (here == RunQueues.NO_CPU) {
                return (int) call(placement, "woken$original", task, prev);
            }
            SchedEntityTable ses = (SchedEntityTable) field(placement, "ses");
            int se = ((TaskTable) field(placement, "tasks")).se(task);
            return ses.allowedOr(se, (int) call(placement, "idleSibling", se, here, here));
        }
    }

    /** The domains across nodes were not built again after a CPU had been unplugged: each node is on its own. */
    static final class MissingDomains {
        private MissingDomains() {}

        static int count(SchedDomains domains) {
            return (int) call(domains, "count$original") - 1;
        }

        static int forked(WakePlacement placement, int task, int prev) {
            SchedEntityTable ses = (SchedEntityTable) field(placement, "ses");
            RqTable rqs = (RqTable) field(placement, "rqs");
            Topology topology = (Topology) field(placement, "topology");
            int se = ((TaskTable) field(placement, "tasks")).se(task);
            int best = prev;
            for (int cpu = 0; cpu < topology.cpus(); cpu++) {
                boolean isNear = topology.shareCache(cpu, prev) && ses.isAllowed(se, cpu);
                if (isNear && rqs.nrRunning(rqs.cpuRq(cpu)) < rqs.nrRunning(rqs.cpuRq(best))) {
                    best = cpu;
                }
            }
            return ses.allowedOr(se, best);
        }
    }
}
