package dev.nestor.kernel.sched;

import dev.nestor.table.HotPath;
import dev.nestor.uapi.Sched;

/** Weights of nice levels, and time scaled by them: sched_prio_to_weight, sched_prio_to_wmult, __calc_delta(). */
public final class LoadWeight {
    /** The priority of nice 0; static_prio goes from 100 to 139. */
    static final int DEFAULT_PRIO = 120;

    static final int MAX_RT_PRIO = 100;
    static final long NICE_0_LOAD = 1024L << 10;

    /** Of a task or a group that runs when nobody else wants to. */
    public static final int WEIGHT_IDLEPRIO = 3;

    private static final int WMULT_IDLEPRIO = 1431655765;
    static final int FIXEDPOINT_SHIFT = 10;
    private static final int WMULT_SHIFT = 32;

    /** By static_prio - 100. One nice level up is about 10 % less time, a factor of 1.25. */
    private static final int[] PRIO_TO_WEIGHT = {
        88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916,
        9548, 7620, 6100, 4904, 3906, 3121, 2501, 1991, 1586, 1277,
        1024, 820, 655, 526, 423, 335, 272, 215, 172, 137,
        110, 87, 70, 56, 45, 36, 29, 23, 18, 15,
    };

    /** 2^32 / weight, as the kernel rounds it. */
    private static final int[] PRIO_TO_WMULT = {
        48388, 59856, 76040, 92818, 118348, 147320, 184698, 229616, 287308, 360437,
        449829, 563644, 704093, 875809, 1099582, 1376151, 1717300, 2157191, 2708050, 3363326,
        4194304, 5237765, 6557202, 8165337, 10153587, 12820798, 15790321, 19976592, 24970740, 31350126,
        39045157, 49367440, 61356676, 76695844, 95443717, 119304647, 148102320, 186737708, 238609294, 286331153,
    };

    private LoadWeight() {}

    /** sched_prio_to_weight[nice + 20]: 1024 for nice 0. */
    public static int ofNice(int nice) {
        return PRIO_TO_WEIGHT[nice - SchedTasks.MIN_NICE];
    }

    /** load.weight, as set_load_weight() sets it. */
    static long weight(int policy, int staticPrio) {
        long weight = policy == Sched.SCHED_IDLE ? WEIGHT_IDLEPRIO : PRIO_TO_WEIGHT[staticPrio - MAX_RT_PRIO];
        return weight << FIXEDPOINT_SHIFT;
    }

    /** load.inv_weight. */
    static long invWeight(int policy, int staticPrio) {
        return policy == Sched.SCHED_IDLE ? WMULT_IDLEPRIO : PRIO_TO_WMULT[staticPrio - MAX_RT_PRIO];
    }

    /** load.inv_weight of a weight that no nice level has: __update_inv_weight(). */
    static long inverse(long weight) {
        long down = weight >> FIXEDPOINT_SHIFT;
        return down == 0 ? 0xffffffffL : 0xffffffffL / down;
    }

    /** scale_load_down() of a sum, which may be nothing. */
    static long scaleDownTo0(long weight) {
        return weight == 0 ? 0 : scaleDown(weight);
    }

    /** scale_load_down(). */
    static long scaleDown(long weight) {
        return Math.max(2, weight >> FIXEDPOINT_SHIFT);
    }

    /** calc_delta_fair(): what so many ns on a CPU, or of a request, are in virtual time. */
    @HotPath
    static long deltaFair(long deltaNs, long weight, long invWeight) {
        return weight == NICE_0_LOAD ? deltaNs : calcDelta(deltaNs, 1L << FIXEDPOINT_SHIFT, invWeight);
    }

    /** __calc_delta(): delta * weight / w, where invWeight is 2^32 / w; weight is scaled down. */
    @HotPath
    static long calcDelta(long delta, long weight, long invWeight) {
        long factor = weight * invWeight;
        int shift = WMULT_SHIFT;
        int excess = Long.SIZE - Long.numberOfLeadingZeros(factor >>> WMULT_SHIFT);
        factor >>>= excess;
        shift -= excess;
        return (Math.unsignedMultiplyHigh(delta, factor) << (Long.SIZE - shift)) | ((delta * factor) >>> shift);
    }
}
