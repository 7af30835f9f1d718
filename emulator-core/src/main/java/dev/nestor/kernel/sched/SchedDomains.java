package dev.nestor.kernel.sched;

import dev.nestor.machine.Topology;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.util.ArrayList;
import java.util.List;

/**
 * sched_domain and sched_group, built from the topology: kernel/sched/topology.c. As all CPUs of a machine are alike, a level
 * is described once; the domain of a CPU at a level is the CPUs that have the same number there, its groups are the domains
 * of the level below.
 */
final class SchedDomains {
    private static final int SINGLE = -1;
    private static final int SMT = 0;
    private static final int MC = 1;
    private static final int PKG = 2;
    private static final int NUMA = 3;
    private static final int LEVELS = 4;

    /**
     * A level that is not the same as the one below it.
     *
     * @param kind SMT: threads of a core; MC: cores under a cache; PKG: caches of a socket; NUMA: sockets
     * @param childKind of the level below, by which CPUs are grouped; -1 for single CPUs
     * @param weight CPUs of a domain
     */
    record Level(int kind, int childKind, int weight) {
        /** SD_SHARE_CPUCAPACITY. */
        boolean sharesCapacity() {
            return kind == SMT;
        }

        /** SD_SHARE_LLC. */
        boolean sharesCache() {
            return kind <= MC;
        }

        /** imbalance_pct: how much more a group must have before it is relieved. */
        int imbalancePct() {
            return kind == SMT ? 110 : 117;
        }

        /** cache_nice_tries: failed attempts after which tasks are moved that are hot in their cache. */
        int cacheNiceTries() {
            return kind == SMT ? 0 : kind == NUMA ? 2 : 1;
        }

        /** SD_PREFER_SIBLING of the level below. */
        boolean prefersSibling() {
            return childKind >= 0;
        }
    }

    private final Topology topology;
    private final List<Level> levels = new ArrayList<>();
    private final int[][][] members; // CPUs of each domain, by kind + 1 and number
    private final int[][][]
            groups; // numbers of each domain's groups in the order of their first CPUs, by level and number

    SchedDomains(Topology topology) {
        this.topology = topology;
        int child = SINGLE;
        int covered = 1;
        for (int kind = 0; kind < LEVELS; kind++) {
            int weight = weight(kind);
            if (weight > covered) {
                levels.add(new Level(kind, child, weight));
                covered = weight;
                child = kind;
            }
        }
        members = new int[LEVELS + 1][][];
        for (int kind = SINGLE; kind < LEVELS; kind++) {
            members[kind + 1] = membersOf(kind);
        }
        groups = new int[levels.size()][][];
        for (int level = 0; level < groups.length; level++) {
            groups[level] = groupsOf(levels.get(level));
        }
    }

    private int[][] membersOf(int kind) {
        List<IntArrayList> units = new ArrayList<>();
        for (int cpu = 0; cpu < topology.cpus(); cpu++) {
            int unit = unit(kind, cpu);
            while (units.size() <= unit) {
                units.add(new IntArrayList());
            }
            units.get(unit).add(cpu);
        }
        return arrays(units);
    }

    private int[][] groupsOf(Level level) {
        List<IntArrayList> units = new ArrayList<>();
        for (int[] domain : members[level.kind() + 1]) {
            IntArrayList of = new IntArrayList();
            for (int cpu : domain) {
                int group = unit(level.childKind(), cpu);
                if (members(level.childKind(), group)[0] == cpu) {
                    of.add(group);
                }
            }
            units.add(of);
        }
        return arrays(units);
    }

    private static int[][] arrays(List<IntArrayList> lists) {
        int[][] arrays = new int[lists.size()][];
        for (int i = 0; i < arrays.length; i++) {
            arrays[i] = lists.get(i).toIntArray();
        }
        return arrays;
    }

    /** The CPUs of a domain of a kind, or of the single CPU of that number, ascending. */
    int[] members(int kind, int unit) {
        return members[kind + 1][unit];
    }

    /** The numbers of the groups of a domain, in the order of their first CPUs. */
    int[] groups(int level, int unit) {
        return groups[level][unit];
    }

    private int weight(int kind) {
        return switch (kind) {
            case SMT -> topology.threadsPerCore();
            case MC -> topology.llcSize();
            case PKG -> topology.cpus() / topology.sockets();
            default -> topology.cpus();
        };
    }

    /** From the lowest to the top. */
    int count() {
        return levels.size();
    }

    Level level(int index) {
        return levels.get(index);
    }

    /** The number of the domain that a CPU is in; of a single CPU, itself. */
    int unit(int kind, int cpu) {
        return switch (kind) {
            case SINGLE -> cpu;
            case SMT -> topology.core(cpu);
            case MC -> topology.llc(cpu);
            case PKG -> topology.socket(cpu);
            default -> 0;
        };
    }
}
