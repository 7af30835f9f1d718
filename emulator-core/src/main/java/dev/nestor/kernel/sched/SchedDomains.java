package dev.nestor.kernel.sched;

import dev.nestor.machine.Topology;
import java.util.ArrayList;
import java.util.List;

/**
 * sched_domain and sched_group, built from the topology: kernel/sched/topology.c. As all CPUs of a machine are alike, a level
 * is described once; the domain of a CPU at a level is the CPUs that have the same number there, its groups are the domains
 * of the level below.
 */
final class SchedDomains {
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

    SchedDomains(Topology topology) {
        this.topology = topology;
        int child = -1;
        int covered = 1;
        for (int kind = 0; kind < LEVELS; kind++) {
            int weight = weight(kind);
            if (weight > covered) {
                levels.add(new Level(kind, child, weight));
                covered = weight;
                child = kind;
            }
        }
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
            case -1 -> cpu;
            case SMT -> topology.core(cpu);
            case MC -> topology.llc(cpu);
            case PKG -> topology.socket(cpu);
            default -> 0;
        };
    }
}
