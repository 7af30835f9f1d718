package dev.nestor.kernel.sched;

import dev.nestor.machine.Topology;
import dev.nestor.table.HotPath;
import dev.nestor.table.Table;

/** Which CPUs are idle and not claimed, and the best of them for a task: kernel/sched/ext_idle.c. */
final class ExtIdle {
    static final int NONE = -1;

    private static final int LLC = 0;
    private static final int SOCKET = 1;
    private static final int ALL = 2;

    private final SchedEntityTable ses;
    private final RqTable rqs;
    private final ScxRqTable scxRqs;
    private final Topology topology;

    ExtIdle(SchedTables tables, ScxTables scx, Topology topology) {
        this.ses = tables.ses();
        this.rqs = tables.rqs();
        this.scxRqs = scx.scxRqs();
        this.topology = topology;
    }

    /** scx_update_idle(). */
    @HotPath
    void set(int cpu, boolean isIdle) {
        scxRqs.setIdle(scxRqs.ofCpu(cpu), isIdle);
    }

    /** A CPU that a higher class took out of idleness has told nobody. */
    private boolean isIdle(int cpu) {
        return scxRqs.idle(scxRqs.ofCpu(cpu)) && rqs.curr(rqs.cpuRq(cpu)) == Table.NULL;
    }

    /** scx_idle_test_and_clear_cpu(). */
    @HotPath
    boolean claim(int cpu) {
        boolean wasIdle = isIdle(cpu);
        set(cpu, false);
        return wasIdle;
    }

    /** scx_select_cpu_dfl(): a core with nothing on it, prev first and then the nearest; prev; the nearest CPU; or NONE. */
    @HotPath
    int select(int se, int prev) {
        boolean mayStay = ses.isAllowed(se, prev);
        int found = NONE;
        if (topology.threadsPerCore() > 1) {
            found = mayStay && isCoreIdle(prev) ? prev : nearest(se, prev, true);
        }
        if (found == NONE) {
            found = mayStay && isIdle(prev) ? prev : nearest(se, prev, false);
        }
        if (found != NONE) {
            set(found, false);
        }
        return found;
    }

    /** scx_pick_idle_cpu(). */
    @HotPath
    int pick(int se) {
        int found = topology.threadsPerCore() > 1 ? first(se, 0, ALL, true) : NONE;
        if (found == NONE) {
            found = first(se, 0, ALL, false);
        }
        if (found != NONE) {
            set(found, false);
        }
        return found;
    }

    private int nearest(int se, int prev, boolean wantsCore) {
        int found = first(se, prev, LLC, wantsCore);
        if (found == NONE && topology.llcs() > topology.sockets()) {
            found = first(se, prev, SOCKET, wantsCore);
        }
        if (found == NONE && topology.llcs() > 1) {
            found = first(se, prev, ALL, wantsCore);
        }
        return found;
    }

    private int first(int se, int prev, int reach, boolean wantsCore) {
        for (int cpu = 0; cpu < topology.cpus(); cpu++) {
            if (isIdle(cpu)
                    && ses.isAllowed(se, cpu)
                    && isWithin(cpu, prev, reach)
                    && (!wantsCore || isCoreIdle(cpu))) {
                return cpu;
            }
        }
        return NONE;
    }

    private boolean isWithin(int cpu, int prev, int reach) {
        return switch (reach) {
            case LLC -> topology.shareCache(cpu, prev);
            case SOCKET -> topology.socket(cpu) == topology.socket(prev);
            default -> true;
        };
    }

    private boolean isCoreIdle(int cpu) {
        int core = topology.core(cpu);
        for (int other = core; other < topology.cpus(); other += topology.cores()) {
            if (!isIdle(other)) {
                return false;
            }
        }
        return true;
    }
}
